"""A workbook as a reviewer compares it: what was typed, what formulas saved, and what they come to when recalculated."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lowcarbon_xl.audit.changes import same
from lowcarbon_xl.audit.finding import Position
from lowcarbon_xl.cells import Block, Cell, column_letters, quote_sheet

TOLERANCE = 1e-9
"""Relative. Two machines may sum in another order; a linear program is certified to 1e-9."""
_TINY = 1e-12
_VOLATILE = re.compile(r"\b(?:NOW|TODAY|RAND|RANDBETWEEN|RANDARRAY)\s*\(", re.IGNORECASE)
_SHEET = r"(?:'(?:[^']|'')+'!|[^\W\d][\w.]*!)?"
_CELLS = r"(?:\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?|\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?\d+:\$?\d+)"
_REFERENCE = re.compile(rf'(?P<text>"(?:[^"]|"")*")|(?<![\w.$]){_SHEET}{_CELLS}(?![\w(.])')


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Cells of one sheet, 1-based and inclusive."""

    sheet: str
    row: int
    column: int
    last_row: int
    last_column: int

    def contains(self, sheet: str, place: Position) -> bool:
        """Whether a cell lies inside."""
        return (
            sheet == self.sheet
            and self.row <= place[0] <= self.last_row
            and self.column <= place[1] <= self.last_column
        )

    def intersects(self, other: Rectangle) -> bool:
        """Whether the two share a cell."""
        return (
            self.sheet == other.sheet
            and self.row <= other.last_row
            and other.row <= self.last_row
            and self.column <= other.last_column
            and other.column <= self.last_column
        )

    @property
    def address(self) -> str:
        """``sheet!A1:C9``."""
        first = f"{column_letters(self.column)}{self.row}"
        last = f"{column_letters(self.last_column)}{self.last_row}"
        return f"{quote_sheet(self.sheet)}!{first}" + (f":{last}" if last != first else "")


@dataclass(frozen=True, slots=True)
class Result:
    """One formula and the cells that it fills.

    Parameters
    ----------
    area : Rectangle
        What it fills in the file; its upper left cell holds the formula.
    formula : str
        With ``=``.
    reads : tuple of Rectangle, or None
        What it reads; None when only evaluation can tell (INDIRECT, OFFSET).
    saved : rows of cells
        The values in the file.
    computed : rows of cells, or None
        What it comes to when recalculated; None when it was not.
    """

    area: Rectangle
    formula: str
    reads: tuple[Rectangle, ...] | None
    saved: Sequence[Sequence[Cell]]
    computed: Sequence[Sequence[Cell]] | None = None

    @property
    def cell(self) -> str:
        """``sheet!A1`` of the formula."""
        return replace(self.area, last_row=self.area.row, last_column=self.area.column).address

    @property
    def shape_of_formula(self) -> str:
        """The formula without the cells that it names: what stays when rows are inserted or sheets renamed."""
        return _REFERENCE.sub(lambda found: found["text"] or "_", self.formula)

    @property
    def volatile(self) -> bool:
        """Whether it changes whenever it is computed, so that nothing can be judged."""
        return _VOLATILE.search(self.formula) is not None

    def covers(self, rectangle: Rectangle) -> bool:
        """Whether it fills a cell of a rectangle."""
        return self.area.intersects(rectangle)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a workbook.

    Parameters
    ----------
    name : str
    sheets : mapping of str to Block
        All cells from A1 on, with the values in the file, by the sheet's name.
    results : tuple of Result
    outputs : frozenset of str
        Sheets on which nothing is typed: buttons wrote what stands there.
    """

    name: str
    sheets: Mapping[str, Block]
    results: tuple[Result, ...]
    outputs: frozenset[str] = frozenset()

    def inputs(self, sheet: str) -> Block:
        """A sheet without what formulas fill; of a sheet of outputs nothing is left."""
        block = self.sheets[sheet]
        if sheet in self.outputs:
            return replace(block, values=[])
        values = [list(row) for row in block.values]
        for result in self.results:
            if result.area.sheet == sheet:
                for row in values[result.area.row - 1 : result.area.last_row]:
                    blanks = min(result.area.last_column, len(row)) - result.area.column + 1
                    row[result.area.column - 1 : result.area.last_column] = [None] * max(blanks, 0)
        return replace(block, values=values)


def agree(one: Cell, other: Cell) -> bool:
    """Whether two results are the same number, but for rounding, or the same text or error."""
    if _is_number(one) and _is_number(other):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=_TINY)  # type: ignore[arg-type]
    return same(one, other)


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def differences(
    one: Sequence[Sequence[Cell]], other: Sequence[Sequence[Cell]]
) -> Iterator[tuple[Position, Cell, Cell]]:
    """Zero-based places where two results differ, with both cells; what one lacks is a blank."""
    for i in range(max(len(one), len(other))):
        mine, theirs = one[i] if i < len(one) else (), other[i] if i < len(other) else ()
        for j in range(max(len(mine), len(theirs))):
            a = mine[j] if j < len(mine) else None
            b = theirs[j] if j < len(theirs) else None
            if not agree(a, b):
                yield (i, j), a, b
