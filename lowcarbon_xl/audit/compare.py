"""Two versions of a workbook: which inputs changed, which results follow, and which should but do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lowcarbon_xl.audit.changes import CellChange, block_changes
from lowcarbon_xl.audit.finding import Position, address
from lowcarbon_xl.audit.matching import match_results, match_sheets
from lowcarbon_xl.audit.versions import Rectangle, Result, Version, differences
from lowcarbon_xl.cells import Cell, quote_sheet

Verdict = Literal["follows", "stale", "drifted", "unexplained", "unaffected", "formula", "new", "removed", "volatile"]
"""What became of a result: it follows its inputs; it should but does not; no input changed, but it is not what they give
now (it was stale before, or the program changed); it changed though no input did; its inputs changed and it rightly
did not; its formula was rewritten; it is new or gone; it changes by itself."""


@dataclass(frozen=True, slots=True)
class ResultChange:
    """What became of one result.

    Parameters
    ----------
    verdict : Verdict
    cell : str
        ``sheet!A1`` of its formula (in the older version where it is gone).
    formula : str
    before_formula : str
        Its formula in the older version; empty where it is new.
    because : tuple of str
        Which inputs that it reads changed, as ``sheet!A1``; results among them by their formula's cell.
    examples : tuple of (str, Cell, Cell)
        Some of its cells that differ: ``A1``, what is saved, and what it was (stale, drifted: what it should be).
    count : int
        How many cells differ.
    recalculated : bool
        Whether the verdict rests on a recalculation, and not on the references alone.
    """

    verdict: Verdict
    cell: str
    formula: str
    before_formula: str
    because: tuple[str, ...] = ()
    examples: tuple[tuple[str, Cell, Cell], ...] = ()
    count: int = 0
    recalculated: bool = True

    @property
    def sheet(self) -> str:
        """Its sheet."""
        return self.cell.rpartition("!")[0]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of a workbook side by side.

    Parameters
    ----------
    before, after : str
        Names of the versions.
    renamed : tuple of (str, str)
        Sheets that are called otherwise now.
    added, removed : tuple of str
        Sheets.
    inputs : tuple of CellChange
        Typed cells that changed, sheet by sheet.
    results : tuple of ResultChange
        Results about which there is something to say.
    """

    before: str
    after: str
    renamed: tuple[tuple[str, str], ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    inputs: tuple[CellChange, ...]
    results: tuple[ResultChange, ...]

    def of(self, *verdicts: Verdict) -> tuple[ResultChange, ...]:
        """The results with one of the verdicts."""
        return tuple(result for result in self.results if result.verdict in verdicts)

    @property
    def stale(self) -> bool:
        """Whether any saved result is not what its inputs give."""
        return any(result.verdict in ("stale", "drifted") for result in self.results)


_EXAMPLES = 3
_REASONS = 5


def compare(old: Version, new: Version) -> Comparison:
    """Compare two versions of a workbook.

    Sheets are matched by name, renamed ones by their content; panels by their keys, other cells by their place. A
    result is stale when recalculating it from the newer version's inputs gives something else than is saved; where
    it was not recalculated, when something that it reads changed and its saved value did not.
    """
    names = match_sheets(old, new)
    changes = [
        change
        for sheet in new.sheets
        if (was := names.get(sheet)) is not None
        for change in block_changes(replace(old.inputs(was), sheet=sheet), new.inputs(sheet))
        if not _rounded(change)
    ]
    judge = _Judge(old, new, names, changes)
    return Comparison(
        old.name,
        new.name,
        tuple((was, now) for now, was in names.items() if was is not None and was != now),
        tuple(sheet for sheet in new.sheets if names.get(sheet) is None),
        tuple(sheet for sheet in old.sheets if sheet not in names.values()),
        tuple(changes),
        tuple(judge.verdicts()),
    )


def _rounded(change: CellChange) -> bool:
    """Whether a number differs beyond its fifteenth digit only, as programs do that save a file of another."""
    before, after = change.before, change.after
    numbers = isinstance(before, float | int) and isinstance(after, float | int)
    return numbers and f"{before:.15g}" == f"{after:.15g}"


class _Judge:
    """Gives every result its verdict."""

    def __init__(
        self, old: Version, new: Version, names: Mapping[str, str | None], changes: Sequence[CellChange]
    ) -> None:
        self._pairs, self._gone = match_results(old, new, names)
        self._names = names
        self._now: dict[str, list[Position]] = defaultdict(list)
        self._then: dict[str, list[Position]] = defaultdict(list)
        self._came: dict[str, set[int]] = defaultdict(set)
        self._gone_rows: dict[str, set[int]] = defaultdict(set)
        for change in changes:
            if change.kind == "added" and change.after_place is not None:
                self._came[change.sheet].add(change.after_place[0])
            elif change.kind == "removed" and change.before_place is not None:
                self._gone_rows[change.sheet].add(change.before_place[0])
            if change.after_place is not None:
                self._now[change.sheet].append(change.after_place)
            elif change.before_place is not None:
                self._then[names.get(change.sheet) or change.sheet].append(change.before_place)
        self._moved = self._moved_results()
        self._because = {
            result.cell: tuple(dict.fromkeys(self._reasons(result, was, self._moved))) for result, was in self._pairs
        }
        self._drifted = self._drifted_results()

    def _drifted_results(self) -> set[str]:
        """Results that are not what their inputs give though nothing changed, and those that rest on these alone."""
        drifted: set[str] = set()
        waiting = True
        while waiting:
            waiting = False
            for result, was in self._pairs:
                if result.cell in drifted or result.computed is None or was is None:
                    continue
                same_as_before = not any(differences(result.saved, was.saved))
                alone = all(reason in drifted for reason in self._because[result.cell])
                if same_as_before and alone and any(differences(result.saved, result.computed)):
                    drifted.add(result.cell)
                    waiting = True
        return drifted

    def _moved_results(self) -> dict[str, tuple[Result, set[Position]]]:
        """Results whose true value is not what the older version has saved, and which of their cells.

        Where a result was not recalculated, it may have moved when something that it reads did.
        """
        moved: dict[str, tuple[Result, set[Position]]] = {}
        for result, was in self._pairs:
            places = _moved_cells(result, was)
            if places or was is None:
                moved[result.cell] = result, places
        waiting = True
        while waiting:
            waiting = False
            for result, was in self._pairs:
                if result.computed is None and result.cell not in moved and any(self._reasons(result, was, moved)):
                    moved[result.cell] = result, set(_cells(result.area))
                    waiting = True
        return moved

    def _reasons(
        self, result: Result, was: Result | None, moved: Mapping[str, tuple[Result, set[Position]]]
    ) -> Iterator[str]:
        """Cells and results that a result reads and that changed."""
        for rectangle in result.reads or ():
            for place in self._now.get(rectangle.sheet, ()):
                if rectangle.contains(rectangle.sheet, place):
                    yield f"{quote_sheet(rectangle.sheet)}!{address(place)}"
            for other, places in moved.values():
                if other is not result and other.covers(rectangle) and _any_within(rectangle, places):
                    yield other.cell
        for rectangle in (was.reads if was is not None else None) or ():
            for place in self._then.get(rectangle.sheet, ()):
                if rectangle.contains(rectangle.sheet, place):
                    yield f"{quote_sheet(rectangle.sheet)}!{address(place)} ✕"

    def _reaches_otherwise(self, result: Result, was: Result) -> bool:
        """Whether the same formula reads more or fewer rows than before, beyond rows that came or went."""
        now, then = result.reads or (), was.reads or ()
        stays = (result.area.row, result.area.column) == (was.area.row, was.area.column)
        for new, old in zip(now, then, strict=False):
            came = len(self._rows_within(self._came, new, new.sheet))
            gone = len(self._rows_within(self._gone_rows, old, new.sheet))
            height = new.last_row - new.row - (old.last_row - old.row)
            if height != came - gone:
                return True
            whole = not (self._came.get(new.sheet) or self._gone_rows.get(new.sheet))
            if stays and whole and replace(old, sheet=new.sheet) != new:
                return True
        return len(now) != len(then)

    @staticmethod
    def _rows_within(rows: Mapping[str, set[int]], rectangle: Rectangle, sheet: str) -> set[int]:
        return {row for row in rows.get(sheet, ()) if rectangle.row <= row <= rectangle.last_row}

    def verdicts(self) -> Iterator[ResultChange]:
        """What became of every result about which there is something to say."""
        for result, was in self._pairs:
            found = self._verdict(result, was)
            if found is not None:
                yield found
        for result in self._gone:
            yield ResultChange("removed", result.cell, result.formula, result.formula)

    def _verdict(self, result: Result, was: Result | None) -> ResultChange | None:
        because = self._because[result.cell]
        wrong = [] if result.computed is None else list(differences(result.saved, result.computed))
        changed = [] if was is None else list(differences(result.saved, was.saved))
        verdict: Verdict
        shown = changed
        if result.volatile:
            if not (changed or wrong):
                return None
            verdict = "volatile"
        elif wrong or (result.computed is None and because and not changed and was is not None):
            verdict, shown = "drifted" if result.cell in self._drifted else "stale", wrong
        elif was is None:
            verdict = "new"
        elif was.shape_of_formula != result.shape_of_formula or self._reaches_otherwise(result, was):
            verdict = "formula"
        elif changed:
            verdict = "follows" if because or result.reads is None else "unexplained"
        elif because:
            verdict = "unaffected"
        else:
            return None
        return ResultChange(
            verdict,
            result.cell,
            result.formula,
            was.formula if was is not None else "",
            because[:_REASONS],
            tuple(_example(result.area, *difference) for difference in shown[:_EXAMPLES]),
            len(shown),
            result.computed is not None,
        )


def _example(area: Rectangle, place: Position, is_now: Cell, other: Cell) -> tuple[str, Cell, Cell]:
    return address((area.row + place[0], area.column + place[1])), is_now, other


def _moved_cells(result: Result, was: Result | None) -> set[Position]:
    """The cells of a result that are not, or should not be, what they were."""
    if was is None:
        return set(_cells(result.area))
    found = {place for place, _, _ in differences(was.saved, result.saved)}
    if result.computed is not None:
        found |= {place for place, _, _ in differences(was.saved, result.computed)}
    return {(result.area.row + row, result.area.column + column) for row, column in found}


def _cells(area: Rectangle) -> Iterator[Position]:
    for row in range(area.row, area.last_row + 1):
        for column in range(area.column, area.last_column + 1):
            yield row, column


def _any_within(rectangle: Rectangle, places: Iterable[Position]) -> bool:
    return any(rectangle.contains(rectangle.sheet, place) for place in places)
