"""Which table a button acts on: the one selected, or the first in the workbook that its function can use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lowcarbon_xl.cells import Block, Cell, CellError, Spill
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.readers.regions import find_regions
from lowcarbon_xl.ribbon.blocks import Range, Sheet, area, read_block, read_sheet
from lowcarbon_xl.ribbon.desk import Desk, is_own

Try = Callable[[Block], Spill]


@dataclass(frozen=True, slots=True)
class Found:
    """A table, and what the button's function made of it."""

    cells: Range
    block: Block
    spill: Spill


def find_table(desk: Desk, compute: Try) -> Found:
    """The table that the button acts on.

    A selection of several cells is taken as it is; one cell stands for the table around it; with no selection the
    tables of the active sheet and then of the others are tried in turn.

    Raises
    ------
    InputError
        With the function's own reason for the selected (or the first) table.
    """
    if desk.selection is not None and desk.selection.size > 1:
        block = read_block(desk.selection)
        return _or_reason(Found(desk.selection, block, compute(block)))
    chosen = desk.selection or desk.native.selected(desk.book)
    first: Found | None = None
    for sheet in _sheets(desk, chosen.sheet, only=desk.selection is not None):
        for table in tables(sheet, near=chosen if sheet == chosen.sheet else None):
            block = read_block(table)
            found = Found(table, block, compute(block))
            if not found.spill.failed:
                return found
            first = first or found
        if desk.selection is not None:
            break
    if first is None:
        raise InputError(
            Text("没有找到带标题行的数据表", "there is no table of data with a header row"),
            Text("选中带标题行的数据区域再按按钮", "Select the data with its header row, then press the button"),
        )
    return _or_reason(first)


def _sheets(desk: Desk, first: Sheet, *, only: bool) -> Iterator[Sheet]:
    yield first
    if only:
        return
    for sheet in desk.book.sheets:
        if sheet != first and sheet.visible and not is_own(sheet):
            yield sheet


def _or_reason(found: Found) -> Found:
    if not found.spill.failed:
        return found
    cell = found.spill.rows[0][0]
    reason = cell.reason if isinstance(cell, CellError) and cell.reason else Text("", "")
    raise InputError(
        Text(f"用不了这个表：{reason.zh.rstrip('。')}", f"this table cannot be used: {reason.en.rstrip('.')}"),
        Text("改正后再按，或选中另一个区域", "Mend it and press again, or select another range"),
        where=found.block.whole,
    )


def tables(sheet: Sheet, near: Range | None = None) -> list[Range]:
    """The tables of a sheet, the one around `near` first.

    Each is its last header row and its data rows, between blank columns.
    """
    block = read_sheet(sheet)
    found: list[Range] = []
    for region in find_regions(block):
        if not region.header:
            continue
        rows = (region.header[-1], *region.rows)
        for first, last in _runs(block, rows):
            found.append(area(sheet, block.row + rows[0], first + 1, rows[-1] - rows[0] + 1, last - first + 1))
    if near is not None:
        found.sort(key=lambda table: not _inside(table, near))
    return found


def _runs(block: Block, rows: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """First and last of neighbouring columns that have a header."""
    header = block.values[rows[0]]
    start: int | None = None
    for column in range(len(header) + 1):
        filled = column < len(header) and _is_filled(header[column])
        if filled and start is None:
            start = column
        if not filled and start is not None:
            yield start, column - 1
            start = None


def _is_filled(cell: Cell) -> bool:
    return cell is not None and cell != ""


def _inside(table: Range, cell: Range) -> bool:
    return bool(
        table.row <= cell.row < table.row + table.shape[0]
        and table.column <= cell.column < table.column + table.shape[1]
    )
