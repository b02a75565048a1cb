"""Made-up employment, robots and sectors, for the sheet 指标."""

from __future__ import annotations

import numpy as np

from lowcarbon_xl.panel.panel import Vector
from lowcarbon_xl.panel.provinces import Province

ROBOT_YEARS = range(2013, 2023)
EMPLOYMENT_SEED = 2004
ROBOTS_SEED = 2014
SECTOR_YEARS = range(2013, 2023)
SECTORS_SEED = 2015

INDUSTRIES = {
    "采矿业": (18.0, 0.9, (300.0, 0.25), (900.0, 0.02), 70.0),
    "食品饮料": (12.0, 0.5, (2600.0, 0.30), (9500.0, 0.05), 170.0),
    "纺织服装": (20.0, 0.8, (500.0, 0.28), (700.0, 0.02), 190.0),
    "化工医药": (16.0, 0.5, (6800.0, 0.24), (17000.0, 0.03), 105.0),
    "金属制品": (18.0, 0.6, (6200.0, 0.33), (19000.0, 0.04), 140.0),
    "电子电气": (15.0, 0.9, (14500.0, 0.36), (24000.0, 0.05), 170.0),
    "汽车制造": (6.0, 0.8, (27000.0, 0.24), (62000.0, 0.06), 110.0),
    "建筑业": (45.0, 0.4, (120.0, 0.30), (300.0, 0.04), 510.0),
}
"""Employment of a middling province (10^4 persons) and the spread of its logarithm; robots of the first year and their
growth, at home and abroad; employment abroad in a base year (10^4 persons)."""


def employment(units: tuple[Province, ...], seed: int = EMPLOYMENT_SEED) -> dict[str, Vector]:
    """Employment of a base year by industry and in total (10^4 persons), each of shape (units,)."""
    random = np.random.RandomState(seed)
    size = 0.6 * random.standard_normal(len(units))
    columns = {}
    for industry, (level, spread, *_) in INDUSTRIES.items():
        columns[f"{industry}(万人)"] = np.round(level * np.exp(size + spread * random.standard_normal(len(units))), 2)
    share = 0.15 + 0.2 * random.random_sample(len(units))
    columns["总就业(万人)"] = np.round(sum(columns.values(), np.zeros(len(units))) / share, 2)
    return columns


def robots(*, abroad: bool, seed: int = ROBOTS_SEED) -> dict[str, Vector]:
    """Robots by industry, each of shape (years,) or, abroad, (1 + years,) with the base year's employment first."""
    random = np.random.RandomState(seed + abroad)
    years = np.arange(len(ROBOT_YEARS))
    columns = {}
    for industry, (_, _, home, foreign, workers) in INDUSTRIES.items():
        first, growth = foreign if abroad else home
        stock = np.round(first * np.exp(growth * years + 0.03 * random.standard_normal(len(years))))
        columns[f"{industry}(台)"] = np.concatenate([[workers], stock]) if abroad else stock
    return columns


def sectors(units: tuple[Province, ...], seed: int = SECTORS_SEED) -> dict[str, Vector]:
    """Value added, employment, energy and three green indicators, each of shape (units x years,).

    Value added and GDP are in 10^8 CNY at constant prices and add up; employment is in 10^4 persons.
    """
    random = np.random.RandomState(seed)
    shape = (len(units), len(SECTOR_YEARS))
    years = np.arange(shape[1])

    def noisy(level: float, between: float, growth: float, within: float = 0.015) -> Vector:
        own = between * random.standard_normal((len(units), 1))
        return np.asarray(level * np.exp(own + growth * years + within * random.standard_normal(shape)))

    added = [
        np.round(noisy(level, 0.4, growth), 2) for level, growth in ((1900.0, 0.03), (9000.0, 0.05), (8500.0, 0.08))
    ]
    workers = [
        np.round(noisy(level, 0.3, growth), 2) for level, growth in ((950.0, -0.04), (800.0, -0.005), (900.0, 0.025))
    ]
    gdp = np.round(sum(added, np.zeros(shape)), 2)
    names = ("第一产业", "第二产业", "第三产业")
    columns = {f"{name}增加值(亿元)": values for name, values in zip(names, added, strict=True)}
    columns |= {f"{name}就业人员(万人)": values for name, values in zip(names, workers, strict=True)}
    columns |= {
        "实际GDP(亿元)": gdp,
        "能源消费(万吨标准煤)": np.round(gdp * noisy(0.62, 0.3, -0.035), 2),
        "绿色专利(件/万人)": np.round(noisy(0.8, 0.5, 0.12, 0.06), 2),
        "治污投资(占GDP%)": np.round(noisy(1.3, 0.25, 0.01, 0.06), 2),
        "废水排放(吨/万元)": np.round(noisy(9.0, 0.35, -0.08, 0.04), 2),
    }
    return {name: values.ravel() for name, values in columns.items()}
