"""Trace of a number in a table that the plan wrote: which row of the plan, which equation, which cells."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lowcarbon_xl.audit.trace import Trace
from lowcarbon_xl.audit.trace_regression import OTHER_GROUP, OUTSIDE, trace_influence
from lowcarbon_xl.audit.trace_terms import trace_column
from lowcarbon_xl.audit.versions import agree
from lowcarbon_xl.cells import Cell
from lowcarbon_xl.econometrics.result import CONSTANT, FitResult
from lowcarbon_xl.econometrics.robustness import estimate
from lowcarbon_xl.econometrics.spec import Specification
from lowcarbon_xl.errors import InputError, LowCarbonError, Text
from lowcarbon_xl.functions.study_options import study_specification
from lowcarbon_xl.functions.trace_regression import trace_model_sample
from lowcarbon_xl.options import Options
from lowcarbon_xl.ribbon.blocks import Range, area, reference
from lowcarbon_xl.ribbon.desk import Desk, is_own
from lowcarbon_xl.ribbon.plan import COLUMNS, Plan, PlanRow, read_plan
from lowcarbon_xl.ribbon.plan_models import read_options, run_row
from lowcarbon_xl.ribbon.plan_outcome import Outcome
from lowcarbon_xl.ribbon.plan_panels import Panels
from lowcarbon_xl.ribbon.plan_results import PlacedTable, standing_tables
from lowcarbon_xl.sheet.columns import column_names
from lowcarbon_xl.sheet.filters import read_filter
from lowcarbon_xl.sheet.table import Table, read_table
from lowcarbon_xl.tables.block import write_block
from lowcarbon_xl.tables.columns import EstimatedColumn, expand
from lowcarbon_xl.tables.regression import printed_terms

_CLOSE = 1e-9
"""An equation estimated by itself repeats the printed one to rounding."""


@dataclass(frozen=True, slots=True)
class _Equation:
    """One column of a regression table, and the row of the plan that it comes from."""

    outcome: Outcome
    column: EstimatedColumn


def trace_planned(desk: Desk, cell: Range) -> Trace | None:
    """What a row of the plan or a number of its tables rests on; None for any other cell.

    Raises
    ------
    InputError
        When the cell holds no number, or the table is not what the plan gives now.
    """
    try:
        plan = read_plan(desk)
    except InputError:
        return None
    if cell.sheet.name == plan.sheet.name:
        return _of_row(desk, plan, cell)
    if not is_own(cell.sheet):
        return None
    rows = [row for row in plan.rows if cell.sheet.name in (row.output().zh, row.output().en)]
    if not rows:
        return None
    one = _placed(desk, plan, cell, rows)
    if one is None:
        raise InputError(
            Text("这个单元格不在结果表里", "the cell is in no table of results"),
            Text("选中表里的一个系数或统计量", "Select a coefficient or a statistic of a table"),
            where=reference(cell),
        )
    _require_current(desk, cell, one)
    row = cell.row - one.row - 1 - len(one.table.header)
    equations = list(_equations(one.members))
    if not equations:
        return _other_table(desk, plan, cell, one.members[0], row)
    equation = equations[cell.column - 2]
    terms = printed_terms([known.column for known in equations])
    term = terms[row // 2] if 0 <= row < 2 * len(terms) else None
    if term is None and _is_difference(one, row):
        return _traced_difference(desk, plan, cell, equation)
    return _traced(desk, plan, cell, equation, term)


def _of_row(desk: Desk, plan: Plan, cell: Range) -> Trace:
    """What a row of the plan rests on: its first equation (of IV the second stage) and the coefficient of interest."""
    row = next((row for row in plan.rows if row.row == cell.row), None)
    if row is None:
        raise InputError(
            Text("选中的行里没有模型", "there is no model in the selected row"),
            Text("选中模型表里已填写的行", "Select a row of the plan that is filled in"),
            where=reference(cell),
        )
    outcome = run_row(row, Panels(desk).read(row))
    equations = list(_equations([outcome]))
    if not equations:
        return _other_table(desk, plan, cell, outcome, 0)
    equation = equations[-1] if row.kind == "IV" else equations[0]
    core = [term for term in equation.column.core if term in equation.column.estimates]
    return _traced(desk, plan, cell, equation, core[0] if core else None)


def _placed(desk: Desk, plan: Plan, cell: Range, rows: Sequence[PlanRow]) -> PlacedTable | None:
    """The table around a cell, made again from the plan and the data as they are now.

    Raises
    ------
    InputError
        When one of the sheet's models cannot be estimated any more.
    """
    panels = Panels(desk)
    outcomes = [_outcome(plan, row, panels) for row in rows]
    return next((one for one in standing_tables(desk, cell.sheet, outcomes) if one.contains(cell)), None)


def _outcome(plan: Plan, row: PlanRow, panels: Panels) -> Outcome:
    try:
        return run_row(row, panels.read(row))
    except LowCarbonError as error:
        reason = error.message()
        raise InputError(
            Text(
                f"模型 {row.label} 现在算不出来：{reason.zh.rstrip('。')}",
                f"model {row.label} cannot be estimated now: {reason.en.rstrip('.')}",
            ),
            Text("先改正，再按“全部重算”", "Mend it, then press Run all"),
            where=_place(plan, row),
        ) from error


def _place(plan: Plan, row: PlanRow) -> str:
    """``模型!B7`` of a row."""
    return reference(area(plan.sheet, row.row, plan.columns["kind"], 1, 1))


def _require_current(desk: Desk, cell: Range, one: PlacedTable) -> None:
    """Refuse to explain a number that the plan would not give any more."""
    expected: Cell = write_block(one.table, desk.language).values[cell.row - one.row][cell.column - 1]
    shown: Cell = cell.value
    if not agree(expected, shown):
        raise InputError(
            Text(
                f"这里是 {shown}，按现在的模型和数据应是 {expected}：结果表过期了",
                f"here stands {shown}, but the plan and the data give {expected} now: the table is stale",
            ),
            Text("先按“全部重算”，再溯源", "Press Run all, then Trace"),
            where=reference(cell),
        )
    if not isinstance(shown, int | float):
        raise InputError(
            Text("这个单元格不是数字", "the cell holds no number"),
            Text("选中表里的一个系数或统计量", "Select a coefficient or a statistic of the table"),
            where=reference(cell),
        )


def _equations(members: Sequence[Outcome]) -> Iterator[_Equation]:
    for outcome in members:
        for model in outcome.models:
            yield from (_Equation(outcome, column) for column in expand(model))


def _begin(desk: Desk, plan: Plan, cell: Range, outcome: Outcome, notes: tuple[Text, ...]) -> Trace:
    """The trace with what the plan's row says."""
    row = outcome.row
    anchor = _place(plan, row)
    given = tuple((c.header, row[c.key]) for c in COLUMNS if row[c.key] and c.key not in ("output", "title", "status"))
    what = f"{row.label}: {row['kind']} {row['y']} ~ {row['x'] or row['endogenous']}"
    return Trace(reference(cell), cell.value, anchor, row.kind, what, given, (outcome.inputs.whole,), notes=notes)


def _traced(desk: Desk, plan: Plan, cell: Range, equation: _Equation, term: str | None) -> Trace:
    """The sample of an equation, and what each province does to its coefficient."""
    outcome, column = equation.outcome, equation.column
    fit, specification = column.fit, column.specification
    if fit is None or specification is None:
        reason = column.remarks[0] if column.remarks else Text("没有估计出来", "it was not estimated")
        raise InputError(reason, Text("选中另一列", "Select another column"), where=reference(cell))
    trace = _begin(desk, plan, cell, outcome, (fit.convention, fit.variance, *fit.notes))
    table, options = _read(outcome)
    alone = estimate(specification)
    outside = OTHER_GROUP if outcome.row.kind == "heterogeneity" else OUTSIDE
    trace = _sampled(trace, outcome, table, options, specification, alone, outside)
    if term is None or term == CONSTANT or term not in alone.terms or specification.unit is None:
        return trace
    printed = column.estimates[term].value
    if not math.isclose(printed, float(alone.coefficients[alone.position(term)]), rel_tol=_CLOSE):
        return trace
    return trace_influence(trace, specification, alone, term)


def _is_difference(one: PlacedTable, row: int) -> bool:
    """Whether a row of the body compares groups: its label, or that of the coefficient above it, says so."""
    values = [body[0].value for body in one.table.body[: row + 1]]
    labels = [value.en if isinstance(value, Text) else str(value or "") for value in values]
    return any(word in (labels[-1] or labels[-2]).casefold() for word in ("difference", "fisher", "suest"))


def _traced_difference(desk: Desk, plan: Plan, cell: Range, equation: _Equation) -> Trace:
    """What a difference between groups rests on: the rows of all of them."""
    outcome = equation.outcome
    whole = outcome.models[0].specification
    fit = estimate(whole)
    note = Text("组间差异依据所有组的行", "a difference between groups rests on the rows of all of them")
    trace = _begin(desk, plan, cell, outcome, (fit.convention, fit.variance, note))
    table, options = _read(outcome)
    return _sampled(trace, outcome, table, options, whole, fit, OUTSIDE)


def _read(outcome: Outcome) -> tuple[Table, Options]:
    options = read_options(outcome.row)
    return read_table(outcome.inputs, read_text_numbers=options.text("text") == "read"), options


def _sampled(
    trace: Trace,
    outcome: Outcome,
    table: Table,
    options: Options,
    specification: Specification,
    fit: FitResult,
    outside: Text,
) -> Trace:
    names = [column.name for column in specification.variables]
    if outcome.row.kind == "heterogeneity":
        names += column_names(outcome.row["by"])
    keyed = specification.unit is not None
    return trace_model_sample(trace, table, names, options, fit, keyed=keyed, outside=outside)


def _other_table(desk: Desk, plan: Plan, cell: Range, outcome: Outcome, row: int) -> Trace:
    """A number of a descriptive table, or of a placebo test."""
    table, options = _read(outcome)
    trace = _begin(desk, plan, cell, outcome, ())
    planned = outcome.row
    if outcome.placebo is not None:
        specification = study_specification(table, planned["y"], planned["x"], options)
        return _sampled(trace, outcome, table, options, specification, estimate(specification), OUTSIDE)
    names = column_names(",".join(filter(None, (planned["y"], planned["x"], planned["controls"]))))
    column = table.find(names[max(row, 0)])
    values = table.numbers(column, blanks=True)
    if planned["filter"]:
        values = np.where(read_filter(table, planned["filter"], options), values, np.nan)
        note = Text(f"只计 {planned['filter']} 的行", f"rows with {planned['filter']} alone are counted")
        trace = replace(trace, notes=(note,))
    return trace_column(trace, table, column, values)
