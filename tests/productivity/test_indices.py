"""Productivity change: identities, circularity, frozen frontiers, gaps, unbalanced panels, reasons."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowcarbon_xl.errors import InputError
from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.decomposition import decompose
from lowcarbon_xl.productivity.indices import ProductivityChange, malmquist
from lowcarbon_xl.productivity.measures import measure_units
from lowcarbon_xl.productivity.technology import Production, production

TOLERANCE = 1e-10
RUNS = [
    ("GML", None),
    ("ML", None),
    ("ML", "sequential"),
    ("ML", "biennial"),
    ("ML", "window(3)"),
    ("Luenberger", None),
    ("Luenberger", "biennial"),
    ("GlobalLuenberger", None),
]


def panel(seed: int = 0, n_units: int = 6, years: range = range(2010, 2015)) -> Production:
    rng = np.random.default_rng(seed)
    n = n_units * len(years)
    values = np.exp(rng.normal(0, 0.4, (n, 5)))
    units = np.repeat([f"u{j}" for j in range(n_units)], len(years))
    return production(values[:, :3], values[:, 3], values[:, 4], units, np.tile(np.array(years), n_units))


def part(data: Production, rows: np.ndarray) -> Production:
    return production(data.inputs[rows], data.goods[rows], data.bads[rows], data.units[rows], data.years[rows])


@given(seed=st.integers(0, 1000), run=st.sampled_from(RUNS), rts=st.sampled_from(["CRS", "VRS"]))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_the_index_is_its_efficiency_change_and_its_technical_change(
    seed: int, run: tuple[str, str | None], rts: str
) -> None:
    change = malmquist(panel(seed), index=run[0], reference=run[1], rts=rts)
    combine = np.add if change.is_difference else np.multiply
    whole = combine(change.efficiency_change, change.technical_change)
    np.testing.assert_allclose(whole, change.index, atol=TOLERANCE)
    assert [reason is None for reason in change.reasons] == np.isfinite(change.index).tolist()
    assert change.worst_certificate < TOLERANCE


@pytest.mark.parametrize("measure", ["SBM", "radial", "NDDF", "Tone"])
def test_the_global_index_is_circular(measure: str) -> None:
    change = malmquist(panel(1), measure=measure)
    steps = change.index.reshape(6, 5)[:, 1:]
    np.testing.assert_allclose(change.cumulative.reshape(6, 5)[:, 1:], np.cumprod(steps, axis=1), rtol=1e-12)
    assert (change.cumulative.reshape(6, 5)[:, 0] == 1).all()


def test_global_luenberger_adds_up() -> None:
    change = malmquist(panel(1), index="GlobalLuenberger")
    steps = change.index.reshape(6, 5)[:, 1:]
    np.testing.assert_allclose(change.cumulative.reshape(6, 5)[:, 1:], np.cumsum(steps, axis=1), atol=TOLERANCE)


def test_a_base_year_rebases_chained_and_circular_indices_alike() -> None:
    for index, reference in (("GML", None), ("ML", "biennial")):
        free = malmquist(panel(2), index=index, reference=reference).cumulative.reshape(6, 5)
        based = malmquist(panel(2), index=index, reference=reference, base=2012).cumulative.reshape(6, 5)
        np.testing.assert_allclose(based, free / free[:, [2]], rtol=1e-12)


def test_formulas_by_separate_runs() -> None:
    data = panel(4)
    change = malmquist(data, index="ML")
    row = 7
    before = row - 1
    earlier, later = (np.flatnonzero(data.years == data.years[r]) for r in (before, row))
    score = {
        (pool, unit): measure_units(data, Measure(), rows, [unit]).inefficiency[0]
        for pool, rows in (("t", earlier), ("t+1", later))
        for unit in (before, row)
    }
    product = (1 + score["t", before]) / (1 + score["t", row]) * (1 + score["t+1", before]) / (1 + score["t+1", row])
    np.testing.assert_allclose(change.index[row], np.sqrt(product), equal_nan=True, rtol=1e-12)
    luenberger = malmquist(data, index="Luenberger").index[row]
    mean = (score["t", before] - score["t", row] + score["t+1", before] - score["t+1", row]) / 2
    np.testing.assert_allclose(luenberger, mean, equal_nan=True, atol=1e-12)


def test_a_frozen_frontier_is_not_revised_by_new_years() -> None:
    long = panel(5, years=range(2010, 2017))
    short = part(long, np.flatnonzero(long.years <= 2014))
    frozen_long = malmquist(long, frozen=(2010, 2014))
    frozen_short = malmquist(short, frozen=(2010, 2014))
    kept = long.years <= 2014
    np.testing.assert_allclose(frozen_long.index[kept], frozen_short.index, atol=TOLERANCE, equal_nan=True)
    revised = malmquist(long).index[kept]
    assert np.nanmax(np.abs(revised - frozen_short.index)) > 1e-3
    outside = np.isnan(frozen_long.index) & (long.years > 2014)
    assert frozen_long.infeasible == np.isnan(frozen_long.scores.common).sum() > 0
    assert all(
        "outside the technology of 2010-2014" in str(frozen_long.reasons[row]) for row in np.flatnonzero(outside)
    )


def test_a_gap_is_refused_by_row_and_year() -> None:
    data = panel(0)
    gappy = part(data, np.flatnonzero(~((data.units == "u2") & (data.years == 2012))))
    with pytest.raises(InputError, match="u2 lacks 2012") as caught:
        malmquist(gappy)
    assert gappy.unit_year(caught.value.row or 0) == "u2 2013"
    allowed = malmquist(gappy, gaps="allow")
    after = caught.value.row or 0
    assert np.isnan(allowed.index[after])
    assert "lacks 2012" in str(allowed.reasons[after])
    spanning = malmquist(gappy, gaps="periods")
    scores = spanning.scores.common
    assert spanning.index[after] == pytest.approx((1 + scores[after - 1]) / (1 + scores[after]), rel=1e-14)
    # The global index is circular: its cumulative value does not need the missing year.
    assert np.isfinite(allowed.cumulative[after])


def test_unbalanced_panels_and_lonely_years() -> None:
    data = panel(0)
    rows = np.flatnonzero(~((data.units != "u0") & (data.years == 2010)))
    change = malmquist(part(data, rows))
    assert np.isfinite(change.cumulative).all()
    assert any("2010 (1)" in note.en for note in change.notes)
    assert np.isnan(malmquist(part(data, rows), base=2010).cumulative[part(data, rows).units == "u1"]).all()


def test_reasons_name_the_unit_and_the_years() -> None:
    change = malmquist(panel(8), index="ML", rts="VRS")
    assert change.infeasible > 0
    infeasible = [reason.en for reason in change.reasons if reason is not None and "infeasible" in reason.en]
    assert infeasible
    assert all("proved" in reason and "outside the technology of 20" in reason for reason in infeasible)
    assert sum("first year" in str(reason) for reason in change.reasons) == 6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"index": "GML", "reference": "sequential"}, "GML takes: global"),
        ({"index": "ML", "reference": "global"}, "ML takes: contemporaneous"),
        ({"index": "ML", "reference": "window(2)"}, "odd number"),
        ({"index": "TFP"}, "Choose from: GML"),
        ({"index": "ML", "frozen": (2010, 2012)}, "no global frontier"),
        ({"frozen": (1990, 1995)}, "no data in 1990-1995"),
        ({"base": 1999}, "base year 1999"),
        ({"index": "Luenberger", "measure": "Tone"}, "does not take Tone"),
        ({"measure": "Tone", "weights": "thirds"}, "does not take weights"),
    ],
)
def test_what_does_not_apply_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        malmquist(panel(0), **options)


@pytest.mark.parametrize("name", ["FGNZ", "RD"])
@pytest.mark.parametrize("index", ["GML", "ML", "Luenberger", "GlobalLuenberger"])
def test_decompositions_are_complete(name: str, index: str) -> None:
    found = decompose(
        panel(9), name, index=index, reference="biennial" if "Global" not in index[:6] and index != "GML" else None
    )
    parts = (found.technical_change, found.pure_efficiency_change, found.scale_efficiency_change)
    whole = sum(parts) if found.constant.is_difference else np.prod(parts, axis=0)
    np.testing.assert_allclose(whole, found.constant.index, atol=TOLERANCE)
    np.testing.assert_array_equal(found.pure_efficiency_change, found.variable.efficiency_change)
    used: ProductivityChange = found.constant if name == "FGNZ" else found.variable
    np.testing.assert_array_equal(found.technical_change, used.technical_change)


def test_an_unknown_decomposition_is_refused() -> None:
    with pytest.raises(InputError, match="FGNZ"):
        decompose(panel(0), "ZOFIO")
