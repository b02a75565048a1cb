"""Workbooks in the .xls format of Excel 97-2003."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

from lowcarbon_xl.cells import Block, Cell, CellError, column_letters
from lowcarbon_xl.errors import HostError, Text
from lowcarbon_xl.readers.source import SourceFile, SourceSheet, rectangle_of


def read_xls_file(path: Path, content: bytes) -> SourceFile:
    """Read every sheet of an .xls workbook (values; the format's formulas are not read).

    Raises
    ------
    HostError
        When the file is damaged or is no workbook.
    """
    import xlrd  # heavy, and rarely wanted

    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    except (xlrd.XLRDError, NotImplementedError, AssertionError, IndexError, ValueError, KeyError) as error:
        raise HostError(
            Text(f".xls 文件读不了（{error}）", f"the .xls file cannot be read ({error})"),
            Text("在 Excel 里打开并另存为 .xlsx", "Open it in Excel and save it as .xlsx"),
            where=str(path),
        ) from error
    return SourceFile(path, tuple(_sheet(sheet, book.datemode, path) for sheet in book.sheets()))


def _sheet(sheet: Any, datemode: int, path: Path) -> SourceSheet:
    cells: dict[int, dict[int, Cell]] = {}
    for row in range(sheet.nrows):
        for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True)):
            cell = _cell(kind, value, datemode)
            if cell is not None:
                cells.setdefault(row + 1, {})[column + 1] = cell
    merged = tuple(
        f"{column_letters(left + 1)}{top + 1}:{column_letters(right)}{bottom}"
        for top, bottom, left, right in sorted(sheet.merged_cells)
    )
    return SourceSheet(Block(rectangle_of(cells, f"{path} {sheet.name}"), sheet.name, merged=merged))


def _cell(kind: int, value: Any, datemode: int) -> Cell:
    import xlrd

    if kind == xlrd.XL_CELL_TEXT:
        return str(value) or None
    if kind == xlrd.XL_CELL_NUMBER:
        return float(value)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:
        return CellError(xlrd.error_text_from_code.get(value, "#N/A"))
    if kind == xlrd.XL_CELL_DATE:
        try:
            moment: dt.datetime = xlrd.xldate_as_datetime(value, datemode)
        except (xlrd.XLDateError, OverflowError, ValueError):
            return float(value)
        return moment.date()
    return None
