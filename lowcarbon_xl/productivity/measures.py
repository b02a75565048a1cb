"""Slacks-based inefficiency of every unit: the SBM directional distance function and what follows from its slacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.productivity.certify import Solutions, solve
from lowcarbon_xl.productivity.frontier import Scaled, Tasks, frames, scaled, slack_programs
from lowcarbon_xl.productivity.technology import FloatArray, IntArray, Production, ReturnsToScale, TextArray

Weights = Literal["default", "thirds"] | Sequence[float]
# Scores below this are the rounding of an efficient unit's zero (certificates hold to 1e-10).
ZERO_SCORE = 1e-12
# Below this many prices, dual feasibility is proved over every reference unit; above, over the frame, which dominates
# the rest.
FULL_PROOF = 4_000_000


@dataclass(frozen=True, slots=True)
class Certificate:
    """Proof of each score: violations relative to the unit's own data.

    Attributes
    ----------
    primal : float array, shape (n,)
        Largest violation of a constraint or of a sign.
    dual : float array, shape (n,)
        The most that any one reference unit could still add to the score.
    gap : float array, shape (n,)
        |dual objective - primal objective| / (1 + |score|).
    proved_over : {"every unit", "frame"}
        Reference units that `dual` ran over; the frame dominates all others (lemma in `frontier`).
    """

    primal: FloatArray
    dual: FloatArray
    gap: FloatArray
    proved_over: Literal["every unit", "frame"]

    @property
    def worst(self) -> FloatArray:
        """The largest of the three, shape (n,)."""
        return np.maximum(np.maximum(self.primal, self.dual), self.gap)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of n units against a reference. Variables run over inputs, goods, bads; m = N + M + I.

    Attributes
    ----------
    measure, rts : str
        What was computed.
    weights : float array, shape (m,)
        Weight of each relative slack.
    names : tuple of str, length m
    rows : int array, shape (n,)
        Measured rows of the production data.
    inefficiency : float array, shape (n,)
        Score; 0 is efficient; NaN unless `status` is "optimal".
    slacks, targets : float array, shape (n, m)
        In the data's units; a target is the data less (inputs, bads) or plus (goods) the slack.
    contributions : float array, shape (n, m)
        Part of the score due to each variable; rows sum to `inefficiency`.
    peers : int array, shape (n, r)
        Rows of the reference units; -1 fills up. r = m, or m + 1 under VRS.
    peer_weights : float array, shape (n, r)
        Their lambdas, of the data as given.
    duals : float array, shape (n, m)
        Multipliers of the constraints in 1 / the data's units, positive on inputs and bads, negative on goods.
    scale_dual : float array, shape (n,)
        Multiplier of sum(lambda) = 1; 0 under CRS.
    certificate : Certificate
    solver : str array, shape (n,)
        "simplex" or "HiGHS".
    status : str array, shape (n,)
        "optimal", "infeasible" (proved), "unbounded" or "undecided".
    """

    measure: str
    rts: ReturnsToScale
    weights: FloatArray
    names: tuple[str, ...]
    rows: IntArray
    inefficiency: FloatArray
    slacks: FloatArray
    targets: FloatArray
    contributions: FloatArray
    peers: IntArray
    peer_weights: FloatArray
    duals: FloatArray
    scale_dual: FloatArray
    certificate: Certificate
    solver: TextArray
    status: TextArray


def slack_weights(production: Production, weights: Weights) -> FloatArray:
    """Weight of each relative slack, shape (m,).

    "default": half for inputs and half for all outputs (Fukuyama and Weber 2009); "thirds": a third each for inputs,
    goods and bads; or m numbers of the user's own, >= 0, taken as they are.
    """
    n_inputs, n_goods, n_bads = production.shape
    if isinstance(weights, str):
        if weights == "default":
            each = [1 / (2 * n_inputs), 1 / (2 * (n_goods + n_bads)), 1 / (2 * (n_goods + n_bads))]
        elif n_bads:
            each = [1 / (3 * n_inputs), 1 / (3 * n_goods), 1 / (3 * n_bads)]
        else:
            raise InputError(
                Text("没有非期望产出，不能用三分权重", "Thirds weights need a bad output and there is none"),
                Text("改用 weights=default", "Use weights=default"),
            )
        return np.repeat(each, [n_inputs, n_goods, n_bads])
    given = np.asarray(weights, dtype=np.float64)
    m = n_inputs + n_goods + n_bads
    if given.shape != (m,) or not np.isfinite(given).all() or (given < 0).any() or not (given > 0).any():
        names = ", ".join(production.names)
        raise InputError(
            Text(f"权重 {given.tolist()} 不能使用", f"Weights {given.tolist()} cannot be used"),
            Text(
                f"给出 {m} 个非负数且不全为零，次序：{names}", f"Give {m} numbers >= 0, not all 0, in the order {names}"
            ),
        )
    return given


def sbm_ddf(
    production: Production,
    reference: Sequence[int] | IntArray | None = None,
    *,
    rows: Sequence[int] | IntArray | None = None,
    rts: ReturnsToScale = "CRS",
    weights: Weights = "default",
) -> Evaluation:
    """SBM directional distance function with bad outputs, own data as direction.

    S = max sum_i w_i s_i / v_oi  subject to  X lambda + s = x, Y lambda - s = y, B lambda + s = b, lambda, s >= 0
    (VRS: sum lambda = 1). S >= 0, 0 is efficient, and S may exceed 1.

    Parameters
    ----------
    production : Production
    reference : rows, optional
        Units that span the technology; all rows when left out. A measured unit outside it may be infeasible.
    rows : rows, optional
        Units to measure; all when left out.
    rts : {"CRS", "VRS"}
    weights : {"default", "thirds"} or m numbers

    Returns
    -------
    Evaluation
        In the order of `rows`.

    References
    ----------
    Fukuyama, H. and Weber, W. (2009), Socio-Economic Planning Sciences 43(4), eq. (5); with undesirable outputs
    Färe, R. and Grosskopf, S. (2010), European Journal of Operational Research 200(1).
    """
    everyone = np.arange(production.n_rows)
    pool = everyone if reference is None else np.unique(np.asarray(reference, dtype=np.intp))
    measured = everyone if rows is None else np.asarray(rows, dtype=np.intp)
    tasks = Tasks(measured, (pool,), np.zeros(len(measured), dtype=np.intp))
    return evaluate_slacks(production, tasks, rts=rts, weights=weights)


def evaluate_slacks(
    production: Production, tasks: Tasks, *, rts: ReturnsToScale = "CRS", weights: Weights = "default"
) -> Evaluation:
    """`sbm_ddf` for many technologies at once: each task names its row and its pool."""
    weight = slack_weights(production, weights)
    data = scaled(production, rts)
    ordered, place = tasks.sorted()
    spanning = frames(data, ordered.pools)
    programs = slack_programs(data, Tasks(ordered.rows, spanning, ordered.pool_of), weight, ordered.own_in_pool())
    prices = sum(len(ordered.pools[pool]) for pool in ordered.pool_of.tolist())
    full = prices <= FULL_PROOF
    solved = solve(programs, proof_pools=ordered.pools if full else None)
    return _read(production, data, ordered, weight, solved, place, "every unit" if full else "frame")


def _read(
    production: Production,
    data: Scaled,
    tasks: Tasks,
    weights: FloatArray,
    solved: Solutions,
    place: IntArray,
    proved_over: Literal["every unit", "frame"],
) -> Evaluation:
    """Turn the programs' solutions into slacks, peers and multipliers of the data, in the tasks' original order."""
    given = production.values[tasks.rows]
    n, m = given.shape
    optimal = solved.status == "optimal"
    own_scale = np.where(given > 0, given, data.size[tasks.rows][:, None])
    relative = np.zeros((n, m))
    peers = np.full(solved.columns.shape, -1, dtype=np.intp)
    lambdas = np.zeros(solved.columns.shape)
    for position in range(solved.columns.shape[1]):
        column, level = solved.columns[:, position], np.maximum(solved.levels[:, position], 0.0)
        slack = np.flatnonzero((column >= 1) & (column <= m))
        relative[slack, column[slack] - 1] = level[slack]
        unit = np.where(column == 0, tasks.rows, column - (m + 1))
        used = ((column == 0) | (column > m)) & (level > 0)
        peers[used, position] = unit[used]
        lambdas[used, position] = (level * data.size[tasks.rows] / data.size[unit])[used]
    slacks = relative * own_scale
    nothing = np.where(optimal, 0.0, np.nan)[:, None]
    terms = weights * np.where(given > 0, relative, 0.0) + nothing
    score = np.where(np.abs(solved.value) < ZERO_SCORE, 0.0, solved.value)
    return Evaluation(
        "SBM",
        data.rts,
        weights,
        production.names,
        tasks.rows[place],
        score[place],
        (slacks + nothing)[place],
        (given - data.signs * slacks + nothing)[place],
        terms[place],
        np.where(optimal[:, None], peers, -1)[place],
        np.where(optimal[:, None], lambdas, 0.0)[place],
        (solved.duals[:, :m] / own_scale)[place],
        (solved.duals[:, m] if data.rts == "VRS" else np.zeros(n))[place],
        Certificate(solved.primal[place], solved.dual[place], solved.gap[place], proved_over),
        solved.solver[place],
        solved.status[place],
    )
