"""Marginal abatement cost: what good output the last tonne of a bad output is worth on the frontier.

Why not from the slacks-based multipliers: they are bounded below by the weights, u_b >= w_b / b, and on provincial
data they sit exactly at that bound for nearly every unit (99.7 %), so their ratio reflects the weights and not a cost.
The radial directional distance function with weak disposability has no such bound: its multipliers are slopes of the
frontier (Färe, Grosskopf, Noh and Weber 2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.productivity.conventions import Direction, Measure, direction_of
from lowcarbon_xl.productivity.evaluation import Evaluation
from lowcarbon_xl.productivity.measures import measure_by_year, measure_units
from lowcarbon_xl.productivity.technology import BoolArray, FloatArray, Production, ReturnsToScale

# A multiplier of the good smaller than this share of the normalised total makes the ratio meaningless.
NEGLIGIBLE = 1e-9


@dataclass(frozen=True, slots=True)
class AbatementCost:
    """Units of the good per unit of the bad, shape (n,) each.

    Attributes
    ----------
    good, bad : str
    cost : float array
        At the multipliers found; NaN where the good's multiplier is 0 or the program has no solution.
    low, high : float array
        Range over all optimal multipliers: equal to `cost` where these are unique, wide at kinks of the frontier
        (efficient units); infinite where the good's multiplier may vanish.
    unique : bool array
        Whether the multipliers are unique.
    evaluation : Evaluation
        The directional distances behind it.
    """

    good: str
    bad: str
    cost: FloatArray
    low: FloatArray
    high: FloatArray
    unique: BoolArray
    evaluation: Evaluation


def abatement_cost(
    production: Production,
    *,
    good: str | None = None,
    bad: str | None = None,
    rts: ReturnsToScale = "CRS",
    direction: Direction = "output",
    by_year: bool = True,
) -> AbatementCost:
    """Marginal abatement cost from the radial directional distance function with weak disposability.

    With D the distance and u its multipliers, dy/db along the frontier is -u_b / u_y: the good output given up by
    abating one more unit of the bad. A negative value means that the frontier would let both improve.

    Parameters
    ----------
    production : Production
    good, bad : str, optional
        Names; the first of each when left out.
    rts : {"CRS", "VRS"}
    direction
        See `Measure`.
    by_year : bool
        Against the frontier of the unit's own year (True) or of all years.

    Raises
    ------
    InputError
        Without a bad output, or for a name that is not a good or a bad.
    """
    if not production.shape[2]:
        raise InputError(
            Text("没有非期望产出，谈不上减排成本", "Without a bad output there is no abatement"),
            Text("用 bad= 指定非期望产出列", "Name the column of the bad output with bad="),
        )
    good_at = _position(production, good, production.good_names)
    bad_at = _position(production, bad, production.bad_names)
    measure = Measure("radial", rts, direction=direction, disposability="weak")
    found = (measure_by_year if by_year else measure_units)(production, measure)
    cost = _ratio(found.duals, production.values, good_at, bad_at)
    cost[found.status != "optimal"] = np.nan
    unique = _unique_multipliers(found)
    low, high = cost.copy(), cost.copy()
    for row in np.flatnonzero(~unique & (found.status == "optimal")).tolist():
        pool = np.flatnonzero(production.years == production.years[row]) if by_year else np.arange(production.n_rows)
        low[row], high[row] = _range(production, measure, row, pool, float(found.inefficiency[row]), good_at, bad_at)
    return AbatementCost(production.names[good_at], production.names[bad_at], cost, low, high, unique, found)


def _position(production: Production, name: str | None, allowed: tuple[str, ...]) -> int:
    chosen = allowed[0] if name is None else name
    if chosen not in allowed:
        raise InputError(
            Text(f"“{chosen}”不在 {'、'.join(allowed)} 之中", f"{chosen!r} is not one of {', '.join(allowed)}"),
            Text("改正变量名", "Correct the name"),
        )
    return production.names.index(chosen)


def _ratio(duals: FloatArray, values: FloatArray, good: int, bad: int) -> FloatArray:
    """-u_b / u_y, NaN where the good's share of the normalised multipliers is negligible."""
    counts = np.abs(duals[:, good] * values[:, good]) > NEGLIGIBLE
    return np.where(counts, -duals[:, bad] / np.where(counts, duals[:, good], 1.0), np.nan)


def _unique_multipliers(found: Evaluation) -> BoolArray:
    """Multipliers are unique where the basic solution is not degenerate: as many positive values as constraints."""
    constraints = len(found.names) + (found.rts == "VRS")
    relative = found.slacks / np.where(found.targets > 0, found.targets, 1.0)
    positive = (found.peers >= 0) & (found.peer_weights > NEGLIGIBLE)
    count = positive.sum(axis=1) + (relative > NEGLIGIBLE).sum(axis=1) + (np.abs(found.inefficiency) > NEGLIGIBLE)
    unique: BoolArray = count >= constraints
    return unique


def _range(
    production: Production, measure: Measure, row: int, pool: Any, step: float, good: int, bad: int
) -> tuple[float, float]:
    """Smallest and largest u_b / -u_y over the optimal multipliers of one unit.

    The ratio is made linear by -u_y = 1 (in relative data), with the normalisation sum sign u g = k free: minimise and
    maximise u_b subject to u a_j + u_0 >= 0 for all j, u v + u_0 = step k, and the signs of u.
    """
    from scipy.optimize import linprog

    own, signs = production.values[row], production.signs
    m = len(own)
    scale = np.where(own > 0, own, 1.0)
    relative = direction_of(production, measure, np.array([row]))[0] / scale
    vrs = measure.rts == "VRS"
    # Variables: u (relative to own data), u_0, k.
    columns = np.hstack([production.values[pool] / scale, np.ones((len(pool), 1)), np.zeros((len(pool), 1))])
    equal = np.vstack(
        [
            np.r_[own / scale, 1.0, -step],
            np.r_[signs * relative, 0.0, -1.0],
            np.r_[-np.eye(m)[good], 0.0, 0.0],
        ]
    )
    bads = np.arange(m) >= sum(production.shape[:2])
    bounds: list[tuple[float | None, float | None]] = [
        (None, None) if is_bad else ((0, None) if sign > 0 else (None, 0))
        for is_bad, sign in zip(bads.tolist(), signs.tolist(), strict=True)
    ]
    bounds += [(None, None) if vrs else (0, 0), (0, None)]
    ends = []
    solver: Any = linprog
    for direction in (1.0, -1.0):
        result = solver(
            direction * np.eye(m + 2)[bad],
            A_ub=-columns,
            b_ub=np.zeros(len(pool)),
            A_eq=equal,
            b_eq=[0.0, 0.0, 1.0],
            bounds=bounds,
            method="highs",
        )
        if result.status == 0:
            ends.append(direction * result.fun * scale[good] / scale[bad])
        else:
            ends.append(-direction * np.inf if result.status == 3 else np.nan)
    return float(ends[0]), float(ends[1])
