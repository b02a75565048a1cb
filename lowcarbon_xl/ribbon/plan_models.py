"""One row of the plan to what it computes, by the code of the worksheet functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.heterogeneity import heterogeneity
from lowcarbon_xl.econometrics.iv import IVResult, fit_iv
from lowcarbon_xl.econometrics.mechanism import mechanism, three_step
from lowcarbon_xl.econometrics.placebo import PlaceboResult, placebo
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.spec import Column, FloatArray, Grouping, Specification
from lowcarbon_xl.errors import InputError, NotAvailableError, Text
from lowcarbon_xl.functions.heterogeneity import split_groups
from lowcarbon_xl.functions.study_options import SEED, followed_term, study_specification, whole_number
from lowcarbon_xl.options import Options, parse_options
from lowcarbon_xl.provenance import Sample, note_sample, taking_notes
from lowcarbon_xl.ribbon.plan import COLUMNS, PlanRow
from lowcarbon_xl.ribbon.plan_outcome import Outcome
from lowcarbon_xl.ribbon.put_table import spill_table
from lowcarbon_xl.sheet.columns import column_names
from lowcarbon_xl.sheet.filters import read_filter
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.regression import MEDIATOR, Reader, read_specification
from lowcarbon_xl.sheet.spill import number_cell
from lowcarbon_xl.sheet.table import Table as DataTable
from lowcarbon_xl.sheet.table import read_table
from lowcarbon_xl.tables.descriptive import descriptive_table
from lowcarbon_xl.tables.model import Fitted, Model, Table

_FUNCTIONS = {
    "TWFE": "TWFE",
    "IV": "IVREG",
    "mechanism": "MECHANISM",
    "heterogeneity": "HETEROGENEITY",
    "placebo": "PLACEBO",
    "describe": "TWFE",
}
_TWO_WAY = frozenset(map(fold, ("双向", "two-way", "twoway", "省份+年份", "province+year", "")))


def option_text(row: PlanRow) -> str:
    """The plan's columns as the options text of a worksheet function."""
    kind = row.kind
    absorb, parts = row["absorb"].replace("+", ","), []
    if fold(row["absorb"]) not in _TWO_WAY:
        parts.append(f"absorb={absorb}")
    for key, value in (("controls", row["controls"]), ("vce", row["vce"]), ("if", row["filter"])):
        if value:
            parts.append(f"{key}={value}")
    if kind in ("mechanism", "heterogeneity") and row["instruments"]:
        parts.append(f"instruments={row['instruments']}")
    if row["options"]:
        parts.append(row["options"])
    return "; ".join(parts)


def read_options(row: PlanRow) -> Options:
    """The options of a row, as the worksheet function of its kind knows them."""
    known = next(function for function in functions() if function.name == _FUNCTIONS[row.kind]).options
    return parse_options(option_text(row), known)


def run_row(row: PlanRow, inputs: Block) -> Outcome:
    """Estimate what a row plans.

    Raises
    ------
    LowCarbonError
        With sheet!cell where the data are to blame.
    """
    kind, options = row.kind, read_options(row)
    table = read_table(inputs, read_text_numbers=options.text("text") == "read")
    with taking_notes() as notes:
        outcome = _estimated(kind, row, inputs, table, options)
    if outcome.seed is not None:
        notes.seed = outcome.seed
    return replace(outcome, provenance=notes.provenance)


def _estimated(kind: str, row: PlanRow, inputs: Block, table: DataTable, options: Options) -> Outcome:
    if kind == "describe":
        return _describe(row, inputs, table, options)
    _require(row, "y", "x" if kind != "IV" else "instruments")
    if kind == "TWFE":
        return _twfe(row, inputs, table, options)
    if kind == "IV":
        return _iv(row, inputs, table, options)
    if kind == "mechanism":
        return _mechanism(row, inputs, table, options)
    return (_heterogeneity if kind == "heterogeneity" else _placebo)(row, inputs, table, options)


def _require(row: PlanRow, *keys: str) -> None:
    for column in COLUMNS:
        if column.key in keys and not row[column.key]:
            raise InputError(
                Text(f"没有填“{column.header.zh}”", f"{column.header.en} is not filled in"),
                Text(column.help.zh, f"Write {column.help.en}"),
            )


def _model(
    spec: Specification,
    result: Fitted,
    row: PlanRow,
    table: DataTable,
    options: Options,
    mediator: Column | None = None,
    grouping: Grouping | None = None,
) -> Model:
    """A model with what its Stata script needs: mediator, groups, and the columns before winsorizing."""
    share = options.number("winsor", 0.0)
    raw: dict[str, Column] = {}
    if share:
        plain = Options({key: value for key, value in options.values.items() if key != "winsor"})
        reader = Reader(table, plain)
        wanted = (*spec.variables, *((mediator,) if mediator else ()))
        raw = {column.name: reader.variable(column.name) for column in wanted}
    sample = row["filter"] or None
    return Model(spec, result, sample=sample, winsor=share, raw=raw, mediator=mediator, grouping=grouping)


def _twfe(row: PlanRow, inputs: Block, table: DataTable, options: Options) -> Outcome:
    spec = read_specification(table, row["y"], row["x"], options)
    with table.located():
        result = fit_ols(spec)
    return Outcome(row, inputs, (_model(spec, result, row, table, options),), main=result)


def _iv(row: PlanRow, inputs: Block, table: DataTable, options: Options) -> Outcome:
    endogenous = row["endogenous"] or row["x"]
    spec = read_specification(table, row["y"], row["x"], options, endogenous=endogenous, instruments=row["instruments"])
    with table.located():
        result = fit_iv(spec)
    return Outcome(
        row,
        inputs,
        (_model(spec, result, row, table, options),),
        main=result.fit,
        first_stage=_first_stage(spec, result),
    )


def _first_stage(spec: Specification, result: IVResult) -> tuple[str, str, FloatArray, FloatArray] | None:
    """The one instrument and the one endogenous variable, both without controls and effects (Frisch and Waugh 1933)."""
    if len(spec.endogenous) != 1 or len(spec.instruments) != 1 or not spec.exogenous:
        return None
    kept = np.zeros(spec.size, dtype=bool)
    kept[result.fit.rows] = True

    def purged(column: Column) -> FloatArray:
        plain = replace(spec, y=column, endogenous=(), instruments=(), sample=kept, keep_singletons=True)
        return fit_ols(plain).residuals

    instrument, endogenous = spec.instruments[0], spec.endogenous[0]
    try:
        return instrument.name, endogenous.name, purged(instrument), purged(endogenous)
    except NotAvailableError:  # a picture less, not a result less
        return None


def _mechanism(row: PlanRow, inputs: Block, table: DataTable, options: Options) -> Outcome:
    _require(row, "by")
    spec = study_specification(table, row["y"], row["x"], options)
    reader = Reader(table, options)
    term = followed_term(row["x"], spec)
    draws, seed = whole_number(options, "draws", 0), whole_number(options, "seed", SEED)
    models: list[Model] = []
    main: FitResult | None = None
    with table.located():
        for name in column_names(row["by"]):
            mediator = reader.variable(name, MEDIATOR)
            if options.text("method") == "threestep":
                steps = three_step(spec, mediator, term, draws=draws, seed=seed)
                models.append(_model(spec, steps, row, table, options, mediator))
                main = main or steps.total
                continue
            found = mechanism(spec, mediator)
            models.append(_model(spec, found, row, table, options, mediator))
            main = main or found.effects
    return Outcome(row, inputs, tuple(models), main=main, seed=seed if draws else None)


def _heterogeneity(row: PlanRow, inputs: Block, table: DataTable, options: Options) -> Outcome:
    _require(row, "by")
    spec = study_specification(table, row["y"], row["x"], options)
    draws, seed = whole_number(options, "draws", 1000), whole_number(options, "seed", SEED)
    with table.located():
        grouping, _ = split_groups(table, row["by"], spec, options)
        result = heterogeneity(spec, grouping, followed_term(row["x"], spec), draws=draws, seed=seed)
    main = next((group.fit for group in result.groups if group.fit is not None), None)
    model = _model(spec, result, row, table, options, grouping=grouping)
    return Outcome(row, inputs, (model,), main=main, seed=seed)


def _placebo(row: PlanRow, inputs: Block, table: DataTable, options: Options) -> Outcome:
    spec = study_specification(table, row["y"], row["x"], options)
    draws, seed = whole_number(options, "draws", 1000), whole_number(options, "seed", SEED)
    level = options.text("level", "row")
    with table.located():
        result = placebo(
            spec,
            followed_term(row["x"], spec),
            draws=draws,
            level="unit" if level == "unit" else "year" if level == "year" else "row",
            seed=seed,
        )
    return Outcome(row, inputs, table=_placebo_table(row, result, draws), placebo=result, seed=seed)


def _placebo_table(row: PlanRow, result: PlaceboResult, draws: int) -> Table:
    low, high = np.quantile(result.estimates, [0.025, 0.975]).tolist()
    rows: Sequence[tuple[Output, Output]] = (
        (Text("统计量", "statistic"), Text("值", "value")),
        (Text(f"真实估计 {result.term}", f"estimate of {result.term}"), result.estimate),
        ("t", number_cell(result.t)),
        (Text("安慰剂 p（比较 |t|）", "placebo p (by |t|)"), number_cell(result.p)),
        (Text("安慰剂 p（比较系数）", "placebo p (by the coefficient)"), result.p_estimate),
        (Text("置换估计的均值", "mean of the draws"), float(result.estimates.mean())),
        (Text("2.5% 分位数", "2.5 % quantile"), low),
        (Text("97.5% 分位数", "97.5 % quantile"), high),
        (Text("次数", "draws"), draws),
    )
    note = Text(
        f"按{'行' if result.level == 'row' else '省份' if result.level == 'unit' else '年份'}置换，种子 {result.seed}",
        f"permuted by {result.level}, seed {result.seed}",
    )
    return spill_table(Spill(tuple(rows)), Text(row["title"] or "安慰剂检验", row["title"] or "Placebo test"), (note,))


def _describe(row: PlanRow, inputs: Block, table: DataTable, options: Options) -> Outcome:
    names = column_names(",".join(filter(None, (row["y"], row["x"], row["controls"]))))
    if not names:
        _require(row, "x")
    reader = Reader(table, options)
    with table.located():
        variables = [reader.variable(name) for name in names]
    kept = read_filter(table, row["filter"], options) if row["filter"] else None
    used = table.rows if kept is None else int(kept.sum())
    note_sample(Sample(used, Text(f"筛选 {table.rows - used}", f"filtered {table.rows - used}")))
    title = Text(row["title"] or "描述性统计", row["title"] or "Descriptive statistics")
    return Outcome(row, inputs, table=descriptive_table(variables, title=title, rows=kept))
