"""Inference that stays right when instruments are weak: the Anderson-Rubin test and its confidence set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lowcarbon_xl.econometrics.distributions import chi2_tail, critical_f, f_tail
from lowcarbon_xl.econometrics.instrumented import InstrumentedDesign
from lowcarbon_xl.econometrics.solve import EXACT_FIT
from lowcarbon_xl.econometrics.spec import FloatArray
from lowcarbon_xl.errors import Text

SINGULAR = 1e13
REAL_ROOT = 1e-7  # imaginary part, beside the root itself, that rounding alone explains


@dataclass(frozen=True, slots=True)
class AndersonRubin:
    """The Anderson-Rubin (1949) test that all endogenous coefficients are 0, and the set it does not reject.

    Attributes
    ----------
    f, f_p, chi2, chi2_p : float
        Wald F(L1, df) and chi2(L1) of the excluded instruments in the reduced form.
    intervals : tuple of (float, float)
        Values of the one endogenous coefficient that the F test does not reject at 1 - `level`. It may be two
        half-lines or the whole line when instruments are weak, and empty when they are invalid.
    level : float
    verdict : Text
        The set in words, or why there is none.
    """

    f: float
    f_p: float
    chi2: float
    chi2_p: float
    intervals: tuple[tuple[float, float], ...]
    level: float
    verdict: Text


@dataclass(frozen=True, slots=True, eq=False)
class _ReducedForm:
    """Moments Z'(y - Y b) and their covariance, quadratic in b for one endogenous regressor.

    Columns of `moments` (L1, 1 + K1) belong to y and Y; `covariances` is indexed the same way, each (L1, L1).
    """

    moments: FloatArray
    covariances: FloatArray
    scale: float

    @classmethod
    def of(cls, design: InstrumentedDesign) -> _ReducedForm:
        y, Y, Z = design.partialled()
        Z = Z / np.linalg.norm(Z, axis=0)
        targets = np.column_stack([y, Y])
        residuals = targets - Z @ np.linalg.lstsq(Z, targets, rcond=None)[0]
        exact = np.linalg.norm(residuals, axis=0) <= EXACT_FIT * np.linalg.norm(targets, axis=0)
        residuals[:, exact] = 0.0
        if design.spec.vce.kind == "iid":
            covariances = np.einsum("ij,kl->ijkl", residuals.T @ residuals / design.size, Z.T @ Z)
        else:
            scores = (residuals[:, :, None] * Z[:, None, :]).reshape(design.size, -1)
            blocks = design.groups.meat(scores).reshape(targets.shape[1], Z.shape[1], targets.shape[1], Z.shape[1])
            covariances = blocks.transpose(0, 2, 1, 3)
        return cls(Z.T @ targets, covariances, design.small_factor(design.moments))

    def statistic(self, coefficient: float | None) -> float:
        """Wald statistic at one coefficient (None: at zero for all), before the small-sample factor."""
        if coefficient is None:
            moments, covariance = self.moments[:, 0], self.covariances[0, 0]
        else:
            weights = np.array([1.0, -coefficient])
            moments = self.moments @ weights
            covariance = np.einsum("i,j,ijkl->kl", weights, weights, self.covariances)
        diagonal = np.sqrt(np.clip(np.diag(covariance), 0, None))
        if not (diagonal > 0).all():
            return math.nan
        correlation = covariance / np.outer(diagonal, diagonal)
        if np.linalg.cond(correlation) > SINGULAR:
            return math.nan
        return float(moments / diagonal @ np.linalg.solve(correlation, moments / diagonal))


def anderson_rubin(design: InstrumentedDesign, residuals: FloatArray, *, level: float = 0.95) -> AndersonRubin:
    """Weak-instrument-robust test and confidence set under the model's standard errors.

    Parameters
    ----------
    design : InstrumentedDesign
    residuals : ndarray, shape (N,)
        2SLS residuals: a perfect fit shrinks the set to a point, which rounding hides.
    level : float
        Coverage of the set.

    Returns
    -------
    AndersonRubin

    Notes
    -----
    Anderson & Rubin (1949). The set's bounds solve det(c W(b) - g(b) g(b)') = 0, a quadratic eigenvalue problem,
    so no grid is needed; each piece between bounds is then tested at its middle.
    """
    reduced = _ReducedForm.of(design)
    excluded = design.Z.shape[1]
    groups = design.groups.effective_clusters
    degrees = design.t_degrees(design.moments)
    statistic = math.nan if groups and groups - 1 < excluded else reduced.statistic(None)
    if math.isnan(statistic):
        reason = Text(
            f"Anderson-Rubin 不可得：{groups} 个聚类不足以检验 {excluded} 个工具变量",
            f"Anderson-Rubin is not available: {groups} clusters cannot test {excluded} instruments",
        )
        return AndersonRubin(math.nan, math.nan, math.nan, math.nan, (), level, reason)
    f = statistic / reduced.scale / excluded
    chi2 = statistic / design.large_factor()
    critical = critical_f(level, excluded, degrees) * excluded * reduced.scale
    intervals: tuple[tuple[float, float], ...] = ()
    if design.Y.shape[1] > 1:
        verdict = Text("多个内生变量时不给区间", "no interval with several endogenous regressors")
    elif design.fits_exactly(residuals):
        verdict = Text("完全拟合，区间退化为一点", "perfect fit: the set is a single point")
    else:
        intervals = _confidence_set(reduced, critical)
        verdict = _verdict(intervals)
    return AndersonRubin(f, f_tail(f, excluded, degrees), chi2, chi2_tail(chi2, excluded), intervals, level, verdict)


def _confidence_set(reduced: _ReducedForm, critical: float) -> tuple[tuple[float, float], ...]:
    bounds = _boundaries(reduced, critical)
    edges = [-math.inf, *bounds, math.inf]
    accepted = [(low, high) for low, high in pairwise(edges) if reduced.statistic(_inside(low, high)) <= critical]
    merged: list[tuple[float, float]] = []
    for low, high in accepted:
        if merged and merged[-1][1] == low:
            merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return tuple(merged)


def _boundaries(reduced: _ReducedForm, critical: float) -> list[float]:
    """Real b at which the statistic equals `critical`: roots of a quadratic matrix polynomial."""
    g, W = reduced.moments, reduced.covariances
    # Puts b on a scale near 1; an instrument that is the regressor itself leaves W of Y empty.
    sizes = [float(np.trace(W[k, k]) + g[:, k] @ g[:, k]) for k in (0, 1)]
    ratio = math.sqrt(sizes[0] / sizes[1])
    scale = np.sqrt(np.diag(W[0, 0]))
    norm = np.outer(scale, scale)
    constant = (critical * W[0, 0] - np.outer(g[:, 0], g[:, 0])) / norm
    linear = -(critical * (W[0, 1] + W[1, 0]) - np.outer(g[:, 0], g[:, 1]) - np.outer(g[:, 1], g[:, 0])) / norm * ratio
    quadratic = (critical * W[1, 1] - np.outer(g[:, 1], g[:, 1])) / norm * ratio**2
    from scipy.linalg import eig

    excluded = g.shape[0]
    zero, identity = np.zeros((excluded, excluded)), np.eye(excluded)
    companion = np.block([[zero, identity], [-constant, -linear]])
    mass = np.block([[identity, zero], [zero, quadratic]])
    numerators, denominators = eig(companion, mass, right=False, homogeneous_eigvals=True)
    finite = np.abs(denominators) > 1e-13 * np.abs(numerators)
    roots = numerators[finite] / denominators[finite]
    real = roots[np.abs(roots.imag) <= REAL_ROOT * np.maximum(np.abs(roots), REAL_ROOT)].real
    return sorted(float(root) * ratio for root in real)


def _inside(low: float, high: float) -> float:
    if math.isinf(low) and math.isinf(high):
        return 0.0
    if math.isinf(low):
        return high - 1.0 - abs(high)
    return low + 1.0 + abs(low) if math.isinf(high) else (low + high) / 2


def _verdict(intervals: tuple[tuple[float, float], ...]) -> Text:
    if not intervals:
        return Text("区间为空：模型或工具变量的有效性被拒绝", "empty set: the model or its instruments are rejected")
    if intervals == ((-math.inf, math.inf),):
        return Text("区间为整条实线：工具变量没有信息", "the whole line: the instruments carry no information")
    pieces = " ∪ ".join(f"[{low:.6g}, {high:.6g}]" for low, high in intervals)
    return Text(f"区间 {pieces}", f"set {pieces}")
