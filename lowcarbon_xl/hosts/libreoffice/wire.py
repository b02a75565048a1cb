"""Cells between the add-in and the worker: JSON on the wire, blocks and spills on this side."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from lowcarbon_xl.catalogue import Argument_
from lowcarbon_xl.cells import Block, Cell, CellError, Spill

Json = dict[str, Any]


def read_argument(value: Any) -> Argument_:
    """One argument: a block with its place, a computed array, a scalar, or None when it is left out."""
    if not isinstance(value, dict):
        return read_cell(value)
    if "block" in value:
        return read_block(value["block"])
    return Block(_rows(value["array"]))


def read_block(block: Mapping[str, Any]) -> Block:
    """A range with its place."""
    return Block(_rows(block["cells"]), block["sheet"], block["row"], block["column"], tuple(block["merged"]))


def _rows(rows: list[list[Any]]) -> list[list[Cell]]:
    return [[read_cell(cell) if type(cell) is dict else cell for cell in row] for row in rows]


def read_cell(value: Any) -> Cell:
    """One cell; error values, dates and times are objects with one key."""
    if not isinstance(value, dict):
        cell: Cell = value
        return cell
    if "error" in value:
        return CellError(value["error"])
    if "time" in value:
        return dt.time.fromisoformat(value["time"])
    text = value["date"]
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)


def write_spill(spill: Spill) -> list[list[Any]]:
    """The rows of a spill; at least one cell."""
    return [[_write(cell) for cell in row] for row in spill.rows] or [[None]]


def _write(cell: object) -> Any:
    if cell is None or isinstance(cell, str | bool):
        return cell
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else {"error": "#NUM!"}
    if isinstance(cell, CellError):
        return {"error": cell.code}
    if isinstance(cell, dt.time):
        return {"time": cell.isoformat()}
    if isinstance(cell, dt.date):
        return {"date": cell.isoformat()}
    return str(cell)
