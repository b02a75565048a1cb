"""A table onto a sheet: values in one block, formats by rectangles, rules and merged headings."""

from __future__ import annotations

from lowcarbon_xl.cells import Output, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.ribbon.blocks import Range, Sheet, area
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.tables.block import Area, Rule, write_block
from lowcarbon_xl.tables.model import BLANK, DASH, Table, TableCell, text_cell
from lowcarbon_xl.tables.numerals import count_cell, number_cell


def put_table(desk: Desk, sheet: Sheet, row: int, table: Table) -> tuple[int, int]:
    """Write a table with its upper left cell in column A of `row`.

    Returns
    -------
    tuple of int
        Rows and columns filled.
    """
    block = write_block(table, desk.language)
    rows, columns = block.shape
    desk.write(sheet, row, 1, block.values)
    for place, style in block.styles:
        cells = _moved(sheet, row, place)
        cells.number_format = style.number_format
        cells.horizontal_alignment = style.align
        cells.vertical_alignment = "top" if style.wrap else "center"
        if style.wrap:
            cells.wrap_text = True
        cells.font.name, cells.font.size = style.font, style.size
        cells.font.bold, cells.font.italic = style.bold, style.italic
    for rule in block.rules:
        _rule(_moved(sheet, row, rule.area), rule)
    for place in block.merges:
        _moved(sheet, row, place).merge()
    for column, width in enumerate(block.widths, start=1):
        if (sheet.range((1, column)).column_width or 0) < width or row == 1:
            desk.set_width(sheet, column, width)
    for offset, height in enumerate(block.heights):
        sheet.range((row + offset, 1)).row_height = height
    return rows, columns


def _moved(sheet: Sheet, row: int, place: Area) -> Range:
    rows, columns = place.last_row - place.first_row + 1, place.last_column - place.first_column + 1
    return area(sheet, row + place.first_row, 1 + place.first_column, rows, columns)


def _rule(cells: Range, rule: Rule) -> None:
    edge = cells.borders["edge_top" if rule.edge == "top" else "edge_bottom"]
    edge.line_style = "continuous"
    edge.weight = rule.weight
    edge.color = (0, 0, 0)


def spill_table(spill: Spill, title: Text, notes: tuple[Text, ...] = (), decimals: int = 3) -> Table:
    """What a worksheet function returns as a table: its first row is the header."""
    header = tuple(text_cell(_label(cell), "left" if j == 0 else "center") for j, cell in enumerate(spill.rows[0]))
    body = tuple(tuple(_cell(cell, decimals, first=j == 0) for j, cell in enumerate(row)) for row in spill.rows[1:])
    return Table(title, (header,), body, (*notes, *spill.notes))


def _label(cell: Output) -> Text | str:
    return cell if isinstance(cell, Text) else "" if cell is None else str(cell)


def _cell(cell: Output, decimals: int, *, first: bool) -> TableCell:
    if isinstance(cell, bool):
        return text_cell(str(cell))
    if isinstance(cell, int):
        return count_cell(cell)
    if isinstance(cell, float):
        return number_cell(cell, decimals)
    if isinstance(cell, Text | str):
        return text_cell(cell, "left" if first else "center")
    return BLANK if cell is None else text_cell(DASH)
