"""30 provinces x 17 years against exact optima: SBM-DDF, GML, ML with its infeasible cells, radial GML."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.indices import malmquist
from lowcarbon_xl.productivity.measures import measure_by_year, measure_units, sbm_ddf
from lowcarbon_xl.productivity.technology import Production, production

FOLDER = Path(__file__).with_name("dea")
# The references are correctly rounded; scores are of order 1, after about ten pivots in double precision.
TOLERANCE = 1e-12


def table(name: str) -> dict[str, np.ndarray]:
    """Columns of one CSV file; numbers where all cells are numbers or blank (NaN)."""
    with (FOLDER / name).open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    columns = {}
    for key in rows[0]:
        cells = [row[key] for row in rows]
        try:
            columns[key] = np.array([float(cell) if cell else np.nan for cell in cells])
        except ValueError:
            columns[key] = np.array(cells)
    return columns


@cache
def china() -> Production:
    data = table("china_30x17.csv")
    inputs = np.column_stack([data["L"], data["K"], data["E"]])
    return production(inputs, data["Y"], data["CO2"], data["province"], data["year"])


def assert_same(ours: np.ndarray, reference: np.ndarray) -> None:
    np.testing.assert_allclose(ours, reference, rtol=0, atol=TOLERANCE, equal_nan=True)


@pytest.mark.parametrize("rts", ["CRS", "VRS"])
def test_slacks_based_scores(rts: str) -> None:
    reference = table("china_sbm_ref.csv")
    pooled = sbm_ddf(china(), rts=rts)
    same_year = measure_by_year(china(), Measure(rts=rts))
    assert_same(pooled.inefficiency, reference[f"S_G_{rts.lower()}"])
    assert_same(same_year.inefficiency, reference[f"S_C_{rts.lower()}"])
    assert max(pooled.certificate.worst.max(), same_year.certificate.worst.max()) < TOLERANCE


@pytest.mark.parametrize("rts", ["CRS", "VRS"])
def test_global_malmquist_luenberger(rts: str) -> None:
    reference = table("china_sbm_ref.csv")
    change = malmquist(china(), rts=rts)
    for ours, name in [
        (change.index, "GML"),
        (change.efficiency_change, "EC"),
        (change.technical_change, "TC"),
        (change.cumulative, "CUM"),
    ]:
        assert_same(ours, reference[f"{name}_{rts.lower()}"])


@pytest.mark.parametrize(("rts", "missing"), [("CRS", 74), ("VRS", 146)])
def test_contemporaneous_index_and_its_infeasible_cells(rts: str, missing: int) -> None:
    reference = table("china_ml_first8.csv")
    change = malmquist(china(), index="ML", rts=rts)
    keys = list(zip(china().units.tolist(), china().years.tolist(), strict=True))
    rows = [keys.index(key) for key in zip(reference["province"], reference["year_to"], strict=True)]
    suffix = rts.lower()
    for ours, name in [
        (change.scores.ahead, "D_t_of_t1"),
        (change.scores.behind, "D_t1_of_t"),
        (change.scores.own, "D_t1_t1"),
        (change.index, "ML"),
        (change.efficiency_change, "MLEC"),
        (change.technical_change, "MLTC"),
    ]:
        assert_same(ours[rows], reference[f"{name}_{suffix}"])
    infeasible = reference[f"infeasible_D_t_of_t1_{suffix}"] == 1
    reasons = [change.reasons[row] for row in rows]
    assert all("proved" in reason.en for reason, flag in zip(reasons, infeasible, strict=True) if flag and reason)
    first_years = china().years == china().years.min()
    assert int(np.isnan(change.index[~first_years]).sum()) == missing


def test_radial_weak_disposability() -> None:
    reference = table("china_radial_ref.csv")
    measure = Measure("radial")
    assert_same(measure_units(china(), measure).inefficiency, reference["D_G"])
    assert_same(measure_by_year(china(), measure).inefficiency, reference["D_C"])
    change = malmquist(china(), measure="radial")
    assert_same(change.index, reference["GML"])
    assert_same(change.efficiency_change, reference["EC"])
    assert_same(change.technical_change, reference["TC"])
