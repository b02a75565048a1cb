"""What Excel and Office.js do with a formula of ours: the values they pass, and what they make of the answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import Cell, CellError
from lowcarbon_xl.hosts.embedded.formulas import Node, parse_formula
from lowcarbon_xl.hosts.embedded.places import LAST_ROW, Area, Place, parse_reference
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation
from lowcarbon_xl.hosts.server.wire import ERROR_TYPES, serial
from tests.conformance.calls import CALLS, ConformanceCall
from tests.conformance.sheets import SHEETS

Json = Any

BOOK = "conformance.xlsx"
KEY = "a-key-for-the-tests-alone"
OTHER_KEY = "another-key-for-the-tests"


@dataclass(frozen=True, slots=True)
class Direct:
    """A call that is one function of ours over ranges and constants.

    Parameters
    ----------
    call : ConformanceCall
    function : str
    arguments : tuple
        An `Area`, a constant, or None for one that is left out.
    """

    call: ConformanceCall
    function: str
    arguments: tuple[Area | Cell, ...]


def direct_calls() -> list[Direct]:
    """The conformance calls that Excel passes on as they are; around and inside the others it computes itself."""
    names = {function.name for function in functions()}
    found = []
    for call in CALLS:
        tree = parse_formula(call.formula.removeprefix("="))
        if tree is None or tree["node_type"] != "Function" or tree["name"].upper() not in names:
            continue
        arguments = [_argument(node) for node in tree["args"]]
        if NotImplemented not in arguments:
            found.append(Direct(call, tree["name"].upper(), tuple(arguments)))
    return found


def _argument(node: Node) -> Any:
    if node["node_type"] == "Omitted":
        return None
    if node["node_type"] == "Literal":
        return node["value"]
    if node["node_type"] == "UnaryOp" and node["operand"]["node_type"] == "Literal":
        return -node["operand"]["value"]
    if node["node_type"] == "Reference":
        return parse_reference(str(node["reference"]), "", lambda name: name)
    return NotImplemented


def body(
    function: str,
    arguments: list[Json],
    places: list[str | None] | None = None,
    caller: str | None = None,
    **more: Json,
) -> dict[str, Json]:
    """A request as xlwings' front end writes it, with what ours adds."""
    own = {"places": places or [], "formulas": more.pop("formulas", {}), "language": more.pop("language", "en")}
    return {
        "client": "Office.js",
        "func_name": function,
        "args": arguments,
        "caller_address": f"[{BOOK}]{caller}" if caller else None,
        "session_id": "3f0c",
        "culture_info_name": "zh-CN",
        "date_format": "yyyy/m/d",
        "version": "0.0.0",
        "runtime": "1.4",
        "lowcarbon": own,
        **more,
    }


def direct_body(direct: Direct, book: Recalculation) -> dict[str, Json]:
    """The request that a direct call makes."""
    places = [a.reference if isinstance(a, Area) else None for a in direct.arguments]
    values = [matrix(a, book) if isinstance(a, Area) else None if a is None else [[a]] for a in direct.arguments]
    formulas = {
        str(i): {"text": formula_at(a.corner), "anchor": _anchor(a).reference}
        for i, a in enumerate(direct.arguments)
        if isinstance(a, Area) and direct.function == "WHY"
    }
    return body(direct.function, values, places, f"{direct.call.id}!A1", formulas=formulas)


def formula_at(place: Place) -> str:
    """The formula that fills a cell, as Excel shows it where the add-in runs in it."""
    if place.sheet not in SHEETS:
        formula = next(call.formula for call in CALLS if call.id == place.sheet)
        return f"=LC.{formula.removeprefix('=')}"
    typed = SHEETS[place.sheet][place.row - 1][place.column - 1]
    return typed if isinstance(typed, str) and typed.startswith("=") else ""


def _anchor(area: Area) -> Area:
    return area if area.sheet in SHEETS else Area(area.sheet, 1, 1, 1, 1)


def matrix(area: Area, book: Recalculation) -> list[list[Json]]:
    """The values of a range; whole columns end where the front end cuts them."""
    used = SHEETS.get(area.sheet, [[None]])
    if area.last_row == LAST_ROW:
        area = area.clamped(len(used), area.last_column)
    return [
        [wire(_cell(area.sheet, i, j, book)) for j in range(area.column, area.last_column + 1)]
        for i in range(area.row, area.last_row + 1)
    ]


def _cell(sheet: str, row: int, column: int, book: Recalculation) -> Cell:
    used = SHEETS.get(sheet, [])
    typed = used[row - 1][column - 1] if row <= len(used) and column <= len(used[row - 1]) else None
    if isinstance(typed, str) and typed.startswith("="):
        return book.values[Place(sheet, row, column)]
    return typed


def wire(cell: Cell) -> Json:
    """A cell as Office.js passes it: blanks as empty texts, dates as numbers, errors as objects."""
    if cell is None:
        return ""
    if isinstance(cell, CellError):
        return {"type": "Error", "errorType": ERROR_TYPES[cell.code], "basicType": "Error", "basicValue": cell.code}
    return serial(cell) if isinstance(cell, dt.date | dt.time) else cell


def shown(value: Json) -> Cell:
    """What Excel shows of a value that a custom function returned."""
    if not isinstance(value, dict):
        return value
    return CellError(value["basicValue"]) if value["type"] == "Error" else value["basicValue"]


def expected(cell: Cell) -> Cell:
    """The embedded host's cell as Excel would show ours."""
    if isinstance(cell, CellError):
        return CellError(cell.code)
    if cell is None:
        return ""
    if isinstance(cell, dt.date | dt.time):
        return serial(cell)
    return float(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell
