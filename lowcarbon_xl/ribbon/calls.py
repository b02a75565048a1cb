"""Formulas of ours as they stand in an open workbook: where they are, what they call, and with which cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lowcarbon_xl.catalogue import Argument_, Function, functions
from lowcarbon_xl.cells import Block, Cell, column_number, quote_sheet, rectangle
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.hosts.embedded.formulas import Node, parse_formula, plain_name, write_formula
from lowcarbon_xl.ribbon.blocks import Sheet, area, read_block, reference
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.snapshot import find_sheet

_COLUMNS = re.compile(r"\$?([A-Z]{1,3}):\$?([A-Z]{1,3})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StandingFormula:
    """A formula, where it stands, and the rectangle that it is known to fill.

    Parameters
    ----------
    sheet : xlwings.Sheet
    row, column : int
    text : str
        With ``=``.
    filled : tuple of int or None
        First row, first column, last row, last column.
    """

    sheet: Sheet
    row: int
    column: int
    text: str
    filled: tuple[int, int, int, int] | None

    @property
    def tree(self) -> Node | None:
        """The formula parsed; None for what cannot be."""
        return parse_formula(self.text.removeprefix("="))

    @property
    def anchor(self) -> str:
        """``sheet!A1``."""
        return reference(area(self.sheet, self.row, self.column, 1, 1))

    def touches(self, row: int, column: int, last_row: int, last_column: int) -> bool:
        """Whether what it fills overlaps a rectangle."""
        top, left, bottom, right = self.filled or (self.row, self.column, self.row, self.column)
        return top <= last_row and row <= bottom and left <= last_column and column <= right


def standing_formulas(desk: Desk, sheet: Sheet, rows: int = 0, columns: int = 0) -> Iterator[StandingFormula]:
    """The formulas of a sheet, row by row; of its first rows and columns where these are given."""
    used = desk.native.used(sheet)
    contents = desk.native.contents(area(sheet, 1, 1, rows or used[0], columns or used[1]))
    for i, line in enumerate(contents, start=1):
        for j, content in enumerate(line, start=1):
            if not isinstance(content, str) or content[:1] not in ("f", "a"):
                continue
            where, _, text = content[1:].partition("|") if content[0] == "a" else ("", "", content[1:])
            yield StandingFormula(sheet, i, j, "=" + text.removeprefix("="), rectangle(where) if where else None)


def called(tree: Node | None) -> Function | None:
    """The function of ours that a formula calls, if it is one call of one."""
    if tree is None or tree["node_type"] != "Function":
        return None
    name = plain_name(tree["name"])
    return next((function for function in functions() if function.name == name), None)


def read_argument(desk: Desk, sheet: Sheet, node: Node) -> Argument_:
    """An argument of a call as the function takes it.

    Raises
    ------
    InputError
        For what is neither a constant, nor a range, nor a call of ours.
    """
    if node["node_type"] == "Omitted":
        return None
    if node["node_type"] == "Literal" and not isinstance(node["value"], dict):
        literal: Cell = node["value"]
        return literal
    if node["node_type"] == "Reference":
        return read_reference(desk, sheet, str(node["reference"]))
    function = called(node)
    if function is None or function.needs_reference:
        text = write_formula(node, lambda part: None)
        raise InputError(
            Text(f"参数 {text} 不是区域，这里读不了", f"the argument {text} is no range and cannot be read here"),
            Text("保存后运行 lowcarbon trace 工作簿 单元格", "Save, then run lowcarbon trace BOOK CELL"),
        )
    rows = function.evaluate([read_argument(desk, sheet, part) for part in node["args"]], desk.language).rows
    return Block([[None if isinstance(cell, Text) else cell for cell in row] for row in rows])


def read_reference(desk: Desk, sheet: Sheet, text: str) -> Block:
    """The cells of a reference, as far down as the sheet is used.

    Raises
    ------
    InputError
        For a name, a table or a sheet that is not there.
    """
    name, _, cells = text.rpartition("!")
    found = find_sheet(desk.book, name.strip("'").replace("''", "'")) if name else sheet
    plain = cells.replace("$", "")
    if found is not None and (columns := _COLUMNS.fullmatch(plain)) is not None:
        left, right = column_number(columns[1]), column_number(columns[2])
        return read_block(area(found, 1, left, desk.native.used(found)[0], right - left + 1))
    try:
        top, left, bottom, right = rectangle(plain)
    except ValueError:
        found = None
    if found is None:
        raise InputError(
            Text(
                f"“{text}”不是这里能读的区域（名称、表格引用）",
                f"{text!r} is no range that can be read here (a name, a table)",
            ),
            Text(
                "改成 工作表!A1:H301，或保存后运行 lowcarbon trace",
                "Write sheet!A1:H301, or save and run lowcarbon trace",
            ),
        )
    bottom = max(top, min(bottom, desk.native.used(found)[0]))
    return read_block(area(found, top, left, bottom - top + 1, right - left + 1))


def written_range(block: Block, node: Node) -> str:
    """The range of an argument as a formula elsewhere writes it; whole columns stay whole columns."""
    plain = str(node.get("reference", "")).rpartition("!")[2].replace("$", "")
    if _COLUMNS.fullmatch(plain) is None or block.sheet is None:
        return block.whole
    return f"{quote_sheet(block.sheet)}!{plain}"
