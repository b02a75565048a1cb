"""Run in the Python of LibreOffice: enter formulas one by one into a small sheet and read what each cell shows."""

from __future__ import annotations

import json
from typing import Any


def main(context: Any, data: str, merged: str, formulas: str) -> list[str]:
    """The texts that the cells show, in the order of the formulas (``[[cell, formula], ...]``)."""
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())
    sheet = document.Sheets.getByIndex(0)
    sheet.Name = "S"
    rows = tuple(map(tuple, json.loads(data)))
    sheet.getCellRangeByPosition(0, 0, len(rows[0]) - 1, len(rows) - 1).setDataArray(rows)
    if merged:
        sheet.getCellRangeByName(merged).merge(True)
    shown = []
    for cell, formula in json.loads(formulas):
        entered = sheet.getCellRangeByName(cell)
        entered.setFormula(formula)
        shown.append(entered.String)
    document.close(True)
    return shown
