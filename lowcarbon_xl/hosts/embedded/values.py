"""Values on their way between the engine's Python and cells."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

from lowcarbon_xl.cells import Cell, CellError
from lowcarbon_xl.hosts.embedded.formulas import ERROR_CODES, ERROR_KINDS

EngineRows = Sequence[Sequence[Any]]


def to_cells(rows: EngineRows) -> list[list[Cell]]:
    """Rows of the engine's values as cells."""
    return [[to_cell(value) if type(value) is dict else value for value in row] for row in rows]


def to_cell(value: Any) -> Cell:
    """One of the engine's values as a cell."""
    if isinstance(value, dict):
        return CellError(ERROR_CODES.get(str(value.get("kind")), "#VALUE!"))
    cell: Cell = value
    return cell


def to_engine_value(cell: object, blank: str | None) -> Any:
    """A cell as the engine takes it; `blank` stands for a blank one."""
    if cell is None:
        return blank
    if isinstance(cell, CellError):
        return {"type": "Error", "kind": ERROR_KINDS.get(cell.code, "Value")}
    if isinstance(cell, float) and not math.isfinite(cell):
        return {"type": "Error", "kind": "Num"}
    if isinstance(cell, bool | int | float | str):
        return cell
    if isinstance(cell, dt.date | dt.time):
        return to_serial(cell)
    return str(cell)


def to_serial(moment: dt.date | dt.time) -> float:
    """A date or a time as a spreadsheet's serial number (1900 system)."""
    if isinstance(moment, dt.time):
        moment = dt.datetime.combine(dt.date(1899, 12, 30), moment)
    elif not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    return (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
