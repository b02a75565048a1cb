"""The few units that span each frontier, found once so that everybody is measured against them alone.

Frame lemma (slack and strong-disposability technologies only). If o scores S_o > 0 against some pool and itself,
dropping o from any reference that contains the pool changes no score, in whatever order and however many such units
are dropped.

Proof. (1) The plan behind S_o > 0 is feasible against the whole reference too, so o is not efficient there: no
efficient unit is ever dropped. (2) The efficient units span the frontier: take any plan that uses an inefficient unit
j with weight l, and put in its place l times j's own optimal plan (positive weights). Inputs and bads do not rise,
goods do not fall, sum lambda is unchanged, the slacks take up the difference, so no objective with weights >= 0 falls.
All peers of an optimal plan are efficient, for otherwise replacing one of them in the same way would raise the optimum.

Limit. Under weak disposability bads are equalities: the difference in b cannot be disposed of and (2) fails. There
every column is priced instead (`pricing`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lowcarbon_xl.productivity.certify import CERTIFIED, feasible_plans
from lowcarbon_xl.productivity.programs import slack_programs
from lowcarbon_xl.productivity.scaling import Scaled, Tasks
from lowcarbon_xl.productivity.technology import IntArray

# A feasible plan that scores above this proves a unit dominated; any other stays in the frame, which is always safe.
DOMINATED = 1e-9
SMALL_POOL = 48
SELF_SOLVE = 400
NEWCOMERS = 60
# Going on against a few peers pays while a round discards a tenth of the rows.
THINNING = 0.9


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
    # One block alone is reduced already.
    mixed = {union.tobytes(): union for union, keys in zip(unions, parts, strict=True) if len(keys) > 1}
    again = dict(zip(mixed, _reduce(data, list(mixed.values())), strict=True))
    return tuple(again.get(union.tobytes(), union) for union in unions)


def _reduce(data: Scaled, pools: list[IntArray]) -> list[IntArray]:
    """Discard dominated rows of all pools at once: by a few likely peers while that thins them, then by each other."""
    kept = list(pools)
    trial = [likely_peers(data, pool) if len(pool) > SMALL_POOL else pool for pool in pools]
    open_pools = [index for index, pool in enumerate(pools) if len(pool) > SMALL_POOL]
    generator = np.random.default_rng(0)
    while open_pools:
        survivors = _undominated(data, [kept[index] for index in open_pools], [trial[index] for index in open_pools])
        still_open = []
        for index, rest in zip(open_pools, survivors, strict=True):
            before, kept[index] = kept[index], rest
            if len(trial[index]) == len(before):
                continue
            thinning = len(rest) < THINNING * len(before) or len(trial[index]) < 2 * NEWCOMERS
            if len(rest) > SELF_SOLVE and thinning:
                trial[index] = np.union1d(trial[index], generator.choice(rest, NEWCOMERS, replace=False))
            else:
                trial[index] = rest
            still_open.append(index)
        open_pools = still_open
    return kept


def _undominated(data: Scaled, candidates: list[IntArray], trial: list[IntArray]) -> list[IntArray]:
    """Candidates of each group that no combination of its trial pool dominates."""
    pool_of = np.repeat(np.arange(len(candidates)), [len(rows) for rows in candidates])
    tasks = Tasks(np.concatenate(candidates), tuple(trial), pool_of)
    everyone = np.ones(len(tasks.rows), dtype=bool)
    weights = np.where(data.values[tasks.rows] > 0, 1.0 / data.values.shape[1], 0.0)
    weights = weights[:1] if (weights > 0).all() else weights
    value, violation = feasible_plans(slack_programs(data, tasks, everyone, weights))
    keep = ~((value > DOMINATED) & (violation <= CERTIFIED))
    return [tasks.rows[keep & (pool_of == group)] for group in range(len(candidates))]


def likely_peers(data: Scaled, pool: IntArray) -> IntArray:
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
