"""Are the instruments relevant? Anderson, Cragg-Donald and Kleibergen-Paap statistics, Stock-Yogo values."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.econometrics.distributions import chi2_tail
from lowcarbon_xl.econometrics.instrumented import InstrumentedDesign
from lowcarbon_xl.econometrics.solve import EXACT_FIT
from lowcarbon_xl.econometrics.spec import FloatArray
from lowcarbon_xl.econometrics.variance import ScoreGroups
from lowcarbon_xl.errors import Text

WEAK_F = 10.0  # Staiger & Stock (1997)
SINGULAR = 1e13
SIZES = (10, 15, 20, 25)
REPRODUCED = Text(
    "工具变量完全再现内生变量，2SLS 等于最小二乘，识别检验没有意义",
    "the instruments reproduce the endogenous regressors exactly: 2SLS is least squares and there is nothing to identify",
)
# Stock & Yogo (2005), table 5.2: critical values of the Cragg-Donald F for the maximal size of a 5 % Wald test by
# 2SLS, by (endogenous regressors, excluded instruments). Other cases show a dash.
STOCK_YOGO: dict[tuple[int, int], tuple[float, float, float, float]] = {
    (1, 1): (16.38, 8.96, 6.66, 5.53),
    (1, 2): (19.93, 11.59, 8.75, 7.25),
    (1, 3): (22.30, 12.83, 9.54, 7.80),
    (1, 4): (24.58, 13.96, 10.26, 8.31),
    (1, 5): (26.87, 15.09, 10.98, 8.84),
    (2, 2): (7.03, 4.58, 3.95, 3.63),
    (2, 3): (13.43, 8.18, 6.40, 5.45),
    (2, 4): (16.87, 9.93, 7.54, 6.28),
}


@dataclass(frozen=True, slots=True)
class Identification:
    """Tests of underidentification and of weak identification.

    Attributes
    ----------
    anderson_lm, anderson_lm_p : float
        Anderson (1951) canonical correlations LM, chi2(df); iid errors only.
    kp_rk_lm, kp_rk_lm_p : float
        Kleibergen & Paap (2006) rk LM under the model's standard errors; equals Anderson's under iid.
    df : int
        L1 - K1 + 1.
    cragg_donald_f, kp_rk_f : float
        Wald F of the weakest direction: iid, and under the model's standard errors.
    stock_yogo : tuple of float
        Critical values for 10, 15, 20, 25 % maximal size; NaN (a dash) where they were not tabulated.
    weak : bool
        Whether the F that counts is below 10.
    verdict : Text
        The same in words.
    notes : tuple of Text
        Why a statistic is NaN.
    """

    anderson_lm: float
    anderson_lm_p: float
    kp_rk_lm: float
    kp_rk_lm_p: float
    df: int
    cragg_donald_f: float
    kp_rk_f: float
    stock_yogo: tuple[float, ...]
    weak: bool
    verdict: Text
    notes: tuple[Text, ...]


def identify(design: InstrumentedDesign) -> Identification:
    """Identification statistics as ivreg2 (ranktest) reports them.

    Parameters
    ----------
    design : InstrumentedDesign

    Returns
    -------
    Identification

    Notes
    -----
    Kleibergen & Paap (2006), Cragg & Donald (1993), Anderson (1951); small-sample scaling of Baum, Schaffer &
    Stillman's ivreg2.
    """
    _, Y, Z = design.partialled()
    size, dofminus = design.size, design.route.dofminus
    included, excluded = Y.shape[1], Z.shape[1]
    remaining = design.small_degrees(design.moments)
    correlation = _smallest_correlation(Y, Z)
    df = excluded - included + 1
    exact = 1 - correlation <= EXACT_FIT
    anderson = (size - dofminus) * correlation
    cragg_donald = math.nan if exact else correlation / (1 - correlation) * remaining / excluded
    lm, f = anderson, cragg_donald
    if exact:
        lm = math.nan
    elif design.spec.vce.kind != "iid":
        lm = _rank_statistic(Y, Z, Y, design.groups)
        residuals = Y - Z @ np.linalg.lstsq(Z, Y, rcond=None)[0]
        f = _rank_statistic(Y, Z, residuals, design.groups)
        groups = design.groups.effective_clusters
        lm *= 1.0 if groups else (size - dofminus) / size
        f *= remaining / excluded * ((groups - 1) / groups / (size - 1) if groups else 1 / size)
    known = STOCK_YOGO.get((included, excluded), (math.nan,) * len(SIZES))
    return Identification(
        anderson,
        chi2_tail(anderson, df),
        lm,
        chi2_tail(lm, df),
        df,
        cragg_donald,
        f,
        known,
        bool((cragg_donald if math.isnan(f) else f) < WEAK_F),
        _verdict(f, cragg_donald),
        _reasons(lm, f, design, df, exact),
    )


def _smallest_correlation(Y: FloatArray, Z: FloatArray) -> float:
    """Smallest squared canonical correlation; from orthonormal bases, so that scale does not matter."""
    basis_y = np.linalg.qr(Y / np.linalg.norm(Y, axis=0))[0]
    basis_z = np.linalg.qr(Z / np.linalg.norm(Z, axis=0))[0]
    singular = np.linalg.svd(basis_z.T @ basis_y, compute_uv=False)
    return float(min(singular[-1] ** 2, 1.0))


def _rank_statistic(Y: FloatArray, Z: FloatArray, disturbance: FloatArray, groups: ScoreGroups) -> float:
    """Kleibergen-Paap rk statistic that Z'Y has rank K1-1; NaN when its covariance is singular.

    `disturbance` makes the scores: Y itself gives the LM form, first-stage residuals the Wald form.
    """
    size, columns, instruments = Y.shape[0], Y.shape[1], Z.shape[1]
    rank = columns - 1
    whiten_y, whiten_z = _whitener(Y), _whitener(Z)
    theta = whiten_z @ (Z.T @ Y / size) @ whiten_y.T
    scores = np.einsum("ik,il->ikl", disturbance @ whiten_y.T, Z @ whiten_z.T).reshape(size, columns * instruments)
    omega = groups.meat(scores) / size
    U, _, transposed = np.linalg.svd(theta)
    V = transposed.T
    left = U[:, rank:] @ np.linalg.solve(U[rank:, rank:], _root(U[rank:, rank:] @ U[rank:, rank:].T))
    right = _root(V[rank:, rank:] @ V[rank:, rank:].T) @ np.linalg.solve(V[rank:, rank:].T, V[:, rank:].T)
    smallest = (left.T @ theta @ right.T).reshape(-1, order="F")
    selector = np.kron(right, left.T)
    covariance = selector @ omega @ selector.T
    diagonal = np.sqrt(np.clip(np.diag(covariance), 0, None))
    if not (diagonal > 0).all() or np.linalg.cond(covariance / np.outer(diagonal, diagonal)) > SINGULAR:
        return math.nan
    if groups.rank is not None and groups.rank < smallest.size:
        return math.nan
    return float(size * smallest @ np.linalg.solve(covariance, smallest))


def _whitener(values: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.inv(np.linalg.cholesky(values.T @ values / values.shape[0])))


def _root(symmetric: FloatArray) -> FloatArray:
    eigenvalues, vectors = np.linalg.eigh((symmetric + symmetric.T) / 2)
    return np.asarray((vectors * np.sqrt(np.clip(eigenvalues, 0, None))) @ vectors.T)


def _verdict(kleibergen_paap: float, cragg_donald: float) -> Text:
    if math.isnan(cragg_donald):
        return REPRODUCED
    name, f = ("Cragg-Donald F", cragg_donald) if math.isnan(kleibergen_paap) else ("F", kleibergen_paap)
    if f < WEAK_F:
        return Text(
            f"弱工具变量：{name} = {f:.2f} < 10，2SLS 的系数和 t 不可靠，请看 Anderson-Rubin 检验和区间",
            f"weak instruments: {name} = {f:.2f} is below 10, so 2SLS coefficients and t are unreliable; read the "
            "Anderson-Rubin test and interval",
        )
    return Text(
        f"{name} = {f:.2f} 大于经验值 10；Stock-Yogo 临界值假定同方差",
        f"{name} = {f:.2f} exceeds the rule of thumb 10; Stock-Yogo values assume iid errors",
    )


def _reasons(lm: float, f: float, design: InstrumentedDesign, df: int, exact: bool) -> tuple[Text, ...]:
    if exact:
        return (REPRODUCED,)
    if not (math.isnan(lm) or math.isnan(f)):
        return ()
    groups = design.groups.effective_clusters
    return (
        Text(
            f"Kleibergen-Paap 不可得：{groups} 个聚类不足以估计秩为 {df} 的矩方差",
            f"Kleibergen-Paap is not available: {groups} clusters cannot estimate a moment covariance of rank {df}",
        ),
    )
