"""Problems of every kind, and their textbook linear programs solved one by one by HiGHS."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import linprog

from lowcarbon_xl.productivity.conventions import Measure, direction_of, slack_weights
from lowcarbon_xl.productivity.technology import Production, production

KINDS = ("plain", "ties", "duplicates", "proportional", "sizes", "wide")


def make_problem(seed: int) -> Production:
    """1-5 inputs, 1-3 goods, 0-3 bads, 4-40 units; ties, duplicates, proportional columns, scales to 1e8."""
    rng = np.random.default_rng(seed)
    kind = KINDS[seed % len(KINDS)]
    n_inputs, n_goods, n_bads = int(rng.integers(1, 6)), int(rng.integers(1, 4)), int(rng.integers(0, 4))
    m = n_inputs + n_goods + n_bads
    n = int(rng.integers(4, 41))
    values = rng.integers(1, 6, (n, m)).astype(float) if kind == "ties" else np.exp(rng.normal(0, 0.6, (n, m)))
    if kind == "duplicates":
        values = values[rng.integers(0, max(2, n // 3), n)] * rng.choice([1.0, 1.0, 2.0], (n, 1))
    if kind == "proportional" and n_bads:
        values[:, -1] = 2.25 * values[:, n_inputs - 1]
    if kind == "sizes":
        values *= 10 ** rng.uniform(-4, 4, (n, 1))
    if kind == "wide":
        values = values * 10 ** rng.uniform(-4, 4, (1, m))
    years = 2000 + np.arange(n) % 3
    x, y, b = np.split(values, [n_inputs, n_inputs + n_goods], axis=1)
    return production(x, y, b, [f"u{j // 3}" for j in range(n)], years)


def textbook_score(data: Production, row: int, pool: np.ndarray, measure: Measure) -> float:
    """The measure's linear program as the paper prints it, rows divided by the unit's own data; NaN if infeasible."""
    own, reference, signs = data.values[row], data.values[pool], data.signs
    m, k = len(own), len(pool)
    scaled, bads = reference / own, np.arange(m) >= sum(data.shape[:2])
    slack = np.diag(signs)
    if measure.name == "Tone":
        # variables: lambda, slacks, t (Charnes and Cooper 1962)
        n_inputs = data.shape[0]
        rows = np.hstack([scaled.T, slack, -np.ones((m, 1))])
        outputs = np.arange(m) >= n_inputs
        rows = np.vstack([rows, np.r_[np.zeros(k), outputs / outputs.sum(), 1.0]])
        right = np.r_[np.zeros(m), 1.0]
        cost = np.r_[np.zeros(k), ~outputs / n_inputs, -1.0]
        convexity = np.r_[np.ones(k), np.zeros(m), -1.0]
        bounds: list[tuple[float | None, None]] = [(0, None)] * (k + m + 1)
        convex_right = 0.0
    else:
        step = (direction_of(data, measure, np.array([row]))[0] / own) if measure.name != "SBM" else np.ones(m)
        right, convex_right = np.ones(m), 1.0
        if measure.name == "radial":
            free = slack[:, ~(bads & measure.weak)]
            rows = np.hstack([scaled.T, free, (signs * step)[:, None]])
            cost = np.r_[np.zeros(k + free.shape[1]), 1.0]
            bounds = [(0, None)] * (k + free.shape[1]) + [(None, None)]
        else:
            moved = step > 0
            idle = slack[:, ~moved & ~(bads & measure.weak)]
            rows = np.hstack([scaled.T, (slack * step)[:, moved], idle])
            cost = np.r_[np.zeros(k), slack_weights(data, measure)[moved], np.zeros(idle.shape[1])]
            bounds = [(0, None)] * rows.shape[1]
        convexity = np.r_[np.ones(k), np.zeros(rows.shape[1] - k)]
    if measure.rts == "VRS":
        rows, right = np.vstack([rows, convexity]), np.r_[right, convex_right]
    tight = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
    for method in ("highs", "highs-ipm", "highs-ds"):
        found = linprog(-cost, A_eq=rows, b_eq=right, bounds=bounds, method=method, options=tight)
        if found.status in (0, 2):
            break
    if found.status != 0:
        return float("nan")
    return 1 + (-found.fun) if measure.name == "Tone" else -found.fun


@pytest.fixture(scope="session")
def problem() -> Callable[[int], Production]:
    return make_problem


@pytest.fixture(scope="session")
def textbook() -> Callable[[Production, int, np.ndarray, Measure], float]:
    return textbook_score
