"""Time a plan: 12 models over 300 rows by Run all in one process, and a run of the example workbook; prints JSON.

    python tests/bench/bench_plan.py

Goal: 12 models in 3 s. Beside it stand the estimates alone, without a workbook; ratios travel between machines,
seconds do not.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

import lowcarbon_xl.functions  # noqa: F401  (declares the worksheet functions)
from lowcarbon_xl import ribbon
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import Block
from lowcarbon_xl.commands.workbook import run
from lowcarbon_xl.example.plan_sheet import paper_plan
from lowcarbon_xl.example.tables import read_example
from lowcarbon_xl.hosts.embedded.engine import open_book
from lowcarbon_xl.names import PLAN_SHEET
from lowcarbon_xl.ribbon.plan import COLUMNS, PlanRow
from lowcarbon_xl.ribbon.plan_models import run_row

EXAMPLE = Path(__file__).resolve().parents[2] / "workbook" / "lowcarbon.xlsx"
MODELS, REPEATS = 12, 5


def twelve() -> list[dict[str, str]]:
    """The study's Tables 2-4 and the first four models of Table 5: least squares and two-stage least squares."""
    return [row for row in paper_plan() if row["kind"] in ("TWFE", "IV")][:MODELS]


def workbook(path: Path) -> Path:
    """The variables and the plan, without any formula."""
    table = read_example("variables")
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "变量"
    for _ in range(3):  # the study's plan names A4:U304, below a title
        sheet.append([])
    for values in (table.headers, *table.rows):
        sheet.append(values)
    plan = book.create_sheet(PLAN_SHEET)
    plan.append([column.header.zh for column in COLUMNS])
    for row in twelve():
        plan.append([row.get(column.key) for column in COLUMNS])
    book.save(path)
    return path


def run_all(path: Path) -> None:
    """Open, run every row, save: what a press of the button is without Excel."""
    book = open_book(path, functions(), "zh")
    try:
        done = ribbon.press(book, "run_all", "zh")
        book.save(str(path.with_name("out.xlsx")))
    finally:
        book.close()
    if f"成功 {MODELS}" not in done.zh:
        raise RuntimeError(done.zh)


def estimate() -> None:
    """The same models without a workbook."""
    table = read_example("variables")
    cells = Block([list(table.headers), *map(list, table.rows)], "变量")
    for number, row in enumerate(twelve(), start=1):
        run_row(PlanRow(number, row), cells)


def run_example(folder: Path) -> None:
    """``lowcarbon run`` on the example, its plan included."""
    output = folder / "lowcarbon.xlsx"
    options = argparse.Namespace(book=EXAMPLE, output=output, values=None, lang="zh", no_plan=False)
    with contextlib.redirect_stdout(io.StringIO()):
        if run(options, "zh"):
            raise RuntimeError("the example did not run")


def seconds(call: Callable[[], object], repeats: int = REPEATS) -> list[float]:
    """Seconds of each call, the first one cold."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return taken


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = workbook(folder / "plan.xlsx")
        pressed = seconds(lambda: run_all(path))
        alone = seconds(estimate)
        figures = {
            "run_all_12_models_300_rows_first_s": pressed[0],
            "run_all_12_models_300_rows_s": statistics.median(pressed[1:]),
            "alternative_estimates_alone_s": statistics.median(alone[1:]),
            "run_example_with_both_plans_s": seconds(lambda: run_example(folder), 1)[0],
        }
    print(json.dumps({"bench": "plan", "figures": {key: round(value, 4) for key, value in figures.items()}}))


if __name__ == "__main__":
    main()
