"""An xlwings engine over openpyxl: a macro written for ``xw.Book`` runs without Excel, and needs no licence.

What the engine cannot do (charts, pictures, pivot tables, printing) raises NotImplementedError and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import xlwings as xw

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.errors import Language
from lowcarbon_xl.hosts.embedded.engine.application import ENGINE_NAME, Engine, Settings

__all__ = ["ENGINE_NAME", "activate", "open_book"]


def activate(
    functions: Iterable[Function] = (), language: Language = "zh", *, allow_loss: bool = False
) -> xw.main.Engine:
    """Make this engine the active one of xlwings.

    Parameters
    ----------
    functions : iterable of Function
        The worksheet functions that formulas may call.
    language : {"zh", "en"}
        Language of result headers.
    allow_loss : bool
        Whether saving may lose what cannot survive a change (a digital signature, a pivot table whose cells a macro
        writes over, ...); what openpyxl does not know survives in any case.

    Returns
    -------
    xlwings.main.Engine
    """
    settings = Settings({function.name: function for function in functions}, language, allow_loss)
    engine = next((known for known in xw.engines if known.name == ENGINE_NAME), None)
    if engine is None:
        engine = xw.main.Engine(impl=Engine(settings))
        xw.engines.add(engine)
    engine.impl.settings = settings
    engine.activate()
    return engine


def open_book(
    path: Path, functions: Iterable[Function] = (), language: Language = "zh", *, allow_loss: bool = False
) -> xw.Book:
    """Open a workbook for a macro.

    Raises
    ------
    HostError
        When the file cannot be read.
    """
    engine = activate(functions, language, allow_loss=allow_loss)
    app = engine.apps.active or engine.apps.add()
    return app.books.open(str(path))
