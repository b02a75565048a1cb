"""What an import changed, cell by cell, and how one cell of data is made clean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lowcarbon_xl.audit.finding import Position, address
from lowcarbon_xl.cells import Cell
from lowcarbon_xl.errors import Text
from lowcarbon_xl.readers.marks import is_blank, kind, number_of


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that an import changed, left out or took from elsewhere.

    Parameters
    ----------
    rule : str
        Identifier: ``text_number``, ``mark``, ``province_name``, ``header``, ``layout``, ...
    sheet : str
        Empty for a CSV file.
    cells : str
        ``A1`` or ``A1:C9``; empty when it is about the whole file.
    before, after : Cell
        What stood there and what the panel holds; None where nothing does.
    what : Text
        What was done, and why.
    """

    rule: str
    sheet: str
    cells: str
    before: Cell
    after: Cell
    what: Text


_MISSING = {
    "mark": Text("缺失符号：按缺失处理，不是 0", "a mark for a missing value: missing, not 0"),
    "text": Text("数字列里的文字：按缺失处理", "a text in a column of numbers: missing"),
    "error": Text("错误值：按缺失处理", "an error value: missing"),
    "date": Text("数字列里的日期：按缺失处理", "a date in a column of numbers: missing"),
    "logical": Text("数字列里的逻辑值：按缺失处理", "a logical value in a column of numbers: missing"),
}
_RULES = {"mark": "mark", "text": "text_in_numbers", "error": "error_value", "date": "date", "logical": "logical"}
_AS_NUMBER = Text("文本型数字：改为数字", "a number stored as text: made a number")
_ONLY_BLANKS = Text("只有空格：按缺失处理", "nothing but blanks: missing")


def clean_value(cell: Cell, sheet: str, position: Position) -> tuple[float | None, Repair | None]:
    """A data cell as a number or None, and the repair where the cell was no plain number or blank."""
    found = kind(cell)
    where = address(position)
    if found == "number":
        return number_of(cell), None
    if found == "text_number":
        value = number_of(cell)
        return value, Repair("text_number", sheet, where, cell, value, _AS_NUMBER)
    if found == "blank":
        return None, Repair("blank_text", sheet, where, cell, None, _ONLY_BLANKS) if cell is not None else None
    return None, Repair(_RULES[found], sheet, where, cell, None, _MISSING[found])


def clean_text(cell: Cell, sheet: str, position: Position) -> tuple[Cell, Repair | None]:
    """A cell of a column of texts, its outer blanks and line breaks taken away."""
    if is_blank(cell):
        return None, None
    if not isinstance(cell, str):
        return cell, None
    text = " ".join(cell.split())
    changed = Text("文字前后的空格和换行：删去", "blanks and line breaks around a text: taken away")
    return text, None if text == cell else Repair("text_blanks", sheet, address(position), cell, text, changed)


def renamed(sheet: str, position: Position, cell: Cell, province: str) -> Iterable[Repair]:
    """The repair of a province's name that is spelled in another way than the panel's."""
    if cell != province:
        what = Text("省份名称：改为统一的简称", "a province's name: brought to its one short form")
        yield Repair("province_name", sheet, address(position), cell, province, what)


def dated(sheet: str, position: Position, cell: Cell, year: int) -> Iterable[Repair]:
    """The repair of a year that is no plain number."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        what = Text("年份：改为四位数字", "a year: made a number of four digits")
        yield Repair("year", sheet, address(position), cell, year, what)
