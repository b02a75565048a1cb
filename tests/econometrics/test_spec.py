"""Specifications: labels, interactions, and inputs that are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.spec import Column, Grouping, Specification, Variance, driscoll_kraay, interact
from lowcarbon_xl.errors import InputError


def test_labels_of_any_kind_and_blanks() -> None:
    grouping = Grouping.of("year", [2013.0, "2014", None, float("nan"), "", 2013, " 2014 "])
    assert grouping.levels == ("2013", "2014")
    assert grouping.codes.tolist() == [0, 1, -1, -1, -1, 0, 1]
    assert Grouping.of("n", [10, 9, 100]).levels == ("9", "10", "100")


def test_interaction_is_missing_where_a_part_is() -> None:
    one, two = Grouping.of("a", ["x", "y", "x", None]), Grouping.of("b", [1, 1, 2, 2])
    both = interact(one, two)
    assert both.name == "a*b"
    assert both.levels == ("x*1", "x*2", "y*1")
    assert both.codes.tolist() == [0, 2, 1, -1]


def test_rows_with_a_blank_cluster_are_missing(panel) -> None:
    labels = [None if row == 7 else str(code) for row, code in enumerate(panel.unit)]
    fit = fit_ols(replace(panel.spec, absorb=(Grouping.of("province", labels), panel.period)))
    assert fit.missing.tolist() == [7]


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda p: Column("gdp", np.array([1.0, -np.inf])), "infinite value"),
        (lambda p: replace(p.spec, x=(Column("x", p.x[:-1]),)), "299 rows"),
        (lambda p: replace(p.spec, x=(Column("w", p.x),)), "used twice"),
        (lambda p: Specification(Column("y", p.y), ()), "no regressor"),
        (lambda p: replace(p.iv, instruments=()), "0 instruments"),
        (lambda p: Variance("cluster"), "one or two columns"),
        (lambda p: driscoll_kraay(-1), "must not be negative"),
        (lambda p: replace(p.spec, time=None, vce=driscoll_kraay()), "need a time column"),
        (lambda p: fit_ols(p.iv), "no endogenous regressors"),
    ],
)
def test_refusals(panel, build, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        build(panel)
    assert caught.value.what.zh
    assert caught.value.remedy.en
