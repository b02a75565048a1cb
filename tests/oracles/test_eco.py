"""Stata's and R's regressions (tests/oracles/eco/expected.json names the source and tolerance of every figure)."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.iv import IVResult, fit_iv
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


def iv_statistics(result: IVResult) -> dict[str, float]:
    identification = result.identification
    return statistics(result.fit) | {
        "cdf": identification.cragg_donald_f,
        "idstat": identification.kp_rk_lm,
        "widstat": identification.kp_rk_f,
        result.overidentification.name.removeprefix("Hansen_").lower(): result.overidentification.statistic,
    }


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


@pytest.mark.parametrize("case", [case for case in CASES if case["kind"] != "reghdfe"], ids=lambda case: case["id"])
def test_instrumental_variables(case: dict[str, Any]) -> None:
    assert_matches(case, iv_statistics(fit_iv(specification(case))))


# Saved results of Stata's ivreg2 shipped with statsmodels (results_ivreg2_griliches, BSD-3-Clause), and its
# ivendog: Wu-Hausman F 38.30408858936179, which is (D/2)/((758-D)/743) of Durbin's chi2 D.
@pytest.mark.parametrize(
    ("case_id", "f", "rmse", "r2_adjusted"),
    [
        ("griliches_iid", 37.63903370585436, 0.3766456260250817, 0.2155473484240278),
        ("griliches_robust", 40.08955571761713, 0.3766456260250817, 0.2155473484240278),
        ("griliches_small_robust", 40.08955571761724, 0.3799175840045295, 0.2155473484240278),
    ],
)
def test_ivreg2_summary(case_id: str, f: float, rmse: float, r2_adjusted: float) -> None:
    fit = fit_iv(specification(next(case for case in CASES if case["id"] == case_id))).fit
    # 1e-7: the data are single precision.
    np.testing.assert_allclose([fit.f, fit.rmse, fit.r2_adjusted], [f, rmse, r2_adjusted], rtol=1e-7)


def test_durbin_wu_hausman() -> None:
    result = fit_iv(specification(next(case for case in CASES if case["id"] == "griliches_iid")))
    durbin = result.endogeneity.statistic
    assert result.endogeneity.df == 2
    np.testing.assert_allclose((durbin / 2) / ((758 - durbin) / 743), 38.30408858936179, rtol=1e-6)


def test_three_routes_differ_in_r2_and_are_named() -> None:
    # Figures: ../shared/design/METHODS.md section 6, printed with three decimals.
    spec = specification(next(case for case in CASES if case["id"] == "grunfeld_iv_just_robust"))
    fits = [fit_iv(replace(spec, route=route)).fit for route in ("ivreghdfe", "xtivreg2", "ivreg2")]
    assert [round(fit.r2, 3) for fit in fits] == [0.486, 0.626, 0.915]
    for fit, route in zip(fits, ("ivreghdfe", "xtivreg2", "ivreg2"), strict=True):
        assert route in fit.convention.en
        assert route in fit.convention.zh
