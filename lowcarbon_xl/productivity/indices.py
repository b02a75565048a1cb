"""Productivity change between years: Malmquist-Luenberger and Luenberger indices over many reference technologies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.productivity.frontier import Tasks
from lowcarbon_xl.productivity.measures import Weights, evaluate_slacks
from lowcarbon_xl.productivity.periods import Gaps, Predecessors, predecessors, technology_years, window_width
from lowcarbon_xl.productivity.technology import (
    FloatArray,
    IntArray,
    Production,
    ReturnsToScale,
    TextArray,
)

IndexName = Literal["GML", "ML", "Luenberger", "GlobalLuenberger"]
REFERENCES: dict[str, tuple[str, ...]] = {
    "GML": ("global",),
    "GlobalLuenberger": ("global",),
    "ML": ("contemporaneous", "sequential", "biennial", "window(w)"),
    "Luenberger": ("contemporaneous", "sequential", "biennial", "window(w)"),
}


@dataclass(frozen=True, slots=True)
class Scores:
    """Inefficiencies that an index compares, shape (n,) each; NaN where infeasible or not used.

    Attributes
    ----------
    own : float array
        On the technology of the row's own year, S^t_t.
    common_before, common : float array
        Of the predecessor and of the row on the technology both share (global, biennial).
    ahead, behind : float array
        Of the row on its predecessor's technology, S^t_{t+1}, and of the predecessor on the row's, S^{t+1}_t.
    """

    own: FloatArray
    common_before: FloatArray
    common: FloatArray
    ahead: FloatArray
    behind: FloatArray


@dataclass(frozen=True, slots=True)
class ProductivityChange:
    """An index in the order of the sheet's rows, shape (n,) each. > 1 (differences: > 0) is improvement.

    Attributes
    ----------
    index, efficiency_change, technical_change : float array
        From the year before to the row's year; NaN with a reason where not available.
    cumulative : float array
        Relative to the base year, where it is 1 (differences: 0).
    reasons : tuple of (Text or None), length n
        Why `index` is NaN.
    scores : Scores
    name, reference, rts, measure : str
    weights : float array, shape (m,)
    base : int or None
        Base year of `cumulative`; None: each unit's first year.
    infeasible : int
        Number of cross-period programs without a solution.
    worst_certificate : float
        Largest violation, relative, over all programs solved.
    solvers : tuple of str
        Who answered: "simplex", "HiGHS" or both.
    notes : tuple of Text
        What the reader should know about the reference sets.
    """

    index: FloatArray
    efficiency_change: FloatArray
    technical_change: FloatArray
    cumulative: FloatArray
    reasons: tuple[Text | None, ...]
    scores: Scores
    name: IndexName
    reference: str
    rts: ReturnsToScale
    measure: str
    weights: FloatArray
    base: int | None
    infeasible: int
    worst_certificate: float
    solvers: tuple[str, ...]
    notes: tuple[Text, ...]


def malmquist(
    production: Production,
    *,
    index: IndexName = "GML",
    reference: str | None = None,
    rts: ReturnsToScale = "CRS",
    weights: Weights = "default",
    base: int | None = None,
    frozen: tuple[int, int] | None = None,
    gaps: Gaps = "refuse",
) -> ProductivityChange:
    """Productivity change of every unit from the year before.

    With S^T_t the inefficiency of year t's data on technology T:

    - GML (Oh 2010): (1 + S^G_t) / (1 + S^G_{t+1}), G the frontier of all years; circular.
    - ML (Chung, Färe and Grosskopf 1997): sqrt( (1+S^t_t)/(1+S^t_{t+1}) x (1+S^{t+1}_t)/(1+S^{t+1}_{t+1}) ).
    - Luenberger (Chambers, Färe and Grosskopf 1996), GlobalLuenberger: the same with differences of S instead of
      ratios of 1 + S.

    EC = (1 + S^t_t) / (1 + S^{t+1}_{t+1}) and TC = index / EC (differences likewise).

    Parameters
    ----------
    production : Production
    index : {"GML", "ML", "Luenberger", "GlobalLuenberger"}
    reference : str, optional
        "global" for the two global indices; for the others "contemporaneous" (default), "sequential" (Oh and Heshmati
        2010), "window(w)" or "biennial" (Pastor, Asmild and Lovell 2011: both years on the union of the two).
    rts : {"CRS", "VRS"}
    weights : {"default", "thirds"} or m numbers
    base : int, optional
        Year at which `cumulative` is 1; each unit's first year when left out.
    frozen : (int, int), optional
        First and last year of the global frontier: later data then never revise earlier values. Years outside it may
        be infeasible.
    gaps : {"refuse", "allow", "periods"}
        See `predecessors`.

    Raises
    ------
    InputError
        A reference that the index does not take, a gap, a base or frozen year that is not there.
    """
    technology = _reference_of(index, reference)
    _check_years(production, base, frozen, index)
    before = predecessors(production, gaps)
    parts, pools = _comparisons(production, before.rows, technology, frozen)
    tasks = Tasks(
        np.concatenate([part.rows for part in parts]), pools, np.concatenate([part.pool_of for part in parts])
    )
    found = evaluate_slacks(production, tasks, rts=rts, weights=weights)
    scores = _spread(parts, found.inefficiency, before.rows, production.n_rows)
    difference = index in ("Luenberger", "GlobalLuenberger")
    change, efficiency = _changes(scores, before.rows, difference)
    return ProductivityChange(
        change,
        efficiency,
        change - efficiency if difference else change / efficiency,
        _cumulative(production, change, before.rows, scores.common, technology == "global", difference, base),
        _reasons(production, before, parts, pools, found.status),
        scores,
        index,
        technology,
        rts,
        found.measure,
        found.weights,
        base,
        int((found.status == "infeasible").sum()),
        float(found.certificate.worst[found.status == "optimal"].max(initial=0.0)),
        tuple(np.unique(found.solver).tolist()),
        _notes(production),
    )


def _reference_of(index: str, reference: str | None) -> str:
    """The reference technology, checked against what the index takes."""
    if index not in REFERENCES:
        raise InputError(
            Text(f"不认识的指数“{index}”", f"Unknown index {index!r}"),
            Text(f"可用：{'、'.join(REFERENCES)}", f"Choose from: {', '.join(REFERENCES)}"),
        )
    chosen = (reference or REFERENCES[index][0]).replace(" ", "")
    kind = "window(w)" if chosen.startswith("window") else chosen
    if kind not in REFERENCES[index]:
        listed = ", ".join(REFERENCES[index])
        raise InputError(
            Text(f"{index} 不能用参考技术“{chosen}”", f"{index} does not take the reference {chosen!r}"),
            Text(f"{index} 可用：{listed}", f"{index} takes: {listed}"),
        )
    if kind == "window(w)":
        window_width(chosen)
    return chosen


def _check_years(production: Production, base: int | None, frozen: tuple[int, int] | None, index: str) -> None:
    first, last = int(production.years.min()), int(production.years.max())
    if base is not None and base not in production.years:
        raise InputError(
            Text(f"数据中没有基年 {base}", f"The base year {base} is not in the data"),
            Text(f"数据为 {first}—{last} 年", f"The data run from {first} to {last}"),
        )
    if frozen is None:
        return
    if "global" not in REFERENCES[index]:
        raise InputError(
            Text(f"{index} 没有可固定的全局前沿", f"{index} has no global frontier to freeze"),
            Text("固定前沿用于 GML 和 GlobalLuenberger", "frozen applies to GML and GlobalLuenberger"),
        )
    if not ((production.years >= frozen[0]) & (production.years <= frozen[1])).any():
        raise InputError(
            Text(f"{frozen[0]}—{frozen[1]} 年没有数据", f"There are no data in {frozen[0]}-{frozen[1]}"),
            Text(f"数据为 {first}—{last} 年", f"The data run from {first} to {last}"),
        )


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One kind of score: for each `target` row, the measured row and its pool, shape (k,) each."""

    role: Literal["own", "common_before", "common", "ahead", "behind"]
    target: IntArray
    rows: IntArray
    pool_of: IntArray


def _comparisons(
    production: Production, previous: IntArray, technology: str, frozen: tuple[int, int] | None
) -> tuple[list[_Comparison], tuple[IntArray, ...]]:
    """Every program that the index needs, and the pools of rows they refer to."""
    years = np.unique(production.years)
    year_of = np.searchsorted(years, production.years)
    spans: dict[tuple[int, ...], int] = {}
    common = technology in ("global", "biennial")
    family = "contemporaneous" if common else technology
    by_year = np.array([spans.setdefault(technology_years(years, family, year), len(spans)) for year in years.tolist()])
    everyone = np.arange(production.n_rows)
    later = np.flatnonzero(previous >= 0)
    earlier = previous[later]
    parts = [_Comparison("own", everyone, everyone, by_year[year_of])]
    if technology == "global":
        low, high = frozen or (int(years[0]), int(years[-1]))
        pool = spans.setdefault(tuple(y for y in years.tolist() if low <= y <= high), len(spans))
        parts.append(_Comparison("common", everyone, everyone, np.full(production.n_rows, pool)))
    elif technology == "biennial":
        pairs = zip(production.years[earlier].tolist(), production.years[later].tolist(), strict=True)
        both = np.array([spans.setdefault(pair, len(spans)) for pair in pairs], dtype=np.intp)
        parts += [_Comparison("common", later, later, both), _Comparison("common_before", later, earlier, both)]
    else:
        parts += [
            _Comparison("ahead", later, later, by_year[year_of[earlier]]),
            _Comparison("behind", later, earlier, by_year[year_of[later]]),
        ]
    return parts, tuple(production.rows_of(span) for span in spans)


def _spread(parts: Sequence[_Comparison], values: FloatArray, previous: IntArray, n_rows: int) -> Scores:
    """Put the scores of all programs back to the rows they are for."""
    roles = {role: np.full(n_rows, np.nan) for role in ("own", "common_before", "common", "ahead", "behind")}
    begin = 0
    for part in parts:
        roles[part.role][part.target] = values[begin : begin + len(part.rows)]
        begin += len(part.rows)
    if all(part.role != "common_before" for part in parts):
        roles["common_before"] = _earlier(roles["common"], previous)
    return Scores(**roles)


def _earlier(values: FloatArray, previous: IntArray) -> FloatArray:
    """Each row's predecessor's value, NaN where there is none."""
    return np.where(previous >= 0, values[previous], np.nan)


def _changes(scores: Scores, previous: IntArray, difference: bool) -> tuple[FloatArray, FloatArray]:
    """The index and its efficiency change."""
    own_before = _earlier(scores.own, previous)
    if not np.isnan(scores.common).all():
        pairs = [(scores.common_before, scores.common)]
    else:
        pairs = [(own_before, scores.ahead), (scores.behind, scores.own)]
    if difference:
        change: FloatArray = np.mean([start - end for start, end in pairs], axis=0)
        return change, own_before - scores.own
    ratios = [(1 + start) / (1 + end) for start, end in pairs]
    change = ratios[0] if len(ratios) == 1 else np.sqrt(ratios[0] * ratios[1])
    return change, (1 + own_before) / (1 + scores.own)


def _cumulative(
    production: Production,
    change: FloatArray,
    previous: IntArray,
    common: FloatArray,
    circular: bool,
    difference: bool,
    base: int | None,
) -> FloatArray:
    """Change since the base year: directly where the frontier is the same in all years, chained otherwise."""
    result = np.full(production.n_rows, np.nan)
    order = np.lexsort((production.years, production.units))
    edges = np.flatnonzero(np.diff(np.unique(production.units, return_inverse=True)[1][order])) + 1
    for rows in np.split(order, edges):
        at = 0 if base is None else int(np.searchsorted(production.years[rows], base))
        if at == len(rows) or (base is not None and production.years[rows[at]] != base):
            continue
        if circular:
            start, now = common[rows[at]], common[rows]
            result[rows] = start - now if difference else (1 + start) / (1 + now)
        else:
            result[rows] = _chain(change[rows], at, difference)
    return result


def _chain(links: FloatArray, at: int, difference: bool) -> FloatArray:
    """Chain one unit's links forward and backward from position `at`; a missing link leaves NaN beyond it."""
    steps = links if difference else np.log(links)
    forward = np.cumsum(steps[at + 1 :])
    backward = -np.cumsum(steps[at:0:-1])[::-1]
    path = np.concatenate([backward, [0.0], forward])
    return path if difference else np.exp(path)


def _reasons(
    production: Production,
    before: Predecessors,
    parts: Sequence[_Comparison],
    pools: tuple[IntArray, ...],
    status: TextArray,
) -> tuple[Text | None, ...]:
    """Why a row has no index: no predecessor, or the first program of its comparison that has no answer."""
    reasons = list(before.reasons)
    begin = 0
    for part in parts:
        answers = status[begin : begin + len(part.rows)]
        begin += len(part.rows)
        for position in np.flatnonzero(answers != "optimal").tolist():
            target = int(part.target[position])
            if reasons[target] is None:
                years = production.years[pools[part.pool_of[position]]]
                reasons[target] = _failure(production, int(part.rows[position]), years, str(answers[position]))
    _blame_predecessors(reasons, parts, status, before.rows)
    return tuple(reasons)


def _blame_predecessors(
    reasons: list[Text | None], parts: Sequence[_Comparison], status: TextArray, previous: IntArray
) -> None:
    """A row also lacks an index where its predecessor's score is missing."""
    scored = {part.role for part in parts}
    if "common_before" in scored or "ahead" in scored:
        return
    failed = np.zeros(len(previous), dtype=bool)
    begin = 0
    for part in parts:
        failed[part.target] |= status[begin : begin + len(part.rows)] != "optimal"
        begin += len(part.rows)
    for row in np.flatnonzero((previous >= 0) & failed[previous]).tolist():
        reasons[row] = reasons[row] or reasons[int(previous[row])]


def _failure(production: Production, row: int, years: IntArray, status: str) -> Text:
    span = f"{years.min()}" if years.min() == years.max() else f"{years.min()}-{years.max()}"
    who = production.unit_year(row)
    if status == "infeasible":
        return Text(
            f"{who} 在 {span} 年的技术之外，该跨期规划无可行解（已证明）",
            f"{who} lies outside the technology of {span}: the cross-period program is infeasible (proved)",
        )
    return Text(
        f"{who} 对 {span} 年技术的规划：{status}", f"The program of {who} on the technology of {span} is {status}"
    )


def _notes(production: Production) -> tuple[Text, ...]:
    """Years whose own frontier means little: fewer units than variables."""
    years, counts = np.unique(production.years, return_counts=True)
    m = len(production.names)
    thin = [f"{year} ({count})" for year, count in zip(years.tolist(), counts.tolist(), strict=True) if count < m]
    if not thin:
        return ()
    listed = ", ".join(thin)
    return (
        Text(
            f"这些年份的单元数少于变量数 {m}，同期前沿几乎包含所有单元：{listed}",
            f"Years with fewer units than the {m} variables, where nearly every unit is on its own frontier: {listed}",
        ),
    )
