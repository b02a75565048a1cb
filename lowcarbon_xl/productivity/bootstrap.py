"""Exploratory intervals for the global index: the frontier is drawn again and again from a subsample of provinces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.indices import productivity_change
from lowcarbon_xl.productivity.measures import evaluate
from lowcarbon_xl.productivity.periods import Gaps, predecessors
from lowcarbon_xl.productivity.scaling import Tasks
from lowcarbon_xl.productivity.technology import FloatArray, IntArray, Production

EXPLORATORY = Text(
    "探索性区间：GML 的抽样分布理论尚未建立；按省整群子抽样",
    "exploratory intervals: no sampling theory of the GML is established; subsampling by whole provinces",
)
FEWEST_UNITS = 5
# Programs solved at once; each takes about a kilobyte.
TOGETHER = 100_000


@dataclass(frozen=True, slots=True)
class BootstrapIntervals:
    """Intervals around the global index, shape (n,) each; NaN where the index is.

    Attributes
    ----------
    estimate, low, high : float array
        The GML of the whole sample, and the interval.
    level : float
    replications, drawn, provinces, seed : int
        Draws; provinces in a draw; provinces in the sample; seed.
    rate : float
        Exponent of the assumed rate of convergence.
    label : Text
        That they are exploratory.
    """

    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    level: float
    replications: int
    drawn: int
    provinces: int
    seed: int
    rate: float
    label: Text


def bootstrap_gml(
    production: Production,
    measure: Measure | None = None,
    *,
    replications: int = 200,
    level: float = 0.95,
    share: float = 0.7,
    seed: int = 20240101,
    gaps: Gaps = "refuse",
) -> BootstrapIntervals:
    """Subsampling intervals of the GML by province clusters.

    Each draw takes ceil(U^share) of the U provinces without replacement, all their years, as the frontier; every unit
    is its own peer as well, so that each program has a solution. With theta the estimate and theta* the draws, the
    interval is theta less the quantiles of (theta* - theta) x (drawn / U)^rate, rate = 2 / m under CRS and 2 / (m + 1)
    under VRS, m variables (Simar, Vanhems and Wilson 2012 for the scores; for the index it is an analogy).

    Parameters
    ----------
    production : Production
    measure : Measure, optional
    replications : int
    level : float
        0.95 for 95 %.
    share : float
        Between 0 and 1.
    seed : int
    gaps
        See `predecessors`.

    Raises
    ------
    InputError
        Fewer than five provinces, or a setting outside its range.
    """
    chosen = measure or Measure()
    _check(production, replications, level, share)
    estimate = productivity_change(production, chosen, "GML", gaps=gaps).index
    names, unit_of = np.unique(production.units, return_inverse=True)
    drawn = int(np.ceil(len(names) ** share))
    generator = np.random.default_rng(seed)
    pools = tuple(
        np.flatnonzero(np.isin(unit_of, generator.choice(len(names), drawn, replace=False)))
        for _ in range(replications)
    )
    n = production.n_rows
    gauge = _drawn_gauges(production, chosen, pools)
    before = predecessors(production, gaps).rows
    draws = np.where(before >= 0, gauge[:, before], np.nan) / gauge
    m = len(production.names)
    rate = 2 / (m + (chosen.rts == "VRS"))
    low, high = np.full(n, np.nan), np.full(n, np.nan)
    known = np.isfinite(estimate) & np.isfinite(draws).all(axis=0)
    shrunk = (draws[:, known] - estimate[known]) * (drawn / len(names)) ** rate
    tail = (1 - level) / 2
    low[known] = estimate[known] - np.quantile(shrunk, 1 - tail, axis=0)
    high[known] = estimate[known] - np.quantile(shrunk, tail, axis=0)
    return BootstrapIntervals(estimate, low, high, level, replications, drawn, len(names), seed, rate, EXPLORATORY)


def _drawn_gauges(production: Production, measure: Measure, pools: Sequence[IntArray]) -> FloatArray:
    """1 + score of every row against each draw, shape (replications, n); some draws at a time, to bound memory."""
    n = production.n_rows
    together = max(1, TOGETHER // n)
    parts = []
    for begin in range(0, len(pools), together):
        some = tuple(pools[begin : begin + together])
        pool_of = np.repeat(np.arange(len(some)), n)
        tasks = Tasks(np.tile(np.arange(n), len(some)), some, pool_of, always_own=True)
        parts.append(evaluate(production, tasks, measure).gauge.reshape(len(some), n))
    return np.concatenate(parts)


def _check(production: Production, replications: int, level: float, share: float) -> None:
    units = len(np.unique(production.units))
    if units < FEWEST_UNITS:
        raise InputError(
            Text(f"只有 {units} 个单元，不足以抽样", f"{units} units are too few to draw from"),
            Text(f"至少 {FEWEST_UNITS} 个", f"At least {FEWEST_UNITS} are needed"),
        )
    if replications < 1 or not 0 < level < 1 or not 0 < share < 1:
        raise InputError(
            Text(
                f"抽样设置不对：次数 {replications}，置信水平 {level}，份额 {share}",
                f"These settings make no sense: {replications} draws, level {level}, share {share}",
            ),
            Text("次数至少 1，其余在 0 与 1 之间", "At least one draw; the others lie between 0 and 1"),
        )
