"""Sheet 审核: two tables that pass, and a small one with every fault put in on purpose."""

from __future__ import annotations

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.example import style
from lowcarbon_xl.example.tables import ExampleTable

_FAULTY = ExampleTable(
    ("省份", "年份", "地区生产总值(亿元)", "就业人员(万人)", "能源消费(万吨标准煤)"),
    (
        ("甲省", 2019, 5200.0, 1010.0, 4100.0),
        ("山西", 2019, 9100.0, 1650.0, 11800.0),
        ("山西", 2020, 9500.0, 1640.0, 11950.0),
        ("山西", 2020, 9500.0, 1640.0, 11950.0),
        ("山西", 2021, 10300.0, "1,630.5", 12200.0),
        ("山西", 2022, 11100.0, 1625.0, -12450.0),
        ("江苏", 2019, 61000.0, 3900.0, 21500.0),
        ("江苏", 2020, 64000.0, 3890.0, 21700.0),
        ("江苏", 2021, 69500.0, 3870.0, None),
        ("江苏", 2022, 73200.0, "…", "#N/A"),
    ),
)


def add_audit(book: Workbook) -> Worksheet:
    """The sheet, complete."""
    sheet = style.new_sheet(book, "审核")
    style.heading(
        sheet,
        "审核：数据先审后算",
        "Audit: check the data before computing",
        "两级意见：“必须改正”的不改就不要用；“须核实说明”的核实后可以保留，并写明理由。没有问题时写“通过”。",
        "F",
        height=22,
    )
    _block(sheet, 5, "面板（真实数据）", "=AUDIT(面板!A4:G514)", 24)
    _block(sheet, 32, "变量（模拟数据）", "=AUDIT(变量!A4:U304)", 20)
    top = 55
    table = f"H{top + 1}:L{top + 1 + len(_FAULTY.rows)}"
    _block(sheet, top, "右表：故意写错的例子", f"=AUDIT({table})", 16)
    _faulty_table(sheet, top)
    widths = {"A": 13, "B": 17, "C": 8, "D": 34, "E": 62, "F": 42, "G": 2, "H": 10, "I": 8, "J:L": 16}
    style.widths(sheet, widths)
    style.page(sheet, f"A1:F{top + 17},H{top}:L{top + 11}", titles=False, freeze="A4")
    return sheet


def _block(sheet: Worksheet, row: int, name: str, formula: str, room: int) -> None:
    """One audit: its caption, and room for so many findings."""
    style.caption(sheet, f"A{row}", name, formula)
    style.spilled(sheet, f"A{row + 1}:F{row + 1 + room}", formula, "General")


def _faulty_table(sheet: Worksheet, top: int) -> None:
    """The faulty table, in columns H to L."""
    style.write(sheet, f"H{top}", "故意写错的数据（虚构） Faults on purpose", size=9, bold=True, colour=style.WARNING)
    for offset, values in enumerate((_FAULTY.headers, *_FAULTY.rows), start=1):
        for column, value in enumerate(values, start=8):
            cell = style.put(sheet, top + offset, column)
            cell.value = value if isinstance(value, str | int | float) else None
            if offset == 1:
                style.header_cell(cell)
            else:
                style.body(cell, style.YEAR if column == 9 else "#,##0.0", given=True)
