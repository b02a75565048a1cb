"""Every example in the catalogue is a formula that computes in the example workbook as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

import lowcarbon_xl.functions  # noqa: F401  (declares the functions)
from lowcarbon_xl.catalogue import Function, Shape, functions
from lowcarbon_xl.cells import CellError, Spill
from lowcarbon_xl.hosts.embedded.recalculate import evaluate

WORKBOOK = Path(__file__).resolve().parents[2] / "workbook" / "lowcarbon.xlsx"

NOT_AVAILABLE = {"GTFP": 30 * 3, "LAGYEAR": 30, "IVREG": 2}
"""Cells that are #N/A for good reasons: index, EC and TC of first years; lags of first years; Hansen's J and its p."""


@pytest.fixture(scope="module")
def spills() -> dict[str, Spill]:
    """What each example spills."""
    return {one.name: evaluate(WORKBOOK, one.example, functions(), "zh") for one in functions()}


@pytest.mark.parametrize("function", functions(), ids=lambda one: one.name)
def test_the_example_computes(function: Function, spills: dict[str, Spill]) -> None:
    spill = spills[function.name]
    errors = [cell for row in spill.rows for cell in row if isinstance(cell, CellError)]
    assert {cell.code for cell in errors} <= {"#N/A"}, errors[0].reason
    assert len(errors) == NOT_AVAILABLE.get(function.name, 0)
    assert (len(spill.rows) > 1) == (function.shape is not Shape.SCALAR)


@pytest.mark.parametrize("function", functions(), ids=lambda one: one.name)
def test_the_example_shows_its_own_function(function: Function) -> None:
    assert function.example.startswith(f"={function.name}(")
