"""Absorption of fixed effects as a projection."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lowcarbon_xl.econometrics.absorb import Absorber


@settings(derandomize=True, max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    levels=st.lists(st.integers(1, 9), min_size=0, max_size=3),
    size=st.integers(12, 60),
)
def test_residuals_are_orthogonal_to_every_effect_and_stay_put(seed: int, levels: list[int], size: int) -> None:
    random = np.random.default_rng(seed)
    codes = tuple(random.integers(0, level, size) for level in levels)
    absorber = Absorber.of(codes, size)
    values = random.normal(size=(size, 3)) * [1.0, 1e-6, 1e6] + 100.0
    residuals = absorber.residualize(values)
    # 1e-13 of the columns' size: means and a small dense system in double precision.
    scale = np.abs(values).max(axis=0)
    for code in codes or (np.zeros(size, dtype=int),):
        sums = np.stack([residuals[code == group].sum(axis=0) for group in np.unique(code)])
        assert (np.abs(sums) <= 1e-11 * scale).all()
    assert (np.abs(absorber.residualize(residuals) - residuals) <= 1e-12 * scale).all()


@settings(derandomize=True, max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), levels=st.tuples(st.integers(1, 12), st.integers(1, 12)), size=st.integers(5, 60))
def test_two_effects_cost_the_rank_of_their_dummies(seed: int, levels: tuple[int, int], size: int) -> None:
    random = np.random.default_rng(seed)
    codes = tuple(random.integers(0, level, size) for level in levels)
    dummies = np.hstack([np.eye(level)[code] for level, code in zip(levels, codes, strict=True)])
    assert Absorber.of(codes, size).rank == np.linalg.matrix_rank(dummies)


def test_an_effect_nested_in_a_cluster_costs_nothing_and_the_other_one_less() -> None:
    unit, year = np.repeat(np.arange(6), 4), np.tile(np.arange(4), 6)
    absorber = Absorber.of((unit, year), unit.size)
    assert absorber.degrees(()).absorbed == 6 + 4 - 1
    nested = absorber.degrees((unit // 2,))
    assert (nested.absorbed, nested.nested, nested.nested_levels) == (3, True, 6)


def test_nothing_is_absorbed_without_effects_and_constant() -> None:
    values = np.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(Absorber.of((), 3, constant=False).residualize(values), values)
    np.testing.assert_allclose(Absorber.of((), 3).residualize(values), values - values.mean(axis=0))
