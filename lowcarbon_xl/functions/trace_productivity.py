"""Traces of capital, efficiency and productivity: each function's arguments, read as the function reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from lowcarbon_xl.audit.trace import Call, Trace, by_ranges
from lowcarbon_xl.audit.trace_frontier import Program, index_programs, trace_programs
from lowcarbon_xl.audit.trace_terms import trace_chain, trace_stock
from lowcarbon_xl.cells import Block
from lowcarbon_xl.errors import Text
from lowcarbon_xl.functions.capital import (
    SHAN_BASE_YEAR,
    base_year,
    depreciation_rate,
    index_column,
    initial_stock_rule,
)
from lowcarbon_xl.functions.frontier import row_of
from lowcarbon_xl.functions.frontier_options import read_measure
from lowcarbon_xl.functions.gtfp import cumulative_base, frozen_years, gaps_option
from lowcarbon_xl.functions.sbmddf import tasks_of
from lowcarbon_xl.options import Options
from lowcarbon_xl.productivity.capital import capital_stock
from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.indices import IndexName, productivity_change
from lowcarbon_xl.productivity.technology import Production
from lowcarbon_xl.sheet.keys import read_keys
from lowcarbon_xl.sheet.production import read_production
from lowcarbon_xl.sheet.roles import (
    GDP_INDEX,
    INVESTMENT,
    INVESTMENT_PRICE,
    NOMINAL_GDP,
    production_columns,
    require_role,
)
from lowcarbon_xl.sheet.table import Table, read_table


def _table(panel: Block, options: Options) -> Table:
    return read_table(panel, read_text_numbers=options.text("text") == "read")


def trace_capital(trace: Trace, call: Call, panel: Block, options: Options) -> Trace:
    """The province's path since the base year."""
    table = _table(panel, options)
    keys = read_keys(table, options)
    columns = (
        require_role(table, INVESTMENT, options.text("investment")),
        require_role(table, INVESTMENT_PRICE, options.text("price")),
    )
    base = base_year(options, SHAN_BASE_YEAR)
    initial, rule = initial_stock_rule(table, options)
    depreciation = depreciation_rate(options, rule)
    found = capital_stock(
        keys,
        table.numbers(columns[0], blanks=True),
        index_column(table, columns[1], keys),
        base,
        depreciation=depreciation,
        initial=initial,
        growth="arithmetic" if options.text("growth") == "arithmetic" else "geometric",
    )
    named = rule if isinstance(initial, str) else table.find(rule)
    return trace_stock(
        trace,
        table,
        keys,
        call.data_row(options),
        columns,
        found,
        base=base,
        depreciation=depreciation,
        initial=named,
    )


def trace_real_gdp(trace: Trace, call: Call, panel: Block, options: Options) -> Trace:
    """GDP of the base year and the indices between."""
    table = _table(panel, options)
    keys = read_keys(table, options)
    columns = (
        require_role(table, NOMINAL_GDP, options.text("gdp")),
        require_role(table, GDP_INDEX, options.text("index")),
    )
    base = base_year(options, int(keys.years.min()))
    return trace_chain(trace, table, keys, call.data_row(options), columns, base)


def _production(panel: Block, options: Options) -> tuple[Table, Production, tuple[int, ...]]:
    table = _table(panel, options)
    roles = production_columns(table, options.names("inputs"), options.names("good"), options.names("bad"))
    return table, read_production(table, options), (*roles.inputs, *roles.goods, *roles.bads)


def trace_gtfp(trace: Trace, call: Call, panel: Block, options: Options) -> Trace | None:
    """The programs of both years, and how the index combines them."""
    if options.text("decompose", "ECTC") != "ECTC" or call.offset[1] > 3:
        return None
    table, production, columns = _production(panel, options)
    measure, row = read_measure(options), call.data_row(options)
    found = productivity_change(
        production,
        measure,
        cast(IndexName, options.text("index", "GML")),
        options.text("reference") or None,
        base=cumulative_base(options),
        frozen=frozen_years(options),
        gaps=gaps_option(options),
    )
    part = ("index", "efficiency", "technical", "cumulative")[call.offset[1]]
    if part == "cumulative" and found.reference != "global":
        note = Text(
            "累积指数是以前各年指数的连乘，请逐年追溯指数列",
            "cumulative is the product of the yearly indices: trace those",
        )
        return by_ranges(replace(trace, notes=(note, *trace.notes)), call.blocks)
    programs, combination = index_programs(production, found, row, part, frozen_years(options), gaps_option(options))
    trace = replace(trace, sections=(combination,))
    return trace_programs(trace, table, production, columns, measure, programs)


_SCORE = Text("无效率值", "inefficiency")


def trace_sbmddf(trace: Trace, call: Call, panel: Block, options: Options) -> Trace:
    """The row's program."""
    table, production, columns = _production(panel, options)
    row = call.data_row(options)
    tasks = tasks_of(production, options.text("reference", "global"))
    program = Program(_SCORE, row, tasks.pools[tasks.pool_of[row]])
    return trace_programs(trace, table, production, columns, read_measure(options), [program])


def trace_abatement(trace: Trace, call: Call, panel: Block, options: Options) -> Trace:
    """The row's radial program and its duals."""
    table, production, columns = _production(panel, options)
    row, given = call.data_row(options), read_measure(options)
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


def trace_lp_audit(trace: Trace, call: Call, panel: Block, province: str, year: float, options: Options) -> Trace:
    """The program that is written out."""
    table, production, columns = _production(panel, options)
    row = row_of(production, province, year, free=bool(options.text("unit")))
    years = [int(year)] if options.text("reference") == "contemporaneous" else np.unique(production.years).tolist()
    program = Program(_SCORE, row, production.rows_of(years))
    return trace_programs(trace, table, production, columns, read_measure(options), [program], whole=True)
