"""The wild cluster bootstrap against a literal loop of regressions."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.spec import Column, Grouping, clustered
from lowcarbon_xl.econometrics.wild_bootstrap import wild_cluster_bootstrap
from lowcarbon_xl.errors import InputError


def literal_exceedance(spec, codes: np.ndarray, signs: np.ndarray, null: float) -> int:
    """Re-estimate on every bootstrap sample: restricted fit plus signed restricted residuals."""
    x, y = spec.x[0], spec.y.values
    restricted = fit_ols(replace(spec, y=Column("y", y - null * x.values), x=()))
    residuals = restricted.residuals
    fitted = y - residuals

    def t(outcome: np.ndarray) -> float:
        fit = fit_ols(replace(spec, y=Column("y", outcome)))
        return float((fit.coefficients[0] - null) / fit.standard_errors[0])

    actual = abs(t(y))
    return sum(abs(t(fitted + residuals * sign[codes])) >= actual * (1 - 1e-9) for sign in signs)


@pytest.mark.parametrize("null", [0.0, 0.45])
def test_all_sign_vectors_are_used_when_they_are_few(panel, null: float) -> None:
    codes = panel.unit // 6
    five = Grouping.of("five", codes)
    spec = replace(panel.spec, vce=clustered(five))
    result = wild_cluster_bootstrap(spec, "x", null=null)
    signs = np.array([[1.0 if number >> bit & 1 else -1.0 for bit in range(5)] for number in range(32)])
    assert result.enumerated
    assert result.draws == 32
    assert result.p == literal_exceedance(spec, codes, signs, null) / 32
    assert result.t == pytest.approx((fit_ols(spec).coefficients[0] - null) / fit_ols(spec).standard_errors[0])


def test_random_signs_equal_a_loop_of_regressions(panel) -> None:
    weak = replace(panel.spec, y=Column("y", panel.y - 0.42 * panel.x))
    result = wild_cluster_bootstrap(weak, "x", draws=60, seed=8)
    signs = 2.0 * np.random.default_rng(8).integers(0, 2, size=(30, 60), dtype=np.int8).T - 1.0
    assert not result.enumerated
    assert result.p == pytest.approx((1 + literal_exceedance(weak, panel.unit, signs, 0.0)) / 61)


def test_cluster_defaults_to_the_unit(panel) -> None:
    robust = replace(panel.spec, vce=replace(panel.spec.vce, kind="robust", clusters=()))
    assert wild_cluster_bootstrap(robust, "x", draws=99) == wild_cluster_bootstrap(panel.spec, "x", draws=99)
    with pytest.raises(InputError, match="needs a cluster column"):
        wild_cluster_bootstrap(replace(robust, unit=None), "x")


def test_perfect_fit_is_a_dash_with_a_reason(panel) -> None:
    exact = replace(panel.spec, y=Column("y", 2 * panel.x + panel.unit))
    result = wild_cluster_bootstrap(exact, "x")
    assert math.isnan(result.p)
    assert "perfect fit" in result.reason.en


def test_p_values_are_uniform_under_the_null(simulator) -> None:
    from scipy.stats import kstest

    p = [wild_cluster_bootstrap(simulator(seed, effect=0.0).spec, "x", draws=199, seed=seed).p for seed in range(300)]
    assert kstest(p, "uniform").pvalue > 0.01
