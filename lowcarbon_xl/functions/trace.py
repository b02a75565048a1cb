"""From a cell of a function's result back to its inputs: each function's arguments, read as the function reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import numpy as np

from lowcarbon_xl.audit.trace import Call, Trace, begin, block_cells, by_ranges
from lowcarbon_xl.audit.trace_frontier import Program, index_programs, trace_programs
from lowcarbon_xl.audit.trace_regression import trace_influence, trace_sample
from lowcarbon_xl.audit.trace_terms import trace_capital, trace_chain, trace_column, trace_fuels, trace_row
from lowcarbon_xl.cells import Block, CellError
from lowcarbon_xl.econometrics.result import CONSTANT
from lowcarbon_xl.econometrics.robustness import estimate
from lowcarbon_xl.econometrics.spec import Specification
from lowcarbon_xl.errors import LowCarbonError, Text
from lowcarbon_xl.functions.capital import SHAN_BASE_YEAR, _base_year, _depreciation, _index_column, _initial
from lowcarbon_xl.functions.emissions import _factors
from lowcarbon_xl.functions.frontier import _row_of
from lowcarbon_xl.functions.frontier_options import read_measure
from lowcarbon_xl.functions.gtfp import _base, _frozen, _gaps
from lowcarbon_xl.functions.sbmddf import _tasks
from lowcarbon_xl.options import Options, split_call
from lowcarbon_xl.productivity.capital import capital_stock
from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.indices import IndexName, productivity_change
from lowcarbon_xl.productivity.technology import Production
from lowcarbon_xl.sheet.columns import column_names, value_columns
from lowcarbon_xl.sheet.fuels import fuel_columns
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.keys import key_columns, read_keys
from lowcarbon_xl.sheet.production import read_production
from lowcarbon_xl.sheet.regression import read_specification
from lowcarbon_xl.sheet.roles import (
    EMPLOYMENT_SECTORS,
    ENERGY,
    GDP_INDEX,
    INVESTMENT,
    INVESTMENT_PRICE,
    NOMINAL_GDP,
    REAL_GDP,
    VALUE_ADDED_SECTORS,
    production_columns,
    require_role,
)
from lowcarbon_xl.sheet.table import Table, read_table

_SHIFT = re.compile(r"^[LF]\d*\.(.+)$", re.IGNORECASE)


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
        arguments = list(call.function._coerce(call.arguments))
        found = tracer(trace, call, *arguments)
    except LowCarbonError as error:
        return by_ranges(replace(trace, notes=(error.message(), *trace.notes)), call.blocks)
    return found if found is not None else by_ranges(trace, call.blocks)


def _table(block: Block, options: Options) -> Table:
    return read_table(block, read_text_numbers=options.text("text") == "read")


def _data_row(call: Call, options: Options) -> int:
    return call.offset[0] - options.header


def _emissions(trace: Trace, call: Call, activity: Block, factors: Block | None, options: Options) -> Trace:
    options, chosen = _factors(factors, options)
    table = _table(activity, options)
    columns = fuel_columns(table, options.names("fuels"))
    if options.text("detail") == "fuel" and call.offset[1] < len(columns):
        fuel = list(columns)[call.offset[1]]
        columns = {fuel: columns[fuel]}
    found = trace_fuels(trace, table, _data_row(call, options), columns, chosen)
    own = factors is not None and factors.shape != (1, 1)
    return replace(found, cells=(*found.cells, *block_cells(factors))) if own and factors is not None else found


def _capital(trace: Trace, call: Call, panel: Block, options: Options) -> Trace:
    table = _table(panel, options)
    keys = read_keys(table, options)
    columns = (
        require_role(table, INVESTMENT, options.text("investment")),
        require_role(table, INVESTMENT_PRICE, options.text("price")),
    )
    base = _base_year(options, SHAN_BASE_YEAR)
    initial, rule = _initial(table, options)
    depreciation = _depreciation(options, rule)
    found = capital_stock(
        keys,
        table.numbers(columns[0], blanks=True),
        _index_column(table, columns[1], keys),
        base,
        depreciation=depreciation,
        initial=initial,
        growth="arithmetic" if options.text("growth") == "arithmetic" else "geometric",
    )
    named = rule if isinstance(initial, str) else table.find(rule)
    return trace_capital(
        trace,
        table,
        keys,
        _data_row(call, options),
        columns,
        found,
        base=base,
        depreciation=depreciation,
        initial=named,
    )


def _real_gdp(trace: Trace, call: Call, panel: Block, options: Options) -> Trace:
    table = _table(panel, options)
    keys = read_keys(table, options)
    columns = (
        require_role(table, NOMINAL_GDP, options.text("gdp")),
        require_role(table, GDP_INDEX, options.text("index")),
    )
    base = _base_year(options, int(keys.years.min()))
    return trace_chain(trace, table, keys, _data_row(call, options), columns, base)


def _production(panel: Block, options: Options) -> tuple[Table, Production, tuple[int, ...]]:
    table = _table(panel, options)
    roles = production_columns(table, options.names("inputs"), options.names("good"), options.names("bad"))
    return table, read_production(table, options), (*roles.inputs, *roles.goods, *roles.bads)


def _gtfp(trace: Trace, call: Call, panel: Block, options: Options) -> Trace | None:
    if options.text("decompose", "ECTC") != "ECTC" or call.offset[1] > 3:
        return None
    table, production, columns = _production(panel, options)
    measure, row = read_measure(options), _data_row(call, options)
    found = productivity_change(
        production,
        measure,
        cast(IndexName, options.text("index", "GML")),
        options.text("reference") or None,
        base=_base(options),
        frozen=_frozen(options),
        gaps=_gaps(options),
    )
    part = ("index", "efficiency", "technical", "cumulative")[call.offset[1]]
    if part == "cumulative" and found.reference != "global":
        note = Text(
            "累积指数是以前各年指数的连乘，请逐年追溯指数列",
            "cumulative is the product of the yearly indices: trace those",
        )
        return by_ranges(replace(trace, notes=(note, *trace.notes)), call.blocks)
    programs, combination = index_programs(production, found, row, part, _frozen(options), _gaps(options))
    trace = replace(trace, sections=(combination,))
    return trace_programs(trace, table, production, columns, measure, programs)


_SCORE = Text("无效率值", "inefficiency")


def _sbmddf(trace: Trace, call: Call, panel: Block, options: Options) -> Trace:
    table, production, columns = _production(panel, options)
    row = _data_row(call, options)
    tasks = _tasks(production, options.text("reference", "global"))
    program = Program(_SCORE, row, tasks.pools[tasks.pool_of[row]])
    return trace_programs(trace, table, production, columns, read_measure(options), [program])


def _abatement(trace: Trace, call: Call, panel: Block, options: Options) -> Trace:
    table, production, columns = _production(panel, options)
    row, given = _data_row(call, options), read_measure(options)
    measure = Measure("radial", given.rts, None, given.direction or "output", None)
    same_year = options.text("reference", "contemporaneous") == "contemporaneous"
    years = [int(production.years[row])] if same_year else np.unique(production.years).tolist()
    program = Program(Text("方向性距离", "directional distance"), row, production.rows_of(years))
    note = Text(
        "成本 = -对偶(非期望产出)/对偶(期望产出)，整个参考集决定对偶，所以列出全部单元",
        "cost = -dual of the bad / dual of the good; the whole reference decides the duals, so all its units are listed",
    )
    trace = replace(trace, notes=(note, *trace.notes))
    return trace_programs(trace, table, production, columns, measure, [program], whole=True)


def _lp_audit(trace: Trace, call: Call, panel: Block, province: str, year: float, options: Options) -> Trace:
    table, production, columns = _production(panel, options)
    row = _row_of(production, province, year, free=bool(options.text("unit")))
    years = [int(year)] if options.text("reference") == "contemporaneous" else np.unique(production.years).tolist()
    program = Program(_SCORE, row, production.rows_of(years))
    return trace_programs(trace, table, production, columns, read_measure(options), [program], whole=True)


def _upgrading(trace: Trace, call: Call, panel: Block, options: Options) -> Trace | None:
    table, method = _table(panel, options), options.text("method", "product")
    if method == "standardised":
        return None
    roles = VALUE_ADDED_SECTORS[1:] if method == "ratio" else (*VALUE_ADDED_SECTORS, *EMPLOYMENT_SECTORS)
    return trace_row(trace, table, _data_row(call, options), [require_role(table, role) for role in roles])


def _energy_efficiency(trace: Trace, call: Call, panel: Block, options: Options) -> Trace | None:
    if options.text("method", "ratio") != "ratio":
        return None
    table = _table(panel, options)
    gdp = require_role(table, REAL_GDP, (*options.names("good"), "")[0])
    energy = require_role(table, ENERGY, options.text("energy"))
    return trace_row(trace, table, _data_row(call, options), [gdp, energy])


def _describe(trace: Trace, call: Call, panel: Block, options: Options) -> Trace:
    table = _table(panel, options)
    column = value_columns(table, options)[_data_row(call, options)]
    return trace_column(trace, table, column, table.numbers(column, blanks=True))


def _twfe(trace: Trace, call: Call, panel: Block, y: Block | str, x: Block | str, options: Options) -> Trace:
    table = _table(panel, options)
    specification = read_specification(table, y, x, options)
    names = (*column_names(y), *column_names(x), *options.names("controls"))
    return _regression(trace, call, table, specification, names, options)


def _ivreg(
    trace: Trace,
    call: Call,
    panel: Block,
    y: Block | str,
    x: Block | str | None,
    endogenous: Block | str,
    instruments: Block | str,
    options: Options,
) -> Trace:
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
    who: list[str] | None = None
    keys: tuple[int, ...] = ()
    if specification.unit is not None:
        read = read_keys(table, options)
        who = [f"{unit} {year}" for unit, year in zip(read.units, read.years.tolist(), strict=True)]
        units, time = key_columns(table, options)
        keys = (*units, time)
    columns = dict.fromkeys([*keys, *(_column(table, name) for name in names), *_grouping_columns(table, options)])
    trace = trace_sample(trace, table, list(columns), fit, who)
    row = call.offset[0] - options.header
    if not 0 <= row < len(fit.terms) or fit.terms[row] == CONSTANT or specification.unit is None:
        return trace
    return trace_influence(trace, specification, fit, fit.terms[row])


def _column(table: Table, name: str) -> int:
    """The column of a variable, lagged or not."""
    shift = _SHIFT.match(name)
    known = {fold(header.name) for header in table.headers}
    return table.find(shift[1] if shift is not None and fold(name) not in known else name)


def _grouping_columns(table: Table, options: Options) -> list[int]:
    """Columns of fixed effects and clusters that are neither the unit nor the year."""
    _, clusters = split_call(options.text("vce", "robust"))
    names = [part for name in (*options.names("absorb"), *clusters) for part in re.split(r"[*#]+", name)]
    known = {fold(header.name): i for i, header in enumerate(table.headers)}
    return [known[fold(name)] for name in names if fold(name) in known]


_TRACERS: dict[str, Callable[..., Trace | None]] = {
    "EMISSIONS": _emissions,
    "CAPITALSTOCK": _capital,
    "REALGDP": _real_gdp,
    "GTFP": _gtfp,
    "SBMDDF": _sbmddf,
    "ABATEMENTCOST": _abatement,
    "LPAUDIT": _lp_audit,
    "UPGRADING": _upgrading,
    "ENERGYEFFICIENCY": _energy_efficiency,
    "DESCRIBE": _describe,
    "TWFE": _twfe,
    "IVREG": _ivreg,
}
