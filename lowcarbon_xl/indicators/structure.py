"""Industrial upgrading, energy efficiency and the control variables of the study: ratios with their units."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]


def upgrading(value_added: Matrix, employment: Matrix, *, standardised: bool = False) -> Vector:
    """Industrial upgrading, sum_k (VA_k / GDP) (VA_k / L_k), shape (n,).

    Parameters
    ----------
    value_added, employment : float array, shape (n, 3)
        Primary, secondary, tertiary.
    standardised : bool
        Divide each sector's labour productivity by its mean over all rows, so that the index has no unit and no sector
        counts more because its productivity is high everywhere.

    References
    ----------
    Liu Wei, Zhang Hui and Huang Zehua (2008): share times labour productivity.
    """
    productivity = value_added / employment
    if standardised:
        productivity = productivity / productivity.mean(axis=0)
    shares = value_added / value_added.sum(axis=1, keepdims=True)
    index: Vector = (shares * productivity).sum(axis=1)
    return index


def tertiary_over_secondary(value_added: Matrix) -> Vector:
    """Upgrading as services over industry (Gan, Zheng and Yu 2011), shape (n,)."""
    return value_added[:, 2] / value_added[:, 1]


def energy_efficiency(gdp: Vector, energy: Vector) -> Vector:
    """GDP per unit of energy, shape (n,): more is better, which the sign of the study's mechanism needs."""
    return gdp / energy


def openness(trade: Vector, gdp: Vector, exchange_rate: Vector | float = 1.0) -> Vector:
    """Trade x exchange rate (CNY per USD; 1 when trade is in CNY) over GDP, shape (n,)."""
    return trade * exchange_rate / gdp


def density(population: Vector, area: Vector) -> Vector:
    """Population (10^4 persons) per km2: area in 10^4 km2, shape (n,)."""
    return population / (area * 1e4)


def share_of_gdp(amount: Vector, gdp: Vector) -> Vector:
    """Finance (loans) or government (budget expenditure) over GDP, shape (n,)."""
    return amount / gdp


def share_of_year_total(amount: Vector, years: npt.NDArray[np.int64]) -> Vector:
    """Each row over the sum of its year, as the study's energy structure (provincial over national), shape (n,)."""
    _, year = np.unique(years, return_inverse=True)
    return amount / np.bincount(year, amount)[year]


def green_technology(patents: Vector, population: Vector) -> Vector:
    """Green patent applications per 10^4 persons: population in 10^4 persons, shape (n,)."""
    return patents / population
