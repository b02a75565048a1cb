"""What Excel's ribbon calls: a button pressed on the workbook that is open."""

from __future__ import annotations

import xlwings as xw

import lowcarbon_xl.functions  # noqa: F401  (buttons write formulas of the catalogue)
from lowcarbon_xl import ribbon
from lowcarbon_xl.errors import Language, LowCarbonError

_TITLE = "低碳核算 LowCarbon"


def press(button_id: str, language: Language) -> None:
    """Press a button on the workbook that called; what was done, or why not, is shown in Excel's own words.

    Parameters
    ----------
    button_id : str
        As `lowcarbon_xl.catalogue.buttons` lists them.
    language : {"zh", "en"}
        The add-in's language.
    """
    book = xw.Book.caller()
    app = book.app

    def show(done: int, planned: int, what: str) -> None:
        app.status_bar = f"{done}/{planned} {what}"

    try:
        said = ribbon.press(book, button_id, language, progress=show)
        app.alert(said[language], _TITLE, mode="info")
    except LowCarbonError as error:
        app.alert(error.message()[language], _TITLE, mode="exclamation")
