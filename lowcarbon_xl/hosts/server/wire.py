"""Cells as Office.js sends them in JSON, to our cells and back.

A blank arrives as ``null`` or ``""``; an error or a formatted number as an object; a date that Excel does not wrap as
its serial number.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

from lowcarbon_xl.cells import Cell, CellError, Output
from lowcarbon_xl.errors import InputError, Text

Json = Any

ERROR_TYPES = {
    "#DIV/0!": "Div0",
    "#N/A": "NotAvailable",
    "#NAME?": "Name",
    "#NULL!": "Null",
    "#NUM!": "Num",
    "#REF!": "Ref",
    "#VALUE!": "Value",
}
"""What a custom function may return inside an array (CustomFunctionsRuntime 1.4)."""

ARRAY_ERRORS = 1.4
LONGEST_TEXT = 32_767
"""What a cell of Excel holds."""

_NUMBERS = frozenset({float})
"""Types of a row whose cells need no look at each: large ranges are numbers for the most part."""

_EPOCH = dt.datetime(1899, 12, 30)
_NO_DATE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def read_cell(value: Json) -> Cell:
    """One cell.

    Raises
    ------
    InputError
        For anything that is no cell.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, dict) and isinstance(value.get("type", value.get("basicType")), str):
        return _read_rich(value)
    raise _malformed()


def _read_rich(value: dict[str, Json]) -> Cell:
    """A cell with a type: an error, a number with its format, or a card with a plain value behind it."""
    basic = value.get("basicValue")
    if "Error" in (value.get("type"), value.get("basicType")):
        known = {kind: code for code, kind in ERROR_TYPES.items()}
        return CellError(basic if isinstance(basic, str) else known.get(value.get("errorType", ""), "#VALUE!"))
    if isinstance(basic, dict | list):
        raise _malformed()
    cell = read_cell(basic)
    number_format = value.get("numberFormat")
    if isinstance(cell, float) and isinstance(number_format, str) and _shows_date(number_format):
        return _moment(cell)
    return cell


def _shows_date(number_format: str) -> bool:
    return re.search(r"[ymdhs]", _NO_DATE.sub("", number_format), re.IGNORECASE) is not None


def _moment(number: float) -> Cell:
    if 0 <= number < 1:
        return (dt.datetime.min + dt.timedelta(days=number)).time()
    try:
        moment = _EPOCH + dt.timedelta(days=number)
    except OverflowError:
        return number
    return moment.date() if moment.time() == dt.time() else moment


def read_rows(value: Json) -> list[list[Cell]]:
    """A range or an array; xlwings flattens one of a single row.

    Raises
    ------
    InputError
        When the rows are not equally long.
    """
    rows = value if value and isinstance(value[0], list) else [value]
    if any(not isinstance(row, list) or len(row) != len(rows[0]) for row in rows) or not rows[0]:
        raise _malformed()
    return [row if _NUMBERS.issuperset(map(type, row)) else [read_cell(cell) for cell in row] for row in rows]


def write_rows(rows: tuple[tuple[Output, ...], ...], runtime: float, date_format: str | None) -> list[list[Json]]:
    """The rows of a spill, short ones filled up.

    Parameters
    ----------
    rows : tuple of rows
        Rendered: no `Text` is left.
    runtime : float
        The version of CustomFunctionsRuntime; before 1.4 errors inside arrays are texts and dates are numbers.
    date_format : str or None
        How Excel's user writes dates.
    """
    width = max(map(len, rows), default=0) or 1
    written = [list(row) if _are_finite(row) else [_write(cell, runtime, date_format) for cell in row] for row in rows]
    return [row + [""] * (width - len(row)) for row in written] or [[""]]


def _are_finite(row: tuple[Output, ...]) -> bool:
    """Whether a row is of numbers that go as they are; a sum that overflows says no, and each is looked at."""
    return _NUMBERS.issuperset(map(type, row)) and math.isfinite(sum(row))  # type: ignore[arg-type]


def _write(cell: Output, runtime: float, date_format: str | None) -> Json:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else _error("#NUM!", runtime)
    if isinstance(cell, str):
        return cell if len(cell) <= LONGEST_TEXT else cell[: LONGEST_TEXT - 1] + "…"
    if isinstance(cell, CellError):
        return _error(cell.code, runtime)
    if isinstance(cell, Text):
        raise TypeError("a text must be rendered before it is sent")
    return _write_moment(cell, runtime, date_format)


def _error(code: str, runtime: float) -> Json:
    if runtime < ARRAY_ERRORS:
        return code
    shown = code if code in ERROR_TYPES else "#VALUE!"
    return {"type": "Error", "errorType": ERROR_TYPES[shown], "basicType": "Error", "basicValue": shown}


def _write_moment(moment: dt.date | dt.time, runtime: float, date_format: str | None) -> Json:
    if runtime < ARRAY_ERRORS or not date_format:
        return serial(moment)
    return {"type": "FormattedNumber", "basicValue": serial(moment), "numberFormat": date_format}


def serial(moment: dt.date | dt.time) -> float:
    """A date or a time as Excel's serial number."""
    if isinstance(moment, dt.time):
        moment = dt.datetime.combine(_EPOCH.date(), moment)
    elif not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    return (moment - _EPOCH) / dt.timedelta(days=1)


def _malformed() -> InputError:
    return InputError(
        Text("请求里的单元格不符合 Office.js 的格式", "a cell of the request is not in the form that Office.js sends"),
        Text("重新加载任务窗格", "Reload the task pane"),
    )
