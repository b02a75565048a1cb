"""Time the whole GML (same-year and global scores, certificates on) beside a loop of SciPy's linprog; prints JSON.

    python tests/bench/bench_productivity.py [--sizes 300,5600,56000]

The loop is measured on a few units of the same run and scaled to all of them (`sampled` says how many). One process, and one core
when OMP_NUM_THREADS=1 is set. Ratios travel between machines, seconds do not.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import resource
import sys
import time
from typing import Any

import numpy as np
from scipy.optimize import linprog

from lowcarbon_xl.productivity.indices import malmquist
from lowcarbon_xl.productivity.technology import Production, production

PANELS = {300: (30, 10), 5600: (280, 20), 56000: (2800, 20)}
REPEATS = {300: 9, 5600: 5, 56000: 3}
SAMPLES = {300: 60, 5600: 20, 56000: 4}


def made_up_panel(n_units: int, n_years: int) -> Production:
    """Three inputs, one good, one bad: Cobb-Douglas with growth, half-normal inefficiency, and emissions that follow energy."""
    rng = np.random.default_rng(20240101)
    n = n_units * n_years
    year = np.tile(np.arange(n_years), n_units)
    size = np.repeat(np.exp(rng.normal(0, 1, n_units)), n_years) * 1.05**year
    inputs = size[:, None] * np.exp(rng.normal(0, 0.4, (n, 3)))
    good = (inputs ** [0.4, 0.35, 0.25]).prod(axis=1) * 1.02**year * np.exp(-np.abs(rng.normal(0, 0.3, n)))
    bad = inputs[:, 2] * 0.98**year * np.exp(rng.normal(0, 0.2, n))
    units = np.repeat([f"u{j}" for j in range(n_units)], n_years)
    return production(inputs, good, bad, units, 2000 + year)


def loop_seconds(data: Production, rts: str, sample: int) -> float:
    """Seconds of a linprog loop over all same-year and global programs, from `sample` rows of each."""
    values, signs = data.values, data.signs
    m = values.shape[1]
    weights = np.r_[np.full(3, 1 / 6), np.full(2, 1 / 4)]
    started = time.perf_counter()
    for row in np.random.default_rng(0).choice(data.n_rows, sample, replace=False).tolist():
        for pool in (values[data.years == data.years[row]], values):
            matrix = np.hstack([pool.T, np.diag(signs)])
            right = values[row]
            if rts == "VRS":
                matrix = np.vstack([matrix, np.r_[np.ones(len(pool)), np.zeros(m)]])
                right = np.r_[right, 1.0]
            cost = np.r_[np.zeros(len(pool)), weights / values[row]]
            linprog(-cost, A_eq=matrix, b_eq=right, method="highs")
    return (time.perf_counter() - started) * data.n_rows / sample


def warm_loop_seconds(data: Production, rts: str, sample: int) -> float | None:
    """Seconds of a loop over all programs that keeps one HiGHS model a pool warm; None where highspy is not installed."""
    if importlib.util.find_spec("highspy") is None:
        return None
    values, signs = data.values, data.signs
    weights = np.r_[np.full(3, 1 / 6), np.full(2, 1 / 4)]
    chosen = np.random.default_rng(0).choice(data.n_rows, sample, replace=False).tolist()
    spent = 0.0
    for by_year in (True, False):
        year = data.years[chosen[0]]
        pool = values[data.years == year] if by_year else values
        model = warm_model(pool / values.mean(axis=0), signs, rts == "VRS")
        for row in chosen:
            own = values[row] / values.mean(axis=0)
            started = time.perf_counter()
            for i, (right, weight) in enumerate(zip(own.tolist(), weights.tolist(), strict=True)):
                model.changeRowBounds(i, right, right)
                model.changeColCost(len(pool) + i, -weight / right)
            model.run()
            spent += time.perf_counter() - started
    return spent * data.n_rows / sample


def warm_model(pool: np.ndarray, signs: np.ndarray, vrs: bool) -> Any:
    """A HiGHS model of one pool, whose right side and costs change from unit to unit."""
    import highspy

    model = highspy.Highs()
    model.silent()
    count, rows = len(pool), len(signs)
    for _ in range(rows):
        model.addRow(0.0, 0.0, 0, np.array([], dtype=np.int32), np.array([]))
    if vrs:
        model.addRow(1.0, 1.0, 0, np.array([], dtype=np.int32), np.array([]))
    places = np.arange(rows + vrs, dtype=np.int32)
    for column in np.hstack([pool, np.ones((count, 1))])[:, : rows + vrs]:
        model.addCol(0.0, 0.0, np.inf, len(places), places, column)
    for i, sign in enumerate(signs.tolist()):
        model.addCol(0.0, 0.0, np.inf, 1, np.array([i], dtype=np.int32), np.array([sign]))
    return model


def measure(size: int, rts: str) -> dict[str, Any]:
    data = made_up_panel(*PANELS[size])
    malmquist(made_up_panel(4, 3), rts=rts)
    seconds = []
    for _ in range(REPEATS[size]):
        started = time.perf_counter()
        change = malmquist(data, rts=rts)
        seconds.append(time.perf_counter() - started)
    loop = loop_seconds(data, rts, SAMPLES[size])
    warm = warm_loop_seconds(data, rts, SAMPLES[size])
    return {
        "units": PANELS[size][0],
        "years": PANELS[size][1],
        "rts": rts,
        "seconds": round(float(np.median(seconds)), 4),
        "linprog_loop_seconds": round(loop, 1),
        "warm_highspy_loop_seconds": None if warm is None else round(warm, 1),
        "sampled": f"{SAMPLES[size]} of {size} units" if SAMPLES[size] < size else "all",
        "times_faster": round(loop / float(np.median(seconds))),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "on_global_frontier": int((change.scores.common == 0).sum()),
        "worst_certificate": change.worst_certificate,
        "solvers": change.solvers,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="300,5600,56000")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    report = {
        "what": "GML: same-year and global SBM-DDF scores, certificates on",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "threads": os.environ.get("OMP_NUM_THREADS", "not set"),
        "runs": [measure(size, rts) for size in sizes for rts in ("CRS", "VRS")],
    }
    json.dump(report, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
