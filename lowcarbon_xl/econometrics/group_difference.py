"""Does a coefficient differ between two groups? Full interaction, seemingly unrelated estimation, permutation."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lowcarbon_xl.econometrics.design import build_design, quick_slopes
from lowcarbon_xl.econometrics.distributions import chi2_tail
from lowcarbon_xl.econometrics.fit import fit_ols, solve_design
from lowcarbon_xl.econometrics.iv import fit_iv
from lowcarbon_xl.econometrics.placebo import TIE, permutations
from lowcarbon_xl.econometrics.spec import BoolArray, Column, FloatArray, Grouping, IntArray, Specification, interact
from lowcarbon_xl.econometrics.variance import group_sums
from lowcarbon_xl.errors import NotAvailableError, Text


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """A coefficient in one group minus that in the reference group.

    Attributes
    ----------
    reference, other : str
    difference, standard_error, t, p : float
        From the fully interacted model: every regressor and every fixed effect times the group.
    suest_chi2, suest_p : float
        Seemingly unrelated estimation, chi2(1); least squares with robust or one-way clustered errors.
    fisher_p : float
        Permutation of province-level labels; `fisher_draws` of them.
    notes : tuple of Text
        Why a number is NaN.
    """

    reference: str
    other: str
    difference: float
    standard_error: float
    t: float
    p: float
    suest_chi2: float
    suest_p: float
    fisher_p: float
    fisher_draws: int
    notes: tuple[Text, ...]


def group_difference(
    spec: Specification, grouping: Grouping, pair: tuple[int, int], term: str, *, draws: int, seed: int
) -> GroupDifference:
    """Compare one coefficient between two groups.

    Parameters
    ----------
    spec : Specification
        Least squares or IV.
    grouping : Grouping
    pair : (int, int)
        Codes of the reference and of the other group.
    term : str
    draws, seed : int
        Permutations; 0 for none.

    Returns
    -------
    GroupDifference
    """
    notes: list[Text] = []
    model = interacted(spec, grouping, pair)
    fit = fit_iv(model).fit if spec.endogenous else fit_ols(model)
    place = fit.position(_interaction_name(term, grouping, pair[1]))
    chi2 = _suest(spec, grouping, pair, term, notes)
    fisher = _fisher(spec, grouping, pair, term, draws, seed, notes) if draws else math.nan
    return GroupDifference(
        grouping.levels[pair[0]],
        grouping.levels[pair[1]],
        float(fit.coefficients[place]),
        float(fit.standard_errors[place]),
        float(fit.t[place]),
        float(fit.p[place]),
        chi2,
        chi2_tail(chi2, 1),
        fisher,
        draws,
        tuple(notes),
    )


def _interaction_name(term: str, grouping: Grouping, code: int) -> str:
    return f"{term}#{grouping.name}={grouping.levels[code]}"


def no_difference(reference: str, other: str, term: str) -> GroupDifference:
    """The difference when a group has no such coefficient: NaN, with the reason."""
    reason = Text(
        f"“{term}”在其中一组没有系数（共线或无法估计）",
        f"'{term}' has no coefficient in one of the groups (collinear, or not estimable)",
    )
    nan = math.nan
    return GroupDifference(reference, other, nan, nan, nan, nan, nan, nan, nan, 0, (reason,))


def interacted(spec: Specification, grouping: Grouping, pair: tuple[int, int]) -> Specification:
    """The model with every regressor, instrument and fixed effect interacted with the second of two groups.

    Parameters
    ----------
    spec : Specification
    grouping : Grouping
    pair : (int, int)
        Codes of the reference and of the other group.

    Returns
    -------
    Specification
        Its coefficients ``term#group=level`` are the differences between the groups.
    """
    inside = np.isin(grouping.codes, pair)
    indicator = (grouping.codes == pair[1]).astype(float)

    def doubled(columns: tuple[Column, ...]) -> tuple[Column, ...]:
        return columns + tuple(
            Column(_interaction_name(column.name, grouping, pair[1]), column.values * indicator) for column in columns
        )

    intercept = (
        () if spec.absorb or not spec.constant else (Column(f"{grouping.name}={grouping.levels[pair[1]]}", indicator),)
    )
    return replace(
        spec.restricted_to(inside),
        x=doubled(spec.x),
        controls=doubled(spec.controls) + intercept,
        endogenous=doubled(spec.endogenous),
        instruments=doubled(spec.instruments),
        absorb=tuple(interact(effect, grouping) for effect in spec.absorb),
    )


def _suest(spec: Specification, grouping: Grouping, pair: tuple[int, int], term: str, notes: list[Text]) -> float:
    """chi2(1) that two separately estimated coefficients are equal (White 1982; Stata's suest)."""
    if spec.endogenous or spec.vce.kind == "dk" or len(spec.vce.clusters) > 1:
        notes.append(
            Text(
                "suest 只用于最小二乘的稳健或单向聚类标准误",
                "suest covers least squares with robust or one-way clustered errors only",
            )
        )
        return math.nan
    estimates, influences, clusters, size = [], [], [], 0
    for code in pair:
        design = build_design(spec.restricted_to(grouping.codes == code))
        solution = solve_design(design)
        place = design.names.index(term)
        estimates.append(float(solution.coefficients[place]))
        influences.append(solution.design @ solution.bread[:, place] * solution.residuals)
        rows = design.sample.rows
        clusters.append(spec.vce.clusters[0].codes[rows] if spec.vce.clusters else rows)
        size += rows.size
    # One influence per cluster and model: a cluster with rows in both groups links the two estimates.
    codes = np.unique(np.concatenate(clusters), return_inverse=True)[1].reshape(-1)
    difference = np.concatenate([-influences[0], influences[1]])
    sums = group_sums(difference[:, None], codes)[:, 0]
    count = sums.size
    variance = float(sums @ sums) * count / (count - 1)
    return (estimates[1] - estimates[0]) ** 2 / variance


def _fisher(
    spec: Specification,
    grouping: Grouping,
    pair: tuple[int, int],
    term: str,
    draws: int,
    seed: int,
    notes: list[Text],
) -> float:
    """Share of label permutations whose difference is at least as large as the actual one."""
    unit = spec.unit
    if spec.endogenous or unit is None:
        notes.append(
            Text(
                "费舍尔置换检验只用于最小二乘，并需要省份列",
                "Fisher's permutation covers least squares and needs the unit column",
            )
        )
        return math.nan
    design = build_design(spec.restricted_to(np.isin(grouping.codes, pair)))
    rows = design.sample.rows
    second = grouping.codes[rows] == pair[1]
    try:
        labels = _permuted_labels(spec, unit.codes[rows], rows, second, draws, seed)
    except NotAvailableError as error:
        notes.append(error.what)
        return math.nan
    values = np.column_stack([design.outcome, design.regressors])
    codes = tuple(effect.codes[rows] for effect in spec.absorb)
    place = design.names.index(term)
    columns = ((0, list(range(1, values.shape[1]))),)

    def difference(other: BoolArray) -> float:
        one, two = (
            quick_slopes(values[part], tuple(code[part] for code in codes), columns, constant=spec.constant)[0][place]
            for part in (~other, other)
        )
        return float(two - one)

    actual = difference(second)
    drawn = np.array([difference(label) for label in labels])
    if np.isnan(drawn).any() or math.isnan(actual):
        notes.append(
            Text(
                "有的置换分组无法估计，不给费舍尔 p 值",
                "some permuted groups cannot be estimated, so there is no Fisher p-value",
            )
        )
        return math.nan
    return float((1 + (np.abs(drawn) >= abs(actual) * (1 - TIE)).sum()) / (1 + draws))


def _permuted_labels(
    spec: Specification, unit: IntArray, rows: IntArray, second: BoolArray, draws: int, seed: int
) -> NDArray[np.bool_]:
    """Labels exchanged between whole provinces, (draws, N); histories of labels when they change over time."""
    _, compact = np.unique(unit, return_inverse=True)
    compact = compact.reshape(-1)
    share: FloatArray = np.bincount(compact, second) / np.bincount(compact)
    if np.isin(share, (0.0, 1.0)).all():
        random = np.random.default_rng(seed)
        by_unit = random.permuted(np.broadcast_to(share == 1.0, (draws, share.size)), axis=1)
        return np.asarray(by_unit[:, compact])
    return np.asarray(second[permutations(spec, rows, level="unit", draws=draws, seed=seed)])
