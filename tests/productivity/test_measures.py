"""Properties that hold for every frontier, and options that are refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowcarbon_xl.errors import InputError
from lowcarbon_xl.productivity import measures, pricing
from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.measures import (
    efficient_units,
    energy_efficiency,
    measure_by_year,
    measure_units,
    sbm_ddf,
)
from lowcarbon_xl.productivity.technology import Production, production

# Scores are of order 1; another order of rows or another unit of measure changes the rounding of some ten pivots.
TOLERANCE = 1e-10
EVERY = [Measure(name, rts) for name in ("SBM", "radial", "NDDF", "Tone") for rts in ("CRS", "VRS")]
panels = st.integers(0, 10_000)


def random_panel(seed: int, n_units: int = 8, n_years: int = 3) -> Production:
    rng = np.random.default_rng(seed)
    n = n_units * n_years
    values = np.exp(rng.normal(0, 0.5, (n, 5)))
    units = np.repeat([f"u{j}" for j in range(n_units)], n_years)
    return production(values[:, :3], values[:, 3], values[:, 4], units, np.tile(2000 + np.arange(n_years), n_units))


def rebuilt(data: Production, values: np.ndarray, order: np.ndarray | None = None) -> Production:
    rows = np.arange(data.n_rows) if order is None else order
    x, y, b = np.split(values[rows], np.cumsum(data.shape)[:2], axis=1)
    return production(x, y, b, data.units[rows], data.years[rows])


@given(seed=panels, powers=st.lists(st.integers(-6, 6), min_size=5, max_size=5))
@settings(derandomize=True, deadline=None, max_examples=25)
def test_units_of_measure_do_not_matter(seed: int, powers: list[int]) -> None:
    data = random_panel(seed)
    factors = 10.0 ** np.array(powers)
    other = rebuilt(data, data.values * factors)
    measure = EVERY[seed % len(EVERY)]
    before, after = measure_units(data, measure), measure_units(other, measure)
    np.testing.assert_allclose(after.inefficiency, before.inefficiency, atol=TOLERANCE)
    np.testing.assert_allclose(after.targets.sum(axis=0) / factors, before.targets.sum(axis=0), rtol=1e-6)


@given(seed=panels)
@settings(derandomize=True, deadline=None, max_examples=25)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    data = random_panel(seed)
    order = np.random.default_rng(seed).permutation(data.n_rows)
    measure = EVERY[seed % len(EVERY)]
    before, after = measure_units(data, measure), measure_units(rebuilt(data, data.values, order), measure)
    np.testing.assert_allclose(after.inefficiency, before.inefficiency[order], atol=TOLERANCE)


@given(seed=panels)
@settings(derandomize=True, deadline=None, max_examples=25)
def test_peers_slacks_and_targets_fit_together(seed: int) -> None:
    data = random_panel(seed)
    found = sbm_ddf(data, rts="VRS" if seed % 2 else "CRS")
    combined = np.einsum("ij,ijk->ik", found.peer_weights, data.values[found.peers])
    np.testing.assert_allclose(combined, found.targets, rtol=1e-9)
    np.testing.assert_allclose(found.contributions.sum(axis=1), found.inefficiency, atol=TOLERANCE)
    np.testing.assert_allclose(data.values - data.signs * found.slacks, found.targets, rtol=1e-12)
    assert (found.slacks >= 0).all()
    used = found.peers[found.peer_weights > 1e-9]
    np.testing.assert_allclose(found.inefficiency[used], 0, atol=TOLERANCE)


@given(seed=panels)
@settings(derandomize=True, deadline=None, max_examples=25)
def test_a_dominated_unit_changes_nothing(seed: int) -> None:
    data = random_panel(seed)
    measure = Measure(("SBM", "Tone")[seed % 2], ("CRS", "VRS")[seed // 2 % 2])
    worse = data.values[0] * np.where(data.signs > 0, 1.1, 0.9)
    more = production(
        *np.split(np.vstack([data.values, worse]), np.cumsum(data.shape)[:2], axis=1),
        [*data.units, "worse"],
        [*data.years, 2000],
    )
    np.testing.assert_allclose(
        measure_units(more, measure).inefficiency[:-1], measure_units(data, measure).inefficiency, atol=TOLERANCE
    )


@given(seed=panels)
@settings(derandomize=True, deadline=None, max_examples=25)
def test_variable_returns_fit_closer(seed: int) -> None:
    data = random_panel(seed)
    for name in ("SBM", "radial", "NDDF", "Tone"):
        constant, variable = (measure_units(data, Measure(name, rts)).inefficiency for rts in ("CRS", "VRS"))
        assert (variable <= constant + TOLERANCE).all()
        assert (measure_by_year(data, Measure(name)).inefficiency <= constant + TOLERANCE).all()


def test_efficient_units_score_zero_by_year() -> None:
    data = random_panel(3)
    scores = measure_by_year(data, Measure()).inefficiency
    listed = efficient_units(data, Measure())
    assert sorted(listed) == [2000, 2001, 2002]
    assert sorted(np.concatenate(list(listed.values())).tolist()) == np.flatnonzero(scores == 0).tolist()


def test_identical_units_are_all_efficient() -> None:
    same = np.tile([3.0, 5.0, 7.0, 2.0, 4.0], (6, 1))
    data = production(same[:, :3], same[:, 3], same[:, 4], [f"u{j}" for j in range(6)], [2020] * 6)
    for measure in EVERY:
        assert measure_units(data, measure).inefficiency.tolist() == [0.0] * 6


def test_energy_alone() -> None:
    data = random_panel(11)
    found = energy_efficiency(data, "x3", by_year=False)
    np.testing.assert_allclose(1 - found.inefficiency, found.targets[:, 2] / data.inputs[:, 2], rtol=1e-9)
    # A plan that saves the most energy and worsens nothing bounds every other measure's energy slack.
    assert (found.slacks[:, 2] >= sbm_ddf(data).slacks[:, 2] - 1e-9).all()


def test_nddf_on_the_own_direction_is_a_weighted_slack_measure() -> None:
    data = random_panel(5)
    weights = (0.1, 0.2, 0.3, 0.25, 0.15)
    nddf = measure_units(data, Measure("NDDF", weights=weights))
    np.testing.assert_allclose(nddf.inefficiency, sbm_ddf(data, weights=weights).inefficiency, atol=TOLERANCE)


def test_column_generation_finds_what_whole_pricing_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    data = random_panel(7, n_units=20)
    for rts in ("CRS", "VRS"):
        measure = Measure("radial", rts)
        whole = measure_units(data, measure, np.flatnonzero(data.years < 2002))
        monkeypatch.setattr(pricing, "PRICED_WHOLE", 0)
        generated = measure_units(data, measure, np.flatnonzero(data.years < 2002))
        monkeypatch.undo()
        np.testing.assert_allclose(generated.inefficiency, whole.inefficiency, atol=TOLERANCE)
        assert generated.status.tolist() == whole.status.tolist()


def test_the_proof_says_what_it_ran_over(monkeypatch: pytest.MonkeyPatch) -> None:
    data = random_panel(7, n_units=30)
    whole = sbm_ddf(data)
    monkeypatch.setattr(measures, "FULL_PROOF", 0)
    framed = sbm_ddf(data)
    assert (whole.certificate.proved_over, framed.certificate.proved_over) == ("every unit", "frame")
    np.testing.assert_array_equal(framed.inefficiency, whole.inefficiency)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "Tone", "weights": "thirds"}, "does not take weights"),
        ({"name": "SBM", "disposability": "weak"}, "radial, NDDF"),
        ({"name": "SBM", "direction": "own"}, "does not take direction"),
        ({"name": "CCR"}, "Choose from: SBM, radial, NDDF, Tone"),
        ({"rts": "NIRS"}, "Choose from: CRS, VRS"),
        ({"name": "radial", "disposability": "free"}, "weak, strong"),
    ],
)
def test_options_that_do_not_apply_are_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Measure(**options)


@pytest.mark.parametrize("weights", [(1.0, 1.0), (0.0,) * 5, (1.0, 1.0, 1.0, 1.0, -1.0), (1.0, 1.0, 1.0, 1.0, np.nan)])
def test_weights_that_make_no_sense_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="in the order x1, x2, x3, y1, b1"):
        sbm_ddf(random_panel(1), weights=weights)


def test_directions_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InputError, match="A direction of shape"):
        measure_units(random_panel(1), Measure("radial", direction=[1.0, 2.0]))


def test_thirds_need_a_bad_output() -> None:
    data = random_panel(1)
    without = production(data.inputs, data.goods, None, data.units, data.years)
    with pytest.raises(InputError, match="bad output"):
        sbm_ddf(without, weights="thirds")


def test_a_user_direction_equal_to_the_data_is_the_own_direction(problem: Callable[[int], Production]) -> None:
    data = problem(6)
    given_direction = measure_units(data, Measure("radial", direction=data.values))
    own = measure_units(data, Measure("radial", direction="own"))
    np.testing.assert_array_equal(given_direction.inefficiency, own.inefficiency)
