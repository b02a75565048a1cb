"""Traces of efficiency and productivity: the linear programs behind a number, with peers, lambdas and slacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lowcarbon_xl.audit.trace import InputCell, Section, Trace, table_cells
from lowcarbon_xl.cells import Output
from lowcarbon_xl.errors import LowCarbonError, Text
from lowcarbon_xl.productivity.audit_lp import LinearProgramAudit, audit_program
from lowcarbon_xl.productivity.comparisons import comparisons
from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.indices import ProductivityChange
from lowcarbon_xl.productivity.periods import Gaps, predecessors
from lowcarbon_xl.productivity.technology import IntArray, Production
from lowcarbon_xl.sheet.spill import number_cell
from lowcarbon_xl.sheet.table import Table

_PEER = 1e-12
_CHOSEN = Text(
    "标杆由参考集中的全部单元选出；列出的是本单元和 λ>0 的标杆，仅用它们求解得到同样的目标值",
    "the peers are chosen from the whole reference; listed are the unit and the peers with lambda > 0, which alone give "
    "the same objective",
)


@dataclass(frozen=True, slots=True)
class Program:
    """One program that a number needs: who is measured against whom, and what for."""

    label: Text
    row: int
    pool: IntArray


def trace_programs(
    trace: Trace,
    table: Table,
    production: Production,
    columns: Sequence[int],
    measure: Measure,
    programs: Iterable[Program],
    *,
    whole: bool = False,
) -> Trace:
    """The programs behind a number: own data, peers with their lambdas, slacks, and what each adds to the objective.

    Parameters
    ----------
    columns : sequence of int
        Columns of the variables, in the order of `production.names`.
    programs : iterable of Program
    whole : bool
        List the cells of all reference units, not only of the unit and its peers: duals rest on all of them.
    """
    sections: list[Section] = []
    rows: dict[int, None] = {}
    notes = list(trace.notes)
    for program in programs:
        rows[program.row] = None
        try:
            audit = audit_program(production, program.row, measure, program.pool)
        except LowCarbonError as error:
            notes.append(error.message())
            continue
        sections += [_variables(table, production, columns, program, audit), _peers(table, production, columns, audit)]
        rows |= dict.fromkeys(audit.reference[(audit.lambdas > _PEER) | whole].tolist())
    if not whole:
        notes.append(_CHOSEN)
    who = [production.unit_year(row) for row in range(production.n_rows)]
    cells: tuple[InputCell, ...] = table_cells(table, rows, columns, who)
    return replace(
        trace, cells=cells, complete=bool(sections), sections=(*trace.sections, *sections), notes=tuple(notes)
    )


def _variables(
    table: Table, production: Production, columns: Sequence[int], program: Program, audit: LinearProgramAudit
) -> Section:
    """A row a variable: own = what the peers do with it + sign x slack."""
    years = production.years[program.pool]
    span = f"{years.min()}" if years.min() == years.max() else f"{years.min()}-{years.max()}"
    who = production.unit_year(program.row)
    title = Text(
        f"{program.label.zh}：{who}，前沿 {span}，目标值 {audit.objective!r}",
        f"{program.label.en}: {who}, frontier {span}, objective {audit.objective!r}",
    )
    head: tuple[Output, ...] = (
        Text("变量", "variable"),
        Text("单元格", "cell"),
        Text("自身数据", "own data"),
        Text("Σλ·标杆", "sum of lambda x peer"),
        Text("松弛", "slack"),
        Text("目标系数", "price of a slack"),
        Text("贡献", "contribution"),
        Text("方向", "direction"),
        Text("对偶", "dual"),
    )
    combined = audit.lambdas @ audit.coefficients
    lines: list[tuple[Output, ...]] = []
    for i, name in enumerate(audit.names):
        price, slack = audit.prices[i], audit.slacks[i]
        numbers = (audit.own[i], combined[i], slack, price, price * slack, audit.direction[i], audit.duals[i])
        lines.append((name, table.where(program.row, columns[i]), *(number_cell(float(n)) for n in numbers)))
    return Section(title, (head, *lines))


def _peers(table: Table, production: Production, columns: Sequence[int], audit: LinearProgramAudit) -> Section:
    """A row a peer: lambda, its data and where they stand."""
    used = np.flatnonzero(audit.lambdas > _PEER)
    order = used[np.argsort(-audit.lambdas[used])].tolist()
    lines: list[tuple[Output, ...]] = []
    for position in order:
        row = int(audit.reference[position])
        where = f"{table.where(row, min(columns))}:{table.where(row, max(columns)).rpartition('!')[2]}"
        data = (float(value) for value in audit.coefficients[position])
        lines.append((production.unit_year(row), where, float(audit.lambdas[position]), *data))
    head: tuple[Output, ...] = (Text("标杆", "peer"), Text("单元格", "cells"), "λ", *audit.names)
    return Section(Text("标杆", "Peers"), (head, *lines))


_ROLES = {
    "own": Text("本期前沿", "frontier of the own year"),
    "common": Text("共同前沿", "common frontier"),
    "common_before": Text("上期在共同前沿", "the year before on the common frontier"),
    "ahead": Text("本期在上期前沿", "this year on the frontier of the year before"),
    "behind": Text("上期在本期前沿", "the year before on this year's frontier"),
}
_NEEDS = {
    "index": ("common_before", "common", "behind", "ahead", "own_before", "own"),
    "efficiency": ("own_before", "own"),
    "technical": ("common_before", "common", "behind", "ahead", "own_before", "own"),
    "cumulative": ("common_base", "common"),
}


def index_programs(
    production: Production, found: ProductivityChange, row: int, part: str, frozen: tuple[int, int] | None, gaps: Gaps
) -> tuple[list[Program], Section]:
    """The programs that one cell of an index rests on, and how they combine.

    Parameters
    ----------
    part : {"index", "efficiency", "technical", "cumulative"}
        Which column of the result.
    """
    previous = predecessors(production, gaps).rows
    parts, pools = comparisons(production, previous, found.reference, frozen)

    def program(role: str, target: int, label: Text) -> list[Program]:
        for comparison in parts:
            position = np.flatnonzero(comparison.target == target)
            if comparison.role == role and len(position):
                at = int(position[0])
                return [Program(label, int(comparison.rows[at]), pools[comparison.pool_of[at]])]
        return []

    before, base = int(previous[row]), _base_row(production, found, row)
    circular = found.reference == "global"
    needs = _NEEDS[part]
    if part == "index" and not np.isnan(found.scores.common).all():
        needs = needs[:2]
    programs: list[Program] = []
    for need in needs:
        role, _, of = need.partition("_") if need.endswith(("own_before", "_base")) else (need, "", "")
        if need == "common_before" and circular:
            role, of = "common", "before"
        target = {"before": before, "base": base}.get(of, row)
        if target >= 0:
            programs += program(role, target, _ROLES[role])
    return programs, _combination(production, found, row, before, base)


def _base_row(production: Production, found: ProductivityChange, row: int) -> int:
    """The row in which the cumulative index of a row's unit is 1."""
    rows = np.flatnonzero(production.units == production.units[row])
    years = production.years[rows]
    at = int(years.argmin()) if found.base is None else int(np.argmax(years == found.base))
    return int(rows[at])


def _combination(production: Production, found: ProductivityChange, row: int, before: int, base: int) -> Section:
    """The inefficiencies that the index compares, and what it makes of them."""
    scores = found.scores
    lines: list[tuple[Output, ...]] = [
        (Text("无效率值 S", "inefficiency S"), Text("单元", "unit"), Text("值", "value"))
    ]
    own_before = scores.own[before] if before >= 0 else np.nan
    for label, who, value in (
        (_ROLES["own"], row, scores.own[row]),
        (_ROLES["own"], before, own_before),
        (_ROLES["common"], row, scores.common[row]),
        (_ROLES["common"], before, scores.common_before[row]),
        (_ROLES["common"], base, scores.common[base]),
        (_ROLES["ahead"], row, scores.ahead[row]),
        (_ROLES["behind"], before, scores.behind[row]),
    ):
        if who >= 0 and np.isfinite(value):
            lines.append((label, production.unit_year(who), float(value)))
    for name, value in (
        (found.name, found.index[row]),
        ("EC", found.efficiency_change[row]),
        ("TC", found.technical_change[row]),
        (Text("累积指数", "cumulative"), found.cumulative[row]),
    ):
        lines.append((name, production.unit_year(row), number_cell(float(value), found.reasons[row])))
    how = (
        Text("差：S(上期)-S(本期)", "differences: S before less S now")
        if found.is_difference
        else Text("比：(1+S 上期)/(1+S 本期)", "ratios: (1+S before) / (1+S now)")
    )
    return Section(Text(f"{found.name}，{how.zh}", f"{found.name}, {how.en}"), tuple(lines))
