"""Sheet 实证: logarithms of ratios of the real panel, by ordinary formulas, for the plan's regressions."""

from __future__ import annotations

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.example import style
from lowcarbon_xl.example.style import TOP, YEAR
from lowcarbon_xl.example.tables import REGIONS, read_example, thirty

_KEYS = ("省份", "年份", "区域")
_COLUMNS = (
    ("劳均排放(对数)", "=LN(面板!G{row}/面板!E{row})"),
    ("累积GTFP(对数)", "=LN(面板!M{row})"),
    ("资本深化(对数)", "=LN(面板!F{row}/面板!E{row})"),
    ("能源强度(对数)", "=LN(面板!D{row}/面板!C{row})"),
    ("劳均产出(对数)", "=LN(面板!C{row}/面板!E{row})"),
)
"""Header and formula; columns of sheet 面板: C output, D energy, E labour, F capital, G CO2, M GTFP."""


def add_empirical(book: Workbook) -> Worksheet:
    """The sheet, complete; keys are typed, for formulas would slow every recalculation."""
    sheet = style.new_sheet(book, "实证")
    keys = [(str(row[0]), int(str(row[1]))) for row in read_example("panel").rows]
    region = {unit.zh: REGIONS[unit.region3] for unit in thirty()}
    style.heading(
        sheet,
        "实证：30 个省份 2003-2019 的回归变量（真实数据）",
        "Variables for the regressions on the real panel, by ordinary formulas",
        "省份、年份同“面板”，其余由“面板”用普通公式算出：劳均排放 = ln(二氧化碳/劳动)，累积 GTFP = ln(面板 M 列)，"
        "资本深化 = ln(资本存量/劳动)，能源强度 = ln(能源消费/实际GDP)，劳均产出 = ln(实际GDP/劳动)。"
        "GTFP 由同一些投入产出算出，回归系数只说明相关，不能当作因果。",
        "H",
        height=62,
    )
    for column, name in enumerate((*_KEYS, *(name for name, _ in _COLUMNS)), start=1):
        style.header_cell(style.put(sheet, TOP, column, name))
    for row, (province, year) in enumerate(keys, start=TOP + 1):
        key: tuple[str | int, ...] = (province, year, region[province])
        for column, value in enumerate(key, start=1):
            cell = style.put(sheet, row, column, value)
            style.body(cell, YEAR if column == 2 else "@", given=True)
            cell.alignment = style.CENTRE
        for column, (_, formula) in enumerate(_COLUMNS, start=1 + len(_KEYS)):
            style.body(style.put(sheet, row, column, formula.format(row=row)), "0.0000")
    sheet.row_dimensions[TOP].height = 34
    style.widths(sheet, {"A": 10, "B": 8, "C": 8, "D:H": 15})
    sheet.auto_filter.ref = f"A{TOP}:H{TOP + len(keys)}"
    style.page(sheet, f"A1:H{TOP + len(keys)}", landscape=False, freeze=f"D{TOP + 1}")
    return sheet
