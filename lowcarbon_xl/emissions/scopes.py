"""Scopes 1, 2 and 3 by Cong Jianhui's boundary, and the grid factors of scope 2."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.panel.panel import Keys, Vector

NATIONAL = "全国"
KWH = 10.0
"""10^8 kWh times kg CO2/kWh is 10^8 kg = 10^5 t = 10 x 10^4 t."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """Emissions by scope, 10^4 t of CO2; each array has shape (n,), NaN where an activity is missing."""

    direct: Vector
    energy_indirect: Vector
    other_indirect: Vector

    @property
    def total(self) -> Vector:
        """Sum of the three."""
        return self.direct + self.energy_indirect + self.other_indirect


@cache
def grid_factors() -> dict[tuple[int, str], float]:
    """Shipped factors, kg CO2 per kWh, by year and province (or `NATIONAL`); 2021 and 2022, official announcements."""
    text = resources.files("lowcarbon_xl.data").joinpath("grid_factors.csv").read_text("utf-8")
    return {(int(r["year"]), r["area"]): float(r["kg_co2_per_kwh"]) for r in csv.DictReader(text.splitlines())}


def grid_factor_column(keys: Keys, *, national: bool, fixed_year: int | None = None) -> Vector:
    """The grid factor of every row, shape (n,).

    Parameters
    ----------
    national : bool
        The national factor instead of the province's.
    fixed_year : int, optional
        One year's factors for all years: a convention that the caller must print.

    Raises
    ------
    InputError
        For a year without announced factors: none is put in its place.
    """
    table = grid_factors()
    factors = []
    for row, (unit, year) in enumerate(zip(keys.units, keys.years.tolist(), strict=True)):
        used = fixed_year or year
        factor = table.get((used, NATIONAL if national else unit))
        if factor is None:
            known = "、".join(str(y) for y in sorted({y for y, _ in table}))
            raise InputError(
                Text(
                    f"没有 {used} 年{unit}的电网因子（随附 {known} 年）",
                    f"no grid factor for {unit} in {used} (shipped: {known.replace('、', ', ')})",
                ),
                Text(
                    "在区域里加一列“电网因子(kgCO2/kWh)”，或用 gridyear=2022 固定一年",
                    "Add a column 电网因子 (kg CO2/kWh) to the range, or fix one year with gridyear=2022",
                ),
                row=row,
            )
        factors.append(factor)
    return np.array(factors)


def scope_two(electricity: Vector, grid: Vector, heat: Vector, heat_factor: float) -> Vector:
    """Purchased electricity (10^8 kWh) x grid factor (kg CO2/kWh) + heat (10^10 kJ) x factor (t CO2/GJ), 10^4 t.

    10^10 kJ is 10^4 GJ, so heat needs no further scale.
    """
    return electricity * grid * KWH + heat * heat_factor
