"""FILLGAPS, WINSORIZE, LAGYEAR and DESCRIBE as a user calls them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lowcarbon_xl.cells import Cell, CellError
from lowcarbon_xl.panel.prepare import winsorize
from tests.conftest import Call, block

PANEL: list[list[Cell]] = [
    ["省份", "年份", "地区", "能源(万吨)", "人口"],
    ["北京", 2010.0, "东部", 1.0, None],
    ["北京", 2012.0, "东部", 5.0, 10.0],
    ["北京", 2011.0, "东部", None, None],
    ["河北", 2010.0, "东部", None, 7.0],
    ["河北", 2011.0, "东部", 8.0, 8.0],
    ["河北", 2012.0, "东部", None, 9.0],
]


def test_gaps_are_filled_within_a_province_and_never_beyond_its_ends(call: Call) -> None:
    spill = call("FILLGAPS", block(PANEL))
    assert list(spill.rows[0]) == PANEL[0]
    assert [row[3] for row in spill.rows[1:]] == [1.0, 5.0, 3.0, "", 8.0, ""]
    assert [row[4] for row in spill.rows[1:]] == ["", 10.0, "", 7.0, 8.0, 9.0]
    assert [row[:3] for row in spill.rows[1:]] == [tuple(row[:3]) for row in PANEL[1:]]
    assert "面板!D4" in spill.notes[0].zh


def test_interpolation_goes_by_years_and_not_by_rows(call: Call) -> None:
    rows: list[list[Cell]] = [
        ["省份", "年份", "x"],
        ["北京", 2000.0, 0.0],
        ["北京", 2001.0, None],
        ["北京", 2010.0, 10.0],
    ]
    assert call("FILLGAPS", block(rows)).rows[2][2] == 1.0


def test_a_lag_is_joined_on_the_year(call: Call) -> None:
    spill = call("LAGYEAR", block(PANEL), "能源", 1.0, "header=0")
    values = [row[0] for row in spill.rows]
    assert values[1] != 5.0
    assert values[2] == 1.0, "2011 of Beijing is lagged to 2010, although 2012 stands above it"
    assert isinstance(values[0], CellError)
    assert values[0].code == "#N/A"
    assert isinstance(values[3], CellError)
    assert values[5] == 8.0


def test_leads_and_names_of_lags(call: Call) -> None:
    spill = call("LAGYEAR", block(PANEL), block([["能源(万吨)"]], column=4), -1.0)
    assert spill.rows[0] == ("F1.能源",)
    assert spill.rows[3][0] == 5.0


def test_a_fractional_lag_is_refused(call: Call) -> None:
    assert call("LAGYEAR", block(PANEL), "能源", 1.5).failed


def test_winsorizing_uses_statas_percentiles(call: Call) -> None:
    rows: list[list[Cell]] = [["x"], *([float(i)] for i in range(1, 201))]
    values = [row[0] for row in call("WINSORIZE", block(rows), "header=0").rows]
    # Stata: 1 % of 200 is exactly 2 observations, so the percentile is the mean of the second and the third
    assert min(values) == 2.5
    assert max(values) == 198.5
    trimmed = [row[0] for row in call("WINSORIZE", block(rows), "header=0;trim=1").rows]
    assert trimmed.count("") == 4


@pytest.mark.parametrize("limits", ["0.5,0.5", "0.9", "x", "0.1,0.2,0.3", "-1,2"])
def test_impossible_limits_are_refused(call: Call, limits: str) -> None:
    assert "limits=" in call("WINSORIZE", block([["x"], [1.0], [2.0]]), f"limits={limits}").reasons[0].en


@settings(derandomize=True, max_examples=100)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.sampled_from([0.01, 0.05, 0.1, 0.25]))
def test_winsorizing_twice_changes_nothing(values: list[float], share: float) -> None:
    # Where share x n is a whole number, Stata's percentile averages two observations, and the average moves once
    # more when it has itself become one of the two: there the property does not hold, in Stata either.
    assume(not float(len(values) * share).is_integer())
    once = winsorize(np.array(values), share, 1 - share).values
    np.testing.assert_array_equal(winsorize(once, share, 1 - share).values, once)


def test_description_by_hand(call: Call) -> None:
    rows: list[list[Cell]] = [
        ["年份", "x", "名称"],
        [2010.0, 1.0, "a"],
        [2011.0, 2.0, "b"],
        [2012.0, None, "c"],
        [2013.0, 6.0, "d"],
    ]
    spill = call("DESCRIBE", block(rows))
    assert spill.rows[0] == ("variable", "N", "mean", "sd", "min", "p25", "p50", "p75", "max")
    assert len(spill.rows) == 2, "the year is a key and texts have no mean"
    assert spill.rows[1] == ("x", 3.0, 3.0, pytest.approx(np.sqrt(7), rel=1e-15), 1.0, 1.0, 2.0, 6.0, 6.0)


def test_a_constant_and_an_empty_column(call: Call) -> None:
    spill = call("DESCRIBE", block([["x", "y"], [5.0, None], [5.0, None], [1e9, None]]), "columns=x,y")
    assert spill.rows[2][1] == 0.0
    assert all(isinstance(cell, CellError) for cell in spill.rows[2][2:])
