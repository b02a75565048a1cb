"""The wild cluster bootstrap: a p-value that few clusters do not spoil, as one product of two small matrices."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from lowcarbon_xl.econometrics.design import Design, Partialled, build_design
from lowcarbon_xl.econometrics.fit import fit_design, require_least_squares
from lowcarbon_xl.econometrics.placebo import BLOCK, DEFAULT_SEED, TIE
from lowcarbon_xl.econometrics.spec import FloatArray, Grouping, Specification, clustered
from lowcarbon_xl.econometrics.variance import group_sums
from lowcarbon_xl.errors import InputError, Text


@dataclass(frozen=True, slots=True)
class WildBootstrapResult:
    """Wild cluster bootstrap of one coefficient, the null imposed.

    Attributes
    ----------
    term : str
    t : float
        Clustered t statistic on the data.
    p : float
        Symmetric p-value; NaN when `reason` says why.
    draws : int
        Sign vectors used; all 2^G of them when `enumerated`.
    clusters : int
        G.
    enumerated : bool
    seed : int
    reason : Text or None
    """

    term: str
    t: float
    p: float
    draws: int
    clusters: int
    enumerated: bool
    seed: int
    reason: Text | None = None


def wild_cluster_bootstrap(
    spec: Specification,
    term: str,
    *,
    draws: int = 9_999,
    cluster: Grouping | None = None,
    null: float = 0.0,
    seed: int = DEFAULT_SEED,
) -> WildBootstrapResult:
    """Wild cluster bootstrap p-value with Rademacher signs and the null imposed.

    Parameters
    ----------
    spec : Specification
        Least squares.
    term : str
        Coefficient tested.
    draws : int
        Random sign vectors; when 2^G is not larger, all of them are used once instead.
    cluster : Grouping, optional
        Default: the specification's first cluster, else its unit.
    null : float
        Value of the coefficient under the null.
    seed : int

    Returns
    -------
    WildBootstrapResult

    Raises
    ------
    InputError
        Nothing to cluster by.

    Notes
    -----
    Cameron, Gelbach & Miller (2008). Every draw is a linear map of its G signs, so two G x G matrices replace
    9,999 regressions (Roodman, MacKinnon, Nielsen & Webb 2019, Stata Journal 19(1)).
    """
    require_least_squares(spec)
    chosen = _cluster_column(spec, cluster)
    grouped = replace(spec, vce=clustered(chosen))
    design = build_design(grouped)
    partialled = Partialled.of(design, term)
    fit = fit_design(design)
    position = fit.position(term)
    count = design.groups.cluster_counts[0]
    t = (float(fit.coefficients[position]) - null) / float(fit.standard_errors[position] or math.nan)
    if math.isnan(t):
        return WildBootstrapResult(term, t, math.nan, 0, count, False, seed, fit.notes[0] if fit.notes else None)
    numerator, scores = _sign_maps(design, partialled, null)
    enumerated = count <= 30 and 2**count <= draws + 1
    total = 2**count if enumerated else draws
    exceeding = _count_exceeding(numerator, scores, total, enumerated, seed)
    p = exceeding / total if enumerated else (1 + exceeding) / (1 + total)
    return WildBootstrapResult(term, t, p, total, count, enumerated, seed)


def _cluster_column(spec: Specification, cluster: Grouping | None) -> Grouping:
    chosen = cluster or (spec.vce.clusters[0] if spec.vce.clusters else spec.unit)
    if chosen is None:
        raise InputError(
            Text("wild bootstrap 需要聚类列", "the wild bootstrap needs a cluster column"),
            Text("写 vce=cluster(省份)", "Write vce=cluster(province)"),
        )
    return chosen


def _sign_maps(design: Design, partialled: Partialled, null: float) -> tuple[FloatArray, FloatArray]:
    """Maps from signs v to x'u* (a vector) and to the G cluster scores of the bootstrap regression (G x G)."""
    restricted = partialled.y - null * partialled.x
    clusters, count = design.groups.clusters[0], design.groups.cluster_counts[0]
    moved = np.empty((count, count))
    block = max(1, BLOCK // restricted.size)
    for start in range(0, count, block):
        wanted = np.arange(start, min(start + block, count))
        alone = np.where(clusters[:, None] == wanted, restricted[:, None], 0.0)
        residual = partialled.project_off(design.absorber.residualize(alone))
        moved[:, wanted] = group_sums(partialled.x[:, None] * residual, clusters)
    numerator = moved.sum(axis=0)
    weight = group_sums((partialled.x**2)[:, None], clusters)[:, 0]
    return numerator, moved - np.outer(weight / weight.sum(), numerator)


def _count_exceeding(numerator: FloatArray, scores: FloatArray, total: int, enumerated: bool, seed: int) -> int:
    """Draws whose |t| is at least the actual one, which is the draw of all signs +1."""
    count = numerator.size
    random = np.random.default_rng(seed)
    actual = numerator.sum() ** 2 / (scores.sum(axis=1) ** 2).sum()
    exceeding = 0
    block = max(1, BLOCK // count)
    for start in range(0, total, block):
        size = min(block, total - start)
        if enumerated:
            bits = (np.arange(start, start + size)[None, :] >> np.arange(count)[:, None]) & 1
        else:
            bits = random.integers(0, 2, size=(count, size), dtype=np.int8)
        signs = 2.0 * bits - 1.0
        # Squares compared without a division: a draw may have no variance at all.
        squares = (numerator @ signs) ** 2
        exceeding += int((squares >= actual * (1 - TIE) * ((scores @ signs) ** 2).sum(axis=0)).sum())
    return exceeding
