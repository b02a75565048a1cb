"""Descriptive tables: variable, N, mean, standard deviation, minimum, maximum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lowcarbon_xl.econometrics.spec import BoolArray, Column
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.panel.prepare import Description, describe
from lowcarbon_xl.tables.labels import VARIABLE
from lowcarbon_xl.tables.model import Label, Row, Table, as_text, text_cell
from lowcarbon_xl.tables.numerals import count_cell, number_cell

TITLE = Text("描述性统计", "Descriptive statistics")
_SYMBOL = Text("符号", "Symbol")
_HEADINGS = {
    "N": Text("观测值", "N"),
    "mean": Text("均值", "Mean"),
    "sd": Text("标准差", "Std. dev."),
    "min": Text("最小值", "Min"),
    "p25": Text("下四分位", "P25"),
    "median": Text("中位数", "Median"),
    "p75": Text("上四分位", "P75"),
    "max": Text("最大值", "Max"),
}
STATISTICS = ("N", "mean", "sd", "min", "max")


def descriptive_table(
    variables: Sequence[Column],
    *,
    title: Label = TITLE,
    labels: Mapping[str, Label] | None = None,
    decimals: int = 3,
    statistics: Sequence[str] = STATISTICS,
    rows: BoolArray | None = None,
    notes: Sequence[Label] = (),
) -> Table:
    """One row a variable, as the first table of a paper.

    Parameters
    ----------
    variables : sequence of Column
        Blanks are NaN and are not counted.
    title : str or Text
    labels : mapping of str to str or Text, optional
        What the variables mean; the names then stand in a second column.
    decimals : int
    statistics : sequence of str
        Of N, mean, sd, min, p25, median, p75, max.
    rows : ndarray of bool, optional
        Rows described; None describes all.
    notes : sequence of str or Text

    Returns
    -------
    Table

    Raises
    ------
    InputError
        No variable, or an unknown statistic.
    """
    if not variables:
        raise InputError(
            Text("没有变量，做不成表", "there is no variable to describe"),
            Text("至少选一列", "Choose at least one column"),
        )
    unknown = [name for name in statistics if name not in _HEADINGS]
    if unknown:
        raise InputError(
            Text(f"没有统计量“{unknown[0]}”", f"there is no statistic '{unknown[0]}'"),
            Text(f"可用：{'、'.join(_HEADINGS)}", f"Known: {', '.join(_HEADINGS)}"),
        )
    named = labels or {}
    symbols = any(variable.name in named for variable in variables)
    headings = (text_cell(_HEADINGS[name]) for name in statistics)
    header: Row = (text_cell(VARIABLE, "left"), *((text_cell(_SYMBOL),) if symbols else ()), *headings)
    body = tuple(
        (
            text_cell(named.get(variable.name, variable.name), "left"),
            *((text_cell(variable.name),) if symbols else ()),
            *_moments(variable, rows, statistics, decimals),
        )
        for variable in variables
    )
    return Table(as_text(title), (header,), body, tuple(map(as_text, notes)))


def _moments(variable: Column, rows: BoolArray | None, statistics: Sequence[str], decimals: int) -> Row:
    described = describe(variable.values if rows is None else variable.values[rows])
    return tuple(
        count_cell(described.count) if name == "N" else number_cell(_moment(described, name), decimals)
        for name in statistics
    )


def _moment(described: Description, name: str) -> float:
    return {
        "mean": described.mean,
        "sd": described.standard_deviation,
        "min": described.minimum,
        "p25": described.lower_quartile,
        "median": described.median,
        "p75": described.upper_quartile,
        "max": described.maximum,
    }[name]
