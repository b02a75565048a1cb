"""A table laid out for a sheet, as plain data: any host writes values, formats and rules in blocks, never cell by cell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lowcarbon_xl.errors import Language, Text
from lowcarbon_xl.tables.model import Alignment, Row, Span, Table, TableCell
from lowcarbon_xl.tables.numerals import GENERAL, display_width, excel_format, printed

CHINESE_FONT, LATIN_FONT = "宋体", "Times New Roman"
BODY_SIZE, NOTE_SIZE = 10.5, 9.0
LINE_HEIGHT = 1.5  # of the font size
_LEAST_WIDTH, _MOST_LABEL_WIDTH = 10.0, 42.0
_NOTE_CHARACTERS: dict[Language, float] = {"zh": 1.12, "en": 1.25}  # that fit at 9 pt into one of column width
Weight = Literal["medium", "thin"]


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle, zero-based and inclusive, counted from the table's upper left cell."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How the cells of an area look."""

    number_format: str = GENERAL
    align: Alignment = "center"
    bold: bool = False
    italic: bool = False
    wrap: bool = False
    size: float = BODY_SIZE
    font: str = LATIN_FONT


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal rule on the lower or upper edge of an area one row high.

    Attributes
    ----------
    area : Area
    edge : {"top", "bottom"}
    weight : {"medium", "thin"}
        Excel's names: 1.5 pt and 0.75 pt.
    """

    area: Area
    edge: Literal["top", "bottom"]
    weight: Weight


@dataclass(frozen=True, slots=True)
class TableBlock:
    """What a sheet shows of a table.

    Attributes
    ----------
    values : tuple of rows
        Numbers, texts in one language, None for blank cells; rows are equally long.
    styles : tuple of (Area, CellStyle)
        They cover every cell once, in the largest rectangles.
    rules : tuple of Rule
    merges : tuple of Area
    widths : tuple of float
        Column widths in characters.
    heights : tuple of float
        Row heights in points.
    """

    values: tuple[tuple[float | int | str | None, ...], ...]
    styles: tuple[tuple[Area, CellStyle], ...]
    rules: tuple[Rule, ...]
    merges: tuple[Area, ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.values), len(self.widths)


def write_block(table: Table, language: Language = "zh") -> TableBlock:
    """Lay a table out: title, header, body and notes from top to bottom.

    Parameters
    ----------
    table : Table
    language : {"zh", "en"}

    Returns
    -------
    TableBlock
    """
    columns = table.columns
    widths = _widths(table, language)
    title = TableCell(table.title, bold=True)
    notes = [TableCell(note, align="left") for note in table.notes]
    grid: list[Row] = [
        _across(title, columns),
        *table.header,
        *table.body,
        *(_across(note, columns) for note in notes),
    ]
    top, first_note = 1 + len(table.header), len(grid) - len(notes)
    whole = [Area(row, 0, row, columns - 1) for row in range(len(grid))]
    styles = [
        [_style(cell, column, language, note=row >= first_note) for column, cell in enumerate(cells)]
        for row, cells in enumerate(grid)
    ]
    return TableBlock(
        tuple(tuple(_plain(cell, language) for cell in row) for row in grid),
        tuple(_rectangles(styles)),
        (
            Rule(whole[1], "top", "medium"),
            *(Rule(_spanned(span), "bottom", "thin") for span in table.spans),
            Rule(whole[top - 1], "bottom", "thin"),
            Rule(whole[first_note - 1], "bottom", "medium"),
        ),
        tuple(
            area
            for area in (whole[0], *map(_spanned, table.spans), *whole[first_note:])
            if area.last_column > area.first_column
        ),
        widths,
        _heights(table, language, sum(widths)),
    )


def _across(cell: TableCell, columns: int) -> Row:
    return cell, *[replace(cell, value=None)] * (columns - 1)


def _spanned(span: Span) -> Area:
    return Area(span.row + 1, span.first, span.row + 1, span.last)


def _plain(cell: TableCell, language: Language) -> float | int | str | None:
    return cell.value[language] if isinstance(cell.value, Text) else cell.value


def _style(cell: TableCell, column: int, language: Language, *, note: bool) -> CellStyle:
    align: Alignment = "left" if column == 0 and cell.value is None else cell.align
    text = printed(cell, language)
    chinese = language == "zh" and display_width(text) > len(text)
    return CellStyle(
        excel_format(cell.style),
        align,
        cell.bold,
        cell.italic,
        wrap=note,
        size=NOTE_SIZE if note else BODY_SIZE,
        font=CHINESE_FONT if chinese else LATIN_FONT,
    )


def _widths(table: Table, language: Language) -> tuple[float, ...]:
    """Wide enough for every printed number and word; headings over several columns share theirs."""
    spanned = {(span.row, column) for span in table.spans for column in range(span.first, span.last + 1)}
    widest = [_LEAST_WIDTH] * table.columns
    for place, row in enumerate((*table.header, *table.body)):
        for column, cell in enumerate(row):
            if (place, column) not in spanned:
                widest[column] = max(widest[column], display_width(printed(cell, language)) + 2.0)
    for span in table.spans:
        width = display_width(printed(table.header[span.row][span.first], language)) + 2.0
        share = width / (span.last - span.first + 1)
        for column in range(span.first, span.last + 1):
            widest[column] = max(widest[column], share)
    title = display_width(table.title[language]) + 2.0
    missing = max(0.0, title - sum(widest)) / table.columns
    return (min(widest[0], _MOST_LABEL_WIDTH) + missing, *(width + missing for width in widest[1:]))


def _heights(table: Table, language: Language, width: float) -> tuple[float, ...]:
    """Row heights; merged cells do not fit themselves to wrapped notes, so their lines are counted here."""
    line = BODY_SIZE * LINE_HEIGHT
    note = NOTE_SIZE * LINE_HEIGHT
    lines = [math.ceil(display_width(text[language]) / (width * _NOTE_CHARACTERS[language])) for text in table.notes]
    return (line * 1.3, *[line] * (len(table.header) + len(table.body)), *(note * max(1, count) for count in lines))


def _rectangles(styles: Sequence[Sequence[CellStyle]]) -> Iterator[tuple[Area, CellStyle]]:
    """Runs of equal style in a row, joined with the same run of the rows above."""
    open_runs: dict[tuple[int, int], tuple[int, CellStyle]] = {}
    for row, cells in enumerate([*styles, []]):
        runs = dict(_runs(cells))
        for columns, (start, style) in list(open_runs.items()):
            if runs.get(columns) != style:
                yield Area(start, columns[0], row - 1, columns[1]), style
                del open_runs[columns]
        for columns, style in runs.items():
            open_runs.setdefault(columns, (row, style))


def _runs(cells: Sequence[CellStyle]) -> Iterator[tuple[tuple[int, int], CellStyle]]:
    start = 0
    for column in range(1, len(cells) + 1):
        if column == len(cells) or cells[column] != cells[start]:
            yield (start, column - 1), cells[start]
            start = column
