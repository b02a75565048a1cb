"""What an estimated equation reports, and the inference every estimator shares."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.econometrics.distributions import critical_t, two_sided_p
from lowcarbon_xl.econometrics.spec import FloatArray, IntArray
from lowcarbon_xl.econometrics.variance import ScoreGroups
from lowcarbon_xl.errors import InputError, Text, nearest

CONSTANT = "_cons"
FEW_CLUSTERS = 20


@dataclass(frozen=True, slots=True, eq=False)
class FitResult:
    """One estimated equation, with what a table, a trace and a referee need.

    Attributes
    ----------
    dependent : str
        Name of y.
    terms : tuple of str, length P
        Regressors in the order of the specification; ``_cons`` last where the convention reports one.
    coefficients, standard_errors, t, p, low, high : ndarray, shape (P,)
        In units of y per unit of the regressor; two-sided p; `low` and `high` bound the interval of `level`.
        NaN where the number does not exist; `notes` says why.
    vcov : ndarray, shape (P, P)
    level : float
        Coverage of the interval.
    n : int
        Rows used.
    r2, r2_adjusted, r2_within : float
        With the effects; adjusted; after the effects are taken out. IV: see its route.
    f, f_p, f_df : float, float, int
        Wald F of all slopes, its p-value and numerator degrees of freedom.
    rss, rmse : float
    df_r, df_a : float, int
        Degrees of freedom of t (infinite: normal), and absorbed.
    clusters : tuple of (str, int)
        Cluster columns and their number of clusters (Driscoll-Kraay: the periods).
    rows : ndarray of int, shape (N,)
        Zero-based rows of the data used; `residuals` (N,) follow them.
    filtered, missing, singletons : ndarray of int
        Rows left out by the filter, for missing values, as singletons.
    collinear : tuple of str
        Regressors dropped as collinear with the effects or with earlier ones.
    convention, variance : Text
        Whose conventions, and which standard errors.
    notes : tuple of Text
        What a careful reader has to know about these numbers.
    """

    dependent: str
    terms: tuple[str, ...]
    coefficients: FloatArray
    standard_errors: FloatArray
    t: FloatArray
    p: FloatArray
    low: FloatArray
    high: FloatArray
    vcov: FloatArray
    level: float
    n: int
    r2: float
    r2_adjusted: float
    r2_within: float
    f: float
    f_p: float
    f_df: int
    rss: float
    rmse: float
    df_r: float
    df_a: int
    clusters: tuple[tuple[str, int], ...]
    rows: IntArray
    residuals: FloatArray
    filtered: IntArray
    missing: IntArray
    singletons: IntArray
    collinear: tuple[str, ...]
    convention: Text
    variance: Text
    notes: tuple[Text, ...]

    def position(self, term: str) -> int:
        """Where a term stands in the arrays.

        Raises
        ------
        InputError
            When the model has no such term, or it was dropped as collinear.
        """
        if term in self.terms:
            return self.terms.index(term)
        if term in self.collinear:
            raise InputError(
                Text(f"“{term}”因共线被去掉，没有系数", f"'{term}' was dropped as collinear and has no coefficient"),
                Text("减少固定效应或控制变量", "Absorb fewer effects or drop controls"),
                column=term,
            )
        close = nearest(term, self.terms)
        raise InputError(
            Text(f"模型中没有“{term}”", f"the model has no term '{term}'"),
            Text(
                f"可用：{'、'.join(self.terms)}",
                f"Known: {', '.join(self.terms)}" + (f"; did you mean {close}?" if close else ""),
            ),
            column=term,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Inference:
    """t statistics and what follows from them; each array has shape (P,)."""

    standard_errors: FloatArray
    t: FloatArray
    p: FloatArray
    low: FloatArray
    high: FloatArray


def infer(coefficients: FloatArray, vcov: FloatArray, degrees: float, level: float) -> Inference:
    """Standard errors, t, p and interval; t and p are NaN where the standard error is 0."""
    errors = np.sqrt(np.clip(np.diag(vcov), 0, None))
    t = np.divide(coefficients, errors, out=np.full_like(errors, np.nan), where=errors > 0)
    reach = critical_t(level, degrees) * errors
    return Inference(errors, t, two_sided_p(t, degrees), coefficients - reach, coefficients + reach)


def wald(coefficients: FloatArray, vcov: FloatArray, rank: int | None) -> float:
    """Wald statistic that all `coefficients` are 0; NaN when `vcov` cannot have full rank.

    Parameters
    ----------
    coefficients, vcov : ndarray, shapes (K,) and (K, K)
    rank : int or None
        Largest rank the covariance can have (clusters); None when unbounded.
    """
    errors = np.sqrt(np.clip(np.diag(vcov), 0, None))
    if (rank is not None and rank < coefficients.size) or not (errors > 0).all():
        return math.nan
    correlation = vcov / np.outer(errors, errors)
    if np.linalg.cond(correlation) > 1e14:
        return math.nan
    scaled = coefficients / errors
    return float(scaled @ np.linalg.solve(correlation, scaled))


def few_clusters_note(groups: ScoreGroups) -> tuple[Text, ...]:
    """A warning when clustered standard errors rest on few clusters; empty otherwise."""
    if not groups.cluster_counts or groups.effective_clusters >= FEW_CLUSTERS:
        return ()
    count = groups.effective_clusters
    return (
        Text(
            f"只有 {count} 个聚类，聚类标准误容易偏小；最小二乘可看 wild bootstrap 的 p 值",
            f"only {count} clusters: clustered standard errors tend to be too small; for least squares "
            "see the wild bootstrap p-value",
        ),
    )
