"""CO2 factors of the nine fuels, by set; every row of the shipped table names its source."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lowcarbon_xl.errors import InputError, Text

FUELS = ("raw_coal", "coke", "crude_oil", "gasoline", "kerosene", "diesel", "fuel_oil", "lpg", "natural_gas")
"""The nine fuels, in the order of the yearbook; the last is measured by volume."""

GAS = "natural_gas"
GAS_SCALE = 10.0
"""10^8 m3 times kg CO2/m3 is 10^8 kg = 10^5 t = 10 x 10^4 t; solids and liquids in 10^4 t need no scale."""


@dataclass(frozen=True, slots=True)
class Factor:
    """What one fuel emits when burnt.

    Parameters
    ----------
    fuel : str
        One of `FUELS`.
    name : Text
    value : float
        kg CO2 per kg; for natural gas per m3.
    source : str
    """

    fuel: str
    name: Text
    value: float
    source: str

    @property
    def multiplier(self) -> float:
        """From 10^4 t (natural gas: 10^8 m3) to 10^4 t of CO2."""
        return self.value * (GAS_SCALE if self.fuel == GAS else 1.0)


@cache
def factor_set(name: str) -> dict[str, Factor]:
    """The shipped set A or B, by fuel.

    Set A is GB/T 2589 net calorific value x provincial-guideline carbon content and oxidation x 44/12, set B the same
    calorific values with the IPCC 2006 default factors.
    """
    text = resources.files("lowcarbon_xl.data").joinpath("fuel_factors.csv").read_text("utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["set"] == name]
    if not rows:
        raise ValueError(f"no factor set {name!r}")
    return {r["fuel"]: Factor(r["fuel"], Text(r["zh"], r["en"]), float(r["factor"]), r["source"]) for r in rows}


def version(factors: dict[str, Factor]) -> str:
    """Eight hexadecimal digits that change when any of the factors does: which table a result rests on."""
    told = ";".join(f"{fuel} {factors[fuel].value!r}" for fuel in sorted(factors))
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def own_factors(values: dict[str, float]) -> dict[str, Factor]:
    """Factors that the user gives, kg CO2 per kg (natural gas: per m3).

    Raises
    ------
    InputError
        For a factor that is not positive, or so large that its unit must be another one.
    """
    names = factor_set("A")
    for fuel, value in values.items():
        if not 0 < value < 10:
            raise InputError(
                Text(
                    f"{names[fuel].name.zh}的因子 {value:g} 不合理",
                    f"the factor {value:g} of {names[fuel].name.en} is implausible",
                ),
                Text(
                    "单位应为 kg CO2/kg（天然气 kg CO2/m3），约 1 到 4",
                    "Give kg CO2/kg (natural gas: kg CO2/m3), about 1 to 4",
                ),
                column=fuel,
            )
    return {fuel: Factor(fuel, names[fuel].name, value, "user") for fuel, value in values.items()}
