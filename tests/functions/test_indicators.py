"""ROBOTS, ENTROPYINDEX, UPGRADING, ENERGYEFFICIENCY and SCOPES against sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lowcarbon_xl.cells import Cell, CellError
from tests.conftest import Call, block

EMPLOYMENT: list[list[Cell]] = [
    ["省份", "汽车", "电子", "总就业"],
    ["北京", 10.0, 30.0, 100.0],
    ["河北", 20.0, 10.0, 200.0],
]
ROBOTS: list[list[Cell]] = [["年份", "电子", "汽车"], [2010.0, 8.0, 6.0], [2011.0, 16.0, 12.0]]


def exposure(loo: bool = False, own: tuple[float, float] = (30.0, 40.0)) -> np.ndarray:
    """By the formula, industry by industry: cars and electronics."""
    levels = np.array([[10.0, 30.0], [20.0, 10.0]])
    robots = np.array([[6.0, 8.0], [12.0, 16.0]])
    totals = np.array([100.0, 200.0])
    result = np.zeros((2, 2))
    for i in range(2):
        for t in range(2):
            for j in range(2):
                rest = 1 - levels[i, j] / levels[:, j].sum() if loo else 1.0
                result[i, t] += levels[i, j] / totals[i] * robots[t, j] * rest / own[j]
    return result


def test_robot_exposure_lists_provinces_and_years(call: Call) -> None:
    rows = call("ROBOTS", block(EMPLOYMENT), block(ROBOTS)).rows
    assert rows[0] == ("province", "year", "robot exposure")
    assert [row[:2] for row in rows[1:]] == [("北京", 2010), ("北京", 2011), ("河北", 2010), ("河北", 2011)]
    np.testing.assert_allclose([row[2] for row in rows[1:]], exposure().ravel(), rtol=1e-14)


def test_leave_one_out_takes_the_own_share_out(call: Call) -> None:
    rows = call("ROBOTS", block(EMPLOYMENT), block(ROBOTS), "loo=1;header=0").rows
    np.testing.assert_allclose([row[2] for row in rows], exposure(loo=True).ravel(), rtol=1e-14)


def test_exposure_beside_a_panel_keeps_its_rows_and_lags(call: Call) -> None:
    panel: list[list[Cell]] = [["省份", "年份", "汽车", "电子", "总就业"]]
    panel += [[row[0], year, *row[1:]] for year in (2011.0, 2010.0) for row in EMPLOYMENT[1:]]
    # a panel repeats base-year employment, so its own sums would count every year: the robots table gives L_j
    table = [*ROBOTS, ["就业", 40.0, 30.0]]
    rows = call("ROBOTS", block(panel), block(table), "header=0").rows
    expected = exposure()
    np.testing.assert_allclose(
        [row[0] for row in rows], [expected[0, 1], expected[1, 1], expected[0, 0], expected[1, 0]]
    )
    lagged = call("ROBOTS", block(panel), block(table), "header=0;lag=1").rows
    assert lagged[0][0] == pytest.approx(expected[0, 0])
    assert isinstance(lagged[2][0], CellError)


def test_the_instrument_needs_foreign_employment(call: Call) -> None:
    assert "就业" in call("ROBOTS", block(EMPLOYMENT), block(ROBOTS), "foreign=1").reasons[0].en
    rows = call("ROBOTS", block(EMPLOYMENT), block([*ROBOTS, ["employment", 400.0, 300.0]]), "foreign=1").rows
    assert rows[0][2] == "instrument"
    np.testing.assert_allclose([row[2] for row in rows[1:]], exposure(own=(300.0, 400.0)).ravel())


def test_the_total_of_a_province_is_not_guessed(call: Call) -> None:
    without = [row[:3] for row in EMPLOYMENT]
    assert "total=" in call("ROBOTS", block(without), block(ROBOTS)).reasons[0].en
    assert not call("ROBOTS", block(without), block(ROBOTS), "total=sum").failed
    too_small = [EMPLOYMENT[0], ["北京", 10.0, 30.0, 39.0]]
    assert call("ROBOTS", block(too_small), block(ROBOTS)).reasons[0].en.startswith("面板!A2")


def test_entropy_weights_by_hand(call: Call) -> None:
    rows: list[list[Cell]] = [["省份", "a", "b"], ["北京", 0.0, 1.0], ["河北", 1.0, 0.5], ["山西", 2.0, 0.0]]
    weights = call("ENTROPYINDEX", block(rows), "+,-", "weights=1").rows
    # a: z = 0, 1/2, 1, p = 0, 1/3, 2/3; b reversed: the same p; so both weigh one half
    entropy = -(np.log(1 / 3) / 3 + 2 / 3 * np.log(2 / 3)) / np.log(3)
    assert weights[1][2] == pytest.approx(entropy, rel=1e-14)
    assert [row[3] for row in weights[1:]] == pytest.approx([0.5, 0.5])
    assert [row[0] for row in call("ENTROPYINDEX", block(rows), "+,-").rows[1:]] == pytest.approx([0.0, 0.5, 1.0])


def test_directions_must_fit(call: Call) -> None:
    rows: list[list[Cell]] = [["a", "b"], [1.0, 2.0], [2.0, 1.0]]
    assert "2 indicators, but 1 directions" in call("ENTROPYINDEX", block(rows), "+").reasons[0].en
    assert "unknown direction" in call("ENTROPYINDEX", block(rows), "+,?").reasons[0].en
    assert not call("ENTROPYINDEX", block(rows), block([[1.0, -1.0]])).failed
    constant = call("ENTROPYINDEX", block([["a", "b"], [1.0, 2.0], [1.0, 1.0]]))
    assert constant.reasons[0].en.startswith("面板!A1: the indicator a does not vary")


SECTORS: list[list[Cell]] = [
    [
        "第一产业增加值(亿元)",
        "第二产业增加值",
        "第三产业增加值",
        "第一产业就业人员",
        "第二产业就业人员",
        "第三产业就业人员",
    ],
    [10.0, 40.0, 50.0, 20.0, 10.0, 25.0],
    [20.0, 20.0, 60.0, 20.0, 20.0, 20.0],
]


def test_upgrading_by_hand(call: Call) -> None:
    assert [row[0] for row in call("UPGRADING", block(SECTORS), "header=0").rows] == pytest.approx(
        [0.1 * 0.5 + 0.4 * 4 + 0.5 * 2, 0.2 + 0.2 + 0.6 * 3]
    )
    assert [row[0] for row in call("UPGRADING", block(SECTORS), "header=0;method=ratio").rows] == pytest.approx(
        [1.25, 3.0]
    )
    means = np.array([0.75, 2.5, 2.5])
    expected = [
        0.1 * 0.5 / means[0] + 0.4 * 4 / means[1] + 0.5 * 2 / means[2],
        0.2 / means[0] + 0.2 / means[1] + 0.6 * 3 / means[2],
    ]
    assert [row[0] for row in call("UPGRADING", block(SECTORS), "header=0;method=标准化").rows] == pytest.approx(
        expected
    )


def test_energy_efficiency(call: Call) -> None:
    rows: list[list[Cell]] = [["GDP(亿元)", "能源"], [10.0, 4.0], [9.0, None]]
    spill = call("ENERGYEFFICIENCY", block(rows))
    assert spill.rows[1][0] == 2.5
    assert isinstance(spill.rows[2][0], CellError)
    panel: list[list[Cell]] = [["省份", "年份", "L", "K", "E", "Y", "CO2"]]
    panel += [["北京", 2010.0, 1.0, 1.0, 1.0, 1.0, 1.0], ["河北", 2010.0, 1.0, 1.0, 4.0, 1.0, 1.0]]
    assert [row[0] for row in call("ENERGYEFFICIENCY", block(panel), "method=frontier;header=0").rows] == pytest.approx(
        [1.0, 0.25]
    )


def test_scopes_by_hand(call: Call) -> None:
    rows: list[list[Cell]] = [
        ["省份", "年份", "原煤(万吨)", "电力(亿千瓦时)", "热力", "过程排放", "航班"],
        ["北京", 2022.0, 100.0, 50.0, 30.0, 7.0, 2.0],
    ]
    spill = call("SCOPES", block(rows), "fuels=原煤;other=航班*3.5;grid=national")
    direct, indirect, other = 100 * 1.9003 + 7, 50 * 0.5366 * 10 + 30 * 0.11, 7.0
    assert spill.rows[1] == pytest.approx((direct, indirect, other, direct + indirect + other))
    assert any("national" in note.en for note in spill.notes)


def test_a_year_without_a_grid_factor_is_refused(call: Call) -> None:
    rows: list[list[Cell]] = [["省份", "年份", "原煤", "电力"], ["北京", 2015.0, 100.0, 50.0]]
    reason = call("SCOPES", block(rows), "fuels=原煤").reasons[0]
    assert reason.en.startswith("面板!A2: no grid factor")
    assert not call("SCOPES", block(rows), "fuels=原煤;gridyear=2022").failed
    rows[0].append("电网因子")
    rows[1].append(0.9)
    assert call("SCOPES", block(rows), "fuels=原煤").rows[1][1] == pytest.approx(450.0)
