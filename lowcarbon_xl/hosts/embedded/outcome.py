"""What an evaluation has come to: values, arrays, spills of ours, failures, refusals, remarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import formualizer

from lowcarbon_xl.catalogue import Shape
from lowcarbon_xl.cells import Cell, CellError, Spill
from lowcarbon_xl.errors import Language, Text
from lowcarbon_xl.hosts.embedded import reasons
from lowcarbon_xl.hosts.embedded.allowed import VOLATILE
from lowcarbon_xl.hosts.embedded.calls import Calls
from lowcarbon_xl.hosts.embedded.dependencies import Dependencies
from lowcarbon_xl.hosts.embedded.formulas import Node, function_names
from lowcarbon_xl.hosts.embedded.places import Area, Place, parse_reference
from lowcarbon_xl.hosts.embedded.values import to_cell
from lowcarbon_xl.hosts.embedded.workbook import FormulaCell

Rows = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A cell with a call of ours that shows an error value, and why."""

    place: Place
    code: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Refusal:
    """An ordinary formula that this host does not compute, and why."""

    place: Place
    formula: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """Reads results out of an engine that has settled.

    Parameters
    ----------
    engine : formualizer.Workbook
    calls : Calls
        What our functions returned.
    cells, trees : mapping
        Formula cells and their syntax trees.
    ours : set of Place
        Cells that call one of our functions.
    refused : mapping
        Cells that were not computed, with the error value that stands for them.
    dependencies : Dependencies
    language : {"zh", "en"}
    """

    engine: formualizer.Workbook
    calls: Calls
    cells: Mapping[Place, FormulaCell]
    trees: Mapping[Place, Node]
    ours: frozenset[Place]
    refused: Mapping[Place, CellError]
    dependencies: Dependencies
    language: Language

    def spill(self, place: Place) -> Spill:
        """What one cell's formula gave, as a spill; an error value comes with its reason."""
        if place in self.refused:
            return Spill(((self.refused[place],),), language=self.language)
        result = self.calls.result(place)
        if result is not None and (result[0].whole or result[1].failed):
            return result[1]
        rows = self._rows(place)
        corner = rows[0][0]
        if isinstance(corner, CellError) and corner.reason is None and len(rows) * len(rows[0]) == 1:
            rows = ((CellError(corner.code, self._origin(place, corner.code)),),)
        return Spill(rows, language=self.language)

    def values(self) -> dict[Place, Cell]:
        """The value of every computed formula cell."""
        arrays = self.arrays()
        circular = self._circular()
        return {
            place: arrays[place][0][0] if place in arrays else to_cell(self.engine.get_value(*place))
            for place in self.cells
            if place not in self.refused and place not in circular
        }

    def _circular(self) -> frozenset[Place]:
        """Ordinary cells in a circle or behind one: the file's own values stay, iteration is Excel's business."""
        return frozenset(
            place
            for place in self.cells
            if place not in self.ours and is_circular(self.engine.get_value(*place)) and place not in self.refused
        )

    def arrays(self) -> dict[Place, Rows]:
        """The rows of every formula that fills cells: ours, and ordinary array formulas."""
        arrays = (self.ours - self._single()) | {place for place, cell in self.cells.items() if cell.area is not None}
        return {place: self._rows(place) for place in sorted(arrays - self.refused.keys() - self._circular())}

    def _single(self) -> frozenset[Place]:
        """Ordinary formulas that are one call of a function with one value.

        They stay ordinary: LibreOffice and WPS keep the saved value of those, but not of an array formula.
        """
        results = ((place, self.calls.result(place)) for place in self.ours if self.cells[place].area is None)
        return frozenset(
            place
            for place, result in results
            if result is not None and result[0].whole and result[0].function.shape is Shape.SCALAR
        )

    def spills(self) -> dict[Place, Spill]:
        """What our functions returned, by the cells whose whole formula they are."""
        results = {place: self.calls.result(place) for place in sorted(self._mine())}
        return {place: result[1] for place, result in results.items() if result is not None and result[0].whole}

    def failures(self) -> Iterator[Failure]:
        """Cells with a call of ours that show an error value."""
        for place in sorted(self._mine()):
            rows = self._rows(place)
            value = rows[0][0]
            if not isinstance(value, CellError) or len(rows) * len(rows[0]) > 1:
                continue
            result = self.calls.result(place)
            own = result[1].rows[0][0] if result is not None and result[1].failed else None
            reason = own.reason if isinstance(own, CellError) else None
            yield Failure(place, value.code, reason or self._origin(place, value.code))

    def refusals(self) -> Iterator[Refusal]:
        """Ordinary formulas that were not computed."""
        for place, error in sorted(self.refused.items()):
            if error.reason is not None:
                yield Refusal(place, "=" + self.cells[place].text, error.reason)
        circular = self._circular()
        for place in sorted(circular):
            way = self.dependencies.circle(place, circular | self.ours)
            yield Refusal(place, "=" + self.cells[place].text, reasons.circle(place, way))

    def notes(self) -> Iterator[Text]:
        """Remarks on cells: those that change at every recalculation."""
        for place, tree in self.trees.items():
            volatile = sorted(VOLATILE.intersection(function_names(tree)))
            if volatile:
                names = ", ".join(volatile)
                yield Text(
                    f"{place.address}：{names} 每次重算都会变",
                    f"{place.address}: {names} changes whenever it is computed",
                )

    def _mine(self) -> frozenset[Place]:
        return self.ours - self.refused.keys()

    def _origin(self, place: Place, code: str) -> Text:
        """The reason for an error value that a formula took over from cells that it refers to."""
        for area in self.dependencies.areas(self.trees[place], place) or ():
            covering = self.calls.covering(area.corner)
            known = covering[1].rows[0][0] if covering is not None and covering[1].failed else None
            refused = next((error for other, error in self.refused.items() if area.contains(other)), None)
            error = refused or known
            if isinstance(error, CellError) and error.reason is not None:
                return error.reason
        return reasons.inherited(code)

    def _rows(self, place: Place) -> Rows:
        """What a formula fills its cells with: our own cells where we have them, else the engine's."""
        result = self.calls.result(place)
        if result is not None and result[0].whole and result[0].fixed is None:
            rows = cast(Rows, result[1].rows)  # every text has been rendered in the language of the call
            # The cell of a formula cannot be blank, and must not read as 0.
            return rows if rows[0][0] is not None else (("", *rows[0][1:]), *rows[1:])
        area = filled_area(self.engine, place)
        return tuple(
            tuple(
                to_cell(self.engine.get_value(place.sheet, row, column))
                for column in range(area.column, area.last_column + 1)
            )
            for row in range(area.row, area.last_row + 1)
        )


def is_circular(value: object) -> bool:
    """Whether the engine found a circle."""
    return isinstance(value, dict) and value.get("kind") == "Circ"


def filled_area(engine: formualizer.Workbook, place: Place) -> Area:
    """The cells that a formula fills, as the engine has it."""
    role = engine.inspect_cell(Area.sized(place, 1, 1).reference, include_values=False).cell.spill
    extent = role.extent if role is not None else None
    area = parse_reference(extent, place.sheet, lambda name: name) if extent else None
    return area if area is not None else Area.sized(place, 1, 1)
