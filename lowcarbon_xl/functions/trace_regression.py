"""Traces of regressions: the columns that a model names, its sample, and what each province does to a coefficient."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from lowcarbon_xl.audit.trace import Call, InputCell, Trace, table_cells
from lowcarbon_xl.audit.trace_regression import OUTSIDE, trace_influence, trace_sample
from lowcarbon_xl.cells import Block
from lowcarbon_xl.econometrics.result import CONSTANT, FitResult
from lowcarbon_xl.econometrics.robustness import estimate
from lowcarbon_xl.econometrics.spec import Specification
from lowcarbon_xl.errors import Text
from lowcarbon_xl.options import Options, split_call
from lowcarbon_xl.sheet.columns import column_names
from lowcarbon_xl.sheet.filters import filter_columns
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.keys import key_columns, read_keys
from lowcarbon_xl.sheet.regression import read_specification
from lowcarbon_xl.sheet.table import Table, read_table

_SHIFT = re.compile(r"^([LF])(\d*)\.(.+)$", re.IGNORECASE)


def _table(panel: Block, options: Options) -> Table:
    return read_table(panel, read_text_numbers=options.text("text") == "read")


def trace_twfe(trace: Trace, call: Call, panel: Block, y: Block | str, x: Block | str, options: Options) -> Trace:
    """Sample and influence of a coefficient by least squares."""
    table = _table(panel, options)
    specification = read_specification(table, y, x, options)
    names = (*column_names(y), *column_names(x), *options.names("controls"))
    return _regression(trace, call, table, specification, names, options)


def trace_ivreg(
    trace: Trace,
    call: Call,
    panel: Block,
    y: Block | str,
    x: Block | str | None,
    endogenous: Block | str,
    instruments: Block | str,
    options: Options,
) -> Trace:
    """Sample and influence of a coefficient by instrumental variables."""
    table = _table(panel, options)
    specification = read_specification(table, y, x, options, endogenous=endogenous, instruments=instruments)
    given = (y, x, endogenous, instruments)
    names = (*(name for part in given for name in column_names(part)), *options.names("controls"))
    return _regression(trace, call, table, specification, names, options)


def _regression(
    trace: Trace, call: Call, table: Table, specification: Specification, names: tuple[str, ...], options: Options
) -> Trace:
    """The sample behind any cell of a regression, and for a coefficient its influence by province."""
    fit = estimate(specification)
    trace = trace_model_sample(trace, table, names, options, fit, keyed=specification.unit is not None)
    row = call.data_row(options)
    if not 0 <= row < len(fit.terms) or fit.terms[row] == CONSTANT or specification.unit is None:
        return trace
    return trace_influence(trace, specification, fit, fit.terms[row])


def trace_model_sample(
    trace: Trace,
    table: Table,
    names: Sequence[str],
    options: Options,
    fit: FitResult,
    *,
    keyed: bool,
    outside: Text = OUTSIDE,
) -> Trace:
    """The cells behind a regression: those of its rows, and those of other years that its lags reach.

    Parameters
    ----------
    names : sequence of str
        Variables, lagged ones as ``L.name``.
    keyed : bool
        Whether its rows have a unit and a year.
    outside : Text
        Why rows are not among those that the equation is estimated on.
    """
    if not keyed:
        return trace_sample(trace, table, _sample_columns(table, names, options, keyed=False), fit, None, outside)
    keys = read_keys(table, options)
    who = [f"{unit} {year}" for unit, year in zip(keys.units, keys.years.tolist(), strict=True)]
    trace = trace_sample(trace, table, _sample_columns(table, names, options, keyed=True), fit, who, outside)
    lagged: dict[str, InputCell] = {}
    for name, years in _shifts(table, names):
        reached = ((keys.units[row], int(keys.years[row]) - years) for row in fit.rows.tolist())
        rows = [keys.rows[key] for key in reached if key in keys.rows]
        lagged |= {cell.address: cell for cell in table_cells(table, rows, [table.find(name)], who)}
    known = {cell.address for cell in trace.cells}
    return replace(trace, cells=(*trace.cells, *(cell for place, cell in lagged.items() if place not in known)))


def _shifts(table: Table, names: Sequence[str]) -> list[tuple[str, int]]:
    """The lagged variables among names, and by how many years (negative for leads)."""
    known = {fold(header.name) for header in table.headers}
    matches = (_SHIFT.match(name) for name in names if fold(name) not in known)
    return [(m[3], int(m[2] or 1) * (1 if m[1].upper() == "L" else -1)) for m in matches if m is not None]


def _sample_columns(table: Table, names: Sequence[str], options: Options, *, keyed: bool) -> list[int]:
    """The columns that a model's sample rests on: keys, variables, fixed effects and clusters, the filter's."""
    keys: tuple[int, ...] = ()
    if keyed:
        units, time = key_columns(table, options)
        keys = (*units, time)
    filtered = filter_columns(table, options.text("if"), options) if options.text("if") else ()
    found = [*keys, *(_column(table, name) for name in names), *_grouping_columns(table, options), *filtered]
    return list(dict.fromkeys(found))


def _column(table: Table, name: str) -> int:
    """The column of a variable, lagged or not."""
    shift = _SHIFT.match(name)
    known = {fold(header.name) for header in table.headers}
    return table.find(shift[3] if shift is not None and fold(name) not in known else name)


def _grouping_columns(table: Table, options: Options) -> list[int]:
    """Columns of fixed effects and clusters that are neither the unit nor the year."""
    _, clusters = split_call(options.text("vce", "robust"))
    names = [part for name in (*options.names("absorb"), *clusters) for part in re.split(r"[*#]+", name)]
    known = {fold(header.name): i for i, header in enumerate(table.headers)}
    return [known[fold(name)] for name in names if fold(name) in known]
