"""Robot exposure of provinces, and its instrument: a shift-share (Bartik) sum over industries."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lowcarbon_xl.errors import InputError, Text

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]


def robot_exposure(
    employment: Matrix,
    total_employment: Vector,
    robots: Matrix,
    industry_employment: Vector,
    *,
    leave_one_out: bool = False,
) -> Matrix:
    """Exposure of every province in every year, AI_it = sum_j (L_ij / L_i) (R_jt / L_j).

    Parameters
    ----------
    employment : float array, shape (G, J)
        L_ij, base-year employment of province i in industry j; any unit, the same as `total_employment`.
    total_employment : float array, shape (G,)
        L_i, all employment of the province.
    robots : float array, shape (T, J)
        R_jt, national (or, for the instrument, foreign) robots of industry j.
    industry_employment : float array, shape (J,)
        L_j of the country that the robots stand in.
    leave_one_out : bool
        Take the province's own share L_ij / sum_i L_ij out of the robots, R_jt (1 - L_ij / L_.j), so that its exposure
        does not rest on robots of its own.

    Returns
    -------
    float array, shape (G, T)

    Raises
    ------
    InputError
        When an industry's or a province's employment is not positive, or a province's industries exceed its total.

    References
    ----------
    Acemoglu, D. and Restrepo, P. (2020), Journal of Political Economy 128(6), eq. (9); base-year shares as in the
    Chinese literature, the instrument with United States robots and employment of 1990.
    """
    _require_positive(industry_employment, Text("行业就业", "employment of an industry"))
    _require_positive(total_employment, Text("总就业", "total employment of a province"))
    excess = np.flatnonzero(employment.sum(axis=1) > total_employment * (1 + 1e-9))
    if len(excess):
        row = int(excess[0])
        raise InputError(
            Text(f"各行业就业之和 {employment[row].sum():g} 大于总就业 {total_employment[row]:g}",
                 f"the industries add up to {employment[row].sum():g}, more than the total {total_employment[row]:g}"),
            Text("核对总就业和各行业就业的单位", "Check the units of the total and of the industries"),
            row=row,
        )  # fmt: skip
    shares = employment / total_employment[:, None]
    if leave_one_out:
        shares = shares * (1 - employment / employment.sum(axis=0))
    exposure: Matrix = shares @ (robots / industry_employment).T
    return exposure


def _require_positive(values: Vector, what: Text) -> None:
    bad = np.flatnonzero(~(values > 0))
    if len(bad):
        raise InputError(
            Text(
                f"{what.zh}（第 {bad[0] + 1} 个）是 {values[bad[0]]:g}，必须大于 0",
                f"{what.en} (number {bad[0] + 1}) is {values[bad[0]]:g}, but must be positive",
            ),
            Text("核对这个数，或去掉这个行业", "Check the number, or leave the industry out"),
            row=int(bad[0]),
        )
