"""A recalculated workbook that can be asked what a cell rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import lowcarbon_xl.functions  # noqa: F401  (declares the worksheet functions)
from lowcarbon_xl.audit.trace import Call, InputCell, Trace, begin, by_ranges
from lowcarbon_xl.audit.versions import agree
from lowcarbon_xl.catalogue import Argument_, Function, functions
from lowcarbon_xl.cells import Block, Cell, Spill
from lowcarbon_xl.commands.evidence import read_sheets, rectangle_of, slice_of
from lowcarbon_xl.errors import InputError, Language, Text
from lowcarbon_xl.functions.trace import trace_call
from lowcarbon_xl.hosts.embedded.dependencies import Dependencies
from lowcarbon_xl.hosts.embedded.formulas import Locator, Node, parse_formula, plain_name, write_formula
from lowcarbon_xl.hosts.embedded.outcome import Rows
from lowcarbon_xl.hosts.embedded.places import Area, Place, parse_reference
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation, evaluate, recalculate_content
from lowcarbon_xl.hosts.embedded.workbook import WorkbookContent, read_workbook


@dataclass(frozen=True, slots=True)
class AskedBook:
    """A workbook with everything computed, to be asked about its cells.

    Parameters
    ----------
    done : Recalculation
    sheets : mapping of str to Block
        What stands in every cell: typed values, and results as recalculated.
    language : {"zh", "en"}
    """

    done: Recalculation
    sheets: Mapping[str, Block]
    language: Language

    @classmethod
    def read(cls, path: Path, language: Language) -> AskedBook:
        """Read and recalculate a workbook."""
        return cls.of(read_workbook(path), language)

    @classmethod
    def of(cls, content: WorkbookContent, language: Language) -> AskedBook:
        """Recalculate a workbook that was read, in its own language where it has one."""
        own = content.language or language
        done = recalculate_content(content, functions(), own)
        return cls(done, _filled_in(read_sheets(content.path), done), own)

    def place(self, cell: str) -> Place:
        """The cell that a text names."""
        sheet, _, _ = cell.rpartition("!")
        content = self.done.content
        if sheet:
            content.require_sheet(sheet.removeprefix("'").removesuffix("'").replace("''", "'"))
        area = parse_reference(cell, content.active, content.find_sheet)
        if area is None or area.shape != (1, 1):
            raise InputError(
                Text(f"“{cell}”不是一个单元格", f"{cell!r} is no cell"),
                Text('写成 "面板!J7"', 'Write it as "面板!J7"'),
            )
        return area.corner

    def anchor(self, place: Place) -> Place | None:
        """The cell whose formula fills a cell, if one does."""
        if self.done.content.formula_at(place) is not None:
            return place
        for anchor, rows in self.done.arrays.items():
            if Area.sized(anchor, len(rows), len(rows[0])).contains(place):
                return anchor
        return None

    def trace(self, place: Place) -> Trace:
        """What a cell rests on."""
        anchor = self.anchor(place)
        value = self.block(Area.sized(place, 1, 1)).values[0][0]
        if anchor is None:
            note = Text("直接填写的值，不是结果", "typed, not a result")
            own = InputCell(place.address, "", value)
            return Trace(place.address, value, place.address, "", "", cells=(own,), notes=(note,))
        text = self.done.texts.get(anchor) or self.done.content.sheets[anchor.sheet].formulas[anchor].text
        tree = parse_formula(text)
        function = _ours(tree)
        if function is not None and tree is not None:
            found = self._of_call(function, tree, anchor, place, text)
        else:
            found = self._of_formula(tree, anchor, place, text, value)
        return replace(found, behind=self._behind(tree, anchor))

    def block(self, area: Area) -> Block:
        """The cells of a rectangle, cut at what its sheet uses."""
        content = self.done.content.sheets[area.sheet]
        block = slice_of(self.sheets[area.sheet], rectangle_of(area.clamped(content.rows, content.columns)))
        return replace(block, merged=tuple(other.cells for other in content.merged if other.intersects(area)))

    def _shown(self, anchor: Place) -> Rows:
        """What a formula shows, one value or many."""
        rows = self.done.arrays.get(anchor)
        return rows if rows is not None else ((self.done.values[anchor],),)

    def _of_call(self, function: Function, tree: Node, anchor: Place, place: Place, text: str) -> Trace:
        arguments = tuple(self._argument(node, anchor) for node in tree["args"])
        looks = function.needs_reference  # which the cells alone do not give
        spill = Spill(self._shown(anchor)) if looks else function.evaluate(arguments, self.language)
        offset = place.row - anchor.row, place.column - anchor.column
        call = Call(
            function,
            f"={text}",
            anchor.address,
            arguments,
            tuple(write_formula(node, lambda part: None) for node in tree["args"]),
            spill,
            offset,
            place.address,
        )
        if not self._reproduced(call, anchor):
            found = begin(replace(call, spill=replace(spill, rows=self._shown(anchor))))
            note = Text(
                "这里重算的参数与单元格里的不完全相同，只给出区域",
                "the arguments as read here do not give the cell's value; only the ranges are given",
            )
            return by_ranges(replace(found, notes=(note, *found.notes)), call.blocks)
        return trace_call(call)

    def _reproduced(self, call: Call, anchor: Place) -> bool:
        """Whether the call, made again with the arguments as they were read, gives what the cell shows."""
        rows, (row, column) = call.spill.rows, call.offset
        if row >= len(rows) or column >= len(rows[row]):
            return False
        found, shown = rows[row][column], self._shown(anchor)[row][column]
        return not isinstance(found, Text) and agree(found, shown)

    def _argument(self, node: Node, anchor: Place) -> Argument_:
        if node["node_type"] == "Omitted":
            return None
        if node["node_type"] == "Reference":
            area = Locator(self.done.content).locate(str(node["reference"]), anchor)
            if area is not None:
                return self.block(area)
        if node["node_type"] == "Literal" and not isinstance(node["value"], dict):
            literal: Cell = node["value"]
            return literal
        formula = write_formula(node, lambda part: None)
        spill = evaluate(self.done.content.path, formula, functions(), self.language, anchor.sheet)
        rows = [[None if isinstance(cell, Text) else cell for cell in row] for row in spill.rows]
        return Block(rows) if len(rows) * len(rows[0]) > 1 else rows[0][0]

    def _of_formula(self, tree: Node | None, anchor: Place, place: Place, text: str, value: Cell) -> Trace:
        areas = self._reads(tree, anchor)
        notes = () if areas is not None else (Text("引用要计算才知道", "only evaluation can tell what it reads"),)
        blocks = [self.block(area) for area in areas or ()]
        ranges = tuple(block.whole for block in blocks)
        found = Trace(place.address, value, anchor.address, "", f"={text}", ranges=ranges, notes=notes)
        return by_ranges(found, blocks)

    def _reads(self, tree: Node | None, anchor: Place) -> list[Area] | None:
        if tree is None:
            return None
        return Dependencies(self.done.content, {anchor: tree}, frozenset()).areas(tree, anchor)

    def _behind(self, tree: Node | None, anchor: Place) -> tuple[str, ...]:
        """Formulas whose results a formula reads."""
        areas = self._reads(tree, anchor) or []
        found = dict.fromkeys(
            cell.place.address
            for cell in self.done.content.formulas()
            if cell.place != anchor and any(_fills(self.done, cell.place).intersects(area) for area in areas)
        )
        return tuple(found)


def _ours(tree: Node | None) -> Function | None:
    """The function of ours that is a whole formula, if one is."""
    if tree is None or tree["node_type"] != "Function":
        return None
    name = plain_name(tree["name"])
    return next((function for function in functions() if function.name == name), None)


def _fills(done: Recalculation, place: Place) -> Area:
    rows = done.arrays.get(place, ((None,),))
    return Area.sized(place, len(rows), len(rows[0]))


def _filled_in(sheets: dict[str, Block], done: Recalculation) -> dict[str, Block]:
    """Sheets with the results as recalculated in place of those that were saved."""
    computed = {place: ((value,),) for place, value in done.values.items()} | dict(done.arrays)
    filled: dict[str, Block] = {}
    for name, block in sheets.items():
        own = [(place, rows) for place, rows in computed.items() if place.sheet == name]
        height = max((place.row - 1 + len(rows) for place, rows in own), default=0)
        width = max((place.column - 1 + len(rows[0]) for place, rows in own), default=0)
        values = [[*row, *[None] * (width - len(row))] for row in block.values]
        values += [[None] * max(width, block.shape[1]) for _ in range(height - len(values))]
        for place, _ in own:
            _clear(values, done.content.sheets[name].formulas[place].area)
        for place, rows in own:
            for i, row in enumerate(rows, start=place.row - 1):
                values[i][place.column - 1 : place.column - 1 + len(row)] = row
        filled[name] = replace(block, values=values)
    return filled


def _clear(values: list[list[Cell]], area: Area | None) -> None:
    """Blank what an array formula filled when it was saved: it may fill less now."""
    if area is not None:
        for row in values[area.row - 1 : area.last_row]:
            last = min(area.last_column, len(row))
            row[area.column - 1 : last] = [None] * (last - area.column + 1)
