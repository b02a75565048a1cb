"""Three Stata routes to one IV model: how each counts degrees of freedom, and what its R2 explains."""

from __future__ import annotations

from dataclasses import dataclass

from lowcarbon_xl.econometrics.absorb import Absorber
from lowcarbon_xl.econometrics.spec import FloatArray, IntArray, Specification
from lowcarbon_xl.econometrics.variance import ScoreGroups
from lowcarbon_xl.errors import InputError, Text


@dataclass(frozen=True, slots=True)
class RouteDegrees:
    """How a Stata route counts what the fixed effects cost.

    Attributes
    ----------
    dummies : int
        Effects that the route counts as included exogenous regressors (the constant among them).
    dofminus, sdofminus : int
        ivreg2's large- and small-sample corrections of N.
    small : bool
        t and F with small-sample factors rather than z and chi2.
    absorbed : int
        Effects that the route absorbs.
    convention : Text
        The route in words, for the line under a table.
    """

    dummies: int
    dofminus: int
    sdofminus: int
    small: bool
    absorbed: int
    convention: Text


def route_degrees(spec: Specification, absorber: Absorber, groups: ScoreGroups) -> RouteDegrees:
    """Degrees of freedom by the route of a specification.

    Raises
    ------
    InputError
        xtivreg2 without a fixed effect.
    """
    rank = absorber.rank if absorber.effects else 0
    if spec.route == "xtivreg2":
        if not spec.absorb:
            raise InputError(
                Text("xtivreg2 口径需要主体固定效应", "the xtivreg2 route needs unit fixed effects"),
                Text("写 absorb=省份,年份，或换 route=ivreg2", "Write absorb=province,year, or choose route=ivreg2"),
            )
        units = absorber.effects[0].levels
        return RouteDegrees(
            rank - units,
            0 if groups.effective_clusters else units,
            0,
            spec.small,
            units,
            Text(
                "xtivreg2, fe 口径：组内变换，其余固定效应为虚拟变量，R2 为组内",
                "xtivreg2, fe conventions: within transformation, other effects as dummies, R2 within units",
            ),
        )
    if spec.route == "ivreg2" or not spec.absorb:
        return RouteDegrees(
            rank,
            0,
            0,
            spec.small,
            0,
            Text(
                "ivreg2 口径：固定效应为虚拟变量，R2 含虚拟变量",
                "ivreg2 conventions: effects as dummies, which the R2 includes",
            )
            if spec.absorb
            else Text("ivreg2 口径", "ivreg2 conventions"),
        )
    absorbed = absorber.degrees(groups.clusters).absorbed
    return RouteDegrees(
        0,
        0,
        max(absorbed, 1),
        True,
        absorbed,
        Text("ivreghdfe 口径：固定效应被吸收，R2 为组内", "ivreghdfe conventions: effects absorbed, R2 within them"),
    )


def route_total(spec: Specification, outcome: FloatArray, absorbed: FloatArray, codes: tuple[IntArray, ...]) -> float:
    """Sum of squares behind the route's R2: within all effects, within units, or about the mean."""
    if spec.route == "ivreghdfe" or not spec.absorb:
        return float(absorbed @ absorbed)
    if spec.route == "xtivreg2":
        within = Absorber.of(codes[:1], outcome.size).residualize(outcome[:, None])[:, 0]
        return float(within @ within)
    centered = outcome - outcome.mean()
    return float(centered @ centered)
