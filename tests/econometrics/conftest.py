"""A simulated panel whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from lowcarbon_xl.econometrics.spec import Column, FloatArray, Grouping, IntArray, Specification, clustered


@dataclass(frozen=True)
class SimulatedPanel:
    """30 provinces x 10 years: y = 0.5 x + w + province + year + noise; x = z + noise, and the noises correlate."""

    unit: IntArray
    year: IntArray
    y: FloatArray
    x: FloatArray
    w: FloatArray
    z: FloatArray

    @property
    def province(self) -> Grouping:
        return Grouping.of("province", self.unit)

    @property
    def period(self) -> Grouping:
        return Grouping.of("year", self.year)

    @property
    def spec(self) -> Specification:
        return Specification(
            Column("y", self.y),
            (Column("x", self.x),),
            (Column("w", self.w),),
            absorb=(self.province, self.period),
            vce=clustered(self.province),
            unit=self.province,
            time=Column("year", self.year.astype(float)),
        )

    @property
    def iv(self) -> Specification:
        spec = self.spec
        return Specification(
            spec.y,
            (),
            spec.controls,
            spec.x,
            (Column("z", self.z),),
            absorb=spec.absorb,
            vce=spec.vce,
            unit=spec.unit,
            time=spec.time,
        )


def simulate(
    seed: int, *, effect: float = 0.5, endogeneity: float = 0.0, units: int = 30, years: int = 10
) -> SimulatedPanel:
    random = np.random.default_rng(seed)
    unit, year = np.repeat(np.arange(units), years), np.tile(np.arange(2013, 2013 + years), units)
    noise, shock = random.normal(size=(2, unit.size))
    province = random.normal(size=units)[unit]
    z = random.normal(size=unit.size) + province
    w = random.normal(size=unit.size) + 0.5 * province
    x = z + shock + endogeneity * noise
    y = effect * x + w + province + 0.1 * (year - 2013) + noise
    return SimulatedPanel(unit, year, y, x, w, z)


@pytest.fixture
def panel() -> SimulatedPanel:
    return simulate(1)


@pytest.fixture
def simulator():
    return simulate
