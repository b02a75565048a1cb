"""Sheet 核验: one linear program written out and checked by ordinary formulas, and what else stands behind the scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl.styles import Alignment, Font
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.cells import column_letters
from lowcarbon_xl.example import style
from lowcarbon_xl.example.style import THREE, TOP, TWO
from lowcarbon_xl.example.tables import read_example, thirty

_PROVINCE, _YEAR = "山西", 2010
_HEAD = 8
"""The header row of the program; below it stand, in this order:"""
_OWN, _SIGN, _SLACK, _PRICE, _DUAL = 9, 10, 11, 12, 14
_OBJECTIVE, _DUAL_OBJECTIVE, _U0 = 16, 17, 19
_FIRST = 21
_LAST = _FIRST + len(thirty()) - 1
_VARIABLES = {"C": "劳动", "D": "资本存量", "E": "能源消费", "F": "实际GDP", "G": "二氧化碳"}
"""The program's columns, and the columns of sheet 面板 that they must agree with."""
_TOLERANCE = "1E-9"
_FEW = ("北京", "山西", "江苏", "广东", "贵州", "宁夏")


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the verification.

    Parameters
    ----------
    label : str
    found, wanted : str
        What ordinary formulas give, and what it must be.
    number_format : str
    at_least : bool
        Whether it may be more.
    relative : bool
        Whether the tolerance is relative; where 0 is a right answer it is ``1E-9 (1 + |wanted|)``.
    """

    label: str
    found: str
    wanted: str
    number_format: str = "0.0000000000"
    at_least: bool = False
    relative: bool = False


def _checks(panel_last: int) -> Iterator[Check]:
    headers = read_example("panel").headers
    lambdas = f"$B${_FIRST}:$B${_LAST}"
    keys = f"面板!$A${TOP + 1}:$A${panel_last},$B$5,面板!$B${TOP + 1}:$B${panel_last},$D$5"
    for letter, name in _VARIABLES.items():
        source = column_letters(headers.index(name) + 1)
        yield Check(
            f'={letter}{_HEAD}&"：Σλ×数据 ＋ 符号×松弛 ＝ 面板原数"',
            f"=SUMPRODUCT({lambdas},{letter}${_FIRST}:{letter}${_LAST})+{letter}{_SIGN}*{letter}{_SLACK}",
            f"=SUMIFS(面板!${source}${TOP + 1}:${source}${panel_last},{keys})",
            "#,##0.000000",
            relative=True,
        )
    yield Check("λ 和松弛中最小的一个 ≥ 0", f"=MIN({lambdas},C{_SLACK}:G{_SLACK})", "0", at_least=True)
    yield Check("Σ目标系数×松弛 ＝ 目标值", f"=SUMPRODUCT(C{_PRICE}:G{_PRICE},C{_SLACK}:G{_SLACK})", f"=B{_OBJECTIVE}")
    yield Check(
        "Σ对偶×自身数据 ＋ u0 ＝ 对偶目标值",
        f"=SUMPRODUCT(C{_DUAL}:G{_DUAL},C{_OWN}:G{_OWN})+B{_U0}",
        f"=B{_DUAL_OBJECTIVE}",
    )
    yield Check("对偶间隙：目标值 ＝ 对偶目标值（即最优）", f"=B{_OBJECTIVE}", f"=B{_DUAL_OBJECTIVE}")
    yield Check("I 列重算的对偶约束中最小的一个 ≥ 0", f"=MIN(I{_FIRST}:I{_LAST})", "0", at_least=True)
    for letter in _VARIABLES:
        label = f'={letter}{_HEAD}&"：符号×对偶 ≥ 目标系数"'
        yield Check(
            label,
            f"={letter}{_SIGN}*{letter}{_DUAL}",
            f"={letter}{_PRICE}",
            "0.00000000E+00",
            at_least=True,
            relative=True,
        )


def add_verification(book: Workbook) -> Worksheet:
    """The sheet, complete."""
    sheet = style.new_sheet(book, "核验")
    style.heading(
        sheet,
        "核验：把一个省一年的线性规划写出来，用普通公式验算",
        "Verification: one linear program written out, and checked by ordinary formulas",
        "真实数据，取自“面板”。改 B5、D5 的省份和年份，左边整个规划重算，右边只用 SUMPRODUCT、SUMIFS、MIN、IF 验算：原问题可行、对偶问题可行、"
        "两个目标值相等，三条都满足就证明这个效率值是最优解，不必相信程序。前沿是同一年的 30 个省份。",
        "I",
        height=52,
    )
    table = read_example("panel")
    cells, panel_last = f"面板!A{TOP}:G{TOP + len(table.rows)}", TOP + len(table.rows)
    style.widths(
        sheet,
        {
            "A": 13,
            "B": 11,
            "C": 11,
            "D": 14,
            "E:H": 11.5,
            "I": 13,
            "J": 2,
            "K": 46,
            "L:M": 17,
            "N:Q": 13,
            "R": 2,
            "S:T": 9,
            "U": 44,
        },
    )
    _add_program(sheet, cells)
    row = _add_checks(sheet, list(_checks(panel_last)))
    row = _add_costs(sheet, row + 2, panel_last)
    sensitivity, frontier = f"=SENSITIVITY({cells})", f"=FRONTIERUNITS({cells})"
    row = max(row + 3, _LAST + 1)
    style.caption(sheet, f"K{row}", "敏感性：换一种口径，GTFP 的结论变多少", sensitivity)
    style.spilled(sheet, f"K{row + 1}:Q{row + 18}", sensitivity, counts=f"N{row + 2}:Q{row + 18}")
    style.caption(sheet, f"S{_HEAD - 1}", "每年处在（同年）前沿上的省份", frontier)
    style.spilled(sheet, f"S{_HEAD}:U{_HEAD + 22}", frontier, "General")
    areas = f"A1:I{_LAST},K5:Q{row + 18},S{_HEAD - 1}:U{_HEAD + 22}"
    style.page(sheet, areas, landscape=False, titles=False, freeze=f"A{TOP}")
    return sheet


def _add_program(sheet: Worksheet, cells: str) -> None:
    """The province and year, the program of LPAUDIT, and the dual constraints worked out once more."""
    for address, label, value in (("A5", "省份", _PROVINCE), ("C5", "年份", _YEAR)):
        style.header_cell(style.write(sheet, address, label))
        row, column = sheet[address].row, sheet[address].column
        given = style.put(sheet, row, column + 1, value)
        style.body(given, "0", given=True)
        given.alignment = style.CENTRE
    formula = f'=LPAUDIT({cells},B5,D5,"reference=contemporaneous")'
    style.caption(sheet, f"A{_HEAD - 1}", "线性规划", formula)
    style.result(sheet, f"A{_HEAD}:H{_LAST}", formula, "#,##0.0000")
    sheet.row_dimensions[_HEAD].height = 34
    for row in range(_HEAD + 1, _LAST + 1):
        style.put(sheet, row, 1).alignment = Alignment(vertical="center")
    for row in (_PRICE, _DUAL, _DUAL + 1):
        for column in range(3, 8):
            style.put(sheet, row, column).number_format = "0.00E+00"
    style.header_cell(style.put(sheet, _HEAD, 9, "对偶约束（普通公式重算）"))
    for row in range(_FIRST, _LAST + 1):
        again = f"=SUMPRODUCT($C${_DUAL}:$G${_DUAL},C{row}:G{row})+$B${_U0}"
        style.body(style.put(sheet, row, 9, again), "#,##0.0000")


def _add_checks(sheet: Worksheet, checks: list[Check]) -> int:
    """The checks in columns K to O; returns the next free row."""
    first, last = _HEAD + 1, _HEAD + len(checks)
    style.caption(sheet, "K5", "验算结论")
    verdict = f'=IF(COUNTIF(O{first}:O{last},"✔")=ROWS(O{first}:O{last}),"✔ 全部通过","✘ 有不符的，见下")'
    style.write(sheet, "L5", verdict, bold=True, colour=style.ACCENT)
    style.caption(sheet, f"K{_HEAD - 1}", f"验算（允许误差 {_TOLERANCE}）")
    for column, name in enumerate(("验算什么", "普通公式算出", "应为", "差", "判定"), start=11):
        style.header_cell(style.put(sheet, _HEAD, column, name))
    for row, check in enumerate(checks, start=first):
        scale = f"{_TOLERANCE}*ABS(M{row})" if check.relative else f"{_TOLERANCE}*(1+ABS(M{row}))"
        test = f"N{row}>=-{scale}" if check.at_least else f"ABS(N{row})<={scale}"
        wanted = 0.0 if check.wanted == "0" else check.wanted
        values = (check.label, check.found, wanted, f"=L{row}-M{row}", f'=IF({test},"✔","✘")')
        formats = ("General", check.number_format, check.number_format, "0.0E+00", "General")
        for column, (value, number_format) in enumerate(zip(values, formats, strict=True), start=11):
            cell = style.put(sheet, row, column, value)
            style.body(cell, number_format)
        style.put(sheet, row, 11).alignment = Alignment(vertical="center")
        style.put(sheet, row, 15).alignment = style.CENTRE
    failed = DifferentialStyle(font=Font(color="C00000", bold=True))
    style.flag(sheet, f"L5:O{last}", 'LEFT(L5,1)="✘"', failed)
    return last + 1


def _add_costs(sheet: Worksheet, row: int, panel_last: int) -> int:
    """Abatement cost of a few provinces in the year chosen, looked up on sheet 面板; returns the next free row."""
    style.caption(sheet, f"K{row}", "该年几个省份的边际减排成本及范围（面板!V4 的 ABATEMENTCOST）")
    for column, name in enumerate(("省份", "成本", "最小", "最大"), start=11):
        style.header_cell(style.put(sheet, row + 1, column, name))
    for line, province in enumerate(_FEW, start=row + 2):
        style.body(style.put(sheet, line, 11, province), "@", given=True)
        for column, source in ((12, "V"), (13, "W"), (14, "X")):
            formula = (
                f"=SUMIFS(面板!{source}${TOP + 1}:{source}${panel_last},面板!$A${TOP + 1}:$A${panel_last},$K{line},"
                f"面板!$B${TOP + 1}:$B${panel_last},$D$5)"
            )
            style.body(style.put(sheet, line, column, formula), THREE if column == 12 else TWO)
    return row + 2 + len(_FEW)
