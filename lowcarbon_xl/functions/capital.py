"""=REALGDP and =CAPITALSTOCK: deflating, and the perpetual inventory."""

from __future__ import annotations

from typing import Literal

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Group, worksheet_function
from lowcarbon_xl.cells import Block, Spill
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.options import COMMON, KEYS, TEXT_NUMBERS, Option, Options
from lowcarbon_xl.panel.panel import Keys, Vector
from lowcarbon_xl.productivity.capital import SHAN_DEPRECIATION, ZHANG_DEPRECIATION, capital_stock, real_gdp
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.keys import read_keys
from lowcarbon_xl.sheet.roles import GDP_INDEX, INVESTMENT, INVESTMENT_PRICE, NOMINAL_GDP, Role, require_role
from lowcarbon_xl.sheet.spill import column_spill, number_cells
from lowcarbon_xl.sheet.table import Table, read_table

SHAN_BASE_YEAR = 2000


def _column_option(role: Role) -> Option:
    return Option(
        role.key,
        "text",
        Text(f"{role.key}=列名 指定“{role.label.zh}”列", f"{role.key}=COLUMN names the column of {role.label.en}"),
        aliases={role.label.zh: role.key},
    )


_BASE = Option(
    "base",
    "number",
    Text("base=2006 基年（价格基准）", "base=2006 the base year of the prices"),
    aliases={"基年": "base", "基期": "base"},
)


def base_year(options: Options, default: int) -> int:
    """The base year of prices."""
    year = options.number("base", float(default))
    if not year.is_integer():
        raise InputError(Text(f"基年 {year:g} 不是年份", f"base year {year:g} is no year"), _BASE.help)
    return int(year)


def index_column(table: Table, column: int, keys: Keys) -> Vector:
    """An index with the previous year as 100: blanks in a unit's first year do not matter, other magnitudes do."""
    values = table.numbers(column, blanks=True)
    first = np.array([rows[0] for rows in keys.by_unit().values()])
    later = np.ones(len(values), dtype=bool)
    later[first] = False
    strange = np.flatnonzero(later & ((values < 50) | (values > 200)))
    if len(strange):
        row = int(strange[0])
        raise InputError(
            Text(
                f"“{table.headers[column].name}”是 {values[row]:g}，不像“上年=100”的指数",
                f"{table.headers[column].name} is {values[row]:g}, which does not look like an index with the previous year = 100",
            ),
            Text(
                "要环比指数（上年=100，约 80 到 130）；定基指数先换算",
                "Give the index with previous year = 100; convert a fixed-base index first",
            ),
            where=table.where(row, column),
        )
    return values


@worksheet_function(
    "REALGDP",
    Group.PRODUCTIVITY,
    summary=Text("基年价格的实际GDP", "Real GDP at base-year prices"),
    detail=Text(
        "基年的名义 GDP 按地区生产总值指数（上年=100）前后连乘；默认基年是区域里最早的年份。单位同 GDP。",
        "Nominal GDP of the base year chained both ways with the GDP index (previous year = 100); the base is the first year "
        "of the range by default. In the unit of GDP.",
    ),
    arguments=(PANEL, OPTIONS),
    options=(_BASE, _column_option(NOMINAL_GDP), _column_option(GDP_INDEX), *KEYS, TEXT_NUMBERS, *COMMON),
    spills=Text("每行一个数", "one number a row"),
    example="=REALGDP(资本!A4:F70)",
)
def real_gdp_of(panel: Block, options: Options) -> Spill:
    """Real GDP of every row."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    keys = read_keys(table, options)
    nominal_column = require_role(table, NOMINAL_GDP, options.text("gdp"))
    index_at = require_role(table, GDP_INDEX, options.text("index"))
    nominal = table.numbers(nominal_column, blanks=True)
    table.finite(nominal_column, nominal, "positive")
    base = base_year(options, int(keys.years.min()))
    with table.located():
        level = real_gdp(keys, nominal, index_column(table, index_at, keys), base)
    unit = table.headers[nominal_column].unit
    header = Text(
        f"实际GDP({unit + '，' if unit else ''}{base}年价)", f"real GDP ({unit + ', ' if unit else ''}{base} prices)"
    )
    return column_spill([header], [number_cells(level)], options, (Text(f"基年 {base}", f"base year {base}"),))


@worksheet_function(
    "CAPITALSTOCK",
    Group.PRODUCTIVITY,
    summary=Text("永续盘存法资本存量", "Capital stock by perpetual inventory"),
    detail=Text(
        "K(t)=(1-d)K(t-1)+I(t)/P(t)。默认单豪杰（2008）：d=10.96%，基年 2000，K(2000)=I(2001)/(d+g)，g 为 2000-2005 年实际投资的"
        "几何平均增长率。I 为固定资本形成总额，P 为固定资产投资价格指数（上年=100）。initial=zhang 用张军等（2004）：K=I/0.1，d=9.6%。",
        "K_t = (1-d) K_t-1 + I_t/P_t. Default Shan Haojie (2008): d = 10.96 %, base year 2000, K_2000 = I_2001/(d+g), g the "
        "geometric mean growth of real investment 2000-2005. I is gross fixed capital formation, P its price index (previous "
        "year = 100). initial=zhang uses Zhang et al. (2004): K = I/0.1, d = 9.6 %.",
    ),
    arguments=(PANEL, OPTIONS),
    options=(
        Option(
            "initial",
            "text",
            Text(
                "initial=shan（默认）| zhang | 初始存量的列名",
                "initial=shan (default) | zhang | a column with the initial stock",
            ),
            aliases={"初始": "initial", "初始存量": "initial"},
        ),
        Option(
            "delta",
            "number",
            Text("delta=0.1096 折旧率", "delta=0.1096 the rate of depreciation"),
            aliases={"折旧": "delta", "折旧率": "delta", "d": "delta"},
        ),
        Option(
            "growth",
            "choice",
            Text(
                "growth=geometric（默认，几何平均）| arithmetic（算术平均）：初始存量里的增长率",
                "growth=geometric (default) | arithmetic: mean growth behind the initial stock",
            ),
            choices=("geometric", "arithmetic"),
            aliases={"几何": "geometric", "算术": "arithmetic"},
        ),
        _BASE,
        _column_option(INVESTMENT),
        _column_option(INVESTMENT_PRICE),
        *KEYS,
        TEXT_NUMBERS,
        *COMMON,
    ),
    spills=Text("每行一个数；基年之前是 #N/A", "one number a row; #N/A before the base year"),
    example="=CAPITALSTOCK(资本!A4:F70)",
)
def capital_stock_of(panel: Block, options: Options) -> Spill:
    """Capital stock of every row."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    keys = read_keys(table, options)
    investment_column = require_role(table, INVESTMENT, options.text("investment"))
    price_column = require_role(table, INVESTMENT_PRICE, options.text("price"))
    investment = table.numbers(investment_column, blanks=True)
    table.finite(investment_column, investment, "positive")
    base = base_year(options, SHAN_BASE_YEAR)
    initial, rule = initial_stock_rule(table, options)
    depreciation = depreciation_rate(options, rule)
    growth: Literal["geometric", "arithmetic"] = "arithmetic" if options.text("growth") == "arithmetic" else "geometric"
    with table.located():
        result = capital_stock(
            keys,
            investment,
            index_column(table, price_column, keys),
            base,
            depreciation=depreciation,
            initial=initial,
            growth=growth,
        )
    before = Text(f"基年 {base} 之前没有资本存量。", f"There is no stock before the base year {base}.")
    unit = table.headers[investment_column].unit
    header = Text(
        f"资本存量({unit + '，' if unit else ''}{base}年价)",
        f"capital stock ({unit + ', ' if unit else ''}{base} prices)",
    )
    notes = (
        Text(
            f"折旧率 {depreciation:.2%}，基年 {base}，初始存量 {rule}",
            f"depreciation {depreciation:.2%}, base year {base}, initial stock {rule}",
        ),
        *_growth_notes(result.initial_growth, growth),
    )
    return column_spill([header], [number_cells(result.stock, before)], options, notes)


def initial_stock_rule(table: Table, options: Options) -> tuple[Literal["shan", "zhang"] | Vector, str]:
    """The rule of the initial stock, or the stock itself; and the name to print."""
    given = options.text("initial", "shan")
    if fold(given) in ("shan", "单豪杰"):
        return "shan", "shan"
    if fold(given) in ("zhang", "张军"):
        return "zhang", "zhang"
    column = table.find(given)
    return table.numbers(column, blanks=True), table.headers[column].name


def depreciation_rate(options: Options, rule: str) -> float:
    """The rate of depreciation: given, or that of the rule."""
    rate = options.number("delta", ZHANG_DEPRECIATION if rule == "zhang" else SHAN_DEPRECIATION)
    if not 0 < rate < 1:
        raise InputError(
            Text(f"折旧率 {rate:g} 不在 0 和 1 之间", f"the rate of depreciation {rate:g} is not between 0 and 1"),
            Text("10.96% 写成 delta=0.1096", "Write 10.96 % as delta=0.1096"),
        )
    return rate


def _growth_notes(rates: dict[str, float], growth: str) -> tuple[Text, ...]:
    if not rates:
        return ()
    listed = "，".join(f"{unit} {rate:.2%}" for unit, rate in rates.items())
    mean = Text("几何平均", "geometric mean") if growth == "geometric" else Text("算术平均", "arithmetic mean")
    return (
        Text(
            f"实际投资增长（{mean.zh}）：{listed}",
            f"growth of real investment ({mean.en}): {listed.replace('，', ', ')}",
        ),
    )
