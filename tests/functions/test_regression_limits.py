"""Regressions that cannot be what they are asked to be: each says so, and prints nothing as a number that is not one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lowcarbon_xl.cells import Block, Cell, CellError, Spill
from tests.conftest import Call, block

PROVINCES = ("北京", "天津", "河北", "山西", "辽宁", "吉林")


def panel(units: int = 6, years: int = 8, **columns: object) -> Block:
    """A panel of noise, with columns replaced or added: a value, or a function of unit and year."""
    random = np.random.default_rng(5)
    rows: list[list[Cell]] = [["省份", "年份", "y", "x", "z", *columns]]
    for u in range(units):
        for t in range(years):
            z, x = random.normal(size=2)
            row: list[Cell] = [PROVINCES[u], 2010.0 + t, float(x + z + u + random.normal()), float(x + z), float(z)]
            row += [make(u, t) if callable(make) else make for make in columns.values()]
            rows.append(row)
    return block(rows)


def no_false_numbers(spill: Spill) -> None:
    for row in spill.rows:
        for cell in row:
            assert not isinstance(cell, float) or math.isfinite(cell)


def statistic(spill: Spill, name: str) -> Cell:
    return next(row[1] for row in spill.rows if row[0] == name)


def test_a_regressor_constant_within_provinces_is_dropped_by_name(call: Call) -> None:
    spill = call("TWFE", panel(w=lambda u, t: float(u)), "y", "x, w")
    assert statistic(spill, "collinear") == "w"
    assert "w" not in [row[0] for row in spill.rows[1:3]]
    alone = call("TWFE", panel(w=lambda u, t: float(u)), "y", "w")
    assert alone.failed or statistic(alone, "collinear") == "w"


def test_an_instrument_collinear_with_the_effects(call: Call) -> None:
    spill = call("IVREG", panel(v=lambda u, t: float(u + t)), "y", "", "x", "v")
    assert spill.failed
    assert "v" in spill.reasons[0].en


def test_a_weak_instrument_is_said_in_words(call: Call) -> None:
    noise = np.random.default_rng(9).normal(size=(6, 8))
    spill = call("IVREG", panel(v=lambda u, t: float(noise[u, t])), "y", "", "x", "v")
    assert "weak" in str(statistic(spill, "identification"))
    no_false_numbers(spill)


def test_fewer_clusters_than_parameters(call: Call) -> None:
    extra = np.random.default_rng(3).normal(size=(6, 6, 8))
    data = panel(units=3, **{f"w{k}": (lambda u, t, k=k: float(extra[k, u, t])) for k in range(4)})
    spill = call("TWFE", data, "y", "x, w0, w1, w2, w3", "vce=cluster(province)")
    assert isinstance(statistic(spill, "F"), CellError)
    assert statistic(spill, "clusters") == 3
    no_false_numbers(spill)


def test_one_year_leaves_nothing_within_provinces(call: Call) -> None:
    spill = call("TWFE", panel(years=1), "y", "x")
    assert spill.failed
    assert spill.reasons[0].zh


def test_a_dependent_variable_of_texts(call: Call) -> None:
    spill = call("TWFE", panel(w="高"), "w", "x")
    assert spill.reasons[0].en.startswith("面板!F2: w: is the text")


def test_a_perfect_fit_has_no_standard_errors(call: Call) -> None:
    spill = call("TWFE", panel(w=lambda u, t: float(u * 3 + t)), "w", "x")
    no_false_numbers(spill)
    exact = call("TWFE", panel(), "x", "x")
    assert exact.failed
    assert "twice" in exact.reasons[0].en


def test_no_row_after_the_filter(call: Call) -> None:
    assert "keeps no row" in call("TWFE", panel(), "y", "x", "if=year>2050").reasons[0].en


def test_all_rows_lost_to_blanks(call: Call) -> None:
    spill = call("TWFE", panel(w=None), "y", "w")
    assert spill.failed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("vce=cluster(province,year,y)", "one or two"),
        ("vce=dk(-1)", "negative"),
        ("vce=dk(a)", "whole number"),
        ("absorb=nonsense", "nonsense"),
        ("winsor=0.7", "0.5"),
        ("if=x", "cannot read the filter"),
        ("controls=x", "x"),
        ("vce=clustr(province)", "Did you mean cluster"),
        ("route=ivreg2", "unknown option"),
    ],
)
def test_options_that_make_no_sense(call: Call, options: str, words: str) -> None:
    spill = call("TWFE", panel(), "y", "x", options)
    assert spill.failed
    assert words in spill.reasons[0].en
