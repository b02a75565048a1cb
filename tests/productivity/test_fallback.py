"""What the batched simplex cannot finish goes to HiGHS; infeasibility is a proof, never a status code."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from lowcarbon_xl.productivity import highs, simplex
from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.measures import measure_units
from lowcarbon_xl.productivity.technology import Production


@pytest.mark.parametrize("measure", [Measure(), Measure(rts="VRS"), Measure("radial"), Measure("Tone", "VRS")])
def test_highs_gives_the_same_answers(
    measure: Measure, monkeypatch: pytest.MonkeyPatch, problem: Callable[[int], Production]
) -> None:
    data = problem(6)
    pool = np.flatnonzero(data.years == 2000)
    plain = measure_units(data, measure, pool)
    monkeypatch.setattr(simplex, "SWEEPS", 0)
    asked = measure_units(data, measure, pool)
    assert (asked.solver == "HiGHS").any()
    assert asked.status.tolist() == plain.status.tolist()
    assert "infeasible" in plain.status.tolist()
    np.testing.assert_allclose(asked.inefficiency, plain.inefficiency, atol=1e-9)
    assert asked.certificate.worst[asked.status == "optimal"].max() < 1e-9


def test_an_undecided_program_gives_no_number(
    monkeypatch: pytest.MonkeyPatch, problem: Callable[[int], Production]
) -> None:
    monkeypatch.setattr(simplex, "SWEEPS", 0)
    # SciPy's status 4: HiGHS itself could not decide.
    monkeypatch.setattr(highs, "_linprog", lambda *_: SimpleNamespace(status=4))
    data = problem(6)
    found = measure_units(data, Measure(), np.flatnonzero(data.years == 2000))
    unsolved = found.status == "undecided"
    assert unsolved.any()
    assert np.isnan(found.inefficiency[unsolved]).all()
    assert (found.peers[unsolved] == -1).all()
