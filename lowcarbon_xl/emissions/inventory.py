"""CO2 from fuels: activity times factor, summed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.emissions.factors import Factor
from lowcarbon_xl.panel.panel import Vector


@dataclass(frozen=True, slots=True)
class Inventory:
    """CO2 by fuel.

    Parameters
    ----------
    by_fuel : mapping of str to float array, shape (n,)
        10^4 t of CO2; NaN where the activity is missing.
    total : float array, shape (n,)
        Sum over fuels; NaN where any fuel is missing: a blank is never 0.
    """

    by_fuel: Mapping[str, Vector]
    total: Vector


def carbon_dioxide(activity: Mapping[str, Vector], factors: Mapping[str, Factor]) -> Inventory:
    """CO2 emissions of n rows.

    Parameters
    ----------
    activity : mapping of fuel to float array, shape (n,)
        10^4 t; natural gas in 10^8 m3. NaN is missing.
    factors : mapping of fuel to Factor

    Notes
    -----
    IPCC 2006 Guidelines vol. 2 ch. 2 eq. 2.1, Tier 1/2. Gross consumption of primary and secondary fuels
    counts transformation twice (coal into coke, crude oil into products): give combustion amounts to avoid it.
    """
    by_fuel = {fuel: amount * factors[fuel].multiplier for fuel, amount in activity.items()}
    return Inventory(by_fuel, np.sum(list(by_fuel.values()), axis=0))
