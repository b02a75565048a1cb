"""Staleness in the example workbook: random edits make exactly those results stale that a full recalculation changes."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lowcarbon_xl.audit.compare import Comparison, compare
from lowcarbon_xl.audit.stale import inputs_hash, judge
from lowcarbon_xl.audit.versions import Result, Version
from lowcarbon_xl.cells import Block, Cell, CellError
from lowcarbon_xl.commands.asked_book import AskedBook
from lowcarbon_xl.commands.evidence import read_sheets, read_version, recalculated_version, slice_of, version_of
from lowcarbon_xl.hosts.embedded.workbook import WorkbookContent, read_workbook
from tests.audit import book_edits

BOOK = Path(__file__).resolve().parents[2] / "workbook" / "lowcarbon.xlsx"
EDITS = 8
COSTLY = {"对照", "回归", "核验"}
"""Sheets left uncomputed here, for time: their saved results count as typed. With them, 200 edits were run by hand."""


def cheap(path: Path) -> WorkbookContent:
    """The workbook without the formulas that take long."""
    content = read_workbook(path)
    sheets = {n: replace(sheet, formulas={}) if n in COSTLY else sheet for n, sheet in content.sheets.items()}
    return replace(content, sheets=sheets)


def recalculated(book: AskedBook, path: Path) -> Version:
    return version_of(book.done.content, read_sheets(path), book.done)


class Base:
    """The unedited workbook: as saved, as recalculated, and what was not up to date from the start."""

    def __init__(self) -> None:
        content = cheap(BOOK)
        self.saved: Version = version_of(content, read_sheets(BOOK))
        self.asked = AskedBook.of(content, "zh")
        calls = {place.address for place in self.asked.done.spills}
        self.hashes = {r.cell: inputs_hash(ranges(self.asked, r)) for r in self.saved.results if r.cell in calls}
        self.drifted = {r.cell for r in compare(self.saved, recalculated(self.asked, BOOK)).of("drifted")}


@pytest.fixture(scope="module")
def base() -> Base:
    if not BOOK.exists():
        pytest.skip("the example workbook is not built")
    return Base()


def values(book: AskedBook) -> dict[str, Sequence[Sequence[Cell]]]:
    """Every formula's value by its cell, from a full recalculation."""
    single = {place.address: ((value,),) for place, value in book.done.values.items()}
    return {**single, **{place.address: rows for place, rows in book.done.arrays.items()}}


def alike(one: Cell, other: Cell) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(one, CellError) and isinstance(other, CellError):
        return one.code == other.code
    return one == other


def changed(one: Sequence[Sequence[Cell]], other: Sequence[Sequence[Cell]]) -> bool:
    if [len(row) for row in one] != [len(row) for row in other]:
        return True
    return not all(alike(a, b) for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True))


def ranges(book: AskedBook, result: Result) -> list[Block]:
    """What a formula reads, as it is in a recalculated workbook."""
    return [slice_of(book.sheets[r.sheet], r) for r in result.reads or ()]


def banners(base: Base, after: AskedBook) -> set[str]:
    """The calls of ours whose =STALE(hash of their ranges then, their ranges) says stale."""
    then = base.hashes.items()
    results = {result.cell: result for result in base.saved.results}
    return {cell for cell, was in then if not judge(Block(((was,),)), ranges(after, results[cell])).fresh}


def check(base: Base, place: tuple[str, str], number: float, path: Path) -> Comparison:
    """One edit: the comparison, against a full recalculation and the banners."""
    book_edits.edit(BOOK, path, {place: number})
    after = AskedBook.of(cheap(path), "zh")
    found = compare(base.saved, recalculated(after, path))
    assert [(c.sheet, c.cell) for c in found.inputs] == [place]
    before, now = values(base.asked), values(after)
    truly = {cell for cell in before if changed(before[cell], now[cell])} - base.drifted
    said = {result.cell for result in found.of("stale")} - base.drifted
    assert said == truly
    assert not found.of("unexplained", "follows", "formula", "new", "removed")
    reached = {r.cell for r in found.results if r.because}
    assert banners(base, after) == reached & base.hashes.keys()
    assert truly <= reached
    return found


def test_random_edits_make_exactly_the_dependent_results_stale(base: Base, tmp_path: Path) -> None:
    chance = random.Random(3)
    stale = 0
    for _ in range(EDITS):
        place, number = book_edits.random_edit(base.saved, chance)
        stale += len(check(base, place, number, tmp_path / "edited.xlsx").of("stale"))
    assert stale > EDITS, "the edits reach results"


def test_an_unchanged_workbook_has_nothing_to_say() -> None:
    found = compare(read_version(BOOK), recalculated_version(BOOK, "zh"))
    assert not found.inputs
    assert {result.verdict for result in found.results} <= {"drifted"}
