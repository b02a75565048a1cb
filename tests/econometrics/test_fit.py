"""Least squares with fixed effects, against dummies, linearmodels and its own invariances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowcarbon_xl.econometrics import absorb
from lowcarbon_xl.econometrics.absorb import Absorber
from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.spec import (
    IID,
    ROBUST,
    Column,
    Grouping,
    Specification,
    clustered,
    driscoll_kraay,
    interact,
)
from lowcarbon_xl.errors import InputError, NotAvailableError

EXACT = 1e-8  # relative: two exact algorithms on a panel whose condition number is below 1e4


def dummies(*codes: np.ndarray) -> np.ndarray:
    """Full-rank dummies: all levels of the first grouping, all but one of the others."""
    blocks = []
    for position, code in enumerate(codes):
        _, compact = np.unique(code, return_inverse=True)
        blocks.append(np.eye(compact.max() + 1)[compact][:, int(position > 0) :])
    return np.hstack(blocks)


def unbalanced_sample(panel, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random(panel.y.size) < 0.55


@settings(derandomize=True, max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_unbalanced_twoway_equals_dummies_of_statsmodels(seed: int) -> None:
    import statsmodels.api as sm

    random = np.random.default_rng(seed)
    size = 150
    unit, year = random.integers(0, 15, size), random.integers(0, 8, size)
    x = random.normal(size=(size, 2)) + unit[:, None]
    y = x @ [1.0, -2.0] + unit + year + random.normal(size=size)
    spec = Specification(
        Column("y", y),
        (Column("a", x[:, 0]), Column("b", x[:, 1])),
        absorb=(Grouping.of("unit", unit), Grouping.of("year", year)),
        vce=IID,
    )
    ours = fit_ols(spec)
    rows = ours.rows
    theirs = sm.OLS(y[rows], np.column_stack([x[rows], dummies(unit[rows], year[rows])])).fit()
    np.testing.assert_allclose(ours.coefficients[:2], theirs.params[:2], rtol=EXACT)
    np.testing.assert_allclose(ours.standard_errors[:2], theirs.bse[:2], rtol=EXACT)
    np.testing.assert_allclose(ours.r2, theirs.rsquared, rtol=EXACT)
    np.testing.assert_allclose(ours.residuals, theirs.resid, atol=EXACT)
    robust = fit_ols(replace(spec, vce=ROBUST))
    np.testing.assert_allclose(robust.standard_errors[:2], theirs.get_robustcov_results("HC1").bse[:2], rtol=EXACT)


def test_agrees_with_linearmodels_on_a_balanced_panel(panel) -> None:
    import pandas as pd
    from linearmodels.panel import PanelOLS

    frame = pd.DataFrame(
        {"province": panel.unit, "year": panel.year, "y": panel.y, "x": panel.x, "w": panel.w}
    ).set_index(["province", "year"])
    theirs = PanelOLS(frame["y"], frame[["x", "w"]], entity_effects=True, time_effects=True).fit(cov_type="robust")
    ours = fit_ols(replace(panel.spec, vce=ROBUST))
    np.testing.assert_allclose(ours.coefficients[:2], theirs.params, rtol=EXACT)
    np.testing.assert_allclose(ours.standard_errors[:2], theirs.std_errors, rtol=EXACT)
    np.testing.assert_allclose(ours.r2, theirs.rsquared_inclusive, rtol=EXACT)
    np.testing.assert_allclose(ours.r2_within, theirs.rsquared, rtol=EXACT)


def test_three_effects_equal_dummies(panel) -> None:
    third = np.random.default_rng(3).integers(0, 6, panel.y.size)
    kept = unbalanced_sample(panel, 3)
    spec = replace(
        panel.spec, absorb=(*panel.spec.absorb, Grouping.of("third", third)), sample=kept, vce=IID, unit=None
    )
    ours = fit_ols(spec)
    rows = ours.rows
    design = np.column_stack([panel.x, panel.w])[rows]
    everything = np.column_stack([design, dummies(panel.unit[rows], panel.year[rows], third[rows])])
    coefficients, _, rank, _ = np.linalg.lstsq(everything, panel.y[rows], rcond=None)
    np.testing.assert_allclose(ours.coefficients[:2], coefficients[:2], rtol=EXACT)
    assert ours.df_r == rows.size - rank


def test_conjugate_gradients_equal_the_dense_solution(panel, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = np.flatnonzero(unbalanced_sample(panel, 4))
    third = np.random.default_rng(4).integers(0, 6, kept.size)
    codes = (panel.unit[kept], panel.year[kept], third)
    values = np.column_stack([panel.y, 1e6 + panel.x])[kept]
    dense = Absorber.of(codes, kept.size).residualize(values)
    monkeypatch.setattr(absorb, "DENSE_LEVELS", 1)
    # 1e-9 of a column of size 1e6 whose residual is of size 1: sixteen digits less nine, with room.
    np.testing.assert_allclose(Absorber.of(codes, kept.size).residualize(values), dense, atol=1e-8)


def test_separate_components_cost_a_degree_each(panel) -> None:
    block = Grouping.of("block", panel.unit % 2)
    years = interact(panel.period, block)
    connected = fit_ols(replace(panel.spec, vce=ROBUST))
    separate = fit_ols(replace(panel.spec, vce=ROBUST, absorb=(panel.province, years)))
    assert connected.df_a == 30 + 10 - 1
    assert separate.df_a == 30 + 20 - 2


@settings(derandomize=True, max_examples=20, deadline=None)
@given(scale=st.sampled_from([1e-6, 1e-3, 1e3, 1e6]), shift=st.sampled_from([0.0, -1e5, 1e6]), seed=st.integers(0, 99))
def test_rescaling_and_shifting_leave_t_alone(scale: float, shift: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    unit, year = np.repeat(np.arange(12), 6), np.tile(np.arange(6), 12)
    x = random.normal(size=72)
    y = x + unit + random.normal(size=72)
    effects = Grouping.of("unit", unit), Grouping.of("year", year)
    plain = fit_ols(Specification(Column("y", y), (Column("x", x),), absorb=effects, vce=clustered(effects[0])))
    moved = fit_ols(
        Specification(
            Column("y", y * scale), (Column("x", shift + x / scale),), absorb=effects, vce=clustered(effects[0])
        )
    )
    # A shift of 1e6 beside a spread of 1e-6 leaves 16 - 12 digits in the data themselves.
    tolerance = max(1e-9, 1e-14 * (1 + abs(shift) * scale))
    np.testing.assert_allclose(moved.t[0], plain.t[0], rtol=tolerance)
    np.testing.assert_allclose(moved.r2, plain.r2, rtol=tolerance)


def test_order_of_rows_does_not_matter(panel) -> None:
    order = np.random.default_rng(0).permutation(panel.y.size)
    shuffled = type(panel)(*(values[order] for values in (panel.unit, panel.year, panel.y, panel.x, panel.w, panel.z)))
    for vce in (IID, ROBUST):
        one, two = fit_ols(replace(panel.spec, vce=vce)), fit_ols(replace(shuffled.spec, vce=vce))
        np.testing.assert_allclose(one.vcov, two.vcov, rtol=1e-10)
    np.testing.assert_allclose(fit_ols(panel.spec).t, fit_ols(shuffled.spec).t, rtol=1e-10)


def test_missing_rows_filters_and_singletons_are_listed(panel) -> None:
    x = panel.x.copy()
    x[[3, 44]] = np.nan
    sample = np.ones(x.size, dtype=bool)
    sample[20:29] = False  # leaves province 2 one row, a singleton
    fit = fit_ols(replace(panel.spec, x=(Column("x", x),), sample=sample))
    assert fit.missing.tolist() == [3, 44]
    assert fit.filtered.tolist() == list(range(20, 29))
    assert fit.singletons.tolist() == [29]
    assert fit.n == x.size - 12
    assert not set(fit.rows) & {3, 44, *range(20, 30)}
    assert fit.residuals.size == fit.n


def test_singletons_are_dropped_iteratively() -> None:
    # b/1 falls with unit b's other row gone: year 9 is a singleton first, then unit b.
    unit = Grouping.of("unit", ["a", "a", "a", "b", "b", "c", "c", "c"])
    year = Grouping.of("year", [1, 2, 3, 9, 1, 1, 2, 3])
    x = np.array([1.0, 2.0, 4.0, 1.0, 5.0, 2.0, 2.0, 7.0])
    y = np.array([1.0, 2.0, 3.0, 9.0, 5.0, 2.0, 1.0, 8.0])
    fit = fit_ols(Specification(Column("y", y), (Column("x", x),), absorb=(unit, year), vce=IID))
    assert fit.singletons.tolist() == [3, 4]
    assert fit.df_r == 6 - 1 - 4


def test_collinear_regressors_are_named(panel) -> None:
    constant_within = Column("area", 1.0 + panel.unit)
    copy = Column("copy", 2 * panel.x - 3 * panel.w + 1e6)
    fit = fit_ols(replace(panel.spec, controls=(*panel.spec.controls, constant_within, copy)))
    assert fit.collinear == ("area", "copy")
    np.testing.assert_allclose(fit.coefficients, fit_ols(panel.spec).coefficients, rtol=1e-10)
    with pytest.raises(InputError, match="dropped as collinear"):
        fit.position("area")
    with pytest.raises(InputError, match="no term"):
        fit.position("z")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: {"y": Column("y", np.full(p.y.size, 1e6))}, "does not vary"),
        (lambda p: {"y": Column("y", 1.1 * p.unit)}, "does not vary"),
        (lambda p: {"x": (Column("x", np.sqrt(1.0 + p.unit)),), "controls": ()}, "explained by the fixed effects"),
        (lambda p: {"sample": p.year == 2013}, "alone in one of the fixed effects"),
        (lambda p: {"sample": p.year == 1}, "filter leaves 0 of 300 rows"),
        (lambda p: {"y": Column("y", np.full(p.y.size, np.nan))}, "missing value"),
        (lambda p: {"sample": (p.unit < 2) & (p.year < 2015)}, "no degrees of freedom"),
        (lambda p: {"vce": clustered(Grouping.of("one", p.unit * 0))}, "single cluster"),
        (lambda p: {"absorb": (interact(p.province, p.period),)}, "alone in one of the fixed effects"),
        (lambda p: {"vce": driscoll_kraay(), "absorb": (), "sample": p.year == 2013}, "single period"),
    ],
)
def test_models_that_cannot_be_estimated_say_why(panel, change, words: str) -> None:
    with pytest.raises(NotAvailableError, match=words) as caught:
        fit_ols(replace(panel.spec, **change(panel)))
    assert caught.value.what.zh
    assert caught.value.remedy.zh


def test_perfect_fit_prints_no_t(panel) -> None:
    fit = fit_ols(replace(panel.spec, y=Column("y", 3 * panel.x + panel.w + panel.unit)))
    np.testing.assert_allclose(fit.coefficients[:2], [3, 1], rtol=1e-12)
    assert np.isnan(fit.t).all()
    assert np.isnan(fit.f)
    assert (fit.standard_errors == 0).all()
    assert "perfect fit" in fit.notes[0].en


def test_two_clusters_are_flagged_and_give_no_f(panel) -> None:
    fit = fit_ols(replace(panel.spec, vce=clustered(Grouping.of("half", panel.unit > 14))))
    assert fit.df_r == 1
    assert np.isnan(fit.f)
    notes = " ".join(note.en for note in fit.notes)
    assert "F is not available" in notes
    assert "only 2 clusters" in notes


def test_two_way_clustering_adds_and_subtracts(panel) -> None:
    # Cameron, Gelbach & Miller (2011), equation 2.7, from the one-way meats written out.
    spec = replace(panel.spec, vce=clustered(panel.province, panel.period), absorb=(panel.province,))
    fit = fit_ols(spec)
    demeaned = Absorber.of((panel.unit,), panel.y.size).residualize(np.column_stack([panel.x, panel.w]))
    bread = np.linalg.inv(demeaned.T @ demeaned)
    scores = demeaned * fit.residuals[:, None]

    def meat(codes: np.ndarray) -> np.ndarray:
        sums = np.array([scores[codes == code].sum(axis=0) for code in np.unique(codes)])
        return sums.T @ sums

    combined = meat(panel.unit) + meat(panel.year) - meat(np.arange(300))
    factor = 299 / (300 - 2 - 0 - 1) * 10 / 9
    np.testing.assert_allclose(fit.vcov[:2, :2], bread @ combined @ bread * factor, rtol=1e-9)
    assert fit.df_r == 9


def test_driscoll_kraay_says_its_lags(panel) -> None:
    assert "(2 lags)" in fit_ols(replace(panel.spec, vce=driscoll_kraay())).variance.en
    assert fit_ols(replace(panel.spec, vce=driscoll_kraay(1))).clusters == (("year", 10),)


def test_driscoll_kraay_counts_lags_in_years_not_rows(panel) -> None:
    gap = panel.year != 2017
    spec = replace(panel.spec, vce=driscoll_kraay(1), sample=gap)
    fit = fit_ols(spec)
    scores = np.column_stack([panel.x, panel.w])[fit.rows]
    scores = Absorber.of((panel.unit[fit.rows], panel.year[fit.rows]), fit.n).residualize(scores)
    bread = np.linalg.inv(scores.T @ scores)
    weighted = scores * fit.residuals[:, None]
    sums = {year: weighted[panel.year[fit.rows] == year].sum(axis=0) for year in np.unique(panel.year[fit.rows])}
    meat = sum(np.outer(value, value) for value in sums.values())
    for year, value in sums.items():
        if year - 1 in sums:
            meat = meat + 0.5 * (np.outer(value, sums[year - 1]) + np.outer(sums[year - 1], value))
    factor = (fit.n - 1) / (fit.n - 2 - 38) * 9 / 8
    np.testing.assert_allclose(fit.vcov[:2, :2], bread @ meat @ bread * factor, rtol=1e-9)


def test_without_constant_or_effects(panel) -> None:
    spec = replace(panel.spec, absorb=(), vce=IID, constant=False)
    fit = fit_ols(spec)
    X = np.column_stack([panel.x, panel.w])
    np.testing.assert_allclose(fit.coefficients, np.linalg.lstsq(X, panel.y, rcond=None)[0], rtol=1e-10)
    assert fit.terms == ("x", "w")
    np.testing.assert_allclose(fit.r2, 1 - fit.rss / (panel.y @ panel.y), rtol=1e-12)


def test_intervals_cover_the_truth_as_often_as_they_say(simulator) -> None:
    # 2,000 draws: the standard error of a coverage of 95 % is 0.5 points.
    covered = []
    for seed in range(2_000):
        fit = fit_ols(simulator(seed).spec)
        covered.append(fit.low[0] <= 0.5 <= fit.high[0])
    assert 0.93 <= np.mean(covered) <= 0.97
