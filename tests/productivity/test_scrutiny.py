"""The tools that put a result to the question: sensitivity table, program audit, abatement cost, intervals."""

from __future__ import annotations

import numpy as np
import pytest

from lowcarbon_xl.errors import InputError, NotAvailableError
from lowcarbon_xl.productivity import shadow
from lowcarbon_xl.productivity.audit_lp import audit_program
from lowcarbon_xl.productivity.bootstrap import bootstrap_gml
from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.indices import malmquist
from lowcarbon_xl.productivity.sensitivity import Convention, sensitivity
from lowcarbon_xl.productivity.shadow import abatement_cost
from lowcarbon_xl.productivity.technology import Production, production

# Everything is relative to data of order 1 and checked by plain multiplication and addition.
TOLERANCE = 1e-10


def panel(seed: int = 0, n_units: int = 8, n_years: int = 4) -> Production:
    rng = np.random.default_rng(seed)
    n = n_units * n_years
    values = np.exp(rng.normal(0, 0.4, (n, 5)))
    units = np.repeat([f"u{j}" for j in range(n_units)], n_years)
    names = {"input_names": ["L", "K", "E"], "good_names": ["Y"], "bad_names": ["C"]}
    years = np.tile(2010 + np.arange(n_years), n_units)
    return production(values[:, :3], values[:, 3], values[:, 4], units, years, **names)


@pytest.mark.parametrize(
    "measure",
    [
        Measure(),
        Measure(rts="VRS", weights="thirds"),
        Measure("NDDF"),
        Measure("NDDF", "VRS", direction="input"),
        Measure("radial"),
        Measure("radial", "VRS", direction="own"),
        Measure("radial", disposability="strong"),
    ],
    ids=lambda measure: measure.label,
)
def test_an_audit_proves_the_score_by_multiplying_and_adding(measure: Measure) -> None:
    data = panel()
    for row in range(0, data.n_rows, 3):
        sheet = audit_program(data, row, measure)
        reach = sheet.lambdas @ sheet.coefficients + sheet.signs * (sheet.slacks + sheet.step * sheet.direction)
        np.testing.assert_allclose(reach, sheet.own, atol=TOLERANCE)
        np.testing.assert_allclose(sheet.residuals, 0, atol=TOLERANCE)
        assert abs(sheet.convexity_residual) < TOLERANCE
        assert min(sheet.lambdas.min(), sheet.slacks.min()) >= 0
        assert (sheet.slacks[~sheet.free_slack] == 0).all()
        assert (sheet.coefficients @ sheet.duals + sheet.scale_dual >= -TOLERANCE).all()
        assert (sheet.signs * sheet.duals >= sheet.prices - TOLERANCE)[sheet.free_slack].all()
        if measure.name == "radial":
            assert (sheet.signs * sheet.duals * sheet.direction).sum() == pytest.approx(1, abs=TOLERANCE)
        primal = sheet.prices @ sheet.slacks + sheet.step
        dual = sheet.duals @ sheet.own + sheet.scale_dual
        assert primal == pytest.approx(dual, abs=TOLERANCE)
        assert (sheet.objective, sheet.dual_objective) == pytest.approx((primal, dual))


def test_programs_that_cannot_be_written_out_are_refused() -> None:
    with pytest.raises(InputError, match="SBM, radial or NDDF"):
        audit_program(panel(), 0, Measure("Tone"))
    data = panel()
    best = int(np.argmax(data.goods[:, 0] / data.inputs.prod(axis=1)))
    others = np.flatnonzero(data.units != data.units[best])
    with pytest.raises(NotAvailableError, match="infeasible") as caught:
        audit_program(data, best, Measure(rts="VRS"), others)
    assert caught.value.row == best


def test_the_sensitivity_table_counts_against_its_first_row() -> None:
    data = panel(2)
    chosen = [Convention(Measure()), Convention(Measure(rts="VRS")), Convention(Measure(rts="VRS"), "ML")]
    default, variable, pairwise = sensitivity(data, chosen)
    assert (default.largest_difference, default.flipped, default.missing) == (0, 0, 0)
    assert default.rank_correlation == pytest.approx(1)
    first, second = malmquist(data).index, malmquist(data, rts="VRS").index
    both = np.isfinite(first)
    assert variable.flipped == ((first[both] - 1) * (second[both] - 1) < -1e-18).sum() > 0
    assert variable.largest_difference == pytest.approx(np.abs(first - second)[both].max())
    assert variable.geometric_mean == pytest.approx(np.exp(np.log(second[both]).mean()))
    assert pairwise.compared + pairwise.missing == default.compared == 24
    assert len(sensitivity(data)) == 12


def test_the_sensitivity_table_takes_ratio_indices() -> None:
    with pytest.raises(InputError, match="GML and ML"):
        sensitivity(panel(), [Convention(Measure(), "Luenberger")])


@pytest.mark.parametrize("rts", ["CRS", "VRS"])
def test_abatement_cost_is_the_slope_of_the_frontier(rts: str) -> None:
    data = panel(4, n_units=12)
    found = abatement_cost(data, rts=rts, by_year=False)
    checked = 0
    for row in np.flatnonzero(found.unique & np.isfinite(found.cost)).tolist():
        # With a fixed direction the distance is concave and piecewise linear in the data: move b and y along the slope.
        step = 1e-6 * data.bads[row, 0]
        moved = data.values.copy()
        moved[row, 4] += step
        moved[row, 3] += found.cost[row] * step
        direction = data.values * np.array([0.0, 0.0, 0.0, 1.0, 1.0])
        shifted = np.vstack([data.values, moved[row]])
        with_row = production(shifted[:, :3], shifted[:, 3], shifted[:, 4], [*data.units, "moved"], [*data.years, 2010])
        measure = Measure("radial", rts, direction=np.vstack([direction, direction[row]]))
        distance = shadow.measure_units(with_row, measure, np.arange(data.n_rows), [data.n_rows]).inefficiency[0]
        assert distance == pytest.approx(found.evaluation.inefficiency[row], abs=1e-11)
        checked += 1
    assert checked > 10


def test_the_range_closes_where_multipliers_are_unique_and_opens_at_kinks() -> None:
    data = panel(4, n_units=12)
    found = abatement_cost(data, by_year=False)
    measure = Measure("radial", disposability="weak", direction="output")
    known = np.isfinite(found.cost)
    assert (found.low[known] <= found.cost[known] + 1e-7).all()
    assert (found.cost[known] <= found.high[known] + 1e-7).all()
    efficient = found.evaluation.inefficiency == 0
    assert (found.high - found.low)[efficient].max() > 0.01
    for row in np.flatnonzero(found.unique & known)[:10].tolist():
        ends = shadow._range(
            data, measure, row, np.arange(data.n_rows), float(found.evaluation.inefficiency[row]), 3, 4
        )
        assert ends == pytest.approx((found.cost[row],) * 2, rel=1e-6, abs=1e-7)


def test_abatement_needs_a_bad_output_by_its_name() -> None:
    data = panel()
    with pytest.raises(InputError, match="no abatement"):
        abatement_cost(production(data.inputs, data.goods, None, data.units, data.years))
    with pytest.raises(InputError, match="not one of C"):
        abatement_cost(data, bad="SO2")


def test_intervals_are_seeded_and_labelled() -> None:
    data = panel(6)
    one, same = (bootstrap_gml(data, replications=40, seed=5) for _ in range(2))
    other = bootstrap_gml(data, replications=40, seed=6)
    np.testing.assert_array_equal(one.low, same.low)
    assert not np.array_equal(one.low, other.low, equal_nan=True)
    assert np.isnan(one.low).tolist() == np.isnan(one.estimate).tolist()
    known = np.isfinite(one.low)
    assert (one.low <= one.high)[known].all()
    assert (one.drawn, one.provinces) == (5, 8)
    assert "exploratory" in one.label.en
    np.testing.assert_array_equal(one.estimate, malmquist(data).index)
    narrow = bootstrap_gml(data, replications=40, seed=5, level=0.5)
    assert ((narrow.high - narrow.low) <= (one.high - one.low) + TOLERANCE)[known].all()


def test_intervals_need_provinces_to_draw_from() -> None:
    with pytest.raises(InputError, match="too few"):
        bootstrap_gml(panel(n_units=4))
    with pytest.raises(InputError, match="make no sense"):
        bootstrap_gml(panel(), share=1.5)
