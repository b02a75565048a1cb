"""Are the instruments valid, and was instrumenting needed? Sargan, Hansen J and the endogeneity test."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.econometrics.distributions import chi2_tail
from lowcarbon_xl.econometrics.instrumented import InstrumentedDesign
from lowcarbon_xl.econometrics.spec import FloatArray
from lowcarbon_xl.errors import Text

SINGULAR = 1e13
PERFECT_FIT = Text("完全拟合：残差只是舍入误差", "perfect fit: the residuals are rounding alone")


@dataclass(frozen=True, slots=True)
class ChiSquareTest:
    """A chi2 statistic.

    Attributes
    ----------
    name : str
        Which test.
    statistic, p : float
        NaN when it does not exist; `reason` says why.
    df : int
    reason : Text or None
    """

    name: str
    statistic: float
    df: int
    p: float
    reason: Text | None = None


def overidentification(design: InstrumentedDesign, residuals: FloatArray) -> ChiSquareTest:
    """Sargan (iid) or Hansen J (otherwise) test that all instruments are valid.

    Parameters
    ----------
    design : InstrumentedDesign
    residuals : ndarray, shape (N,)
        2SLS residuals: they weight the two-step GMM behind J.

    Returns
    -------
    ChiSquareTest
        NaN when exactly identified, or when clusters are fewer than moments.

    Notes
    -----
    Sargan (1958); Hansen (1982), as ivreg2 computes them.
    """
    iid = design.spec.vce.kind == "iid"
    name = "Sargan" if iid else "Hansen_J"
    df = design.Z.shape[1] - design.Y.shape[1]
    if df == 0:
        exact = Text("恰好识别，没有过度识别检验", "exactly identified: there is nothing to test")
        return ChiSquareTest(name, math.nan, 0, math.nan, exact)
    if design.fits_exactly(residuals):
        return ChiSquareTest(name, math.nan, df, math.nan, PERFECT_FIT)
    y, Y, Z = design.partialled()
    if iid:
        weight = Z.T @ Z * (float(residuals @ residuals) / (design.size - design.route.dofminus))
    else:
        weight = design.groups.meat(Z * residuals[:, None])
        if _too_few_clusters(design) or _singular(weight):
            return ChiSquareTest(name, math.nan, df, math.nan, _cluster_reason(design))
    statistic = _gmm_distance(Z.T @ y, Z.T @ Y, weight) * (1.0 if iid else 1 / design.large_factor())
    return ChiSquareTest(name, statistic, df, chi2_tail(statistic, df))


def endogeneity(design: InstrumentedDesign, residuals: FloatArray) -> ChiSquareTest:
    """Test that the endogenous regressors are exogenous after all, as ivreg2's ``endog()``.

    Parameters
    ----------
    design : InstrumentedDesign
    residuals : ndarray, shape (N,)
        2SLS residuals; a perfect fit leaves nothing to test.

    Returns
    -------
    ChiSquareTest
        Difference of two Sargan-Hansen statistics with one weight matrix, chi2(K1). Under iid it is
        numerically the Durbin (1954)-Wu-Hausman test.

    Notes
    -----
    Hayashi (2000), section 3.6; Baum, Schaffer & Stillman (2007), Stata Journal 7(4).
    """
    y, Y, Z = design.partialled()
    df = Y.shape[1]
    if design.fits_exactly(residuals):
        return ChiSquareTest("endogeneity", math.nan, df, math.nan, PERFECT_FIT)
    moments = np.column_stack([Z, Y])
    moments = moments / np.linalg.norm(moments, axis=0)
    ordinary = y - Y @ np.linalg.lstsq(Y, y, rcond=None)[0]
    if design.spec.vce.kind == "iid":
        weight = moments.T @ moments * (float(ordinary @ ordinary) / (design.size - design.route.dofminus))
    else:
        weight = design.groups.meat(moments * ordinary[:, None])
    excluded = Z.shape[1]
    if _too_few_clusters(design, df) or _singular(weight):
        return ChiSquareTest("endogeneity", math.nan, df, math.nan, _cluster_reason(design, df))
    scale = 1.0 if design.spec.vce.kind == "iid" else 1 / design.large_factor()
    restricted = _gmm_distance(moments.T @ y, moments.T @ Y, weight)
    free = _gmm_distance(moments[:, :excluded].T @ y, moments[:, :excluded].T @ Y, weight[:excluded, :excluded])
    statistic = (restricted - free) * scale
    return ChiSquareTest("endogeneity", statistic, df, chi2_tail(statistic, df))


def _gmm_distance(moments_y: FloatArray, moments_x: FloatArray, weight: FloatArray) -> float:
    """Minimum of (Zy - ZX b)' W^-1 (Zy - ZX b) over b, by least squares on whitened moments."""
    scale = np.sqrt(np.diag(weight))
    factor = np.linalg.cholesky(weight / np.outer(scale, scale))
    whitened = np.linalg.solve(factor, np.column_stack([moments_y, moments_x]) / scale[:, None])
    basis = np.linalg.qr(whitened[:, 1:])[0]
    left = whitened[:, 0] - basis @ (basis.T @ whitened[:, 0])
    return float(left @ left)


def _singular(weight: FloatArray) -> bool:
    scale = np.sqrt(np.clip(np.diag(weight), 0, None))
    return not (scale > 0).all() or bool(np.linalg.cond(weight / np.outer(scale, scale)) > SINGULAR)


def _too_few_clusters(design: InstrumentedDesign, further: int = 0) -> bool:
    """Whether all moments of the route, partialled out or not, outnumber the clusters."""
    groups = design.groups.effective_clusters
    return bool(groups) and groups < design.moments + further


def _cluster_reason(design: InstrumentedDesign, further: int = 0) -> Text:
    groups = design.groups.effective_clusters
    if not _too_few_clusters(design, further):
        return Text("矩条件的方差矩阵奇异", "the covariance of the moments is singular")
    return Text(
        f"聚类数 {groups} 少于矩条件数 {design.moments + further}，矩方差奇异",
        f"{groups} clusters are fewer than {design.moments + further} moments, so their covariance is singular",
    )
