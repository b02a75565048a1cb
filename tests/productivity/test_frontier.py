"""Frames: few units that span the same frontier, every dropped one dominated by them."""

from __future__ import annotations

import numpy as np
import pytest

from lowcarbon_xl.productivity import frontier
from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.frontier import frames
from lowcarbon_xl.productivity.measures import evaluate, measure_units
from lowcarbon_xl.productivity.scaling import Tasks, scaled
from lowcarbon_xl.productivity.technology import Production, production


def large_panel(n: int = 900, years: int = 3) -> Production:
    rng = np.random.default_rng(1)
    x = np.exp(rng.normal(0, 0.5, (n, 2)))
    y = np.sqrt(x.prod(axis=1)) * np.exp(-np.abs(rng.normal(0, 0.3, n)))
    units = [f"u{j // years}" for j in range(n)]
    return production(x, y, x[:, 1] * np.exp(rng.normal(0, 0.2, n)), units, 2000 + np.arange(n) % years)


@pytest.mark.parametrize("rts", ["CRS", "VRS"])
@pytest.mark.parametrize("self_solve", [400, 20])
def test_a_frame_spans_the_whole_frontier(rts: str, self_solve: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "SELF_SOLVE", self_solve)
    monkeypatch.setattr(frontier, "NEWCOMERS", 15)
    data = large_panel()
    everyone = np.arange(data.n_rows)
    (spanning,) = frames(scaled(data, rts), [everyone])
    assert len(spanning) < data.n_rows / 4
    by_frame = measure_units(data, Measure(rts=rts), spanning, spanning)
    assert (by_frame.inefficiency == 0).all()
    whole = measure_units(data, Measure(rts=rts))
    assert np.flatnonzero(whole.inefficiency == 0).tolist() == spanning.tolist()
    dropped = np.setdiff1d(everyone, spanning)
    dominated = measure_units(data, Measure(rts=rts), spanning, dropped)
    assert (dominated.inefficiency > 0).all()
    np.testing.assert_allclose(dominated.inefficiency, whole.inefficiency[dropped], atol=1e-11)


def test_the_lemma_fails_for_weak_disposability() -> None:
    # c emits more than a with the same input and output: dominated when bads are disposable, yet under weak
    # disposability only c shows that d's emissions are feasible at all.
    data = production([1.0, 1.0, 1.0], [2.0, 2.0, 1.0], [1.0, 4.0, 4.0], list("acd"), [2020] * 3)
    assert measure_units(data, Measure()).inefficiency[1] > 0
    radial = Measure("radial", direction="input")
    assert measure_units(data, radial, [0, 1, 2], [2]).inefficiency[0] == pytest.approx(0.0, abs=1e-12)
    without = measure_units(data, radial, [0], [2])
    assert without.status[0] != "optimal" or without.inefficiency[0] < -1


def test_tasks_are_answered_in_their_own_order() -> None:
    data = large_panel(90)
    pools = tuple(np.flatnonzero(data.years == year) for year in (2000, 2001, 2002))
    order = np.random.default_rng(0).permutation(90)
    together = evaluate(data, Tasks(order, pools, data.years[order] - 2000), Measure())
    for position in (0, 17, 60):
        alone = measure_units(data, Measure(), pools[data.years[order[position]] - 2000], [order[position]])
        assert together.rows[position] == order[position]
        assert together.inefficiency[position] == pytest.approx(alone.inefficiency[0], abs=1e-12)
