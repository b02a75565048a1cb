"""What a frontier can be built from, and what is refused by row and column."""

from __future__ import annotations

import numpy as np
import pytest

from lowcarbon_xl.errors import InputError
from lowcarbon_xl.productivity.measures import sbm_ddf
from lowcarbon_xl.productivity.technology import production

INPUTS = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 3.0]])
GOOD = np.array([1.0, 2.0, 2.0])
BAD = np.array([1.0, 1.0, 2.0])
UNITS, YEARS = ["a", "b", "c"], [2020, 2020, 2020]


@pytest.mark.parametrize(
    ("value", "word"), [(np.nan, "missing"), (-1.0, "-1"), (np.inf, "inf"), (0.0, "zero"), (1e200, "1e+200")]
)
def test_unusable_values_are_named(value: float, word: str) -> None:
    inputs = INPUTS.copy()
    inputs[1, 0] = value
    with pytest.raises(InputError, match="b 2020") as caught:
        production(inputs, GOOD, BAD, UNITS, YEARS, input_names=["capital", "energy"])
    assert (caught.value.row, caught.value.column) == (1, "capital")
    assert word in caught.value.what.en


def test_a_unit_year_may_stand_once() -> None:
    with pytest.raises(InputError, match="stands twice") as caught:
        production(INPUTS, GOOD, BAD, ["a", "b", "a"], YEARS)
    assert caught.value.row == 2


def test_columns_and_rows_must_match() -> None:
    with pytest.raises(InputError, match="Rows differ"):
        production(INPUTS[:2], GOOD, BAD, UNITS, YEARS)
    with pytest.raises(InputError, match="repeat"):
        production(INPUTS, GOOD, BAD, UNITS, YEARS, input_names=["k", "k"])


def test_a_zero_is_dropped_only_on_request() -> None:
    bad = np.array([1.0, 0.0, 2.0])
    data = production(INPUTS, GOOD, bad, UNITS, YEARS, drop_zero=True)
    found = sbm_ddf(data)
    assert found.status.tolist() == ["optimal"] * 3
    assert found.contributions[1, 3] == 0
    assert found.inefficiency[1] == 0


def test_a_unit_that_produces_nothing_is_all_waste() -> None:
    data = production(INPUTS, [1.0, 2.0, 0.0], BAD, UNITS, YEARS, drop_zero=True)
    # Idleness is free under CRS: both inputs and the bad can be saved whole; the good's term is dropped.
    assert sbm_ddf(data).inefficiency[2] == pytest.approx(0.25 + 0.25 + 0.25, abs=1e-12)


def test_no_bad_output_is_allowed() -> None:
    data = production(INPUTS, GOOD, None, UNITS, YEARS)
    assert data.shape == (2, 1, 0)
    assert np.isfinite(sbm_ddf(data).inefficiency).all()
