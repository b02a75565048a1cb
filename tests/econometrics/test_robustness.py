"""Leaving out one province, and Oster's bound."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.iv import fit_iv
from lowcarbon_xl.econometrics.robustness import leave_one_out, oster_bound
from lowcarbon_xl.econometrics.spec import IID, Column, Specification
from lowcarbon_xl.errors import InputError


def test_leave_one_out_equals_the_filtered_regressions(panel) -> None:
    y = panel.y.copy()
    y[panel.unit == 4] += 4 * panel.x[panel.unit == 4]
    spec = replace(panel.spec, y=Column("y", y))
    result = leave_one_out(spec, "x")
    assert result.units == tuple(str(code) for code in range(30))
    assert result.most_influential == "4"
    without = fit_ols(spec.restricted_to(panel.unit != 7))
    assert (result.estimates[7], result.p[7]) == (without.coefficients[0], without.p[0])
    iv = leave_one_out(panel.iv, "x")
    assert iv.standard_errors[3] == fit_iv(panel.iv.restricted_to(panel.unit != 3)).fit.standard_errors[0]


def test_leave_one_out_names_what_cannot_be_estimated(panel) -> None:
    only_here = Column("only", np.where(panel.unit == 2, panel.x, 0.0))
    result = leave_one_out(replace(panel.spec, x=(only_here,)), "only")
    assert math.isnan(result.estimates[2])
    assert result.reasons[0][0] == "2"
    assert np.isfinite(np.delete(result.estimates, 2)).all()
    with pytest.raises(InputError, match="needs the unit column"):
        leave_one_out(replace(panel.spec, unit=None), "x")


@pytest.mark.parametrize(("effect", "unobserved"), [(0.0, 0.6), (1.0, 0.5), (-0.4, 0.8)])
def test_oster_recovers_the_truth_under_equal_selection(effect: float, unobserved: float) -> None:
    # Exactly orthogonal w1 (seen), w2 (not seen), v, e; Cov(x, W1)/Var(W1) = Cov(x, W2)/Var(W2), that is delta = 1.
    basis = np.linalg.qr(np.column_stack([np.ones(400), np.random.default_rng(0).normal(size=(400, 4))]))[0][:, 1:]
    w1, w2, v, e = (basis * math.sqrt(400)).T
    gamma, loading = 1.2, 0.3
    x = loading * w1 + loading * unobserved / gamma * w2 + v
    y = effect * x + gamma * w1 + unobserved * w2 + 0.7 * e
    spec = Specification(Column("y", y), (Column("x", x),), (Column("w1", w1),), vce=IID)
    complete = fit_ols(replace(spec, controls=(*spec.controls, Column("w2", w2)))).r2
    bound = oster_bound(spec, "x", r2_max=complete)
    # 1e-8: the roots of a quadratic in double precision.
    assert bound.beta == pytest.approx(effect, abs=1e-8)
    if effect == 0.0:
        assert bound.delta == pytest.approx(1.0, abs=1e-8)
    assert bound.uncontrolled == pytest.approx(fit_ols(replace(spec, controls=())).coefficients[0])
    assert bound.controlled == pytest.approx(fit_ols(spec).coefficients[0])
    assert bound.r2_controlled == pytest.approx(fit_ols(spec).r2)


def test_oster_without_controls_is_a_dash(panel) -> None:
    bound = oster_bound(replace(panel.spec, controls=()), "x")
    assert math.isnan(bound.beta)
    assert "without controls" in bound.reason.en
    assert oster_bound(panel.spec, "x").r2_max == pytest.approx(min(1, 1.3 * fit_ols(panel.spec).r2_within))
