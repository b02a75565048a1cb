"""Heterogeneity: the model in every group, and whether a coefficient differs between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.group_difference import GroupDifference, group_difference, no_difference
from lowcarbon_xl.econometrics.iv import IVResult, fit_iv
from lowcarbon_xl.econometrics.placebo import DEFAULT_SEED
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.spec import BoolArray, Column, Grouping, Specification
from lowcarbon_xl.errors import InputError, NotAvailableError, Text


@dataclass(frozen=True, slots=True, eq=False)
class GroupFit:
    """The model in one group.

    Attributes
    ----------
    level : str
        The group's label.
    fit : FitResult or None
        None when it cannot be estimated; `reason` says why.
    instrumented : IVResult or None
        With its diagnostics, when the specification has instruments; `fit` is then its second stage.
    reason : Text or None
    """

    level: str
    fit: FitResult | None
    instrumented: IVResult | None
    reason: Text | None


@dataclass(frozen=True, slots=True, eq=False)
class HeterogeneityResult:
    """A model by group.

    Attributes
    ----------
    grouping, term : str
    groups : tuple of GroupFit
        In the order of the grouping's levels.
    differences : tuple of GroupDifference
        Each later group against the first.
    """

    grouping: str
    term: str
    groups: tuple[GroupFit, ...]
    differences: tuple[GroupDifference, ...]


def median_split(values: Column, *, unit: Grouping | None = None, sample: BoolArray | None = None) -> Grouping:
    """Split rows at the median: ``low`` up to it, ``high`` above.

    Parameters
    ----------
    values : Column
        n rows; rows where it is missing belong to no group.
    unit : Grouping, optional
        Given, a unit's mean over its rows is compared with the median unit, so that a province stays in one group;
        otherwise each observation is compared with the median observation.
    sample : ndarray of bool, shape (n,), optional
        Rows that define the median.

    Returns
    -------
    Grouping
        Named after the variable, levels ``("low", "high")``.
    """
    numbers = values.values
    known = ~np.isnan(numbers) if sample is None else ~np.isnan(numbers) & sample
    if unit is not None:
        known &= unit.codes >= 0
    if not known.any():
        raise NotAvailableError(
            Text(f"“{values.name}”没有可用的值", f"'{values.name}' has no value to split at"),
            Text("换一个分组变量", "Use another grouping variable"),
            column=values.name,
        )
    if unit is not None:
        present = np.unique(unit.codes[known])
        sums = np.bincount(unit.codes[known], numbers[known], len(unit.levels))
        counts = np.bincount(unit.codes[known], minlength=len(unit.levels))
        means = np.divide(sums, counts, out=np.full(counts.size, math.nan), where=counts > 0)
        cut = float(np.median(means[present]))
        numbers = np.where(unit.codes >= 0, means[unit.codes], math.nan)
    else:
        cut = float(np.median(numbers[known]))
    codes = np.where(np.isnan(numbers), -1, (numbers > cut).astype(np.intp)).astype(np.intp)
    return Grouping(values.name, codes, ("low", "high"))


def heterogeneity(
    spec: Specification, grouping: Grouping, term: str, *, draws: int = 1_000, seed: int = DEFAULT_SEED
) -> HeterogeneityResult:
    """Estimate a model in every group and test whether a coefficient differs.

    Parameters
    ----------
    spec : Specification
        Least squares or IV; `unit` (and `time` when groups change over time) for the permutation.
    grouping : Grouping
        Any number of groups, n rows.
    term : str
        Coefficient compared.
    draws : int
        Permutations; 0 for none.
    seed : int

    Returns
    -------
    HeterogeneityResult

    Raises
    ------
    InputError
        Fewer than two groups.
    """
    levels = [code for code in range(len(grouping.levels)) if (grouping.codes == code).any()]
    if len(levels) < 2:
        raise InputError(
            Text(f"分组“{grouping.name}”少于两组", f"the grouping '{grouping.name}' has fewer than two groups"),
            Text("换一个分组变量", "Use another grouping variable"),
            column=grouping.name,
        )
    groups = tuple(_group_fit(spec.restricted_to(grouping.codes == code), grouping.levels[code]) for code in levels)
    reference = levels[0]
    for group in groups:
        if group.fit is not None and term not in group.fit.collinear:
            group.fit.position(term)
    differences = tuple(
        group_difference(spec, grouping, (reference, other), term, draws=draws, seed=seed)
        if _has(group, term) and _has(groups[0], term)
        else no_difference(groups[0].level, group.level, term)
        for other, group in zip(levels[1:], groups[1:], strict=True)
    )
    return HeterogeneityResult(grouping.name, term, groups, differences)


def _has(group: GroupFit, term: str) -> bool:
    return group.fit is not None and term in group.fit.terms


def _group_fit(spec: Specification, level: str) -> GroupFit:
    try:
        if not spec.endogenous:
            return GroupFit(level, fit_ols(spec), None, None)
        instrumented = fit_iv(spec)
        return GroupFit(level, instrumented.fit, instrumented, None)
    except NotAvailableError as error:
        return GroupFit(level, None, None, error.what)
