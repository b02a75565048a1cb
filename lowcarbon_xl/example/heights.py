"""Rows high enough for the texts that are wrapped in them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.cells import column_letters, rectangle
from lowcarbon_xl.example import style

_LINE_HEIGHT = 15.5


def text_width(text: str) -> float:
    """Width of a text in column units: a Chinese character takes about two."""
    return sum(1.9 if ord(character) > 0x2E7F else 0.95 for character in text)


def line_count(text: str, width: float) -> int:
    """Lines that a wrapped text takes in a column of that width."""
    return sum(max(1, math.ceil(text_width(line) / width)) for line in text.split("\n"))


def paragraph(sheet: Worksheet, cells: str, value: str, width: float) -> None:
    """A wrapped text over merged cells, its row high enough."""
    first, row = cells.split(":")[0], rectangle(cells)[0]
    style.write(sheet, first, value).alignment = style.TOP_LEFT
    sheet.merge_cells(cells)
    sheet.row_dimensions[row].height = _LINE_HEIGHT * line_count(value, width) + 5


def fit_height(sheet: Worksheet, row: int, texts: dict[str, str], column_widths: Mapping[str, float]) -> None:
    """A row high enough for its wrapped texts (formula-like texts count too)."""
    lines = max(line_count(text, column_widths[letter] - 1) for letter, text in texts.items())
    sheet.row_dimensions[row].height = _LINE_HEIGHT * lines + 4


def fit_result(sheet: Worksheet, row: int, column: int, rows: Sequence[Sequence[object]]) -> None:
    """Rows high enough for the wrapped texts of a computed result, whose header stands at `row` and `column`."""
    for line, values in enumerate(rows[1:], start=row + 1):
        lines = max(_lines(sheet, line, column + offset, value) for offset, value in enumerate(values))
        if lines > 1:
            known = sheet.row_dimensions[line].height or 0
            sheet.row_dimensions[line].height = max(known, _LINE_HEIGHT * lines + 4)


def _lines(sheet: Worksheet, row: int, column: int, value: object) -> int:
    if not isinstance(value, str) or not style.put(sheet, row, column).alignment.wrap_text:
        return 1
    return line_count(value, sheet.column_dimensions[column_letters(column)].width - 1)
