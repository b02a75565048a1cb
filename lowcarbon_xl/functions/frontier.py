"""=SENSITIVITY, =LPAUDIT, =ABATEMENTCOST, =FRONTIERUNITS: what stands behind an efficiency score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Argument, Group, Kind, Shape, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.functions.frontier_options import SHARED, read_measure
from lowcarbon_xl.options import Option, Options
from lowcarbon_xl.panel.provinces import find_province
from lowcarbon_xl.productivity.audit_lp import LinearProgramAudit, audit_program
from lowcarbon_xl.productivity.conventions import Direction
from lowcarbon_xl.productivity.measures import efficient_units
from lowcarbon_xl.productivity.sensitivity import sensitivity
from lowcarbon_xl.productivity.shadow import abatement_cost
from lowcarbon_xl.productivity.technology import Production
from lowcarbon_xl.sheet.production import read_production, role_note
from lowcarbon_xl.sheet.spill import column_spill, number_cell, number_cells, row_spill
from lowcarbon_xl.sheet.table import read_table

_REFERENCE = Option(
    "reference",
    "choice",
    Text(
        "reference=global（默认，所有年份）| contemporaneous（同年）",
        "reference=global (default, all years) | contemporaneous",
    ),
    choices=("global", "contemporaneous"),
    aliases={"参考": "reference", "全局": "global", "当期": "contemporaneous"},
)
_SAME_YEAR_REFERENCE = replace(
    _REFERENCE,
    help=Text("reference=contemporaneous（默认，同年）| global", "reference=contemporaneous (default) | global"),
)
_ROLE_KEYS = frozenset({"inputs", "good", "bad", "zero", "unit", "time", "text", "header", "lang"})
_ROLES = tuple(option for option in SHARED if option.key in _ROLE_KEYS)


@worksheet_function(
    "SENSITIVITY",
    Group.PRODUCTIVITY,
    summary=Text("敏感性：换一种口径，结论变多少", "How far the verdicts on productivity move with the convention"),
    detail=Text(
        "每种口径（CRS/VRS、权重、GML/ML、径向、非径向、Tone）一行，与第一行（默认口径）比较："
        "几何平均、最大差异、结论（>1 或 <1）反转的个数、秩相关、可比个数、缺失个数。",
        "A row a convention (CRS/VRS, weights, GML/ML, radial, non-radial, Tone), against the first, which is the default: geometric "
        "mean, largest difference, verdicts (> 1 or < 1) that flip, rank correlation, rows compared, rows missing.",
    ),
    arguments=(PANEL, OPTIONS),
    options=_ROLES,
    shape=Shape.TABLE,
    spills=Text("每种口径一行：名称和六个数", "a row a convention: its name and six numbers"),
    example="=SENSITIVITY(面板!A4:G514)",
)
def sensitivity_of(panel: Block, options: Options) -> Spill:
    """Conventions side by side."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    production = read_production(table, options)
    with table.located():
        rows = sensitivity(production)
    headers = [
        Text("口径", "convention"),
        Text("几何平均", "geometric mean"),
        Text("最大差异", "largest difference"),
        Text("反转个数", "flipped"),
        Text("秩相关", "rank correlation"),
        Text("可比个数", "compared"),
        Text("缺失个数", "missing"),
    ]
    cells = [
        (
            row.label,
            number_cell(row.geometric_mean),
            row.largest_difference,
            row.flipped,
            number_cell(row.rank_correlation),
            row.compared,
            row.missing,
        )
        for row in rows
    ]
    return row_spill(headers, cells, options, (role_note(table, production),))


@worksheet_function(
    "LPAUDIT",
    Group.PRODUCTIVITY,
    summary=Text(
        "把一个省某一年的线性规划写出来，可用 SUMPRODUCT 核验",
        "One unit's linear program written out, to be checked with SUMPRODUCT",
    ),
    detail=Text(
        "前几行是该单元的数据、符号、松弛、目标系数、对偶、残差；然后目标值和对偶目标值（相等即最优）；"
        "最后每个参考单元一行：λ、数据、对偶约束值（都不小于 0 即可行）。"
        "核验：SUMPRODUCT(λ列,变量列)+符号·松弛=自身数据；SUMPRODUCT(目标系数,松弛)=目标值；SUMPRODUCT(对偶,自身数据)+u0=对偶目标值。",
        "First the unit's data, signs, slacks, prices, duals and residuals; then objective and dual objective (equal: optimal); then a row a "
        "reference unit: lambda, data, dual constraint (none below 0: feasible). To check: SUMPRODUCT(lambdas, column) + sign x slack = own "
        "data; SUMPRODUCT(prices, slacks) = objective; SUMPRODUCT(duals, own data) + u0 = dual objective.",
    ),
    arguments=(
        PANEL,
        Argument("province", Text("省份", "province"), Text("省份名称", "The province"), Kind.TEXT),
        Argument("year", Text("年份", "year"), Text("年份", "The year"), Kind.NUMBER),
        OPTIONS,
    ),
    options=(
        _REFERENCE,
        Option(
            "detail",
            "choice",
            Text("detail=all（默认）| peers 只列标杆", "detail=all (default) | peers only"),
            choices=("all", "peers"),
            aliases={"明细": "detail", "标杆": "peers"},
        ),
        *SHARED,
    ),
    shape=Shape.TABLE,
    spills=Text("表：名称、λ、各变量、对偶约束", "a table: name, lambda, the variables, the dual constraint"),
    example='=LPAUDIT(面板!A4:G514,"山西",2010)',
)
def audit_of(panel: Block, province: str, year: float, options: Options) -> Spill:
    """The program of one row."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    production = read_production(table, options)
    row = row_of(production, province, year, free=bool(options.text("unit")))
    same_year = options.text("reference") == "contemporaneous"
    pool = production.rows_of([int(year)]) if same_year else None
    with table.located():
        audit = audit_program(production, row, read_measure(options), pool)
    headers: list[Output] = [production.unit_year(row), "λ", *audit.names, Text("对偶约束", "dual constraint")]
    body = [*_program_rows(audit), *_reference_rows(production, audit, peers_only=options.text("detail") == "peers")]
    notes = (
        Text(
            f"{audit.measure.label}，前沿 {options.text('reference', 'global')}",
            f"{audit.measure.label}, reference {options.text('reference', 'global')}",
        ),
    )
    return row_spill(headers, body, options, (*notes, role_note(table, production)))


def row_of(production: Production, province: str, year: float, *, free: bool) -> int:
    """The row of a unit and year; `free` units are not provinces."""
    found = None if free else find_province(province)
    name = found.zh if found else province.strip()
    rows = np.flatnonzero((production.units == name) & (production.years == year))
    if not len(rows):
        raise InputError(
            Text(f"区域里没有“{province}”{year:g} 年", f"the range has no {province!r} in {year:g}"),
            Text("核对省份和年份", "Check the province and the year"),
        )
    return int(rows[0])


def _program_rows(audit: LinearProgramAudit) -> Iterator[list[Output]]:
    """The unit, its plan, the duals, and the two objectives."""
    for label, values in (
        (Text("自身数据", "own data"), audit.own),
        (Text("符号", "sign"), audit.signs),
        (Text("松弛", "slack"), audit.slacks),
        (Text("目标系数", "price of a slack"), audit.prices),
        (Text("方向", "direction"), audit.direction),
        (Text("对偶u", "dual u"), audit.duals),
        (Text("残差", "residual"), audit.residuals),
    ):
        yield [label, "", *number_cells(values), ""]
    blank = [""] * (len(audit.names) + 1)
    for label, value in (
        (Text("目标值", "objective"), audit.objective),
        (Text("对偶目标值", "dual objective"), audit.dual_objective),
        (Text("步长β", "step beta"), audit.step),
        (Text("对偶u0", "dual u0"), audit.scale_dual),
        (Text("Σλ-1", "sum of lambda - 1"), audit.convexity_residual),
    ):
        yield [label, float(value), *blank]


def _reference_rows(production: Production, audit: LinearProgramAudit, *, peers_only: bool) -> Iterator[list[Output]]:
    for position, row in enumerate(audit.reference.tolist()):
        if not peers_only or audit.lambdas[position] > 0:
            yield [
                production.unit_year(row),
                float(audit.lambdas[position]),
                *number_cells(audit.coefficients[position]),
                float(audit.priced[position]),
            ]


@worksheet_function(
    "ABATEMENTCOST",
    Group.PRODUCTIVITY,
    summary=Text(
        "二氧化碳的边际减排成本（影子价格）及其范围", "Marginal abatement cost of CO2 (shadow price), with its range"
    ),
    detail=Text(
        "径向方向性距离函数、弱处置下前沿的斜率：少排一单位非期望产出要放弃多少期望产出，单位为期望产出/非期望产出。前沿转折处（有效单元）不唯一，给出最小和最大。"
        "负值表示该处前沿上两者可以同时改善（弱处置允许），不是减排的收益。"
        "不用 SBM 的对偶：那里它恰好等于权重下限，反映权重而不是成本。",
        "Slope of the frontier of the radial directional distance function under weak disposability: good output given up for one unit less "
        "of the bad, in units of the good per unit of the bad. At kinks (efficient units) it is not unique, and the range is given. A negative "
        "value says that on that facet both could improve, which weak disposability allows; it is no gain from abatement. Not from "
        "SBM duals: they sit at the bound set by the weights, and so reflect weights and not a cost.",
    ),
    arguments=(PANEL, OPTIONS),
    options=(
        _SAME_YEAR_REFERENCE,
        *(option for option in SHARED if option.key in {*_ROLE_KEYS, "rts", "direction"}),
    ),
    spills=Text("成本、最小、最大三列", "three columns: cost, low, high"),
    example="=ABATEMENTCOST(面板!A4:G514)",
)
def abatement_cost_of(panel: Block, options: Options) -> Spill:
    """Shadow price of the bad output for every row."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    production = read_production(table, options)
    measure = read_measure(options)
    direction: Direction = "output" if measure.direction is None else measure.direction
    by_year = options.text("reference", "contemporaneous") == "contemporaneous"
    with table.located():
        result = abatement_cost(production, rts=measure.rts, direction=direction, by_year=by_year)
    reason = Text("期望产出的对偶为 0，或规划无解。", "The dual of the good is 0, or the program has no solution.")
    unbounded = Text("没有有限的界。", "There is no finite bound.")
    columns = [
        number_cells(result.cost, reason),
        number_cells(result.low, unbounded),
        number_cells(result.high, unbounded),
    ]
    headers = [
        Text(f"减排成本({result.good}/{result.bad})", f"abatement cost ({result.good}/{result.bad})"),
        Text("最小", "low"),
        Text("最大", "high"),
    ]
    count = int((~result.unique).sum())
    notes = (
        Text(
            f"{result.evaluation.measure.label}；{count} 行不唯一",
            f"{result.evaluation.measure.label}; not unique in {count} rows",
        ),
        role_note(table, production),
    )
    return column_spill(headers, columns, options, notes)


@worksheet_function(
    "FRONTIERUNITS",
    Group.PRODUCTIVITY,
    summary=Text("每年处在前沿上的省份", "The provinces on the frontier, by year"),
    detail=Text(
        "无效率值为 0 的单元。默认同年前沿；reference=global 为所有年份的前沿。",
        "Units whose inefficiency is 0. Same-year frontiers by default; reference=global takes the frontier of all years.",
    ),
    arguments=(PANEL, OPTIONS),
    options=(
        _SAME_YEAR_REFERENCE,
        *SHARED,
    ),
    shape=Shape.TABLE,
    spills=Text("每年一行：年份、个数、名单", "a row a year: year, count, names"),
    example="=FRONTIERUNITS(面板!A4:G514)",
)
def frontier_units(panel: Block, options: Options) -> Spill:
    """Efficient units of every year."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    production = read_production(table, options)
    by_year = options.text("reference", "contemporaneous") == "contemporaneous"
    measure = read_measure(options)
    with table.located():
        found = efficient_units(production, measure, by_year=by_year)
    rows = [(year, len(members), "、".join(production.units[members].tolist())) for year, members in found.items()]
    return row_spill(
        [Text("年份", "year"), Text("个数", "count"), Text("名单", "units")],
        rows,
        options,
        (role_note(table, production),),
    )
