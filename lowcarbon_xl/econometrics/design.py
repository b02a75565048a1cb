"""From a specification to the matrices of its estimator: sample, absorbed columns, what is collinear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.econometrics.absorb import Absorber
from lowcarbon_xl.econometrics.sample import EstimationSample, draw_sample
from lowcarbon_xl.econometrics.solve import EXACT_FIT, independent_columns
from lowcarbon_xl.econometrics.spec import Column, FloatArray, IntArray, Specification
from lowcarbon_xl.econometrics.variance import ScoreGroups
from lowcarbon_xl.errors import InputError, NotAvailableError, Text


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """The absorbed matrices of a specification on its sample.

    Attributes
    ----------
    spec : Specification
    sample : EstimationSample
    absorber : Absorber
    groups : ScoreGroups
        Clusters or periods of the sample.
    names : tuple of str
        Regressors kept, endogenous first.
    collinear : tuple of str
        Regressors dropped because the fixed effects or earlier regressors explain them.
    y, X : ndarray, shapes (N,) and (N, K)
        After absorption.
    outcome, regressors : ndarray, shapes (N,) and (N, K)
        The same before absorption.
    """

    spec: Specification
    sample: EstimationSample
    absorber: Absorber
    groups: ScoreGroups
    names: tuple[str, ...]
    collinear: tuple[str, ...]
    y: FloatArray
    X: FloatArray
    outcome: FloatArray
    regressors: FloatArray

    @property
    def has_constant(self) -> bool:
        """Whether a constant is reported: always, unless the user leaves it out and absorbs nothing."""
        return bool(self.absorber.effects)


@dataclass(frozen=True, slots=True, eq=False)
class Partialled:
    """One regressor and y with the effects and all other regressors projected off (Frisch, Waugh & Lovell).

    Attributes
    ----------
    basis : ndarray, shape (N, K-1)
        Orthonormal basis of the other regressors after absorption.
    alone, x, y : ndarray, shape (N,)
        The regressor after the effects only; it and y after the others as well.
    """

    basis: FloatArray
    alone: FloatArray
    x: FloatArray
    y: FloatArray

    @classmethod
    def of(cls, design: Design, term: str) -> Partialled:
        """Partial everything but `term` out of a design.

        Raises
        ------
        InputError
            The design has no such slope.
        """
        if term not in design.names:
            raise InputError(
                Text(
                    f"“{term}”不是模型中的解释变量（或因共线被去掉）",
                    f"'{term}' is no regressor of the model (or was dropped)",
                ),
                Text(f"可用：{'、'.join(design.names)}", f"Known: {', '.join(design.names)}"),
                column=term,
            )
        position = design.names.index(term)
        others = np.delete(design.X, position, axis=1)
        basis = np.linalg.qr(others / np.linalg.norm(others, axis=0))[0]
        alone, y = design.X[:, position], design.y
        return cls(basis, alone, alone - basis @ (basis.T @ alone), y - basis @ (basis.T @ y))

    def project_off(self, values: FloatArray) -> FloatArray:
        """Project the other regressors off columns already absorbed, shape (N, k)."""
        return np.asarray(values - self.basis @ (self.basis.T @ values))


def build_design(spec: Specification) -> Design:
    """Draw the sample, absorb the effects and drop what is collinear.

    Parameters
    ----------
    spec : Specification
        Least squares: its endogenous regressors, if any, are taken as ordinary ones.

    Returns
    -------
    Design

    Raises
    ------
    NotAvailableError
        No rows, no variation in y after the fixed effects, no regressor left.
    """
    sample = draw_sample(spec)
    rows = sample.rows
    groups = ScoreGroups.of(spec.vce, rows, None if spec.time is None else spec.time.values)
    absorber = Absorber.of(tuple(grouping.codes[rows] for grouping in spec.absorb), rows.size, constant=spec.constant)
    columns = spec.endogenous + spec.exogenous
    raw = matrix((spec.y, *columns), sample)
    absorbed = absorber.residualize(raw)
    lengths = np.linalg.norm(raw, axis=0)
    if np.linalg.norm(absorbed[:, 0]) <= EXACT_FIT * lengths[0]:
        raise no_variation(spec)
    kept = independent_columns(absorbed[:, 1:], np.maximum(lengths[1:], np.finfo(float).tiny))
    if not kept:
        raise _no_regressor(spec, columns)
    names = tuple(columns[position].name for position in kept)
    collinear = tuple(column.name for column in columns if column.name not in names)
    return Design(
        spec,
        sample,
        absorber,
        groups,
        names,
        collinear,
        absorbed[:, 0],
        absorbed[:, 1:][:, kept],
        raw[:, 0],
        raw[:, 1:][:, kept],
    )


def matrix(columns: tuple[Column, ...], sample: EstimationSample) -> FloatArray:
    """The columns on the rows of the sample, shape (N, k)."""
    if not columns:
        return np.empty((sample.rows.size, 0))
    return np.column_stack([column.values[sample.rows] for column in columns])


def no_variation(spec: Specification) -> NotAvailableError:
    """The error for a dependent variable that the fixed effects explain entirely."""
    effects = ", ".join(grouping.name for grouping in spec.absorb)
    return NotAvailableError(
        Text(
            f"被解释变量“{spec.y.name}”{f'去掉固定效应（{effects}）后' if effects else ''}没有变化",
            f"the dependent variable '{spec.y.name}' does not vary"
            + (f" once the fixed effects ({effects}) are taken out" if effects else ""),
        ),
        Text("换一个被解释变量，或减少固定效应", "Use another dependent variable or absorb fewer effects"),
        column=spec.y.name,
    )


def _no_regressor(spec: Specification, columns: tuple[Column, ...]) -> NotAvailableError:
    names = ", ".join(column.name for column in columns)
    effects = ", ".join(grouping.name for grouping in spec.absorb)
    culprit = (
        Text(f"固定效应（{effects}）", f"the fixed effects ({effects})") if effects else Text("常数项", "the constant")
    )
    return NotAvailableError(
        Text(
            f"解释变量（{names}）全部被{culprit.zh}吸收",
            f"every regressor ({names}) is explained by {culprit.en}",
        ),
        Text(
            "解释变量须在省内随年份变化；否则减少固定效应",
            "Regressors must vary within a province over the years; otherwise absorb fewer effects",
        ),
        column=columns[0].name,
    )


def require_degrees(remaining: float, size: int, parameters: float) -> None:
    """Refuse a model with at least as many parameters as rows.

    Parameters
    ----------
    remaining : float
        Residual degrees of freedom.
    size, parameters : int
        N, and parameters including absorbed effects.
    """
    if remaining <= 0:
        raise NotAvailableError(
            Text(
                f"{size} 行样本估计 {parameters:g} 个参数，没有剩余自由度",
                f"{size} rows cannot estimate {parameters:g} parameters: no degrees of freedom remain",
            ),
            Text("减少变量或固定效应，或扩大样本", "Use fewer regressors or effects, or more rows"),
        )


def quick_slopes(
    values: FloatArray,
    codes: tuple[IntArray, ...],
    equations: tuple[tuple[int, list[int]], ...],
    *,
    constant: bool = True,
) -> list[FloatArray]:
    """Slopes alone, for resampling: no sample selection, no collinearity check, no inference.

    Parameters
    ----------
    values : ndarray, shape (N, k)
    codes : tuple of ndarray of int, each of shape (N,)
        Fixed effects.
    equations : tuple of (int, list of int)
        Columns of outcome and regressors, an equation each.
    constant : bool
        Whether the constant is absorbed when there are no effects.

    Returns
    -------
    list of ndarray
        One array of slopes an equation; NaN where its regressors are dependent.
    """
    absorbed = Absorber.of(codes, values.shape[0], constant=constant).residualize(values)
    lengths = np.linalg.norm(absorbed, axis=0)
    slopes = []
    for outcome, regressors in equations:
        scaled = absorbed[:, regressors] / np.where(lengths[regressors] > 0, lengths[regressors], 1.0)
        solution, _, rank, _ = np.linalg.lstsq(scaled, absorbed[:, outcome], rcond=1e-12)
        slopes.append(solution / lengths[regressors] if rank == len(regressors) else np.full(len(regressors), np.nan))
    return slopes
