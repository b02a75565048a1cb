"""What our functions returned, by the cell that called them: reasons for =WHY, sizes for array formulas."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lowcarbon_xl.cells import Cell, CellError, Spill

KEPT = 4096
"""How many results are kept; the oldest go first, and a recalculation brings them back."""


class Place(NamedTuple):
    """One cell of an open workbook; row and column are 1-based."""

    book: str
    sheet: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Result:
    """One call of ours.

    Parameters
    ----------
    place : Place
        The cell that called (the first one of an array formula).
    name : str
        The function.
    formula : str
        The cell's formula when it called.
    spill : Spill
        What it returned.
    whole : bool
        Whether the call is the whole formula, so that its spill fills the cells.
    """

    place: Place
    name: str
    formula: str
    spill: Spill
    whole: bool

    def cell(self, row: int, column: int) -> Cell | None:
        """What it put into a cell of its sheet; None outside it."""
        down, right = row - self.place.row, column - self.place.column
        rows = self.spill.rows
        if not (0 <= down < len(rows) and 0 <= right < len(rows[down])):
            return None
        found: Cell = rows[down][right]  # type: ignore[assignment]  # the spill has been rendered: no Text is left
        return found


@dataclass(slots=True)
class Results:
    """The memory of one Excel: one process of Python serves one Excel, and Excel calls one function at a time."""

    _kept: OrderedDict[Place, Result] = field(default_factory=OrderedDict)

    def keep(self, place: Place, name: str, formula: str, spill: Spill) -> None:
        """Keep a call's result; inside a longer formula, the first failure, which is what the cell then shows."""
        whole = _is_whole(name, formula)
        before = self._kept.get(place)
        if before is not None and (before.formula != formula or before.name == name):
            del self._kept[place]
        if whole or (spill.failed and place not in self._kept):
            self._kept[place] = Result(place, name, formula, spill, whole)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def at(self, place: Place, formula: str) -> Result | None:
        """The result of the formula that stands in a cell now; None when another one was computed there."""
        result = self._kept.get(place)
        return result if result is not None and result.formula == formula else None

    def on(self, book: str, sheet: str) -> Iterator[Result]:
        """Results that stand on a sheet."""
        return (result for place, result in self._kept.items() if place[:2] == (book, sheet))

    def explain(self, book: str, sheet: str, row: int, column: int, values: list[list[Cell]]) -> None:
        """Put our own cells back into values read from a sheet, where Excel's copy says less: blanks and reasons."""
        for result in self.on(book, sheet):
            height, width = len(result.spill.rows), max(map(len, result.spill.rows), default=0)
            down, right = result.place.row - row, result.place.column - column
            for i in range(max(down, 0), min(down + height, len(values))):
                for j in range(max(right, 0), min(right + width, len(values[i]))):
                    values[i][j] = _fuller(values[i][j], result.cell(row + i, column + j))


def _fuller(read: Cell, own: Cell) -> Cell:
    if own is None and read == "":
        return None
    if isinstance(own, CellError) and isinstance(read, CellError) and own.code == read.code:
        return own
    return read


def _is_whole(name: str, formula: str) -> bool:
    """Whether a formula is one call of the function and nothing around it."""
    match = re.fullmatch(rf"=(?:'[^']*'!|\w+\.xlam!)?{name}\((.*)\)\s*", formula, re.IGNORECASE | re.DOTALL)
    return match is not None and _balanced(match[1])


def _balanced(arguments: str) -> bool:
    """Whether no bracket closes before it opens, outside of texts and quoted sheet names."""
    depth = 0
    for character in re.sub(r'"[^"]*"|\'[^\']*\'', "", arguments):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0
