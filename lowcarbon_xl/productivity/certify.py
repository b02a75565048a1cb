"""Solve a batch of programs and prove every answer: primal feasibility, dual feasibility over all columns, gap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lowcarbon_xl.productivity.highs import HighsAnswer, solve_by_highs
from lowcarbon_xl.productivity.simplex import (
    Bases,
    Programs,
    advance,
    basic_artificials,
    first_bases,
    matrix_columns,
    multipliers,
    pool_gains,
    priced_extra,
    take,
)
from lowcarbon_xl.productivity.technology import BoolArray, FloatArray, IntArray, TextArray

# Right sides are 1 and costs are weights, so these are relative: ten times what double arithmetic needs on plain data.
CERTIFIED = 1e-10
# What HiGHS may leave when data span eight orders of magnitude; worse than this and no number is given.
ACCEPTED = 1e-7
# A phase-1 optimum above this, beyond what its own dual error can explain, proves infeasibility (Farkas 1902).
OUTSIDE = 1e-9
# Positive reduced costs below this are rounding; only those above are weighed one by one.
ROUNDING = 1e-13


@dataclass(frozen=True, slots=True)
class Solutions:
    """What each of n programs answered, with its proof.

    Attributes
    ----------
    columns : int array, shape (n, r)
        Basic columns (``Programs`` numbering); -1 where a solution has fewer.
    levels : float array, shape (n, r)
        Values of the basic columns.
    duals : float array, shape (n, r)
        Multipliers of the rows.
    value : float array, shape (n,)
        Objective; NaN unless optimal.
    primal, dual, gap : float array, shape (n,)
        Largest violation of a row or sign; the most that any one column could still add to the objective; and the
        difference between the primal and the dual objective over 1 + |value|. All relative to right sides of 1.
    solver : str array, shape (n,)
        "simplex" or "HiGHS".
    status : str array, shape (n,)
        "optimal", "infeasible" (proved by a Farkas certificate), "unbounded" or "undecided".
    """

    columns: IntArray
    levels: FloatArray
    duals: FloatArray
    value: FloatArray
    primal: FloatArray
    dual: FloatArray
    gap: FloatArray
    solver: TextArray
    status: TextArray


def solve(programs: Programs, *, proof_pools: tuple[IntArray, ...] | None = None) -> Solutions:
    """Solve all programs by the batched simplex, certify them, and ask HiGHS about those whose certificate fails.

    Parameters
    ----------
    programs : Programs
    proof_pools : tuple of int arrays, optional
        Reference units over which dual feasibility is proved, when the programs were solved on fewer (a frame).
    """
    bases = first_bases(programs)
    finished, outside = run_phases(programs, bases)
    proof = programs if proof_pools is None else replace(programs, pools=proof_pools)
    return finish(proof, bases, finished, outside)


def finish(programs: Programs, bases: Bases, finished: BoolArray, outside: BoolArray) -> Solutions:
    """Certify final bases over the programs' pools; `finished` ended optimal, `outside` are proved infeasible."""
    columns = bases.columns
    matrix = matrix_columns(programs, np.arange(programs.n_programs), columns)
    levels, duals = polish(programs, bases, matrix, programs.cost)
    primal, dual, gap, value = certificate(programs, columns, matrix, levels, duals)
    worst = np.maximum(np.maximum(primal, dual), gap)
    status = np.where(outside, "infeasible", np.where(finished & (worst <= CERTIFIED), "optimal", "undecided"))
    solved = Solutions(
        columns, levels, duals, value, primal, dual, gap, np.full(len(value), "simplex"), status.astype("<U10")
    )
    _ask_highs(programs, solved)
    solved.value[solved.status != "optimal"] = np.nan
    return solved


def run_phases(programs: Programs, bases: Bases) -> tuple[BoolArray, BoolArray]:
    """Drive out artificial columns, then maximise: which programs finished, and which are proved infeasible."""
    n, q = programs.n_programs, programs.n_extra
    outside = np.zeros(n, dtype=bool)
    ready: BoolArray = ~_needs_artificial(programs, bases)
    first = np.flatnonzero(~ready)
    if len(first):
        cost = -np.broadcast_to(programs.artificial, (n, q)).astype(np.float64)
        ended = advance(programs, bases, cost, np.zeros((1, q), dtype=bool), first)
        ready[first] = ended[first] & ~_needs_artificial(programs, bases)[first]
        stuck = first[ended[first] & ~ready[first]]
        outside[stuck] = _proves_infeasible(programs, bases, cost, stuck)
    finished = advance(programs, bases, programs.cost, programs.artificial, np.flatnonzero(ready))
    return finished, outside


def _needs_artificial(programs: Programs, bases: Bases) -> BoolArray:
    """Programs whose current solution still uses an artificial column."""
    used = basic_artificials(programs, bases.columns, np.arange(programs.n_programs))
    needed: BoolArray = np.logical_or.reduce(np.where(used, bases.values > OUTSIDE, False), axis=1)
    return needed


def _proves_infeasible(programs: Programs, bases: Bases, cost: FloatArray, which: IntArray) -> BoolArray:
    """Farkas: multipliers that price no admissible column out, yet value the right side below zero."""
    part = select(programs, which)
    held = bases.part(which)
    matrix = matrix_columns(part, np.arange(len(which)), held.columns)
    _, duals = polish(part, held, matrix, cost[which])
    return _is_farkas(part, duals)


def _is_farkas(programs: Programs, duals: FloatArray) -> BoolArray:
    """Whether multipliers prove infeasibility by more than their own error can explain, shape (n,)."""
    error = column_gain(programs, duals, np.zeros((1, programs.n_extra)))
    shortfall = -(duals * programs.right).sum(axis=1)
    proved: BoolArray = shortfall > OUTSIDE + duals.shape[1] * error
    return proved


def select(programs: Programs, which: IntArray) -> Programs:
    """Some of the programs; arrays that hold one row for all stay as they are."""
    shared = ("extra", "cost", "right", "start", "artificial")
    rows: dict[str, Any] = {name: take(getattr(programs, name), which) for name in shared}
    return replace(programs, scale=programs.scale[which], pool_of=programs.pool_of[which], **rows)


def feasible_plans(programs: Programs) -> tuple[FloatArray, FloatArray]:
    """Solve without proof of optimality: objective of the plans found, and their violation of a row or sign."""
    bases = first_bases(programs)
    run_phases(programs, bases)
    matrix = matrix_columns(programs, np.arange(programs.n_programs), bases.columns)
    levels = _refined_levels(programs, bases, matrix)
    return _objective(programs, bases.columns, levels), _violation(programs, bases.columns, matrix, levels)


def polish(programs: Programs, bases: Bases, matrix: FloatArray, cost: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Basic values for the true right side, and multipliers, each with one step of iterative refinement."""
    full_cost = np.broadcast_to(cost, (programs.n_programs, programs.n_extra))
    duals = multipliers(bases.columns, bases.inverse, full_cost)
    with np.errstate(over="ignore", invalid="ignore"):
        residual = _basic_cost(bases.columns, full_cost) - np.einsum("ai,aij->aj", duals, matrix)
        duals = duals + np.einsum("ai,aij->aj", residual, bases.inverse)
    return _refined_levels(programs, bases, matrix), duals


def _refined_levels(programs: Programs, bases: Bases, matrix: FloatArray) -> FloatArray:
    right = np.broadcast_to(programs.right, (programs.n_programs, matrix.shape[1]))
    with np.errstate(over="ignore", invalid="ignore"):
        levels: FloatArray = _apply(bases.inverse, right)
        levels += _apply(bases.inverse, right - _apply(matrix, levels))
    return levels


def _apply(matrices: FloatArray, vectors: FloatArray) -> FloatArray:
    products: FloatArray = np.einsum("aij,aj->ai", matrices, vectors)
    return products


def _basic_cost(columns: IntArray, cost: FloatArray) -> FloatArray:
    """Objective coefficients of basic columns (n, r); reference columns and -1 (none) cost nothing."""
    extra = (columns >= 0) & (columns < cost.shape[1])
    return np.where(extra, np.take_along_axis(cost, np.where(extra, columns, 0), axis=1), 0.0)


def _objective(programs: Programs, columns: IntArray, levels: FloatArray) -> FloatArray:
    cost = np.broadcast_to(programs.cost, (programs.n_programs, programs.n_extra))
    value: FloatArray = (_basic_cost(columns, cost) * levels).sum(axis=1)
    return value


def _violation(programs: Programs, columns: IntArray, matrix: FloatArray, levels: FloatArray) -> FloatArray:
    """Largest violation of a row, of a sign, or by an artificial column in use, shape (n,)."""
    residual = np.abs(_apply(matrix, levels) - programs.right).max(axis=1)
    artificial = basic_artificials(programs, columns, np.arange(programs.n_programs))
    forbidden = np.where(artificial, np.abs(levels), 0.0).max(axis=1)
    worst: FloatArray = np.maximum(np.maximum(residual, (-levels).max(axis=1)), forbidden)
    return np.nan_to_num(worst, nan=np.inf)


def certificate(
    programs: Programs, columns: IntArray, matrix: FloatArray, levels: FloatArray, duals: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Primal infeasibility, dual infeasibility, gap and objective of each program, shape (n,) each."""
    value = _objective(programs, columns, levels)
    gap = np.abs((duals * programs.right).sum(axis=1) - value) / (1 + np.abs(value))
    dual = column_gain(programs, duals, programs.cost)
    return _violation(programs, columns, matrix, levels), dual, np.nan_to_num(gap, nan=np.inf), value


def column_gain(programs: Programs, duals: FloatArray, cost: FloatArray) -> FloatArray:
    """The most that any one admissible column could still add to each objective, shape (n,).

    A reference column with reduced cost d and coefficients a_i in the limiting rows (inputs, bad outputs; right sides
    1) has lambda <= 1 / max a_i; `Scaled` makes lambda <= 1 as well. So it adds d / max(1, max a_i) at most.
    """
    extra = cost - priced_extra(programs, duals, np.arange(programs.n_programs))
    worst = np.where(programs.artificial, 0.0, extra).max(axis=1).clip(min=0.0)
    for rows, pool, block in pool_gains(programs, duals, np.arange(programs.n_programs)):
        which, position = np.nonzero(block > ROUNDING)
        if not len(which):
            continue
        coefficients = programs.reference[pool[position]] / programs.scale[rows][which]
        size = np.where(programs.limiting, coefficients, 0.0).max(axis=1)
        np.maximum.at(worst[rows], which, block[which, position] / np.maximum(1.0, size))
    return np.where(np.isfinite(duals).all(axis=1), worst, np.inf)


def _ask_highs(programs: Programs, solved: Solutions) -> None:
    """Solve the undecided again, one by one, and keep the better-proved of the two answers."""
    for index in np.flatnonzero(solved.status == "undecided").tolist():
        part = select(programs, np.array([index]))
        answer = solve_by_highs(part)
        if answer.status == "infeasible":
            solved.status[index] = "infeasible" if _is_farkas(part, answer.duals[None, :])[0] else "undecided"
            solved.solver[index] = "HiGHS"
            continue
        if answer.status == "optimal":
            _keep_better(part, solved, index, answer)
        worst = max(solved.primal[index], solved.dual[index], solved.gap[index])
        if answer.status == "unbounded":
            solved.status[index], solved.solver[index] = "unbounded", "HiGHS"
        elif worst <= ACCEPTED:
            solved.status[index] = "optimal"


def _keep_better(part: Programs, solved: Solutions, index: int, answer: HighsAnswer) -> None:
    """Replace a solution by HiGHS's where that is better proved."""
    columns, levels, duals = answer.columns[None, :], answer.levels[None, :], answer.duals[None, :]
    matrix = matrix_columns(part, np.array([0]), np.maximum(columns, 0))
    primal, dual, gap, value = (float(proof[0]) for proof in certificate(part, columns, matrix, levels, duals))
    if max(primal, dual, gap) < max(solved.primal[index], solved.dual[index], solved.gap[index]):
        solved.columns[index], solved.levels[index], solved.duals[index] = columns[0], levels[0], duals[0]
        solved.primal[index], solved.dual[index], solved.gap[index], solved.value[index] = primal, dual, gap, value
        solved.solver[index] = "HiGHS"
