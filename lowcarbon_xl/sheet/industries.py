"""Tables by industry: employment of provinces, robots of years; and the directions of indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lowcarbon_xl.cells import Block
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.options import Options, split_names
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.keys import YEAR_HEADERS, read_keys, read_units, read_year, time_column, unit_columns
from lowcarbon_xl.sheet.table import Table

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]

_TOTALS = frozenset(map(fold, ("总就业", "合计", "总计", "就业人员合计", "全部就业", "total", "total employment")))
_EMPLOYMENT_ROW = frozenset(map(fold, ("就业", "就业人员", "从业人员", "行业就业", "employment", "L")))


@dataclass(frozen=True, slots=True)
class Shares:
    """Base-year employment: `levels` (G, J), `totals` (G,), and where the totals come from."""

    table: Table
    units: tuple[str, ...]
    years: tuple[int, ...] | None
    industries: tuple[str, ...]
    levels: Matrix
    totals: Vector
    total_source: Text


@dataclass(frozen=True, slots=True)
class Robots:
    """Robots: `values` (T, J) in the order of the shares' industries; `employment` (J,) where the table has it."""

    years: tuple[int, ...]
    values: Matrix
    employment: Vector | None


def read_shares(table: Table, options: Options) -> Shares:
    """Employment by industry, a row a province (and year, where there is a year column)."""
    has_years = bool(options.text("time")) or any(fold(header.name) in YEAR_HEADERS for header in table.headers)
    units, years = _keys(table, options, has_years)
    total_column, total_source = _total(table, options)
    keys = {*unit_columns(table, options), *((time_column(table, options),) if has_years else ())}
    columns = [i for i, header in enumerate(table.headers) if header.name and i not in keys and i != total_column]
    for column in columns:
        table.finite(column, table.numbers(column), "not negative")
    levels = np.column_stack([table.numbers(column) for column in columns])
    totals = levels.sum(axis=1) if total_column is None else table.numbers(total_column)
    return Shares(table, units, years, tuple(table.headers[c].name for c in columns), levels, totals, total_source)


def _keys(table: Table, options: Options, has_years: bool) -> tuple[tuple[str, ...], tuple[int, ...] | None]:
    if has_years:
        keys = read_keys(table, options)
        return keys.units, tuple(keys.years.tolist())
    return read_units(table, options), None


def _total(table: Table, options: Options) -> tuple[int | None, Text]:
    """The column of totals; adding the industries up must be asked for, since they rarely are all of a province."""
    given = options.text("total")
    if fold(given) in ("sum", "求和", "各行业之和"):
        return None, Text("各行业之和", "the sum of the industries")
    if given:
        return table.find(given), Text(f"“{given}”列", f"column {given}")
    found = [i for i, header in enumerate(table.headers) if fold(header.name) in _TOTALS]
    if len(found) == 1:
        name = table.headers[found[0]].name
        return found[0], Text(f"“{name}”列", f"column {name}")
    raise InputError(
        Text("没有找到各省总就业列", "no column of total employment was found"),
        Text(
            "加一列“总就业”，或写 total=列名；各行业就是全部时写 total=sum",
            "Add a column 总就业, or write total=COLUMN; total=sum when the industries are all",
        ),
        where=table.block.whole,
    )


def read_robots(table: Table, industries: Sequence[str], options: Options) -> Robots:
    """Robots by industry, a row a year; every industry of the shares must be there."""
    column = time_column(table, options)
    columns = [table.find(name) for name in industries]
    labels = table.cells(column)
    extra = [row for row, label in enumerate(labels) if isinstance(label, str) and fold(label) in _EMPLOYMENT_ROW]
    rows = [row for row in range(table.rows) if row not in extra]
    if len(extra) > 1:
        raise InputError(
            Text("有两行就业", "there are two rows of employment"),
            Text("只留一行", "Keep one"),
            where=table.where(extra[1], column),
        )
    years = tuple(read_year(table, row, column, labels[row], free=bool(options.text("time"))) for row in rows)
    if len(set(years)) < len(years):
        repeated = next(row for i, row in enumerate(rows) if years[i] in years[:i])
        raise InputError(
            Text("年份重复", "a year stands twice"),
            Text("删去一行", "Delete one row"),
            where=table.where(repeated, column),
        )
    for found in columns:
        table.finite(found, table.numbers(found), "not negative")
    values = np.column_stack([table.numbers(found) for found in columns])
    return Robots(years, values[rows], values[extra[0]] if extra else None)


def read_directions(given: Block | str | None, names: Sequence[str]) -> tuple[bool, ...]:
    """Whether more is better, for each indicator; all positive when nothing is given.

    Raises
    ------
    InputError
        When there is not one direction for every indicator, or one is neither + nor -.
    """
    if given is None:
        return (True,) * len(names)
    words = (
        [str(cell) for row in given.values for cell in row if cell not in (None, "")]
        if isinstance(given, Block)
        else list(split_names(given))
    )
    meaning = {
        "+": True,
        "1": True,
        "1.0": True,
        "正": True,
        "正向": True,
        "-": False,
        "-1": False,
        "-1.0": False,
        "−": False,
        "负": False,
        "负向": False,
    }
    unknown = [word for word in words if fold(word) not in map(fold, meaning) and word not in meaning]
    if unknown or len(words) != len(names):
        raise InputError(
            Text(f"方向“{unknown[0]}”不认识", f"unknown direction {unknown[0]!r}")
            if unknown
            else Text(
                f"{len(names)} 个指标，写了 {len(words)} 个方向",
                f"{len(names)} indicators, but {len(words)} directions",
            ),
            Text(f"按 {'、'.join(names)} 的顺序各写一个 + 或 -", f"Write + or - for each of {', '.join(names)}"),
            where=given.whole if isinstance(given, Block) else "",
        )
    return tuple(meaning[word] for word in words)
