"""Preparation of a panel's columns: interpolation, winsorizing, lags and description, by the field's own rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.panel.panel import Keys, Vector


def interpolate(keys: Keys, values: Vector) -> Vector:
    """Fill gaps linearly over the years within each unit, never beyond its first or last value.

    The rule of Stata's ``ipolate`` with ``by()``; a plain interpolation would run from one province into the next and
    fill the tails.

    Parameters
    ----------
    keys : Keys
        n rows.
    values : float array, shape (n,)
        NaN is missing.

    Returns
    -------
    float array, shape (n,)
        NaN where a gap touches an end.
    """
    filled = values.copy()
    for rows in keys.by_unit().values():
        years, series = keys.years[rows].astype(float), values[rows]
        known = np.isfinite(series)
        if known.sum() >= 2:
            filled[rows] = np.where(known, series, np.interp(years, years[known], series[known], np.nan, np.nan))
    return filled


@dataclass(frozen=True, slots=True)
class Winsorized:
    """A winsorized or trimmed column.

    Parameters
    ----------
    values : float array, shape (n,)
    low, high : float
        The cut-offs.
    changed : bool array, shape (n,)
        Where a value was replaced.
    """

    values: Vector
    low: float
    high: float
    changed: np.ndarray[tuple[int], np.dtype[np.bool_]]


def winsorize(values: Vector, low: float = 0.01, high: float = 0.99, *, trim: bool = False) -> Winsorized:
    """Pull the tails in to two percentiles, or set them to missing.

    Parameters
    ----------
    values : float array, shape (n,)
        NaN is missing and stays so.
    low, high : float
        Percentiles between 0 and 1, by Stata's rule (``averaged_inverted_cdf``), which moves the cut-offs
        against NumPy's and Excel's.
    trim : bool
        Set the tails to missing (truncation) instead of winsorizing.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return Winsorized(values.copy(), np.nan, np.nan, np.zeros(len(values), dtype=bool))
    cut_low, cut_high = np.quantile(known, [low, high], method="averaged_inverted_cdf").tolist()
    below, above = values < cut_low, values > cut_high
    replaced = np.where(below, np.nan if trim else cut_low, np.where(above, np.nan if trim else cut_high, values))
    return Winsorized(replaced, cut_low, cut_high, below | above)


def lag(keys: Keys, values: Vector, years: int = 1) -> Vector:
    """Join each row to its own unit `years` earlier (Stata's ``L.``); a missing year gives NaN, never another year.

    Parameters
    ----------
    years : int
        Negative leads.
    """
    where = keys.rows
    found = [where.get((unit, year - years), -1) for unit, year in zip(keys.units, keys.years.tolist(), strict=True)]
    index = np.array(found, dtype=np.intp)
    return np.where(index >= 0, values[index], np.nan)


@dataclass(frozen=True, slots=True)
class Description:
    """Moments and quantiles of one column; NaN where they do not exist.

    Parameters
    ----------
    count : int
        Values that are not missing.
    mean, standard_deviation : float
        Sample moments (divisor n-1).
    minimum, lower_quartile, median, upper_quartile, maximum : float
        Quartiles by Stata's ``summarize, detail`` rule.
    """

    count: int
    mean: float
    standard_deviation: float
    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float


def describe(values: Vector) -> Description:
    """Describe a column, shape (n,); NaN is missing and is not counted."""
    known = values[np.isfinite(values)]
    if not len(known):
        return Description(0, *([np.nan] * 7))
    # centring first keeps all digits of a series whose spread is small beside its level (NIST Lew, NumAcc4)
    shift = known[0]
    mean = float(shift + (known - shift).mean())
    deviation = known - mean
    corrected = (deviation @ deviation) - deviation.sum() ** 2 / len(known)
    spread = float(np.sqrt(max(corrected, 0.0) / (len(known) - 1))) if len(known) > 1 else np.nan
    quartiles = np.quantile(known, [0, 0.25, 0.5, 0.75, 1], method="averaged_inverted_cdf").tolist()
    return Description(len(known), mean, spread, *quartiles)


def require_percentiles(low: float, high: float) -> None:
    """Refuse cut-offs that are no percentiles."""
    if not 0 <= low < high <= 1:
        raise InputError(
            Text(f"缩尾界限 {low:g}、{high:g} 不对", f"cut-offs {low:g} and {high:g} make no sense"),
            Text(
                "写两个 0 到 1 之间的数，如 limits=0.01,0.99", "Write two numbers between 0 and 1, as limits=0.01,0.99"
            ),
        )
