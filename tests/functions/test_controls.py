"""CONTROLS against sums done by hand, and on the real panel."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from lowcarbon_xl.cells import Block, Cell, CellError
from tests.conftest import Call, block

PANEL = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "china30_panel.csv"
HEADER: list[Cell] = [
    *("省份", "年份", "进出口总额(万元)", "地区生产总值(亿元)", "年末常住人口(万人)", "土地面积(平方公里)"),
    *("金融机构贷款余额(亿元)", "财政支出(亿元)", "电力消费(亿千瓦时)", "城镇化率(%)", "绿色专利(件)"),
]
ROWS: list[list[Cell]] = [
    ["北京", 2020.0, 5e7, 36000.0, 2189.0, 16410.0, 84000.0, 7100.0, 1140.0, 87.5, 5000.0],
    ["天津", 2020.0, 2e7, 14000.0, 1387.0, 11900.0, 38000.0, 3100.0, 870.0, 84.7, 900.0],
    ["北京", 2021.0, 6e7, 40000.0, 2188.0, 16410.0, 89000.0, 7200.0, 1230.0, 87.5, 6000.0],
]


def changed(row: int, column: int, value: Cell) -> Block:
    rows = [list(line) for line in [HEADER, *ROWS]]
    rows[row][column] = value
    return block(rows)


def test_the_six_and_green_technology(call: Call) -> None:
    spill = call("CONTROLS", block([HEADER, *ROWS]))
    numbers = np.array(spill.rows[1:], dtype=float)
    expected = [
        [0.5e4 / 36000, 2189 / 16410, 84 / 36, 71 / 360, 1140 / 2010, 0.875],
        [0.2e4 / 14000, 1387 / 11900, 38 / 14, 31 / 140, 870 / 2010, 0.847],
        [0.6e4 / 40000, 2188 / 16410, 89 / 40, 72 / 400, 1.0, 0.875],
    ]
    np.testing.assert_allclose(numbers, expected, rtol=1e-14)
    assert len(spill.notes) == 6
    green = call("CONTROLS", block([HEADER, *ROWS]), "which=green；header=0")
    np.testing.assert_allclose([row[0] for row in green.rows], [5000 / 2189, 900 / 1387, 6000 / 2188], rtol=1e-14)


def test_dollars_need_a_rate(call: Call) -> None:
    header = [cell if i != 2 else "进出口总额(亿美元)" for i, cell in enumerate(HEADER)]
    dollars = [[*row[:2], 100.0, *row[3:]] for row in ROWS]
    refused = call("CONTROLS", block([header, *dollars]), "which=开放度")
    assert refused.failed
    assert "rate=6.9" in refused.reasons[0].en
    fixed = call("CONTROLS", block([header, *dollars]), "which=开放度; 汇率=6.9")
    assert fixed.rows[1][0] == pytest.approx(690 / 36000, rel=1e-14)
    with_column = [[*header, "汇率"], *([*row, 6.5] for row in dollars)]
    assert call("CONTROLS", block(with_column), "which=开放度").rows[1][0] == pytest.approx(650 / 36000, rel=1e-14)


@pytest.mark.parametrize(
    ("given", "options", "expected"),
    [
        (changed(0, 5, "土地面积(公顷)"), "", "unit '公顷' is unknown"),
        (changed(0, 6, "存款余额(亿元)"), "", "no column for loans"),
        (changed(2, 8, None), "", "the sum of the provinces is not complete"),
        (changed(1, 3, -5.0), "", "must be positive"),
        (changed(1, 0, "北京"), "which=城镇华率", "Did you mean urban?"),
        (changed(2, 9, CellError("#N/A")), "", "error value #N/A"),
    ],
)
def test_what_cannot_be_is_refused_by_its_cell(call: Call, given: Block, options: str, expected: str) -> None:
    spill = call("CONTROLS", given, options)
    assert spill.failed
    assert expected in spill.reasons[0].en


def test_a_blank_is_not_available_in_its_row_alone(call: Call) -> None:
    rows = call("CONTROLS", changed(2, 6, None)).rows
    assert isinstance(rows[2][2], CellError)
    assert all(
        isinstance(cell, float) for i, row in enumerate(rows[1:]) for j, cell in enumerate(row) if (i, j) != (1, 2)
    )


@pytest.mark.skipif(not PANEL.exists(), reason="the provincial panel lies beside the checkout, in ../shared")
def test_the_real_panel_has_the_published_moments(call: Call) -> None:
    """Table 1 of the study (30 provinces, 2013-2022), printed to three decimals."""
    with PANEL.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if 2013 <= int(row["year"]) <= 2022]
    names = ("population_10k", "area_10k_km2", "urban_rate_pct", "electricity_yi_kwh")
    table: list[list[Cell]] = [["province", "year", *names]]
    table += [[row["province_zh"], float(row["year"]), *(float(row[name]) for name in names)] for row in rows]
    density, urban, energy = (
        np.array(call("CONTROLS", block(table), "which=density,urban,energy").rows[1:]).astype(float).T
    )
    moments = [urban.mean(), urban.std(ddof=1), urban.min(), urban.max(), density.std(ddof=1), density.max()]
    np.testing.assert_allclose(moments, [0.614, 0.114, 0.379, 0.896, 0.071, 0.393], atol=5e-4)
    np.testing.assert_allclose(energy.mean(), 1 / 30, rtol=1e-12)
