"""NIST Statistical Reference Datasets: certified digits that double-precision input allows.

Digits are -log10 of the relative error. Nine are asked of every set except Filip: its regressor's tenth power,
rounded to a double, already moves the coefficients in the eighth digit (condition number about 1e10).
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.spec import IID, Column, Specification
from lowcarbon_xl.panel.prepare import describe

FOLDER = Path(__file__).with_name("nist")
CERTIFIED: dict[str, Any] = json.loads((FOLDER / "certified.json").read_text(encoding="utf-8"))
DIGITS = {"Filip": 7.0}
wide_float = pytest.mark.skipif(
    np.finfo(np.longdouble).eps == np.finfo(float).eps, reason="this machine has no float wider than 64 bits"
)


def digits(computed: float, certified: float) -> float:
    if computed == certified:
        return 15.0
    return -math.log10(abs(computed - certified) / (abs(certified) or 1.0))


def fit(name: str) -> FitResult:
    certified = CERTIFIED["linear"][name]
    data = np.genfromtxt(FOLDER / f"{name}.csv", delimiter=",", skip_header=1, names=True)
    if name == "Longley":
        x = tuple(Column(f"B{k}", data[f"x{k}"]) for k in range(1, 7))
    else:
        x = tuple(Column(f"B{k}", data["x"] ** k) for k in certified["degrees"] if k)
    return fit_ols(Specification(Column("y", data["y"]), x, vce=IID, constant="B0" in certified["coef"]))


@wide_float
@pytest.mark.parametrize("name", sorted(CERTIFIED["linear"]))
def test_linear_regression(name: str) -> None:
    certified, result = CERTIFIED["linear"][name], fit(name)
    asked = DIGITS.get(name, 9.0)
    for term, estimate, error in zip(result.terms, result.coefficients, result.standard_errors, strict=True):
        key = "B0" if term == "_cons" else term
        # Wampler5's own certified digits stop the comparison at 9.0.
        assert digits(estimate, float(certified["coef"][key])) >= asked - 0.1
        assert digits(error, float(certified["se"][key])) >= asked
    assert set(result.terms) == {"_cons" if key == "B0" else key for key in certified["coef"]}
    assert digits(result.r2, float(certified["r_squared"])) >= 9
    assert digits(result.rmse, float(certified["residual_sd"])) >= 9
    if math.isfinite(float(certified["F"])):
        assert digits(result.f, float(certified["F"])) >= 9
    else:
        assert math.isnan(result.f)
        assert "perfect fit" in result.notes[0].en


# NumAcc4 is 10000000.2 +- 0.1: the decimal inputs themselves, rounded to doubles, leave 8 to 9 digits of the
# deviation; NumAcc3 (1000000.2) leaves 9.
SPREAD_DIGITS = {"NumAcc3": 9.0, "NumAcc4": 8.0}


@pytest.mark.parametrize("name", sorted(CERTIFIED["univariate"]))
def test_univariate(name: str) -> None:
    certified = CERTIFIED["univariate"][name]
    values = np.genfromtxt(FOLDER / f"{name}.csv", delimiter=",", skip_header=2)
    described = describe(values)
    assert described.count == certified["n"]
    assert digits(described.mean, float(certified["mean"])) >= 12
    assert digits(described.standard_deviation, float(certified["sd"])) >= SPREAD_DIGITS.get(name, 12.0)
