"""Variables of a provincial study, made up: moments of its Table 1, its coefficients as truth, a seeded generator.

The study is the one that the add-in was written for: artificial intelligence, carbon emissions and green total
factor productivity of 30 provinces, 2013-2022. Its data are not public; nothing here is a figure of any province.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from lowcarbon_xl.panel.panel import Vector
from lowcarbon_xl.panel.provinces import Province

YEARS = range(2013, 2023)
SEED = 2013


@dataclass(frozen=True, slots=True)
class Regressor:
    """A variable on the right-hand side: the four printed moments, and how its variance is spread.

    Parameters
    ----------
    mean, sd, low, high : float
        Table 1 of the study; all four are matched at the printed precision.
    gradient : float
        What a province of the east has above one of the west, in between-province standard deviations.
    trend, noise : float
        Rise of the logarithm over the ten years, and standard deviation of the logarithm within a province.
    digits : int
        Decimals that are kept.
    """

    mean: float
    sd: float
    low: float
    high: float
    gradient: float
    trend: float
    noise: float
    digits: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A variable on the left-hand side.

    Parameters
    ----------
    effects : mapping
        The true coefficient of each regressor (the study's two-way fixed-effects estimates).
    noise : float
        Standard deviation of the independent normal disturbance.
    trend : float
        True year effect, per year.
    mean, sd : float
        Where `matched`, the printed moments; else a plausible level and spread between provinces.
    matched : bool
        Whether the sample has exactly this mean and standard deviation.
    skew : float
        0 for normal province effects; above 0 their exponential's shape, long to the right.
    """

    effects: Mapping[str, float]
    noise: float
    trend: float
    mean: float
    sd: float
    matched: bool
    skew: float = 0.0


REGRESSORS = {
    "AI": Regressor(0.212, 0.135, 0.025, 0.872, 0.6, 0.9, 0.2, 4),
    "Open": Regressor(0.259, 0.257, 0.008, 1.257, 1.6, 0.0, 0.13, 4),
    "Density": Regressor(0.048, 0.071, 0.001, 0.393, 1.4, 0.04, 0.013, 5),
    "Fin": Regressor(1.600, 0.464, 0.740, 3.000, 0.2, 0.3, 0.09, 4),
    "Gov": Regressor(0.250, 0.101, 0.107, 0.643, -1.2, 0.1, 0.13, 4),
    "Energy": Regressor(0.033, 0.023, 0.004, 0.094, 0.8, 0.0, 0.05, 5),
    "Urban": Regressor(0.614, 0.114, 0.379, 0.896, 1.3, 0.15, 0.022, 4),
}
"""Means, standard deviations, minima and maxima of Table 1."""


def _effects(*values: float) -> Mapping[str, float]:
    return dict(zip(REGRESSORS, values, strict=True))


OUTCOMES = {
    "CO2": Outcome(_effects(-0.482, -0.159, 14.699, -0.110, 0.307, 13.663, 1.198), 0.116, 0.01, 10.471, 0.794, True),
    "GTFP": Outcome(
        _effects(0.589, 0.283, 46.796, -0.077, 0.233, -2.628, -0.995), 0.110, 0.015, 1.124, 0.277, True, 1.0
    ),
    "Efficiency": Outcome(
        _effects(3.334, 1.444, -114.018, -0.729, -11.180, -41.783, -36.818), 0.5, 0.35, 7.0, 1.3, False, 0.5
    ),
    "GreenTech": Outcome(_effects(0.667, -0.117, 16.561, 0.057, 0.087, -0.138, -0.401), 0.06, 0.03, 0.9, 0.25, False),
    "Upgrading": Outcome(_effects(0.097, 0.131, 1.634, 0.031, 0.092, -0.762, 0.202), 0.04, 0.005, 2.43, 0.12, False),
    "CO2Other": Outcome(_effects(-0.300, 0.158, 4.884, 0.029, 0.173, 4.043, -0.481), 0.12, 0.01, 10.0, 0.7, False),
    "GTFPOther": Outcome(
        _effects(1.591, 1.668, 39.583, -0.266, -0.147, -19.627, -0.679), 0.32, 0.02, 1.6, 0.5, False, 1.0
    ),
}
"""Coefficients of Table 2, columns 2 and 4; of Table 6, the columns FE; of Table 5, columns 3 and 4."""

_OTHER_AI = 29.0
"""About what Tables 2 and 5 imply for the scale of the other measure of AI: 0.589 / 0.020."""

_LOG_A = (-3.0, 1.0)
"""Where the first parameter of the spread between provinces is looked for."""
_FIRST_STAGE = 25.995
"""Table 4: the coefficient of the instrument in the first stage, which fixes the instrument's scale."""
_INSTRUMENT_SHARE = 0.7
"""Correlation of the instrument with the movement of AI within a province."""


def regressors(units: tuple[Province, ...], seed: int = SEED) -> dict[str, Vector]:
    """The seven regressors and the instrument ``IV``, each of shape (units x years,), province by province.

    Province levels spread as a beta distribution are moved by a trend and noise, and bent a little until minimum,
    maximum, mean and standard deviation are the printed ones.
    """
    random = np.random.RandomState(seed)  # its streams are frozen, those of Generator are not
    columns: dict[str, Vector] = {}
    shock = random.standard_normal((len(units), len(YEARS)))
    for name, regressor in REGRESSORS.items():
        latent = random.standard_normal(len(units)) + regressor.gradient * _east(units)
        slope = regressor.trend * (1 + 0.3 * random.standard_normal(len(units)))
        own = random.standard_normal((len(units), len(YEARS)))
        if name == "AI":
            own = _INSTRUMENT_SHARE * shock + np.sqrt(1 - _INSTRUMENT_SHARE**2) * own
        movement = np.exp(slope[:, None] * np.linspace(-0.5, 0.5, len(YEARS)) + regressor.noise * own)
        columns[name] = np.round(_panel(latent, movement, regressor), regressor.digits)
    columns["IV"] = _instrument(columns["AI"].reshape(shock.shape), shock, random)
    return columns


def outcomes(columns: Mapping[str, Vector], seed: int = SEED) -> dict[str, Vector]:
    """The five outcomes on given regressors; the disturbances are independent of them and of each other.

    ``y = province effect + year effect + X b + disturbance``, four decimals. Mean and standard deviation are matched
    through the province effects, so the coefficients stay the true ones.
    """
    random = np.random.RandomState(seed + 1)
    return {name: np.round(_outcome(columns, outcome, random), 4) for name, outcome in OUTCOMES.items()}


def further_columns(columns: Mapping[str, Vector], seed: int = SEED) -> dict[str, Vector]:
    """Another measure of AI, with an error of measurement, and two variables that split the sample.

    No outcome depends on either of the latter, so the true effect is the same in both groups.
    """
    random = np.random.RandomState(seed + 2)
    shape = (len(columns["AI"]) // len(YEARS), len(YEARS))
    error = random.standard_normal(shape).ravel()
    provinces = random.standard_normal((2, shape[0], 1))
    moves = random.standard_normal((2, *shape))
    years = np.arange(len(YEARS))
    return {
        "AIOther": np.round(_OTHER_AI * columns["AI"] * np.exp(0.08 * error), 3),
        "Regulation": np.round(0.3 * np.exp(0.7 * provinces[0] + 0.25 * moves[0]), 4).ravel(),
        "Industry": np.round(0.4 + 0.07 * provinces[1] + 0.015 * moves[1] - 0.004 * years, 4).ravel(),
    }


def _outcome(columns: Mapping[str, Vector], outcome: Outcome, random: np.random.RandomState) -> Vector:
    explained = sum((columns[name] * effect for name, effect in outcome.effects.items()), np.zeros(len(columns["AI"])))
    moving = explained.reshape(-1, len(YEARS))
    moving = moving - moving.mean(axis=1, keepdims=True)  # what differs between provinces goes into the province effect
    moving += outcome.trend * (np.arange(len(YEARS)) - (len(YEARS) - 1) / 2)
    moving += outcome.noise * random.standard_normal(moving.shape)
    drawn = random.standard_normal(len(moving))
    level = np.repeat(np.exp(outcome.skew * drawn) if outcome.skew else drawn, len(YEARS))
    level -= level.mean()
    deviation = moving.ravel() - moving.mean()
    if outcome.matched:
        return np.asarray(outcome.mean + deviation + _scale(level, deviation, outcome.sd) * level)
    return np.asarray(outcome.mean + deviation + outcome.sd / level.std(ddof=1) * level)


def _scale(level: Vector, deviation: Vector, sd: float) -> float:
    """The factor of `level` that gives the sum the standard deviation wanted."""
    square, cross = level @ level, level @ deviation
    missing = sd**2 * (len(level) - 1) - deviation @ deviation
    if missing <= 0:
        raise ValueError("the regressors alone vary more than the outcome may")
    return float((-cross + np.sqrt(cross**2 + square * missing)) / square)


def _instrument(ai: Vector, shock: Vector, random: np.random.RandomState) -> Vector:
    """Robots abroad by the province's industries: correlated with AI within provinces, and with no outcome otherwise."""
    latent = 1.5 * random.standard_normal((len(ai), 1)) + np.linspace(0, 1, len(YEARS)) + shock
    moving = _both_ways(latent)
    slope = float((moving * ai).sum() / (moving * moving).sum())
    return np.asarray(np.round((latent - latent.min() + 0.5) * slope / _FIRST_STAGE, 6)).ravel()


def _both_ways(values: Vector) -> Vector:
    """A balanced panel (units, years) without its unit and year means."""
    within = values - values.mean(axis=1, keepdims=True)
    return np.asarray(within - within.mean(axis=0, keepdims=True))


def _east(units: tuple[Province, ...]) -> Vector:
    gradient = {"east": 0.5, "central": 0.0, "west": -0.5}
    return np.array([gradient[unit.region3] for unit in units])


def _panel(latent: Vector, movement: Vector, wanted: Regressor) -> Vector:
    """Province levels in the order of `latent`, times a movement over the years, with the four moments wanted.

    Parameters
    ----------
    latent : array, shape (units,)
    movement : array, shape (units, years)
        Positive factors near 1.

    Returns
    -------
    array, shape (units x years,)
        Levels are ``1 - (1 - v^a)^b`` of evenly spaced v in [0, 1] (Kumaraswamy 1980); minimum and maximum are set by an
        affine map, then for every a one b gives the mean, and one a gives the standard deviation.
    """
    share = latent.argsort().argsort() / (len(latent) - 1)
    span = wanted.high - wanted.low

    def spread(a: float, b: float) -> Vector:
        with np.errstate(divide="ignore"):  # the largest share is 1, its logarithm minus infinity, its level 1 again
            level = -np.expm1(b * np.log1p(-(share**a)))
        values = (wanted.low + span * level[:, None]) * movement
        return np.asarray(wanted.low + span * (values - values.min()) / np.ptp(values)).ravel()

    def fitted(a: float) -> Vector:
        b = np.exp(brentq(lambda log_b: spread(a, np.exp(log_b)).mean() - wanted.mean, -8, 8, xtol=1e-13))
        return spread(a, float(b))

    def excess(log_a: float) -> float:
        return float(fitted(np.exp(log_a)).std(ddof=1)) - wanted.sd

    return fitted(float(np.exp(brentq(excess, *_LOG_A, xtol=1e-13))))
