"""=ENTROPYINDEX, =UPGRADING, =ENERGYEFFICIENCY: the study's indicators."""

from __future__ import annotations

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Argument, Group, Kind, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.indicators.composite import entropy_index
from lowcarbon_xl.indicators.structure import energy_efficiency, tertiary_over_secondary, upgrading
from lowcarbon_xl.options import COMMON, KEYS, TEXT_NUMBERS, Option, Options
from lowcarbon_xl.productivity.measures import energy_efficiency as frontier_efficiency
from lowcarbon_xl.sheet.columns import value_columns
from lowcarbon_xl.sheet.industries import read_directions
from lowcarbon_xl.sheet.production import read_production
from lowcarbon_xl.sheet.roles import EMPLOYMENT_SECTORS, ENERGY, REAL_GDP, VALUE_ADDED_SECTORS, Role, require_role
from lowcarbon_xl.sheet.spill import column_spill, number_cells, row_spill
from lowcarbon_xl.sheet.table import Table, read_table


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
    example='=ENTROPYINDEX(指标!K4:M64,"+,+,-")',
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
    example="=UPGRADING(指标!A4:M64)",
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
    example="=ENERGYEFFICIENCY(指标!A4:M64)",
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
