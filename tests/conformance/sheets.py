"""The data that the conformance calls stand on: sheets by name, row by row, the same for every host.

A text that starts with ``=`` is an ordinary formula. Everything is computed from small formulas of its own, so the
figures mean nothing; they only are well behaved.
"""

from __future__ import annotations

import datetime as dt
import math

from lowcarbon_xl.cells import Cell, CellError

Rows = list[list[Cell]]

LARGE_ROWS, LARGE_COLUMNS = 5_000, 12

PROVINCES = ("北京", "天津", "河北", "山西", "内蒙古", "辽宁")
NAMES = ("Beijing", "Tianjin", "Hebei", "Shanxi")
PRODUCTION = ("就业人员", "资本存量", "能源消费", "实际GDP", "二氧化碳")
FUELS = ("原煤", "焦炭", "原油", "汽油", "煤油", "柴油", "燃料油", "天然气", "液化石油气")


def wave(*numbers: int) -> float:
    """A number between 0 and 1 that looks random and is the same on every machine to the last digits that matter."""
    phase = sum(number * factor for number, factor in zip(numbers, (12.9898, 78.233, 37.719, 4.581), strict=False))
    return round((math.sin(phase) * 43758.5453) % 1.0, 6)


def production(keys: tuple[str, ...] = PROVINCES, years: int = 5, start: int = 2015) -> Rows:
    """Inputs, output and CO2 of a panel (no header)."""
    return [
        [
            unit,
            float(start + t),
            round(100 + 40 * p + 5 * t + 10 * wave(p, t, 1), 4),
            round(300 + 90 * p + 30 * t + 20 * wave(p, t, 2), 4),
            round(60 + 15 * p + 3 * t + 8 * wave(p, t, 3), 4),
            round(200 + 70 * p + 25 * t + 60 * wave(p, t, 4), 4),
            round(90 + 20 * p + 4 * t + 30 * wave(p, t, 5), 4),
        ]
        for p, unit in enumerate(keys)
        for t in range(years)
    ]


def production_with(row: int, column: int, value: Cell) -> Rows:
    """The panel of three provinces with one cell changed (zero-based, the header counts)."""
    rows: Rows = [["省份", "年份", *PRODUCTION], *production(PROVINCES[:3], 3)]
    rows[row][column] = value
    return rows


def fuels() -> Rows:
    """Nine fuels of two provinces; 0 is no consumption, a blank is not known."""
    rows: Rows = [["省份", "年份", *FUELS]]
    for p, province in enumerate(PROVINCES[:2]):
        for t in range(4):
            rows.append([province, 2018.0 + t, *(round(500 * wave(p, t, f), 2) for f in range(len(FUELS)))])
    rows[2][4] = 0.0
    rows[3][5] = None
    return rows


def factors() -> Rows:
    """A table of emission factors of one's own."""
    rows: Rows = [["燃料", "因子"]]
    for i, name in enumerate(FUELS):
        rows.append([name, 1.0 + i / 4])
    return rows


def accounts() -> Rows:
    """GDP, its index, investment and its price of three provinces, 2000-2008."""
    rows: Rows = [
        ["省份", "年份", "地区生产总值(亿元)", "地区生产总值指数", "固定资本形成总额(亿元)", "固定资产投资价格指数"]
    ]
    for p, province in enumerate(PROVINCES[:3]):
        for t in range(9):
            index = [None, None] if t == 0 else [round(107 + 4 * wave(p, t, 1), 1), round(100 + 3 * wave(p, t, 2), 1)]
            gdp, investment = 1000 * (p + 1) * 1.1**t, 400 * (p + 1) * 1.12**t
            rows.append([province, 2000.0 + t, round(gdp, 2), index[0], round(investment, 2), index[1]])
    return rows


def variables() -> Rows:
    """Outcome, two regressors and a group of six provinces and seven years."""
    rows: Rows = [["省份", "年份", "碳排放", "AI", "开放度", "直辖市"]]
    for p, province in enumerate(PROVINCES):
        for t in range(7):
            ai, openness = round(wave(p, t, 1) + 0.1 * t, 5), round(wave(p, t, 2), 5)
            outcome = round(2 + 0.3 * p - 0.5 * ai + 0.2 * openness + 0.1 * t + 0.2 * wave(p, t, 3), 5)
            rows.append([province, 2013.0 + t, outcome, ai, openness, 1.0 if p < 2 else 0.0])
    return rows


def gaps() -> Rows:
    """Gaps inside a province (filled), at its ends (left), and an empty text that a formula returns."""
    return [
        ["省份", "年份", "地区", "能源(万吨)", "人口"],
        ["北京", 2010.0, "东部", 1.0, None],
        ["北京", 2011.0, "东部", None, None],
        ["北京", 2012.0, "东部", 5.0, 10.0],
        ["河北", 2010.0, "东部", None, 7.0],
        ["河北", 2011.0, "东部", 8.0, 8.0],
        ["河北", 2012.0, "东部", '=""', 9.0],
    ]


def large() -> Rows:
    """500 firms, ten years, ten variables: with keys 12 columns, 5,000 rows below the header."""
    variables_ = range(LARGE_COLUMNS - 2)
    rows: Rows = [["企业", "年份", *(f"x{v}" for v in variables_)]]
    for firm in range(500):
        for t in range(10):
            rows.append([f"企业{firm:03d}", 2010.0 + t, *(wave(firm, t, v) for v in variables_)])
    return rows


SHEETS: dict[str, Rows] = {
    "面板": [["省份", "年份", *PRODUCTION], *production()],
    "panel": [
        ["province", "year", "labour", "capital", "energy", "GDP", "CO2"],
        *production(NAMES, 4),
    ],
    "数据 (2020年)": [["省份", "年份", *PRODUCTION], *production(PROVINCES[:4], 4)],
    "能源": fuels(),
    "因子": factors(),
    "资本": accounts(),
    "变量": variables(),
    "插值": gaps(),
    "选项": [["rts=VRS"], [None], ["lang=zh; header=0"], [3.0], ["碳排放"]],
    "缺一格": production_with(2, 4, None),
    "文本数字": production_with(3, 3, "390.5"),
    "错误值": production_with(4, 5, CellError("#N/A")),
    "除以零": production_with(5, 6, "=1/0"),
    "重复": production_with(2, 1, 2015.0),
    "零排放": production_with(6, 6, 0.0),
    "逻辑值": production_with(1, 3, True),
    "日期年份": production_with(1, 1, dt.date(2015, 12, 31)),
    "公式日期": production_with(1, 1, "=DATE(2015,12,31)"),
    "两个GDP": production_with(0, 3, "GDP"),
    "日期列": [
        ["省份", "年份", "上报日期", "x"],
        ["北京", 2019.0, dt.date(2020, 1, 15), 1.0],
        ["北京", 2020.0, dt.date(2021, 1, 20), None],
        ["北京", 2021.0, dt.datetime(2022, 2, 1, 12, 0), 3.0],
    ],
    "公式": [
        ["省份", "年份", "x", "y"],
        ["北京", 2019.0, "=1+1", "=C2*2"],
        ["北京", 2020.0, "=C2*3", "=D2/3"],
        ["天津", 2019.0, "=SUM(C2:C3)", "=AVERAGE(D2:D3)"],
        ["天津", 2020.0, "=IF(C4>5,1,2)", "=ROUND(D4,1)"],
    ],
    "单格": [["标题"], [None], [CellError("#REF!")], [True]],
    "大": large(),
}

SMALL_SHEETS = {name: rows for name, rows in SHEETS.items() if name != "大"}
