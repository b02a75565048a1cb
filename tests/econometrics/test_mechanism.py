"""Mechanisms: two steps by default, three steps with a warning."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.iv import fit_iv
from lowcarbon_xl.econometrics.mechanism import mechanism, three_step
from lowcarbon_xl.econometrics.spec import Column, Grouping
from lowcarbon_xl.errors import InputError


@pytest.fixture
def mediator(panel) -> Column:
    noise = np.random.default_rng(8).normal(size=panel.x.size)
    return Column("m", 0.8 * panel.x + noise)


def test_two_steps_regress_the_mediator(panel, mediator: Column) -> None:
    result = mechanism(panel.iv, mediator)
    np.testing.assert_array_equal(result.effects.coefficients, fit_ols(replace(panel.spec, y=mediator)).coefficients)
    np.testing.assert_array_equal(
        result.instrumented.fit.coefficients, fit_iv(replace(panel.iv, y=mediator)).fit.coefficients
    )
    assert result.effects.dependent == "m"
    assert mechanism(panel.spec, mediator).instrumented is None
    assert "Jiang Ting" in result.note.en
    with pytest.raises(InputError, match="already in the model"):
        mechanism(panel.spec, panel.spec.controls[0])


def test_three_steps_decompose_the_total_effect(panel, mediator: Column) -> None:
    values = mediator.values.copy()
    values[5] = np.nan
    result = three_step(panel.spec, Column("m", values), "x")
    total, direct = result.total.coefficients[0], result.direct.coefficients[0]
    # Least squares on the same rows decomposes exactly: total = direct + a b.
    np.testing.assert_allclose(total, direct + result.indirect, rtol=1e-10)
    assert result.total.n == result.first.n == result.direct.n == 299
    a, b = result.first.coefficients[0], result.direct.coefficients[2]
    sa, sb = result.first.standard_errors[0], result.direct.standard_errors[2]
    assert result.sobel_z == pytest.approx(a * b / math.sqrt(a**2 * sb**2 + b**2 * sa**2))
    assert math.isnan(result.bootstrap_low)
    assert "exogenous mediator" in result.warning.en
    assert "江艇" in result.warning.zh


def test_bootstrap_resamples_provinces_as_new_ones(panel, mediator: Column) -> None:
    result = three_step(panel.spec, mediator, "x", draws=25, seed=4)
    random = np.random.default_rng(4)
    products = []
    for _ in range(25):
        drawn = random.integers(0, 30, 30)
        rows = np.concatenate([np.flatnonzero(panel.unit == code) for code in drawn])
        renamed = Grouping.of("province", np.repeat(np.arange(30), 10))
        spec = replace(
            panel.spec,
            y=Column("y", panel.y[rows]),
            x=(Column("x", panel.x[rows]),),
            controls=(Column("w", panel.w[rows]),),
            absorb=(renamed, Grouping.of("year", panel.year[rows])),
            unit=renamed,
            vce=replace(panel.spec.vce, kind="iid", clusters=()),
            time=Column("year", panel.year[rows].astype(float)),
        )
        m = Column("m", mediator.values[rows])
        products.append(three_step(spec, m, "x").indirect)
    np.testing.assert_allclose(
        [result.bootstrap_low, result.bootstrap_high], np.quantile(products, [0.025, 0.975]), rtol=1e-9
    )
    with pytest.raises(InputError, match="needs the unit column"):
        three_step(replace(panel.spec, unit=None), mediator, "x", draws=5)
