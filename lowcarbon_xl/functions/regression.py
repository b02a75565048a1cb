"""=TWFE: two-way fixed effects as Stata's reghdfe reports them."""

from __future__ import annotations

from collections.abc import Iterator

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Argument, Group, Kind, Shape, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.spec import Specification
from lowcarbon_xl.errors import Text
from lowcarbon_xl.options import COMMON, KEYS, TEXT_NUMBERS, Option, Options
from lowcarbon_xl.sheet.regression import read_specification
from lowcarbon_xl.sheet.spill import number_cell, row_spill
from lowcarbon_xl.sheet.table import read_table

Y = Argument(
    "y",
    Text("被解释变量", "y"),
    Text('列名（如 "CO2"）或标题单元格', 'A column\'s name, as "CO2", or its header cell'),
    Kind.COLUMNS,
)
X = Argument(
    "x",
    Text("解释变量", "x"),
    Text(
        '列名（如 "AI, 开放度"）或标题单元格；L.AI 表示滞后一年',
        'Names, as "AI, openness", or header cells; L.AI is lagged by a year',
    ),
    Kind.COLUMNS,
)
REGRESSION_OPTIONS = (
    Option(
        "controls",
        "names",
        Text("controls=列名,列名 控制变量", "controls=a,b control variables"),
        aliases={"控制变量": "controls", "控制": "controls"},
    ),
    Option(
        "absorb",
        "names",
        Text(
            "absorb=province,year（默认，双向固定效应）| none | 任意列；省份*年份 表示交互",
            "absorb=province,year (default: two-way fixed effects) | none | any columns; a*b is an interaction",
        ),
        aliases={"固定效应": "absorb", "fe": "absorb"},
    ),
    Option(
        "vce",
        "choice",
        Text(
            "vce=robust（默认）| iid | cluster(province) | cluster(a,b) | dk(1)",
            "vce=robust (default) | iid | cluster(province) | cluster(a,b) | dk(1)",
        ),
        choices=("robust", "iid", "cluster()", "dk()", "dk"),
        aliases={"标准误": "vce", "稳健": "robust", "聚类": "cluster()", "普通": "iid"},
    ),
    Option(
        "if",
        "text",
        Text("if=直辖市=0 & 年份>=2013 样本筛选", "if=municipality=0 & year>=2013 the sample"),
        aliases={"筛选": "if", "样本": "if"},
    ),
    Option(
        "winsor",
        "number",
        Text("winsor=0.01 各变量两端缩尾 1%", "winsor=0.01 winsorizes every variable at 1 % and 99 %"),
        aliases={"缩尾": "winsor"},
    ),
    *KEYS,
    TEXT_NUMBERS,
    *COMMON,
)
HEADERS: tuple[Output, ...] = (
    Text("变量", "term"),
    Text("系数", "coef"),
    Text("标准误", "se"),
    "t",
    "p",
    Text("95%下限", "low"),
    Text("95%上限", "high"),
)
WIDTH = len(HEADERS)


@worksheet_function(
    "TWFE",
    Group.ECONOMETRICS,
    summary=Text("双向固定效应回归（reghdfe 口径）", "Two-way fixed effects regression (reghdfe conventions)"),
    detail=Text(
        "默认吸收省份和年份，异方差稳健标准误；小样本系数、singleton、R2 与 Stata 的 reghdfe 6 一致。空格按行删除并报告行数；"
        "错误值和文字拒绝。结果先是系数（含 _cons），再是统计量行：第一列是名称，第二列是值。",
        "Absorbs province and year by default, with heteroskedasticity-robust standard errors; small-sample factors, singletons "
        "and R2 as Stata's reghdfe 6. Rows with blanks are dropped and counted; errors and texts are refused. Coefficients "
        "first (with _cons), then rows of statistics: the first column names one, the second holds its value.",
    ),
    arguments=(PANEL, Y, X, OPTIONS),
    options=REGRESSION_OPTIONS,
    shape=Shape.TABLE,
    spills=Text(
        "系数表：变量、系数、标准误、t、p、上下限；然后统计量行",
        "term, coef, se, t, p, low, high; then rows of statistics",
    ),
    example='=TWFE(变量!A1:L301,"CO2","AI","controls=开放度,密度")',
)
def twfe(panel: Block, y: Block | str, x: Block | str, options: Options) -> Spill:
    """Least squares with fixed effects."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    specification = read_specification(table, y, x, options)
    with table.located():
        result = fit_ols(specification)
    rows = [*coefficient_rows(result), *statistic_rows(specification, result)]
    return row_spill(HEADERS, rows, options, (result.convention, result.variance, *result.notes))


def coefficient_rows(result: FitResult) -> Iterator[tuple[Output, ...]]:
    """One row a term."""
    columns = (result.coefficients, result.standard_errors, result.t, result.p, result.low, result.high)
    for position, term in enumerate(result.terms):
        yield term, *(number_cell(float(column[position]), _unavailable(result)) for column in columns)


def statistic_rows(specification: Specification, result: FitResult) -> Iterator[tuple[Output, ...]]:
    """Machine-readable rows: a name, a value, and nothing in the other columns."""
    yield statistic("N", result.n)
    for name, value in (
        ("R2", result.r2),
        ("R2_adj", result.r2_adjusted),
        ("R2_within", result.r2_within),
        ("F", result.f),
        ("F_p", result.f_p),
        ("df_r", result.df_r),
        ("df_a", result.df_a),
        ("rss", result.rss),
        ("rmse", result.rmse),
    ):
        yield statistic(name, number_cell(float(value), _unavailable(result)))
    if result.clusters:
        yield statistic("clusters", min(count for _, count in result.clusters))
    for name, rows in (("singletons", result.singletons), ("missing", result.missing), ("filtered", result.filtered)):
        yield statistic(name, len(rows))
    if result.collinear:
        yield statistic("collinear", ", ".join(result.collinear))
    yield statistic("depvar", result.dependent)
    yield statistic("absorb", ", ".join(effect.name for effect in specification.absorb) or "none")
    yield statistic("vce", result.variance)
    yield statistic("route", result.convention)


def statistic(name: str, value: Output) -> tuple[Output, ...]:
    """One row of statistics, as wide as the coefficient table."""
    return name, value, *([""] * (WIDTH - 2))


def _unavailable(result: FitResult) -> Text:
    if result.notes:
        return result.notes[0]
    return Text("这个统计量在此样本中不存在。", "This statistic does not exist in this sample.")
