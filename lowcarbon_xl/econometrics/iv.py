"""Two-stage least squares with fixed effects, reported as ivreghdfe, xtivreg2 or ivreg2 do."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.econometrics.distributions import f_tail
from lowcarbon_xl.econometrics.identification import Identification, identify
from lowcarbon_xl.econometrics.instrumented import InstrumentedDesign, build_instrumented
from lowcarbon_xl.econometrics.overidentification import ChiSquareTest, endogeneity, overidentification
from lowcarbon_xl.econometrics.result import CONSTANT, FitResult, few_clusters_note, infer, wald
from lowcarbon_xl.econometrics.solve import EXACT_FIT
from lowcarbon_xl.econometrics.spec import FloatArray, Specification
from lowcarbon_xl.econometrics.variance import positive_semidefinite
from lowcarbon_xl.econometrics.weak_iv import AndersonRubin, anderson_rubin
from lowcarbon_xl.errors import Text


@dataclass(frozen=True, slots=True, eq=False)
class FirstStage:
    """One endogenous regressor on all instruments.

    Attributes
    ----------
    endogenous : str
    terms : tuple of str, length P
        Excluded instruments, then included exogenous regressors.
    coefficients, standard_errors, t, p, low, high : ndarray, shape (P,)
    f, f_p : float
        F of the excluded instruments under the model's standard errors. With one endogenous regressor it is the
        Kleibergen-Paap F (Cragg-Donald under iid).
    f_df : int
        Excluded instruments.
    df_r : float
        Denominator degrees of freedom.
    partial_r2 : float
        What the excluded instruments explain beyond the exogenous regressors and the effects.
    """

    endogenous: str
    terms: tuple[str, ...]
    coefficients: FloatArray
    standard_errors: FloatArray
    t: FloatArray
    p: FloatArray
    low: FloatArray
    high: FloatArray
    f: float
    f_p: float
    f_df: int
    df_r: float
    partial_r2: float


@dataclass(frozen=True, slots=True, eq=False)
class IVResult:
    """A 2SLS equation and everything that its referee asks.

    Attributes
    ----------
    fit : FitResult
        Second stage; its R2 is the route's (see `FitResult.convention`), and R2 within is NaN outside ivreghdfe.
    endogenous, instruments : tuple of str
        Names; instruments that stayed.
    first_stages : tuple of FirstStage
    identification : Identification
    anderson_rubin : AndersonRubin
    overidentification : ChiSquareTest
        Sargan (iid) or Hansen J.
    endogeneity : ChiSquareTest
    """

    fit: FitResult
    endogenous: tuple[str, ...]
    instruments: tuple[str, ...]
    first_stages: tuple[FirstStage, ...]
    identification: Identification
    anderson_rubin: AndersonRubin
    overidentification: ChiSquareTest
    endogeneity: ChiSquareTest


def fit_iv(spec: Specification, *, level: float = 0.95) -> IVResult:
    """Two-stage least squares.

    linearmodels' IV2SLS estimates on exactly absorbed variables; the covariance, degrees of freedom and
    identification statistics are Stata's, which it does not have.

    Parameters
    ----------
    spec : Specification
        With `endogenous` and `instruments`; `route` names the conventions.
    level : float
        Coverage of the intervals.

    Returns
    -------
    IVResult

    Raises
    ------
    InputError
        No endogenous regressor, or a route that does not fit.
    NotAvailableError
        Not identified, no rows, no variation or no degrees of freedom left.

    Notes
    -----
    Baum, Schaffer & Stillman (2007), Stata Journal 7(4); Correia's ivreghdfe.
    """
    design = build_instrumented(spec)
    slopes = _two_stage(design)
    regressors = np.column_stack([design.Y, design.X])
    residuals = design.y - regressors @ slopes
    fit = _report(design, slopes, residuals, level)
    return IVResult(
        fit,
        design.endogenous,
        design.instruments,
        tuple(_first_stage(design, position, level) for position in range(len(design.endogenous))),
        identify(design),
        anderson_rubin(design, residuals, level=level),
        overidentification(design, residuals),
        endogeneity(design, residuals),
    )


def _two_stage(design: InstrumentedDesign) -> FloatArray:
    """Coefficients of endogenous and then exogenous regressors, estimated by linearmodels on unit-length columns."""
    from linearmodels.iv import IV2SLS

    lengths = [np.linalg.norm(values, axis=0) for values in (design.y, design.X, design.Y, design.Z)]
    y, X, Y, Z = (
        values / length for values, length in zip((design.y, design.X, design.Y, design.Z), lengths, strict=True)
    )
    estimated = IV2SLS(y, X if X.shape[1] else None, Y, Z).fit(cov_type="unadjusted").params.to_numpy()
    slopes = np.roll(estimated, Y.shape[1])  # linearmodels puts the exogenous first
    return np.asarray(slopes * lengths[0] / np.concatenate([lengths[2], lengths[1]]), dtype=float)


def _first_stage_projection(design: InstrumentedDesign) -> tuple[FloatArray, FloatArray]:
    """Regressors projected on all instruments, and the inverse of their cross products."""
    instruments = np.column_stack([design.Z, design.X])
    basis = np.linalg.qr(instruments / np.linalg.norm(instruments, axis=0))[0]
    projected = np.column_stack([basis @ (basis.T @ design.Y), design.X])
    return projected, _inverse_cross(projected)


def _inverse_cross(columns: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(columns, axis=0)
    triangle = np.linalg.qr(columns / lengths, mode="r")
    inverse = np.linalg.inv(triangle) / lengths[:, None]
    return np.asarray(inverse @ inverse.T)


def _report(design: InstrumentedDesign, slopes: FloatArray, residuals: FloatArray, level: float) -> FitResult:
    projected, bread = _first_stage_projection(design)
    coefficients = slopes
    if design.means is not None:
        coefficients = np.append(slopes, design.means[0] - design.means[1:] @ slopes)
        side = -bread @ design.means[1:]
        corner = 1 / design.size - design.means[1:] @ side
        bread = np.block([[bread, side[:, None]], [side[None, :], np.array([[corner]])]])
        projected = np.column_stack([projected + design.means[1:], np.ones(design.size)])
    rss = float(residuals @ residuals)
    notes: list[Text] = []
    sandwich = _sandwich(design, bread, projected, residuals, rss, notes)
    small = sandwich * design.small_factor(design.parameters)
    vcov = small if design.route.small else sandwich * design.large_factor()
    degrees = design.t_degrees(design.parameters)
    df_r = float(degrees) if design.route.small else math.inf
    inference = infer(coefficients, vcov, df_r, level)
    f = wald(slopes, small[: slopes.size, : slopes.size], design.groups.rank) / slopes.size
    remaining = design.small_degrees(design.parameters)
    r2 = 1 - rss / design.total
    within = design.spec.route == "ivreghdfe" and bool(design.spec.absorb)
    total_degrees = design.size - design.route.dofminus - design.route.sdofminus - int(bool(design.route.dummies))
    return FitResult(
        dependent=design.spec.y.name,
        terms=design.endogenous + design.exogenous + ((CONSTANT,) if design.means is not None else ()),
        coefficients=coefficients,
        standard_errors=inference.standard_errors,
        t=inference.t,
        p=inference.p,
        low=inference.low,
        high=inference.high,
        vcov=vcov,
        level=level,
        n=design.size,
        r2=r2,
        r2_adjusted=1 - (1 - r2) * total_degrees / remaining,
        r2_within=r2 if within else math.nan,
        f=f,
        f_p=f_tail(f, slopes.size, degrees),
        f_df=slopes.size,
        rss=rss,
        rmse=math.sqrt(rss / (remaining if design.route.small else design.size - design.route.dofminus)),
        df_r=df_r,
        df_a=design.route.absorbed,
        clusters=design.groups.counts(design.spec.time.name if design.spec.time else ""),
        rows=design.sample.rows,
        residuals=residuals,
        filtered=design.sample.filtered,
        missing=design.sample.missing,
        singletons=design.sample.singletons,
        collinear=design.collinear,
        convention=design.route.convention,
        variance=design.groups.label,
        notes=(*notes, *few_clusters_note(design.groups)),
    )


def _sandwich(
    design: InstrumentedDesign,
    bread: FloatArray,
    projected: FloatArray,
    residuals: FloatArray,
    rss: float,
    notes: list[Text],
) -> FloatArray:
    """Covariance before any correction for degrees of freedom."""
    if rss <= EXACT_FIT**2 * design.total:
        notes.append(
            Text("完全拟合：标准误为 0，t 和 p 不存在", "perfect fit: standard errors are 0, t and p do not exist")
        )
        return np.zeros_like(bread)
    if design.spec.vce.kind == "iid":
        return np.asarray(bread * rss / design.size)
    sandwich = bread @ design.groups.meat(projected * residuals[:, None]) @ bread
    return positive_semidefinite(sandwich)[0] if len(design.groups.clusters) == 2 else np.asarray(sandwich)


def _first_stage(design: InstrumentedDesign, position: int, level: float) -> FirstStage:
    """Least squares of one endogenous regressor on Z and X, with small-sample standard errors."""
    outcome = design.Y[:, position]
    instruments = np.column_stack([design.Z, design.X])
    bread = _inverse_cross(instruments)
    lengths = np.linalg.norm(instruments, axis=0)
    coefficients = np.linalg.lstsq(instruments / lengths, outcome, rcond=None)[0] / lengths
    residuals = outcome - instruments @ coefficients
    rss = float(residuals @ residuals)
    sandwich = _sandwich(design, bread, instruments, residuals, rss, [])
    vcov = sandwich * design.small_factor(design.moments)
    degrees = design.t_degrees(design.moments)
    inference = infer(coefficients, vcov, degrees, level)
    excluded = design.Z.shape[1]
    f = wald(coefficients[:excluded], vcov[:excluded, :excluded], design.groups.rank) / excluded
    _, partialled, _ = design.partialled()
    return FirstStage(
        design.endogenous[position],
        design.instruments + design.exogenous,
        coefficients,
        inference.standard_errors,
        inference.t,
        inference.p,
        inference.low,
        inference.high,
        f,
        f_tail(f, excluded, degrees),
        excluded,
        degrees,
        1 - rss / float(partialled[:, position] @ partialled[:, position]),
    )
