"""Productivity change between years: Malmquist-Luenberger and Luenberger indices over many reference technologies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.productivity.comparisons import Scores, comparisons, earlier, reasons, spread
from lowcarbon_xl.productivity.conventions import Direction, Disposability, Measure, MeasureName, Weights
from lowcarbon_xl.productivity.measures import evaluate
from lowcarbon_xl.productivity.periods import Gaps, predecessors, window_width
from lowcarbon_xl.productivity.scaling import Tasks
from lowcarbon_xl.productivity.technology import (
    FloatArray,
    IntArray,
    Production,
    ReturnsToScale,
)

IndexName = Literal["GML", "ML", "Luenberger", "GlobalLuenberger"]
DIFFERENCES = ("Luenberger", "GlobalLuenberger")
REFERENCES: dict[str, tuple[str, ...]] = {
    "GML": ("global",),
    "GlobalLuenberger": ("global",),
    "ML": ("contemporaneous", "sequential", "biennial", "window(w)"),
    "Luenberger": ("contemporaneous", "sequential", "biennial", "window(w)"),
}


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
    name, reference : str
    measure : Measure
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
    measure: Measure
    weights: FloatArray
    base: int | None
    infeasible: int
    worst_certificate: float
    solvers: tuple[str, ...]
    notes: tuple[Text, ...]

    @property
    def rts(self) -> ReturnsToScale:
        """Returns to scale."""
        return self.measure.rts

    @property
    def is_difference(self) -> bool:
        """Whether changes are differences (no change: 0) and not ratios (no change: 1)."""
        return self.name in DIFFERENCES


def malmquist(
    production: Production,
    *,
    index: IndexName = "GML",
    reference: str | None = None,
    rts: ReturnsToScale = "CRS",
    measure: MeasureName = "SBM",
    weights: Weights | None = None,
    direction: Direction | None = None,
    disposability: Disposability | None = None,
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
    rts, measure, weights, direction, disposability
        See `Measure`.
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
        A reference that the index does not take, an option that the measure does not take, a gap, a base or frozen year
        that is not there.
    """
    chosen = Measure(measure, rts, weights, direction, disposability)
    return productivity_change(production, chosen, index, reference, base=base, frozen=frozen, gaps=gaps)


def productivity_change(
    production: Production,
    measure: Measure,
    index: IndexName = "GML",
    reference: str | None = None,
    *,
    base: int | None = None,
    frozen: tuple[int, int] | None = None,
    gaps: Gaps = "refuse",
) -> ProductivityChange:
    """`malmquist` for a `Measure`."""
    technology = _reference_of(index, reference)
    difference = index in DIFFERENCES
    if difference and measure.name == "Tone":
        raise InputError(
            Text(f"{index} 不能用 Tone 比率", f"{index} does not take Tone's ratio"),
            Text("改用 index=GML 或 ML，或 measure=SBM、radial、NDDF", "Use GML or ML, or measure=SBM, radial or NDDF"),
        )
    _check_years(production, base, frozen, index)
    before = predecessors(production, gaps)
    parts, pools = comparisons(production, before.rows, technology, frozen)
    tasks = Tasks(
        np.concatenate([part.rows for part in parts]), pools, np.concatenate([part.pool_of for part in parts])
    )
    found = evaluate(production, tasks, measure)
    scores = spread(parts, found.inefficiency, before.rows, production.n_rows)
    compared = scores if difference else spread(parts, found.gauge, before.rows, production.n_rows)
    change, efficiency = _changes(compared, before.rows, difference)
    return ProductivityChange(
        change,
        efficiency,
        change - efficiency if difference else change / efficiency,
        _cumulative(production, change, compared.common, technology == "global", difference, base),
        reasons(production, before, parts, pools, found.status),
        scores,
        index,
        technology,
        measure,
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


def _changes(scores: Scores, previous: IntArray, difference: bool) -> tuple[FloatArray, FloatArray]:
    """The index and its efficiency change, from scores (differences) or gauges 1 + S (ratios)."""
    own_before = earlier(scores.own, previous)
    if not np.isnan(scores.common).all():
        pairs = [(scores.common_before, scores.common)]
    else:
        pairs = [(own_before, scores.ahead), (scores.behind, scores.own)]
    if difference:
        change: FloatArray = np.mean([start - end for start, end in pairs], axis=0)
        return change, own_before - scores.own
    ratios = [start / end for start, end in pairs]
    change = ratios[0] if len(ratios) == 1 else np.sqrt(ratios[0] * ratios[1])
    return change, own_before / scores.own


def _cumulative(
    production: Production,
    change: FloatArray,
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
            result[rows] = start - now if difference else start / now
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
