"""What changed between two versions of some cells: by key in a panel, so that inserted rows move nothing; else by place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from lowcarbon_xl.audit.content import canonical
from lowcarbon_xl.audit.finding import Position, address, number
from lowcarbon_xl.audit.frame import Frame, read_frame
from lowcarbon_xl.cells import Block, Cell, quote_sheet
from lowcarbon_xl.errors import Text
from lowcarbon_xl.readers.marks import province_of, year_of
from lowcarbon_xl.readers.regions import find_regions

RowKey = tuple[str, str]
ChangeKind = Literal["changed", "added", "removed"]

_ALIKE = 0.5
"""Tables that share so many of their labels are two versions of one."""
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that says something else than before.

    Parameters
    ----------
    sheet : str
        Its sheet in the newer version (in the older one where it is gone).
    before_place, after_place : (row, column) or None
        Where it stood and stands, 1-based; None where it was not or is no more.
    key : str
        Who, when and what in a panel (``山西 2010 能源``); empty elsewhere.
    before, after : Cell
    kind : {"changed", "added", "removed"}
        Whether only the value changed, or its row or column came or went.
    """

    sheet: str
    before_place: Position | None
    after_place: Position | None
    key: str
    before: Cell
    after: Cell
    kind: ChangeKind = "changed"

    @property
    def cell(self) -> str:
        """``A1`` where it stands now, or stood."""
        return address(self.after_place or self.before_place or (1, 1))

    @property
    def text(self) -> Text:
        """``面板!E7 (山西 2010 能源): 100 -> 120``."""
        where = f"{quote_sheet(self.sheet)}!{self.cell}"
        was, now = shown(self.before), shown(self.after)
        zh, en = (f"（{self.key}）", f" ({self.key})") if self.key else ("", "")
        if self.kind == "added":
            return Text(f"{where}{zh} 新增：{now.zh}", f"{where}{en} added: {now.en}")
        if self.kind == "removed":
            return Text(f"{where}{zh} 删去：{was.zh}", f"{where}{en} removed: {was.en}")
        return Text(f"{where}{zh}：{was.zh} -> {now.zh}", f"{where}{en}: {was.en} -> {now.en}")


def shown(cell: Cell) -> Text:
    """A cell as a message shows it: to the last digit that tells, and short."""
    if cell is None or cell == "":
        return Text("（空）", "(blank)")
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        plain = number(float(cell))
        text = plain if float(plain) == float(cell) else repr(float(cell))
    else:
        text = str(cell)
        text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return Text(text, text)


def same(one: Cell, other: Cell) -> bool:
    """Whether two cells say the same, in whatever host they were read."""
    return one is other or canonical(one) == canonical(other)


@dataclass(frozen=True, slots=True)
class Panel:
    """A table whose rows say who and when.

    Parameters
    ----------
    labels : frozenset of str
        Labels of its columns.
    places : mapping of (unit, time, label) to (row, column)
        Zero-based places in the block.
    header : tuple of (row, column)
        Places of its header cells, which the labels stand for.
    """

    labels: frozenset[str]
    places: Mapping[tuple[str, str, str], Position]
    header: tuple[Position, ...] = field(default=())


def panels(block: Block) -> list[Panel]:
    """The tables of a block whose rows are told apart by their keys."""
    found = (_panel(read_frame(region)) for region in find_regions(block) if region.header)
    return [panel for panel in found if panel is not None]


def _panel(frame: Frame) -> Panel | None:
    region = frame.region
    values = region.block.values
    if not frame.unit_columns and frame.year_column is None:
        return None
    labels: dict[int, str] = {}
    for column in region.columns:
        name = frame.labels[column] or f"#{column}"
        labels[column] = name if name not in labels.values() else f"{name}#{column}"
    places: dict[tuple[str, str, str], Position] = {}
    for row in region.rows:
        unit = _unit(values[row][frame.unit_columns[0]]) if frame.unit_columns else ""
        time = _time(values[row][frame.year_column]) if frame.year_column is not None else ""
        for column in region.columns:
            key = unit, time, labels[column]
            if key in places:
                return None  # keys that stand twice tell no rows apart
            places[key] = row, column
    header = tuple((row, column) for row in region.header for column in region.columns)
    return Panel(frozenset(labels.values()), places, header)


def _unit(cell: Cell) -> str:
    province = province_of(cell) if isinstance(cell, str | float | int) else None
    return province.zh if province is not None else str(cell)


def _time(cell: Cell) -> str:
    year = year_of(cell)
    return str(year) if year is not None else str(cell)


def matched(old: Sequence[Panel], new: Sequence[Panel]) -> list[tuple[Panel, Panel]]:
    """Pairs of tables that are two versions of one, the most alike first."""
    likeness = sorted((-_likeness(a, b), i, j) for i, a in enumerate(old) for j, b in enumerate(new))
    taken: tuple[set[int], set[int]] = set(), set()
    pairs = []
    for score, i, j in likeness:
        if -score >= _ALIKE and i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            pairs.append((old[i], new[j]))
    return pairs


def _likeness(one: Panel, other: Panel) -> float:
    """Share of labels that two tables have in common; 0 without a common row."""
    labels = len(one.labels & other.labels) / len(one.labels | other.labels)
    mine, theirs = {key[:2] for key in one.places}, {key[:2] for key in other.places}
    return labels if mine & theirs else 0.0


def block_changes(old: Block, new: Block) -> tuple[CellChange, ...]:
    """Cells that say something else in `new` than in `old`, row by row.

    Panels are compared by their keys (province, year) and labels, so inserted, deleted and sorted rows and columns
    count as what they are; everything else is compared place by place.
    """
    pairs = matched(panels(old), panels(new))
    old_done = {place for one, _ in pairs for place in (*one.places.values(), *one.header)}
    new_done = {place for _, other in pairs for place in (*other.places.values(), *other.header)}
    changes = [change for pair in pairs for change in _panel_changes(old, new, *pair)]
    changes += _placed_changes(old, new, old_done, new_done)
    return tuple(sorted(changes, key=lambda change: change.after_place or change.before_place or (0, 0)))


def _panel_changes(old: Block, new: Block, one: Panel, other: Panel) -> Iterator[CellChange]:
    sheet = new.sheet or ""
    renamed = _renamed_rows(old, new, one, other)
    seen = set()
    for key, place in other.places.items():
        was_key = (*renamed.get(key[:2], key[:2]), key[2])
        seen.add(was_key)
        before = one.places.get(was_key)
        now = new.values[place[0]][place[1]]
        was = old.values[before[0]][before[1]] if before is not None else None
        if not same(was, now):
            kind: ChangeKind = "changed" if before is not None else "added"
            yield CellChange(sheet, _place(old, before), _place(new, place), _spelled(key), was, now, kind)
    for key, place in one.places.items():
        was = old.values[place[0]][place[1]]
        if key not in seen and not same(was, None):
            yield CellChange(old.sheet or "", _place(old, place), None, _spelled(key), was, None, "removed")


def _renamed_rows(old: Block, new: Block, one: Panel, other: Panel) -> dict[RowKey, RowKey]:
    """Rows whose key alone was edited: the same place, and most of what stands there, under another key."""
    then, now = _rows(one), _rows(other)
    gone = {key: row for key, row in then.items() if key not in now}
    come = {key: row for key, row in now.items() if key not in then}
    at = {old.row + row: key for key, row in gone.items()}
    renamed: dict[RowKey, RowKey] = {}
    for key, row in come.items():
        before = at.get(new.row + row)
        if before is None:
            continue
        pairs = zip(new.values[row], old.values[gone[before]], strict=False)
        alike = [same(a, b) for a, b in pairs if not same(a, None) or not same(b, None)]
        if alike.count(False) <= max(1, len(alike) / 2):
            renamed[key] = before
    return renamed


def _rows(panel: Panel) -> dict[RowKey, int]:
    """The row of each key."""
    return {key[:2]: place[0] for key, place in panel.places.items()}


def _placed_changes(old: Block, new: Block, old_done: set[Position], new_done: set[Position]) -> Iterator[CellChange]:
    """Cells outside of panels, by their place in the sheet."""
    before = dict(_filled(old, old_done))
    after = dict(_filled(new, new_done))
    for place in sorted(before.keys() | after.keys()):
        was, now = before.get(place), after.get(place)
        if not same(was, now):
            yield CellChange(new.sheet or "", place, place, "", was, now)


def _filled(block: Block, done: set[Position]) -> Iterator[tuple[Position, Cell]]:
    for i, row in enumerate(block.values):
        for j, cell in enumerate(row):
            if cell is not None and cell != "" and (i, j) not in done:
                yield (block.row + i, block.column + j), cell


def _place(block: Block, place: Position | None) -> Position | None:
    return None if place is None else (block.row + place[0], block.column + place[1])


def _spelled(key: tuple[str, str, str]) -> str:
    return " ".join(filter(None, key))
