"""One unit's linear program in the data's own units, so that anybody can check it by multiplying and adding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.errors import InputError, NotAvailableError, Text
from lowcarbon_xl.productivity.conventions import Measure, direction_of
from lowcarbon_xl.productivity.evaluation import Evaluation, status_text
from lowcarbon_xl.productivity.measures import measure_units
from lowcarbon_xl.productivity.technology import BoolArray, FloatArray, IntArray, Production


@dataclass(frozen=True, slots=True)
class LinearProgramAudit:
    """Everything that proves one score. K reference units, m variables (inputs, goods, bads).

    Primal:  for every variable i   sum_j lambda_j a_ji + sign_i (slack_i + step x direction_i) = own_i;  objective =
    sum_i price_i slack_i + step (radial).
    Dual:    for every unit j   sum_i u_i a_ji + u_0 >= 0;  for every variable   sign_i u_i >= price_i;  radial: sum_i
    sign_i u_i direction_i = 1;  objective = sum_i u_i own_i + u_0. Equal objectives prove each other.

    Attributes
    ----------
    measure : Measure
    row : int
        The unit measured.
    names : tuple of str, length m
    signs, own : float array, shape (m,)
        +1 inputs and bads, -1 goods; the unit's own data.
    reference : int array, shape (K,)
        Rows of the reference units.
    coefficients : float array, shape (K, m)
        Their data.
    lambdas : float array, shape (K,)
    slacks, prices, direction : float array, shape (m,)
        Slacks in the data's units; what one unit of slack adds to the objective; direction of the step (0 where there
        is none).
    free_slack : bool array, shape (m,)
        Whether the constraint has a slack (False: an equality, bads under weak disposability).
    step : float
        Radial step; 0 for the other measures.
    duals : float array, shape (m,)
    scale_dual : float
        u_0, multiplier of sum(lambda) = 1; 0 under CRS.
    residuals : float array, shape (m,)
        Left side less right side of each primal constraint.
    convexity_residual : float
        sum(lambda) - 1 under VRS; 0 under CRS.
    priced : float array, shape (K,)
        Dual constraint of every reference unit, >= 0; 0 at the peers.
    dual_slacks : float array, shape (m,)
        sign_i u_i - price_i, >= 0 where the constraint has a slack.
    objective, dual_objective : float
    """

    measure: Measure
    row: int
    names: tuple[str, ...]
    signs: FloatArray
    own: FloatArray
    reference: IntArray
    coefficients: FloatArray
    lambdas: FloatArray
    slacks: FloatArray
    prices: FloatArray
    direction: FloatArray
    free_slack: BoolArray
    step: float
    duals: FloatArray
    scale_dual: float
    residuals: FloatArray
    convexity_residual: float
    priced: FloatArray
    dual_slacks: FloatArray
    objective: float
    dual_objective: float


def audit_program(
    production: Production, row: int, measure: Measure | None = None, reference: Sequence[int] | IntArray | None = None
) -> LinearProgramAudit:
    """Write out the program of one unit against some reference units (all).

    Raises
    ------
    InputError
        For Tone's ratio, whose program is not linear in the data as given.
    NotAvailableError
        When the program has no solution.
    """
    chosen = measure or Measure()
    if chosen.name == "Tone":
        raise InputError(
            Text("Tone 比率的规划不能逐项写出", "The program of Tone's ratio is not written out"),
            Text("LP 核验可用 measure=SBM、radial、NDDF", "Use measure=SBM, radial or NDDF"),
        )
    pool = np.arange(production.n_rows) if reference is None else np.unique(np.asarray(reference, dtype=np.intp))
    found = measure_units(production, chosen, pool, [row])
    if found.status[0] != "optimal":
        verdict = status_text(str(found.status[0]))
        raise NotAvailableError(
            Text(
                f"{production.unit_year(row)} 的规划：{verdict.zh}",
                f"The program of {production.unit_year(row)} is {verdict.en}",
            ),
            Text("换一个包含该单元的参考集", "Choose a reference that contains the unit"),
            row=row,
        )
    return _write_out(production, found, pool)


def _write_out(production: Production, found: Evaluation, pool: IntArray) -> LinearProgramAudit:
    """Lay the solution of one unit beside the data of its reference."""
    measure, row = found.measure, int(found.rows[0])
    own, coefficients = production.values[row], production.values[pool]
    used = found.peers[0] >= 0
    lambdas = np.zeros(len(pool))
    np.add.at(lambdas, np.searchsorted(pool, found.peers[0][used]), found.peer_weights[0][used])
    prices, direction, free = _objective_and_direction(production, found, row)
    step = float(found.inefficiency[0]) if measure.name == "radial" else 0.0
    duals, scale_dual, slacks = found.duals[0], float(found.scale_dual[0]), found.slacks[0]
    return LinearProgramAudit(
        measure,
        row,
        production.names,
        production.signs,
        own,
        pool,
        coefficients,
        lambdas,
        slacks,
        prices,
        direction,
        free,
        step,
        duals,
        scale_dual,
        lambdas @ coefficients + production.signs * (slacks + step * direction) - own,
        float(lambdas.sum() - 1) if measure.rts == "VRS" else 0.0,
        coefficients @ duals + scale_dual,
        production.signs * duals - prices,
        float(prices @ slacks) + step,
        float(duals @ own) + scale_dual,
    )


def _objective_and_direction(
    production: Production, found: Evaluation, row: int
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Objective per unit of slack, direction of the radial step, and which constraints have a slack, (m,) each."""
    measure, own = found.measure, production.values[row]
    m = len(own)
    span = own if measure.name == "SBM" else direction_of(production, measure, np.array([row]))[0]
    bads = np.arange(m) >= sum(production.shape[:2])
    if measure.name == "radial":
        return np.zeros(m), span, ~(bads & measure.weak)
    prices = np.where(span > 0, found.weights / np.where(span > 0, span, 1.0), 0.0)
    return prices, np.zeros(m), ~(bads & measure.weak & (span == 0))
