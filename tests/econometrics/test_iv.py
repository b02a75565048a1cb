"""Two-stage least squares: estimates, identification, weak instruments, and inputs that leave no number."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowcarbon_xl.econometrics.distributions import critical_f
from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.iv import fit_iv
from lowcarbon_xl.econometrics.spec import IID, ROBUST, Column, Grouping, clustered
from lowcarbon_xl.errors import InputError, NotAvailableError


def with_instruments(panel, count: int, seed: int = 5):
    random = np.random.default_rng(seed)
    extra = tuple(Column(f"z{k}", panel.z + random.normal(size=panel.z.size)) for k in range(count - 1))
    return replace(panel.iv, instruments=panel.iv.instruments + extra)


def test_estimates_equal_linearmodels_with_all_dummies(panel) -> None:
    from linearmodels.iv import IV2SLS

    kept = np.random.default_rng(2).random(panel.y.size) < 0.6
    spec = replace(with_instruments(panel, 3), sample=kept, vce=ROBUST, route="ivreg2")
    ours = fit_iv(spec)
    rows = ours.fit.rows
    dummies = np.hstack([np.eye(30)[panel.unit], np.eye(10)[panel.year - 2013][:, 1:]])[rows]
    instruments = np.column_stack([column.values[rows] for column in spec.instruments])
    exogenous = np.column_stack([panel.w[rows], dummies])
    theirs = IV2SLS(panel.y[rows], exogenous, panel.x[rows], instruments).fit(cov_type="robust")
    ours_x, ours_w = ours.fit.coefficients
    np.testing.assert_allclose([ours_w, ours_x], theirs.params.iloc[[0, -1]], rtol=1e-8)
    # ivreg2 without `small` makes no correction, nor does linearmodels without `debiased`.
    np.testing.assert_allclose(ours.fit.standard_errors[::-1], theirs.std_errors.iloc[[0, -1]], rtol=1e-8)
    assert math.isinf(ours.fit.df_r)


@pytest.mark.parametrize("vce", ["iid", "robust", "cluster"])
def test_first_stage_f_is_the_weak_identification_f(panel, vce: str) -> None:
    kind = {"iid": IID, "robust": ROBUST, "cluster": clustered(panel.province)}[vce]
    result = fit_iv(replace(with_instruments(panel, 2), vce=kind))
    np.testing.assert_allclose(result.first_stages[0].f, result.identification.kp_rk_f, rtol=1e-8)
    if vce == "iid":
        np.testing.assert_allclose(result.identification.kp_rk_f, result.identification.cragg_donald_f, rtol=1e-12)


@pytest.mark.parametrize("route", ["ivreghdfe", "xtivreg2", "ivreg2"])
def test_routes_share_coefficients_and_differ_in_their_counts(panel, route: str) -> None:
    spec = with_instruments(panel, 2)
    result = fit_iv(replace(spec, route=route, vce=IID))
    base = fit_iv(replace(spec, vce=IID))
    np.testing.assert_allclose(result.fit.coefficients, base.fit.coefficients, rtol=1e-10)
    factor = {"ivreghdfe": 300 - 2 - 39, "xtivreg2": 300 - 30, "ivreg2": 300}[route]
    np.testing.assert_allclose(
        result.fit.standard_errors * math.sqrt(factor), base.fit.standard_errors * math.sqrt(259), rtol=1e-10
    )


@settings(derandomize=True, max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 3), strength=st.sampled_from([0.05, 0.3, 1.0]))
def test_anderson_rubin_set_is_the_inverted_test(seed: int, count: int, strength: float) -> None:
    # Brute force: the F of the instruments in a regression of y - b x must cross its critical value at the bounds.
    random = np.random.default_rng(seed)
    size = 120
    Z = random.normal(size=(size, count))
    noise = random.normal(size=size)
    x = strength * Z.sum(axis=1) + 0.7 * noise + random.normal(size=size)
    y = x + noise
    spec = strong_or_weak(y, x, Z)
    result = fit_iv(spec).anderson_rubin
    critical = critical_f(0.95, count, size - count - 1)

    def f(b: float) -> float:
        outcome = fit_ols(
            replace(
                spec,
                y=Column("e", y - b * x),
                x=spec.instruments,
                endogenous=(),
                instruments=(),
                vce=ROBUST,
            )
        )
        return outcome.f

    for low, high in result.intervals:
        for bound in (low, high):
            if math.isfinite(bound):
                np.testing.assert_allclose(f(bound), critical, rtol=1e-5)
    for b in np.linspace(-6, 8, 29):
        inside = any(low <= b <= high for low, high in result.intervals)
        assert inside == (f(b) <= critical)


def strong_or_weak(y: np.ndarray, x: np.ndarray, Z: np.ndarray):
    from lowcarbon_xl.econometrics.spec import Specification

    return Specification(
        Column("y", y),
        (),
        endogenous=(Column("x", x),),
        instruments=tuple(Column(f"z{k}", Z[:, k]) for k in range(Z.shape[1])),
        small=True,
        vce=ROBUST,
    )


def test_weak_instruments_are_said_in_words(simulator) -> None:
    panel = simulator(3)
    noise = Column("noise", np.random.default_rng(9).normal(size=panel.y.size))
    result = fit_iv(replace(panel.iv, instruments=(noise,)))
    assert result.identification.weak
    assert "weak instruments" in result.identification.verdict.en
    assert "弱工具变量" in result.identification.verdict.zh
    low, high = result.anderson_rubin.intervals[0][0], result.anderson_rubin.intervals[-1][1]
    assert math.isinf(low)
    assert math.isinf(high)


def test_stock_yogo_is_a_dash_where_it_was_not_tabulated(panel) -> None:
    assert fit_iv(panel.iv).identification.stock_yogo == (16.38, 8.96, 6.66, 5.53)
    assert all(math.isnan(value) for value in fit_iv(with_instruments(panel, 7)).identification.stock_yogo)


@pytest.mark.parametrize("route", ["ivreghdfe", "xtivreg2", "ivreg2"])
def test_fewer_clusters_than_moments_leave_a_dash_and_a_reason(panel, route: str) -> None:
    six = clustered(Grouping.of("six", panel.unit // 5))
    result = fit_iv(replace(with_instruments(panel, 8), vce=six, route=route))
    assert np.isfinite(result.fit.standard_errors).all()
    for test in (result.overidentification, result.endogeneity):
        assert math.isnan(test.statistic)
        assert math.isnan(test.p)
        assert "6 clusters are fewer" in test.reason.en
    assert math.isnan(result.identification.kp_rk_f)
    assert "6 clusters" in result.identification.notes[0].en
    assert math.isnan(result.anderson_rubin.f)
    assert math.isfinite(result.identification.cragg_donald_f)


def test_exactly_identified_has_no_overidentification_test(panel) -> None:
    test = fit_iv(panel.iv).overidentification
    assert math.isnan(test.statistic)
    assert test.df == 0
    assert "exactly identified" in test.reason.en


def test_an_instrument_that_is_the_regressor_gives_least_squares(panel) -> None:
    result = fit_iv(replace(panel.iv, instruments=(Column("same", panel.x.copy()),)))
    ols = fit_ols(panel.spec)
    np.testing.assert_allclose(result.fit.coefficients, ols.coefficients[:2], rtol=1e-10)
    assert math.isnan(result.identification.cragg_donald_f)
    assert "2SLS is least squares" in result.identification.verdict.en
    ((low, high),) = result.anderson_rubin.intervals
    assert low < ols.coefficients[0] < high


def test_perfect_fit_tests_nothing(panel) -> None:
    exact = replace(with_instruments(panel, 2), y=Column("y", 2 * panel.x + panel.unit))
    result = fit_iv(exact)
    np.testing.assert_allclose(result.fit.coefficients, [2, 0], atol=1e-12)
    assert np.isnan(result.fit.t).all()
    assert math.isnan(result.overidentification.statistic)
    assert math.isnan(result.endogeneity.statistic)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda p: {"instruments": (Column("z", np.sqrt(1.0 + p.unit)),)}, NotAvailableError, "0 remain for 1"),
        (lambda p: {"instruments": (Column("z", 2 * p.w),)}, NotAvailableError, "collinear"),
        (lambda p: {"endogenous": (Column("x", np.sqrt(1.0 + p.unit)),)}, NotAvailableError, "explained entirely"),
        (lambda p: {"absorb": (), "route": "xtivreg2"}, InputError, "needs unit fixed effects"),
        (lambda p: {"endogenous": (), "instruments": (), "x": p.spec.x}, InputError, "needs an endogenous"),
        (lambda p: {"y": Column("y", p.unit * 1.0)}, NotAvailableError, "does not vary"),
    ],
)
def test_refusals(panel, change, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        fit_iv(replace(panel.iv, **change(panel)))


def test_redundant_instruments_are_dropped_and_named(panel) -> None:
    spec = replace(panel.iv, instruments=(*panel.iv.instruments, Column("twice", 2 * panel.z + 1e5)))
    result = fit_iv(spec)
    assert result.fit.collinear == ("twice",)
    assert result.instruments == ("z",)
    np.testing.assert_allclose(result.fit.t, fit_iv(panel.iv).fit.t, rtol=1e-9)


def test_rescaling_leaves_every_statistic_alone(panel) -> None:
    spec = with_instruments(panel, 2)
    scaled = replace(
        spec,
        y=Column("y", panel.y * 1e6),
        endogenous=(Column("x", panel.x * 1e-6 + 1e3),),
        instruments=tuple(Column(column.name, column.values * 1e6) for column in spec.instruments),
    )
    one, two = fit_iv(spec), fit_iv(scaled)
    # x is 1e-6 beside a level of 1e3: seven digits remain in the data.
    for get in (
        lambda r: r.fit.t,
        lambda r: r.identification.kp_rk_lm,
        lambda r: r.identification.kp_rk_f,
        lambda r: r.overidentification.statistic,
        lambda r: r.endogeneity.statistic,
        lambda r: r.anderson_rubin.f,
        lambda r: np.array(r.anderson_rubin.intervals) * (1 if r is one else 1e-12),
    ):
        np.testing.assert_allclose(get(two), get(one), rtol=1e-5)


def test_iv_removes_the_bias_and_covers_the_truth(simulator) -> None:
    # 1,000 draws: the standard error of a coverage of 95 % is 0.7 points.
    covered, biased = [], []
    for seed in range(1_000):
        panel = simulator(seed, endogeneity=0.8)
        fit = fit_iv(panel.iv).fit
        covered.append(fit.low[0] <= 0.5 <= fit.high[0])
        if seed < 100:
            ols = fit_ols(panel.spec)
            biased.append(ols.low[0] <= 0.5 <= ols.high[0])
    assert 0.93 <= np.mean(covered) <= 0.97
    assert np.mean(biased) < 0.1


def test_anderson_rubin_with_effects_and_controls_is_the_inverted_reduced_form(panel) -> None:
    # The Wald test of the instruments in y - b x on instruments, controls and both effects, by least squares.
    spec = replace(with_instruments(panel, 2), vce=ROBUST)
    result = fit_iv(spec).anderson_rubin
    ((low, high),) = result.intervals

    def f(b: float) -> float:
        y = Column("y", panel.y - b * panel.x)
        reduced = fit_ols(replace(spec, y=y, x=spec.instruments, endogenous=(), instruments=()))
        excluded = reduced.coefficients[:2]
        return float(excluded @ np.linalg.solve(reduced.vcov[:2, :2], excluded)) / 2

    critical = critical_f(0.95, 2, 300 - 3 - 39)
    np.testing.assert_allclose([f(low), f(high)], critical, rtol=1e-7)
    np.testing.assert_allclose(result.f, f(0.0), rtol=1e-9)
