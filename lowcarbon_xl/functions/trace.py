"""From a cell of a function's result back to its inputs: each function's arguments, read as the function reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lowcarbon_xl.audit.trace import Call, Trace, begin, block_cells, by_ranges, table_cells
from lowcarbon_xl.audit.trace_terms import Exposed, trace_column, trace_exposure, trace_fuels, trace_row
from lowcarbon_xl.cells import Block, CellError
from lowcarbon_xl.errors import LowCarbonError, Text
from lowcarbon_xl.functions.controls import chosen_controls
from lowcarbon_xl.functions.emissions import chosen_factors
from lowcarbon_xl.functions.trace_productivity import (
    trace_abatement,
    trace_capital,
    trace_gtfp,
    trace_lp_audit,
    trace_real_gdp,
    trace_sbmddf,
)
from lowcarbon_xl.functions.trace_regression import trace_ivreg, trace_twfe
from lowcarbon_xl.options import Options
from lowcarbon_xl.readers.marks import year_of
from lowcarbon_xl.sheet.columns import one_column, value_columns
from lowcarbon_xl.sheet.fuels import fuel_columns
from lowcarbon_xl.sheet.industries import read_robots, read_shares
from lowcarbon_xl.sheet.keys import read_keys, time_column
from lowcarbon_xl.sheet.roles import (
    ELECTRICITY,
    EMPLOYMENT_SECTORS,
    ENERGY,
    EXCHANGE_RATE,
    REAL_GDP,
    TRADE,
    VALUE_ADDED_SECTORS,
    find_role,
    require_role,
)
from lowcarbon_xl.sheet.table import Table, read_table


def trace_call(call: Call) -> Trace:
    """What the cell of a call's result rests on.

    Functions that are known here are followed to the very cells; of the others the ranges are given, and a result
    that is an error is given with its reason.
    """
    trace = begin(call)
    tracer = _TRACERS.get(call.function.name)
    if tracer is None or isinstance(call.value, CellError | str | Text) or call.value is None:
        return by_ranges(trace, call.blocks)
    try:
        arguments = list(call.function.coerce(call.arguments))
        found = tracer(trace, call, *arguments)
    except LowCarbonError as error:
        return by_ranges(replace(trace, notes=(error.message(), *trace.notes)), call.blocks)
    return found if found is not None else by_ranges(trace, call.blocks)


def _table(block: Block, options: Options) -> Table:
    return read_table(block, read_text_numbers=options.text("text") == "read")


def _emissions(trace: Trace, call: Call, activity: Block, factors: Block | None, options: Options) -> Trace:
    options, chosen = chosen_factors(factors, options)
    table = _table(activity, options)
    columns = fuel_columns(table, options.names("fuels"))
    if options.text("detail") == "fuel" and call.offset[1] < len(columns):
        fuel = list(columns)[call.offset[1]]
        columns = {fuel: columns[fuel]}
    found = trace_fuels(trace, table, call.data_row(options), columns, chosen)
    own = factors is not None and factors.shape != (1, 1)
    return replace(found, cells=(*found.cells, *block_cells(factors))) if own and factors is not None else found


def _robots(trace: Trace, call: Call, shares: Block, robots: Block, options: Options) -> Trace | None:
    table, other = _table(shares, options), _table(robots, options)
    employment = read_shares(table, options)
    stock = read_robots(other, employment.industries, options)
    if employment.years is not None:
        row = call.data_row(options)
        year = employment.years[row]
    else:
        unit, shown = call.spill.rows[call.offset[0]][:2]
        row, year = employment.units.index(str(unit)), int(float(str(shown)))
    time = time_column(other, options)
    wanted = year - int(options.number("lag", 0))
    found = [i for i, label in enumerate(other.cells(time)) if year_of(label) == wanted]
    if not found:
        return None
    exposed = Exposed(employment.units[row], row, wanted, found[0], stock.years.index(wanted), time)
    return trace_exposure(trace, table, other, employment, stock, exposed, options.flag("loo"))


def _upgrading(trace: Trace, call: Call, panel: Block, options: Options) -> Trace | None:
    table, method = _table(panel, options), options.text("method", "product")
    if method == "standardised":
        return None
    roles = VALUE_ADDED_SECTORS[1:] if method == "ratio" else (*VALUE_ADDED_SECTORS, *EMPLOYMENT_SECTORS)
    return trace_row(trace, table, call.data_row(options), [require_role(table, role) for role in roles])


def _energy_efficiency(trace: Trace, call: Call, panel: Block, options: Options) -> Trace | None:
    if options.text("method", "ratio") != "ratio":
        return None
    table = _table(panel, options)
    gdp = require_role(table, REAL_GDP, (*options.names("good"), "")[0])
    energy = require_role(table, ENERGY, options.text("energy"))
    return trace_row(trace, table, call.data_row(options), [gdp, energy])


def _controls(trace: Trace, call: Call, panel: Block, options: Options) -> Trace | None:
    """The columns of one control; of the energy structure every row of the year."""
    table, row = _table(panel, options), call.data_row(options)
    control = chosen_controls(options)[call.offset[1]]
    columns = [require_role(table, role) for role in control.roles if role is not ELECTRICITY]
    if columns:
        if TRADE in control.roles and (rate := find_role(table, EXCHANGE_RATE)) is not None:
            columns.append(rate)
        return trace_row(trace, table, row, columns)
    years = read_keys(table, options).years
    column = require_role(table, ELECTRICITY, options.text("energy"))
    rows = np.flatnonzero(years == years[row]).tolist()
    return replace(trace, cells=table_cells(table, rows, [column]))


def _describe(trace: Trace, call: Call, panel: Block, options: Options) -> Trace:
    table = _table(panel, options)
    column = value_columns(table, options)[call.data_row(options)]
    return trace_column(trace, table, column, table.numbers(column, blanks=True))


def _lag_year(trace: Trace, call: Call, panel: Block, column: Block | str, k: float, options: Options) -> Trace:
    table = _table(panel, options)
    keys, row = read_keys(table, options), call.data_row(options)
    earlier = keys.rows[keys.units[row], int(keys.years[row]) - int(k)]
    return trace_row(trace, table, earlier, [one_column(table, column)])


_TRACERS: dict[str, Callable[..., Trace | None]] = {
    "EMISSIONS": _emissions,
    "CAPITALSTOCK": trace_capital,
    "REALGDP": trace_real_gdp,
    "GTFP": trace_gtfp,
    "SBMDDF": trace_sbmddf,
    "ABATEMENTCOST": trace_abatement,
    "LPAUDIT": trace_lp_audit,
    "ROBOTS": _robots,
    "UPGRADING": _upgrading,
    "ENERGYEFFICIENCY": _energy_efficiency,
    "CONTROLS": _controls,
    "LAGYEAR": _lag_year,
    "DESCRIBE": _describe,
    "TWFE": trace_twfe,
    "IVREG": trace_ivreg,
}
