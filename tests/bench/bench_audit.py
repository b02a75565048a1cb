"""How much of what is planted into a clean panel the audit finds, and how much it cries wolf.

Twelve classes of defects are planted one at a time at random places of the 30 x 23 provincial panel. A defect counts
as found when a finding that the clean panel does not have names one of the cells that were changed (key cells for
duplicated keys and truncated ranges; the header cell for a whole column, since some jump or other is always there).
``--table`` prints a table, ``--misses 1`` what was not found, ``--misses 2`` also what was found only to be verified.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from lowcarbon_xl.audit.audit import audit_block
from lowcarbon_xl.audit.finding import Finding, Position, positions_of
from lowcarbon_xl.cells import Block, Cell, CellError
from lowcarbon_xl.readers.open_file import read_file

PANEL = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "china30_panel.csv"
Rows = list[list[Cell]]
Planted = tuple[Rows, set[Position]]
Rng = np.random.Generator

YEARS = 23
REVISED = ("gdp_nominal_yi", "va_secondary_yi", "energy_total_10ktce", "electricity_yi_kwh", "employment_total_10k")
"""Series that statistical offices revise after a census."""
NOT_DATA = ("province_code", "municipality_flag", "year")


class Panel:
    """The clean panel and what is known about its columns."""

    def __init__(self, block: Block) -> None:
        self.rows: Rows = [list(row) for row in block.values]
        self.names = [str(name) for name in self.rows[0]]
        self.numeric = [
            c
            for c, name in enumerate(self.names)
            if name not in NOT_DATA and all(isinstance(row[c], float | int | None) for row in self.rows[1:])
        ]
        self.levels = [c for c in self.numeric if self._is_level(self.names[c])]

    @staticmethod
    def _is_level(name: str) -> bool:
        return not any(word in name for word in ("area", "robots", "index", "pct", "patents"))

    def copy(self) -> Rows:
        return [list(row) for row in self.rows]

    def cell(self, rng: Rng, columns: list[int]) -> tuple[int, int]:
        """A random filled cell that is not zero (row of the sheet, zero-based column)."""
        while True:
            row, column = int(rng.integers(1, len(self.rows))), int(rng.choice(columns))
            if self.rows[row][column]:
                return row, column


def number(rows: Rows, row: int, column: int) -> float:
    value = rows[row][column]
    assert isinstance(value, float | int)
    return float(value)


def sign(panel: Panel, rng: Rng) -> Planted:
    rows = panel.copy()
    row, column = panel.cell(rng, panel.numeric)
    rows[row][column] = -number(rows, row, column)
    return rows, {(row + 1, column + 1)}


def tenfold(panel: Panel, rng: Rng) -> Planted:
    rows = panel.copy()
    row, column = panel.cell(rng, panel.numeric)
    rows[row][column] = number(rows, row, column) * float(rng.choice([10.0, 0.1]))
    return rows, {(row + 1, column + 1)}


def unit_mix(panel: Panel, rng: Rng) -> Planted:
    """One province in another unit (10^4): all years, from a year on, or one year."""
    rows = panel.copy()
    row, column = panel.cell(rng, panel.levels)
    start = (row - 1) // YEARS * YEARS + 1
    span = [range(start, start + YEARS), range(row, start + YEARS), range(row, row + 1)][int(rng.integers(3))]
    factor = float(rng.choice([1e4, 1e-4]))
    changed = set()
    for r in span:
        if rows[r][column]:
            rows[r][column] = number(rows, r, column) * factor
            changed.add((r + 1, column + 1))
    return rows, changed


def swapped_provinces(panel: Panel, rng: Rng) -> Planted:
    """Two provinces of one year: whole rows of figures, one column, or the names."""
    rows = panel.copy()
    a, b = (int(p) for p in rng.choice(30, 2, replace=False))
    year = int(rng.integers(YEARS))
    first, second = 1 + a * YEARS + year, 1 + b * YEARS + year
    variant = int(rng.integers(3))
    columns = [panel.numeric, [panel.cell(rng, panel.levels)[1]], [panel.names.index("province_zh")]][variant]
    changed = set()
    for column in columns:
        rows[first][column], rows[second][column] = rows[second][column], rows[first][column]
        changed |= {(first + 1, column + 1), (second + 1, column + 1)}
    if variant == 1 and rows[first][columns[0]] is None:
        return swapped_provinces(panel, rng)
    return rows, changed


def duplicated_key(panel: Panel, rng: Rng) -> Planted:
    """A row entered twice, or a year typed as the year before."""
    rows = panel.copy()
    row = int(rng.integers(2, len(rows)))
    year = panel.names.index("year")
    if rng.integers(2) or (row - 1) % YEARS == 0:
        rows.insert(row, list(rows[row]))
        return rows, {(row + 1, c + 1) for c in range(year + 1)} | {(row + 2, c + 1) for c in range(year + 1)}
    rows[row][year] = rows[row - 1][year]
    return rows, {(r, c + 1) for r in (row, row + 1) for c in range(year + 1)}


def text_number(panel: Panel, rng: Rng) -> Planted:
    rows = panel.copy()
    row, column = panel.cell(rng, panel.numeric)
    value = number(rows, row, column)
    rows[row][column] = [f"{value:g}", f" {value:g}", f"{value:,.2f}", f"{value:g}\u00a0"][int(rng.integers(4))]
    return rows, {(row + 1, column + 1)}


def shifted_column(panel: Panel, rng: Rng) -> Planted:
    """A whole column moved by a row, or the cells of a row moved by a column."""
    rows = panel.copy()
    row, column = panel.cell(rng, panel.levels)
    if rng.integers(2):
        values = [r[column] for r in rows[1:]]
        values = [None, *values[:-1]] if rng.integers(2) else [*values[1:], None]
        for r, value in enumerate(values, start=1):
            rows[r][column] = value
        return rows, {(1, column + 1)}
    column = min(column, len(panel.names) - 4)
    rows[row][column + 1 :] = panel.rows[row][column:-1]
    rows[row][column] = None
    return rows, {(row + 1, c + 1) for c in range(column, len(panel.names)) if rows[row][c] != panel.rows[row][c]}


def stale_vintage(panel: Panel, rng: Rng) -> Planted:
    """The earlier or the later years of a province from a vintage that is 8 to 25 % lower or higher."""
    rows = panel.copy()
    column = panel.names.index(str(rng.choice(REVISED)))
    start = 1 + int(rng.integers(30)) * YEARS
    cut = int(rng.integers(3, YEARS - 3))
    factor = 1 + float(rng.choice([-1, 1])) * float(rng.uniform(0.08, 0.25))
    span = range(start, start + cut) if rng.integers(2) else range(start + cut, start + YEARS)
    changed = {(start + cut, column + 1), (start + cut + 1, column + 1)}
    for r in span:
        if rows[r][column]:
            rows[r][column] = round(number(rows, r, column) * factor, 2)
            changed.add((r + 1, column + 1))
    return rows, changed


def truncated_range(panel: Panel, rng: Rng) -> Planted:
    """The range ends up to sixty rows early."""
    rows = panel.copy()[: -int(rng.integers(1, 60))]
    return rows, {(r, c + 1) for r in range(len(rows) - YEARS, len(rows) + 1) for c in range(8)}


def copied_year(panel: Panel, rng: Rng) -> Planted:
    """The figures of the year before: a whole row, or one cell."""
    rows = panel.copy()
    while True:
        row, column = panel.cell(rng, panel.levels)
        if (row - 1) % YEARS and rows[row - 1][column] not in (None, rows[row][column]):
            break
    columns = panel.numeric if rng.integers(2) else [column]
    for c in columns:
        rows[row][c] = rows[row - 1][c]
    return rows, {(row + 1, c + 1) for c in columns}


def swapped_columns(panel: Panel, rng: Rng) -> Planted:
    """Two columns of one row, of one province, or altogether."""
    rows = panel.copy()
    row, a = panel.cell(rng, panel.levels)
    b = int(rng.choice([c for c in panel.levels if c != a and rows[row][c]]))
    start = (row - 1) // YEARS * YEARS + 1
    span = [range(row, row + 1), range(row, start + YEARS), range(1, len(rows))][int(rng.integers(3))]
    for r in span:
        rows[r][a], rows[r][b] = rows[r][b], rows[r][a]
    whole = len(span) == len(rows) - 1
    return rows, {(r + 1, c + 1) for r in ((0,) if whole else span) for c in (a, b)}


def error_cell(panel: Panel, rng: Rng) -> Planted:
    rows = panel.copy()
    row, column = panel.cell(rng, panel.numeric)
    rows[row][column] = CellError(str(rng.choice(["#N/A", "#DIV/0!", "#REF!", "#VALUE!"])))
    return rows, {(row + 1, column + 1)}


CLASSES: dict[str, Callable[[Panel, Rng], Planted]] = {
    "sign": sign,
    "x10": tenfold,
    "unit mix": unit_mix,
    "swapped provinces": swapped_provinces,
    "duplicated key": duplicated_key,
    "text number": text_number,
    "shifted column": shifted_column,
    "stale vintage": stale_vintage,
    "truncated range": truncated_range,
    "copied year": copied_year,
    "swapped columns": swapped_columns,
    "error cell": error_cell,
}


def named(findings: tuple[Finding, ...], tier: str = "") -> set[tuple[str, Position]]:
    """Rule and cell of every finding."""
    return {(f.rule, p) for f in findings for p in positions_of(f.cells) if tier in ("", f.severity)}


def run(places: int, seeds: list[int], only: str = "", verbose: int = 0) -> dict[str, object]:
    """Plant and audit; recall by class, false alarms on the clean panel, seconds."""
    panel = Panel(read_file(PANEL).sheets[0].block)
    clean = audit_block(Block(panel.rows))
    before, before_errors = named(clean), named(clean, "error")
    cells = sum(row[c] is not None for row in panel.rows[1:] for c in panel.numeric)
    alarms = {p for _, p in before_errors}
    classes: dict[str, dict[str, float]] = {}
    started = time.perf_counter()
    for name, plant in CLASSES.items():
        if only and only not in name:
            continue
        found = errors = total = 0
        for seed in seeds:
            rng = np.random.default_rng([seed, list(CLASSES).index(name)])
            for _ in range(places):
                rows, changed = plant(panel, rng)
                after = audit_block(Block(rows))
                hit = any(position in changed for _, position in named(after) - before)
                hard = any(position in changed for _, position in named(after, "error") - before_errors)
                found, errors, total = found + hit, errors + hard, total + 1
                if verbose and not (hard if verbose == 2 else hit):
                    where = sorted(changed)[:2]
                    print(
                        name,
                        [
                            (panel.names[c - 1], r, rows[r - 1][c - 1], panel.rows[min(r, 691) - 1][c - 1])
                            for r, c in where
                        ],
                    )
        classes[name] = {"recall": found / total, "recall_error_tier": errors / total, "planted": total}
    return {
        "seeds": seeds,
        "classes": classes,
        "recall": float(np.mean([c["recall"] for c in classes.values()])),
        "recall_error_tier": float(np.mean([c["recall_error_tier"] for c in classes.values()])),
        "clean_error_cells": len(alarms),
        "clean_error_share": len(alarms) / cells,
        "clean_verify_cells": len({p for r, p in named(clean, "verify") if r not in ("blank_cells", "true_zero")}),
        "cells": cells,
        "seconds": round(time.perf_counter() - started, 1),
    }


def large(rows: int = 100_000, columns: int = 12) -> dict[str, float]:
    """Seconds for a panel of many units, with a few defects in it."""
    rng = np.random.default_rng(7)
    years = 20
    header: list[Cell] = ["unit", "year", *(f"x{c}" for c in range(columns - 2))]
    units = rows // years
    level = np.exp(
        rng.normal(5, 1, (units, 1, columns - 2)) + rng.normal(0.05, 0.03, (units, years, columns - 2)).cumsum(axis=1)
    )
    body: Rows = [[f"u{u}", 2000.0 + t, *level[u, t].tolist()] for u in range(units) for t in range(years)]
    body[10][3], body[20][4], body[30][5] = "12.5", CellError("#N/A"), None
    started = time.perf_counter()
    findings = audit_block(Block([header, *body]))
    return {
        "rows": rows,
        "columns": columns,
        "seconds": round(time.perf_counter() - started, 2),
        "findings": len(findings),
    }


def show(result: dict[str, object]) -> None:
    """Print the result as a table."""
    classes = result["classes"]
    assert isinstance(classes, dict)
    print(f"{'class':<20}{'recall':>8}{'error tier':>12}{'planted':>9}")
    for name, row in classes.items():
        print(f"{name:<20}{row['recall']:>8.1%}{row['recall_error_tier']:>12.1%}{row['planted']:>9.0f}")
    for key, value in result.items():
        if key != "classes":
            print(f"{key}: {value}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--places", type=int, default=50)
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--only", default="")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--misses", type=int, default=0)
    given = parser.parse_args()
    result: dict[str, object] = {"bench": "audit", "large": large()}
    if PANEL.exists():
        result |= run(given.places, [int(seed) for seed in given.seeds.split(",")], given.only, given.misses)
    show(result) if given.table else print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
