"""How fragile is an estimate? Leaving out one province at a time, and Oster's bound on omitted variables."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.econometrics.design import Partialled, build_design
from lowcarbon_xl.econometrics.fit import fit_ols, require_least_squares
from lowcarbon_xl.econometrics.iv import fit_iv
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.spec import FloatArray, Specification
from lowcarbon_xl.errors import InputError, NotAvailableError, Text

OSTER_R2 = 1.3  # Oster (2019): what randomised studies survive


@dataclass(frozen=True, slots=True, eq=False)
class LeaveOneOut:
    """An estimate without each unit in turn.

    Attributes
    ----------
    term : str
    estimate : float
        With everybody.
    units : tuple of str, length U
    estimates, standard_errors, p : ndarray, shape (U,)
        NaN where the model cannot be estimated without that unit; `reasons` holds the message.
    reasons : tuple of (str, Text)
    most_influential : str
        The unit whose absence moves the estimate most.
    """

    term: str
    estimate: float
    units: tuple[str, ...]
    estimates: FloatArray
    standard_errors: FloatArray
    p: FloatArray
    reasons: tuple[tuple[str, Text], ...]
    most_influential: str


def leave_one_out(spec: Specification, term: str) -> LeaveOneOut:
    """Re-estimate without each unit (province) of the sample.

    Parameters
    ----------
    spec : Specification
        Least squares or IV, with its `unit`.
    term : str
        Coefficient followed.

    Returns
    -------
    LeaveOneOut

    Raises
    ------
    InputError
        No unit column.
    """
    if spec.unit is None:
        raise InputError(
            Text("逐省剔除需要省份列", "leaving out one unit at a time needs the unit column"),
            Text("给出省份列", "Give the unit column"),
        )
    whole = estimate(spec)
    codes = np.unique(spec.unit.codes[whole.rows])
    codes = codes[codes >= 0]
    numbers = np.full((codes.size, 3), math.nan)
    reasons: list[tuple[str, Text]] = []
    for row, code in enumerate(codes):
        try:
            fit = estimate(spec.restricted_to(spec.unit.codes != code))
            place = fit.position(term)
            numbers[row] = fit.coefficients[place], fit.standard_errors[place], fit.p[place]
        except (NotAvailableError, InputError) as error:
            reasons.append((spec.unit.levels[code], error.what))
    units = tuple(spec.unit.levels[code] for code in codes)
    actual = float(whole.coefficients[whole.position(term)])
    distance = np.nan_to_num(np.abs(numbers[:, 0] - actual), nan=-1.0)
    return LeaveOneOut(
        term, actual, units, numbers[:, 0], numbers[:, 1], numbers[:, 2], tuple(reasons), units[int(distance.argmax())]
    )


def estimate(spec: Specification) -> FitResult:
    """Second stage of IV when the specification has endogenous regressors, least squares otherwise."""
    return fit_iv(spec).fit if spec.endogenous else fit_ols(spec)


@dataclass(frozen=True, slots=True)
class OsterBound:
    """Oster's (2019) bound on selection by unobservables.

    Attributes
    ----------
    uncontrolled, controlled : float
        Coefficient without and with the controls, both after the fixed effects.
    r2_uncontrolled, r2_controlled, r2_max : float
        Within R2; `r2_max` is what a complete model would reach.
    beta : float
        Bias-adjusted coefficient under equal selection (delta = 1).
    delta : float
        Selection on unobservables, relative to observables, that would make the coefficient 0. Above 1 (or
        negative) it is usually read as robust. NaN when `reason` says why.
    reason : Text or None
    """

    uncontrolled: float
    controlled: float
    r2_uncontrolled: float
    r2_controlled: float
    r2_max: float
    beta: float
    delta: float
    reason: Text | None = None


def oster_bound(spec: Specification, term: str, *, r2_max: float | None = None) -> OsterBound:
    """Oster's delta and bias-adjusted coefficient; the fixed effects count as unrelated to the omitted variables.

    Parameters
    ----------
    spec : Specification
        Least squares; every other regressor is a control.
    term : str
    r2_max : float, optional
        Within R2 of a complete model; default min(1, 1.3 x the controlled one).

    Returns
    -------
    OsterBound

    Notes
    -----
    Oster (2019), Journal of Business & Economic Statistics 37(2), propositions 2 and 3 (psacalc with ``mcontrol``
    for the effects).
    """
    require_least_squares(spec)
    design = build_design(spec)
    parts = _oster_parts(Partialled.of(design, term), design.y)
    maximum = min(1.0, OSTER_R2 * parts.r2_controlled) if r2_max is None else r2_max
    if design.X.shape[1] == 1 or maximum <= parts.r2_controlled:
        reason = Text(
            "没有控制变量或 R2 上限不大于现有 R2，Oster 界没有意义",
            "without controls, or with a maximal R2 not above the present one, Oster's bound has no meaning",
        )
        return parts.bound(maximum, math.nan, math.nan, reason)
    return parts.bound(maximum, parts.adjusted(maximum), parts.delta(maximum))


@dataclass(frozen=True, slots=True)
class _OsterParts:
    """Coefficients, R2 and variances that the two formulas share."""

    uncontrolled: float
    controlled: float
    r2_uncontrolled: float
    r2_controlled: float
    variance_y: float
    variance_x: float
    variance_residual: float

    def bound(self, maximum: float, beta: float, delta: float, reason: Text | None = None) -> OsterBound:
        return OsterBound(
            self.uncontrolled,
            self.controlled,
            self.r2_uncontrolled,
            self.r2_controlled,
            maximum,
            beta,
            delta,
            reason,
        )

    def _terms(self, maximum: float) -> tuple[float, float, float, float]:
        """Room left to unobservables, movement of the coefficient, its part explained, and the cubic's constant."""
        room = (maximum - self.r2_controlled) * self.variance_y
        move = self.uncontrolled - self.controlled
        explained = (self.r2_controlled - self.r2_uncontrolled) * self.variance_y * self.variance_residual
        cubic = self.variance_residual * self.variance_x - self.variance_residual**2
        return room, move, explained, cubic

    def delta(self, maximum: float) -> float:
        """Proposition 3 at a true coefficient of 0."""
        room, move, explained, cubic = self._terms(maximum)
        bias, tau, sigma = self.controlled, self.variance_residual, self.variance_x
        numerator = bias * explained + bias * sigma * tau * move**2 + 2 * bias**2 * tau * move * sigma + bias**3 * cubic
        denominator = room * move * sigma + bias * room * (sigma - tau) + bias**2 * tau * move * sigma + bias**3 * cubic
        return numerator / denominator if denominator else math.nan

    def adjusted(self, maximum: float) -> float:
        """Proposition 2 at delta = 1: of the two solutions, the one with the smaller bias, as psacalc."""
        room, move, explained, _ = self._terms(maximum)
        tau, sigma = self.variance_residual, self.variance_x
        square = -tau * move * sigma
        linear = room * (sigma - tau) - explained - sigma * tau * move**2
        roots = np.roots([square, linear, room * move * sigma]) if square else np.array([0.0])
        real = roots[np.abs(roots.imag) < 1e-12 * (1 + np.abs(roots))].real
        return float(self.controlled - real[np.abs(real).argmin()]) if real.size else math.nan


def _oster_parts(partialled: Partialled, y: FloatArray) -> _OsterParts:
    x, residual_x, size = partialled.alone, partialled.x, y.size
    controlled = float(residual_x @ partialled.y / (residual_x @ residual_x))
    left = partialled.y - controlled * residual_x
    uncontrolled = float(x @ y / (x @ x))
    total = float(y @ y)
    return _OsterParts(
        uncontrolled,
        controlled,
        uncontrolled**2 * float(x @ x) / total,
        1 - float(left @ left) / total,
        total / (size - 1),
        float(x @ x) / (size - 1),
        float(residual_x @ residual_x) / (size - 1),
    )
