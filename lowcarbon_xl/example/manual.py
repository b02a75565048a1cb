"""The manual, made from the catalogue: sheet 函数手册, and the README's table of functions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from openpyxl.cell.cell import Cell
from openpyxl.styles import Border
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

import lowcarbon_xl.functions
from lowcarbon_xl.catalogue import GROUP_TITLES, Function, Group, functions
from lowcarbon_xl.errors import Text
from lowcarbon_xl.example import heights, style
from lowcarbon_xl.options import COMMON, KEYS, TEXT_NUMBERS, Option

Row = tuple[str, str, Text]
"""What the row is about, a name or a formula, and the texts."""

_COLUMNS = ("项目", "写法", "中文", "English")
_WIDTHS = {"A": 19, "B": 36, "C": 60, "D": 64}
_SHARED = (*KEYS, TEXT_NUMBERS, *COMMON)
_KINDS = {
    "range": "区域",
    "reference": "单元格",
    "columns": "列名",
    "text": "文字",
    "number": "数字",
    "options": "文字",
}


def _chapters() -> Iterator[tuple[Text, tuple[Function, ...]]]:
    """Titles and functions of the chapters, in order."""
    _ = lowcarbon_xl.functions  # importing it fills the catalogue

    def chapter(function: Function) -> Group:
        return function.group

    for group, members in groupby(functions(), key=chapter):
        yield GROUP_TITLES[group], tuple(members)


def readme_table() -> str:
    """The README's table of functions, in Markdown; ends without a line break."""
    lines = ["| 函数 Function | 计算什么 | Computes | 结果 Spill |", "|---|---|---|---|"]
    for title, members in _chapters():
        lines.append(f"| **{title.zh} {title.en}** | | | |")
        lines += [
            "| " + " | ".join(map(_escape, (f"`{f.signature}`", f.summary.zh, f.summary.en, f.spills.zh))) + " |"
            for f in members
        ]
    return "\n".join(lines)


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _spelled(option: Option) -> str:
    choices = " | ".join(choice.replace("()", "(…)") for choice in option.choices)
    return f"{option.key}={choices or '…'}"


def rows_of(function: Function) -> list[Row]:
    """Everything the catalogue says about one function, in reading order."""
    rows: list[Row] = [("口径", "", function.detail)]
    for argument in function.arguments:
        kind = _KINDS[argument.kind.value] + ("，可省略" if argument.optional else "")
        rows.append(("参数", f"{argument.name}  {argument.label.zh}（{kind}）", argument.help))
    shared = [option.key for option in function.options if option in _SHARED]
    rows.extend(("选项", _spelled(option), option.help) for option in function.options if option not in _SHARED)
    if shared:
        rows.append(("通用选项", ", ".join(shared), Text("见本表开头", "see the top of this sheet")))
    rows.append(("结果", "", function.spills))
    rows.append(("示例", "", Text(function.example, "")))
    return rows


def add_manual(book: Workbook) -> Worksheet:
    """Sheet 函数手册."""
    sheet = style.new_sheet(book, "函数手册")
    style.heading(
        sheet,
        "函数手册",
        "Manual of the worksheet functions (generated from the catalogue)",
        '选项写在最后一个参数里，如 "rts=VRS; header=0"：不分大小写，中文别名和全角标点都可以；写错了会指出最接近的写法。区域的第一行是列名，'
        "可以整列引用。出错的结果是真正的错误值，原因用 =WHY(单元格) 查看。",
        "D",
        height=34,
    )
    style.widths(sheet, _WIDTHS)
    for column, name in enumerate(_COLUMNS, start=1):
        style.header_cell(style.put(sheet, style.TOP, column, name))
    row = style.TOP + 1
    style.banner(sheet, row, len(_COLUMNS), "通用选项  Options that many functions share")
    row = _add_rows(sheet, row + 1, [("选项", _spelled(option), option.help) for option in _SHARED])
    for title, members in _chapters():
        style.banner(sheet, row, len(_COLUMNS), f"{title.zh}  {title.en}")
        row += 1
        for function in members:
            row = _add_function(sheet, row, function)
    style.page(sheet, f"A1:D{row - 1}", freeze=f"A{style.TOP + 1}")
    return sheet


def _add_function(sheet: Worksheet, row: int, function: Function) -> int:
    """One function; returns the next free row."""
    heads = (function.name, function.signature, function.summary.zh, function.summary.en)
    for column, value in enumerate(heads, start=1):
        cell = style.put(sheet, row, column)
        _cell(cell, value, strong=True)
    heights.fit_height(sheet, row, dict(zip("ABCD", heads, strict=True)), _WIDTHS)
    return _add_rows(sheet, row + 1, rows_of(function))


def _add_rows(sheet: Worksheet, row: int, rows: list[Row]) -> int:
    for what, spelled, text in rows:
        values = (what, spelled, text.zh, text.en)
        for column, value in enumerate(values, start=1):
            _cell(style.put(sheet, row, column), value)
        heights.fit_height(sheet, row, dict(zip("ABCD", values, strict=True)), _WIDTHS)
        row += 1
    return row


def _cell(cell: Cell, value: str, *, strong: bool = False) -> None:
    """One cell of the manual; a text that looks like a formula stays a text."""
    cell.value = value or None
    if value.startswith("="):
        cell.data_type = "s"
        cell.quotePrefix = True
    cell.font = style.font(10, bold=strong, colour=style.ACCENT if strong else style.INK)
    cell.alignment = style.TOP_LEFT
    cell.border = Border(bottom=style.RULE)
    if strong:
        cell.fill = style.RESULT_FILL
