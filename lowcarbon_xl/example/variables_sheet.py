"""Sheet 变量: a made-up study, its truth beside what DESCRIBE and TWFE find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.cells import column_number
from lowcarbon_xl.example import style
from lowcarbon_xl.example.simulate import OUTCOMES, REGRESSORS
from lowcarbon_xl.example.style import THREE, TOP, TWO, YEAR
from lowcarbon_xl.example.tables import ADDED, VARIABLES, read_example

_MEANINGS = {
    "CO2": "二氧化碳排放量（万吨）的自然对数",
    "GTFP": "绿色全要素生产率（累积指数）",
    "AI": "人工智能水平（工业机器人渗透度）",
    "Open": "进出口总额 / GDP",
    "Density": "人口 / 面积（万人每平方公里）",
    "Fin": "金融机构贷款余额 / GDP",
    "Gov": "一般公共预算支出 / GDP",
    "Energy": "本省用电量 / 全国用电量",
    "Urban": "城镇人口 / 常住人口",
    "IV": "AI 的工具变量（美国机器人 x 本省行业份额）",
    "Efficiency": "GDP / 能源消费",
    "GreenTech": "每万人绿色专利申请数",
    "Upgrading": "产业结构升级指数",
    "AIOther": "AI 的另一种口径，带测量误差（表 5）",
    "CO2Other": "CO2 的另一种口径（表 5）",
    "GTFPOther": "GTFP 的另一种口径（表 5）",
    "Regulation": "环境规制强度，用于分组（表 7）",
    "Industry": "工业化水平，用于分组（表 8）",
}
_CONTROLS = ("Open", "Density", "Fin", "Gov", "Energy", "Urban")
CONTROLS = ",".join(VARIABLES[name] for name in _CONTROLS)
"""The control variables by their headers, as options name them."""
_FIRST, _SECOND, _LAST = "W", "X", "AE"
"""The columns of everything to the right of the data: the first, the second, the last."""
_LEFT = column_number(_FIRST)
_RIGHT_OF_DATA = "U"
_TRUTH = _LEFT + 7
_TABLE_1_ROWS = 9


@dataclass(frozen=True, slots=True)
class Regression:
    """One regression on the sheet.

    Parameters
    ----------
    title : str
    outcome : str
        A key of `OUTCOMES`.
    controlled : bool
    options : str
        More options.
    statistics : int
        How many rows of statistics the function writes below the coefficients.
    """

    title: str
    outcome: str
    controlled: bool
    options: str
    statistics: int

    def formula(self, cells: str) -> str:
        """The formula on a data range."""
        controls = f"controls={CONTROLS}" if self.controlled else ""
        options = "; ".join(filter(None, (controls, self.options)))
        outcome = VARIABLES[self.outcome].partition("(")[0]
        tail = f',"{options}"' if options else ""
        return f'=TWFE({cells},"{outcome}","AI"{tail})'

    @property
    def terms(self) -> tuple[str, ...]:
        """The regressors, in the order of the result's rows."""
        return ("AI", *(_CONTROLS if self.controlled else ()))


REGRESSIONS = (
    Regression("(1) CO2，双向固定效应，稳健标准误", "CO2", False, "", 17),
    Regression("(2) CO2，加控制变量", "CO2", True, "", 17),
    Regression("(3) CO2，加控制变量，按省份聚类", "CO2", True, "vce=cluster(省份)", 19),
    Regression("(4) GTFP，加控制变量", "GTFP", True, "", 17),
)


def add_variables(book: Workbook) -> Worksheet:
    """The sheet, complete."""
    sheet = style.new_sheet(book, "变量")
    table = read_example("variables")
    style.heading(
        sheet,
        "人工智能与碳排放：30 个省份 2013-2022 的回归变量（模拟）",
        "Variables of the study's regressions, 30 provinces x 2013-2022 (simulated)",
        "模拟数据：由固定种子的随机数生成，不是任何省份的统计数字。真值是所依据论文表 2（第 2、4 列）、表 5（第 3、4 列）和表 6（FE）的"
        "系数；矩按其表 1 配：AI 和六个控制变量的均值、标准差、最小值、最大值全部一致，CO2 和 GTFP 只配均值和标准差（论文 CO2 的最大值"
        " 14.461 相当于一个省 190 多亿吨，不可能，没有配）。AI 在模拟中是外生的，所以固定效应和工具变量的真值相同。",
        _RIGHT_OF_DATA,
        height=48,
    )
    formats = ["@", YEAR, "0.0000", "0.0000", "0.0000", "0.0000", "0.00000", "0.0000", "0.0000", "0.00000", "0.0000"]
    cells = style.data_table(sheet, table, [*formats, "0.000000", TWO, "0.0000", "0.0000", "0", *["0.0000"] * 5])
    last = TOP + len(table.rows)
    areas = _add_results(sheet, cells, last)
    style.widths(sheet, {"A": 10, "B": 8, f"C:{_RIGHT_OF_DATA}": 11, "V": 2, _FIRST: 17, f"{_SECOND}:{_LAST}": 11.5})
    sheet.auto_filter.ref = cells
    style.page(sheet, ",".join((f"A1:{_RIGHT_OF_DATA}{last}", *areas)), tab=style.WARNING, freeze=f"C{TOP + 1}")
    return sheet


def _add_results(sheet: Worksheet, cells: str, last: int) -> list[str]:
    """Dictionary, description and regressions below each other; returns what is printed on a page of its own."""
    style.write(sheet, f"{_FIRST}1", "变量说明、描述统计和回归结果", size=14, bold=True, colour=style.ACCENT)
    style.write(sheet, f"{_FIRST}2", "Dictionary with the truth, description, regressions", size=9, colour=style.MUTED)
    remark = (
        "真值是生成数据时所用的系数：估计值会偏离它，但 95% 区间大约有 95% 的机会包含它。论文的估计值就是这里的真值。"
        "The truth is what generated the data; the 95 % interval covers it in about 95 % of samples."
    )
    style.note(sheet, f"{_FIRST}{TOP - 1}:{_LAST}{TOP - 1}", remark, alert=False)
    row = _add_dictionary(sheet, TOP + 2)
    described = f"=DESCRIBE(C{TOP}:K{last})"
    bottom = row + 2 + _TABLE_1_ROWS
    style.caption(sheet, f"{_FIRST}{row + 1}", "描述统计（与上表论文的矩对照）", described)
    style.result(sheet, f"{_FIRST}{row + 2}:{_LAST}{bottom}", described, counts=f"{_SECOND}{row + 3}:{_SECOND}{bottom}")
    areas = [f"{_FIRST}1:{_LAST}{row - 1}", f"{_FIRST}{row + 1}:{_LAST}{bottom}"]
    row = bottom + 1
    for regression in REGRESSIONS:
        bottom = _add_regression(sheet, cells, regression, row + 1)
        areas.append(f"{_FIRST}{row + 1}:{_LAST}{bottom - 1}")
        row = bottom
    return areas


def _add_dictionary(sheet: Worksheet, row: int) -> int:
    """What each variable is, the study's moments and the true coefficients; returns the next free row."""
    style.caption(sheet, f"{_FIRST}{row - 1}", "变量、论文表 1 的矩、模拟所用的真值系数")
    names = ("变量", "含义", "", "", "均值", "标准差", "最小值", "对 CO2", "对 GTFP")
    for column, name in enumerate(names, start=_LEFT):
        style.header_cell(style.put(sheet, row, column, name))
    sheet.merge_cells(start_row=row, end_row=row, start_column=_LEFT + 1, end_column=_LEFT + 3)
    for offset, (name, header) in enumerate((VARIABLES | ADDED).items(), start=1):
        regressor, outcome = REGRESSORS.get(name), OUTCOMES.get(name)
        moments: Sequence[float | None] = (None, None, None)
        if regressor:
            moments = (regressor.mean, regressor.sd, regressor.low)
        elif outcome and outcome.matched:
            moments = (outcome.mean, outcome.sd, None)
        effects = [OUTCOMES[y].effects.get(name) for y in ("CO2", "GTFP")]
        for column, value in enumerate((header, _MEANINGS[name], None, None, *moments, *effects), start=_LEFT):
            cell = style.put(sheet, row + offset, column)
            cell.value = value
            style.body(cell, THREE, given=True)
        sheet.merge_cells(start_row=row + offset, end_row=row + offset, start_column=_LEFT + 1, end_column=_LEFT + 3)
    return row + len(VARIABLES | ADDED) + 1


def _add_regression(sheet: Worksheet, cells: str, regression: Regression, row: int) -> int:
    """One regression with the truth in the column beside it; returns the next free row."""
    formula = regression.formula(cells)
    style.caption(sheet, f"{_FIRST}{row}", regression.title)
    style.write(sheet, f"{_FIRST}{row + 1}", formula[1:], size=8, colour=style.MUTED)
    top = row + 2
    bottom = top + len(regression.terms) + 1 + regression.statistics
    style.result(
        sheet,
        f"{_FIRST}{top}:AC{bottom}",
        formula,
        counts=f"{_SECOND}{top + len(regression.terms) + 2}:{_SECOND}{bottom}",
    )
    style.header_cell(style.put(sheet, top, _TRUTH, "真值"))
    for offset, name in enumerate(regression.terms, start=1):
        cell = style.put(sheet, top + offset, _TRUTH, OUTCOMES[regression.outcome].effects[name])
        style.body(cell, THREE, given=True)
    return bottom + 1
