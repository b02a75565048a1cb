"""Cells of Calc as JSON, and JSON as what Calc takes from an add-in.

What Calc does with values (found by experiment with LibreOffice 7.4):

- A range argument (XCellRange) gives its sheet and address. Its data array has a text ``""`` for a blank and None for
  an error value; logical values and dates are numbers, told apart by their number format alone.
- Any other argument: a number, a text, rows of both (a blank is ``""``), or None when it is left out. A reference to one
  blank cell gives 0.0, TRUE gives 1.0; a range that holds an error value gives Err:504 for the whole call, without
  asking the add-in, and a single such cell gives its error.
- A computed array where a range is declared gives Err:504 too: functions cannot be nested without cells in between.
- Results: integers beyond 32 bits and logical values come out blank or 0, so everything goes back as a float; None
  shows blank but is saved as 0, so a blank goes back as an empty text. An error value inside an array is a NaN whose
  lowest bits are Calc's error number.
"""

from __future__ import annotations

import datetime as dt
import math
import struct
from typing import Any

ERRORS = {
    "#N/A": 32767,
    "#VALUE!": 519,
    "#DIV/0!": 532,
    "#REF!": 524,
    "#NAME?": 525,
    "#NUM!": 503,
    "#NULL!": 521,
}
_CODES = {number: code for code, number in ERRORS.items()}

_DATE, _TIME, _LOGICAL = 2, 4, 1024  # com.sun.star.util.NumberFormat
_FORMULA_ERRORS = 4  # com.sun.star.sheet.FormulaResult.ERROR


def address(cells: Any, document: Any) -> dict[str, Any]:
    """Document, sheet and 1-based corners of a range."""
    corners = cells.getRangeAddress()
    return {
        "document": document.RuntimeUID,
        "sheet": cells.Spreadsheet.Name,
        "row": corners.StartRow + 1,
        "column": corners.StartColumn + 1,
        "last_row": corners.EndRow + 1,
        "last_column": corners.EndColumn + 1,
    }


def read_range(cells: Any, document: Any) -> dict[str, Any]:
    """A range with its place and its cells, cut at what the sheet uses (whole columns have a million rows)."""
    block = address(cells, document)
    used = cells.Spreadsheet.createCursor()
    used.gotoEndOfUsedArea(False)
    end = used.getRangeAddress()
    cut = cells.getCellRangeByPosition(
        0,
        0,
        max(min(block["last_column"] - 1, end.EndColumn) - (block["column"] - 1), 0),
        max(min(block["last_row"] - 1, end.EndRow) - (block["row"] - 1), 0),
    )
    rows = [list(row) for row in cut.getDataArray()]
    corner = (block["row"] - 1, block["column"] - 1)
    _mark_formats(rows, cut, document, corner)
    _mark_blanks(rows, cut, corner)
    _mark_errors(rows, cut, corner)
    block["cells"] = rows
    block["merged"] = _merged(cut)
    return block


def _inside(ranges: Any, corner: tuple[int, int]) -> Any:
    """Zero-based positions in the block of all cells of some ranges, row by row: row, first and last column."""
    for part in ranges:
        for row in range(part.StartRow, part.EndRow + 1):
            yield row - corner[0], part.StartColumn - corner[1], part.EndColumn + 1 - corner[1]


def _mark_blanks(rows: list[list[Any]], cells: Any, corner: tuple[int, int]) -> None:
    """None for a blank; an empty text that a formula returns stays a text."""
    for row, first, end in _inside(cells.queryEmptyCells().getRangeAddresses(), corner):
        rows[row][first:end] = [None] * (end - first)


def _mark_errors(rows: list[list[Any]], cells: Any, corner: tuple[int, int]) -> None:
    for row, first, end in _inside(cells.queryFormulaCells(_FORMULA_ERRORS).getRangeAddresses(), corner):
        for column in range(first, end):
            number = cells.getCellByPosition(column, row).getError()
            rows[row][column] = {"error": _CODES.get(number, f"Err:{number}")}  # as Calc shows it, 522 is a circle


def _mark_formats(rows: list[list[Any]], cells: Any, document: Any, corner: tuple[int, int]) -> None:
    """Dates, times and logical values, which only their number format tells from numbers."""
    formats, null = document.getNumberFormats(), document.NullDate
    epoch = dt.datetime(null.Year, null.Month, null.Day)
    groups = cells.getUniqueCellFormatRanges()
    for number in range(groups.getCount()):
        group = groups.getByIndex(number)
        kind = formats.getByKey(group.NumberFormat).Type
        if not kind & (_DATE | _TIME | _LOGICAL):
            continue
        for row, first, end in _inside(group.getRangeAddresses(), corner):
            for column in range(first, end):
                value = rows[row][column]
                if isinstance(value, float):
                    rows[row][column] = _logical(value) if kind & _LOGICAL else _moment(value, epoch)


def _logical(value: float) -> Any:
    return bool(value) if value in (0.0, 1.0) else value


def _moment(value: float, epoch: dt.datetime) -> Any:
    """A serial number as the date or time that the cell shows."""
    if 0 <= value < 1:
        return {"time": (dt.datetime.min + dt.timedelta(days=value)).time().isoformat()}
    try:
        moment = epoch + dt.timedelta(days=value)
    except OverflowError:
        return value
    return {"date": (moment.date() if moment.time() == dt.time() else moment).isoformat()}


def _merged(cells: Any) -> list[str]:
    """Addresses of merged ranges that touch the block."""
    sheet = cells.Spreadsheet
    whole = sheet.createCursorByRange(cells)
    whole.collapseToMergedArea()
    if not whole.getIsMerged():
        return []
    found = []
    area = whole.getRangeAddress()
    for row in range(area.EndRow - area.StartRow + 1):
        for column in range(area.EndColumn - area.StartColumn + 1):
            cell = whole.getCellByPosition(column, row)
            if cell.getIsMerged():
                cursor = sheet.createCursorByRange(cell)
                cursor.collapseToMergedArea()
                found.append(cursor.AbsoluteName.rpartition(".")[2].replace("$", ""))
    return found


def read_value(value: Any, zero_is_blank: bool) -> Any:
    """Any other argument: a scalar, rows of a computed array, or None."""
    if isinstance(value, tuple):
        return {"array": [[None if cell == "" else cell for cell in row] for row in value]}
    if zero_is_blank and value == 0.0 and not isinstance(value, str):
        return None
    return value


def write_rows(rows: list[list[Any]], document: Any) -> tuple[tuple[Any, ...], ...]:
    """A spill as Calc takes it."""
    null = document.NullDate
    epoch = dt.datetime(null.Year, null.Month, null.Day)
    return tuple(tuple(_write(cell, epoch) for cell in row) for row in rows)


def _write(cell: Any, epoch: dt.datetime) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, dict):
        return _write_special(cell, epoch)
    return float(cell) if math.isfinite(cell) else error_value("#NUM!")


def _write_special(cell: dict[str, Any], epoch: dt.datetime) -> float:
    if "error" in cell:
        return error_value(cell["error"])
    if "time" in cell:
        time = dt.time.fromisoformat(cell["time"])
        return (dt.datetime.combine(dt.date.min, time) - dt.datetime.min) / dt.timedelta(days=1)
    return (dt.datetime.fromisoformat(cell["date"]) - epoch) / dt.timedelta(days=1)


def error_value(code: str) -> float:
    """The number that Calc shows as an error value: a NaN with its error number in the lowest bits."""
    payload = 0x7FF8_0000_0000_0000 | ERRORS.get(code, ERRORS["#VALUE!"])
    return float(struct.unpack("<d", struct.pack("<Q", payload))[0])
