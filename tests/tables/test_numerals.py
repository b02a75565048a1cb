"""Number formats: what Excel shows must be what the other writers print."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowcarbon_xl.tables.model import DASH, NumberStyle
from lowcarbon_xl.tables.numerals import count_cell, display_width, excel_format, number_cell, printed


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        (NumberStyle(3), "0.000"),
        (NumberStyle(3, stars=3), '0.000"***"'),
        (NumberStyle(2, brackets="()"), '"("0.00")";"("-0.00")"'),
        (NumberStyle(3, brackets="[]"), '"["0.000"]";"["-0.000"]"'),
        (NumberStyle(0), "0"),
        (NumberStyle(1, stars=1, scientific=True), '0.0E+00"*"'),
        (None, "General"),
    ],
)
def test_excel_formats(style, wanted) -> None:
    assert excel_format(style) == wanted


@pytest.mark.parametrize(
    ("value", "decimals", "options", "wanted"),
    [
        (-0.677, 3, {"stars": 3}, "-0.677***"),
        (-3.782, 2, {"brackets": "()"}, "(-3.78)"),
        (0.0005, 3, {}, "0.001"),  # half away from 0, as Excel
        (2.675, 2, {}, "2.68"),  # binary 2.67499..., which Excel takes at 15 digits
        (-0.0, 3, {}, "0.000"),
        (0.0000314, 3, {"stars": 2}, "0.000031**"),
        (-0.00004999, 3, {}, "-0.000050"),
        (3.14e-12, 3, {"stars": 1}, "3.1E-12*"),
        (1234567.8912, 3, {}, "1234567.891"),
        (math.nan, 3, {"stars": 3}, DASH),
        (math.inf, 3, {}, "∞"),
    ],
)
def test_printed_numbers(value, decimals, options, wanted) -> None:
    assert printed(number_cell(value, decimals, **options), "en") == wanted


def test_counts_have_no_decimals() -> None:
    assert printed(count_cell(300), "zh") == "300"


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    value=st.floats(-1e6, 1e6, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-6),
    decimals=st.integers(0, 5),
    brackets=st.sampled_from(["", "()", "[]"]),
)
def test_a_printed_number_reads_back_within_half_a_digit(value, decimals, brackets) -> None:
    cell = number_cell(value, decimals, brackets=brackets)
    text = printed(cell, "en")
    number = float(text.strip("()[]"))
    assert abs(number - value) <= 0.5 * 10.0**-cell.style.decimals * (1 + 1e-9)
    assert cell.value == value  # what formulas compute with is never rounded
    assert (number == 0) == (value == 0)


def test_chinese_characters_take_two_columns() -> None:
    assert display_width("碳CO2") == 5
    assert display_width("（") == 2
