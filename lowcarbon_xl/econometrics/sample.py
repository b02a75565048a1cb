"""Which rows are estimated on: the filter, complete rows, and no singletons; each loss is listed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.econometrics.spec import BoolArray, Grouping, IntArray, Specification
from lowcarbon_xl.errors import NotAvailableError, Text


@dataclass(frozen=True, slots=True, eq=False)
class EstimationSample:
    """The rows used and the rows lost, as zero-based row numbers of the data.

    Attributes
    ----------
    rows : ndarray of int, shape (N,)
        Rows used, ascending.
    filtered : ndarray of int
        Rows that the user's filter leaves out.
    missing : ndarray of int
        Rows dropped listwise because a variable, a fixed effect or a cluster is missing.
    singletons : ndarray of int
        Rows dropped because they are alone in a fixed effect (iteratively, as reghdfe).
    """

    rows: IntArray
    filtered: IntArray
    missing: IntArray
    singletons: IntArray


def draw_sample(spec: Specification) -> EstimationSample:
    """Choose the estimation sample of a specification.

    Parameters
    ----------
    spec : Specification
        Its filter, variables, fixed effects and clusters decide.

    Returns
    -------
    EstimationSample

    Raises
    ------
    NotAvailableError
        When no row is left; says which step took the last ones.
    """
    wanted = np.ones(spec.size, dtype=bool) if spec.sample is None else np.asarray(spec.sample, dtype=bool)
    complete = wanted & _complete_rows(spec)
    kept = complete.copy()
    groupings = _singleton_groupings(spec)
    if groupings:
        kept[np.flatnonzero(complete)[~_without_singletons(groupings, complete)]] = False
    if not kept.any():
        raise _nothing_left(spec, wanted, complete)
    return EstimationSample(
        np.flatnonzero(kept),
        np.flatnonzero(~wanted),
        np.flatnonzero(wanted & ~complete),
        np.flatnonzero(complete & ~kept),
    )


def _complete_rows(spec: Specification) -> BoolArray:
    complete = np.ones(spec.size, dtype=bool)
    for column in spec.variables:
        complete &= ~np.isnan(column.values)
    for grouping in (*spec.absorb, *spec.vce.clusters):
        complete &= grouping.codes >= 0
    if spec.vce.kind == "dk" and spec.time is not None:
        complete &= ~np.isnan(spec.time.values)
    return complete


def _singleton_groupings(spec: Specification) -> tuple[Grouping, ...]:
    """Which fixed effects drop singletons: all, but ivreg2 knows only dummies and xtivreg2 only panels."""
    if spec.keep_singletons or (spec.endogenous and spec.route == "ivreg2"):
        return ()
    return spec.absorb[:1] if spec.endogenous and spec.route == "xtivreg2" else spec.absorb


def _without_singletons(groupings: tuple[Grouping, ...], complete: BoolArray) -> BoolArray:
    codes = [grouping.codes[complete] for grouping in groupings]
    keep = np.ones(int(complete.sum()), dtype=bool)
    while True:
        before = int(keep.sum())
        for code in codes:
            counts = np.bincount(code[keep], minlength=1)
            keep[keep] = counts[code[keep]] > 1
        if int(keep.sum()) == before:
            return keep


def _nothing_left(spec: Specification, wanted: BoolArray, complete: BoolArray) -> NotAvailableError:
    if not wanted.any():
        return NotAvailableError(
            Text(f"筛选后没有样本（共 {spec.size} 行）", f"the filter leaves 0 of {spec.size} rows"),
            Text("放宽筛选条件", "Widen the filter"),
        )
    if not complete.any():
        emptiest = max(spec.variables, key=lambda column: int(np.isnan(column.values[wanted]).sum()))
        return NotAvailableError(
            Text(
                f"{int(wanted.sum())} 行都有缺失值，缺得最多的是“{emptiest.name}”",
                f"each of the {int(wanted.sum())} rows has a missing value; '{emptiest.name}' misses most",
            ),
            Text("补齐或换掉该变量", "Complete that variable or leave it out"),
            column=emptiest.name,
        )
    names = ", ".join(grouping.name for grouping in spec.absorb)
    return NotAvailableError(
        Text(
            f"{int(complete.sum())} 行在固定效应（{names}）中都是单独一组",
            f"each of the {int(complete.sum())} rows is alone in one of the fixed effects ({names})",
        ),
        Text("减少固定效应，或增加年份", "Absorb fewer effects, or add years"),
    )
