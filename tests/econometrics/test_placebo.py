"""Placebo permutations against a literal loop of regressions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.placebo import permutations, placebo
from lowcarbon_xl.econometrics.spec import IID, ROBUST, Column, clustered, driscoll_kraay
from lowcarbon_xl.errors import InputError, NotAvailableError

DRAWS = 40


@pytest.mark.parametrize("level", ["row", "unit", "year"])
@pytest.mark.parametrize("kind", ["iid", "robust", "cluster"])
def test_vectorised_draws_equal_a_loop_of_regressions(panel, level: str, kind: str) -> None:
    vce = {"iid": IID, "robust": ROBUST, "cluster": clustered(panel.province)}[kind]
    spec = replace(panel.spec, vce=vce)
    result = placebo(spec, "x", draws=DRAWS, level=level, seed=11)
    orders = permutations(spec, np.arange(panel.y.size), level=level, draws=DRAWS, seed=11)
    fits = [fit_ols(replace(spec, x=(Column("x", panel.x[order]),))) for order in orders]
    # Both are exact projections of 300 rows.
    np.testing.assert_allclose(result.estimates, [fit.coefficients[0] for fit in fits], atol=1e-12)
    np.testing.assert_allclose(result.t_values, [fit.t[0] for fit in fits], atol=1e-9)
    actual = fit_ols(spec)
    assert result.estimate == pytest.approx(actual.coefficients[0], rel=1e-12)
    exceeding = sum(abs(fit.t[0]) >= abs(actual.t[0]) for fit in fits)
    assert result.p == pytest.approx((1 + exceeding) / (1 + DRAWS))
    exceeding = sum(abs(fit.coefficients[0]) >= abs(actual.coefficients[0]) for fit in fits)
    assert result.p_estimate == pytest.approx((1 + exceeding) / (1 + DRAWS))


def test_unbalanced_sample_with_missing_rows_equals_the_loop(panel) -> None:
    x = panel.x.copy()
    x[::17] = np.nan
    spec = replace(panel.spec, x=(Column("x", x),))
    rows = fit_ols(spec).rows
    result = placebo(spec, "x", draws=10, seed=3)
    for order, estimate in zip(permutations(spec, rows, level="row", draws=10, seed=3), result.estimates, strict=True):
        moved = x.copy()
        moved[rows] = x[rows][order]
        fit = fit_ols(replace(spec, x=(Column("x", moved),)))
        assert estimate == pytest.approx(fit.coefficients[0], abs=1e-12)


def test_units_keep_their_histories_and_years_their_values(panel) -> None:
    rows = np.arange(panel.y.size)
    by_unit = permutations(panel.spec, rows, level="unit", draws=5, seed=0)
    by_year = permutations(panel.spec, rows, level="year", draws=5, seed=0)
    for order in by_unit:
        assert (panel.year[order] == panel.year).all()
        assert all(np.unique(panel.unit[order][panel.unit == code]).size == 1 for code in range(30))
    for order in by_year:
        assert (panel.year[order] == panel.year).all()
        assert sorted(order) == rows.tolist()


def test_same_seed_same_draws_other_seed_other_draws(panel) -> None:
    one, two, three = (placebo(panel.spec, "x", draws=20, seed=seed).estimates for seed in (1, 1, 2))
    assert (one == two).all()
    assert not (one == three).any()


def test_refusals(panel) -> None:
    with pytest.raises(NotAvailableError, match="balanced panel"):
        placebo(panel.spec.restricted_to(np.arange(300) > 0), "x", level="unit", draws=5)
    with pytest.raises(InputError, match="needs the unit and time columns"):
        placebo(replace(panel.spec, unit=None), "x", level="unit", draws=5)
    with pytest.raises(InputError, match="no regressor of the model"):
        placebo(panel.spec, "_cons", draws=5)
    with pytest.raises(InputError, match="no endogenous"):
        placebo(panel.iv, "x", draws=5)


def test_two_clusters_and_driscoll_kraay_are_judged_by_robust_t(panel) -> None:
    robust = placebo(replace(panel.spec, vce=ROBUST), "x", draws=9)
    for vce in (driscoll_kraay(1), clustered(panel.province, panel.period)):
        result = placebo(replace(panel.spec, vce=vce), "x", draws=9)
        np.testing.assert_array_equal(result.t_values, robust.t_values)
        assert "robust" in result.statistic.en


def test_p_values_are_uniform_under_the_null(simulator) -> None:
    from scipy.stats import kstest

    results = [placebo(simulator(seed, effect=0.0).spec, "x", draws=99, seed=seed) for seed in range(300)]
    assert kstest([result.p for result in results], "uniform").pvalue > 0.01
    # x varies more between provinces than within, so shuffled coefficients scatter too little and reject too often.
    assert kstest([result.p_estimate for result in results], "uniform").pvalue < 0.01
