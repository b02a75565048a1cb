"""Traces of sums and paths: fuel by fuel, year by year, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lowcarbon_xl.audit.trace import Section, Trace, table_cells
from lowcarbon_xl.cells import Output
from lowcarbon_xl.emissions.factors import Factor
from lowcarbon_xl.errors import Text
from lowcarbon_xl.panel.panel import Keys, Vector
from lowcarbon_xl.productivity.capital import GROWTH_YEARS, CapitalStock
from lowcarbon_xl.readers.marks import year_of
from lowcarbon_xl.sheet.fuels import fuel_activity
from lowcarbon_xl.sheet.industries import Robots, Shares
from lowcarbon_xl.sheet.spill import number_cell
from lowcarbon_xl.sheet.table import Table


def trace_fuels(trace: Trace, table: Table, row: int, fuels: Mapping[str, int], factors: Mapping[str, Factor]) -> Trace:
    """CO2 of one row as fuel times factor, term by term; the terms add up to the result.

    Parameters
    ----------
    table : Table
    row : int
        Data row, zero-based.
    fuels : mapping of fuel to column
        The fuels that the number adds up: one, or all.
    factors : mapping of fuel to Factor
    """
    lines: list[tuple[Output, ...]] = []
    total = 0.0
    for fuel, column in fuels.items():
        raw = table.numbers(column, blanks=True)[row]
        activity = fuel_activity(table, fuel, column)[row]
        product = activity * factors[fuel].multiplier
        total += product
        numbers = (raw, activity, factors[fuel].value, product)
        lines.append((factors[fuel].name, table.where(row, column), *(number_cell(float(n)) for n in numbers)))
    head: tuple[Output, ...] = (
        Text("能源", "fuel"),
        Text("单元格", "cell"),
        Text("原值", "as given"),
        Text("活动量(万吨；气亿立方米)", "activity (10^4 t; gas 10^8 m3)"),
        Text("因子(kg CO2/kg；气/m3)", "factor (kg CO2/kg; gas per m3)"),
        Text("CO2(万吨)", "CO2 (10^4 t)"),
    )
    last: tuple[Output, ...] = (Text("合计", "total"), "", "", "", "", number_cell(total))
    section = Section(Text("活动量 x 因子，逐项", "Activity times factor, term by term"), (head, *lines, last))
    return replace(trace, cells=table_cells(table, [row], list(fuels.values())), sections=(section,))


def trace_stock(
    trace: Trace,
    table: Table,
    keys: Keys,
    row: int,
    columns: tuple[int, int],
    found: CapitalStock,
    *,
    base: int,
    depreciation: float,
    initial: int | str,
) -> Trace:
    """The path of one province's capital stock from the base year to the row's year.

    Parameters
    ----------
    columns : (int, int)
        Investment and its price index.
    found : CapitalStock
    base : int
        Base year.
    depreciation : float
    initial : int or str
        Column of the initial stock, or the rule behind it ("shan", "zhang").
    """
    unit = keys.units[row]
    path = [r for r in keys.by_unit()[unit].tolist() if keys.years[r] >= base]
    until = path.index(row) if row in path else -1
    reach = max(until, GROWTH_YEARS) if initial == "shan" else until
    used = path[: reach + 1]
    lines: list[tuple[Output, ...]] = []
    investment = table.numbers(columns[0], blanks=True)
    price = table.numbers(columns[1], blanks=True)
    for position, r in enumerate(path[: until + 1]):
        kept = (1 - depreciation) * found.stock[path[position - 1]] if position else np.nan
        numbers = (investment[r], price[r] if position else np.nan, found.real_investment[r], kept, found.stock[r])
        told = [number_cell(float(n)) if np.isfinite(n) else "" for n in numbers]
        lines.append((int(keys.years[r]), table.where(r, columns[0]), *told))
    head: tuple[Output, ...] = (
        Text("年份", "year"),
        Text("投资单元格", "cell of investment"),
        Text("投资", "investment"),
        Text("价格指数(上年=100)", "price index (previous year = 100)"),
        Text("不变价投资", "real investment"),
        Text("(1-d)·上年存量", "(1-d) x stock of the year before"),
        Text("资本存量", "capital stock"),
    )
    label = _initial_label(initial, depreciation, found.initial_growth.get(unit))
    who = [f"{u} {year}" for u, year in zip(keys.units, keys.years.tolist(), strict=True)]
    cells = table_cells(table, used, columns[:1], who) + table_cells(table, used[1:], columns[1:], who)
    if isinstance(initial, int):
        cells += table_cells(table, path[:1], [initial], who)
    section = Section(Text(f"{unit}：永续盘存路径", f"{unit}: the path of the perpetual inventory"), (head, *lines))
    return replace(trace, cells=cells, sections=(section,), notes=(label, *trace.notes))


def _initial_label(initial: int | str, depreciation: float, growth: float | None) -> Text:
    if isinstance(initial, int):
        return Text("初始存量取自单元格", "the initial stock is taken from its cell")
    if growth is None:
        return Text("初始存量 = 基年不变价投资 / 10%", "initial stock = real investment of the base year / 10 %")
    return Text(
        f"初始存量 = 基年下一年不变价投资 / (d + g)，d = {depreciation!r}，g = {growth!r}（基年后 {GROWTH_YEARS} 年）",
        f"initial stock = real investment of the year after the base / (d + g), d = {depreciation!r}, g = {growth!r} "
        f"({GROWTH_YEARS} years after the base)",
    )


def trace_chain(trace: Trace, table: Table, keys: Keys, row: int, columns: tuple[int, int], base: int) -> Trace:
    """Real GDP of one row: nominal GDP of the base year times or over the indices in between."""
    unit, year = keys.units[row], int(keys.years[row])
    rows = keys.by_unit()[unit].tolist()
    start = next(r for r in rows if keys.years[r] == base)
    links = [r for r in rows if min(base, year) < keys.years[r] <= max(base, year)]
    index = table.numbers(columns[1], blanks=True)
    sign = "x" if year >= base else "/"
    head: tuple[Output, ...] = (
        Text("年份", "year"),
        Text("单元格", "cell"),
        Text("值", "value"),
        Text("运算", "operation"),
    )
    first: tuple[Output, ...] = (base, table.where(start, columns[0]), table.numbers(columns[0])[start].item(), "")
    lines: list[tuple[Output, ...]] = [
        (int(keys.years[r]), table.where(r, columns[1]), float(index[r]), f"{sign} {float(index[r])!r}/100")
        for r in links
    ]
    who = [f"{u} {y}" for u, y in zip(keys.units, keys.years.tolist(), strict=True)]
    cells = table_cells(table, [start], columns[:1], who) + table_cells(table, links, columns[1:], who)
    title = Text(f"{unit}：基年 GDP 与各年指数", f"{unit}: GDP of the base year and the indices between")
    return replace(trace, cells=cells, sections=(Section(title, (head, first, *lines)),))


@dataclass(frozen=True, slots=True)
class Exposed:
    """Whose exposure in which year: the province, its row of the shares; the year, its row, position and column."""

    unit: str
    row: int
    year: int
    robot_row: int
    position: int
    time_column: int


def trace_exposure(
    trace: Trace, shares: Table, robots: Table, employment: Shares, stock: Robots, who: Exposed, leave_one_out: bool
) -> Trace:
    """Robot exposure of one province in one year, industry by industry; the terms add up to the result."""
    national = employment.levels.sum(axis=0)
    denominator = national if stock.employment is None else stock.employment
    columns = [shares.find(name) for name in employment.industries]
    across = [robots.find(name) for name in employment.industries]
    total = float(employment.totals[who.row])
    lines: list[tuple[Output, ...]] = []
    terms = []
    for j, name in enumerate(employment.industries):
        level, robot = float(employment.levels[who.row, j]), float(stock.values[who.position, j])
        kept = 1 - level / float(national[j]) if leave_one_out else 1.0
        terms.append(level / total * kept * robot / float(denominator[j]))
        numbers = (level, total, robot, float(denominator[j]), terms[-1])
        places = shares.where(who.row, columns[j]), robots.where(who.robot_row, across[j])
        lines.append((name, *places, *numbers))
    head: tuple[Output, ...] = (
        Text("行业", "industry"),
        Text("就业单元格", "cell of employment"),
        Text("机器人单元格", "cell of robots"),
        "L_ij",
        "L_i",
        "R_jt",
        "L_j",
        Text("项", "term"),
    )
    last: tuple[Output, ...] = (Text("合计", "total"), *[""] * 6, sum(terms))
    title = Text(f"{who.unit} {who.year}：逐行业", f"{who.unit} {who.year}: industry by industry")
    own = [c for c in range(len(shares.headers)) if c not in columns]
    every = stock.employment is None or leave_one_out
    cells = table_cells(shares, range(shares.rows) if every else [who.row], columns, employment.units)
    cells += table_cells(shares, [who.row], own, employment.units)
    times = robots.cells(who.time_column)
    employed = [] if stock.employment is None else [r for r, cell in enumerate(times) if year_of(cell) is None]
    labels = [str(cell) for cell in times]
    cells += table_cells(robots, [who.robot_row, *employed], across, labels)
    return replace(trace, cells=cells, sections=(Section(title, (head, *lines, last)),))


def trace_row(trace: Trace, table: Table, row: int, columns: Sequence[int]) -> Trace:
    """A number made of cells of its own row alone."""
    return replace(trace, cells=table_cells(table, [row], columns))


def trace_column(trace: Trace, table: Table, column: int, values: Vector) -> Trace:
    """A statistic of one column: its cells, and how many of them are blank."""
    blank = int(np.isnan(values).sum())
    note = Text(f"空格 {blank} 个，不计入", f"{blank} blanks are not counted")
    filled = np.flatnonzero(~np.isnan(values)).tolist()
    cells = table_cells(table, filled, [column])
    return replace(trace, cells=cells, notes=(*trace.notes, note) if blank else trace.notes)
