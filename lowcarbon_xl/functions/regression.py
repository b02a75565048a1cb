"""=TWFE and =IVREG: two-way fixed effects as Stata's reghdfe reports them, 2SLS as ivreghdfe does."""

from __future__ import annotations

from dataclasses import replace

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Argument, Group, Kind, Shape, worksheet_function
from lowcarbon_xl.cells import Block, Spill
from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.iv import fit_iv
from lowcarbon_xl.econometrics.spec import Specification
from lowcarbon_xl.econometrics.wild_bootstrap import wild_cluster_bootstrap
from lowcarbon_xl.errors import Text
from lowcarbon_xl.functions.regression_rows import (
    HEADERS,
    Row,
    coefficient_rows,
    first_stage_rows,
    identification_rows,
    statistic,
    statistic_rows,
    unavailable,
)
from lowcarbon_xl.options import COMMON, KEYS, TEXT_NUMBERS, Option, Options
from lowcarbon_xl.provenance import note_sample
from lowcarbon_xl.sheet.regression import read_specification, sample_of
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
        "singletons",
        "choice",
        Text(
            "singletons=drop（默认，同 reghdfe 反复剔除只有一行的组）| keep（同 keepsingletons）",
            "singletons=drop (default: groups of one row go, again and again, as in reghdfe) | keep (as keepsingletons)",
        ),
        choices=("drop", "keep"),
        aliases={"单点组": "singletons", "剔除": "drop", "保留": "keep"},
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
    example='=TWFE(变量!A4:P304,"CO2","AI","controls=开放度,密度")',
)
def twfe(panel: Block, y: Block | str, x: Block | str, options: Options) -> Spill:
    """Least squares with fixed effects."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    specification = read_specification(table, y, x, options)
    with table.located():
        result = fit_ols(specification)
        note_sample(sample_of(result))
        tests = wild_rows(specification)
    rows = [*coefficient_rows(result, unavailable(result)), *statistic_rows(specification, result), *tests]
    return row_spill(HEADERS, rows, options, (result.convention, result.variance, *result.notes))


_FEW_CLUSTERS = 100
"""With more, clustered standard errors need no such help, and the bootstrap takes its time."""


def wild_rows(specification: Specification) -> list[Row]:
    """The wild bootstrap p beside one-way clustered standard errors: provinces make few clusters."""
    clusters = specification.vce.clusters
    if len(clusters) != 1 or len(clusters[0].levels) > _FEW_CLUSTERS:
        return []
    tests = [wild_cluster_bootstrap(specification, column.name) for column in specification.x]
    return [statistic(f"wild_p: {test.term}", number_cell(test.p, test.reason)) for test in tests]


@worksheet_function(
    "IVREG",
    Group.ECONOMETRICS,
    summary=Text(
        "带固定效应的两阶段最小二乘（ivreghdfe 口径）与识别检验",
        "2SLS with fixed effects (ivreghdfe conventions) and identification tests",
    ),
    detail=Text(
        "默认吸收省份和年份、稳健标准误。结果：第二阶段系数；统计量；Kleibergen-Paap rk LM 及 p、Cragg-Donald F、Kleibergen-Paap rk F、"
        "Stock-Yogo 临界值（假定同方差）、Anderson-Rubin 检验与区间（弱工具变量稳健）、Hansen J 或 Sargan、内生性检验；然后每个内生变量的第一阶段，"
        "跟在“first stage: 名称”一行之后。route=xtivreg2 或 ivreg2 换一种 Stata 命令的口径，R2 和小样本系数不同。",
        "Absorbs province and year by default, robust standard errors. Second-stage coefficients; statistics; Kleibergen-Paap rk LM with p, "
        "Cragg-Donald F, Kleibergen-Paap rk F, Stock-Yogo values (which assume iid errors), the Anderson-Rubin test and interval "
        '(robust to weak instruments), Hansen J or Sargan, an endogeneity test; then each first stage after a row "first stage: NAME". '
        "route=xtivreg2 or ivreg2 follows another Stata command, with another R2 and other small-sample factors.",
    ),
    arguments=(
        PANEL,
        Y,
        replace(X, blank=True, label=Text("外生解释变量", "x")),
        Argument(
            "endogenous",
            Text("内生变量", "endogenous"),
            Text("内生解释变量的列名", "Names of the endogenous regressors"),
            Kind.COLUMNS,
        ),
        Argument(
            "instruments",
            Text("工具变量", "instruments"),
            Text("排除的工具变量列名；L.AI 为滞后一年", "Names of the excluded instruments; L.AI is lagged by a year"),
            Kind.COLUMNS,
        ),
        OPTIONS,
    ),
    options=(
        Option(
            "route",
            "choice",
            Text(
                "route=ivreghdfe（默认）| xtivreg2 | ivreg2：跟随哪个 Stata 命令",
                "route=ivreghdfe (default) | xtivreg2 | ivreg2: which Stata command to follow",
            ),
            choices=("ivreghdfe", "xtivreg2", "ivreg2"),
            aliases={"口径": "route"},
        ),
        Option(
            "small",
            "flag",
            Text("small=1 小样本校正（ivreg2、xtivreg2）", "small=1 small-sample statistics (ivreg2, xtivreg2)"),
            aliases={"小样本": "small"},
        ),
        *REGRESSION_OPTIONS,
    ),
    shape=Shape.TABLE,
    spills=Text(
        "系数表，统计量行，识别检验行，各第一阶段", "coefficients, statistics, diagnostics, then the first stages"
    ),
    example='=IVREG(变量!A4:P304,"CO2","","AI","IV","controls=开放度,密度")',
)
def ivreg(
    panel: Block,
    y: Block | str,
    x: Block | str | None,
    endogenous: Block | str,
    instruments: Block | str,
    options: Options,
) -> Spill:
    """Two-stage least squares with its diagnostics."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    specification = read_specification(table, y, x, options, endogenous=endogenous, instruments=instruments)
    with table.located():
        result = fit_iv(specification)
    note_sample(sample_of(result.fit))
    rows = [
        *coefficient_rows(result.fit, unavailable(result.fit)),
        *statistic_rows(specification, result.fit),
        *identification_rows(result),
        *(row for stage in result.first_stages for row in first_stage_rows(stage)),
    ]
    notes = (result.fit.convention, result.fit.variance, *result.fit.notes, *result.identification.notes)
    return row_spill(HEADERS, rows, options, notes)
