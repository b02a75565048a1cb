"""Made-up physical energy consumption and made-up national accounts, for the sheets 能源 and 资本."""

from __future__ import annotations

import numpy as np

from lowcarbon_xl.panel.panel import Vector
from lowcarbon_xl.panel.provinces import Province

ENERGY_YEARS = range(2019, 2023)
ENERGY_SEED = 2019
CAPITAL_YEARS = range(2000, 2011)
CAPITAL_SEED = 2000

ACTIVITIES = {
    "原煤(万吨)": (9000.0, 0.9, 0.01),
    "焦炭(万吨)": (1100.0, 0.9, 0.0),
    "原油(万吨)": (1500.0, 1.0, 0.02),
    "汽油(万吨)": (420.0, 0.5, 0.02),
    "煤油(万吨)": (90.0, 0.9, 0.03),
    "柴油(万吨)": (480.0, 0.5, 0.0),
    "燃料油(万吨)": (60.0, 1.1, -0.02),
    "液化石油气(万吨)": (120.0, 0.8, 0.01),
    "天然气(亿立方米)": (90.0, 0.7, 0.07),
    "电力(亿千瓦时)": (2300.0, 0.7, 0.05),
}
"""Column, electricity being the last: level of a middling province, spread of the logarithm between provinces, growth a year."""


def energy(units: tuple[Province, ...], seed: int = ENERGY_SEED) -> dict[str, Vector]:
    """Nine fuels and electricity, each of shape (units x years,), in the units of `ACTIVITIES`, two decimals."""
    random = np.random.RandomState(seed)
    size = 0.5 * random.standard_normal((len(units), 1))
    years = np.arange(len(ENERGY_YEARS))
    columns = {}
    for fuel, (level, spread, growth) in ACTIVITIES.items():
        province = size + np.sqrt(spread**2 - 0.2) * random.standard_normal((len(units), 1))
        noise = 0.03 * random.standard_normal((len(units), len(years)))
        columns[fuel] = np.round(level * np.exp(province + growth * years + noise), 2).ravel()
    return columns


def capital(units: tuple[Province, ...], seed: int = CAPITAL_SEED) -> dict[str, Vector]:
    """Nominal GDP and gross fixed capital formation (10^8 CNY), and their indices (previous year = 100).

    Each column has the shape (units x years,); GDP grows by its volume index times a deflator, so the columns are
    consistent with each other.
    """
    random = np.random.RandomState(seed)
    shape = (len(units), len(CAPITAL_YEARS))
    volume = np.round(112 + 1.5 * random.standard_normal(shape), 1)
    deflator = 1.035 + 0.015 * random.standard_normal(shape)
    price = np.round(102.5 + 2.0 * random.standard_normal(shape), 1)
    growth = volume / 100 * deflator
    growth[:, 0] = 1
    start = 3000 * np.exp(0.7 * random.standard_normal((len(units), 1)))
    gdp = start * np.cumprod(growth, axis=1)
    share = 0.38 + 0.012 * np.arange(shape[1]) + 0.02 * random.standard_normal(shape)
    return {
        "地区生产总值(亿元)": np.round(gdp, 2).ravel(),
        "地区生产总值指数(上年=100)": volume.ravel(),
        "固定资本形成总额(亿元)": np.round(gdp * share, 2).ravel(),
        "固定资产投资价格指数(上年=100)": price.ravel(),
    }
