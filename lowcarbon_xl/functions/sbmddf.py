"""=SBMDDF: slacks-based inefficiency of every unit, and what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Group, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.functions.frontier_options import SHARED, listed_weights, proof_note, read_measure
from lowcarbon_xl.options import Option, Options
from lowcarbon_xl.productivity.evaluation import Evaluation
from lowcarbon_xl.productivity.measures import evaluate
from lowcarbon_xl.productivity.periods import technology_years
from lowcarbon_xl.productivity.scaling import Tasks
from lowcarbon_xl.productivity.technology import Production
from lowcarbon_xl.sheet.production import read_production, role_note
from lowcarbon_xl.sheet.spill import column_spill, number_cell, number_cells
from lowcarbon_xl.sheet.table import read_table


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
    example='=SBMDDF(面板!A4:G514,"reference=contemporaneous")',
)
def sbm_ddf_of(panel: Block, options: Options) -> Spill:
    """Inefficiency of every row, with what `detail` asks for."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    production = read_production(table, options)
    reference = options.text("reference", "global")
    with table.located():
        result = evaluate(production, tasks_of(production, reference), read_measure(options))
    headers, columns = _detail(production, result, options.text("detail", "slacks"))
    reasons = [None if s == "optimal" else _unsolved(production, row, str(s)) for row, s in enumerate(result.status)]
    scores = [number_cell(v, r) for v, r in zip(result.inefficiency, reasons, strict=True)]
    notes = (
        Text(
            f"{result.measure.label}，前沿 {reference}，权重 {listed_weights(result.weights)}",
            f"{result.measure.label}, reference {reference}, weights {listed_weights(result.weights)}",
        ),
        role_note(table, production),
        proof_note(float(result.certificate.worst.max()), tuple(np.unique(result.solver).tolist())),
    )
    return column_spill([Text("无效率值S", "inefficiency S"), *headers], [scores, *columns], options, notes)


def tasks_of(production: Production, reference: str) -> Tasks:
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
