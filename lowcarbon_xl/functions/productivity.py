"""=SBMDDF and =GTFP: slacks-based inefficiency, and the green productivity index made of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Group, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.functions.frontier_options import SHARED, read_measure
from lowcarbon_xl.options import Option, Options
from lowcarbon_xl.productivity.evaluation import Evaluation
from lowcarbon_xl.productivity.indices import IndexName, ProductivityChange, productivity_change
from lowcarbon_xl.productivity.measures import evaluate
from lowcarbon_xl.productivity.periods import Gaps, technology_years
from lowcarbon_xl.productivity.scaling import Tasks
from lowcarbon_xl.productivity.technology import Production
from lowcarbon_xl.sheet.production import read_production, role_note
from lowcarbon_xl.sheet.spill import column_spill, number_cell, number_cells
from lowcarbon_xl.sheet.table import Table, read_table


@worksheet_function(
    "SBMDDF",
    Group.PRODUCTIVITY,
    summary=Text(
        "SBM 方向性距离函数的无效率值和松弛量", "Inefficiency and slacks of the SBM directional distance function"
    ),
    detail=Text(
        "福山和韦伯（2009），含非期望产出：S=max 1/2[(1/N)Σs^x/x+(1/(M+I))(Σs^y/y+Σs^b/b)]，方向为自身数据。S=0 有效，可以大于 1。"
        "默认全局前沿（所有年份）、规模报酬不变。每个线性规划都有最优性证明（detail=certificate）。",
        "Fukuyama and Weber (2009) with bad outputs: S = max 1/2[(1/N) sum s^x/x + (1/(M+I))(sum s^y/y + sum s^b/b)], own data as "
        "direction. S = 0 is efficient, S may exceed 1. Default: global frontier (all years), constant returns. Every linear "
        "program comes with a proof of optimality (detail=certificate).",
    ),
    arguments=(PANEL, OPTIONS),
    options=(
        Option(
            "reference",
            "choice",
            Text(
                "reference=global（默认，所有年份）| contemporaneous（同年）| sequential（至当年）| window(3)",
                "reference=global (default, all years) | contemporaneous | sequential | window(3)",
            ),
            choices=("global", "contemporaneous", "sequential", "window()"),
            aliases={"参考": "reference", "全局": "global", "当期": "contemporaneous", "序列": "sequential"},
        ),
        Option(
            "detail",
            "choice",
            Text(
                "detail=slacks（默认）| score | targets | peers | contributions | certificate",
                "detail=slacks (default) | score | targets | peers | contributions | certificate",
            ),
            choices=("slacks", "score", "targets", "peers", "contributions", "certificate"),
            aliases={
                "明细": "detail",
                "松弛": "slacks",
                "得分": "score",
                "目标": "targets",
                "标杆": "peers",
                "贡献": "contributions",
                "证明": "certificate",
            },
        ),
        *SHARED,
    ),
    spills=Text("无效率值，然后每个变量的松弛量", "the inefficiency, then the slack of each variable"),
    example='=SBMDDF(面板!A1:G511,"reference=contemporaneous")',
)
def sbm_ddf_of(panel: Block, options: Options) -> Spill:
    """Inefficiency of every row, with what `detail` asks for."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    production = read_production(table, options)
    reference = options.text("reference", "global")
    with table.located():
        result = evaluate(production, _tasks(production, reference), read_measure(options))
    headers, columns = _detail(production, result, options.text("detail", "slacks"))
    reasons = [None if s == "optimal" else _unsolved(production, row, str(s)) for row, s in enumerate(result.status)]
    scores = [number_cell(v, r) for v, r in zip(result.inefficiency, reasons, strict=True)]
    notes = (
        Text(
            f"{result.measure.label}，前沿 {reference}，权重 {_listed(result.weights)}",
            f"{result.measure.label}, reference {reference}, weights {_listed(result.weights)}",
        ),
        role_note(table, production),
        _proof_note(float(result.certificate.worst.max()), tuple(np.unique(result.solver).tolist())),
    )
    return column_spill([Text("无效率值S", "inefficiency S"), *headers], [scores, *columns], options, notes)


def _tasks(production: Production, reference: str) -> Tasks:
    """Every row measured against the technology of its year."""
    years = np.unique(production.years)
    spans = [technology_years(years, reference, int(year)) for year in years]
    distinct = list(dict.fromkeys(spans))
    pool_of = np.array([distinct.index(span) for span in spans], dtype=np.intp)[
        np.searchsorted(years, production.years)
    ]
    return Tasks(np.arange(production.n_rows), tuple(production.rows_of(span) for span in distinct), pool_of)


def _detail(production: Production, result: Evaluation, detail: str) -> tuple[list[Output], list[Sequence[Output]]]:
    """Headers and columns behind the score."""
    if detail == "score":
        return [], []
    if detail == "peers":
        return [Text("标杆", "peers")], [[_peers(production, result, row) for row in range(production.n_rows)]]
    if detail == "certificate":
        proof = result.certificate
        labels: list[Output] = [
            Text("原始违反", "primal violation"),
            Text("对偶违反", "dual violation"),
            Text("对偶间隙", "duality gap"),
            Text("求解器", "solver"),
        ]
        return labels, [
            *(number_cells(column) for column in (proof.primal, proof.dual, proof.gap)),
            result.solver.tolist(),
        ]
    matrix, zh, en = {
        "slacks": (result.slacks, "松弛", "slack"),
        "targets": (result.targets, "目标", "target"),
        "contributions": (result.contributions, "贡献", "contribution"),
    }[detail]
    return [Text(f"{zh}:{name}", f"{en}: {name}") for name in result.names], [
        number_cells(column) for column in matrix.T
    ]


def _peers(production: Production, result: Evaluation, row: int) -> str:
    """``上海 2005 x 0.62; 北京 2019 x 0.31``."""
    found = [
        (weight, production.unit_year(int(peer)))
        for peer, weight in zip(result.peers[row], result.peer_weights[row], strict=True)
        if peer >= 0 and weight > 0
    ]
    return "; ".join(f"{name} x {weight:.6g}" for weight, name in sorted(found, reverse=True))


def _unsolved(production: Production, row: int, status: str) -> Text:
    who = production.unit_year(row)
    return Text(f"{who} 的线性规划没有解：{status}。", f"The linear program of {who} has no solution: {status}.")


@worksheet_function(
    "GTFP",
    Group.PRODUCTIVITY,
    summary=Text("绿色全要素生产率指数（GML）及其分解", "Green total factor productivity (GML) and its decomposition"),
    detail=Text(
        "默认 GML（Oh 2010）基于 SBM 方向性距离函数：GML=(1+S^G(t))/(1+S^G(t+1))，EC=(1+S^t(t))/(1+S^{t+1}(t+1))，TC=GML/EC；"
        "累积指数以首年（或 base=）为 1。大于 1 是改善。首年没有指数，得 #N/A。增加一年会改动以往的 GML，除非 frozen=。",
        "Default GML (Oh 2010) on the SBM directional distance function: GML = (1+S^G_t)/(1+S^G_t+1), EC = (1+S^t_t)/"
        "(1+S^t+1_t+1), TC = GML/EC; cumulative is 1 in the first year (or base=). Above 1 is improvement. A first year has no "
        "index: #N/A. Adding a year revises past GML values unless frozen= is set.",
    ),
    arguments=(PANEL, OPTIONS),
    options=(
        Option(
            "index",
            "choice",
            Text(
                "index=GML（默认）| ML | Luenberger | GlobalLuenberger",
                "index=GML (default) | ML | Luenberger | GlobalLuenberger",
            ),
            choices=("GML", "ML", "Luenberger", "GlobalLuenberger"),
            aliases={"指数": "index"},
        ),
        Option(
            "reference",
            "choice",
            Text(
                "reference=global（GML）；ML：contemporaneous（默认）| sequential | biennial | window(3)",
                "reference=global (GML); for ML contemporaneous (default) | sequential | biennial | window(3)",
            ),
            choices=("global", "contemporaneous", "sequential", "biennial", "window()"),
            aliases={
                "参考": "reference",
                "全局": "global",
                "当期": "contemporaneous",
                "序列": "sequential",
                "两期": "biennial",
            },
        ),
        Option(
            "base",
            "number",
            Text("base=2013 累积指数为 1 的年份", "base=2013 the year in which cumulative is 1"),
            aliases={"基年": "base"},
        ),
        Option(
            "frozen",
            "text",
            Text("frozen=2010-2020 全局前沿只用这些年份", "frozen=2010-2020 the years that make the global frontier"),
            aliases={"固定前沿": "frozen"},
        ),
        Option(
            "gaps",
            "choice",
            Text(
                "gaps=refuse（默认，缺年报错）| allow（缺年后一年 #N/A）| periods（跨期变化）",
                "gaps=refuse (default) | allow (the year after a gap is #N/A) | periods (change over several years)",
            ),
            choices=("refuse", "allow", "periods"),
            aliases={"缺年": "gaps"},
        ),
        *SHARED,
    ),
    spills=Text("指数、EC、TC、累积指数四列", "four columns: index, EC, TC, cumulative"),
    example="=GTFP(面板!A1:G511)",
)
def gtfp_of(panel: Block, options: Options) -> Spill:
    """Index, efficiency change, technical change and cumulative index of every row."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    production = read_production(table, options)
    _require_two_years(table, production)
    with table.located():
        result = productivity_change(
            production,
            read_measure(options),
            cast(IndexName, options.text("index", "GML")),
            options.text("reference") or None,
            base=_base(options),
            frozen=_frozen(options),
            gaps=cast(Gaps, options.text("gaps", "refuse")),
        )
    changes = (result.index, result.efficiency_change, result.technical_change)
    columns = [[number_cell(v, r) for v, r in zip(values, result.reasons, strict=True)] for values in changes]
    no_chain = Text(
        "链条在此之前断开，或没有基年。", "The chain is broken before this year, or the base year is missing."
    )
    columns.append(number_cells(result.cumulative, no_chain))
    headers: list[Output] = [Text(f"{result.name}指数", "index"), "EC", "TC", Text("累积指数", "cumulative")]
    return column_spill(headers, columns, options, _notes(table, production, result))


def _require_two_years(table: Table, production: Production) -> None:
    years = np.unique(production.years)
    if len(years) < 2:
        raise InputError(
            Text(f"只有 {years[0]} 一年，没有变化可算", f"{years[0]} is the only year: there is no change to compute"),
            Text("至少选两年；一年的效率用 SBMDDF", "Select two years at least; for one year use SBMDDF"),
            where=table.block.whole,
        )


def _notes(table: Table, production: Production, result: ProductivityChange) -> tuple[Text, ...]:
    """Every convention that moved a number."""
    base = "首年" if result.base is None else str(result.base)
    notes = [
        Text(
            f"{result.name}，前沿 {result.reference}，{result.measure}，权重 {_listed(result.weights)}，累积基年 {base}",
            f"{result.name}, reference {result.reference}, {result.measure}, weights {_listed(result.weights)}, "
            f"cumulative base {'first year' if result.base is None else result.base}",
        ),
        role_note(table, production),
        _proof_note(result.worst_certificate, result.solvers),
        *result.notes,
    ]
    if result.infeasible:
        notes.append(
            Text(
                f"{result.infeasible} 个跨期规划不可行（已证明），对应单元格为 #N/A",
                f"{result.infeasible} cross-period programs are infeasible (proved); their cells are #N/A",
            )
        )
    return tuple(notes)


def _proof_note(worst: float, solvers: Sequence[str]) -> Text:
    who = ", ".join(solvers)
    return Text(
        f"每个规划都经验证，最大相对误差 {worst:.1e}；求解：{who}",
        f"every program is certified, largest relative error {worst:.1e}; solved by {who}",
    )


def _listed(weights: Sequence[float] | np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    return ", ".join(f"{weight:.4g}" for weight in weights)


def _base(options: Options) -> int | None:
    if "base" not in options:
        return None
    year = options.number("base", 0)
    if not year.is_integer():
        raise InputError(
            Text(f"基年 {year:g} 不是年份", f"base year {year:g} is no year"), Text("写成 base=2013", "Write base=2013")
        )
    return int(year)


def _frozen(options: Options) -> tuple[int, int] | None:
    given = options.text("frozen")
    if not given:
        return None
    match = re.fullmatch(r"\s*(\d{4})\s*[-—–~至]+\s*(\d{4})\s*", given)
    if match is None or match[1] > match[2]:
        raise InputError(
            Text(f"固定前沿“{given}”不是年份区间", f"frozen={given!r} is no range of years"),
            Text("写成 frozen=2010-2020", "Write frozen=2010-2020"),
        )
    return int(match[1]), int(match[2])
