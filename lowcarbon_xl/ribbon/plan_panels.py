"""The panels that rows of the plan name: a sheet, a range, or whole columns, each read once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lowcarbon_xl.cells import Block, column_letters, column_number
from lowcarbon_xl.errors import InputError, Text, nearest
from lowcarbon_xl.ribbon.blocks import Sheet, area, read_block
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.find_table import tables
from lowcarbon_xl.ribbon.plan import PlanRow
from lowcarbon_xl.ribbon.snapshot import find_sheet

_COLUMNS = r"([A-Za-z]{1,3}):([A-Za-z]{1,3})"
_LAST_ROW = 1_048_576


@dataclass(slots=True)
class Panels:
    """The panels that rows name, each read once."""

    desk: Desk
    known: dict[str, Block] = field(default_factory=dict)
    growing: set[str] = field(default_factory=set)

    def read(self, row: PlanRow) -> Block:
        """The cells that a row names as its panel."""
        text = row["panel"]
        if not text:
            raise InputError(
                Text("没有填“面板”", "panel is not filled in"),
                Text("写 工作表!区域，如 变量!A4:P304", "Write sheet!range, as 变量!A4:P304"),
            )
        if text not in self.known:
            self.known[text] = self._read(text)
        return self.known[text]

    def range_of(self, row: PlanRow) -> str:
        """The panel as formulas write it: down to the end of the sheet where it is named by its sheet or columns.

        Years that are added below belong to it then.
        """
        block = self.read(row)
        if row["panel"] not in self.growing:
            return block.whole
        last = column_letters(block.column + block.shape[1] - 1)
        return f"{block.address(0, 0)}:{last}{_LAST_ROW}"

    def _read(self, text: str) -> Block:
        sheet_text, _, address = text.lstrip("=").rpartition("!")
        name = (sheet_text or address).strip().strip("'").replace("''", "'")
        sheet = find_sheet(self.desk.book, name)
        if sheet is None:
            names = [known.name for known in self.desk.book.sheets if known.visible]
            guess = nearest(name, names)
            raise InputError(
                Text(f"没有工作表“{name}”", f"there is no sheet {name!r}"),
                Text(
                    (f"是不是“{guess}”？" if guess else "") + f"现有工作表：{'、'.join(names)}",
                    (f"Did you mean {guess!r}? " if guess else "") + f"Sheets: {', '.join(names)}",
                ),
            )
        whole = not sheet_text or re.fullmatch(_COLUMNS, address.replace("$", "").strip()) is not None
        cells = _only_table(sheet) if not sheet_text else self._cells(sheet, address, text)
        if whole and self._is_last(cells):
            self.growing.add(text)
        return read_block(cells)

    def _is_last(self, cells: Sheet) -> bool:
        """Whether nothing stands below a table in its columns."""
        below = cells.row + cells.shape[0]
        rows = self.desk.native.used(cells.sheet)[0] - below + 1
        if rows < 1:
            return True
        contents = self.desk.native.contents(area(cells.sheet, below, cells.column, rows, cells.shape[1]))
        return all(cell is None for line in contents for cell in line)

    def _cells(self, sheet: Sheet, address: str, text: str) -> Sheet:
        plain = address.replace("$", "").strip()
        columns = re.fullmatch(_COLUMNS, plain)
        if columns is not None:  # whole columns stand for the table in them
            first, last = column_number(columns[1]), column_number(columns[2])
            for table in tables(sheet):
                left, right = max(first, table.column), min(last, table.column + table.shape[1] - 1)
                if left <= right:
                    return area(sheet, table.row, left, table.shape[0], right - left + 1)
        try:
            return sheet.range(plain)
        except Exception as error:  # each host has its own complaint about an address
            raise InputError(
                Text(f"“{text}”不是区域", f"{text!r} is no range"),
                Text("写 工作表!A1:H301，或只写工作表名", "Write sheet!A1:H301, or the sheet's name alone"),
            ) from error


def _only_table(sheet: Sheet) -> Sheet:
    found = tables(sheet)
    if not found:
        raise InputError(
            Text(f"工作表“{sheet.name}”里没有数据表", f"sheet {sheet.name!r} holds no table"),
            Text("写明区域，如 变量!A4:P304", "Name the range, as 变量!A4:P304"),
            where=sheet.name,
        )
    return found[0]
