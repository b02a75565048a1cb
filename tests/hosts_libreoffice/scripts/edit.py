"""Run in the Python of LibreOffice: change a cell, look at what depends on it before and after."""

from __future__ import annotations

import pathlib
import runpy
from typing import Any

_CONVERT = runpy.run_path(str(pathlib.Path(__file__).with_name("convert.py")))


def main(context: Any, source: str, changed: str, value: str, *watched: str) -> list[list[float | str]]:
    """Values of the watched cells before and after; ``sheet.A1`` names a cell."""
    document = _CONVERT["opened"](context, source)

    def cell(name: str) -> Any:
        sheet, _, address = name.rpartition(".")
        return document.Sheets.getByName(sheet).getCellRangeByName(address)

    def shown() -> list[float | str]:
        return [found.String if found.getError() else found.getValue() for found in map(cell, watched)]

    before = shown()
    cell(changed).setValue(float(value))
    after = shown()
    document.close(True)
    return [before, after]
