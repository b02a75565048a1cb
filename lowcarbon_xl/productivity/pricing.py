"""Column generation: solve on a few reference units, price all of them, add what prices out, until nothing does.

This is how technologies are solved for which the frame lemma does not hold (weak disposability), and the certificate of
such a program always runs over every reference unit.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lowcarbon_xl.productivity.certify import Solutions, finish, run_phases
from lowcarbon_xl.productivity.simplex import (
    PRICING_TOLERANCE,
    Bases,
    Programs,
    first_bases,
    multipliers,
    pool_gains,
)
from lowcarbon_xl.productivity.technology import BoolArray, IntArray

# Pools up to this size are priced whole in every sweep: no rounds are needed.
PRICED_WHOLE = 600
ROUNDS = 200


def solve_by_pricing(programs: Programs, first_pools: tuple[IntArray, ...]) -> Solutions:
    """Solve over the programs' whole pools, starting from `first_pools`.

    Parameters
    ----------
    programs : Programs
        Whole pools.
    first_pools : tuple of int arrays
        Some likely peers of each pool.
    """
    small = [len(pool) <= PRICED_WHOLE for pool in programs.pools]
    working = tuple(
        pool if whole else first for pool, whole, first in zip(programs.pools, small, first_pools, strict=True)
    )
    bases = first_bases(programs)
    finished, outside = run_phases(replace(programs, pools=working), bases)
    rounds = 0 if all(small) else ROUNDS
    for _ in range(rounds):
        additions = _improving_units(programs, bases, finished)
        if not any(len(rows) for rows in additions):
            break
        working = tuple(np.union1d(old, new) for old, new in zip(working, additions, strict=True))
        finished, outside = run_phases(replace(programs, pools=working), bases)
    return finish(programs, bases, finished, outside)


def _improving_units(programs: Programs, bases: Bases, finished: BoolArray) -> tuple[IntArray, ...]:
    """The best unit that prices out for each program, gathered by pool; unfinished ones price for feasibility."""
    feasibility = -np.broadcast_to(programs.artificial, (programs.n_programs, programs.n_extra)).astype(np.float64)
    cost = np.where(finished[:, None], programs.cost, feasibility)
    duals = multipliers(bases.columns, bases.inverse, cost)
    found: list[list[IntArray]] = [[] for _ in programs.pools]
    for rows, pool, block in pool_gains(programs, duals, np.arange(programs.n_programs)):
        best = block.argmax(axis=1)
        improves = block[np.arange(len(best)), best] > PRICING_TOLERANCE
        found[programs.pool_of[rows.start]].append(pool[best[improves]])
    return tuple(np.unique(np.concatenate(rows)) if rows else np.empty(0, dtype=np.intp) for rows in found)
