"""How far each unit is from the frontier: slacks-based, radial and non-radial distances, and Tone's ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lowcarbon_xl.productivity.certify import Solutions, solve
from lowcarbon_xl.productivity.conventions import Measure, Weights, direction_of, slack_weights
from lowcarbon_xl.productivity.evaluation import Evaluation, ProofRange, read_solutions
from lowcarbon_xl.productivity.frontier import frames, likely_peers
from lowcarbon_xl.productivity.pricing import solve_by_pricing
from lowcarbon_xl.productivity.programs import ratio_programs, slack_programs, step_programs
from lowcarbon_xl.productivity.scaling import Scaled, Tasks, scaled
from lowcarbon_xl.productivity.simplex import Programs
from lowcarbon_xl.productivity.technology import IntArray, Production, ReturnsToScale

# Below this many prices, dual feasibility is proved over every reference unit; above, over the frame, which dominates
# the rest.
FULL_PROOF = 4_000_000
# Certificates hold to 1e-10, so a score below this cannot be told from 0.
EFFICIENT = 1e-9


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
    return measure_units(production, Measure("SBM", rts=rts, weights=weights), reference, rows)


def measure_units(
    production: Production,
    measure: Measure,
    reference: Sequence[int] | IntArray | None = None,
    rows: Sequence[int] | IntArray | None = None,
) -> Evaluation:
    """Any measure of some units (all) against some reference units (all); see `Measure` for its options."""
    everyone = np.arange(production.n_rows)
    pool = everyone if reference is None else np.unique(np.asarray(reference, dtype=np.intp))
    measured = everyone if rows is None else np.asarray(rows, dtype=np.intp)
    return evaluate(production, Tasks(measured, (pool,), np.zeros(len(measured), dtype=np.intp)), measure)


def measure_by_year(production: Production, measure: Measure) -> Evaluation:
    """Any measure of every unit against the units of its own year."""
    years, year_of = np.unique(production.years, return_inverse=True)
    pools = tuple(np.flatnonzero(year_of == year) for year in range(len(years)))
    return evaluate(production, Tasks(np.arange(production.n_rows), pools, year_of), measure)


def efficient_units(production: Production, measure: Measure, *, by_year: bool = True) -> dict[int, IntArray]:
    """Rows on the frontier of each year (`by_year`), or of all years, listed by year."""
    found = measure_by_year(production, measure) if by_year else measure_units(production, measure)
    efficient = np.abs(found.inefficiency) <= EFFICIENT
    return {
        year: np.flatnonzero(efficient & (production.years == year)) for year in np.unique(production.years).tolist()
    }


def energy_efficiency(
    production: Production, energy: str, *, rts: ReturnsToScale = "CRS", by_year: bool = True
) -> Evaluation:
    """Energy-only efficiency: the largest share of energy that could be saved with everything else no worse.

    An SBM measure with all weight on `energy`; `inefficiency` is the share saved and 1 - inefficiency is target over
    actual energy (total-factor energy efficiency, Hu and Wang 2006, Energy Policy 34(17)).
    """
    weights = np.zeros(len(production.names))
    weights[production.column_of(energy)] = 1.0
    measure = Measure("SBM", rts=rts, weights=tuple(weights))
    return measure_by_year(production, measure) if by_year else measure_units(production, measure)


def evaluate(production: Production, tasks: Tasks, measure: Measure) -> Evaluation:
    """Measure many units against many technologies at once: each task names its row and its pool of rows.

    Returns
    -------
    Evaluation
        In the order of the tasks.
    """
    data = scaled(production, measure.rts)
    ordered, place = tasks.in_pool_order()
    programs, equal = _programs(production, data, ordered, measure)
    solved, proof = _solve_weak(data, programs) if equal else _solve_free(data, ordered, programs)
    return read_solutions(production, data, ordered, measure, programs, solved, proof).take(place)


def _programs(production: Production, data: Scaled, tasks: Tasks, measure: Measure) -> tuple[Programs, bool]:
    """The programs of a measure over whole pools, and whether any bad is an equality in them."""
    inside = tasks.own_in_pool()
    if measure.name == "Tone":
        return ratio_programs(data, tasks, inside, production.shape), False
    own = production.values[tasks.rows]
    weights = slack_weights(production, measure)
    if measure.name == "SBM":
        cost = weights * (own > 0)
        return slack_programs(data, tasks, inside, weights[None, :] if (own > 0).all() else cost), False
    relative = direction_of(production, measure, tasks.rows) / np.where(own > 0, own, data.size[tasks.rows][:, None])
    bads = np.arange(own.shape[1]) >= sum(production.shape[:2])
    weak = bads & measure.weak
    if measure.name == "radial":
        return step_programs(data, tasks, inside, relative, np.broadcast_to(weak, own.shape)), bool(weak.any())
    # A bad that NDDF moves by a step >= 0 of its own may fall freely; one that it does not move is an equality.
    equal = weak & (relative == 0) & (own > 0)
    cost = np.where(relative > 0, weights / np.where(relative > 0, relative, 1.0), 0.0)
    return slack_programs(data, tasks, inside, cost, equal), bool(equal.any())


def _solve_free(data: Scaled, tasks: Tasks, programs: Programs) -> tuple[Solutions, ProofRange]:
    """Free disposal: solve on frames, prove over whole pools where that is cheap."""
    spanning = replace(programs, pools=frames(data, tasks.pools))
    prices = int(np.array([len(pool) for pool in tasks.pools])[tasks.pool_of].sum())
    if prices <= FULL_PROOF:
        return solve(spanning, proof_pools=tasks.pools), "every unit"
    return solve(spanning), "frame"


def _solve_weak(data: Scaled, programs: Programs) -> tuple[Solutions, ProofRange]:
    """Weak disposal: the frame lemma does not hold, so every unit is priced."""
    first = tuple(likely_peers(data, pool) for pool in programs.pools)
    return solve_by_pricing(programs, first), "every unit"
