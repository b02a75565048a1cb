"""=CONTROLS: the six control variables of the study, and green technology, from the columns of a yearbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Group, worksheet_function
from lowcarbon_xl.cells import Block, Spill
from lowcarbon_xl.errors import InputError, Text, nearest
from lowcarbon_xl.indicators.structure import density, green_technology, openness, share_of_gdp, share_of_year_total
from lowcarbon_xl.options import COMMON, KEYS, TEXT_NUMBERS, Option, Options
from lowcarbon_xl.panel.panel import Vector
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.keys import read_keys
from lowcarbon_xl.sheet.measured import LAND, MONEY, PEOPLE, in_dollars, measured
from lowcarbon_xl.sheet.roles import (
    AREA,
    ELECTRICITY,
    EXCHANGE_RATE,
    FISCAL,
    LOANS,
    NOMINAL_GDP,
    PATENTS,
    POPULATION,
    TRADE,
    URBAN_RATE,
    Role,
    find_role,
    require_role,
)
from lowcarbon_xl.sheet.spill import column_spill, number_cells
from lowcarbon_xl.sheet.table import Table, read_table

Computed = tuple[Vector, Text]
"""The numbers, and how they were made."""


@dataclass(frozen=True, slots=True)
class Control:
    """One control variable.

    Parameters
    ----------
    key : str
        What ``which=`` calls it; the Chinese label works as well.
    label : Text
    roles : tuple of Role
        The columns that it is made of.
    compute : callable
    """

    key: str
    label: Text
    roles: tuple[Role, ...]
    compute: Callable[[Table, Options], Computed]


def _openness(table: Table, options: Options) -> Computed:
    trade, gdp = require_role(table, TRADE), require_role(table, NOMINAL_GDP)
    rate, told = _exchange_rate(table, trade, options)
    return openness(measured(table, trade, MONEY), measured(table, gdp, MONEY), rate), Text(
        f"开放度：进出口{told.zh} / GDP", f"openness: trade{told.en} / GDP"
    )


def _exchange_rate(table: Table, trade: int, options: Options) -> tuple[Vector | float, Text]:
    """What brings trade into yuan: nothing, a number of the options, or a column."""
    if not in_dollars(table, trade):
        return 1.0, Text("（人民币）", " (in CNY)")
    if fixed := options.number("rate", 0.0):
        return fixed, Text(f" × {fixed:g}", f" x {fixed:g}")
    column = find_role(table, EXCHANGE_RATE)
    if column is None:
        raise InputError(
            Text("进出口是美元，没有汇率", "trade is in US dollars, and there is no exchange rate"),
            Text(
                "加一列“汇率”（元/美元），或写 rate=6.9", "Add a column exchange rate (CNY per USD), or write rate=6.9"
            ),
            where=table.header_cell(trade),
        )
    values = table.numbers(column, blanks=True)
    table.finite(column, values, "positive")
    return values, Text(" × 汇率列", " x the column of exchange rates")


def _density(table: Table, options: Options) -> Computed:
    people, area = require_role(table, POPULATION), require_role(table, AREA)
    return density(measured(table, people, PEOPLE), measured(table, area, LAND)), Text(
        "人口密度：万人/平方公里", "density: 10^4 persons per km2"
    )


def _share(role: Role, label: Text) -> Callable[[Table, Options], Computed]:
    def compute(table: Table, options: Options) -> Computed:
        amount, gdp = require_role(table, role), require_role(table, NOMINAL_GDP)
        return share_of_gdp(measured(table, amount, MONEY), measured(table, gdp, MONEY)), Text(
            f"{label.zh}：{role.label.zh} / GDP", f"{label.en}: {role.label.en} / GDP"
        )

    return compute


def _energy_structure(table: Table, options: Options) -> Computed:
    column = require_role(table, ELECTRICITY, options.text("energy"))
    values = table.numbers(column, blanks=True)
    table.finite(column, values, "positive")
    if np.isnan(values).any():
        row = int(np.flatnonzero(np.isnan(values))[0])
        raise InputError(
            Text("有空格，各省之和不完整", "there is a blank, so the sum of the provinces is not complete"),
            Text("填上它，或在 which= 里去掉能源结构", "Fill it in, or leave energy out of which="),
            where=table.where(row, column),
        )
    name = table.headers[column].name
    return share_of_year_total(values, read_keys(table, options).years), Text(
        f"能源结构：{name}占区域内各省当年之和", f"energy: {name} over the sum of the year's rows in the range"
    )


def _urban(table: Table, options: Options) -> Computed:
    column = require_role(table, URBAN_RATE)
    values = table.numbers(column, blanks=True)
    table.finite(column, values, "positive")
    percent = table.headers[column].unit == "%" or bool(np.nanmax(values, initial=0.0) > 1)
    return values / (100 if percent else 1), Text(
        "城镇化率：" + ("百分数除以 100" if percent else "原样（小数）"),
        "urbanisation: " + ("per cent over 100" if percent else "as it stands (a fraction)"),
    )


def _green_technology(table: Table, options: Options) -> Computed:
    patents, people = require_role(table, PATENTS), require_role(table, POPULATION)
    counts = table.numbers(patents, blanks=True)
    table.finite(patents, counts, "not negative")
    return green_technology(counts, measured(table, people, PEOPLE)), Text(
        "绿色技术：件/万人", "green technology: applications per 10^4 persons"
    )


_FINANCE, _GOVERNMENT = Text("金融发展", "finance"), Text("政府干预", "government")
CONTROLS = (
    Control("openness", Text("开放度", "openness"), (TRADE, NOMINAL_GDP), _openness),
    Control("density", Text("人口密度", "density"), (POPULATION, AREA), _density),
    Control("finance", _FINANCE, (LOANS, NOMINAL_GDP), _share(LOANS, _FINANCE)),
    Control("government", _GOVERNMENT, (FISCAL, NOMINAL_GDP), _share(FISCAL, _GOVERNMENT)),
    Control("energy", Text("能源结构", "energy structure"), (ELECTRICITY,), _energy_structure),
    Control("urban", Text("城镇化率", "urbanisation"), (URBAN_RATE,), _urban),
    Control("green", Text("绿色技术", "green technology"), (PATENTS, POPULATION), _green_technology),
)
_SIX = CONTROLS[:6]


@worksheet_function(
    "CONTROLS",
    Group.INDICATORS,
    summary=Text("六个控制变量：开放度、密度、金融、政府、能源结构、城镇化", "The six controls of the study"),
    detail=Text(
        "开放度=进出口/GDP（美元要有汇率列或 rate=），人口密度=人口/面积（万人/平方公里），金融发展=贷款/GDP，政府干预=财政支出/GDP，"
        "能源结构=用电量占各省之和，城镇化率（小数）。缺列会指出；只要其中几个写 which=开放度,人口密度；绿色技术（件/万人）要写进 which。",
        "Openness = trade / GDP (in dollars with an exchange rate), density = population / area (10^4 persons per km2), finance = loans / "
        "GDP, government = expenditure / GDP, energy = electricity over the provinces' sum, urbanisation as a fraction. which=openness,density "
        "for some of them; green (patents per 10^4 persons) only there.",
    ),
    arguments=(PANEL, OPTIONS),
    options=(
        Option(
            "which",
            "names",
            Text("which=开放度,人口密度 只算这些", "which=openness,density these alone"),
            aliases={"变量": "which"},
        ),
        Option(
            "rate",
            "number",
            Text("rate=6.9 汇率（元/美元），代替汇率列", "rate=6.9 CNY per USD, in place of a column"),
            aliases={"汇率": "rate"},
        ),
        Option(
            "energy",
            "text",
            Text("energy=列名 能源结构所用的列", "energy=COLUMN the column for the energy structure"),
            aliases={"能源": "energy"},
        ),
        *KEYS,
        TEXT_NUMBERS,
        *COMMON,
    ),
    spills=Text("每个变量一列", "a column a variable"),
    example='=CONTROLS(能源!A4:L124,"which=能源结构")',
)
def controls(panel: Block, options: Options) -> Spill:
    """The control variables of every row."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    chosen = chosen_controls(options)
    computed = [control.compute(table, options) for control in chosen]
    blank = Text("所需的列在这一行有空格。", "A column that it is made of is blank in this row.")
    return column_spill(
        [control.label for control in chosen],
        [number_cells(values, blank) for values, _ in computed],
        options,
        tuple(note for _, note in computed),
    )


def chosen_controls(options: Options) -> tuple[Control, ...]:
    """The controls of ``which=``; the six where it is left out.

    Raises
    ------
    InputError
        For a name that is none: the nearest one is suggested.
    """
    known = {fold(name): one for one in CONTROLS for name in (one.key, one.label.zh, one.label.en)}
    chosen: list[Control] = []
    for name in options.names("which"):
        if fold(name) not in known:
            guess = nearest(fold(name), known)
            listed = "、".join(one.label.zh for one in CONTROLS), ", ".join(one.key for one in CONTROLS)
            raise InputError(
                Text(f"没有控制变量“{name}”", f"there is no control {name!r}"),
                Text(
                    (f"是不是“{known[guess].label.zh}”？" if guess else "") + f"可写：{listed[0]}",
                    (f"Did you mean {known[guess].key}? " if guess else "") + f"Known: {listed[1]}",
                ),
            )
        chosen.append(known[fold(name)])
    return tuple(chosen) or _SIX
