"""=ROBOTS, =ENTROPYINDEX, =UPGRADING, =ENERGYEFFICIENCY: the study's indicators."""

from __future__ import annotations

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Argument, Group, Kind, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.indicators.composite import entropy_index
from lowcarbon_xl.indicators.robots import robot_exposure
from lowcarbon_xl.indicators.structure import energy_efficiency, tertiary_over_secondary, upgrading
from lowcarbon_xl.options import COMMON, KEYS, TEXT_NUMBERS, Option, Options
from lowcarbon_xl.productivity.measures import energy_efficiency as frontier_efficiency
from lowcarbon_xl.sheet.columns import value_columns
from lowcarbon_xl.sheet.industries import read_directions, read_robots, read_shares
from lowcarbon_xl.sheet.production import read_production
from lowcarbon_xl.sheet.roles import EMPLOYMENT_SECTORS, ENERGY, REAL_GDP, VALUE_ADDED_SECTORS, Role, require_role
from lowcarbon_xl.sheet.spill import column_spill, number_cells, row_spill
from lowcarbon_xl.sheet.table import Table, read_table

_ROBOT_OPTIONS = (
    Option(
        "total",
        "text",
        Text(
            "total=列名 各省总就业；total=sum 用各行业之和",
            "total=COLUMN the total employment of a province; total=sum adds the industries up",
        ),
        aliases={"总就业": "total"},
    ),
    Option(
        "foreign",
        "flag",
        Text(
            "foreign=1 工具变量：机器人是外国的，行业就业也要外国的（机器人表里“就业”一行）",
            "foreign=1 the instrument: foreign robots, with foreign employment in a row 就业 of the robots table",
        ),
        aliases={"工具变量": "foreign", "国外": "foreign"},
    ),
    Option(
        "loo",
        "flag",
        Text("loo=1 从全国机器人中去掉本省的份额", "loo=1 takes the province's own share out of the robots"),
        aliases={"去掉本省": "loo"},
    ),
    Option(
        "lag",
        "number",
        Text("lag=1 用几年前的机器人", "lag=1 uses the robots of some years earlier"),
        aliases={"滞后": "lag"},
    ),
)


@worksheet_function(
    "ROBOTS",
    Group.INDICATORS,
    summary=Text("机器人渗透度，或以外国机器人构造的工具变量", "Robot exposure, or its instrument with foreign robots"),
    detail=Text(
        "AI(it)=Σj (L(ij)/L(i))·(R(jt)/L(j))，就业取基年（如 2004 年）。L(i) 是省的总就业，L(j) 是全国的行业就业（论文正文把两个下标写反了）。"
        "第一个区域每省一行、每行业一列；有年份列时按行输出，否则输出省份 x 年份。第二个区域每年一行、每行业一列；"
        "年份列写“就业”的一行给出 L(j)，没有时用各省之和。",
        "AI_it = sum_j (L_ij / L_i) (R_jt / L_j), employment of a base year such as 2004. L_i is the province's total, L_j the "
        "industry's national employment (the study's prose swaps the two). The first range has a row a province and a column an "
        "industry; with a year column the result follows its rows, else it lists provinces x years. The second has a row a year; "
        "a row whose year reads employment gives L_j, otherwise the provinces are added up.",
    ),
    arguments=(
        Argument(
            "shares",
            Text("就业", "shares"),
            Text("各省基年分行业就业，带标题行", "Base-year employment by industry, a row a province"),
            Kind.RANGE,
        ),
        Argument(
            "robots",
            Text("机器人", "robots"),
            Text("分行业机器人存量，每年一行，带标题行", "Robots by industry, a row a year"),
            Kind.RANGE,
        ),
        OPTIONS,
    ),
    options=(*_ROBOT_OPTIONS, *KEYS, TEXT_NUMBERS, *COMMON),
    spills=Text(
        "每行一个数；没有年份列时为省份、年份、数值三列",
        "one number a row; province, year and value when there is no year column",
    ),
    example='=ROBOTS(就业!A1:Q31,机器人!A1:P11,"total=总就业")',
)
def robots_exposure(shares: Block, robots: Block, options: Options) -> Spill:
    """Exposure of provinces in years."""
    read_text = options.text("text") == "read"
    employment = read_shares(read_table(shares, read_text_numbers=read_text), options)
    stock = read_robots(read_table(robots, read_text_numbers=read_text), employment.industries, options)
    if options.flag("foreign") and stock.employment is None:
        raise InputError(
            Text("外国机器人要配外国的行业就业", "foreign robots need foreign employment of the industries"),
            Text(
                "在机器人表里加一行，年份写“就业”",
                "Add a row whose year reads 就业 (employment) to the table of robots",
            ),
            where=robots.whole,
        )
    denominator = employment.levels.sum(axis=0) if stock.employment is None else stock.employment
    with employment.table.located():
        values = robot_exposure(
            employment.levels, employment.totals, stock.values, denominator, leave_one_out=options.flag("loo")
        )
    notes = (
        Text(f"总就业：{employment.total_source.zh}", f"total employment: {employment.total_source.en}"),
        Text("行业就业：机器人表", "industry employment: the table of robots")
        if stock.employment is not None
        else Text("行业就业：各省之和", "industry employment: the sum of the provinces"),
    )
    header = (
        Text("机器人渗透度工具变量", "instrument")
        if options.flag("foreign")
        else Text("机器人渗透度", "robot exposure")
    )
    return _arranged(employment.units, employment.years, stock.years, values, header, options, notes)


def _arranged(
    units: tuple[str, ...],
    own_years: tuple[int, ...] | None,
    years: tuple[int, ...],
    values: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    header: Text,
    options: Options,
    notes: tuple[Text, ...],
) -> Spill:
    """A column beside the panel, or a list of provinces and years."""
    lag = int(options.number("lag", 0))
    position = {year + lag: column for column, year in enumerate(years)}
    missing = Text("机器人表里没有这一年。", "The table of robots lacks this year.")
    if own_years is not None:
        column = [
            float(values[row, position[year]]) if year in position else np.nan for row, year in enumerate(own_years)
        ]
        return column_spill([header], [number_cells(column, missing)], options, notes)
    rows = [
        (unit, year, float(values[row, column])) for row, unit in enumerate(units) for year, column in position.items()
    ]
    return row_spill([Text("省份", "province"), Text("年份", "year"), header], rows, options, notes)


@worksheet_function(
    "ENTROPYINDEX",
    Group.INDICATORS,
    summary=Text("熵值法综合指数", "Composite index by entropy weights"),
    detail=Text(
        '按方向极差标准化，p=z/Σz，e=-Σp·ln p/ln n，权重=(1-e)/Σ(1-e)，得分=Σ权重·z。方向写 "+,-,+"，默认都是正向。weights=1 给出权重表。',
        "Range-normalised by direction; p = z/sum z, e = -sum p ln p/ln n, weight = (1-e)/sum(1-e), score = sum weight z. Directions "
        'as "+,-,+", all positive by default. weights=1 gives the table of weights.',
    ),
    arguments=(
        Argument(
            "range",
            Text("区域", "range"),
            Text(
                "带标题行的区域，每个指标一列；键列不算",
                "Range with its header row, a column an indicator; keys do not count",
            ),
            Kind.RANGE,
        ),
        Argument(
            "directions",
            Text("方向", "directions"),
            Text('可省略；每列一个 + 或 -，如 "+,-,+"', 'Optional; + or - for each column, as "+,-,+"'),
            Kind.COLUMNS,
            optional=True,
        ),
        OPTIONS,
    ),
    options=(
        Option(
            "weights",
            "flag",
            Text("weights=1 给出权重、熵值", "weights=1 gives weights and entropies"),
            aliases={"权重": "weights"},
        ),
        Option(
            "shift",
            "number",
            Text(
                "shift=0.0001 标准化后平移（默认 0，0·ln0=0）",
                "shift=0.0001 added after normalising (default 0, 0 ln 0 = 0)",
            ),
            aliases={"平移": "shift"},
        ),
        Option(
            "columns",
            "names",
            Text("columns=列名,列名 只用这些指标", "columns=a,b uses these indicators only"),
            aliases={"列": "columns"},
        ),
        *KEYS,
        TEXT_NUMBERS,
        *COMMON,
    ),
    spills=Text("每行一个得分；weights=1 时每个指标一行", "one score a row; with weights=1 a row an indicator"),
    example='=ENTROPYINDEX(变量!C1:F301,"+,+,-,+")',
)
def entropy_index_of(range_: Block, directions: Block | str | None, options: Options) -> Spill:
    """Composite score of every row, or the weights."""
    table = read_table(range_, read_text_numbers=options.text("text") == "read")
    columns = value_columns(table, options)
    names = [table.headers[column].name for column in columns]
    positive = read_directions(directions, names)
    indicators = np.column_stack([table.numbers(column) for column in columns])
    with table.located():
        result = entropy_index(indicators, positive, names, options.number("shift", 0.0))
    signs = ["+" if sign else "-" for sign in positive]
    listed = ", ".join(
        f"{name}({sign}) {weight:.4f}" for name, sign, weight in zip(names, signs, result.weights, strict=True)
    )
    notes = (Text(f"熵权：{listed}", f"entropy weights: {listed}"),)
    if options.flag("weights"):
        heads = [Text("指标", "indicator"), Text("方向", "direction"), Text("熵值", "entropy"), Text("权重", "weight")]
        rows: list[tuple[Output, ...]] = list(
            zip(names, signs, result.entropy.tolist(), result.weights.tolist(), strict=True)
        )
        return row_spill(heads, rows, options, notes)
    return column_spill([Text("综合指数", "composite index")], [number_cells(result.score)], options, notes)


@worksheet_function(
    "UPGRADING",
    Group.INDICATORS,
    summary=Text("产业结构升级", "Industrial upgrading"),
    detail=Text(
        "默认 Σ(产业增加值/GDP)·(产业增加值/产业就业)，单位为万元/人（增加值亿元、就业万人）；method=standardised 先除以各产业劳动生产率的样本均值；"
        "method=ratio 为第三产业/第二产业。",
        "Default: sum over sectors of (value added / GDP) x (value added / employment), in 10^4 CNY per person (10^8 CNY, 10^4 persons); "
        "method=standardised divides productivities by their sample means first; method=ratio is tertiary over secondary.",
    ),
    arguments=(PANEL, OPTIONS),
    options=(
        Option(
            "method",
            "choice",
            Text("method=product（默认）| standardised | ratio", "method=product (default) | standardised | ratio"),
            choices=("product", "standardised", "ratio"),
            aliases={
                "方法": "method",
                "乘积": "product",
                "标准化": "standardised",
                "standardized": "standardised",
                "比值": "ratio",
            },
        ),
        TEXT_NUMBERS,
        *COMMON,
    ),
    spills=Text("每行一个数", "one number a row"),
    example="=UPGRADING(产业!A1:H301)",
)
def upgrading_of(panel: Block, options: Options) -> Spill:
    """Upgrading of every row."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    method = options.text("method", "product")
    added = _sectors(table, VALUE_ADDED_SECTORS[1:] if method == "ratio" else VALUE_ADDED_SECTORS)
    if method == "ratio":
        values = tertiary_over_secondary(np.column_stack([added[:, 0], added]))
    else:
        values = upgrading(added, _sectors(table, EMPLOYMENT_SECTORS), standardised=method == "standardised")
    return column_spill(
        [Text("产业升级", "upgrading")],
        [number_cells(values)],
        options,
        (Text(f"方法：{method}", f"method: {method}"),),
    )


def _sectors(table: Table, roles: tuple[Role, ...]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    columns = [require_role(table, role) for role in roles]
    values = [table.numbers(column) for column in columns]
    for column, numbers in zip(columns, values, strict=True):
        table.finite(column, numbers, "positive")
    return np.column_stack(values)


@worksheet_function(
    "ENERGYEFFICIENCY",
    Group.INDICATORS,
    summary=Text("能源效率：GDP/能源，或全要素能源效率", "Energy efficiency: GDP over energy, or total-factor"),
    detail=Text(
        "默认 GDP/能源消费（越大越好；论文文字写反了，符号要这一种）。"
        "method=frontier 为全要素能源效率（Hu 和 Wang 2006）：目标能源/实际能源，同年前沿。",
        "Default GDP / energy (more is better; the study's wording has it the other way round, its sign needs this one). "
        "method=frontier is total-factor energy efficiency (Hu and Wang 2006): target over actual energy, same-year frontier.",
    ),
    arguments=(PANEL, OPTIONS),
    options=(
        Option(
            "method",
            "choice",
            Text("method=ratio（默认）| frontier", "method=ratio (default) | frontier"),
            choices=("ratio", "frontier"),
            aliases={"方法": "method", "比值": "ratio", "前沿": "frontier"},
        ),
        Option(
            "energy",
            "text",
            Text("energy=列名 能源列", "energy=COLUMN the column of energy"),
            aliases={"能源": "energy"},
        ),
        Option("good", "names", Text("good=列名 GDP 列", "good=COLUMN the column of GDP"), aliases={"GDP": "good"}),
        Option(
            "inputs",
            "names",
            Text("inputs=a,b,c 投入列（frontier）", "inputs=a,b,c columns of inputs (frontier)"),
            aliases={"投入": "inputs"},
        ),
        Option(
            "bad",
            "names",
            Text("bad=CO2 非期望产出列（frontier）", "bad=co2 columns of bad outputs (frontier)"),
            aliases={"非期望产出": "bad"},
        ),
        *KEYS,
        TEXT_NUMBERS,
        *COMMON,
    ),
    spills=Text("每行一个数", "one number a row"),
    example="=ENERGYEFFICIENCY(面板!A1:G511)",
)
def energy_efficiency_of(panel: Block, options: Options) -> Spill:
    """Energy efficiency of every row."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    energy_column = require_role(table, ENERGY, options.text("energy"))
    header = Text("能源效率", "energy efficiency")
    if options.text("method") == "frontier":
        production = read_production(table, options)
        with table.located():
            saved = frontier_efficiency(production, table.headers[energy_column].name).inefficiency
        note = Text("全要素能源效率，同年前沿，CRS", "total-factor energy efficiency, same-year frontier, CRS")
        return column_spill([header], [number_cells(1 - saved)], options, (note,))
    gdp_column = require_role(table, REAL_GDP, (*options.names("good"), "")[0])
    gdp, energy = table.numbers(gdp_column, blanks=True), table.numbers(energy_column, blanks=True)
    table.finite(gdp_column, gdp, "positive")
    table.finite(energy_column, energy, "positive")
    blank = Text("GDP 或能源是空的。", "GDP or energy is blank.")
    units = Text(
        f"{table.headers[gdp_column].text} / {table.headers[energy_column].text}",
        f"{table.headers[gdp_column].text} / {table.headers[energy_column].text}",
    )
    return column_spill([header], [number_cells(energy_efficiency(gdp, energy), blank)], options, (units,))
