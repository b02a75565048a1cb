"""Answer one call: arguments with their places in, a spill out, and what WHY needs kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lowcarbon_xl.catalogue import Argument_, Function, Kind, functions
from lowcarbon_xl.cells import Block, Cell, CellError, Reference, Spill
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.hosts.embedded.formulas import parse_formula, plain_name, walk
from lowcarbon_xl.hosts.embedded.places import Area
from lowcarbon_xl.hosts.server.call import CallContext, Formula
from lowcarbon_xl.hosts.server.computing import Computing
from lowcarbon_xl.hosts.server.memory import Home, Memory, Remembered

Value = Cell | list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Answering:
    """What one worker answers calls with."""

    computing: Computing
    memory: Memory

    async def answer(self, function: Function, values: Sequence[Value], context: CallContext) -> Spill:
        """The rendered spill of a call, computed away from the event loop."""
        return await self.computing.run(lambda: self._evaluate(function, values, context))

    def _evaluate(self, function: Function, values: Sequence[Value], context: CallContext) -> Spill:
        arguments = [self._argument(function, i, value, context) for i, value in enumerate(values)]
        spill = function.evaluate(arguments, context.language)
        if context.caller is not None and not function.needs_reference:
            place = context.caller.corner
            self.memory.keep(_home(context, place.sheet), Remembered.of(place, function.name, spill))
        return spill

    def _argument(self, function: Function, position: int, value: Value, context: CallContext) -> Argument_:
        area = context.place(position)
        if isinstance(value, list):
            block = Block(value) if area is None else Block(value, area.sheet, area.row, area.column)
        elif area is None:
            return value
        else:
            block = Block([[value]], area.sheet, area.row, area.column)
        if function.arguments[position].kind is Kind.REFERENCE and area is not None:
            return self._reference(block, area, context.formulas.get(position), context)
        return block

    def _reference(self, block: Block, area: Area, formula: Formula | None, context: CallContext) -> Reference:
        """A cell with what filled it, as far as the front end and our memory know."""
        calls = _calls(formula)
        if formula is not None and not calls:
            return Reference(block, formula.text or None)
        anchor = formula.anchor.corner if formula is not None and formula.anchor else None
        place = anchor or area.corner
        found = self.memory.find(_home(context, place.sheet), place.row, place.column)
        text = formula.text if formula is not None else None
        if found is None:
            return _not_computed(block, text)
        spill = found.spill()
        if formula is not None and not _is_whole(formula):
            return Reference(_explained(block, spill) if spill.failed else block, text)
        if spill.failed:
            return Reference(block, text or found.function, spill)
        return Reference(block, text or found.function, spill, (area.row - found.row, area.column - found.column))


def _home(context: CallContext, sheet: str) -> Home:
    return Home(context.user, context.session, context.book, sheet)


def _calls(formula: Formula | None) -> bool:
    """Whether a formula calls a function of ours."""
    tree = parse_formula(formula.text.removeprefix("=")) if formula is not None and formula.text else None
    names = {function.name for function in functions()}
    return tree is not None and any(
        node["node_type"] == "Function" and plain_name(node["name"]) in names for node in walk(tree)
    )


def _is_whole(formula: Formula) -> bool:
    """Whether a formula is one call of ours and nothing around it."""
    tree = parse_formula(formula.text.removeprefix("="))
    names = {function.name for function in functions()}
    return tree is not None and tree["node_type"] == "Function" and plain_name(tree["name"]) in names


def _explained(block: Block, failed: Spill) -> Block:
    """The cell of a longer formula, with the reason why the call inside failed."""
    shown, own = block.values[0][0], failed.rows[0][0]
    same = isinstance(shown, CellError) and isinstance(own, CellError) and shown.code == own.code
    return Block([[own]], block.sheet, block.row, block.column) if same and isinstance(own, CellError) else block


def _not_computed(block: Block, text: str | None) -> Reference:
    error = InputError(
        Text(
            "这个结果是打开文件时带来的，服务器还没有算过",
            "this result came with the file; the server has not computed it",
        ),
        Text(
            "按 Ctrl+Alt+F9 重算，再看说明；别的工作簿里的单元格，请在那里用 WHY",
            "Recalculate with Ctrl+Alt+F9, then look again; explain a cell of another workbook there",
        ),
    )
    return Reference(block, text, Spill.failure(error))
