"""Mechanisms: the regressor's effect on the mediator by default; three-step mediation only on request, with a warning."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from lowcarbon_xl.econometrics.design import build_design, quick_slopes
from lowcarbon_xl.econometrics.distributions import two_sided_p
from lowcarbon_xl.econometrics.fit import fit_ols, require_least_squares
from lowcarbon_xl.econometrics.iv import IVResult, fit_iv
from lowcarbon_xl.econometrics.placebo import DEFAULT_SEED
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.spec import Column, FloatArray, IntArray, Specification
from lowcarbon_xl.errors import InputError, NotAvailableError, Text

TWO_STEP_NOTE = Text(
    "两步法（江艇 2022）：只检验核心解释变量对机制变量的影响；机制变量对被解释变量的影响由理论和文献说明",
    "two steps (Jiang Ting 2022): only the effect on the mediator is estimated; that the mediator moves the outcome is "
    "argued from theory and literature",
)
THREE_STEP_WARNING = Text(
    "三步法和中介效应 a*b 要求机制变量外生；它通常内生，因此中介效应有偏，请谨慎使用（江艇 2022《中国工业经济》）",
    "three-step mediation and a*b require an exogenous mediator; it seldom is, so the indirect effect is biased "
    "(Jiang Ting 2022, China Industrial Economics)",
)


@dataclass(frozen=True, slots=True, eq=False)
class MechanismResult:
    """The effect of the regressor on one mediator.

    Attributes
    ----------
    mediator : str
    effects : FitResult
        Mediator on the regressors with fixed effects, by least squares.
    instrumented : IVResult or None
        The same by 2SLS, when the specification has instruments.
    note : Text
    """

    mediator: str
    effects: FitResult
    instrumented: IVResult | None
    note: Text


def mechanism(spec: Specification, mediator: Column, *, level: float = 0.95) -> MechanismResult:
    """Second of Jiang Ting's two steps: the mediator in place of the outcome.

    Parameters
    ----------
    spec : Specification
        The main model; with instruments, least squares treats its endogenous regressors as ordinary ones.
    mediator : Column
        n rows.
    level : float
        Coverage of the intervals.

    Returns
    -------
    MechanismResult

    Raises
    ------
    InputError
        The mediator is already in the model.

    Notes
    -----
    Jiang Ting (2022), Mediating effects and moderating effects in causal inference, China Industrial Economics (5).
    """
    if mediator.name in {column.name for column in spec.endogenous + spec.exogenous + spec.instruments}:
        raise InputError(
            Text(f"机制变量“{mediator.name}”已在模型中", f"the mediator '{mediator.name}' is already in the model"),
            Text("从控制变量中去掉它", "Take it out of the controls"),
            column=mediator.name,
        )
    outcome = replace(spec, y=mediator)
    return MechanismResult(
        mediator.name,
        fit_ols(outcome.without_instruments(), level=level),
        fit_iv(outcome, level=level) if spec.endogenous else None,
        TWO_STEP_NOTE,
    )


@dataclass(frozen=True, slots=True, eq=False)
class ThreeStepResult:
    """Three-step mediation (Wen Zhonglin; Baron & Kenny 1986).

    Attributes
    ----------
    mediator, term : str
    total, first, direct : FitResult
        y on x; mediator on x; y on x and mediator: all on the same rows.
    indirect : float
        a*b, in units of y per unit of x.
    share : float
        Indirect over total effect; NaN when their signs differ.
    sobel_error, sobel_z, sobel_p : float
        Sobel (1982), with the standard errors of the specification.
    bootstrap_low, bootstrap_high : float
        Percentile interval of a*b from resampled units; NaN when not asked for.
    bootstrap_draws : int
    warning : Text
        To be printed beside the numbers.
    """

    mediator: str
    term: str
    total: FitResult
    first: FitResult
    direct: FitResult
    indirect: float
    share: float
    sobel_error: float
    sobel_z: float
    sobel_p: float
    bootstrap_low: float
    bootstrap_high: float
    bootstrap_draws: int
    warning: Text


def three_step(
    spec: Specification,
    mediator: Column,
    term: str,
    *,
    draws: int = 0,
    level: float = 0.95,
    seed: int = DEFAULT_SEED,
) -> ThreeStepResult:
    """Three-step mediation with Sobel's test and, on request, a bootstrap of a*b that resamples provinces.

    Parameters
    ----------
    spec : Specification
        Least squares; `unit` is needed for the bootstrap.
    mediator : Column
    term : str
        Regressor whose effect is decomposed.
    draws : int
        Bootstrap draws; 0 for none.
    level : float
    seed : int

    Returns
    -------
    ThreeStepResult
    """
    require_least_squares(spec)
    shared = spec.restricted_to(~np.isnan(mediator.values) & ~np.isnan(spec.y.values))
    total = fit_ols(shared, level=level)
    first = fit_ols(replace(shared, y=mediator), level=level)
    whole = replace(shared, controls=(*shared.controls, mediator))
    direct = fit_ols(whole, level=level)
    place_a, place_b = first.position(term), direct.position(mediator.name)
    a, b = float(first.coefficients[place_a]), float(direct.coefficients[place_b])
    error = math.hypot(a * direct.standard_errors[place_b], b * first.standard_errors[place_a])
    z = a * b / error if error else math.nan
    effect = float(total.coefficients[total.position(term)])
    low, high = _bootstrap_interval(whole, mediator, term, draws, level, seed) if draws else (math.nan, math.nan)
    return ThreeStepResult(
        mediator.name,
        term,
        total,
        first,
        direct,
        a * b,
        a * b / effect if a * b * effect > 0 else math.nan,
        error,
        z,
        float(two_sided_p(z, math.inf)),
        low,
        high,
        draws,
        THREE_STEP_WARNING,
    )


def _bootstrap_interval(
    spec: Specification, mediator: Column, term: str, draws: int, level: float, seed: int
) -> tuple[float, float]:
    if spec.unit is None:
        raise InputError(
            Text("自助法按省份重抽，需要省份列", "the bootstrap resamples units and needs the unit column"),
            Text("给出省份列", "Give the unit column"),
        )
    design = build_design(spec)
    products = _indirect_draws(spec, design.sample.rows, mediator.name, term, draws, seed)
    if np.isnan(products).any():
        raise NotAvailableError(
            Text("有的重抽样本无法估计", "the model cannot be estimated on some resampled data"),
            Text("减少控制变量，或不用自助法", "Use fewer controls, or no bootstrap"),
        )
    tail = (1 - level) / 2
    low, high = np.quantile(products, [tail, 1 - tail])
    return float(low), float(high)


def _indirect_draws(spec: Specification, rows: IntArray, mediator: str, term: str, draws: int, seed: int) -> FloatArray:
    """a*b on units drawn with replacement.

    A unit drawn twice keeps one fixed effect: identical rows have identical effects, so the slopes are those of
    two units.
    """
    names = [column.name for column in spec.exogenous]
    data = np.column_stack([spec.y.values[rows], *(column.values[rows] for column in spec.exogenous)])
    codes = [grouping.codes[rows] for grouping in spec.absorb]
    unit = np.unique(spec.unit.codes[rows], return_inverse=True)[1].reshape(-1) if spec.unit else rows
    members = np.split(np.argsort(unit, kind="stable"), np.cumsum(np.bincount(unit))[:-1])
    x, m = names.index(term) + 1, names.index(mediator) + 1
    others = [column for column in range(1, data.shape[1]) if column != m]
    random = np.random.default_rng(seed)
    products = np.empty(draws)
    for draw in range(draws):
        chosen = np.concatenate([members[index] for index in random.integers(0, len(members), len(members))])
        absorbed_codes = tuple(code[chosen] for code in codes)
        first, direct = quick_slopes(
            data[chosen], absorbed_codes, ((m, others), (0, list(range(1, data.shape[1])))), constant=spec.constant
        )
        products[draw] = first[others.index(x)] * direct[m - 1]
    return products
