"""Where things stand in a workbook: single cells, rectangles, and the texts that formulas use for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from lowcarbon_xl.cells import column_letters, column_number, quote_sheet

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_SHEET = r"(?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!\[\]:]+))!)?"
_CELLS = r"\$?(?P<c1>[A-Za-z]{1,3})\$?(?P<r1>\d{1,7})(?::\$?(?P<c2>[A-Za-z]{1,3})\$?(?P<r2>\d{1,7}))?"
_COLUMNS = r"\$?(?P<c1>[A-Za-z]{1,3}):\$?(?P<c2>[A-Za-z]{1,3})"
_ROWS = r"\$?(?P<r1>\d{1,7}):\$?(?P<r2>\d{1,7})"
_END = re.compile(r"\$?[A-Za-z]{0,3}\$?\d{0,7}")
_FIXED_END = re.compile(r"(?:\$[A-Za-z]{1,3})?(?:\$\d{1,7})?")
_PATTERNS = tuple(re.compile(_SHEET + body) for body in (_CELLS, _COLUMNS, _ROWS))


class Place(NamedTuple):
    """One cell: the sheet's name and a 1-based row and column."""

    sheet: str
    row: int
    column: int

    @property
    def cell(self) -> str:
        """``A1``."""
        return f"{column_letters(self.column)}{self.row}"

    @property
    def address(self) -> str:
        """``sheet!A1``."""
        return f"{quote_sheet(self.sheet)}!{self.cell}"


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells of one sheet; rows and columns are 1-based and inclusive."""

    sheet: str
    row: int
    column: int
    last_row: int
    last_column: int

    @classmethod
    def sized(cls, place: Place, rows: int, columns: int) -> Area:
        """The rectangle of that size whose upper left cell is `place`."""
        return cls(place.sheet, place.row, place.column, place.row + rows - 1, place.column + columns - 1)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.last_row - self.row + 1, self.last_column - self.column + 1

    @property
    def corner(self) -> Place:
        """The upper left cell."""
        return Place(self.sheet, self.row, self.column)

    @property
    def cells(self) -> str:
        """``A1:C9``, or ``A1`` for one cell; without the sheet."""
        first = self.corner.cell
        return first if self.shape == (1, 1) else f"{first}:{column_letters(self.last_column)}{self.last_row}"

    @property
    def reference(self) -> str:
        """``'sheet'!A1:C9`` (or ``A:C``, ``2:9``), always quoted, so that no name is mistaken."""
        return "'" + self.sheet.replace("'", "''") + "'!" + self._bare_reference

    @property
    def _bare_reference(self) -> str:
        if (self.row, self.last_row) == (1, LAST_ROW):
            return f"{column_letters(self.column)}:{column_letters(self.last_column)}"
        if (self.column, self.last_column) == (1, LAST_COLUMN):
            return f"{self.row}:{self.last_row}"
        return self.cells

    def intersects(self, other: Area) -> bool:
        """Whether the two share a cell."""
        return (
            self.sheet == other.sheet
            and self.row <= other.last_row
            and other.row <= self.last_row
            and self.column <= other.last_column
            and other.column <= self.last_column
        )

    def contains(self, place: Place) -> bool:
        """Whether the cell lies inside."""
        return self.intersects(Area.sized(place, 1, 1))

    def clamped(self, rows: int, columns: int) -> Area:
        """The same area, cut at the used rows and columns of its sheet; at least its upper left cell stays."""
        return Area(
            self.sheet,
            self.row,
            self.column,
            max(self.row, min(self.last_row, rows)),
            max(self.column, min(self.last_column, columns)),
        )


def parse_reference(text: str, sheet: str, find_sheet: Callable[[str], str | None]) -> Area | None:
    """Read ``A1``, ``A1:C9``, ``A:C`` or ``2:9``, with or without a sheet.

    Parameters
    ----------
    text : str
        The reference as a formula spells it.
    sheet : str
        The sheet that an unqualified reference means.
    find_sheet : callable
        The true name of a sheet (names are case-insensitive), or None when there is none.

    Returns
    -------
    Area or None
        None for anything else: a name, a table, another workbook, a missing sheet.
    """
    match = next((found for pattern in _PATTERNS if (found := pattern.fullmatch(text.strip()))), None)
    if match is None:
        return None
    parts = match.groupdict()
    named = named_sheet(text)
    owner = sheet if named is None else find_sheet(named)
    if owner is None:
        return None
    rows = sorted(_bounds(parts, "r1", "r2", LAST_ROW, int))
    columns = sorted(_bounds(parts, "c1", "c2", LAST_COLUMN, column_number))
    if not (rows[0] >= 1 and rows[1] <= LAST_ROW and columns[1] <= LAST_COLUMN):
        return None
    return Area(owner, rows[0], columns[0], rows[1], columns[1])


def named_sheet(text: str) -> str | None:
    """The sheet that a well-formed reference names, whether it exists or not."""
    match = next((found for pattern in _PATTERNS if (found := pattern.fullmatch(text.strip()))), None)
    if match is None:
        return None
    parts = match.groupdict()
    return parts["quoted"].replace("''", "'") if parts["quoted"] else parts["plain"]


def is_fixed(text: str) -> bool:
    """Whether a reference is absolute in all its parts (``$A$1:$C$9``), or is not plain cells at all."""
    ends = text.rpartition("!")[2].split(":")
    parts = [_END.fullmatch(end) for end in ends]
    if None in parts or (len(ends) == 1 and not ends[0][-1:].isdigit()):
        return True
    return all(_FIXED_END.fullmatch(end) for end in ends)


def is_backwards(text: str) -> bool:
    """Whether a reference names its last corner first, as in ``D2:A9``."""
    first, _, last = text.rpartition("!")[2].replace("$", "").upper().partition(":")
    if not last:
        return False
    ends = [(end.rstrip("0123456789"), end.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for end in (first, last)]
    columns, rows = [column_number(letters) for letters, _ in ends], [int(digits or 0) for _, digits in ends]
    return columns[0] > columns[1] or rows[0] > rows[1]


def _bounds(
    parts: dict[str, str | None], first: str, last: str, limit: int, read: Callable[[str], int]
) -> tuple[int, int]:
    """First and last row (or column); everything when the reference does not name them."""
    start = parts.get(first)
    if start is None:
        return 1, limit
    return read(start), read(parts.get(last) or start)
