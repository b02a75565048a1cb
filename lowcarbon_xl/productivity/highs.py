"""One program at a time by HiGHS (through SciPy): the second opinion on what the batched simplex could not certify."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lowcarbon_xl.productivity.simplex import Programs, matrix_columns
from lowcarbon_xl.productivity.technology import FloatArray, IntArray

# SciPy's status 4 means that HiGHS could not decide, not that the program is infeasible: ask its other algorithms.
METHODS = ("highs", "highs-ipm", "highs-ds")
TOLERANCES = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
# A phase-1 optimum above this leaves an artificial column in use; the caller proves infeasibility from the multipliers.
PHASE_ONE_ZERO = 1e-9


@dataclass(frozen=True, slots=True)
class HighsAnswer:
    """Basic columns (r,), their values (r,), multipliers (r,): of the program, or of its phase 1 where infeasible."""

    status: Literal["optimal", "infeasible", "unbounded", "undecided"]
    columns: IntArray
    levels: FloatArray
    duals: FloatArray


def solve_by_highs(program: Programs) -> HighsAnswer:
    """Solve a batch of one program over its pool.

    A verdict of infeasibility is never taken from a status code: phase 1 (minimise the artificial columns), which
    always has a solution, is solved and its multipliers are handed back as the Farkas certificate.
    """
    pool = program.pools[program.pool_of[0]]
    columns = np.r_[np.arange(program.n_extra), program.n_extra + pool]
    matrix = matrix_columns(program, np.array([0]), columns[None, :])[0]
    cost = np.r_[program.cost[0], np.zeros(len(pool))]
    artificial = np.r_[program.artificial[0], np.zeros(len(pool), dtype=bool)]
    result = _linprog(matrix[:, ~artificial], cost[~artificial], program.right[0])
    if result.status == 0:
        return _answer("optimal", result, columns[~artificial])
    if result.status == 3:
        return _undecided(matrix.shape[0], "unbounded")
    if not artificial.any():
        return _undecided(matrix.shape[0], "undecided")
    phase_one = _linprog(matrix, -artificial.astype(np.float64), program.right[0])
    if phase_one.status == 0 and phase_one.fun > PHASE_ONE_ZERO:
        return _answer("infeasible", phase_one, columns)
    return _undecided(matrix.shape[0], "undecided")


def _linprog(matrix: FloatArray, cost: FloatArray, right: FloatArray) -> Any:
    """Maximise; the first method that ends in a solution, else the last answer (an unbounded ray is an answer too)."""
    from scipy.optimize import linprog

    solver: Any = linprog
    for method in METHODS:
        result = solver(-cost, A_eq=matrix, b_eq=right, bounds=(0, None), method=method, options=TOLERANCES)
        if result.status in (0, 3):
            break
    return result


def _answer(status: Literal["optimal", "infeasible"], result: Any, columns: IntArray) -> HighsAnswer:
    r = len(result.eqlin.marginals)
    largest = np.argsort(-result.x, kind="stable")[:r]
    used = result.x[largest] > 0
    basic = np.full(r, -1, dtype=np.intp)
    levels = np.zeros(r)
    basic[: used.sum()] = columns[largest[used]]
    levels[: used.sum()] = result.x[largest[used]]
    return HighsAnswer(status, basic, levels, -np.asarray(result.eqlin.marginals))


def _undecided(r: int, status: Literal["unbounded", "undecided"]) -> HighsAnswer:
    return HighsAnswer(status, np.full(r, -1, dtype=np.intp), np.zeros(r), np.full(r, np.nan))
