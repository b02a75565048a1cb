"""Values as COM passes them, to cells and back."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal

from lowcarbon_xl.cells import Cell, CellError, Output
from lowcarbon_xl.errors import Text

MARK = "\ue0fe"
"""The first character of a text that the add-in's VBA turns into an error value; COM itself can return none."""

MISSING = -2147352572
"""An omitted argument (DISP_E_PARAMNOTFOUND)."""

LONGEST_TEXT = 32_767
"""What a cell of Excel holds."""

ERROR_CODES = {
    -2146826288: "#NULL!",
    -2146826281: "#DIV/0!",
    -2146826273: "#VALUE!",
    -2146826265: "#REF!",
    -2146826259: "#NAME?",
    -2146826252: "#NUM!",
    -2146826246: "#N/A",
    -2146826245: "#GETTING_DATA",
    -2146826243: "#SPILL!",
    -2146826240: "#FIELD!",
    -2146826238: "#CALC!",
}
"""Excel's error values (VT_ERROR) as COM passes them: whole numbers, where every cell's number is a float."""

_RETURNABLE = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_EPOCH = dt.datetime(1899, 12, 30)

ComValue = str | float | bool
"""What we return for one cell."""


def to_cell(value: object) -> Cell:
    """One value from COM as a cell; a blank stays a blank, an error an error, currency and dates what they mean."""
    if value is None or value == MISSING:
        return None
    if isinstance(value, bool | str | float):
        return value
    if isinstance(value, int):
        return CellError(ERROR_CODES[value]) if value in ERROR_CODES else float(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.datetime):
        return _moment(value)
    raise TypeError(f"{type(value).__name__} is no value of a cell")


def _moment(value: dt.datetime) -> dt.date | dt.time:
    """A date without a time of day, a time without a date, or both; COM's time zone means nothing."""
    plain = dt.datetime(value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
    if plain.date() == _EPOCH.date():
        return plain.time()
    return plain.date() if plain.time() == dt.time() else plain


def to_rows(values: object) -> list[list[Cell]]:
    """The cells of a range or an array constant: nested sequences, one flat sequence (a row), or one value."""
    if not isinstance(values, tuple | list):
        return [[to_cell(values)]]
    rows: Sequence[object] = values if values and isinstance(values[0], tuple | list) else [values]
    return [[to_cell(value) for value in row] for row in rows if isinstance(row, tuple | list)]


def from_cell(cell: Output) -> ComValue:
    """One cell for COM: errors are marked, numbers are floats, a blank is an empty text since Excel shows Empty as 0."""
    if cell is None:
        return ""
    if isinstance(cell, CellError):
        return MARK + (cell.code if cell.code in _RETURNABLE else "#VALUE!")
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else f"{MARK}#NUM!"
    if isinstance(cell, str):
        return cell if len(cell) <= LONGEST_TEXT else cell[: LONGEST_TEXT - 1] + "…"
    if isinstance(cell, Text):
        raise TypeError("a text must be rendered before it is returned")
    return _serial(cell)


def _serial(moment: dt.date | dt.time) -> float:
    """A date or a time as Excel's serial number."""
    if isinstance(moment, dt.time):
        moment = dt.datetime.combine(_EPOCH.date(), moment)
    elif not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    return (moment - _EPOCH) / dt.timedelta(days=1)
