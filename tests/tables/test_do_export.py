"""The exported Stata scripts: read back, run by a stand-in for Stata, and held against their own assertions.

Stata itself is not here. The stand-in reads the script line by line as Stata would (use, winsor2, xtset, lags, the
estimation command, the assertions), so it shows that script, data and expected numbers belong together; statsmodels
and linearmodels, which share no code with us, estimate the same commands from the exported data.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.heterogeneity import heterogeneity
from lowcarbon_xl.econometrics.iv import fit_iv
from lowcarbon_xl.econometrics.mechanism import mechanism, three_step
from lowcarbon_xl.econometrics.spec import (
    IID,
    ROBUST,
    Column,
    Grouping,
    Specification,
    clustered,
    driscoll_kraay,
    interact,
)
from lowcarbon_xl.errors import InputError, NotAvailableError, Text
from lowcarbon_xl.panel.prepare import winsorize
from lowcarbon_xl.tables.do_export import export_stata
from lowcarbon_xl.tables.model import Model
from tests.tables.stand_in import EXACT, StandIn


def fitted(spec: Specification, **more: object) -> Model:
    return Model(spec, fit_iv(spec) if spec.endogenous else fit_ols(spec), **more)


def specifications(grunfeld) -> dict[str, Specification]:
    later = (grunfeld.frame.year > 1937).to_numpy()
    return {
        "reghdfe cluster": grunfeld.ols("capital"),
        "reghdfe robust": grunfeld.ols("capital", vce=ROBUST),
        "reghdfe iid": grunfeld.ols("capital", vce=IID),
        "reghdfe two-way cluster": grunfeld.ols("capital", vce=clustered(grunfeld.province, grunfeld.year)),
        "reghdfe if": grunfeld.ols("capital", sample=later),
        "reghdfe noabsorb": grunfeld.ols("capital", absorb=()),
        "regress noconstant": grunfeld.ols("capital", absorb=(), vce=ROBUST, constant=False),
        "reghdfe interaction": grunfeld.ols(
            "capital",
            absorb=(interact(grunfeld.province, Grouping.of("war", grunfeld.frame.year > 1944)), grunfeld.year),
        ),
        "ivreghdfe dkraay": grunfeld.ols("capital", vce=driscoll_kraay(1)),
        "ivreg2 dkraay": grunfeld.ols("capital", absorb=(), vce=driscoll_kraay(2)),
        "ivreghdfe cluster": grunfeld.iv("lval", "lcap"),
        "ivreghdfe iid": grunfeld.iv("lval", "lcap", vce=IID),
        "ivreghdfe exact": grunfeld.iv("lval", vce=ROBUST),
        "ivreg2 dummies": grunfeld.iv("lval", "lcap", vce=ROBUST, route="ivreg2", small=True),
        "ivreg2": grunfeld.iv("lval", "lcap", vce=ROBUST, absorb=()),
        "xtivreg2": grunfeld.iv("lval", "lcap", route="xtivreg2"),
    }


NAMES = (
    "reghdfe cluster",
    "reghdfe robust",
    "reghdfe iid",
    "reghdfe two-way cluster",
    "reghdfe if",
    "reghdfe noabsorb",
    "regress noconstant",
    "reghdfe interaction",
    "ivreghdfe dkraay",
    "ivreg2 dkraay",
    "ivreghdfe cluster",
    "ivreghdfe iid",
    "ivreghdfe exact",
    "ivreg2 dummies",
    "ivreg2",
    "xtivreg2",
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore:covariance of constraints")
def test_the_script_reproduces_every_number_it_asserts(grunfeld, tmp_path, name) -> None:
    export = export_stata(fitted(specifications(grunfeld)[name]), tmp_path, "模型1")
    run = StandIn(export)
    assert run.checked == len(export.expected)
    assert run.checked >= 5
    assert run.results[0][0].startswith(f"{name.split()[0]} ")


LINES = {
    "reghdfe cluster": "reghdfe invest value capital, absorb(province year) vce(cluster province) tolerance(1e-12)",
    "reghdfe two-way cluster": (
        "reghdfe invest value capital, absorb(province year) vce(cluster province year) tolerance(1e-12)"
    ),
    "reghdfe if": (
        "reghdfe invest value capital if in_sample == 1, absorb(province year) vce(cluster province) tolerance(1e-12)"
    ),
    "reghdfe noabsorb": "reghdfe invest value capital, noabsorb vce(cluster province) tolerance(1e-12)",
    "regress noconstant": "regress invest value capital, noconstant vce(robust)",
    "ivreghdfe dkraay": ("ivreghdfe invest value capital, absorb(province year) dkraay(2) dofadjustments(pairwise)"),
    "ivreghdfe cluster": (
        "ivreghdfe invest capital (value = lval lcap), absorb(province year) cluster(province) ffirst"
    ),
    "ivreg2 dummies": "ivreg2 invest capital i.province i.year (value = lval lcap), small robust ffirst",
    "xtivreg2": "xtivreg2 invest capital dummy2_* (value = lval lcap), fe cluster(province) ffirst",
}


@pytest.mark.parametrize("name", LINES)
def test_commands_are_those_that_a_stata_user_would_type(grunfeld, tmp_path, name) -> None:
    export = export_stata(fitted(specifications(grunfeld)[name]), tmp_path)
    assert LINES[name] in export.script.read_text(encoding="utf-8").splitlines()


def test_statsmodels_agrees_from_the_exported_csv(grunfeld, tmp_path) -> None:
    import statsmodels.api as sm

    export = export_stata(fitted(grunfeld.ols("capital", vce=ROBUST)), tmp_path)
    frame = pd.read_csv(export.csv)
    dummies = pd.get_dummies(frame[["province", "year"]].astype(int).astype(str), dtype=float)
    design = np.column_stack(
        [frame[["value", "capital"]], np.ones(len(frame)), dummies.drop(columns=["province_1", "year_1935"])]
    )
    fit = sm.OLS(frame.invest, design).fit(cov_type="HC1")
    expected = {one.expression: one.value for one in export.expected}
    assert expected["_b[value]"] == pytest.approx(fit.params.iloc[0], rel=EXACT)
    assert expected["_se[capital]"] == pytest.approx(fit.bse.iloc[1], rel=EXACT)
    assert expected["e(r2)"] == pytest.approx(fit.rsquared, rel=EXACT)


def test_linearmodels_agrees_from_the_exported_dta(grunfeld, tmp_path) -> None:
    from linearmodels.iv import IV2SLS

    export = export_stata(fitted(grunfeld.iv("lval", "lcap", vce=ROBUST)), tmp_path)
    frame = pd.read_stata(export.dta, convert_categoricals=False).dropna()
    dummies = pd.get_dummies(frame[["province", "year"]].astype(int).astype(str), dtype=float)
    exogenous = pd.concat([frame[["capital"]], dummies.drop(columns=["year_1936"])], axis=1)
    fit = IV2SLS(frame.invest, exogenous, frame[["value"]], frame[["lval", "lcap"]]).fit(cov_type="unadjusted")
    expected = {one.expression: one.value for one in export.expected}
    assert expected["_b[value]"] == pytest.approx(fit.params["value"], rel=EXACT)
    assert expected["_b[capital]"] == pytest.approx(fit.params["capital"], rel=EXACT)


def test_both_data_files_hold_the_same_numbers_to_the_last_digit(grunfeld, tmp_path) -> None:
    spec = grunfeld.iv("lval")
    export = export_stata(fitted(spec), tmp_path)
    dta, text = pd.read_stata(export.dta, convert_categoricals=False), pd.read_csv(export.csv)
    assert list(dta.columns) == list(text.columns)
    np.testing.assert_array_equal(dta.to_numpy(float), text.to_numpy(float))
    np.testing.assert_array_equal(dta.value.to_numpy(), spec.endogenous[0].values)
    labelled = pd.read_stata(export.dta)
    assert list(labelled.province.astype(str)) == list(grunfeld.frame.firm)


def test_chinese_headers_become_names_with_their_header_as_label(grunfeld, tmp_path) -> None:
    spec = Specification(
        grunfeld.column("invest", "投资 (亿元)"),
        (grunfeld.column("value", "市场价值"),),
        (grunfeld.column("capital", "2013 资本"),),
        absorb=(Grouping.of("省份", grunfeld.frame.firm), Grouping.of("年份", grunfeld.frame.year)),
        vce=ROBUST,
    )
    export = export_stata(fitted(spec), tmp_path)
    assert dict(export.names) == {
        "省份": "省份",
        "年份": "年份",
        "投资 (亿元)": "投资_亿元",
        "市场价值": "市场价值",
        "2013 资本": "v_2013_资本",
    }
    with pd.read_stata(export.dta, iterator=True) as reader:
        assert reader.variable_labels()["投资_亿元"] == "投资 (亿元)"
    assert StandIn(export).checked == len(export.expected)


def test_winsorizing_and_lags_are_done_by_the_script(grunfeld, tmp_path) -> None:
    raw = grunfeld.column("capital")
    spec = replace(
        grunfeld.ols(),
        controls=(
            Column("capital", winsorize(raw.values, 0.05, 0.95).values),
            Column("L.value", grunfeld.frame.lval.to_numpy()),
        ),
    )
    export = export_stata(fitted(spec, winsor=0.05, raw={"capital": raw}), tmp_path)
    script = export.script.read_text(encoding="utf-8").splitlines()
    assert "winsor2 capital, replace cuts(5 95)" in script
    assert "generate double L_value = L.value" in script
    assert script.index("winsor2 capital, replace cuts(5 95)") < script.index("generate double L_value = L.value")
    data = pd.read_stata(export.dta)
    assert "L_value" not in data
    np.testing.assert_array_equal(data.capital, raw.values)
    assert StandIn(export).checked == len(export.expected)


def test_what_the_script_could_not_reproduce_is_exported_as_it_was_used(grunfeld, tmp_path) -> None:
    lagged = grunfeld.frame.lval.to_numpy().copy()
    lagged[1] += 1.0  # not the lag that Stata would make
    raw = grunfeld.column("value")
    spec = replace(grunfeld.ols(), controls=(Column("L.value", lagged), grunfeld.column("capital")))
    export = export_stata(fitted(spec, winsor=0.05, raw={"value": raw}), tmp_path)
    script = export.script.read_text(encoding="utf-8")
    assert "generate" not in script
    assert "winsor2" not in script
    np.testing.assert_array_equal(pd.read_stata(export.dta).L_value, lagged)
    assert StandIn(export).checked == len(export.expected)


def test_filtered_rows_stay_in_the_data_for_the_lags(grunfeld, tmp_path) -> None:
    sample = (grunfeld.frame.year >= 1940).to_numpy()
    spec = replace(grunfeld.ols(sample=sample), controls=(Column("L.value", grunfeld.frame.lval.to_numpy()),))
    export = export_stata(fitted(spec), tmp_path)
    data = pd.read_stata(export.dta)
    assert len(data) == 200
    assert data.in_sample.sum() == sample.sum()
    assert StandIn(export).checked == len(export.expected)


def test_blanks_in_keys_and_columns_stay_missing(grunfeld, tmp_path) -> None:
    firms = grunfeld.frame.firm.to_numpy(dtype=object).copy()
    firms[3] = None
    spec = grunfeld.ols("lcap", absorb=(Grouping.of("firm µ", firms), grunfeld.year), vce=ROBUST)
    export = export_stata(fitted(spec), tmp_path)
    data = pd.read_stata(export.dta)
    assert np.flatnonzero(data[dict(export.names)["firm µ"]].isna()).tolist() == [3]
    assert data.lcap.isna().sum() == 10
    assert StandIn(export).checked == len(export.expected)


def test_a_panel_that_stata_cannot_set_is_not_set(grunfeld, tmp_path) -> None:
    twice = grunfeld.column("year").values.copy()
    twice[1] = twice[0]
    export = export_stata(fitted(grunfeld.ols(time=Column("year", twice))), tmp_path)
    assert "xtset" not in export.script.read_text(encoding="utf-8")


def test_mechanisms_and_groups_have_a_command_each(grunfeld, tmp_path) -> None:
    spec, mediator = grunfeld.iv("lval"), grunfeld.column("lcap")
    both = export_stata(Model(spec, mechanism(spec, mediator), mediator=mediator), tmp_path, "mechanism")
    run = StandIn(both)
    assert [line.split()[:2] for line, _, _ in run.results] == [["reghdfe", "lcap"], ["ivreghdfe", "lcap"]]
    plain, capital = grunfeld.ols(), grunfeld.column("capital")
    steps = export_stata(Model(plain, three_step(plain, capital, "value"), mediator=capital), tmp_path, "steps")
    assert len(StandIn(steps).results) == 3
    groups = Grouping.of("size", np.where(grunfeld.frame.fid <= 5, "large", "small"))
    spec = grunfeld.ols("capital")
    model = Model(spec, heterogeneity(spec, groups, "value", draws=0), grouping=groups)
    split = StandIn(export_stata(model, tmp_path, "groups"))
    assert [int(result.n) for _, _, result in split.results] == [100, 100]


def test_models_without_the_data_they_need_are_refused(grunfeld, tmp_path) -> None:
    spec = grunfeld.ols()
    with pytest.raises(InputError, match="needs the data of 'capital'"):
        export_stata(Model(spec, mechanism(spec, grunfeld.column("capital"))), tmp_path)
    groups = Grouping.of("size", grunfeld.frame.fid <= 5)
    with pytest.raises(InputError, match="needs the data of 'size'"):
        export_stata(Model(spec, heterogeneity(spec, groups, "value", draws=0)), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_model_that_stata_has_no_command_for_is_refused(grunfeld, tmp_path) -> None:
    two = grunfeld.ols(absorb=(), constant=False, vce=clustered(grunfeld.province, grunfeld.year))
    with pytest.raises(NotAvailableError, match="no command"):
        export_stata(fitted(two), tmp_path)


def test_files_are_kept_unless_told_otherwise_and_come_out_the_same_twice(grunfeld, tmp_path) -> None:
    model = fitted(grunfeld.ols("capital"))
    first = export_stata(model, tmp_path)
    before = [path.read_bytes() for path in (first.script, first.csv, first.dta)]
    with pytest.raises(InputError, match="not overwritten"):
        export_stata(model, tmp_path)
    again = export_stata(model, tmp_path, overwrite=True)
    assert [path.read_bytes() for path in (again.script, again.csv, again.dta)] == before
    with pytest.raises(InputError, match="no folder"):
        export_stata(model, tmp_path / "absent")
    with pytest.raises(InputError, match="must not hold"):
        export_stata(model, tmp_path, "a$b")


def test_dropped_regressors_are_left_out_and_named(grunfeld, tmp_path) -> None:
    spec = replace(grunfeld.ols("capital"), controls=(Column("policy", grunfeld.year.codes.astype(float)),))
    script = export_stata(fitted(spec), tmp_path, language="en").script.read_text(encoding="utf-8")
    assert "* left out as collinear: policy" in script
    assert "reghdfe invest value, absorb" in script


def test_comments_cannot_swallow_code(grunfeld, tmp_path) -> None:
    spec = grunfeld.ols()
    spec = replace(spec, x=(grunfeld.column("value", "a/*b///"),))
    export = export_stata(fitted(spec, sample=Text("见 /* 说明 ///", "see /* note ///")), tmp_path)
    script = export.script.read_text(encoding="utf-8")
    assert "/*" not in script
    assert "///" not in script
    assert all(line.count("//") <= 1 for line in script.splitlines())
    assert StandIn(export).checked == len(export.expected)


def test_paths_stay_relative(grunfeld, tmp_path) -> None:
    script = export_stata(fitted(grunfeld.ols()), tmp_path).script.read_text(encoding="utf-8")
    assert str(tmp_path) not in script
    assert Path(re.search(r'use "(.+)", clear', script)[1]) == Path("model.dta")
