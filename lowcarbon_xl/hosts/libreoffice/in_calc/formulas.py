"""Formulas in cells: their text as Excel spells it, and the array that a cell belongs to."""

from __future__ import annotations

from typing import Any

from .ranges import address

_EXCEL_FILE = 3  # com.sun.star.sheet.AddressConvention.XL_OOX: as in .xlsx, with commas whatever the locale


def anchor(cell: Any) -> Any:
    """The array that a cell belongs to, or the cell itself."""
    if not cell.getFormula().startswith("{"):
        return cell
    area = cell.Spreadsheet.createCursorByRange(cell)
    area.collapseToCurrentArray()
    return area


def excel_text(cell: Any, document: Any) -> str | None:
    """The formula of a cell (or of its array) in Excel's English spelling, without ``=``; None where there is none."""
    area = anchor(cell)
    first = area.getCellByPosition(0, 0)
    tokens = first.getTokens() if area is cell else area.getArrayTokens()
    if not cell.getFormula().startswith(("=", "{")) or not tokens:
        return None
    parser = document.createInstance("com.sun.star.sheet.FormulaParser")
    parser.CompileEnglish = True
    parser.FormulaConvention = _EXCEL_FILE
    text: str = parser.printFormula(tokens, first.getCellAddress())
    return text


def described(cell: Any, document: Any) -> dict[str, Any]:
    """What WHY needs to know about a cell besides its value: the formula, where it stands, and how far in it the cell is."""
    corner = address(anchor(cell), document)
    place = address(cell, document)
    return {
        "formula": excel_text(cell, document),
        "anchor": {name: corner[name] for name in ("document", "sheet", "row", "column")},
        "offset": [place["row"] - corner["row"], place["column"] - corner["column"]],
    }
