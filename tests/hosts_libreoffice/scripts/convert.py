"""Run in the Python of LibreOffice: open a workbook, let it compute, save it under another name."""

from __future__ import annotations

import pathlib
from typing import Any

import uno


def option(name: str, value: Any) -> Any:
    """One property of loading or saving."""
    made = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    made.Name, made.Value = name, value
    return made


def opened(context: Any, path: str) -> Any:
    """The document of a file."""
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    return desktop.loadComponentFromURL(pathlib.Path(path).as_uri(), "_blank", 0, (option("Hidden", True),))


def save(document: Any, path: str) -> None:
    """Write an .xlsx."""
    document.storeToURL(pathlib.Path(path).as_uri(), (option("FilterName", "Calc MS Excel 2007 XML"),))


def main(context: Any, source: str, target: str) -> list[str]:
    """The names of the sheets."""
    document = opened(context, source)
    save(document, target)
    names = list(document.Sheets.ElementNames)
    document.close(True)
    return names
