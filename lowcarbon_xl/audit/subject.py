"""What a finding is about, in words that outlive inserted, deleted and sorted rows: who, when and what, not which cell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lowcarbon_xl.audit.changes import panels
from lowcarbon_xl.audit.content import canonical
from lowcarbon_xl.audit.finding import Finding, Position, address, compact, positions_of
from lowcarbon_xl.cells import Block, Cell, rectangle

Part = tuple[str, str, str]
"""Unit, time and label of a cell of a panel; ``("", "", "@B7")`` for a cell that no panel holds."""

_MANY = 200
"""Findings about more cells are about their columns."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about.

    Parameters
    ----------
    rule, sheet : str
    parts : tuple of Part
        Its cells by their keys; for a finding about many cells its columns; for one about no cells its evidence.
    values : str
        A hash of what stands in the cells and in those of the years beside them, which jumps and spikes are judged by;
        empty where that does not matter (many cells, or none).
    """

    rule: str
    sheet: str
    parts: tuple[Part, ...]
    values: str = ""

    @property
    def about(self) -> tuple[str, str, tuple[Part, ...]]:
        """The same as long as the finding is the same, whatever the numbers are."""
        return self.rule, self.sheet, self.parts

    @property
    def code(self) -> str:
        """As a text that a cell can hold."""
        return json.dumps([self.rule, self.sheet, self.parts, self.values], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def read(cls, code: str) -> Subject | None:
        """The inverse of `code`; None for any other text."""
        try:
            rule, sheet, parts, values = json.loads(code)
            read = tuple((str(unit), str(time), str(label)) for unit, time, label in parts)
        except (ValueError, TypeError):
            return None
        return cls(str(rule), str(sheet), read, str(values))


class Located:
    """The cells of a sheet by their keys.

    Parameters
    ----------
    block : Block
        The whole sheet, or the part of it that was audited.
    """

    def __init__(self, block: Block) -> None:
        self._block = block
        self._cells: dict[Part, Position] = {}
        for panel in panels(block):
            for key, (row, column) in panel.places.items():
                self._cells.setdefault(key, (block.row + row, block.column + column))
        self._parts: Mapping[Position, Part] = {place: key for key, place in self._cells.items()}

    def part(self, place: Position) -> Part:
        """The key of a cell."""
        return self._parts.get(place, ("", "", f"@{address(place)}"))

    def place(self, part: Part) -> Position | None:
        """Where a key stands now."""
        if part[:2] == ("", "") and part[2].startswith("@"):
            row, column, _, _ = rectangle(part[2][1:])
            return row, column
        return self._cells.get(part)

    def value(self, place: Position) -> Cell:
        """What stands in a cell; None outside."""
        row, column = place[0] - self._block.row, place[1] - self._block.column
        rows, columns = self._block.shape
        return self._block.values[row][column] if 0 <= row < rows and 0 <= column < columns else None

    def _beside(self, part: Part) -> Iterator[Position]:
        """The same province and series a year before and after; in a wide table the years are labels."""
        unit, time, label = part
        for step in (-1, 1):
            if time.isdigit():
                near: Part = unit, str(int(time) + step), label
            elif label.isdigit():
                near = unit, time, str(int(label) + step)
            else:
                return
            if (place := self._cells.get(near)) is not None:
                yield place

    def hashed(self, parts: Iterable[Part]) -> str:
        """A hash of the values of cells in their order, with those of the years beside them."""
        places = [place for part in parts for place in (self.place(part), *self._beside(part)) if place is not None]
        told = "\n".join(canonical(self.value(place)) for place in places)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def subject_of(finding: Finding, located: Located | None) -> Subject:
    """What a finding is about; `located` is None for a sheet that cannot be read."""
    if not finding.cells or located is None:
        return Subject(finding.rule, finding.sheet, (("", "", finding.evidence.en),))
    places = positions_of(finding.cells)
    parts = tuple(sorted(set(map(located.part, places))))
    if len(parts) > _MANY:
        labels = sorted({("", "", part[2] if part[0] or part[1] else "@") for part in parts})
        return Subject(finding.rule, finding.sheet, tuple(labels))
    return Subject(finding.rule, finding.sheet, parts, located.hashed(parts))


def cells_now(subject: Subject, located: Located) -> tuple[str, ...] | None:
    """Where the cells of a subject stand now, as few rectangles; None when one of them is gone."""
    places = [located.place(part) for part in subject.parts]
    found = [place for place in places if place is not None]
    return compact(found) if len(found) == len(places) else None


def is_unchanged(subject: Subject, located: Located) -> bool:
    """Whether the cells of a subject say what they said; True where values do not matter."""
    if not subject.values:
        return True
    there = all(located.place(part) is not None for part in subject.parts)
    return there and located.hashed(subject.parts) == subject.values
