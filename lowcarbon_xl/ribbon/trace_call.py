"""The call behind a selected cell of an open workbook: a formula of ours, what it spilled, or a row of the plan."""

from __future__ import annotations

from dataclasses import replace

from lowcarbon_xl.audit.trace import Call, Trace, begin, by_ranges
from lowcarbon_xl.audit.versions import agree
from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.cells import Cell, rectangle
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.functions.trace import trace_call
from lowcarbon_xl.hosts.embedded.formulas import Node, references, write_formula
from lowcarbon_xl.ribbon.blocks import Range, reference
from lowcarbon_xl.ribbon.calls import StandingFormula, called, read_argument, read_reference, standing_formulas
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.snapshot import find_sheet
from lowcarbon_xl.ribbon.trace_table import trace_planned

_MOST_BEHIND = 50
_CANDIDATES = 12
"""So many formulas above and to the left of a cell are asked whether they fill it."""


def trace_selected(desk: Desk, cell: Range) -> Trace:
    """What a cell rests on.

    Raises
    ------
    InputError
        When it is neither a result of a formula nor in a row of the plan, or an argument cannot be read.
    """
    found = trace_planned(desk, cell) or _of_formula(desk, cell)
    return replace(found, behind=found.behind or _behind(desk, found))


def _of_formula(desk: Desk, cell: Range) -> Trace:
    """What a cell rests on that a formula fills."""
    own = None
    for formula in _candidates(desk, cell):
        tree = formula.tree
        function = called(tree)
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
                "选中公式或其溢出结果、结果表里的数字，或“模型”表的一行",
                "Select a formula or what it spilled, a number of a table of results, or a row of the plan",
            ),
            where=reference(cell),
        )
    return _ordinary(desk, cell, own)


def _behind(desk: Desk, found: Trace) -> tuple[str, ...]:
    """Formulas whose results are among the cells of a trace: where to trace on, ours first."""
    areas: dict[str, list[tuple[int, int, int, int]]] = {}
    for place in found.areas:
        name, _, cells = place.rpartition("!")
        if name and not cells.startswith("R1C"):
            areas.setdefault(name.strip("'").replace("''", "'"), []).append(rectangle(cells))
    formulas = [
        formula
        for name, rectangles in areas.items()
        if (sheet := find_sheet(desk.book, name)) is not None
        for formula in standing_formulas(desk, sheet)
        if formula.anchor != found.anchor and any(formula.touches(*one) for one in rectangles)
    ]
    formulas.sort(key=lambda formula: called(formula.tree) is None)
    return tuple(formula.anchor for formula in formulas[:_MOST_BEHIND])


def _candidates(desk: Desk, cell: Range) -> list[StandingFormula]:
    """Formulas that may fill a cell, the nearest first."""
    found = [
        one
        for one in standing_formulas(desk, cell.sheet, cell.row, cell.column)
        if one.filled is None or (one.filled[2] >= cell.row and one.filled[3] >= cell.column)
    ]
    found.sort(key=lambda one: (one.row != cell.row or one.column != cell.column, -one.column, -one.row))
    return found[:_CANDIDATES]


def _call(desk: Desk, cell: Range, formula: StandingFormula, function: Function, tree: Node) -> Call | None:
    """The call with its arguments read from the sheet; None where it does not fill the cell."""
    if function.needs_reference:
        raise InputError(
            Text(
                f"{function.name} 的结果要用命令行追溯", f"a result of {function.name} is traced from the command line"
            ),
            Text("保存后运行 lowcarbon trace 工作簿 单元格", "Save, then run lowcarbon trace BOOK CELL"),
            where=reference(cell),
        )
    arguments = tuple(read_argument(desk, cell.sheet, node) for node in tree["args"])
    spill = function.evaluate(arguments, desk.language)
    offset = cell.row - formula.row, cell.column - formula.column
    if offset[0] >= len(spill.rows) or offset[1] >= len(spill.rows[offset[0]]):
        return None
    written = tuple(write_formula(node, lambda part: None) for node in tree["args"])
    return Call(function, formula.text, formula.anchor, arguments, written, spill, offset, reference(cell))


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


def _ordinary(desk: Desk, cell: Range, formula: StandingFormula) -> Trace:
    """A formula that is not ours: the ranges that it reads."""
    tree = formula.tree
    blocks = [read_reference(desk, cell.sheet, text) for text in references(tree)] if tree is not None else []
    place = reference(cell)
    ranges = tuple(block.whole for block in blocks)
    return by_ranges(Trace(place, cell.value, place, "", formula.text, ranges=ranges), blocks)
