"""Tail probabilities and critical values; scipy.special imports ten times faster than scipy.stats."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from lowcarbon_xl.econometrics.spec import FloatArray


def two_sided_p(t: ArrayLike, degrees: float) -> FloatArray:
    """Two-sided p-values of t statistics; normal when `degrees` is infinite."""
    distance = -np.abs(np.asarray(t, dtype=float))
    tail = special.ndtr(distance) if np.isinf(degrees) else special.stdtr(degrees, distance)
    return np.asarray(2.0 * tail, dtype=float)


def critical_t(level: float, degrees: float) -> float:
    """Two-sided critical value: |t| beyond it has probability 1 - `level`."""
    quantile = 0.5 + level / 2
    return float(special.ndtri(quantile) if np.isinf(degrees) else special.stdtrit(degrees, quantile))


def f_tail(statistic: float, numerator: float, denominator: float) -> float:
    """Upper tail of F; the chi2 limit when the denominator is infinite."""
    if not np.isfinite(statistic):
        return float("nan")
    if np.isinf(denominator):
        return chi2_tail(statistic * numerator, numerator)
    return float(special.fdtrc(numerator, denominator, max(statistic, 0.0)))


def chi2_tail(statistic: float, degrees: float) -> float:
    """Upper tail of chi2; NaN for a NaN statistic."""
    return float(special.chdtrc(degrees, max(statistic, 0.0))) if np.isfinite(statistic) else float("nan")


def critical_f(level: float, numerator: float, denominator: float) -> float:
    """The F value below which `level` of the distribution lies; chi2/df when the denominator is infinite."""
    if np.isinf(denominator):
        return float(special.chdtri(numerator, 1 - level) / numerator)
    return float(special.fdtri(numerator, denominator, level))
