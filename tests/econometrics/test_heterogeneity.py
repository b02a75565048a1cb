"""Groups: splits at the median, separate models, and three tests of a difference."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.heterogeneity import heterogeneity, median_split
from lowcarbon_xl.econometrics.iv import fit_iv
from lowcarbon_xl.econometrics.spec import ROBUST, Column, Grouping
from lowcarbon_xl.errors import InputError, NotAvailableError


def regions(panel) -> Grouping:
    return Grouping.of("region", np.where(panel.unit < 12, "east", "west"))


def test_median_by_observation_and_by_province(panel) -> None:
    values = panel.w.copy()
    values[0] = np.nan
    rows = median_split(Column("w", values))
    assert rows.codes[0] == -1
    assert rows.levels == ("low", "high")
    assert (rows.codes[1:] == (values[1:] > np.nanmedian(values))).all()
    provinces = median_split(Column("w", values), unit=panel.province)
    assert np.bincount(provinces.codes).tolist() == [150, 150]
    assert all(np.unique(provinces.codes[panel.unit == code]).size == 1 for code in range(30))
    with pytest.raises(NotAvailableError, match="no value to split"):
        median_split(Column("w", np.full(300, np.nan)))


@pytest.mark.parametrize("effects", [True, False])
def test_groups_and_interaction_equal_separate_regressions(panel, effects: bool) -> None:
    spec = panel.spec if effects else replace(panel.spec, absorb=())
    result = heterogeneity(spec, regions(panel), "x", draws=20)
    east, west = fit_ols(spec.restricted_to(panel.unit < 12)), fit_ols(spec.restricted_to(panel.unit >= 12))
    assert [group.level for group in result.groups] == ["east", "west"]
    assert result.groups[1].fit.t[0] == west.t[0]
    (difference,) = result.differences
    np.testing.assert_allclose(difference.difference, west.coefficients[0] - east.coefficients[0], rtol=1e-9)


def test_robust_difference_adds_the_separate_sandwiches(panel) -> None:
    spec = replace(panel.spec, vce=ROBUST)
    result = heterogeneity(spec, regions(panel), "x", draws=0)
    variances = []
    for rows in (panel.unit < 12, panel.unit >= 12):
        fit = fit_ols(spec.restricted_to(rows))
        variances.append(fit.standard_errors[0] ** 2 * fit.df_r / fit.n)
    (difference,) = result.differences
    parameters = 4 + (30 + 20 - 2)
    expected = math.sqrt(sum(variances) * 300 / (300 - parameters))
    np.testing.assert_allclose(difference.standard_error, expected, rtol=1e-9)
    # suest: the same sandwiches with N/(N-1).
    chi2 = difference.difference**2 / (sum(variances) * 300 / 299)
    np.testing.assert_allclose(difference.suest_chi2, chi2, rtol=1e-9)
    assert math.isnan(difference.fisher_p)


def test_a_cluster_in_both_groups_links_them_in_suest(panel) -> None:
    split = median_split(Column("w", panel.w))
    (clustered_difference,) = heterogeneity(panel.spec, split, "x", draws=0).differences
    east_west = [panel.spec.restricted_to(split.codes == code) for code in (0, 1)]
    variance = 0.0
    influence = np.zeros(30)
    for sign, spec in zip((-1, 1), east_west, strict=True):
        fit = fit_ols(spec)
        residual_maker = np.eye(30)[panel.unit[fit.rows]], np.eye(10)[panel.year[fit.rows] - 2013]
        others = np.column_stack([panel.w[fit.rows], *residual_maker])
        x = panel.x[fit.rows]
        x = x - others @ np.linalg.lstsq(others, x, rcond=None)[0]
        influence += sign * np.bincount(panel.unit[fit.rows], x * fit.residuals / (x @ x), 30)
    variance = influence @ influence * 30 / 29
    np.testing.assert_allclose(
        clustered_difference.suest_chi2, clustered_difference.difference**2 / variance, rtol=1e-8
    )


def test_instruments_are_interacted_too(panel) -> None:
    result = heterogeneity(panel.iv, regions(panel), "x")
    west, east = (fit_iv(panel.iv.restricted_to(rows)).fit for rows in (panel.unit >= 12, panel.unit < 12))
    (difference,) = result.differences
    np.testing.assert_allclose(difference.difference, west.coefficients[0] - east.coefficients[0], rtol=1e-8)
    assert result.groups[0].instrumented.identification.df == 1
    assert math.isnan(difference.suest_p)
    assert len(difference.notes) == 2


def test_fisher_permutation_sees_a_large_difference_and_no_small_one(panel) -> None:
    west = panel.unit >= 12
    strong = replace(panel.spec, y=Column("y", panel.y + 2 * panel.x * west))
    draws = 199
    (large,) = heterogeneity(strong, regions(panel), "x", draws=draws, seed=1).differences
    assert large.fisher_p == pytest.approx(1 / (draws + 1))
    (none,) = heterogeneity(panel.spec, regions(panel), "x", draws=draws, seed=1).differences
    assert none.fisher_p > 0.05


def test_fisher_needs_a_balanced_panel_when_labels_change(panel) -> None:
    split = median_split(Column("w", panel.w))
    (balanced,) = heterogeneity(panel.spec, split, "x", draws=19).differences
    assert 0 < balanced.fisher_p <= 1
    (unbalanced,) = heterogeneity(panel.spec.restricted_to(np.arange(300) > 0), split, "x", draws=19).differences
    assert math.isnan(unbalanced.fisher_p)
    assert "balanced panel" in unbalanced.notes[0].en


def test_three_groups_are_compared_with_the_first_and_a_bad_one_explained(panel) -> None:
    labels = np.where(panel.unit == 0, "alone", np.where(panel.unit < 15, "b", "c"))
    result = heterogeneity(panel.spec, Grouping.of("g", labels), "x", draws=0)
    assert result.groups[0].fit is None
    assert result.groups[0].reason.en
    assert all(math.isnan(pair.difference) for pair in result.differences)
    assert "no coefficient in one of the groups" in result.differences[0].notes[0].en
    three = heterogeneity(panel.spec, Grouping.of("g", panel.unit % 3), "x", draws=0)
    assert [(pair.reference, pair.other) for pair in three.differences] == [("0", "1"), ("0", "2")]
    only_east = Column("e", np.where(panel.unit < 12, panel.x, 0.0))
    (half,) = heterogeneity(replace(panel.spec, x=(only_east,)), regions(panel), "e", draws=5).differences
    assert math.isnan(half.p)
    with pytest.raises(InputError, match="no term"):
        heterogeneity(panel.spec, regions(panel), "q", draws=5)
    with pytest.raises(InputError, match="fewer than two groups"):
        heterogeneity(panel.spec, Grouping.of("g", panel.unit * 0), "x")
