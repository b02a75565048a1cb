"""Columns brought to one unit by what their header says: money to 10^8 yuan, people to 10^4, land to 10^4 km2."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.panel.panel import Vector
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.table import Table

MONEY: Mapping[str, float] = {
    fold(unit): scale
    for units, scale in (
        (("亿元", "10^8元", "10^8 CNY", "100 million yuan", "亿美元", "10^8 USD"), 1.0),
        (("万元", "10^4元", "10^4 CNY", "万美元", "10^4 USD"), 1e-4),
        (("百万元", "百万美元", "million yuan", "million USD"), 1e-2),
        (("元", "美元", "yuan", "CNY", "USD"), 1e-8),
    )
    for unit in units
}
PEOPLE: Mapping[str, float] = {
    fold(unit): scale
    for units, scale in ((("万人", "10^4 persons", "10k"), 1.0), (("人", "persons"), 1e-4), (("千人",), 0.1))
    for unit in units
}
LAND: Mapping[str, float] = {
    fold(unit): scale
    for units, scale in (
        (("万平方公里", "万平方千米", "10^4 km2", "10k km2"), 1.0),
        (("平方公里", "平方千米", "km2"), 1e-4),
    )
    for unit in units
}


def in_dollars(table: Table, column: int) -> bool:
    """Whether a header says US dollars."""
    unit = table.headers[column].unit
    return "美元" in unit or "usd" in unit.casefold() or "$" in unit


def measured(table: Table, column: int, units: Mapping[str, float]) -> Vector:
    """A column of positive numbers in the first of the units, blanks as NaN.

    A header without a unit is taken to be in that unit: whoever calls says so in the conventions.

    Raises
    ------
    InputError
        For a unit that is none of these, and a number that is not positive.
    """
    header = table.headers[column]
    scale = units.get(fold(header.unit), np.nan) if header.unit else 1.0
    if np.isnan(scale):
        known = "、".join(dict.fromkeys(units))
        raise InputError(
            Text(f"“{header.text}”的单位“{header.unit}”不认识", f"{header.text}: unit {header.unit!r} is unknown"),
            Text(f"写成其中之一：{known}", f"Write one of: {known}"),
            where=table.header_cell(column),
        )
    values = table.numbers(column, blanks=True)
    table.finite(column, values, "positive")
    return values * scale
