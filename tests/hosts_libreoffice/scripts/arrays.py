"""Run in the Python of LibreOffice: formulas in single cells and in arrays of a wrong size, then the menu's commands."""

from __future__ import annotations

import pathlib
import runpy
import time
from typing import Any

_CONVERT = runpy.run_path(str(pathlib.Path(__file__).with_name("convert.py")))
_DATA = (
    ("省份", "年份", "x"),
    ("北京", 2019.0, 1.0),
    ("北京", 2020.0, ""),
    ("北京", 2021.0, 3.0),
)


def main(context: Any, excel_file: str) -> dict[str, Any]:
    """Where arrays reach to before and after ``refit_all``, and a cell of an Excel file before and after ``adopt``."""
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())
    sheet = document.Sheets.getByIndex(0)
    sheet.getCellRangeByName("A1:C4").setDataArray(_DATA)
    sheet.getCellRangeByName("E1").setFormula("=LC.FILLGAPS(A1:C4)")
    sheet.getCellRangeByName("I1:I9").setArrayFormula('=LC.LAGYEAR(A1:C4;"x")')
    sheet.getCellRangeByName("K1").setFormula("=SUM(LC.FILLGAPS(A1:C4))")
    sheet.getCellRangeByName("E12").setFormula("=LC.DESCRIBE(A1:C4)")
    sheet.getCellRangeByName("G13").setString("taken")

    def arrays() -> list[str]:
        return [_extent(sheet, name) for name in ("E1", "I1", "K1", "E12")]

    before = arrays()
    _press(context, document, "refit_all")
    _wait(lambda: arrays()[1] == "I1:I4")
    result: dict[str, Any] = {"before": before, "after": arrays()}
    result["filled"] = sheet.getCellRangeByName("G3").getValue()
    result["kept"] = sheet.getCellRangeByName("G13").String
    document.close(True)
    result.update(_adopt(context, excel_file))
    return result


def _adopt(context: Any, excel_file: str) -> dict[str, Any]:
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    document = desktop.loadComponentFromURL(pathlib.Path(excel_file).as_uri(), "_blank", 0, ())
    cell = document.Sheets.getByName("gtfp").getCellRangeByName("A3")
    unknown = cell.String
    _press(context, document, "adopt")
    _wait(lambda: cell.getError() == 0)
    result = {"unknown": unknown, "adopted": cell.getValue(), "formula": cell.getFormula()}
    document.close(True)
    return result


def _press(context: Any, document: Any, command: str) -> None:
    """Choose an item of the menu."""
    url = f"service:org.lowcarbon.calc.Commands?{command}"
    settings = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.configuration.ConfigurationProvider", context
    ).createInstanceWithArguments(
        "com.sun.star.configuration.ConfigurationAccess",
        (
            _CONVERT["option"](
                "nodepath", "/org.openoffice.Office.Addons/AddonUI/OfficeMenuBar/org.lowcarbon.calc/Submenu"
            ),
        ),
    )
    items = [settings.getByName(name).getByName("URL") for name in settings.getElementNames()]
    if url not in items:
        raise LookupError(f"{url} is not in the menu, only {items}")
    helper = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
    helper.executeDispatch(document.getCurrentController().getFrame(), url, "", 0, ())


def _extent(sheet: Any, name: str) -> str:
    cell = sheet.getCellRangeByName(name)
    cursor = sheet.createCursorByRange(cell)
    if cell.getFormula().startswith("{"):
        cursor.collapseToCurrentArray()
    return str(cursor.AbsoluteName.rpartition(".")[2].replace("$", ""))


def _wait(done: Any) -> None:
    """Commands run on their own; give them a while."""
    end = time.monotonic() + 30
    while not done() and time.monotonic() < end:
        time.sleep(0.1)
