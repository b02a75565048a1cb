"""Placebo tests by permutation: thousands of draws at once after partialling out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from lowcarbon_xl.econometrics.design import Design, Partialled, build_design
from lowcarbon_xl.econometrics.fit import fit_design, require_least_squares
from lowcarbon_xl.econometrics.spec import ROBUST, FloatArray, IntArray, Specification
from lowcarbon_xl.econometrics.variance import group_sums
from lowcarbon_xl.errors import InputError, NotAvailableError, Text

Level = Literal["row", "unit", "year"]
DEFAULT_SEED = 20_200_922
BLOCK = 4_000_000  # numbers held at once
TIE = 1e-10  # statistics this close are the same draw up to rounding


@dataclass(frozen=True, slots=True, eq=False)
class PlaceboResult:
    """Estimates under random reassignment of one regressor.

    Attributes
    ----------
    term : str
    estimate, t : float
        On the true data; t by `statistic`.
    estimates, t_values : ndarray, shape (draws,)
        On permuted data.
    p : float
        (1 + draws with |t| at least the true one) / (1 + draws).
    p_estimate : float
        The same for |estimate|, as papers draw it. It is too small when permuted rows keep more variation within
        provinces than the true ones (the effects of the regressor are shuffled away), so judge by `p`.
    statistic : Text
        Standard errors of t: the specification's, but robust ones for Driscoll-Kraay and two clusters.
    level : {"row", "unit", "year"}
        What was reassigned: rows, whole histories of units, or units within each year.
    seed : int
    """

    term: str
    estimate: float
    t: float
    estimates: FloatArray
    t_values: FloatArray
    p: float
    p_estimate: float
    statistic: Text
    level: Level
    seed: int


def permutations(spec: Specification, rows: IntArray, *, level: Level, draws: int, seed: int) -> IntArray:
    """Which row of the sample gives each row its regressor, in every draw.

    Parameters
    ----------
    spec : Specification
        Its `unit` and `time` are needed unless `level` is ``row``.
    rows : ndarray of int, shape (N,)
        The estimation sample.
    level : {"row", "unit", "year"}
    draws, seed : int

    Returns
    -------
    ndarray of int, shape (draws, N)
        Positions within the sample.

    Raises
    ------
    InputError
        Units or years are needed but not given.
    NotAvailableError
        Histories are exchanged on a sample that is not balanced.
    """
    random = np.random.default_rng(seed)
    positions = np.arange(rows.size)
    if level == "row":
        return np.asarray(random.permuted(np.broadcast_to(positions, (draws, rows.size)), axis=1))
    if spec.unit is None or spec.time is None:
        raise InputError(
            Text(
                "按省份或年份置换需要省份列和年份列",
                "permuting by unit or within years needs the unit and time columns",
            ),
            Text("给出省份列和年份列，或按行置换", "Give both columns, or permute rows"),
        )
    unit = np.unique(spec.unit.codes[rows], return_inverse=True)[1].reshape(-1)
    year = np.unique(spec.time.values[rows], return_inverse=True)[1].reshape(-1)
    if level == "year":
        order = np.argsort(year, kind="stable")
        shuffled = np.empty((draws, rows.size), dtype=np.intp)
        for members in np.split(order, np.cumsum(np.bincount(year))[:-1]):
            shuffled[:, members] = random.permuted(np.broadcast_to(members, (draws, members.size)), axis=1)
        return shuffled
    table = _balanced_table(unit, year)
    units = random.permuted(np.broadcast_to(np.arange(table.shape[0]), (draws, table.shape[0])), axis=1)
    return np.asarray(table[units[:, unit], year[None, :]])


def _balanced_table(unit: IntArray, year: IntArray) -> IntArray:
    """Row of each unit and year, shape (units, years)."""
    shape = int(unit.max()) + 1, int(year.max()) + 1
    if unit.size != shape[0] * shape[1] or np.unique(unit * shape[1] + year).size != unit.size:
        raise NotAvailableError(
            Text(
                f"按省份置换要求平衡面板：{shape[0]} 省 x {shape[1]} 年，样本却有 {unit.size} 行",
                f"exchanging histories needs a balanced panel: {shape[0]} units x {shape[1]} years, "
                f"but the sample has {unit.size} rows",
            ),
            Text("补齐缺失，或按行置换", "Complete the panel, or permute rows"),
        )
    table = np.empty(shape, dtype=np.intp)
    table[unit, year] = np.arange(unit.size)
    return table


def placebo(
    spec: Specification, term: str, *, draws: int = 1_000, level: Level = "row", seed: int = DEFAULT_SEED
) -> PlaceboResult:
    """Placebo test: re-estimate with one regressor randomly reassigned.

    Parameters
    ----------
    spec : Specification
        Least squares.
    term : str
        The regressor to reassign; others stay where they are.
    draws : int
    level : {"row", "unit", "year"}
        ``row`` shuffles rows (the usual placebo of Chinese journals); ``unit`` gives a province another province's
        whole history, which keeps serial correlation; ``year`` shuffles provinces within each year.
    seed : int

    Returns
    -------
    PlaceboResult

    Notes
    -----
    By Frisch, Waugh & Lovell each draw is one simple regression after the effects and the other regressors are
    partialled out of the permuted column, so draws are columns of one matrix.
    """
    require_least_squares(spec)
    simple = spec.vce.kind == "dk" or len(spec.vce.clusters) > 1
    design = build_design(replace(spec, vce=ROBUST) if simple else spec)
    partialled = Partialled.of(design, term)
    permuted = permutations(spec, design.sample.rows, level=level, draws=draws, seed=seed)
    values = design.regressors[:, design.names.index(term)]
    # The mean is the same in every draw; without it the sweep loses no digits to a large level.
    centered = values - values.mean() if design.has_constant else values
    estimates, t_values = np.empty(draws), np.empty(draws)
    block = max(1, BLOCK // values.size)
    for start in range(0, draws, block):
        chosen = slice(start, min(start + block, draws))
        columns = partialled.project_off(design.absorber.residualize(centered[permuted[chosen].T]))
        estimates[chosen], t_values[chosen] = _simple_regressions(columns, partialled.y, design)
    fit = fit_design(design)
    estimate, t = float(fit.coefficients[fit.position(term)]), float(fit.t[fit.position(term)])
    return PlaceboResult(
        term,
        estimate,
        t,
        estimates,
        t_values,
        _exceedance(t_values, t),
        _exceedance(estimates, estimate),
        design.groups.label,
        level,
        seed,
    )


def _simple_regressions(columns: FloatArray, y: FloatArray, design: Design) -> tuple[FloatArray, FloatArray]:
    """Coefficient and t of y on each column alone, with the degrees of freedom of the whole model."""
    power = np.einsum("ij,ij->j", columns, columns)
    estimates = columns.T @ y / power
    groups = design.groups
    size, slopes = design.X.shape
    residuals = y[:, None] - columns * estimates
    degrees = design.absorber.degrees(groups.clusters)
    factor = groups.factor(size, slopes, degrees)
    if groups.variance.kind == "iid":
        variance = np.einsum("ij,ij->j", residuals, residuals) / (size - slopes - degrees.absorbed) / power
        return estimates, estimates / np.sqrt(variance)
    scores = columns * residuals
    if groups.clusters:
        scores = group_sums(scores, groups.clusters[0])
    return estimates, estimates / np.sqrt(factor * np.einsum("ij,ij->j", scores, scores)) * power


def _exceedance(draws: FloatArray, actual: float) -> float:
    if math.isnan(actual) or np.isnan(draws).any():
        return math.nan
    return float((1 + (np.abs(draws) >= abs(actual) * (1 - TIE)).sum()) / (1 + draws.size))
