"""Least squares by QR, again in extended precision when the columns are nearly dependent, and which columns to keep."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from lowcarbon_xl.econometrics.spec import FloatArray

ILL_CONDITIONED = 1e3  # condition number of unit-length columns beyond which double precision loses digits
DEPENDENT = 2e-13  # about a thousand roundings of the numbers that a column was computed from
EXACT_FIT = 1e-13  # residuals this small beside y are rounding, not disturbances


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Coefficients with what standard errors need.

    Attributes
    ----------
    coefficients : ndarray, shape (P,)
        Slopes, then the constant when the model has one.
    bread : ndarray, shape (P, P)
        Inverse of the cross products.
    design : ndarray, shape (N, P)
        Regressors whose scores enter the sandwich: absorbed ones with their means put back, then ones.
    residuals : ndarray, shape (N,)
    explained : float
        Sum of squares that the slopes explain beyond the fixed effects.
    """

    coefficients: FloatArray
    bread: FloatArray
    design: FloatArray
    residuals: FloatArray
    explained: float


def independent_columns(absorbed: FloatArray, magnitudes: FloatArray) -> list[int]:
    """Positions of the columns that are not combinations of earlier ones.

    Parameters
    ----------
    absorbed : ndarray, shape (N, K)
        Columns after the fixed effects.
    magnitudes : ndarray, shape (K,)
        Their lengths before, which bound the rounding they carry.

    Returns
    -------
    list of int
        Kept positions, ascending: as in Stata, the earlier of two collinear columns stays.
    """
    kept: list[int] = []
    basis = np.empty((absorbed.shape[0], 0))
    for position in range(absorbed.shape[1]):
        column = absorbed[:, position]
        remainder = column - basis @ (basis.T @ column)
        remainder -= basis @ (basis.T @ remainder)
        noise = magnitudes[position]
        if kept:
            loadings = np.linalg.lstsq(absorbed[:, kept] / magnitudes[kept], column, rcond=1e-14)[0]
            noise += np.abs(loadings).sum()
        length = float(np.linalg.norm(remainder))
        if length > DEPENDENT * noise:
            kept.append(position)
            basis = np.column_stack([basis, remainder / length])
    return kept


def solve(
    y: FloatArray, X: FloatArray, raw_y: FloatArray, raw_X: FloatArray, *, constant: bool, effects: bool
) -> Solution:
    """Least squares of absorbed `y` on absorbed `X`.

    Parameters
    ----------
    y, X : ndarray, shapes (N,) and (N, K)
        After the fixed effects (or the constant) are absorbed.
    raw_y, raw_X : ndarray, shapes (N,) and (N, K)
        Before: their means give the constant, and extended precision starts from them.
    constant : bool
        Whether the model has one.
    effects : bool
        Whether there are real fixed effects; then only double precision is available.

    Returns
    -------
    Solution
    """
    lengths = np.linalg.norm(X, axis=0)
    Q, R = np.linalg.qr(X / lengths)
    if not effects and np.linalg.cond(R) > ILL_CONDITIONED:
        return _solve_extended(y, raw_y, raw_X, constant=constant)
    slopes = solve_triangular(R, Q.T @ y)
    slopes += solve_triangular(R, Q.T @ (y - (X / lengths) @ slopes))
    inverse = solve_triangular(R, np.eye(R.shape[0])) / lengths[:, None]
    bread = inverse @ inverse.T
    slopes = slopes / lengths
    fitted = X @ slopes
    residuals = y - fitted
    if not constant:
        return Solution(slopes, bread, X, residuals, float(fitted @ fitted))
    means = raw_X.mean(axis=0)
    side = -bread @ means
    corner = 1 / y.size - means @ side
    whole = np.block([[bread, side[:, None]], [side[None, :], np.array([[corner]])]])
    intercept = raw_y.mean() - means @ slopes
    design = np.column_stack([X + means, np.ones(y.size)])
    return Solution(np.append(slopes, intercept), whole, design, residuals, float(fitted @ fitted))


def _solve_extended(y: FloatArray, raw_y: FloatArray, raw_X: FloatArray, *, constant: bool) -> Solution:
    """The same by Gram-Schmidt, orthogonalised twice, in the widest float of the machine (80 bits on x86)."""
    columns = [raw_X[:, position].astype(np.longdouble) for position in range(raw_X.shape[1])]
    # The constant leads, so that the others lose their means first; it is reported last.
    columns = [np.ones(raw_y.size, dtype=np.longdouble), *columns] if constant else columns
    A = np.column_stack(columns)
    A_lengths = np.sqrt((A * A).sum(axis=0))
    Q, R = _gram_schmidt(A / A_lengths)
    wide_y = raw_y.astype(np.longdouble)
    scaled = _back_substitute(R, Q.T @ wide_y)
    residuals = wide_y - (A / A_lengths) @ scaled
    scaled = scaled + _back_substitute(R, Q.T @ residuals)
    residuals = wide_y - (A / A_lengths) @ scaled
    identity = np.eye(A.shape[1], dtype=np.longdouble)
    inverse = np.column_stack([_back_substitute(R, column) for column in identity]) / A_lengths[:, None]
    order = np.roll(np.arange(A.shape[1]), -1) if constant else np.arange(A.shape[1])
    fitted = y - residuals.astype(float)
    return Solution(
        (scaled / A_lengths)[order].astype(float),
        (inverse @ inverse.T)[np.ix_(order, order)].astype(float),
        A[:, order].astype(float),
        residuals.astype(float),
        float(fitted @ fitted),
    )


def _gram_schmidt(A: NDArray[np.longdouble]) -> tuple[NDArray[np.longdouble], NDArray[np.longdouble]]:
    Q, R = A.copy(), np.zeros((A.shape[1], A.shape[1]), dtype=np.longdouble)
    for column in range(A.shape[1]):
        for _ in range(2):
            for earlier in range(column):
                projection = Q[:, earlier] @ Q[:, column]
                R[earlier, column] += projection
                Q[:, column] -= projection * Q[:, earlier]
        R[column, column] = np.sqrt(Q[:, column] @ Q[:, column])
        Q[:, column] /= R[column, column]
    return Q, R


def _back_substitute(R: NDArray[np.longdouble], right: NDArray[np.longdouble]) -> NDArray[np.longdouble]:
    solution = right.astype(np.longdouble)
    for row in range(R.shape[0] - 1, -1, -1):
        solution[row] = (solution[row] - R[row, row + 1 :] @ solution[row + 1 :]) / R[row, row]
    return solution
