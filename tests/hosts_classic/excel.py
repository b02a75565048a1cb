"""How Excel passes things over COM, for tests: cells to values, our answers back to cells, places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lowcarbon_xl.cells import Cell, CellError
from lowcarbon_xl.hosts.classic.values import ERROR_CODES, MARK

CODES = {code: number for number, code in ERROR_CODES.items()}


def com_value(cell: Cell) -> object:
    """A cell as COM passes it: errors as whole numbers, dates with COM's time zone, every number a float."""
    if isinstance(cell, CellError):
        return CODES[cell.code]
    if isinstance(cell, dt.datetime):
        return cell.replace(tzinfo=dt.UTC)
    if isinstance(cell, dt.date):
        return dt.datetime(cell.year, cell.month, cell.day, tzinfo=dt.UTC)
    return float(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell


def com_range(rows: Sequence[Sequence[Cell]]) -> object:
    """The value of a range: nested tuples, or the one cell's value."""
    if len(rows) == len(rows[0]) == 1:
        return com_value(rows[0][0])
    return tuple(tuple(com_value(cell) for cell in row) for row in rows)


def shown(value: str | float | bool) -> Cell:
    """What a cell shows once VBA has turned marked texts into error values."""
    return CellError(value[1:]) if isinstance(value, str) and value.startswith(MARK) else value


def place(sheet: str, row: int = 1, column: int = 1, merged: str = "", book: str = "簿.xlsx") -> tuple[object, ...]:
    """Where a range stands."""
    return book, sheet, float(row), float(column), merged


def caller(sheet: str, formula: str, row: int = 1, column: int = 1, book: str = "簿.xlsx") -> tuple[object, ...]:
    """The calling cell."""
    return book, sheet, row, column, 1, 1, formula
