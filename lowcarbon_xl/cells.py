"""What passes between a spreadsheet and a function of ours: blocks of cells in, spills of cells out.

Hosts build a `Block` from whatever their spreadsheet gives them and write a `Spill` back, so no function
ever sees a host.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lowcarbon_xl.errors import Language, LowCarbonError, Text
from lowcarbon_xl.provenance import NOTHING, Provenance


@dataclass(frozen=True, slots=True)
class CellError:
    """A spreadsheet's error value (``#N/A``, ``#DIV/0!``, ...) and, where we know it, the reason."""

    code: str
    reason: Text | None = None

    def __str__(self) -> str:
        return self.code


Cell = float | int | str | bool | dt.date | dt.time | CellError | None
"""One cell as read; None is a blank, never 0 and never an error."""

Output = Cell | Text
"""One cell to be written; a `Text` is rendered in the language of the call."""


def column_letters(number: int) -> str:
    """The letters of a 1-based column number: 1 is A, 28 is AB."""
    letters = ""
    while number:
        number, remainder = divmod(number - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters


def column_number(letters: str) -> int:
    """The 1-based number of a column's letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


_RECTANGLE = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?", re.IGNORECASE)


def rectangle(address: str) -> tuple[int, int, int, int]:
    """First row, first column, last row, last column (1-based) of ``A1`` or ``A1:C9``, without a sheet."""
    match = _RECTANGLE.fullmatch(address)
    if match is None:
        raise ValueError(f"{address!r} is no cell address")
    row, column = int(match[2]), column_number(match[1])
    return row, column, int(match[4] or row), column_number(match[3]) if match[3] else column


def quote_sheet(sheet: str) -> str:
    """A sheet's name as formulas spell it: quoted where Excel quotes it."""
    looks_like_a_cell = re.fullmatch(r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*|[RrCc]", sheet) is not None
    plain = re.fullmatch(r"[^\W\d][\w.]*", sheet) is not None and not looks_like_a_cell
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of cells and where it stands.

    Parameters
    ----------
    values : sequence of rows
        The cells, row by row, all rows equally long.
    sheet : str or None
        The sheet's name; None when the block is a computed array that stands nowhere.
    row, column : int
        1-based position of the upper left cell.
    merged : tuple of str
        Addresses of merged ranges that touch the block, where the host knows them.
    """

    values: Sequence[Sequence[Cell]]
    sheet: str | None = None
    row: int = 1
    column: int = 1
    merged: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.values), len(self.values[0]) if self.values else 0

    def address(self, row: int, column: int) -> str:
        """``sheet!cell`` of a zero-based position in the block (row and column where it has no sheet)."""
        if self.sheet is None:
            return f"R{row + 1}C{column + 1}"
        return f"{quote_sheet(self.sheet)}!{column_letters(self.column + column)}{self.row + row}"

    @property
    def whole(self) -> str:
        """``sheet!A1:C9`` of the whole block."""
        rows, columns = self.shape
        first = self.address(0, 0)
        if rows * columns <= 1:
            return first
        return (
            f"{first}:{column_letters(self.column + columns - 1)}{self.row + rows - 1}"
            if self.sheet
            else "computed array"
        )


@dataclass(frozen=True, slots=True)
class Spill:
    """What a worksheet function returns: rows of cells, and the remarks that `=WHY()` prints.

    Parameters
    ----------
    rows : tuple of rows
        Cells; `Text` cells are rendered by `in_language`.
    notes : tuple of Text
        Conventions and remarks: everything that moved a number.
    language : {"zh", "en"} or None
        Set when the user asked for one with ``lang=``.
    provenance : Provenance
        What was read for it; filled in by whoever calls the function.
    """

    rows: tuple[tuple[Output, ...], ...]
    notes: tuple[Text, ...] = ()
    language: Language | None = None
    provenance: Provenance = NOTHING

    @classmethod
    def failure(cls, error: LowCarbonError) -> Spill:
        """One error cell that carries the reason."""
        return cls(rows=((CellError(error.code, error.message()),),))

    @property
    def failed(self) -> bool:
        """Whether the whole call failed: a single error cell."""
        return len(self.rows) == 1 and len(self.rows[0]) == 1 and isinstance(self.rows[0][0], CellError)

    @property
    def reasons(self) -> tuple[Text, ...]:
        """The reasons of its error cells, row by row."""
        return tuple(cell.reason for row in self.rows for cell in row if isinstance(cell, CellError) and cell.reason)

    def in_language(self, language: Language) -> Spill:
        """The same spill with every `Text` rendered, in the language asked for by the user or else `language`."""
        chosen = self.language or language
        rows = tuple(tuple(cell[chosen] if isinstance(cell, Text) else cell for cell in row) for row in self.rows)
        return replace(self, rows=rows, language=chosen)


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference rather than a value: what WHY and STALE need.

    Parameters
    ----------
    block : Block
        The cells referred to, with their place.
    formula : str or None
        The formula that fills the upper left cell (its own, or that of the spill it belongs to).
    spill : Spill or None
        What a function of ours returned there, if it did.
    offset : tuple of int
        Zero-based row and column of the cell within that spill.
    """

    block: Block
    formula: str | None = None
    spill: Spill | None = None
    offset: tuple[int, int] = field(default=(0, 0))
