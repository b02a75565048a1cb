"""Cells in and out of an xlwings range, always in blocks."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from lowcarbon_xl.cells import Block, Cell, CellError, Output
from lowcarbon_xl.errors import Language, Text

Range = Any
Sheet = Any
Book = Any
"""xlwings is half typed: its objects are named, not checked."""

_ERRORS = frozenset({"#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"})


def read_block(cells: Range) -> Block:
    """A range as a block that knows its place; error values are kept as errors."""
    rows = cells.options(ndim=2, err_to_str=True, dates=dt.datetime).value
    values = [[CellError(cell) if isinstance(cell, str) and cell in _ERRORS else cell for cell in row] for row in rows]
    return Block(values, cells.sheet.name, cells.row, cells.column)


def read_sheet(sheet: Sheet) -> Block:
    """All used cells of a sheet, from A1."""
    last = sheet.used_range.last_cell
    return read_block(sheet.range((1, 1), (last.row, last.column)))


def area(sheet: Sheet, row: int, column: int, rows: int, columns: int) -> Range:
    """A range by its upper left cell and its size."""
    return sheet.range((row, column), (row + rows - 1, column + columns - 1))


def write_rows(sheet: Sheet, row: int, column: int, rows: Sequence[Sequence[Output]], language: Language) -> Range:
    """Write equally long rows in one go and return the range they fill."""
    plain = [[_plain(cell, language) for cell in line] for line in rows]
    target = area(sheet, row, column, len(plain), len(plain[0]))
    target.value = plain
    return target


def _plain(cell: Output, language: Language) -> Cell:
    if isinstance(cell, Text):
        cell = cell[language]
    if isinstance(cell, CellError):
        return cell.code
    if cell == "":
        return None
    if isinstance(cell, str) and cell[:1] in ("=", "+", "@"):
        return " " + cell  # a text, not a formula
    return cell


LINE = 16.0
"""Height of a line in points."""


def lines_of(text: str, width: float) -> int:
    """Lines that a wrapped text takes in a column of that width."""

    def lines(paragraph: str) -> int:
        shown = sum(2.0 if ord(character) > 0x2E7F else 1.05 for character in paragraph)
        return max(1, math.ceil(shown / (width - 1.5)))

    return sum(map(lines, text.split("\n")))


def fit_rows(
    sheet: Sheet, row: int, rows: Sequence[Sequence[Output]], widths: Sequence[float], language: Language
) -> None:
    """Make rows high enough for their wrapped texts; neighbours of one height in one go."""
    heights = [
        max(lines_of(str(_plain(cell, language) or ""), width) for cell, width in zip(line, widths, strict=False))
        for line in rows
    ]
    for height, group in groupby(enumerate(heights), key=lambda item: item[1]):
        members = [number for number, _ in group]
        cells = area(sheet, row + members[0], 1, len(members), 1)
        cells.row_height = min(LINE * height, _HIGHEST)


_HIGHEST = 400.0


def reference(cells: Range) -> str:
    """``sheet!A1:C9`` of a range, without dollar signs."""
    block = Block([[None] * cells.shape[1]] * cells.shape[0], cells.sheet.name, cells.row, cells.column)
    return block.whole


def local_address(cells: Range) -> str:
    """``A1:C9``."""
    return str(cells.get_address(False, False))
