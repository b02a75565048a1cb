"""A sample filter in words: ``municipality = 0``, ``年份>=2013 & 地区!=西部``."""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from lowcarbon_xl.cells import CellError
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.options import Options
from lowcarbon_xl.panel.provinces import find_province
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.keys import PROVINCE_HEADERS, YEAR_HEADERS, key_columns, read_year
from lowcarbon_xl.sheet.table import Table

Mask = npt.NDArray[np.bool_]
Comparison = Callable[[Any, Any], bool]

_COMPARISONS: dict[str, Comparison] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_FILTER = Text("样本筛选", "filter")
_AND = re.compile(r"[&＆]|且|\band\b")
_CONDITION = re.compile(r"^\s*(.+?)\s*(>=|<=|!=|<>|==|=|>|<)\s*(.+?)\s*$")


def read_filter(table: Table, text: str, options: Options) -> Mask:
    """Rows that satisfy every condition, shape (rows,).

    A blank satisfies no condition, ``!=`` included: Stata's missing would, silently.

    Parameters
    ----------
    text : str
        Conditions joined by ``&`` or ``且``; a column, a comparison, a number or a text.

    Raises
    ------
    InputError
        For a condition that cannot be read, an unknown column, an error cell in it, and a filter that keeps no row.
    """
    keep = np.ones(table.rows, dtype=bool)
    for condition in _AND.split(text):
        keep &= _condition(table, condition, options)
    if not keep.any():
        raise InputError(
            Text(f"筛选“{text}”没有留下任何一行", f"the filter {text!r} keeps no row"),
            Text("核对列名和数值", "Check the column and the value"),
        )
    return keep


def filter_columns(table: Table, text: str, options: Options) -> tuple[int, ...]:
    """The columns that a filter asks about."""
    matches = (_CONDITION.match(unicodedata.normalize("NFKC", part)) for part in _AND.split(text))
    return tuple(_column(table, match[1], options) for match in matches if match is not None)


def _condition(table: Table, text: str, options: Options) -> Mask:
    match = _CONDITION.match(unicodedata.normalize("NFKC", text))
    if match is None:
        raise InputError(
            Text(f"读不懂筛选条件“{text.strip()}”", f"cannot read the filter {text.strip()!r}"),
            Text(
                "写成 if=直辖市=0 或 if=年份>=2013 & 地区=东部",
                "Write if=municipality=0 or if=year>=2013 & region=east",
            ),
        )
    column = _column(table, match[1], options)
    table.note_read(column, _FILTER)
    compare = _COMPARISONS[match[2]]
    wanted = _value(match[3])
    return np.array([_holds(table, row, column, compare, wanted) for row in range(table.rows)])


def _column(table: Table, name: str, options: Options) -> int:
    """A column by its name; province and year also stand for the keys, whatever their headers are."""
    names = {fold(header.name) for header in table.headers} | {fold(header.text) for header in table.headers}
    if fold(name) not in names and fold(name) in PROVINCE_HEADERS | YEAR_HEADERS:
        units, time = key_columns(table, options)
        return units[0] if fold(name) in PROVINCE_HEADERS else time
    return table.find(name)


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text.strip("\"'“”")


def _holds(table: Table, row: int, column: int, compare: Comparison, wanted: float | str) -> bool:
    cell = table.block.values[row + 1][column]
    if isinstance(cell, CellError):
        raise InputError(
            Text(f"筛选列里有错误值 {cell.code}", f"the filter's column holds the error value {cell.code}"),
            Text("先改正那个公式", "Mend that formula first"),
            where=table.where(row, column),
        )
    if cell is None or cell == "":
        return False
    if isinstance(wanted, float):
        number = _number(table, row, column)
        return number is not None and compare(number, wanted)
    left, right = find_province(cell), find_province(wanted)
    if left is not None and right is not None:
        return compare(left.code, right.code)
    return compare(fold(str(cell)), fold(wanted))


def _number(table: Table, row: int, column: int) -> float | None:
    cell = table.block.values[row + 1][column]
    if isinstance(cell, int | float):
        return float(cell)
    if fold(table.headers[column].name) in YEAR_HEADERS:
        return float(read_year(table, row, column, cell))
    return None
