"""The linear programs of the measures, row-scaled so that right sides are 1 and costs are weights.

Every program has one row per variable (scaled by the unit's own datum where that is positive), then, where they apply,
the normalisation of Tone's ratio and the convexity of variable returns. Extra column 0 is always the measured unit
itself, an artificial column where it does not belong to its reference.
"""

from __future__ import annotations

import numpy as np

from lowcarbon_xl.productivity.scaling import Scaled, Tasks
from lowcarbon_xl.productivity.simplex import Programs
from lowcarbon_xl.productivity.technology import BoolArray, FloatArray, IntArray


def slack_programs(
    data: Scaled, tasks: Tasks, own_allowed: BoolArray, cost: FloatArray, equal: BoolArray | None = None
) -> Programs:
    """Maximise the sum of cost_i s_i over relative slacks s.

    Parameters
    ----------
    data : Scaled
    tasks : Tasks
        In the order of their pools.
    own_allowed : bool array, shape (n,)
        Whether the unit may be its own peer.
    cost : float array, shape (n, m) or (1, m)
    equal : bool array, shape (m,), optional
        Rows without a slack (bads under weak disposability that the direction leaves alone).
    """
    return _assemble(data, tasks, own_allowed, cost, np.zeros(len(data.signs), bool) if equal is None else equal, None)


def step_programs(data: Scaled, tasks: Tasks, own_allowed: BoolArray, step: FloatArray, equal: BoolArray) -> Programs:
    """Maximise a common step beta, of either sign, along `step` (n, m): relative to the scaled data, >= 0.

    Columns m + 1 and m + 2 are the step forward and backward. `equal` marks bads that are weakly disposable.
    """
    return _assemble(data, tasks, own_allowed, np.zeros((1, len(data.signs))), equal, step)


def _assemble(
    data: Scaled,
    tasks: Tasks,
    own_allowed: BoolArray,
    cost: FloatArray,
    equal: BoolArray,
    step: FloatArray | None,
) -> Programs:
    own = data.values[tasks.rows]
    n, m = own.shape
    positive = own > 0
    right = np.ones((1, m)) if positive.all() else positive.astype(np.float64)
    plain = len(right) == 1 and step is None
    right = right if plain else np.broadcast_to(right, (n, m))
    convexity = int(data.rts == "VRS")
    right = np.hstack([right, np.ones((len(right), convexity))])
    q = m + 1 + (2 if step is not None else 0)
    extra = np.zeros((len(right), m + convexity, q))
    extra[:, :, 0] = right
    extra[:, np.arange(m), 1 + np.arange(m)] = data.signs
    costs = np.zeros((len(cost), q))
    costs[:, 1 : m + 1] = cost
    if step is not None:
        extra[:, :m, m + 1] = data.signs * step
        extra[:, :m, m + 2] = -data.signs * step
        costs[:, m + 1 :] = (1.0, -1.0)
    artificial = np.zeros((n, q), dtype=bool)
    artificial[:, 0] = ~own_allowed
    artificial[:, 1 : m + 1] = equal
    if (artificial == artificial[0]).all():
        artificial = artificial[:1]
    start = _first_basis(data, right, equal, step)
    return _programs(data, tasks, np.ones(int(data.rts == "VRS")), extra, costs, right, start, artificial)


def _first_basis(data: Scaled, right: FloatArray, equal: BoolArray, step: FloatArray | None) -> IntArray:
    """The unit as its own peer, the step in the first weak row that it moves, slacks or artificials elsewhere."""
    m = len(data.signs)
    start = np.tile(np.arange(1, right.shape[1] + 1), (len(right), 1))
    if data.rts == "VRS":
        start[:, m] = 0
    else:
        own_in_good_row(start, right[:, :m], data.signs)
    if step is not None:
        moved = equal & (step > 0)
        some = moved.any(axis=1)
        start[some, moved.argmax(axis=1)[some]] = m + 1
    return start


def own_in_good_row(start: IntArray, right: FloatArray, signs: FloatArray) -> None:
    """Let the unit be basic in the row of its first positive good; without one, idleness (all slacks) is feasible."""
    goods = (right > 0) & (signs < 0)
    has_good = goods.any(axis=1)
    start[has_good, goods.argmax(axis=1)[has_good]] = 0


def ratio_programs(data: Scaled, tasks: Tasks, own_allowed: BoolArray, shape: tuple[int, int, int]) -> Programs:
    """Tone's ratio, made linear by Charnes and Cooper (1962): minimise t - sum s_x / N, t + sum s_yb / (M + I) = 1.

    Column m + 1 is t; lambdas and slacks are t times the plan's.
    """
    own = data.values[tasks.rows]
    n, m = own.shape
    n_inputs, n_goods, n_bads = shape
    vrs = data.rts == "VRS"
    present = (own > 0).astype(np.float64)
    present = present[:1] if (present == 1).all() else present
    rows = m + 1 + int(vrs)
    extra = np.zeros((len(present), rows, m + 2))
    extra[:, :m, 0] = present
    extra[:, np.arange(m), 1 + np.arange(m)] = data.signs
    extra[:, m, 1 + n_inputs : m + 1] = present[:, n_inputs:] / (n_goods + n_bads)
    extra[:, :m, m + 1] = -present
    extra[:, m, m + 1] = 1.0
    if vrs:
        extra[:, m + 1, [0, m + 1]] = (1.0, -1.0)
    cost = np.zeros((len(present), m + 2))
    cost[:, 1 : n_inputs + 1] = present[:, :n_inputs] / n_inputs
    cost[:, m + 1] = -1.0
    right = np.zeros((1, rows))
    right[0, m] = 1.0
    start = np.tile(np.r_[np.arange(1, m + 2), np.zeros(int(vrs), dtype=np.intp)], (len(present), 1))
    if not vrs:
        own_in_good_row(start, present, data.signs)
    artificial = np.zeros((n, m + 2), dtype=bool)
    artificial[:, 0] = ~own_allowed
    return _programs(data, tasks, np.r_[0.0, np.ones(int(vrs))], extra, cost, right, start, artificial)


def _programs(
    data: Scaled,
    tasks: Tasks,
    tail: FloatArray,
    extra: FloatArray,
    cost: FloatArray,
    right: FloatArray,
    start: IntArray,
    artificial: BoolArray,
) -> Programs:
    """Programs whose reference columns are the data followed by `tail`, scaled by the unit's own positive data."""
    own = data.values[tasks.rows]
    return Programs(
        np.hstack([data.values, np.tile(tail, (len(data.values), 1))]),
        np.hstack([np.where(own > 0, own, 1.0), np.ones((len(own), len(tail)))]),
        extra,
        cost,
        right,
        start,
        artificial,
        np.r_[data.signs > 0, np.zeros(len(tail), dtype=bool)],
        tasks.pools,
        tasks.pool_of,
    )
