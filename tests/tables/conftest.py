"""Grunfeld's firms as a panel of provinces and years, and models fitted on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.iv import fit_iv
from lowcarbon_xl.econometrics.spec import ROBUST, Column, Grouping, Specification, Variance, clustered
from lowcarbon_xl.tables.model import Model
from lowcarbon_xl.tables.numerals import printed

GRUNFELD = Path(__file__).resolve().parents[1] / "oracles" / "eco" / "grunfeld.csv"


@dataclass(frozen=True)
class Grunfeld:
    frame: pd.DataFrame

    def column(self, name: str, header: str | None = None) -> Column:
        return Column(header or name, self.frame[name].to_numpy(float))

    @property
    def province(self) -> Grouping:
        return Grouping.of("province", self.frame.firm)

    @property
    def year(self) -> Grouping:
        return Grouping.of("year", self.frame.year)

    def ols(self, *controls: str, vce: Variance | None = None, **changes: object) -> Specification:
        return Specification(
            self.column("invest"),
            (self.column("value"),),
            tuple(map(self.column, controls)),
            **{**self._panel(vce), **changes},
        )

    def iv(self, *instruments: str, vce: Variance | None = None, **changes: object) -> Specification:
        return Specification(
            self.column("invest"),
            (),
            (self.column("capital"),),
            (self.column("value"),),
            tuple(map(self.column, instruments)),
            **{**self._panel(vce), **changes},
        )

    def _panel(self, vce: Variance | None) -> Mapping[str, object]:
        return {
            "absorb": (self.province, self.year),
            "vce": vce or clustered(self.province),
            "unit": self.province,
            "time": self.column("year"),
        }


@pytest.fixture(scope="session")
def grunfeld() -> Grunfeld:
    return Grunfeld(pd.read_csv(GRUNFELD, comment="#"))


@pytest.fixture(scope="session")
def least_squares(grunfeld: Grunfeld) -> list[Model]:
    return [Model(spec, fit_ols(spec)) for spec in (grunfeld.ols(), grunfeld.ols("capital"))]


@pytest.fixture(scope="session")
def instrumented(grunfeld: Grunfeld) -> Model:
    spec = grunfeld.iv("lval", "lcap", vce=ROBUST)
    return Model(spec, fit_iv(spec))


@pytest.fixture(scope="session")
def shown():
    """Rows of a table as printed texts."""

    def rows(table, language="en"):
        return [[printed(cell, language) for cell in row] for row in (*table.header, *table.body)]

    return rows


@pytest.fixture(scope="session")
def row_of(shown):
    """The printed cells of the row with this label, and the row below it."""

    def find(table, label, language="en"):
        rows = shown(table, language)
        place = next(place for place, row in enumerate(rows) if row[0] == label)
        return rows[place][1:], rows[place + 1][1:] if place + 1 < len(rows) else []

    return find
