"""Trace: random results of the example workbook are worked out anew from nothing but the cells that the trace names."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from lowcarbon_xl.audit.trace import Trace
from lowcarbon_xl.commands.asked_book import AskedBook
from lowcarbon_xl.hosts.embedded.places import Area, Place
from tests.audit.trace_recomputed import RECOMPUTED

BOOK = Path(__file__).resolve().parents[2] / "workbook" / "lowcarbon.xlsx"
TOLERANCE = 1e-7
"""Relative: another solver stops at its own tolerance (HiGHS: 1e-7), sums run in another order."""


@pytest.fixture(scope="module")
def book() -> AskedBook:
    if not BOOK.exists():
        pytest.skip("the example workbook is not built")
    return AskedBook.read(BOOK, "zh")


def candidates(book: AskedBook) -> dict[str, list[Place]]:
    """The numbers that can be worked out anew, by the formula that fills them."""
    found: dict[str, list[Place]] = {}
    for cell in book.done.content.formulas():
        rows = book.done.arrays.get(cell.place, ((book.done.values.get(cell.place),),))
        area = Area.sized(cell.place, len(rows), len(rows[0]))
        name = cell.text.partition("(")[0]
        regression = name in ("TWFE", "IVREG")
        if name not in RECOMPUTED and not cell.text.startswith("AVERAGEIFS"):
            continue
        if "weights=1" in cell.text:
            continue
        last = next((i for i, row in enumerate(rows) if row[0] == "_cons"), 7) if regression else area.shape[0]
        found[cell.place.address] = [
            Place(area.sheet, area.row + i, area.column + j)
            for i in range(1 if area.shape[0] > 1 else 0, last)
            for j in ((1,) if regression else ((2,) if name == "ROBOTS" else range(area.shape[1])))
            if isinstance(rows[i][j], float) and (not regression or rows[i][0] != "N")
        ]
    return {anchor: places for anchor, places in found.items() if places}


def agrees(trace: Trace) -> bool:
    """Whether the cell's value comes out again; where duals are not unique, whether it lies between their ends."""
    expected = RECOMPUTED[trace.function](trace)
    value = float(trace.value)  # type: ignore[arg-type]
    if isinstance(expected, tuple):
        low, high = expected
        slack = TOLERANCE * max(1.0, abs(value))
        return bool(low - slack <= value <= high + slack)
    return math.isclose(value, expected, rel_tol=TOLERANCE, abs_tol=1e-6 if trace.function == "SBMDDF" else TOLERANCE)


def test_twenty_random_results_come_out_again(book: AskedBook) -> None:
    chance = random.Random(7)
    by_anchor = candidates(book)
    ours = [anchor for anchor in by_anchor if not anchor.startswith("区域")]
    anchors = ours + chance.sample([a for a in by_anchor if a.startswith("区域")], 20 - len(ours))
    assert len(anchors) == 20
    wrong = []
    for anchor in anchors:
        trace = book.trace(chance.choice(by_anchor[anchor]))
        assert trace.anchor == anchor
        if not agrees(trace):
            wrong.append((trace.cell, trace.value, RECOMPUTED[trace.function](trace)))
    assert not wrong
