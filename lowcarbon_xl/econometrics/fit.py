"""Least squares with fixed effects, reported digit for digit as Stata's reghdfe 6 does."""

from __future__ import annotations

import math

import numpy as np

from lowcarbon_xl.econometrics.design import Design, build_design, require_degrees
from lowcarbon_xl.econometrics.distributions import f_tail
from lowcarbon_xl.econometrics.result import CONSTANT, FitResult, few_clusters_note, infer, wald
from lowcarbon_xl.econometrics.solve import EXACT_FIT, Solution, solve
from lowcarbon_xl.econometrics.spec import FloatArray, Specification
from lowcarbon_xl.econometrics.variance import ScoreGroups, positive_semidefinite
from lowcarbon_xl.errors import InputError, Text

REGHDFE = Text("reghdfe 6 口径", "reghdfe 6 conventions")


def fit_ols(spec: Specification, *, level: float = 0.95) -> FitResult:
    """Least squares with any number of fixed effects.

    Estimated by QR after exact absorption, and not by linearmodels, because its PanelOLS has no iterative
    singletons, reports neither reghdfe's cluster factor nor ``_cons`` with it, and its import alone takes longer
    than a thousand of these fits; a test compares the two.

    Parameters
    ----------
    spec : Specification
        Without endogenous regressors (see `Specification.without_instruments`).
    level : float
        Coverage of the confidence intervals.

    Returns
    -------
    FitResult

    Raises
    ------
    InputError
        Endogenous regressors in the specification.
    NotAvailableError
        No rows, no variation, or no degrees of freedom left.

    Notes
    -----
    Small-sample factors: Correia (2017), reghdfe 6; clustering by two columns: Cameron, Gelbach & Miller (2011);
    Driscoll & Kraay (1998).
    """
    require_least_squares(spec)
    return fit_design(build_design(spec), level=level)


def require_least_squares(spec: Specification) -> None:
    """Refuse a specification with endogenous regressors where only least squares is meant."""
    if spec.endogenous:
        raise InputError(
            Text("最小二乘模型不能有内生变量", "least squares takes no endogenous regressors"),
            Text("用 IVREG，或去掉工具变量", "Use IVREG, or drop the instruments"),
            column=spec.endogenous[0].name,
        )


def fit_design(design: Design, *, level: float = 0.95) -> FitResult:
    """`fit_ols` on a design already built."""
    return _report(design, solve_design(design), level)


def solve_design(design: Design) -> Solution:
    """Coefficients of a design, with what standard errors need."""
    return solve(
        design.y,
        design.X,
        design.outcome,
        design.regressors,
        constant=design.has_constant,
        effects=bool(design.spec.absorb),
    )


def _report(design: Design, solution: Solution, level: float) -> FitResult:
    size, slopes = design.X.shape
    groups = design.groups
    degrees = design.absorber.degrees(groups.clusters)
    used = slopes + degrees.absorbed + degrees.nested_levels
    require_degrees(min(size - used, groups.residual_degrees(size, slopes, degrees)), size, used)
    df_r = groups.residual_degrees(size, slopes, degrees)
    notes: list[Text] = []
    rss = _residual_sum(design, solution, notes)
    factor = groups.factor(size, slopes, degrees)
    vcov = _covariance(groups, solution, rss, size - slopes - degrees.absorbed, factor, notes)
    inference = infer(solution.coefficients, vcov, df_r, level)
    f = _slopes_f(groups, solution, vcov, rss, slopes, size - slopes - degrees.absorbed, notes)
    centered = design.outcome - design.outcome.mean() if design.has_constant else design.outcome
    tss = float(centered @ centered)
    tss_degrees = size - int(design.has_constant)
    return FitResult(
        dependent=design.spec.y.name,
        terms=design.names + ((CONSTANT,) if design.has_constant else ()),
        coefficients=solution.coefficients,
        standard_errors=inference.standard_errors,
        t=inference.t,
        p=inference.p,
        low=inference.low,
        high=inference.high,
        vcov=vcov,
        level=level,
        n=size,
        r2=1 - rss / tss,
        r2_adjusted=1 - (rss / (size - used)) / (tss / tss_degrees),
        r2_within=1 - rss / float(design.y @ design.y),
        f=f,
        f_p=f_tail(f, slopes, df_r),
        f_df=slopes,
        rss=rss,
        rmse=math.sqrt(rss / (size - used)),
        df_r=df_r,
        df_a=degrees.absorbed,
        clusters=groups.counts(design.spec.time.name if design.spec.time else ""),
        rows=design.sample.rows,
        residuals=solution.residuals,
        filtered=design.sample.filtered,
        missing=design.sample.missing,
        singletons=design.sample.singletons,
        collinear=design.collinear,
        convention=REGHDFE,
        variance=design.groups.label,
        notes=(*notes, *few_clusters_note(groups)),
    )


def _residual_sum(design: Design, solution: Solution, notes: list[Text]) -> float:
    rss = float(solution.residuals @ solution.residuals)
    if rss > EXACT_FIT**2 * float(design.outcome @ design.outcome):
        return rss
    notes.append(
        Text(
            "完全拟合：残差只是舍入误差，标准误为 0，t 和 p 不存在",
            "perfect fit: residuals are rounding alone, so standard errors are 0 and t and p do not exist",
        )
    )
    return 0.0


def _covariance(
    groups: ScoreGroups, solution: Solution, rss: float, plain_degrees: int, factor: float, notes: list[Text]
) -> FloatArray:
    if rss == 0.0:
        return np.zeros_like(solution.bread)
    if groups.variance.kind == "iid":
        return solution.bread * (rss / plain_degrees)
    meat = groups.meat(solution.design * solution.residuals[:, None])
    vcov = solution.bread @ meat @ solution.bread * factor
    if len(groups.clusters) < 2:
        return np.asarray(vcov)
    repaired, negative = positive_semidefinite(vcov)
    if negative:
        notes.append(
            Text(
                "双向聚类方差矩阵非半正定，负特征值已置 0（Cameron-Gelbach-Miller，与 reghdfe 相同）",
                "the two-way clustered covariance was not positive semi-definite: negative eigenvalues set to 0, "
                "as reghdfe does (Cameron, Gelbach & Miller 2011)",
            )
        )
    return repaired


def _slopes_f(
    groups: ScoreGroups,
    solution: Solution,
    vcov: FloatArray,
    rss: float,
    slopes: int,
    plain_degrees: int,
    notes: list[Text],
) -> float:
    if rss == 0.0:
        return math.nan
    if groups.variance.kind == "iid":
        return solution.explained / slopes / (rss / plain_degrees)
    statistic = wald(solution.coefficients[:slopes], vcov[:slopes, :slopes], groups.rank)
    if math.isnan(statistic):
        notes.append(
            Text(
                f"F 不可得：{slopes} 个系数，方差矩阵的秩不够（{groups.effective_clusters} 个聚类）",
                f"F is not available: {slopes} coefficients, but the covariance lacks that rank "
                f"({groups.effective_clusters} clusters)",
            )
        )
    return statistic / slopes
