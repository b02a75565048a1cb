"""=ROBUSTNESS: the main coefficient under the changes that referees ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Group, Shape, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.robustness import leave_one_out, oster_bound
from lowcarbon_xl.econometrics.spec import Column, Specification, clustered, driscoll_kraay
from lowcarbon_xl.econometrics.wild_bootstrap import wild_cluster_bootstrap
from lowcarbon_xl.errors import LowCarbonError, Text
from lowcarbon_xl.functions.regression import REGRESSION_OPTIONS, X, Y
from lowcarbon_xl.functions.study_options import ESTIMATE_HEADERS, estimate_cells, followed_term, study_specification
from lowcarbon_xl.options import Option, Options
from lowcarbon_xl.panel.prepare import lag, winsorize
from lowcarbon_xl.panel.provinces import find_province
from lowcarbon_xl.sheet.regression import Reader
from lowcarbon_xl.sheet.spill import number_cell, row_spill
from lowcarbon_xl.sheet.table import read_table

Row = list[Output]
Change = Callable[[], tuple[Specification, str]]


@worksheet_function(
    "ROBUSTNESS",
    Group.ECONOMETRICS,
    summary=Text("稳健性检验一览", "Robustness checks at a glance"),
    detail=Text(
        "主解释变量的系数：基准；替换变量（altx=、alty=）；剔除直辖市；各变量缩尾 1%；解释变量滞后一年；按省份聚类及 wild bootstrap 的 p；"
        "Driscoll-Kraay；逐省剔除的最小和最大；Oster 的 δ 与调整后系数。做不了的一行给出原因，不影响其他行。",
        "The coefficient of the main regressor: baseline; other variables (altx=, alty=); without municipalities; every variable winsorized "
        "at 1 %; the regressor lagged by a year; clustered by province with the wild bootstrap p; Driscoll-Kraay; least and largest when a "
        "province is left out; Oster's delta and adjusted coefficient. A check that cannot be done says why and stops no other.",
    ),
    arguments=(PANEL, Y, X, OPTIONS),
    options=(
        Option(
            "altx",
            "names",
            Text("altx=列名 替换的解释变量", "altx=COLUMN another regressor in its place"),
            aliases={"替换解释变量": "altx"},
        ),
        Option(
            "alty",
            "names",
            Text("alty=列名 替换的被解释变量", "alty=COLUMN another dependent variable"),
            aliases={"替换被解释变量": "alty"},
        ),
        *REGRESSION_OPTIONS,
    ),
    shape=Shape.TABLE,
    spills=Text("每项检验一行：系数、标准误、t、p、N", "a row a check: coefficient, standard error, t, p, N"),
    example='=ROBUSTNESS(变量!A4:P304,"CO2","AI","controls=开放度")',
)
def robustness_of(panel: Block, y: Block | str, x: Block | str, options: Options) -> Spill:
    """The main coefficient under each change."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    base = study_specification(table, y, x, options)
    term = followed_term(x, base)
    reader = Reader(table, options)
    with table.located():
        rows = [_row(Text("基准", "baseline"), lambda: (base, term))]
        rows += [_row(label, change) for label, change in _changes(reader, base, term, options)]
        rows += [_wild(reader, base, term), *_leave_one_out(base, term), *_oster(base, term)]
    return row_spill(
        [Text("检验", "check"), *ESTIMATE_HEADERS, "N"],
        rows,
        options,
        (Text(f"系数：{term}", f"coefficient of {term}"),),
    )


def _changes(reader: Reader, base: Specification, term: str, options: Options) -> Iterator[tuple[Text, Change]]:
    """Every change of the model, made only when its row is computed so that one that fails stops no other."""
    position = [column.name for column in base.x].index(term)

    def with_regressor(column: Column) -> tuple[Specification, str]:
        changed = (*base.x[:position], column, *base.x[position + 1 :])
        return replace(base, x=changed), column.name

    def with_other(name: str) -> tuple[Specification, str]:
        return with_regressor(reader.variable(name))

    def with_outcome(name: str) -> tuple[Specification, str]:
        return replace(base, y=reader.variable(name)), term

    for name in options.names("altx"):
        yield Text(f"替换解释变量 {name}", f"regressor {name}"), partial(with_other, name)
    for name in options.names("alty"):
        yield Text(f"替换被解释变量 {name}", f"dependent variable {name}"), partial(with_outcome, name)
    yield (
        Text("剔除直辖市", "without municipalities"),
        lambda: (base.restricted_to(_not_municipality(reader.keys.units)), term),
    )
    yield Text("缩尾1%", "winsorized at 1 %"), lambda: (_winsorized(base), term)
    yield (
        Text("解释变量滞后一年", "regressor lagged by a year"),
        lambda: with_regressor(Column(f"L.{term}", lag(reader.keys, base.x[position].values))),
    )
    yield Text("按省份聚类", "clustered by province"), lambda: (replace(base, vce=clustered(reader.unit())), term)
    yield Text("Driscoll-Kraay", "Driscoll-Kraay"), lambda: (replace(base, vce=driscoll_kraay()), term)


def _row(label: Text, change: Change) -> Row:
    """One check, or the reason why it cannot be done."""
    try:
        specification, term = change()
        fit = fit_ols(specification)
        return [label, *estimate_cells(fit, term), fit.n]
    except LowCarbonError as error:
        return [label, *(number_cell(np.nan, error.message()) for _ in range(5))]


def _not_municipality(units: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    found = [find_province(unit) for unit in units]
    return np.array([province is None or not province.municipality for province in found])


def _winsorized(base: Specification) -> Specification:
    def cut(column: Column) -> Column:
        return Column(column.name, winsorize(column.values).values)

    return replace(base, y=cut(base.y), x=tuple(map(cut, base.x)), controls=tuple(map(cut, base.controls)))


def _wild(reader: Reader, base: Specification, term: str) -> Row:
    test = wild_cluster_bootstrap(replace(base, vce=clustered(reader.unit())), term)
    label = Text(f"wild bootstrap（{test.draws} 次）", f"wild bootstrap ({test.draws} draws)")
    return [label, "", "", number_cell(test.t), number_cell(test.p, test.reason), ""]


def _leave_one_out(base: Specification, term: str) -> Iterator[Row]:
    result = leave_one_out(base, term)
    for zh, en, place in (("最小", "least", np.nanargmin), ("最大", "largest", np.nanargmax)):
        position = int(place(result.estimates))
        unit = result.units[position]
        values = (result.estimates[position], result.standard_errors[position])
        t = values[0] / values[1] if values[1] > 0 else np.nan
        cells = [number_cell(float(v)) for v in (*values, t, result.p[position])]
        yield [Text(f"逐省剔除{zh}（去掉{unit}）", f"leave one out, {en} (without {unit})"), *cells, ""]


def _oster(base: Specification, term: str) -> Iterator[Row]:
    bound = oster_bound(base, term)
    yield [
        Text("Oster 调整后系数（δ=1）", "Oster's adjusted coefficient (delta = 1)"),
        number_cell(bound.beta, bound.reason),
        "",
        "",
        "",
        "",
    ]
    yield [
        Text("Oster δ（系数为 0 时）", "Oster's delta (for a coefficient of 0)"),
        number_cell(bound.delta, bound.reason),
        "",
        "",
        "",
        "",
    ]
