"""Time the embedded host: a cold call, a warm call, the example workbook, and 60,000 cells through one call; prints JSON.

    python tests/bench/bench_host.py

Beside each figure stands an alternative of the same run. Ratios travel between machines, seconds do not.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl

import lowcarbon_xl.functions  # noqa: F401  (declares the worksheet functions)
from lowcarbon_xl.catalogue import PANEL, Function, Group, Shape, functions
from lowcarbon_xl.cells import Block, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.embedded import package, recalculate
from lowcarbon_xl.hosts.embedded.workbook import read_workbook

ROOT = Path(__file__).resolve().parents[2]
REPEATS = 7


def median_of(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median seconds of a call after one that warms up."""
    call()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def panel(units: int, years: int) -> list[list[object]]:
    """A panel of made-up production data."""
    random = np.random.default_rng(7)
    keys = [[f"u{unit}", float(2000 + year)] for unit in range(units) for year in range(years)]
    values = np.exp(random.normal(3, 0.5, (len(keys), 5))).tolist()
    return [["主体", "年份", "L", "K", "E", "Y", "CO2"], *([*k, *v] for k, v in zip(keys, values, strict=True))]


def workbook_with(rows: list[list[object]], formula: str, folder: Path) -> Path:
    """A saved workbook with a table and one formula beside it."""
    book = openpyxl.Workbook(write_only=False)
    sheet = book.active
    sheet.title = "数据"
    for row in rows:
        sheet.append(row)
    sheet.cell(1, len(rows[0]) + 2, formula)
    path = folder / f"{abs(hash(formula))}.xlsx"
    book.save(path)
    return path


def echo(panel: Block) -> Spill:
    """Give the cells back."""
    return Spill(tuple(map(tuple, panel.values)))


def round_trip(folder: Path) -> float:
    """Seconds that 60,000 cells take into a function and back into the sheet: with such a call less without it."""
    text = Text("回声", "echo")
    function = Function("ECHO", Group.AUDIT, text, text, (PANEL,), (), Shape.ROWS, text, "", echo)
    wide = [[f"x{c}" for c in range(12)], *np.random.default_rng(1).random((5000, 12)).tolist()]
    called = workbook_with(wide, "=ECHO(A1:L5001)", folder)
    plain = workbook_with(wide, "=SUM(A1:L5001)", folder)

    def evaluation(path: Path) -> float:
        """The content is new each time, so that nothing is answered from memory."""
        fresh = replace(function)
        content = read_workbook(path)
        start = time.perf_counter()
        recalculate.recalculate_content(content, [fresh], "zh")
        return time.perf_counter() - start

    pairs = [(evaluation(called), evaluation(plain)) for _ in range(REPEATS)]
    return statistics.median(first - second for first, second in pairs)


def cold(*arguments: str) -> float:
    """Median seconds of a new process."""
    return median_of(lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True), repeats=5)


def main() -> None:
    """Measure and print."""
    catalogue = {function.name: function for function in functions()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = workbook_with(panel(30, 10), '=GTFP(A1:G301,"unit=主体")', folder)
        fuels = [["原煤", "焦炭", "原油", "汽油", "煤油", "柴油", "燃料油", "液化石油气", "天然气"], [1.0] * 9]
        burnt = workbook_with(fuels, "=EMISSIONS(A1:I2)", folder)
        wide = [[f"x{c}" for c in range(12)], *np.random.default_rng(1).random((5000, 12)).tolist()]
        large = workbook_with(wide, "=DESCRIBE(A1:L5001)", folder)
        warm = replace(catalogue["GTFP"])
        block = Block(panel(30, 10), "数据")
        example = ROOT / "workbook" / "lowcarbon.xlsx"
        figures = {
            "cold_calc_emissions_s": cold("-m", "lowcarbon_xl", "calc", str(burnt), "=EMISSIONS(A1:I2)"),
            "cold_calc_gtfp_300_s": cold("-m", "lowcarbon_xl", "calc", str(small), '=GTFP(A1:G301,"unit=主体")'),
            "alternative_cold_import_xlwings_pandas_linearmodels_s": cold("-c", "import xlwings, pandas, linearmodels"),
            "warm_gtfp_300_s": median_of(lambda: replace(warm).evaluate([block, "unit=主体"], "zh")),
            "warm_gtfp_300_unchanged_input_s": median_of(lambda: warm.evaluate([block, "unit=主体"], "zh")),
            "host_round_trip_5000x12_s": round_trip(folder),
            "recalculate_book_of_5000x12_s": median_of(lambda: recalculate.recalculate(large, functions(), "zh"), 3),
            "alternative_openpyxl_load_5000x12_s": median_of(lambda: openpyxl.load_workbook(large), 1),
            "run_example_workbook_s": median_of(
                lambda: package.write(recalculate.recalculate(example, functions(), "zh"), folder / "out.xlsx"), 3
            ),
        }
    print(json.dumps({"bench": "host", "figures": {key: round(value, 4) for key, value in figures.items()}}))


if __name__ == "__main__":
    main()
