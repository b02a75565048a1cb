"""Regression tables: what stands where, with Stata-checked numbers of Grunfeld (tests/oracles/eco)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.heterogeneity import heterogeneity
from lowcarbon_xl.econometrics.iv import fit_iv
from lowcarbon_xl.econometrics.mechanism import mechanism, three_step
from lowcarbon_xl.econometrics.spec import IID, Column, Grouping
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.tables.descriptive import descriptive_table
from lowcarbon_xl.tables.model import Model, Span, Table
from lowcarbon_xl.tables.regression import regression_table
from lowcarbon_xl.tables.text import to_text

CASES = {
    case["id"]: case["stats"]
    for case in json.loads(
        (Path(__file__).resolve().parents[1] / "oracles" / "eco" / "expected.json").read_text(encoding="utf-8")
    )["cases"]
}

GOLDEN_ZH = """\
全国投资
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
                 (1)       (2)
变量            投资       投资
────────────────────────────────
市场价值      0.180***  0.118***
               (4.25)    (10.88)
capital                 0.358***
                         (7.48)
常数项         -48.710  -80.164***
               (-1.06)   (-3.61)
省份固定效应     是        是
年份固定效应     是        是
观测值           200       200
R²              0.881     0.952
F 统计量       18.090    60.082
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
"""


def test_golden_text_in_chinese(least_squares) -> None:
    labels = {"value": Text("市场价值", "Market value"), "invest": Text("投资", "Investment")}
    text = to_text(regression_table(least_squares, title="全国投资", shown="all", labels=labels), "zh")
    table, notes = text.split("注：")
    squeezed = [" ".join(line.split()) for line in table.splitlines() if "━" not in line and "─" not in line]
    wanted = [" ".join(line.split()) for line in GOLDEN_ZH.splitlines() if "━" not in line and "─" not in line]
    assert squeezed == wanted
    assert notes.startswith("*** p<0.01，** p<0.05，* p<0.1；圆括号内为 t 值。\n按 province 聚类的标准误（组数 10）。")
    assert "reghdfe 6 口径" in notes


def test_columns_of_the_text_line_up(least_squares) -> None:
    lines = to_text(regression_table(least_squares, shown="all"), "zh").splitlines()
    rules = [line for line in lines if set(line) in ({"━"}, {"─"})]
    assert [rule[0] for rule in rules] == ["━", "─", "━"]
    assert len({len(rule) for rule in rules}) == 1


def test_numbers_stay_numbers_and_are_those_of_stata(least_squares) -> None:
    table = regression_table(least_squares, shown="all")
    expected = CASES["grunfeld_twfe_cluster"]
    values = {row[0].value: row[2].value for row in table.body if row[0].value is not None}
    by_label = {label.en if isinstance(label, Text) else label: value for label, value in values.items()}
    for label, key in (
        ("value", "b_value"),
        ("capital", "b_capital"),
        ("Constant", "b__cons"),
        ("R²", "r2"),
        ("F", "F"),
    ):
        assert by_label[label] == pytest.approx(expected[key]["value"], rel=1e-8), label
    assert by_label["N"] == 200


def test_instrumental_variables_stand_beside_their_first_stage(instrumented, shown, row_of) -> None:
    table = regression_table([instrumented])
    rows = shown(table)
    assert rows[0] == ["", "(1)", "(2)"]
    assert rows[1] == ["", "invest", ""]
    assert table.spans == (Span(1, 1, 2),)
    assert rows[2] == ["", "First stage", "Second stage"]
    assert rows[3] == ["Variable", "value", "invest"]
    first, _ = row_of(table, "lval")
    assert first[0]
    assert not first[1]
    second, brackets = row_of(table, "value")
    assert not second[0]
    assert second[1].startswith("0.265")
    assert brackets[1].startswith("(")
    expected = CASES["grunfeld_iv_over_robust"]
    numbers = {row[0].value.en: row[2].value for row in table.body if isinstance(row[0].value, Text)}
    for label, key in (
        ("Kleibergen-Paap rk LM", "idstat"),
        ("Cragg-Donald Wald F", "cdf"),
        ("Kleibergen-Paap rk Wald F", "widstat"),
        ("Hansen J", "j"),
    ):
        assert numbers[label] == pytest.approx(expected[key]["value"], rel=1e-8), label
    assert numbers["Stock-Yogo 10% value"] == 19.93
    _, p_values = row_of(table, "Kleibergen-Paap rk LM")
    assert p_values[1].startswith("[")
    assert any("weak instruments" in note.en for note in table.notes)


def test_first_stage_r2_counts_the_fixed_effects(grunfeld, instrumented, row_of) -> None:
    import statsmodels.api as sm

    frame = grunfeld.frame.dropna()
    dummies = np.column_stack(
        [np.equal.outer(frame[name].to_numpy(), frame[name].unique())[:, 1:].astype(float) for name in ("firm", "year")]
    )
    design = np.column_stack([frame[["lval", "lcap", "capital"]], dummies, np.ones(len(frame))])
    fitted = sm.OLS(frame.value, design).fit()
    (r2, _), _ = row_of(regression_table([instrumented], decimals=6), "R²")
    assert float(r2) == pytest.approx(fitted.rsquared, abs=5e-7)


def test_exactly_identified_has_no_hansen_row_of_its_own(grunfeld, instrumented, row_of, shown) -> None:
    spec = grunfeld.iv("lval")
    exact = Model(spec, fit_iv(spec), first_stage=False)
    assert "Hansen J" not in [row[0] for row in shown(regression_table([exact]))]
    both = regression_table([exact, replace(instrumented, first_stage=False)])
    statistic, p = row_of(both, "Hansen J")
    assert statistic[0] == "—"
    assert p[0] == ""
    assert statistic[1]


def test_iid_errors_show_anderson_and_sargan(grunfeld, shown) -> None:
    spec = grunfeld.iv("lval", "lcap", vce=IID)
    labels = [row[0] for row in shown(regression_table([Model(spec, fit_iv(spec))]))]
    assert "Anderson LM" in labels
    assert "Sargan" in labels
    assert not any("Kleibergen" in label or "Hansen" in label for label in labels)


def test_controls_collapse_into_one_row(least_squares, row_of, shown) -> None:
    table = regression_table(least_squares)
    assert "capital" not in [row[0] for row in shown(table)]
    assert row_of(table, "Controls")[0] == ["No", "Yes"]
    chosen = regression_table(least_squares, shown=("capital", "value"))
    assert [row[0] for row in shown(chosen) if row[0] in ("value", "capital")] == ["capital", "value"]
    assert "Controls" not in [row[0] for row in shown(chosen)]


def test_stars_brackets_and_digits_follow_the_options(least_squares, row_of) -> None:
    table = regression_table(least_squares, stars=(0.05,), brackets="se", decimals=2, bracket_decimals=4)
    values, errors = row_of(table, "value")
    assert values == ["0.18*", "0.12*"]
    assert errors[1] == "(0.0108)"
    assert table.notes[0].en == "Note: * p<0.05; standard errors in parentheses."
    plain = regression_table(least_squares, stars=())
    assert row_of(plain, "value")[0][1] == "0.118"


def test_large_sample_routes_are_noted_as_z(grunfeld) -> None:
    spec = grunfeld.iv("lval", "lcap", route="ivreg2")
    notes = regression_table([Model(spec, fit_iv(spec), first_stage=False)]).notes
    assert "z statistics in parentheses" in notes[0].en


def test_a_dropped_regressor_is_named_not_blank(grunfeld, row_of) -> None:
    size = len(grunfeld.frame)
    spec = grunfeld.ols()
    constant = Column("policy", grunfeld.year.codes.astype(float))
    spec = replace(spec, controls=(constant,))
    table = regression_table([Model(spec, fit_ols(spec))], shown="all")
    assert row_of(table, "policy")[0] == ["(omitted)"]
    assert any("policy" in note.zh for note in table.notes)
    assert size == 200


def test_mechanism_stands_as_fe_and_iv(grunfeld, shown) -> None:
    spec = grunfeld.iv("lval")
    mediator = grunfeld.column("lcap")
    model = Model(spec, mechanism(spec, mediator), mediator=mediator)
    rows = shown(regression_table([model]))
    assert rows[1][1:] == ["FE", "IV"]
    assert rows[2] == ["Variable", "lcap", "lcap"]


def test_three_steps_print_their_warning(grunfeld, shown) -> None:
    spec = grunfeld.ols()
    model = Model(spec, three_step(spec, grunfeld.column("capital"), "value"))
    table = regression_table([model])
    rows = shown(table)
    assert rows[1][1:] == ["Total", "On the mediator", "Direct"]
    assert [bool(cell) for cell in next(row for row in rows if row[0] == "capital")[1:]] == [False, False, True]
    assert any("exogenous mediator" in note.en for note in table.notes)


def test_heterogeneity_has_a_column_a_group_and_the_difference(grunfeld, row_of, shown) -> None:
    groups = Grouping.of("size", np.where(grunfeld.frame.fid <= 5, "large", "small"))
    spec = grunfeld.ols("capital")
    result = heterogeneity(spec, groups, "value", draws=19)
    table = regression_table([Model(spec, result)])
    assert shown(table)[1][1:] == ["size: large", "size: small"]
    values, _ = row_of(table, "Difference: value")
    assert values[0] == ""
    wanted = result.differences[0]
    assert float(values[1].rstrip("*")) == pytest.approx(wanted.difference, abs=5e-4)
    (_, fisher), _ = row_of(table, "Difference: Fisher p")
    assert float(fisher) == pytest.approx(wanted.fisher_p, abs=5e-4)


def test_a_group_that_cannot_be_estimated_is_dashes_with_its_reason(grunfeld, shown, row_of) -> None:
    labels = np.where(grunfeld.frame.index == 0, "alone", "rest")
    spec = grunfeld.ols("capital")
    table = regression_table([Model(spec, heterogeneity(spec, Grouping.of("g", labels), "value", draws=0))])
    assert row_of(table, "N")[0] == ["—", "199"]
    assert any("(1)" in note.en for note in table.notes)


def test_groups_shared_by_neighbours_are_merged(least_squares) -> None:
    heading = Text("替换变量", "Replaced")
    one, two = least_squares
    merged = regression_table([replace(one, group=heading), replace(two, group=heading)])
    apart = regression_table([replace(one, group="a"), replace(two, group="b")])
    assert merged.spans == (Span(1, 1, 2),)
    assert apart.spans == (Span(1, 1, 1), Span(1, 2, 2))


def test_notes_name_the_columns_that_differ(grunfeld, least_squares) -> None:
    spec = grunfeld.ols("capital", vce=IID)
    other = Model(spec, fit_ols(spec), sample=Text("不含直辖市", "without municipalities"))
    notes = "\n".join(note.en for note in regression_table([*least_squares, other]).notes)
    assert "Column (1)(2): standard errors clustered by province (10 groups); Column (3): iid standard errors." in notes
    assert "Column (3): sample: without municipalities." in notes


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"shown": ("valu",)}, "did you mean value?"),
        ({"stars": (0.1, 5)}, "between 0 and 1"),
        ({"statistics": ("N", "r2")}, "did you mean R2?"),
    ],
)
def test_wrong_options_are_refused_with_what_is_known(least_squares, options, word) -> None:
    with pytest.raises(InputError) as caught:
        regression_table(least_squares, **options)
    assert word in str(caught.value)


def test_no_model_is_refused() -> None:
    with pytest.raises(InputError, match="no model"):
        regression_table([])


def test_descriptive_table_is_the_first_table_of_a_paper(grunfeld, shown) -> None:
    frame = grunfeld.frame
    table = descriptive_table([grunfeld.column("invest"), grunfeld.column("lval")], decimals=6)
    rows = shown(table)
    assert rows[0] == ["Variable", "N", "Mean", "Std. dev.", "Min", "Max"]
    for row, name in zip(table.body, ("invest", "lval"), strict=True):
        moments = frame[name].agg(["count", "mean", "std", "min", "max"])
        assert [cell.value for cell in row[1:]] == pytest.approx(moments.tolist(), rel=1e-12)


def test_labelled_descriptions_keep_the_symbol(grunfeld, shown) -> None:
    table = descriptive_table([grunfeld.column("invest")], labels={"invest": Text("投资", "Investment")})
    assert shown(table, "zh")[0][:3] == ["变量", "符号", "观测值"]
    assert shown(table, "zh")[1][:3] == ["投资", "invest", "200"]


def test_descriptions_of_a_filtered_sample(grunfeld) -> None:
    rows = grunfeld.frame.year.to_numpy() > 1950
    table = descriptive_table([grunfeld.column("invest")], rows=rows)
    assert table.body[0][1].value == int(rows.sum())


def test_descriptions_refuse_nothing_and_the_unknown(grunfeld) -> None:
    with pytest.raises(InputError, match="no variable"):
        descriptive_table([])
    with pytest.raises(InputError, match="no statistic 'mode'"):
        descriptive_table([grunfeld.column("invest")], statistics=("mode",))


def test_ragged_tables_are_refused(least_squares) -> None:
    table = regression_table(least_squares)
    with pytest.raises(ValueError, match="equally long"):
        Table(table.title, table.header, (table.body[0][:1],))
