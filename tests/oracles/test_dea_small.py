"""Five units solved by hand (primal and dual in fractions), and twenty difficult programs with exact optima."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.measures import evaluate, sbm_ddf
from lowcarbon_xl.productivity.scaling import Tasks
from lowcarbon_xl.productivity.technology import Production

FOLDER = Path(__file__).with_name("dea")
TINY: dict[str, Any] = json.loads((FOLDER / "tiny5.json").read_text(encoding="utf-8"))
NASTY: list[dict[str, Any]] = json.loads((FOLDER / "nasty20.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("rts", ["CRS", "VRS"])
def test_five_units_by_hand(rts: str) -> None:
    units = TINY["units"]
    x, y, b = (np.array([[unit[name]] for unit in units.values()], dtype=float) for name in "xyb")
    names = list(units)
    data = Production(x, y, b, np.array(names), np.full(5, 2020), ("x",), ("y",), ("b",))
    found = sbm_ddf(data, rts=rts)
    for row, name in enumerate(names):
        expected = TINY[rts.lower()][name]
        assert found.inefficiency[row] == pytest.approx(float(Fraction(expected["S"])), abs=1e-14)
        slacks = [float(Fraction(expected["slacks"][variable])) for variable in "xyb"]
        np.testing.assert_allclose(found.slacks[row], slacks, atol=1e-13)
        lambdas = np.zeros(5)
        used = found.peers[row] >= 0
        np.add.at(lambdas, found.peers[row][used], found.peer_weights[row][used])
        np.testing.assert_allclose(lambdas, [float(Fraction(expected["lam"][peer])) for peer in names], atol=1e-13)
        # The multipliers of an efficient unit are not unique; those of a dominated one are, and the hand's must agree.
        if expected["S"] != "0":
            hand = expected["dual"]
            np.testing.assert_allclose(found.duals[row], [float(Fraction(hand[v])) for v in "xyb"], atol=1e-13)
            assert found.scale_dual[row] == pytest.approx(float(Fraction(hand.get("vrs", "0"))), abs=1e-13)


def nasty_data(case: dict[str, Any]) -> tuple[Production, np.ndarray, Measure]:
    """The case's reference rows followed by the evaluated unit, columns sorted into inputs, goods and bads."""
    values = np.vstack([case["reference"], case["evaluate"]])
    signs = np.array(case["signs"])
    weights = np.array([float(Fraction(weight)) for weight in case["weights"]])
    good = np.flatnonzero(signs < 0)
    before, after = np.arange(good[0]), np.arange(good[-1] + 1, len(signs))
    assert np.array_equal(np.r_[before, good, after], np.arange(len(signs)))
    n = len(values)
    data = Production(
        values[:, before],
        values[:, good],
        values[:, after],
        np.array([f"u{j}" for j in range(n)]),
        np.full(n, 2020),
        tuple(f"x{j}" for j in before),
        tuple(f"y{j}" for j in good),
        tuple(f"b{j}" for j in after),
        drop_zero=True,
    )
    return data, np.arange(n - 1), Measure(rts="VRS" if case["vrs"] else "CRS", weights=tuple(weights))


@pytest.mark.parametrize("case", NASTY, ids=[f"{case['id']:02d} {case['title']}" for case in NASTY])
def test_twenty_difficult_programs(case: dict[str, Any]) -> None:
    data, pool, measure = nasty_data(case)
    last = data.n_rows - 1
    found = evaluate(data, Tasks(np.array([last]), (pool,), np.zeros(1, dtype=int)), measure)
    expected = case["expected"]
    assert found.status[0] == expected["status"]
    if expected["status"] == "optimal":
        assert found.inefficiency[0] == pytest.approx(expected["value"], rel=1e-9, abs=1e-9)
        assert found.certificate.worst[0] < 1e-9
