"""Stata's and R's regressions (tests/oracles/eco/expected.json names the source and tolerance of every figure)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.spec import (
    IID,
    ROBUST,
    Column,
    Grouping,
    Specification,
    Variance,
    clustered,
    driscoll_kraay,
)

FOLDER = Path(__file__).with_name("eco")
SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "oracles" / "eco"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["cases"]


@cache
def data(name: str) -> pd.DataFrame:
    # The NLS extract is large and stays beside the checkout.
    path = next((folder / name for folder in (FOLDER, SHARED) if (folder / name).exists()), None)
    if path is None:
        pytest.skip(f"{name} is not beside the checkout")
    return pd.read_csv(path, comment="#")


def column(frame: pd.DataFrame, name: str) -> Column:
    return Column(name, frame[name].to_numpy(float))


def specification(case: dict[str, Any]) -> Specification:
    frame = data(case["data"])
    clusters = [Grouping.of(name, frame[name]) for name in case["cluster"]]
    vce: Variance = {"iid": IID, "robust": ROBUST}.get(case["vce"]) or clustered(*clusters)
    return Specification(
        column(frame, case["y"]),
        tuple(column(frame, name) for name in case["x"]),
        endogenous=tuple(column(frame, name) for name in case["endog"]),
        instruments=tuple(column(frame, name) for name in case["inst"]),
        absorb=tuple(Grouping.of(name, frame[name]) for name in case["absorb"]),
        vce=vce,
        route="ivreg2" if case["kind"] == "ivreg2" else "ivreghdfe",
        small=case["small"],
        keep_singletons=case["keepsingletons"],
    )


def statistics(fit: FitResult) -> dict[str, float]:
    named = {
        "N": fit.n,
        "df_r": fit.df_r,
        "df_a": fit.df_a,
        "r2": fit.r2,
        "r2_a": fit.r2_adjusted,
        "r2_within": fit.r2_within,
        "F": fit.f,
        "rmse": fit.rmse,
        "rss": fit.rss,
        "dropped": fit.singletons.size,
    }
    for term, estimate, error in zip(fit.terms, fit.coefficients, fit.standard_errors, strict=True):
        named |= {f"b_{term}": estimate, f"se_{term}": error}
    return named


def assert_matches(case: dict[str, Any], computed: dict[str, float]) -> None:
    for key, expected in case["stats"].items():
        allowed = expected.get("abs_tol", expected.get("rel_tol", 0) * abs(expected["value"]))
        assert abs(computed[key] - expected["value"]) <= allowed, key


@pytest.mark.parametrize("case", [case for case in CASES if case["kind"] == "reghdfe"], ids=lambda case: case["id"])
def test_reghdfe(case: dict[str, Any]) -> None:
    assert_matches(case, statistics(fit_ols(specification(case))))


def test_driscoll_kraay() -> None:
    # R's plm vcovSCC on Grunfeld, lag 1, rescaled to reghdfe's factor; printed with 8 decimals.
    case = next(case for case in CASES if case["id"] == "grunfeld_twfe_robust")
    frame = data("grunfeld.csv")
    spec = specification(case)
    fit = fit_ols(Specification(spec.y, spec.x, absorb=spec.absorb, vce=driscoll_kraay(1), time=column(frame, "year")))
    np.testing.assert_allclose(fit.standard_errors[:2], [0.02137342, 0.06200269], atol=6e-9, rtol=0)
    assert fit.df_r == 19
