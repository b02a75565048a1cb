"""TWFE, IVREG and what follows them, as a sheet shows them: names that machines read, numbers that Stata prints."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lowcarbon_xl.cells import Block, Cell, CellError, Spill
from tests.conftest import Call, block, read_block

KEYS = "unit=firm;time=year"


ORACLES = Path(__file__).resolve().parents[1] / "oracles" / "eco"


@pytest.fixture(scope="module")
def grunfeld() -> Block:
    return read_block(ORACLES / "grunfeld.csv", "g")


@pytest.fixture(scope="module")
def cases() -> dict[str, dict]:
    """Stata's and R's numbers by case; sources are named in the file."""
    text = (ORACLES / "expected.json").read_text("utf-8")
    return {case["id"]: case for case in json.loads(text)["cases"]}


def terms(spill: Spill) -> dict[str, tuple]:
    """Rows before the statistics, by term."""
    names = [row[0] for row in spill.rows]
    return {row[0]: row[1:] for row in spill.rows[1 : names.index("N")]}


def statistics(spill: Spill) -> dict[str, Cell]:
    """Rows of statistics of the second stage, by name."""
    found: dict[str, Cell] = {}
    for row in spill.rows[[row[0] for row in spill.rows].index("N") :]:
        found.setdefault(str(row[0]), row[1])
    return found


STATISTICS = {
    "N": "N",
    "df_r": "df_r",
    "df_a": "df_a",
    "r2": "R2",
    "r2_within": "R2_within",
    "F": "F",
    "rmse": "rmse",
    "r2_a": "R2_adj",
}


def agree(case: dict, spill: Spill, also: dict[str, str]) -> int:
    """Compare every statistic of a case that the sheet shows; the number compared."""
    coefficients, values, compared = terms(spill), statistics(spill), 0
    for name, expected in case["stats"].items():
        kind, _, term = name.partition("_")
        if kind in ("b", "se") and term in coefficients:
            got = coefficients[term][0 if kind == "b" else 1]
        elif name in {**STATISTICS, **also}:
            got = values[{**STATISTICS, **also}[name]]
        else:
            continue
        tolerance = max(expected.get("abs_tol", 0), expected.get("rel_tol", 0) * abs(expected["value"]))
        assert abs(got - expected["value"]) <= tolerance, (name, got, expected)
        compared += 1
    return compared


@pytest.mark.parametrize(
    ("case", "options"),
    [
        ("grunfeld_twfe_iid", "vce=iid"),
        ("grunfeld_twfe_robust", ""),
        ("grunfeld_twfe_cluster", "vce=cluster(firm)"),
        ("grunfeld_fe_robust", "absorb=firm"),
    ],
)
def test_twfe_prints_what_reghdfe_prints(call: Call, grunfeld: Block, cases: dict, case: str, options: str) -> None:
    spill = call("TWFE", grunfeld, "invest", "value, capital", f"{KEYS};{options}")
    assert spill.rows[0] == ("term", "coef", "se", "t", "p", "low", "high")
    assert agree(cases[case], spill, {}) >= 8


def test_driscoll_kraay_as_reghdfe(call: Call, grunfeld: Block) -> None:
    # R's plm, rescaled to reghdfe's factor; eight printed digits
    spill = call("TWFE", grunfeld, "invest", "value, capital", f"{KEYS};vce=dk(1)")
    assert terms(spill)["value"][1] == pytest.approx(0.02137342, abs=5e-9)
    assert terms(spill)["capital"][1] == pytest.approx(0.06200269, abs=5e-9)


def test_singletons_go_unless_they_are_kept(call: Call, grunfeld: Block) -> None:
    lonely = Block([*grunfeld.values, ["Lonely", 99.0, 1940.0, 1.0, 2.0, 3.0, None, None]], "g")
    dropped = statistics(call("TWFE", lonely, "invest", "value", KEYS))
    kept = statistics(call("TWFE", lonely, "invest", "value", f"{KEYS};singletons=keep"))
    assert (dropped["N"], dropped["singletons"]) == (200, 1)
    assert (kept["N"], kept["singletons"]) == (201, 0)


def test_controls_are_reported_after_the_regressors(call: Call, grunfeld: Block) -> None:
    both = terms(call("TWFE", grunfeld, "invest", "value, capital", KEYS))
    controlled = terms(call("TWFE", grunfeld, "invest", "value", f"{KEYS};controls=capital"))
    assert list(controlled) == ["value", "capital", "_cons"]
    assert controlled == both


def test_columns_are_named_by_text_or_by_header_cells(call: Call, grunfeld: Block) -> None:
    by_text = call("TWFE", grunfeld, "invest", "value，capital", KEYS).rows
    assert call("TWFE", grunfeld, block([["invest"]]), block([["value", "capital"]]), KEYS).rows == by_text


def test_blank_rows_are_dropped_and_counted(call: Call, grunfeld: Block) -> None:
    spill = call("TWFE", grunfeld, "invest", "lval", KEYS)
    assert statistics(spill)["missing"] == 10
    assert statistics(spill)["N"] == 190


def test_a_filter_and_a_lag(call: Call, grunfeld: Block) -> None:
    filtered = statistics(call("TWFE", grunfeld, "invest", "value", f"{KEYS};if=year>=1940"))
    assert (filtered["N"], filtered["filtered"]) == (150, 50)
    lagged = call("TWFE", grunfeld, "invest", "L.value", KEYS)
    by_hand = call("TWFE", grunfeld, "invest", "lval", KEYS)
    np.testing.assert_allclose(terms(lagged)["L.value"], terms(by_hand)["lval"], rtol=1e-12)


def test_the_wild_bootstrap_stands_beside_clustered_errors(call: Call, grunfeld: Block) -> None:
    values = statistics(call("TWFE", grunfeld, "invest", "value", f"{KEYS};vce=cluster(firm);controls=capital"))
    assert 0 < values["wild_p: value"] < 0.05
    assert "wild_p: capital" not in values, "controls are not tested"


def test_errors_and_texts_are_refused_by_cell(call: Call, grunfeld: Block) -> None:
    rows = [list(row) for row in grunfeld.values]
    rows[7][3] = CellError("#DIV/0!")
    assert call("TWFE", Block(rows, "g"), "invest", "value", KEYS).reasons[0].en.startswith("g!D8")
    assert "Did you mean 'value'" in call("TWFE", grunfeld, "invest", "valu", KEYS).reasons[0].en


IV_STATISTICS = {
    "idstat": "KP_rk_LM",
    "idp": "KP_rk_LM_p",
    "cdf": "Cragg_Donald_F",
    "widstat": "KP_rk_F",
    "j": "Hansen_J",
    "jp": "Hansen_J_p",
}


def test_ivreg_prints_what_ivreghdfe_prints(call: Call, grunfeld: Block, cases: dict) -> None:
    found = [
        case
        for case in cases.values()
        if case["kind"] == "ivreghdfe" and case["data"] == "grunfeld.csv" and case["vce"] != "iid"
    ]
    assert found
    for case in found:
        vce = f"cluster({case['cluster'][0]})" if case["cluster"] else case["vce"]
        options = f"{KEYS};absorb={','.join(case['absorb'])};vce={vce}"
        spill = call(
            "IVREG", grunfeld, case["y"], ",".join(case["x"]), ",".join(case["endog"]), ",".join(case["inst"]), options
        )
        assert agree(case, spill, IV_STATISTICS) >= 6, case["id"]


def test_ivreg_without_exogenous_regressors_and_its_first_stage(call: Call, grunfeld: Block) -> None:
    spill = call("IVREG", grunfeld, "invest", "", "value", "lval", f"{KEYS};controls=capital")
    names = [row[0] for row in spill.rows]
    position = names.index("first stage: value")
    assert names[position + 1 : position + 3] == ["lval", "capital"]
    assert (
        names.index("KP_rk_LM") < names.index("Cragg_Donald_F") < names.index("KP_rk_F") < names.index("Stock_Yogo_10")
    )
    assert statistics(spill)["Stock_Yogo_10"] == 16.38
    assert str(statistics(spill)["Hansen_J"]) == "#N/A", "exactly identified"
    listed_twice = call("IVREG", grunfeld, "invest", "value", "value", "lval", f"{KEYS};controls=capital")
    assert listed_twice.rows == spill.rows


def test_too_few_instruments(call: Call, grunfeld: Block) -> None:
    assert "instruments" in call("IVREG", grunfeld, "invest", "", "value, capital", "lval", KEYS).reasons[0].en


def test_mechanism_by_fixed_effects_and_by_instrument(call: Call, grunfeld: Block) -> None:
    rows = call("MECHANISM", grunfeld, "invest", "value", "capital", KEYS).rows
    direct = terms(call("TWFE", grunfeld, "capital", "value", KEYS))["value"]
    assert rows[1][:2] == ("capital", "FE")
    assert rows[1][2:6] == pytest.approx(direct[:4])
    both = call("MECHANISM", grunfeld, "invest", "value", "capital", f"{KEYS};instruments=lval")
    assert [row[1] for row in both.rows[1:]] == ["FE", "IV"]
    steps = call("MECHANISM", grunfeld, "invest", "value", "capital", f"{KEYS};method=threestep")
    assert [row[1] for row in steps.rows[1:]] == ["total", "on the mediator", "direct", "indirect (Sobel)"]
    assert steps.rows[4][2] == pytest.approx(steps.rows[1][2] - steps.rows[3][2]), "total less direct"


def test_heterogeneity_by_median_and_by_value(call: Call, grunfeld: Block) -> None:
    spill = call("HETEROGENEITY", grunfeld, "invest", "value", "capital", f"{KEYS};draws=50")
    assert [row[0] for row in spill.rows[1:3]] == ["low", "high"]
    assert spill.rows[3][1] == pytest.approx(spill.rows[2][1] - spill.rows[1][1]), (
        "the interacted model gives the difference"
    )
    assert any("median observation" in note.en for note in spill.notes)
    by_province = call("HETEROGENEITY", grunfeld, "invest", "value", "capital", f"{KEYS};draws=50;split=province")
    assert by_province.rows[1][5] % 20 == 0, "no firm changes group"


def test_placebo_is_seeded_and_lists_its_draws(call: Call, grunfeld: Block) -> None:
    first = call("PLACEBO", grunfeld, "invest", "value", f"{KEYS};controls=capital;draws=99")
    assert first.rows == call("PLACEBO", grunfeld, "invest", "value", f"{KEYS};controls=capital;draws=99").rows
    values = dict(first.rows[1:])
    assert values["p"] == 0.01, "none of 99 draws reaches the true t"
    draws = call("PLACEBO", grunfeld, "invest", "value", f"{KEYS};controls=capital;draws=99;detail=draws").rows
    assert len(draws) == 100
    assert np.mean([row[1] for row in draws[1:]]) == pytest.approx(values["mean"])


def test_a_robustness_check_that_fails_stops_no_other(call: Call, grunfeld: Block) -> None:
    spill = call("ROBUSTNESS", grunfeld, "invest", "value", f"{KEYS};controls=capital;altx=nonsense")
    rows = {row[0]: row for row in spill.rows[1:]}
    assert isinstance(rows["regressor nonsense"][1], CellError)
    assert "nonsense" in rows["regressor nonsense"][1].reason.en
    baseline = terms(call("TWFE", grunfeld, "invest", "value", f"{KEYS};controls=capital"))["value"]
    assert rows["baseline"][1:5] == pytest.approx(baseline[:4])
    clustered = terms(call("TWFE", grunfeld, "invest", "value", f"{KEYS};controls=capital;vce=cluster(firm)"))["value"]
    assert rows["clustered by province"][2] == pytest.approx(clustered[1])
    assert rows["regressor lagged by a year"][5] == 190


def test_the_papers_tables_contradict_themselves_where_they_do(call: Call, shared: Path) -> None:
    spill = call("CHECKTABLE", read_block(shared / "data" / "paper_tables.csv", "表"))
    certain = [row for row in spill.rows[1:] if row[0] == "certain"]
    regressions = [row for row in certain if not row[3].startswith("1 ")]
    assert len(regressions) == 2
    assert any("-202" in row[4] for row in regressions)
    assert any("-1.989" in row[4] for row in regressions)
    assert sum(row[0] == "borderline" for row in spill.rows[1:]) == 3
    assert any("14.461" in row[4] for row in certain), "the impossible maximum of ln CO2"
