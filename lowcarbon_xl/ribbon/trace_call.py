"""The call behind a selected cell of an open workbook: a formula of ours, what it spilled, or a row of the plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lowcarbon_xl.audit.trace import Call, Trace, begin, by_ranges
from lowcarbon_xl.audit.versions import agree
from lowcarbon_xl.catalogue import Argument_, Function, functions
from lowcarbon_xl.cells import Block, Cell, column_number, rectangle
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.functions.trace import trace_call
from lowcarbon_xl.hosts.embedded.formulas import Node, parse_formula, plain_name, references, write_formula
from lowcarbon_xl.ribbon.blocks import Range, Sheet, area, read_block, reference
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.plan import PLAN_NAMES, PlanRow, read_plan
from lowcarbon_xl.ribbon.plan_buttons import Panels
from lowcarbon_xl.ribbon.plan_models import option_text
from lowcarbon_xl.ribbon.snapshot import find_sheet

_COLUMNS = re.compile(r"\$?([A-Z]{1,3}):\$?([A-Z]{1,3})", re.IGNORECASE)
_CANDIDATES = 12
"""So many formulas above and to the left of a cell are asked whether they fill it."""


@dataclass(frozen=True, slots=True)
class _Formula:
    """A formula, where it stands, and the rectangle that it is known to fill."""

    row: int
    column: int
    text: str
    filled: tuple[int, int, int, int] | None


def trace_selected(desk: Desk, cell: Range) -> Trace:
    """What a cell rests on.

    Raises
    ------
    InputError
        When it is neither a result of a formula nor in a row of the plan, or an argument cannot be read.
    """
    if cell.sheet.name in PLAN_NAMES:
        return trace_call(_planned(desk, cell))
    own = None
    for formula in _candidates(desk, cell):
        tree = parse_formula(formula.text.removeprefix("="))
        function = _ours(tree)
        if function is not None and tree is not None:
            call = _call(desk, cell, formula, function, tree)
            if call is not None:
                return _checked(call, cell.value)
        elif (formula.row, formula.column) == (cell.row, cell.column):
            own = formula
    if own is None:
        raise InputError(
            Text("这个单元格不是公式的结果", "the cell is no result of a formula"),
            Text(
                "选中公式或其溢出结果；模型结果请选中“模型”表里的那一行",
                "Select a formula or what it spilled; for a table of results select its row of the plan",
            ),
            where=reference(cell),
        )
    return _ordinary(desk, cell, own)


def _candidates(desk: Desk, cell: Range) -> Iterator[_Formula]:
    """Formulas that may fill a cell, the nearest first."""
    contents = desk.native.contents(area(cell.sheet, 1, 1, cell.row, cell.column))
    found: list[_Formula] = []
    for i, line in enumerate(contents, start=1):
        for j, content in enumerate(line, start=1):
            if not isinstance(content, str) or content[:1] not in ("f", "a"):
                continue
            where, _, text = content[1:].rpartition("|") if content[0] == "a" else ("", "", content[1:])
            filled = rectangle(where) if where else None
            if filled is None or (filled[2] >= cell.row and filled[3] >= cell.column):
                found.append(_Formula(i, j, text, filled))
    found.sort(key=lambda one: (one.row != cell.row or one.column != cell.column, -one.column, -one.row))
    yield from found[:_CANDIDATES]


def _ours(tree: Node | None) -> Function | None:
    if tree is None or tree["node_type"] != "Function":
        return None
    name = plain_name(tree["name"])
    return next((function for function in functions() if function.name == name), None)


def _call(desk: Desk, cell: Range, formula: _Formula, function: Function, tree: Node) -> Call | None:
    """The call with its arguments read from the sheet; None where it does not fill the cell."""
    if function.needs_reference:
        raise InputError(
            Text(
                f"{function.name} 的结果要用命令行追溯", f"a result of {function.name} is traced from the command line"
            ),
            Text("保存后运行 lowcarbon trace 工作簿 单元格", "Save, then run lowcarbon trace BOOK CELL"),
            where=reference(cell),
        )
    arguments = tuple(_argument(desk, cell.sheet, node) for node in tree["args"])
    spill = function.evaluate(arguments, desk.language)
    offset = cell.row - formula.row, cell.column - formula.column
    if offset[0] >= len(spill.rows) or offset[1] >= len(spill.rows[offset[0]]):
        return None
    written = tuple(write_formula(node, lambda part: None) for node in tree["args"])
    anchor = reference(area(cell.sheet, formula.row, formula.column, 1, 1))
    return Call(
        function, "=" + formula.text.removeprefix("="), anchor, arguments, written, spill, offset, reference(cell)
    )


def _checked(call: Call, shown: Cell) -> Trace:
    """The trace, unless computing again gives another number than the sheet shows."""
    if agree(None if call.value == "" else call.value, shown) or not isinstance(shown, int | float):  # type: ignore[arg-type]
        return trace_call(call)
    note = Text(
        "重算的结果与表上的不同，只给出区域：请先重算",
        "computing again gives another number; only the ranges are given: recalculate first",
    )
    found = begin(call)
    return by_ranges(replace(found, value=shown, notes=(note, *found.notes)), call.blocks)


def _argument(desk: Desk, sheet: Sheet, node: Node) -> Argument_:
    if node["node_type"] == "Omitted":
        return None
    if node["node_type"] == "Literal" and not isinstance(node["value"], dict):
        literal: Cell = node["value"]
        return literal
    if node["node_type"] == "Reference":
        return _block(desk, sheet, str(node["reference"]))
    function = _ours(node)
    if function is None or function.needs_reference:
        text = write_formula(node, lambda part: None)
        raise InputError(
            Text(f"参数 {text} 不是区域，这里读不了", f"the argument {text} is no range and cannot be read here"),
            Text("保存后运行 lowcarbon trace 工作簿 单元格", "Save, then run lowcarbon trace BOOK CELL"),
        )
    rows = function.evaluate([_argument(desk, sheet, part) for part in node["args"]], desk.language).rows
    return Block([[None if isinstance(cell, Text) else cell for cell in row] for row in rows])


def _block(desk: Desk, sheet: Sheet, text: str) -> Block:
    """The cells of a reference; whole columns as far as the sheet is used."""
    name, _, cells = text.rpartition("!")
    found = find_sheet(desk.book, name.strip("'").replace("''", "'")) if name else sheet
    plain = cells.replace("$", "")
    if found is not None and (columns := _COLUMNS.fullmatch(plain)) is not None:
        left, right = column_number(columns[1]), column_number(columns[2])
        return read_block(area(found, 1, left, desk.native.used(found)[0], right - left + 1))
    try:
        top, left, bottom, right = rectangle(plain)
    except ValueError:
        found = None
    if found is None:
        raise InputError(
            Text(
                f"“{text}”不是这里能读的区域（名称、表格引用）",
                f"{text!r} is no range that can be read here (a name, a table)",
            ),
            Text(
                "改成 工作表!A1:H301，或保存后运行 lowcarbon trace",
                "Write sheet!A1:H301, or save and run lowcarbon trace",
            ),
        )
    return read_block(area(found, top, left, bottom - top + 1, right - left + 1))


def _ordinary(desk: Desk, cell: Range, formula: _Formula) -> Trace:
    """A formula that is not ours: the ranges that it reads."""
    tree = parse_formula(formula.text.removeprefix("="))
    blocks = [_block(desk, cell.sheet, text) for text in references(tree)] if tree is not None else []
    place = reference(cell)
    ranges = tuple(block.whole for block in blocks)
    return by_ranges(Trace(place, cell.value, place, "", "=" + formula.text.removeprefix("="), ranges=ranges), blocks)


def _planned(desk: Desk, cell: Range) -> Call:
    """The model of a row of the plan as the call of its worksheet function."""
    row = next((row for row in read_plan(desk).rows if row.row == cell.row), None)
    if row is None or row.kind not in ("TWFE", "IV"):
        raise InputError(
            Text("选中的行不是 TWFE 或 IV 模型", "the selected row is no model of kind TWFE or IV"),
            Text("选中 TWFE 或 IV 的一行", "Select a row of kind TWFE or IV"),
            where=reference(cell),
        )
    panel = Panels(desk).read(row)
    given = _given(row)
    name = "TWFE" if row.kind == "TWFE" else "IVREG"
    function = next(function for function in functions() if function.name == name)
    arguments: tuple[Argument_, ...] = (panel, *given, option_text(row))
    spill = function.evaluate(arguments, desk.language)
    if spill.failed:
        raise InputError(
            Text("这个模型算不出来：" + spill.reasons[0].zh, "the model cannot be estimated: " + spill.reasons[0].en),
            Text("先改正这一行", "Mend the row first"),
            where=reference(cell),
        )
    written = (panel.whole, *(text or "" for text in given), option_text(row))
    formula = f"={name}({panel.whole}, ...)"
    return Call(function, formula, reference(cell), arguments, written, spill, (1, 1), reference(cell))


def _given(row: PlanRow) -> tuple[str | None, ...]:
    if row.kind == "TWFE":
        return row["y"], row["x"]
    return row["y"], row["x"] or None, row["endogenous"] or row["x"], row["instruments"]
