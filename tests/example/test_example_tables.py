"""The shipped tables: regenerated to the letter, with the moments and the truth that they claim."""

from __future__ import annotations

import csv
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from lowcarbon_xl.example.simulate import OUTCOMES, REGRESSORS, YEARS, outcomes, regressors
from lowcarbon_xl.example.tables import VARIABLES, read_example, simulated, thirty
from lowcarbon_xl.panel.provinces import find_province

ORACLE = Path(__file__).resolve().parents[3] / "shared" / "oracles" / "dea" / "china_30x17.csv"
PRINTED = 5e-4
"""Half a unit of the third decimal, which is what the study prints."""


@pytest.mark.parametrize("name", list(simulated()))
def test_a_simulated_table_is_regenerated(name: str) -> None:
    shipped = resources.files("lowcarbon_xl.data").joinpath(f"example_{name}.csv").read_text("utf-8")
    assert simulated()[name] == shipped
    assert shipped.startswith("# 模拟数据")


def test_the_panel_is_the_published_one() -> None:
    if not ORACLE.exists():
        pytest.skip("the published panel is not beside this checkout")
    lines = (line for line in ORACLE.read_text("utf-8").splitlines() if not line.startswith("#"))
    published = {
        (province.zh, int(row["year"])): tuple(float(row[key]) for key in ("Y", "E", "L", "K", "CO2"))
        for row in csv.DictReader(lines)
        if (province := find_province(row["province"]))
    }
    panel = read_example("panel")
    assert {(row[0], row[1]): row[2:] for row in panel.rows} == published
    assert [(row[0], row[1]) for row in panel.rows] == [(p.zh, year) for p in thirty() for year in range(2003, 2020)]


def test_every_simulated_table_is_shipped_and_no_other() -> None:
    shipped = {path.name for path in resources.files("lowcarbon_xl.data").iterdir() if path.name.startswith("example_")}
    assert shipped == {f"example_{name}.csv" for name in simulated()} | {"example_panel.csv"}


def test_sectors_add_up_to_gdp() -> None:
    table = read_example("sectors")
    parts = np.array(
        [table.column(f"{name}增加值(亿元)") for name in ("第一产业", "第二产业", "第三产业")], dtype=float
    )
    assert parts.sum(axis=0) == pytest.approx(np.array(table.column("实际GDP(亿元)"), dtype=float), abs=5e-3)


def test_keys_are_read_as_texts_and_years() -> None:
    abroad = read_example("robots_abroad")
    assert abroad.column("年份") == ("就业", *range(2013, 2023))
    assert read_example("employment").column("省份") == tuple(unit.zh for unit in thirty())


@pytest.mark.parametrize("name", list(REGRESSORS))
def test_regressors_have_the_printed_moments(name: str) -> None:
    values, wanted = np.array(read_example("variables").column(VARIABLES[name]), dtype=float), REGRESSORS[name]
    found = (values.mean(), values.std(ddof=1), values.min(), values.max())
    assert found == pytest.approx((wanted.mean, wanted.sd, wanted.low, wanted.high), abs=PRINTED)


@pytest.mark.parametrize("name", ["CO2", "GTFP"])
def test_outcomes_have_the_printed_mean_and_spread(name: str) -> None:
    values, wanted = np.array(read_example("variables").column(VARIABLES[name]), dtype=float), OUTCOMES[name]
    assert (values.mean(), values.std(ddof=1)) == pytest.approx((wanted.mean, wanted.sd), abs=PRINTED)


def _within(values: np.ndarray) -> np.ndarray:
    panel = values.reshape(-1, len(YEARS))
    panel = panel - panel.mean(axis=1, keepdims=True)
    return (panel - panel.mean(axis=0)).ravel()


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    draws, critical = 400, 1.9694  # t(254), 97.5 %
    columns = regressors(thirty())
    design = np.column_stack([_within(columns[name]) for name in REGRESSORS])
    inverse = np.linalg.inv(design.T @ design)
    covered = dict.fromkeys(OUTCOMES, 0)
    for seed in range(draws):
        for name, values in outcomes(columns, seed).items():
            y = _within(values)
            estimate = inverse @ design.T @ y
            residual = y - design @ estimate
            error = np.sqrt(residual @ residual / 254 * inverse[0, 0])
            covered[name] += abs(estimate[0] - OUTCOMES[name].effects["AI"]) <= critical * error
    # four standard deviations of a binomial count with p = 0.95
    slack = 4 * np.sqrt(0.95 * 0.05 / draws)
    assert {name: count / draws for name, count in covered.items()} == pytest.approx(
        dict.fromkeys(OUTCOMES, 0.95), abs=slack
    )


def test_the_instrument_moves_ai_as_strongly_as_in_the_study() -> None:
    columns = regressors(thirty())
    instrument, ai = _within(columns["IV"]), _within(columns["AI"])
    slope = instrument @ ai / (instrument @ instrument)
    residual = ai - slope * instrument
    f = slope**2 * (instrument @ instrument) / (residual @ residual / 259)
    assert slope == pytest.approx(25.995, abs=5e-3)  # Table 4; the instrument is rounded to six decimals
    assert f > 16.38  # Stock and Yogo's value for a 10 % size
