"""Array formulas fitted to what they return: Calc does not spill, so a result of another size needs another array."""

from __future__ import annotations

from typing import Any

from .client import Worker
from .formulas import anchor, excel_text
from .ranges import address

_CONTENT = 1 | 2 | 4 | 16  # values, dates, texts, formulas (com.sun.star.sheet.CellFlags)
_FORMULAS = 16


def formula_cells(where: Any) -> list[Any]:
    """The first cells of all formulas and arrays in some sheets or ranges."""
    parts = (
        [where.getByIndex(number) for number in range(where.getCount())] if hasattr(where, "getByIndex") else [where]
    )
    found = []
    for part in parts:
        cells = part.queryContentCells(_FORMULAS).getCells().createEnumeration()
        while cells.hasMoreElements():
            cell = cells.nextElement()
            corner, place = anchor(cell).getRangeAddress(), cell.getCellAddress()
            if (corner.StartRow, corner.StartColumn) == (place.Row, place.Column):
                found.append(cell)
    return found


def refit(cell: Any, document: Any, worker: Worker) -> tuple[str, str] | None:
    """Give the array of a formula of ours the size of its result; says in both languages why it could not."""
    size = _result_size(cell, document, worker)
    if size is None:
        return None
    old = anchor(cell)
    area = old.getRangeAddress()
    if size == (area.EndRow - area.StartRow + 1, area.EndColumn - area.StartColumn + 1):
        return None
    sheet = cell.Spreadsheet
    last = (area.StartColumn + size[1] - 1, area.StartRow + size[0] - 1)
    new = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, *last)
    taken = _taken(new, area)
    if taken is not None:
        where = f"{sheet.Name}!{taken}"
        return (
            f"{where} 不是空的，结果需要 {size[0]} 行 {size[1]} 列。请清空后再试。",
            f"{where} is not empty; the result needs {size[0]} rows and {size[1]} columns. Clear it and try again.",
        )
    formula = cell.getFormula().strip("{}")
    old.clearContents(_CONTENT)
    new.setArrayFormula(formula)
    return None


def _result_size(cell: Any, document: Any, worker: Worker) -> tuple[int, int] | None:
    """Rows and columns that the formula returns; None when it is not wholly a call of ours."""
    place = address(cell, document)
    request = {
        "do": "size",
        "formula": excel_text(cell, document),
        "anchor": {name: place[name] for name in ("document", "sheet", "row", "column")},
    }
    answer = worker.ask(request)
    if answer.get("ours") and answer.get("size") is None:  # not computed since LibreOffice was started
        cell.setFormula(cell.getFormula()) if anchor(cell) is cell else document.calculateAll()
        answer = worker.ask(request)
    size = answer.get("size")
    return None if size is None else (int(size[0]), int(size[1]))


def _taken(new: Any, old: Any) -> str | None:
    """The first cell of the new area, outside the old one, that holds something."""
    cells = new.queryContentCells(_CONTENT).getCells().createEnumeration()
    while cells.hasMoreElements():
        cell = cells.nextElement()
        place = cell.getCellAddress()
        if not (old.StartRow <= place.Row <= old.EndRow and old.StartColumn <= place.Column <= old.EndColumn):
            return str(cell.AbsoluteName.rpartition(".")[2].replace("$", ""))
    return None
