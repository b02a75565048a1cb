"""What the add-in's VBA calls through xlwings: two entry points as xlwings functions, values passed as they are.

Imported on Windows alone, by name, from VBA; elsewhere xlwings' decorators do nothing. ``raw`` overrides what
xlwings would convert by annotation; no parameter is called ``caller``, which xlwings would fill in itself.
"""

from __future__ import annotations

from typing import Any

import xlwings as xw

from lowcarbon_xl.hosts.classic import udf


@xw.func
@xw.arg("name", "raw")
@xw.arg("values", "raw")
@xw.arg("places", "raw")
@xw.arg("calling_cell", "raw")
@xw.arg("language", "raw")
@xw.ret("raw")
def call(name: Any, values: Any, places: Any, calling_cell: Any, language: Any) -> Any:
    """One worksheet function; see `udf.call`."""
    return udf.call(name, values, places, calling_cell, language)


@xw.func
@xw.arg("place", "raw")
@xw.ret("raw")
def size(place: Any) -> Any:
    """Rows and columns of a result; see `udf.size`."""
    return udf.size(place)
