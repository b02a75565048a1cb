"""Data that strain a frontier: few units, one unit in a year, identical units, huge values, options that do not apply."""

from __future__ import annotations

import pytest

from lowcarbon_xl.cells import Cell, CellError
from tests.conftest import Call, block

HEADER: list[Cell] = ["主体", "年份", "L", "K", "E", "Y", "CO2"]
KEYS = "unit=主体"


def rows(units: int, years: int, value: float | None = None) -> list[list[Cell]]:
    body: list[list[Cell]] = []
    for u in range(units):
        for t in range(years):
            data = [value] * 5 if value is not None else [10.0 + u, 20 + t, 5 + u * t % 3, 30 + u + 2 * t, 8 + u]
            body.append([f"u{u}", 2010.0 + t, *data])
    return [HEADER, *body]


def test_fewer_units_than_variables_is_warned_about(call: Call) -> None:
    spill = call("GTFP", block(rows(3, 3)), KEYS)
    assert not spill.failed
    assert any("fewer units than the 5 variables" in note.en for note in spill.notes)


def test_a_year_with_one_unit_is_computed_and_warned_about(call: Call) -> None:
    panel = rows(6, 2)
    panel = [row for row in panel if row[1] != 2010.0 or row[0] in ("主体", "u0")]
    spill = call("GTFP", block(panel), KEYS)
    assert not spill.failed
    assert any("2010 (1)" in note.en for note in spill.notes)


def test_identical_units_are_all_efficient_and_do_not_change(call: Call) -> None:
    panel = block(rows(5, 3, 7.0))
    assert all(row[0] == 0 for row in call("SBMDDF", panel, f"{KEYS};detail=score").rows[1:])
    for row in call("GTFP", panel, KEYS).rows[1:]:
        assert isinstance(row[0], CellError) or row[0] == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("value", [1e200, 1e-200, float("1e308")])
def test_huge_and_tiny_values_are_refused_by_cell(call: Call, value: float) -> None:
    panel = rows(4, 2)
    panel[3][3] = value
    assert call("GTFP", block(panel), KEYS).reasons[0].en.startswith("面板!D4")


def test_values_of_eight_orders_of_magnitude_are_solved(call: Call) -> None:
    panel = rows(8, 3)
    for row in panel[1:4]:
        row[2:] = [value * 1e8 for value in row[2:]]
    spill = call("SBMDDF", block(panel), f"{KEYS};detail=certificate")
    assert max(row[1] for row in spill.rows[1:]) < 1e-9
    assert max(row[3] for row in spill.rows[1:]) < 1e-9


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("measure=radial;weights=thirds", ("does not take weights", "direction", "disposability")),
        ("measure=Tone;direction=own", ("does not take direction",)),
        ("measure=SBM;disposability=weak", ("does not take disposability", "weights")),
        ("index=GML;reference=sequential", ("does not take the reference", "global")),
        ("index=ML;frozen=2010-2011", ("frozen",)),
        ("frozen=2030-2031", ("2010",)),
        ("base=1999", ("1999",)),
        ("weights=1,2", ("5",)),
        ("weights=many", ("weights=default",)),
        ("reference=window(2)", ("window",)),
        ("bad=none;weights=thirds", ("bad output",)),
    ],
)
def test_options_that_do_not_apply_are_refused_with_those_that_do(
    call: Call, options: str, words: tuple[str, ...]
) -> None:
    spill = call("GTFP", block(rows(6, 3)), f"{KEYS};{options}")
    assert spill.failed
    for word in words:
        assert word in spill.reasons[0].en


def test_without_a_bad_output_it_must_be_said(call: Call) -> None:
    panel = block([row[:6] for row in rows(6, 3)])
    assert "bad=COLUMN" in call("GTFP", panel, KEYS).reasons[0].en
    assert not call("GTFP", panel, f"{KEYS};bad=none").failed


def test_a_zero_bad_output_is_refused_or_its_term_dropped(call: Call) -> None:
    panel = rows(6, 3)
    panel[5][6] = 0.0
    assert call("GTFP", block(panel), KEYS).reasons[0].en.startswith("面板!G6")
    assert not call("GTFP", block(panel), f"{KEYS};zero=drop").failed
