"""The path of each province through the years: what a value should be beside its neighbours, and how sure that is.

Logarithms, less the growth that is common to all units (the median by year) and the unit's own median growth: what is
left is compared with the mean of the years before and after. The scale is robust (1.4826 x median absolute residual of
the other years), a unit's own shrunk towards that of all units, so that one wild value cannot hide itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lowcarbon_xl.audit.series import Matrix, Series

Mask = npt.NDArray[np.bool_]

LN10 = float(np.log(10.0))
HOLDS = 0.7
"""A relation that holds in so large a part of the cells is one; where it fails there is something to look at."""
EXACT = 0.002
"""So near (in logarithms) is as near as published, rounded figures come."""
_FLOOR = 0.005
"""Rounding in the published figures alone makes half a per cent."""
_COMMON = 8
"""So many units are needed to know the common growth of a year."""
_KNOWN = 4
"""With fewer steps a median growth would follow the very value that is looked at."""
_ENOUGH = 5
"""At an end of fewer years there is no telling which side is wrong."""
_SHRINK = 5.0
_FEW, _UNKNOWN = 4, 0.05
_SEVERAL, _LONG = 3, 12
_LARGEST = 1e300


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """How a series moves.

    Parameters
    ----------
    logs : array, shape (units, years)
        Logarithm of the absolute value.
    detrended : array, shape (units, years)
        Logarithm of the absolute value without common and own growth.
    before, after : array, shape (units, years)
        The nearest earlier and later detrended value of the same unit; NaN where there is none.
    residual : array, shape (units, years)
        Detrended value less the mean of its neighbours (one neighbour at the ends).
    scale : array, shape (units, years)
        Robust standard deviation of the residuals of interior years, without the value and those beside it.
    growth : array, shape (units, years)
        Logarithm of the value over that of the nearest earlier year (as published, nothing taken off).
    """

    logs: Matrix
    detrended: Matrix
    before: Matrix
    after: Matrix
    residual: Matrix
    scale: Matrix
    growth: Matrix

    @property
    def interior(self) -> Mask:
        """Where both neighbours are there."""
        return np.isfinite(self.before) & np.isfinite(self.after)

    @property
    def apart(self) -> Matrix:
        """How far the two neighbours are from each other; 0 at the ends."""
        return np.where(self.interior, np.abs(self.before - self.after), 0.0)

    @property
    def expected(self) -> Matrix:
        """The logarithm that the neighbours of a value suggest."""
        return self.logs - self.residual


def path_of(series: Series) -> Path:
    """The path of a series."""
    return path_of_values(series.values)


def path_of_values(values: Matrix) -> Path:
    """The path of values, shape (units, years)."""
    logs = np.log(np.abs(values))
    logs[~np.isfinite(logs) | (np.abs(values) > _LARGEST)] = np.nan
    growth = logs - nearest_earlier(logs)
    common = median_along(growth, 0) if len(values) >= _COMMON else np.zeros(values.shape[1])
    common = np.cumsum(np.nan_to_num(common))
    flat = logs - common
    moves = np.diff(flat, axis=1)
    own = np.where(np.isfinite(moves).sum(axis=1) >= _KNOWN, np.nan_to_num(median_along(moves, 1)), 0.0)
    detrended = flat - own[:, None] * np.arange(values.shape[1])
    before, after = nearest_earlier(detrended), nearest_later(detrended)
    expected = np.where(np.isnan(before), after, np.where(np.isnan(after), before, (before + after) / 2))
    residual = detrended - expected
    return Path(logs, detrended, before, after, residual, _scale(residual, before, after), growth)


def nearest_later(values: Matrix) -> Matrix:
    """The nearest later value of the same unit that is there."""
    return nearest_earlier(values[:, ::-1])[:, ::-1]


def nearest_earlier(values: Matrix) -> Matrix:
    """The nearest earlier value of the same unit that is there."""
    units, years = values.shape
    index = np.where(np.isfinite(values), np.arange(years), -1)
    latest = np.maximum.accumulate(index, axis=1)
    shifted = np.concatenate([np.full((units, 1), -1), latest[:, :-1]], axis=1) if years else latest
    found = np.take_along_axis(values, np.maximum(shifted, 0), axis=1) if years else values
    return np.where(shifted >= 0, found, np.nan)


def _scale(residual: Matrix, before: Matrix, after: Matrix) -> Matrix:
    """The scale for each value; in short series from the residuals of its unit but its own and those beside it."""
    interior = np.where(np.isfinite(before) & np.isfinite(after), np.abs(residual), np.nan)
    there = np.isfinite(interior)
    if there.sum() < _FEW:  # too few to tell noise from error: the agreement of the neighbours must do
        return np.full(residual.shape, _UNKNOWN)
    pooled = 1.4826 * float(np.median(interior[there]))
    scale = np.empty(residual.shape)
    years = residual.shape[1]
    for year in range(years):
        if years >= _LONG and year:  # a median over so many years bears three wild ones
            scale[:, year] = scale[:, 0]
            continue
        apart = np.arange(years) if years >= _LONG else np.r_[0 : max(year - 1, 0), year + 2 : years]
        counts = there[:, apart].sum(axis=1)
        own = np.nan_to_num(1.4826 * median_along(interior[:, apart], 1))
        common = pooled if len(residual) >= _SEVERAL else own
        scale[:, year] = np.sqrt((counts * own**2 + _SHRINK * common**2) / (counts + _SHRINK))
        scale[counts < 2, year] = pooled
    return np.maximum(scale, _FLOOR)


def median_along(values: Matrix, axis: int) -> Matrix:
    """Median over what is there; NaN where nothing is."""
    # np.nanmedian goes through masked arrays, which is many times slower on arrays of this size
    ordered = np.sort(np.where(np.isfinite(values), values, np.nan), axis=axis)
    counts = np.expand_dims(np.isfinite(ordered).sum(axis=axis), axis)
    if not ordered.shape[axis]:
        return np.full(np.squeeze(counts, axis).shape, np.nan)
    low = np.take_along_axis(ordered, np.maximum(counts - 1, 0) // 2, axis=axis)
    high = np.take_along_axis(ordered, np.minimum(counts // 2, ordered.shape[axis] - 1), axis=axis)
    middle: Matrix = np.squeeze((low + high) / 2, axis)
    return middle


def unit_median(values: Matrix) -> Matrix:
    """Median of each unit, shape (units, 1); 0 where a unit has no value."""
    return np.nan_to_num(median_along(values, 1))[:, None]


def growth_breaks(path: Path, sigmas: float, least: float = 0.05) -> Mask:
    """Growth that is far from the common growth of the year and the unit's own (a change of level or of vintage).

    Parameters
    ----------
    sigmas : float
        Robust standard deviations of such growth (a unit's own, shrunk towards that of all).
    least : float
        The least that counts, in logarithms.
    """
    steps = path.detrended - path.before
    if len(steps) < _COMMON or np.isfinite(steps).sum() < _FEW * len(steps):
        return np.zeros(steps.shape, dtype=bool)
    size = np.abs(steps)
    counts = np.isfinite(size).sum(axis=1)
    own = np.nan_to_num(1.4826 * median_along(size, 1))
    pooled = 1.4826 * float(np.median(size[np.isfinite(size)]))
    scale = np.sqrt((counts * own**2 + 2 * _SHRINK * pooled**2) / (counts + 2 * _SHRINK))[:, None]
    return np.asarray(size > np.maximum(sigmas * scale, least))


def spikes(path: Path, *, sigmas: float = 6.0, least: float = 0.1) -> Mask:
    """Values that stand apart while their neighbours agree; at the ends, apart from the two nearest years.

    Parameters
    ----------
    sigmas : float
        How many scales a residual must exceed (half as many again at the ends, where only one side is known).
    least : float
        And how large it must be in logarithms.
    """
    size = np.abs(path.residual)
    inner = path.interior & (size > np.maximum(sigmas * path.scale, least)) & (path.apart < 0.6 * size)
    found: Mask = inner | _ends(path, inner, sigmas, least)
    return found


def _ends(path: Path, inner: Mask, sigmas: float, least: float) -> Mask:
    """First and last values against the two nearest ones that are no spikes themselves."""
    found = np.zeros_like(inner)
    kept = np.where(inner, np.nan, path.detrended)
    present = np.isfinite(path.detrended)
    for backwards in (False, True):
        order = slice(None, None, -1) if backwards else slice(None)
        values, there = kept[:, order], present[:, order]
        rows = np.flatnonzero(there.sum(axis=1) >= _ENOUGH)
        if not len(rows):
            continue
        end = np.argmax(there[rows], axis=1)
        columns = inner.shape[1] - 1 - end if backwards else end
        later = np.where(np.arange(values.shape[1]) > end[:, None], values[rows], np.nan)
        near = np.argsort(~np.isfinite(later), axis=1, kind="stable")[:, :2]
        two = np.take_along_axis(later, near, axis=1)
        gap = values[rows, end] - two[:, 0]
        calm = np.abs(two[:, 0] - two[:, 1]) < 0.4 * np.abs(gap)
        limit = np.maximum(1.5 * sigmas * path.scale[rows, columns], 1.5 * least)
        hit = calm & (np.abs(gap) > limit)
        found[rows[hit], columns[hit]] = True
    return found
