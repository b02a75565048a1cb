"""A table in an .xlsx file or a worksheet of openpyxl."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.cells import column_letters, rectangle
from lowcarbon_xl.errors import InputError, Language, Text
from lowcarbon_xl.tables.block import Area, CellStyle, Rule, TableBlock, write_block
from lowcarbon_xl.tables.model import Table

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384


def write_xlsx(table: Table, target: Path | str | Worksheet, anchor: str = "A1", language: Language = "zh") -> str:
    """Write a table with its numbers as numbers, formats, rules and merged headings.

    Parameters
    ----------
    table : Table
    target : path or openpyxl worksheet
        A path is written as a new workbook with one sheet; it must not exist.
    anchor : str
        Upper left cell.
    language : {"zh", "en"}

    Returns
    -------
    str
        Address of what was written, as ``A1:E20``.

    Raises
    ------
    InputError
        A file that exists, or a sheet with too little room.
    """
    block = write_block(table, language)
    if isinstance(target, Worksheet):
        return put_block(block, target, anchor)
    path = Path(target)
    if path.exists():
        raise InputError(
            Text(f"文件 {path.name} 已存在，没有覆盖", f"{path.name} exists and was not overwritten"),
            Text("换一个文件名，或先删掉它", "Choose another name, or delete it first"),
            where=path.name,
        )
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook has a worksheet")
    sheet.title = Text("表", "Table")[language]
    sheet.sheet_view.showGridLines = False
    address = put_block(block, sheet, anchor)
    _fit_page(sheet)
    book.save(path)
    return address


def put_block(block: TableBlock, sheet: Worksheet, anchor: str = "A1") -> str:
    """Write a block at a cell; merged ranges that it covers must be gone.

    Returns
    -------
    str
        Address of what was written.
    """
    top, left, *_ = rectangle(anchor)
    rows, columns = block.shape
    if top + rows - 1 > _LAST_ROW or left + columns - 1 > _LAST_COLUMN:
        raise InputError(
            Text(
                f"{rows} 行 {columns} 列的表在 {anchor} 放不下",
                f"{rows} rows by {columns} columns do not fit at {anchor}",
            ),
            Text("换一个靠前的位置", "Choose a cell further up and left"),
            where=anchor,
        )
    for row, values in enumerate(block.values):
        for column, value in enumerate(values):
            sheet.cell(top + row, left + column).value = value
    for area, style in block.styles:
        _apply(sheet, _moved(area, top, left), style)
    for rule in block.rules:
        _draw(sheet, _moved(rule.area, top, left), rule)
    for area in block.merges:
        first_row, first_column, last_row, last_column = _moved(area, top, left)
        sheet.merge_cells(start_row=first_row, start_column=first_column, end_row=last_row, end_column=last_column)
    for column, width in enumerate(block.widths):
        letters = column_letters(left + column)
        # A table below another must not narrow its columns.
        known = sheet.column_dimensions[letters].width if letters in sheet.column_dimensions else 0.0
        sheet.column_dimensions[letters].width = max(known, width)
    for row, height in enumerate(block.heights):
        sheet.row_dimensions[top + row].height = height
    return f"{column_letters(left)}{top}:{column_letters(left + columns - 1)}{top + rows - 1}"


def _moved(area: Area, top: int, left: int) -> tuple[int, int, int, int]:
    return top + area.first_row, left + area.first_column, top + area.last_row, left + area.last_column


def _apply(sheet: Worksheet, place: tuple[int, int, int, int], style: CellStyle) -> None:
    face = Font(name=style.font, size=style.size, bold=style.bold, italic=style.italic)
    alignment = Alignment(horizontal=style.align, vertical="top" if style.wrap else "center", wrap_text=style.wrap)
    for row in range(place[0], place[2] + 1):
        for column in range(place[1], place[3] + 1):
            cell = sheet.cell(row, column)
            cell.number_format = style.number_format
            cell.font = face
            cell.alignment = alignment
            cell.border = Border()


def _draw(sheet: Worksheet, place: tuple[int, int, int, int], rule: Rule) -> None:
    side = Side(style=rule.weight, color="000000")
    for column in range(place[1], place[3] + 1):
        cell = sheet.cell(place[0], column)
        old = cell.border
        cell.border = Border(top=side, bottom=old.bottom) if rule.edge == "top" else Border(top=old.top, bottom=side)


def _fit_page(sheet: Worksheet) -> None:
    """One page wide on A4, upright unless the table is wide."""
    width = sum(dimension.width for dimension in sheet.column_dimensions.values())
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape" if width > 90 else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
