"""From a specification with instruments to the absorbed matrices of 2SLS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.econometrics.absorb import Absorber
from lowcarbon_xl.econometrics.design import matrix, no_variation, require_degrees
from lowcarbon_xl.econometrics.routes import RouteDegrees, route_degrees, route_total
from lowcarbon_xl.econometrics.sample import EstimationSample, draw_sample
from lowcarbon_xl.econometrics.solve import EXACT_FIT, independent_columns
from lowcarbon_xl.econometrics.spec import FloatArray, Specification
from lowcarbon_xl.econometrics.variance import ScoreGroups
from lowcarbon_xl.errors import InputError, NotAvailableError, Text


@dataclass(frozen=True, slots=True, eq=False)
class InstrumentedDesign:
    """The absorbed matrices of a model with instruments, on its sample.

    Attributes
    ----------
    spec : Specification
    sample : EstimationSample
    groups : ScoreGroups
    route : RouteDegrees
    endogenous, exogenous, instruments : tuple of str
        Names kept.
    collinear : tuple of str
        Exogenous regressors and instruments dropped as collinear.
    y, Y, X, Z : ndarray, shapes (N,), (N, K1), (N, K2), (N, L1)
        Outcome, endogenous, included exogenous and excluded instruments after absorption.
    total : float
        Sum of squares that the route's R2 explains.
    means : ndarray or None, shape (1 + K1 + K2,)
        Means of y and of the regressors when a constant is reported.
    """

    spec: Specification
    sample: EstimationSample
    groups: ScoreGroups
    route: RouteDegrees
    endogenous: tuple[str, ...]
    exogenous: tuple[str, ...]
    instruments: tuple[str, ...]
    collinear: tuple[str, ...]
    y: FloatArray
    Y: FloatArray
    X: FloatArray
    Z: FloatArray
    total: float
    means: FloatArray | None

    @property
    def size(self) -> int:
        """N."""
        return int(self.y.size)

    @property
    def parameters(self) -> int:
        """K as the route counts it: regressors and the effects that enter as dummies."""
        return int(self.Y.shape[1] + self.X.shape[1] + self.route.dummies)

    @property
    def moments(self) -> int:
        """L as the route counts it: all instruments and the effects that enter as dummies."""
        return int(self.Z.shape[1] + self.X.shape[1] + self.route.dummies)

    def partialled(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """y, Y and Z with the included exogenous regressors projected off as well."""
        if not self.X.shape[1]:
            return self.y, self.Y, self.Z
        basis = np.linalg.qr(self.X / np.linalg.norm(self.X, axis=0))[0]
        y, Y, Z = (values - basis @ (basis.T @ values) for values in (self.y, self.Y, self.Z))
        return y, Y, Z

    def fits_exactly(self, residuals: FloatArray) -> bool:
        """Whether 2SLS residuals, shape (N,), are rounding alone."""
        return bool(residuals @ residuals <= EXACT_FIT**2 * self.total)

    def large_factor(self) -> float:
        """N/(N - dofminus) of ivreg2; 1 with clusters."""
        return 1.0 if self.groups.effective_clusters else self.size / (self.size - self.route.dofminus)

    def small_factor(self, parameters: int) -> float:
        """What turns a sandwich without correction into the small-sample one for so many parameters."""
        groups = self.groups.effective_clusters
        remaining = self.small_degrees(parameters)
        return (self.size - 1) / remaining * groups / (groups - 1) if groups else self.size / remaining

    def small_degrees(self, parameters: int) -> int:
        """N minus the parameters and what the route subtracts (dofminus is 0 with clusters)."""
        return self.size - parameters - self.route.sdofminus - self.route.dofminus

    def t_degrees(self, parameters: int) -> int:
        """Degrees of freedom of t and of F's denominator in small samples."""
        groups = self.groups.effective_clusters
        return groups - 1 if groups else self.small_degrees(parameters)


def build_instrumented(spec: Specification) -> InstrumentedDesign:
    """Draw the sample, absorb the effects, drop collinear exogenous regressors and instruments.

    Parameters
    ----------
    spec : Specification
        With endogenous regressors and at least as many instruments.

    Returns
    -------
    InstrumentedDesign

    Raises
    ------
    InputError
        No endogenous regressor, or xtivreg2 without a fixed effect.
    NotAvailableError
        y or an endogenous regressor does not vary after absorption; too few independent instruments or rows.
    """
    if not spec.endogenous:
        raise InputError(
            Text("工具变量模型没有内生变量", "an IV model needs an endogenous regressor"),
            Text("指定内生变量和工具变量，或用 TWFE", "Name the endogenous regressor and its instruments, or use TWFE"),
        )
    sample = draw_sample(spec)
    rows = sample.rows
    groups = ScoreGroups.of(spec.vce, rows, None if spec.time is None else spec.time.values)
    codes = tuple(grouping.codes[rows] for grouping in spec.absorb)
    absorber = Absorber.of(codes, rows.size, constant=spec.constant)
    raw = matrix(spec.variables, sample)
    absorbed = absorber.residualize(raw)
    kept = _Kept.of(spec, absorbed, np.linalg.norm(raw, axis=0))
    route = route_degrees(spec, absorber, groups)
    means = raw[:, [0, *kept.endogenous, *kept.exogenous]].mean(axis=0)
    names = [column.name for column in spec.variables]
    design = InstrumentedDesign(
        spec,
        sample,
        groups,
        route,
        tuple(names[position] for position in kept.endogenous),
        tuple(names[position] for position in kept.exogenous),
        tuple(names[position] for position in kept.instruments),
        tuple(names[position] for position in kept.dropped),
        absorbed[:, 0],
        absorbed[:, kept.endogenous],
        absorbed[:, kept.exogenous],
        absorbed[:, kept.instruments],
        route_total(spec, raw[:, 0], absorbed[:, 0], codes),
        means if spec.constant and not spec.absorb else None,
    )
    require_degrees(design.small_degrees(design.moments), rows.size, rows.size - design.small_degrees(design.moments))
    return design


@dataclass(frozen=True, slots=True)
class _Kept:
    """Positions among y, endogenous, exogenous, instruments that stay, and those dropped as collinear."""

    endogenous: list[int]
    exogenous: list[int]
    instruments: list[int]
    dropped: list[int]

    @classmethod
    def of(cls, spec: Specification, absorbed: FloatArray, lengths: FloatArray) -> _Kept:
        if np.linalg.norm(absorbed[:, 0]) <= EXACT_FIT * lengths[0]:
            raise no_variation(spec)
        magnitudes = np.maximum(lengths, np.finfo(float).tiny)
        first_exogenous = 1 + len(spec.endogenous)
        first_instrument = first_exogenous + len(spec.exogenous)
        endogenous = list(range(1, first_exogenous))
        exogenous = list(range(first_exogenous, first_instrument))
        instruments = list(range(first_instrument, absorbed.shape[1]))

        def independent(positions: list[int]) -> list[int]:
            return [positions[index] for index in independent_columns(absorbed[:, positions], magnitudes[positions])]

        kept_exogenous = independent(exogenous)
        for position in endogenous:
            if position not in independent(kept_exogenous + endogenous):
                raise _explained(spec.variables[position].name)
        kept_instruments = independent(kept_exogenous + instruments)[len(kept_exogenous) :]
        if len(kept_instruments) < len(endogenous):
            dropped = [spec.variables[index].name for index in instruments if index not in kept_instruments]
            raise _not_identified(len(endogenous), len(kept_instruments), dropped)
        everything = kept_exogenous + kept_instruments
        return cls(
            endogenous,
            kept_exogenous,
            kept_instruments,
            [position for position in exogenous + instruments if position not in everything],
        )


def _explained(name: str) -> NotAvailableError:
    return NotAvailableError(
        Text(
            f"内生变量“{name}”被固定效应或外生变量完全解释",
            f"the endogenous regressor '{name}' is explained entirely by the fixed effects or exogenous regressors",
        ),
        Text("减少固定效应，或把它移到外生变量", "Absorb fewer effects, or treat it as exogenous"),
        column=name,
    )


def _not_identified(endogenous: int, remaining: int, dropped: list[str]) -> NotAvailableError:
    names = ", ".join(dropped)
    return NotAvailableError(
        Text(
            f"工具变量（{names}）与固定效应或外生变量共线，只剩 {remaining} 个，不足 {endogenous} 个内生变量",
            f"instruments ({names}) are collinear with the fixed effects or exogenous regressors: {remaining} remain for "
            f"{endogenous} endogenous regressors",
        ),
        Text(
            "工具变量须在省内随年份变化（如份额 x 全国冲击）",
            "An instrument must vary within a province over the years (for example shares times a national shock)",
        ),
        column=dropped[0] if dropped else None,
    )
