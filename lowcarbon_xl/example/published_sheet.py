"""Sheet 发表: a regression table as a paper prints it, with two faults put in, and CHECKTABLE beside it."""

from __future__ import annotations

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.example import style
from lowcarbon_xl.example.style import TOP

_PRINTED = (
    ("变量", "(1)", "(2)", "(3)"),
    ("数字经济", "-0.312***", "-0.245**", "-0.187**"),
    ("", "(-4.02)", "(-1.965)", "(-1.31)"),
    ("开放度", "0.058", "0.071*", "0.066"),
    ("", "(1.12)", "(1.80)", "(1.52)"),
    ("城镇化率", "", "0.914***", "0.887***"),
    ("", "", "(3.45)", "(3.27)"),
    ("常数项", "9.871***", "8.204***", "8.377***"),
    ("", "(25.33)", "(12.94)", "(13.10)"),
    ("N", "300", "300", "300"),
    ("R2", "0.412", "0.467", "0.471"),
)
"""Invented. (3) is starred at 5 % with |t| = 1.31; (2) with |t| = 1.965, enough for the normal, not for t(296)."""
_ROOM = 10


def add_published(book: Workbook) -> Worksheet:
    """The sheet, complete."""
    sheet = style.new_sheet(book, "发表")
    style.heading(
        sheet,
        "发表：核对一张已发表的回归表",
        "Checking a published regression table against itself",
        "左边的回归表是虚构的，照论文的样子粘贴：系数带星号，下一行括号里是 t 值，* 10%、** 5%、*** 1%。里面故意放了一个肯定的矛盾和一个临界的矛盾。",
        "K",
        height=34,
    )
    for row, values in enumerate(_PRINTED, start=TOP):
        for column, value in enumerate(values, start=1):
            cell = style.put(sheet, row, column, value or None)
            if row == TOP:
                style.header_cell(cell)
            else:
                style.body(cell, "@", given=True)
                if column > 1:
                    cell.alignment = style.CENTRE
    last = TOP + len(_PRINTED) - 1
    formula = f"=CHECKTABLE(A{TOP}:D{last})"
    style.caption(sheet, "F2", "F4：", formula)
    style.spilled(sheet, f"F{TOP}:K{TOP + _ROOM}", formula, "General")
    style.widths(sheet, {"A": 13, "B:D": 12, "E": 2, "F": 12, "G": 16, "H": 11, "I": 18, "J": 46, "K": 26})
    style.page(sheet, f"A1:K{last}", tab=style.WARNING, freeze=f"A{TOP + 1}")
    return sheet
