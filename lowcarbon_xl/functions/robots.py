"""=ROBOTS: robot exposure of provinces, and its instrument."""

from __future__ import annotations

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, Argument, Group, Kind, worksheet_function
from lowcarbon_xl.cells import Block, Spill
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.indicators.robots import robot_exposure
from lowcarbon_xl.options import COMMON, KEYS, TEXT_NUMBERS, Option, Options
from lowcarbon_xl.sheet.industries import read_robots, read_shares
from lowcarbon_xl.sheet.spill import column_spill, number_cells, row_spill
from lowcarbon_xl.sheet.table import read_table

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
    example="=ROBOTS(指标!X4:AG34,指标!AI4:AQ14)",
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
