"""Real GDP by chained indices, and the capital stock by perpetual inventory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.panel.panel import Keys, Vector, require_consecutive_years

Growth = Literal["geometric", "arithmetic"]

SHAN_DEPRECIATION = 0.1096
"""Shan Haojie 2008, a composite of structures, equipment and other investment."""

ZHANG_DEPRECIATION = 0.096
"""Zhang Jun, Wu Guiying and Zhang Jipeng 2004."""

GROWTH_YEARS = 5
"""Shan's initial stock rests on the growth of real investment over the five years after the base year."""


def chain(keys: Keys, link: Vector, base_year: int) -> Vector:
    """Chain an index (previous year = 100) within each unit so that the base year is 1.

    Parameters
    ----------
    keys : Keys
        n rows, consecutive years in every unit.
    link : float array, shape (n,)
        Previous year = 100; the value of a unit's first year is not used.

    Raises
    ------
    InputError
        When a unit lacks the base year or a year in between, or an index that is needed is missing.
    """
    require_consecutive_years(keys)
    level = np.ones(len(link))
    for unit, rows in keys.by_unit().items():
        start = _base_position(keys, unit, rows.tolist(), base_year)
        for row in rows[1:].tolist():
            if not link[row] > 0:
                raise _missing(Text("指数", "the index"), unit, int(keys.years[row]), row)
        growth = link[rows] / 100
        growth[0] = 1.0
        path = np.cumprod(growth)
        level[rows] = path / path[start]
    return level


def real_gdp(keys: Keys, nominal: Vector, index: Vector, base_year: int) -> Vector:
    """Real GDP at base-year prices: base-year GDP chained with the volume index (previous year = 100).

    Parameters
    ----------
    nominal : float array, shape (n,)
        Only the base year of each unit is used.
    index : float array, shape (n,)
    """
    level = chain(keys, index, base_year)
    base = np.empty(len(nominal))
    for unit, rows in keys.by_unit().items():
        row = rows[int(np.flatnonzero(keys.years[rows] == base_year)[0])]
        if not nominal[row] > 0:
            raise _missing(Text("基期 GDP", "GDP of the base year"), unit, base_year, int(row))
        base[rows] = nominal[row]
    return base * level


@dataclass(frozen=True, slots=True)
class CapitalStock:
    """Capital stock and what made it.

    Parameters
    ----------
    stock : float array, shape (n,)
        At base-year prices, in the unit of investment; NaN before the base year.
    real_investment : float array, shape (n,)
    initial_growth : mapping of unit to float
        Growth of real investment behind the initial stock; empty when the rule does not use it.
    """

    stock: Vector
    real_investment: Vector
    initial_growth: dict[str, float]


def capital_stock(
    keys: Keys,
    investment: Vector,
    price_index: Vector,
    base_year: int,
    *,
    depreciation: float = SHAN_DEPRECIATION,
    initial: Literal["shan", "zhang"] | Vector = "shan",
    growth: Growth = "geometric",
) -> CapitalStock:
    """Perpetual inventory, K_t = (1 - d) K_{t-1} + I_t / P_t.

    Parameters
    ----------
    keys : Keys
        n rows, consecutive years in every unit.
    investment : float array, shape (n,)
        Gross fixed capital formation at current prices.
    price_index : float array, shape (n,)
        Price index of investment, previous year = 100.
    base_year : int
        Year of the prices and of the initial stock.
    depreciation : float
    initial : {"shan", "zhang"} or float array of shape (n,)
        Shan Haojie (2008): K_0 = I_1 / (d + g), g the mean growth of real investment over the next five years.
        Zhang et al. (2004): K_0 = I_0 / 0.1. An array holds the stock itself in the base-year rows.
    growth : {"geometric", "arithmetic"}
        Which mean growth; it moves the 2000 stock by up to 2 %.

    Raises
    ------
    InputError
        For missing years, prices or investment, and growth that makes the initial stock negative.
    """
    deflator = chain(keys, price_index, base_year)
    real = investment / deflator
    stock = np.full(len(real), np.nan)
    rates: dict[str, float] = {}
    for unit, rows in keys.by_unit().items():
        start = _base_position(keys, unit, rows.tolist(), base_year)
        for row in rows[start:].tolist():
            if not np.isfinite(real[row]):
                raise _missing(Text("投资", "investment"), unit, int(keys.years[row]), row)
        path = real[rows[start:]]
        if isinstance(initial, str):
            first, rate = _initial_stock(unit, path, initial, depreciation, growth, int(rows[start]))
            rates |= {unit: rate} if rate is not None else {}
        else:
            first = float(initial[rows[start]])
            if not first > 0:
                raise _missing(Text("初始资本存量", "the initial stock"), unit, base_year, int(rows[start]))
        stock[rows[start:]] = _accumulate(first, path, depreciation)
    return CapitalStock(stock, real, rates)


def _accumulate(first: float, flows: Vector, depreciation: float) -> Vector:
    """Stocks of a unit, shape of `flows`; the flow of the first year is already in the initial stock."""
    stocks = np.empty(len(flows))
    stocks[0] = first
    for year in range(1, len(flows)):
        stocks[year] = (1 - depreciation) * stocks[year - 1] + flows[year]
    return stocks


def _initial_stock(
    unit: str, path: Vector, rule: str, depreciation: float, growth: Growth, row: int
) -> tuple[float, float | None]:
    """Stock of the base year and, under Shan's rule, the growth it rests on."""
    if rule == "zhang":
        return float(path[0]) / 0.1, None
    if len(path) <= GROWTH_YEARS:
        raise InputError(
            Text(
                f"{unit} 基年之后只有 {len(path) - 1} 年，单豪杰法的初始存量要 {GROWTH_YEARS} 年",
                f"{unit} has {len(path) - 1} years after the base year; Shan's initial stock needs {GROWTH_YEARS}",
            ),
            Text(
                "把更早的年份选进来，或用 initial=zhang，或给 initial=初始存量列",
                "Add earlier years, or use initial=zhang, or name a column with initial=COLUMN",
            ),
            row=row,
        )
    window = path[: GROWTH_YEARS + 1]
    yearly = window[1:] / window[:-1]
    mean = np.prod(yearly) ** (1 / GROWTH_YEARS) if growth == "geometric" else np.mean(yearly)
    rate = float(mean) - 1
    if not depreciation + rate > 0:
        raise InputError(
            Text(
                f"{unit} 的投资增长 {rate:.1%} 使初始存量为负",
                f"investment growth {rate:.1%} in {unit} makes the initial stock negative",
            ),
            Text(
                "用 initial=zhang，或给 initial=初始存量列", "Use initial=zhang, or name a column with initial=COLUMN"
            ),
            row=row,
        )
    return float(path[1]) / (depreciation + rate), rate


def _base_position(keys: Keys, unit: str, rows: list[int], base_year: int) -> int:
    years: list[int] = keys.years[rows].tolist()
    if base_year not in years:
        raise InputError(
            Text(
                f"{unit} 没有基年 {base_year}（{years[0]}-{years[-1]}）",
                f"{unit} lacks the base year {base_year} ({years[0]}-{years[-1]})",
            ),
            Text("把基年选进来，或用 base=年份 换一个基年", "Add the base year, or choose another one with base=YEAR"),
            row=rows[0],
        )
    return years.index(base_year)


def _missing(what: Text, unit: str, year: int, row: int) -> InputError:
    return InputError(
        Text(f"{unit} {year} 年的{what.zh}缺失或不是正数", f"{what.en} of {unit} {year} is missing or not positive"),
        Text("补上这个数；空格不等于 0", "Fill it in; a blank is not 0"),
        row=row,
    )
