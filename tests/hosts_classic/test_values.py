"""Values as COM passes them: a blank is no 0, an error no number, and back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from lowcarbon_xl.cells import Cell, CellError
from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.classic.values import LONGEST_TEXT, MARK, MISSING, from_cell, to_cell, to_rows

AWARE = dt.UTC


@pytest.mark.parametrize(
    ("given", "cell"),
    [
        (None, None),
        (MISSING, None),
        (0.0, 0.0),
        (True, True),
        ("", ""),
        ("#N/A", "#N/A"),
        (-2146826246, CellError("#N/A")),
        (-2146826281, CellError("#DIV/0!")),
        (-2146826273, CellError("#VALUE!")),
        (-2146826246.0, -2146826246.0),
        (7, 7.0),
        (Decimal("12.34"), 12.34),
        (dt.datetime(2020, 1, 15, tzinfo=AWARE), dt.date(2020, 1, 15)),
        (dt.datetime(2020, 1, 15, 12, 30, tzinfo=AWARE), dt.datetime(2020, 1, 15, 12, 30)),
        (dt.datetime(1899, 12, 30, 6, 0, tzinfo=AWARE), dt.time(6)),
    ],
)
def test_what_com_gives(given: object, cell: Cell) -> None:
    found = to_cell(given)
    assert found == cell
    assert type(found) is type(cell)


def test_a_value_that_no_cell_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="complex"):
        to_cell(1j)


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        ((("a", None), (1.0, -2146826246)), [["a", None], [1.0, CellError("#N/A")]]),
        ((1.0, 2.0), [[1.0, 2.0]]),
        ("x", [["x"]]),
        (None, [[None]]),
        ([["b"]], [["b"]]),
    ],
)
def test_ranges_and_constants(given: object, rows: list[list[Cell]]) -> None:
    assert to_rows(given) == rows


@pytest.mark.parametrize(
    ("cell", "given"),
    [
        (None, ""),
        (3, 3.0),
        (2**40, 2.0**40),
        (True, True),
        ("文", "文"),
        (float("nan"), f"{MARK}#NUM!"),
        (float("inf"), f"{MARK}#NUM!"),
        (CellError("#N/A", Text("缺", "missing")), f"{MARK}#N/A"),
        (CellError("#SPILL!"), f"{MARK}#VALUE!"),
        (dt.date(2020, 1, 15), 43845.0),
        (dt.datetime(2020, 1, 15, 12), 43845.5),
        (dt.time(6), 0.25),
    ],
)
def test_what_we_return(cell: Cell, given: object) -> None:
    found = from_cell(cell)
    assert found == given
    assert type(found) is type(given)


def test_a_text_longer_than_a_cell_ends_visibly() -> None:
    assert len(str(from_cell("字" * 40_000))) == LONGEST_TEXT
    assert str(from_cell("字" * 40_000)).endswith("…")


def test_a_text_in_two_languages_is_never_returned_unrendered() -> None:
    with pytest.raises(TypeError, match="rendered"):
        from_cell(Text("字", "text"))
