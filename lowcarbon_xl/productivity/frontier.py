"""Reference technologies: data scaled so that every program is alike, and the few units that span each frontier.

Frame lemma (slack and strong-disposability technologies only). If o scores S_o > 0 against some pool and itself,
dropping o from any reference that contains the pool changes no score, in whatever order and however many such units
are dropped. Proof. (1) The plan behind S_o > 0 is feasible against the whole reference too, so o is not efficient
there: no efficient unit is ever dropped. (2) The efficient units span the frontier: take any plan that uses an
inefficient unit j with weight l, and put in its place l times j's own optimal plan (positive weights). Inputs and bads
do not rise, goods do not fall, sum lambda is unchanged, the slacks take up the difference, so no objective with
weights >= 0 falls. All peers of an optimal plan are efficient, for otherwise replacing one of them in the same way
would raise the optimum. QED. Limit. Under weak disposability bads are equalities: the difference in b cannot be
disposed of and (2) fails. There every column is priced instead (`weak`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.productivity.certify import solve
from lowcarbon_xl.productivity.simplex import Programs
from lowcarbon_xl.productivity.technology import BoolArray, FloatArray, IntArray, Production, ReturnsToScale

# A score above this marks a unit as dominated; below, it stays in the frame, which is always safe.
DOMINATED = 1e-9
SMALL_POOL = 48
SELF_SOLVE = 400
NEWCOMERS = 60


@dataclass(frozen=True, slots=True)
class Scaled:
    """The production data as the programs see them.

    Attributes
    ----------
    values : float array, shape (n, m)
        Under CRS every row is divided by its `size`, so that lambda <= 1 in every feasible plan and reduced costs have
        a scale.
    size : float array, shape (n,)
        Largest input or bad output relative to the median of its column (CRS); 1 under VRS, where size is part of the
        technology.
    signs : float array, shape (m,)
    years : int array, shape (n,)
    rts : {"CRS", "VRS"}
    """

    values: FloatArray
    size: FloatArray
    signs: FloatArray
    years: IntArray
    rts: ReturnsToScale


def scaled(production: Production, rts: ReturnsToScale) -> Scaled:
    """Scale production data for the programs."""
    values, signs = production.values, production.signs
    size = np.ones(len(values))
    if rts == "CRS":
        bounded = values[:, signs > 0]
        typical = np.array([np.median(column[column > 0]) if (column > 0).any() else 1.0 for column in bounded.T])
        size = (bounded / typical).max(axis=1)
    return Scaled(values / size[:, None], size, signs, production.years.astype(np.intp), rts)


@dataclass(frozen=True, slots=True)
class Tasks:
    """Which unit is measured against which technology: rows (n,), pools of rows, and the pool of each task (n,)."""

    rows: IntArray
    pools: tuple[IntArray, ...]
    pool_of: IntArray

    def sorted(self) -> tuple[Tasks, IntArray]:
        """The tasks ordered by pool, and the position in the sorted list of each original task."""
        order = np.argsort(self.pool_of, kind="stable")
        place = np.empty(len(order), dtype=np.intp)
        place[order] = np.arange(len(order))
        return Tasks(self.rows[order], self.pools, self.pool_of[order]), place

    def own_in_pool(self) -> BoolArray:
        """Whether the measured unit belongs to its reference, shape (n,)."""
        inside = np.zeros(len(self.rows), dtype=bool)
        for pool, members in enumerate(self.pools):
            mine = self.pool_of == pool
            inside[mine] = np.isin(self.rows[mine], members)
        return inside


def slack_programs(data: Scaled, tasks: Tasks, weights: FloatArray, own_allowed: BoolArray) -> Programs:
    """Programs of a weighted slack measure: maximise sum w_i s_i, s relative to the unit's own data.

    Extra columns: 0 the unit itself (an artificial one where it is not in its reference), 1..m the slacks.
    """
    own = data.values[tasks.rows]
    m = own.shape[1]
    vrs = data.rts == "VRS"
    positive = own > 0
    scale = np.where(positive, own, 1.0)
    plain = bool(positive.all())
    right = np.ones((1, m)) if plain else positive.astype(np.float64)
    count = len(right)
    tail = np.ones(1 if vrs else 0)
    right = np.hstack([right, np.ones((count, len(tail)))])
    extra = np.zeros((count, m + len(tail), m + 1))
    extra[:, :, 0] = right
    extra[:, np.arange(m), 1 + np.arange(m)] = data.signs
    cost = np.hstack([np.zeros((count, 1)), weights * right[:, :m]])
    start = np.tile(np.r_[1 + np.arange(m), np.zeros(len(tail))].astype(np.intp), (count, 1))
    if not vrs:
        _start_in_good_row(start, right[:, :m], data.signs)
    artificial = np.zeros((len(own), m + 1), dtype=bool)
    artificial[:, 0] = ~own_allowed
    if own_allowed.all():
        artificial = artificial[:1]
    return Programs(
        data.values, scale, tail, extra, cost, right, start, artificial, data.signs > 0, tasks.pools, tasks.pool_of
    )


def _start_in_good_row(start: IntArray, right: FloatArray, signs: FloatArray) -> None:
    """Let the unit be basic in the row of its first positive good; without one, idleness (all slacks) is feasible."""
    goods = (right > 0) & (signs < 0)
    has_good = goods.any(axis=1)
    start[has_good, goods.argmax(axis=1)[has_good]] = 0


def frames(data: Scaled, pools: Sequence[IntArray]) -> tuple[IntArray, ...]:
    """Reduce each pool to rows that span the same frontier: year by year first, then the union (lemma above)."""
    blocks: dict[bytes, IntArray] = {}
    parts: list[list[bytes]] = []
    for pool in pools:
        years = data.years[pool]
        keys = []
        for year in np.unique(years):
            block = pool[years == year]
            blocks[block.tobytes()] = block
            keys.append(block.tobytes())
        parts.append(keys)
    reduced = dict(zip(blocks, _reduce(data, list(blocks.values())), strict=True))
    unions = [np.sort(np.concatenate([reduced[key] for key in keys])) for keys in parts]
    distinct = {union.tobytes(): union for union in unions}
    again = dict(zip(distinct, _reduce(data, list(distinct.values())), strict=True))
    return tuple(again[union.tobytes()] for union in unions)


def _reduce(data: Scaled, pools: list[IntArray]) -> list[IntArray]:
    """Discard dominated rows of every pool at once: first against a few seeds, then among the survivors."""
    large = [index for index, pool in enumerate(pools) if len(pool) > SMALL_POOL]
    kept = list(pools)
    trial = {index: _seeds(data, pools[index]) for index in large}
    generator = np.random.default_rng(0)
    while large:
        survivors = _undominated(data, [kept[index] for index in large], [trial[index] for index in large])
        crowded = []
        for index, rest in zip(large, survivors, strict=True):
            finished = len(trial[index]) == len(kept[index]) and np.array_equal(trial[index], kept[index])
            slow = len(rest) > SELF_SOLVE and len(rest) <= len(kept[index]) // 2
            kept[index] = rest
            if slow:
                newcomers = generator.choice(rest, NEWCOMERS, replace=False)
                trial[index] = np.union1d(trial[index], newcomers)
            elif not finished:
                trial[index] = rest
            if slow or not finished:
                crowded.append(index)
        large = crowded
    return kept


def _undominated(data: Scaled, candidates: list[IntArray], trial: list[IntArray]) -> list[IntArray]:
    """Candidates of each group that no combination of its trial pool dominates."""
    pool_of = np.repeat(np.arange(len(candidates)), [len(rows) for rows in candidates])
    tasks = Tasks(np.concatenate(candidates), tuple(trial), pool_of)
    everyone = np.ones(len(tasks.rows), dtype=bool)
    weights = np.full(data.values.shape[1], 1.0 / data.values.shape[1])
    answers = solve(slack_programs(data, tasks, weights, everyone), second_opinion=False)
    keep = ~(answers.value > DOMINATED)
    return [tasks.rows[keep & (pool_of == group)] for group in range(len(candidates))]


def _seeds(data: Scaled, pool: IntArray) -> IntArray:
    """A few rows that are likely to span much of the frontier: best ratios, best composites, extremes of size."""
    with np.errstate(divide="ignore"):
        logs = np.maximum(np.log(data.values[pool]), -300.0)
    shrink = np.flatnonzero(data.signs > 0)
    best = [int(np.argmax(logs[:, good] - logs[:, bad])) for good in np.flatnonzero(data.signs < 0) for bad in shrink]
    composite = -(logs - logs.mean(axis=0)) @ data.signs
    best += np.argsort(-composite, kind="stable")[:5].tolist()
    if data.rts == "VRS":
        best += (-logs * data.signs).argmax(axis=0).tolist()
    return pool[np.unique(best)]
