"""The keys of a panel in a sheet: which columns say who and when, and what they say."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np

from lowcarbon_xl.cells import Cell, CellError
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.options import Options
from lowcarbon_xl.panel.panel import Keys
from lowcarbon_xl.panel.provinces import find_province, is_national, suggest_province
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.table import Table

PROVINCE_HEADERS = frozenset(
    fold(name)
    for name in (
        *("省份", "省", "省市", "省区市", "省份名称", "省级行政区", "省份代码", "行政区划代码"),
        *("province", "province_zh", "province_en", "province_name", "province_code"),
    )
)
REGION_HEADERS = frozenset(map(fold, ("地区", "region", "地区名称")))
YEAR_HEADERS = frozenset(map(fold, ("年份", "年度", "年", "year", "年份(年)")))

_YEAR_TEXT = re.compile(r"\s*(\d{4})\s*年?\s*")
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


_UNIT, _TIME = Text("主体", "unit"), Text("时间", "time")


def key_columns(table: Table, options: Options) -> tuple[tuple[int, ...], int]:
    """Columns that name the unit (several when a sheet has code and name), and the column of the year."""
    return unit_columns(table, options), time_column(table, options)


def is_key(table: Table, column: int) -> bool:
    """Whether a column is a key by its header."""
    return fold(table.headers[column].name) in PROVINCE_HEADERS | REGION_HEADERS | YEAR_HEADERS


def read_keys(table: Table, options: Options) -> Keys:
    """Unit and year of every row.

    Provinces are normalised; with ``unit=`` any text or number is a unit and nothing is normalised.

    Raises
    ------
    InputError
        For missing or contradictory key columns, an unknown province, a national total, a year that is none,
        and a unit and year that stand twice.
    """
    column = time_column(table, options)
    units = read_units(table, options)
    free = bool(options.text("time"))
    years = [read_year(table, row, column, cell, free=free) for row, cell in enumerate(table.cells(column))]
    table.note_read(column, _TIME)
    try:
        return Keys(units, np.array(years, dtype=np.int64))
    except InputError as error:
        if error.row is not None:
            error.where = table.where(error.row, unit_columns(table, options)[0])
        raise


def read_units(table: Table, options: Options) -> tuple[str, ...]:
    """The unit of every row: provinces normalised, other units as they are."""
    columns = unit_columns(table, options)
    for column in columns:
        table.note_read(column, _UNIT)
    if options.text("unit"):
        return tuple(_any_unit(table, row, columns[0], cell) for row, cell in enumerate(table.cells(columns[0])))
    return _provinces(table, columns)


def unit_columns(table: Table, options: Options) -> tuple[int, ...]:
    """Columns that name the unit: the one of ``unit=``, else all that are called province, else region."""
    if name := options.text("unit"):
        return (table.find(name),)
    names = [fold(header.name) for header in table.headers]
    for known in (PROVINCE_HEADERS, REGION_HEADERS):
        if found := tuple(i for i, name in enumerate(names) if name in known):
            return found
    raise InputError(
        Text("没有找到省份列", "no province column was found"),
        Text(
            "把它的标题写成“省份”或“地区”；主体不是省份时加选项 unit=列名",
            "Call its header 省份 or province; when the units are not provinces, add unit=COLUMN",
        ),
        where=table.block.whole,
    )


def time_column(table: Table, options: Options) -> int:
    """The column of the year: the one of ``time=``, else the only one that is called year."""
    if name := options.text("time"):
        return table.find(name)
    found = [i for i, header in enumerate(table.headers) if fold(header.name) in YEAR_HEADERS]
    if len(found) == 1:
        return found[0]
    places = "、".join(map(table.header_cell, found))
    raise InputError(
        Text(f"年份列有 {len(found)} 个：{places}", f"there are {len(found)} year columns: {places}")
        if found
        else Text("没有找到年份列", "no year column was found"),
        Text(
            "标题写“年份”或“年”，只留一列；否则加选项 time=列名",
            "Call one header 年份 or year; otherwise add time=COLUMN",
        ),
        where=table.header_cell(found[1]) if found else table.block.whole,
    )


def _provinces(table: Table, columns: tuple[int, ...]) -> tuple[str, ...]:
    """Canonical names; several key columns must agree in every row."""
    first = tuple(_province(table, row, columns[0], cell) for row, cell in enumerate(table.cells(columns[0])))
    for column in columns[1:]:
        for row, cell in enumerate(table.cells(column)):
            other = _province(table, row, column, cell)
            if other != first[row]:
                raise InputError(
                    Text(
                        f"两列省份不一致：{(place := table.where(row, columns[0]))} 是 {first[row]}，这里是 {other}",
                        f"two province columns disagree: {place} says {first[row]}, here {other}",
                    ),
                    Text("改正其中一个", "Correct one of them"),
                    where=table.where(row, column),
                )
    return first


def _province(table: Table, row: int, column: int, cell: Cell) -> str:
    where = table.where(row, column)
    if cell is None or cell == "":
        raise InputError(
            Text("省份是空的", "the province is blank"),
            Text("填上省份，或删去空行", "Fill it in, or delete the empty row"),
            where=where,
        )
    if isinstance(cell, CellError):
        raise InputError(
            Text(f"省份是错误值 {cell.code}", f"the province is the error value {cell.code}"),
            Text("先改正那个公式", "Mend that formula first"),
            where=where,
        )
    if (province := find_province(cell)) is not None:
        return province.zh
    if is_national(cell):
        raise InputError(
            Text(f"“{cell}”是全国合计，不是省份", f"{cell!r} is the national total, not a province"),
            Text("去掉这一行，否则会重复计算", "Leave this row out, or it would count twice"),
            where=where,
        )
    guess = suggest_province(cell)
    raise InputError(
        Text(f"不认识的省份“{cell}”", f"unknown province {cell!r}"),
        Text(
            (f"是不是“{guess}”？" if guess else "") + "改正名称；主体不是省份时加选项 unit=列名",
            (f"Did you mean {guess}? " if guess else "")
            + "Correct the name; when the units are not provinces, add unit=COLUMN",
        ),
        where=where,
    )


def _any_unit(table: Table, row: int, column: int, cell: Cell) -> str:
    if cell is None or cell == "" or isinstance(cell, CellError):
        state = Text(f"是错误值 {cell}", f"is the error value {cell}") if cell else Text("是空的", "is blank")
        raise InputError(
            Text(f"主体{state.zh}", f"the unit {state.en}"),
            Text("填上，或删去这一行", "Fill it in, or delete the row"),
            where=table.where(row, column),
        )
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def read_year(table: Table, row: int, column: int, cell: Cell, *, free: bool = False) -> int:
    """The year in a cell: 2013, "2013" or "2013年"; with `free` any whole number."""
    number = float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else None
    if isinstance(cell, str) and (match := _YEAR_TEXT.fullmatch(cell)):
        number = float(match[1])
    if number is not None and number.is_integer() and (free or _FIRST_YEAR <= number <= _LAST_YEAR):
        return int(number)
    blank = cell is None or cell == ""
    example = cell.year if isinstance(cell, dt.date) else 2013
    raise InputError(
        Text(
            f"年份是{'空的' if blank else f'“{cell}”'}，不是年份",
            f"the year is {'blank' if blank else repr(str(cell))}, which is no year",
        ),
        Text(
            f"写成 {example} 这样的四位数；别的时间列加 time=列名",
            f"Write four digits such as {example}; for another time column add time=COLUMN",
        ),
        where=table.where(row, column),
    )
