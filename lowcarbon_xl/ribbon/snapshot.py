"""What a button is about to change, kept in a very hidden sheet so that 撤销 Undo can put it back cell for cell.

The sheet's first row holds a JSON text (what was pressed, which areas, which sheets and names are new), cut into
pieces that a cell can hold; below stand the areas, contents and looks in cells of the same shape.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from lowcarbon_xl.cells import rectangle
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.ribbon.blocks import Book, Range, Sheet, area, local_address
from lowcarbon_xl.ribbon.native import Native, native

UNDO_SHEET = "_LC_UNDO"
_STAGING = "_LC_UNDO_NEW"
_FIRST_ROW = 3
_PIECE = 30_000
_LAST_ROW = 1_048_576


@dataclass(slots=True)
class Snapshot:
    """The state before one press.

    Parameters
    ----------
    book : xlwings.Book
    button : str
    """

    book: Book
    button: str
    areas: list[dict[str, Any]] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    names: dict[str, str | None] = field(default_factory=dict)
    widths: list[tuple[str, int, float]] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    _next: int = _FIRST_ROW

    @property
    def _native(self) -> Native:
        return native(self.book)

    def keep(self, cells: Range) -> None:
        """Keep an area before it is written; what stands on a sheet of this press needs no keeping."""
        sheet = cells.sheet
        if sheet.name in self.created or self._covers(sheet.name, cells):
            return
        rows, columns = cells.shape
        if self._next + rows > _LAST_ROW:
            raise InputError(
                Text("要改的单元格太多，无法保存撤销副本", "too many cells to keep for Undo"),
                Text("选小一点的区域", "Select a smaller range"),
            )
        target = area(self._staging(), self._next, 1, rows, columns)
        self._native.put_contents(target, _as_texts(self._native.contents(cells)))
        self._native.copy_looks(cells, target)
        merged = self._native.merged(cells)
        self.areas.append({"sheet": sheet.name, "cells": local_address(cells), "row": self._next, "merged": merged})
        self._next += rows

    def keep_name(self, name: str) -> None:
        """Keep what a defined name stands for."""
        self.names.setdefault(name, find_name(self.book, name))

    def keep_width(self, sheet: Sheet, column: int) -> None:
        """Keep a column's width, as it was at first."""
        known = any(kept[:2] == (sheet.name, column) for kept in self.widths)
        if sheet.name not in self.created and not known:
            self.widths.append((sheet.name, column, float(sheet.range((1, column)).column_width or 0)))

    def _covers(self, sheet: str, cells: Range) -> bool:
        top, left = cells.row, cells.column
        bottom, right = top + cells.shape[0] - 1, left + cells.shape[1] - 1
        for kept in self.areas:
            if kept["sheet"] != sheet:
                continue
            row, column, last_row, last_column = rectangle(kept["cells"])
            if row <= top and column <= left and bottom <= last_row and right <= last_column:
                return True
        return False

    def _staging(self) -> Sheet:
        found = find_sheet(self.book, _STAGING)
        if found is not None:
            return found
        active = self.book.sheets.active
        sheet = self.book.sheets.add(_STAGING, after=self.book.sheets[len(self.book.sheets) - 1])
        self._native.hide_deeply(sheet)
        active.activate()
        return sheet

    def commit(self) -> bool:
        """Make this the state that Undo goes back to; a press that changed nothing leaves the earlier one."""
        staging = find_sheet(self.book, _STAGING)
        if not self.created and not self._changed():
            if staging is not None:
                staging.delete()
            return False
        staging = staging or self._staging()
        text = json.dumps(
            {
                "button": self.button,
                "areas": self.areas,
                "created": self.created,
                "names": self.names,
                "widths": self.widths,
                "runs": self.runs,
            },
            ensure_ascii=False,
        )
        pieces = ["s" + text[i : i + _PIECE] for i in range(0, len(text), _PIECE)]
        self._native.put_contents(area(staging, 1, 1, 1, len(pieces)), _as_texts([list(pieces)]))
        if (old := find_sheet(self.book, UNDO_SHEET)) is not None:
            old.delete()
        staging.name = UNDO_SHEET
        return True

    def _changed(self) -> bool:
        staging = find_sheet(self.book, _STAGING)
        if any(find_name(self.book, name) != was for name, was in self.names.items()):
            return True
        for kept in self.areas:
            here = self.book.sheets[kept["sheet"]].range(kept["cells"])
            there = area(staging, kept["row"], 1, *here.shape)
            if _shown(_as_texts(self._native.contents(here))) != _shown(self._native.contents(there)):
                return True
            if not self._native.same_looks(here, there):
                return True
        return any(
            abs((self.book.sheets[sheet].range((1, column)).column_width or 0) - width) > 0.01
            for sheet, column, width in self.widths
        )

    def roll_back(self) -> None:
        """Put everything back after a press that failed."""
        staging = find_sheet(self.book, _STAGING)
        restore(self.book, staging, self.areas, self.created, self.names, self.widths)
        if staging is not None:
            staging.delete()


def _shown(rows: list[list[Any]]) -> list[list[Any]]:
    """Numbers to the fifteen digits that Excel keeps: files do not hold more of them."""
    return [[f"{cell:.15g}" if isinstance(cell, float | int) else cell for cell in row] for row in rows]


def _as_texts(rows: list[list[Any]]) -> list[list[Any]]:
    """Formulas and texts as texts that no host takes for formulas."""
    return [["s" + cell if isinstance(cell, str) else cell for cell in row] for row in rows]


def restore(
    book: Book,
    kept: Sheet | None,
    areas: list[dict[str, Any]],
    created: list[str],
    names: dict[str, str | None],
    widths: list[tuple[str, int, float]],
) -> None:
    """Bring cells, names, widths and sheets back to what was kept."""
    host = native(book)
    for one in reversed(areas):
        sheet = find_sheet(book, one["sheet"])
        if sheet is None or kept is None:
            continue
        target = sheet.range(one["cells"])
        source = area(kept, one["row"], 1, *target.shape)
        host.set_merges(target, one["merged"])
        host.copy_looks(source, target)
        stored = host.contents(source)
        host.put_contents(target, [[c[1:] if isinstance(c, str) else c for c in row] for row in stored])
    for name, was in names.items():
        set_name(book, name, was)
    for sheet_name, column, width in widths:
        if (sheet := find_sheet(book, sheet_name)) is not None:
            sheet.range((1, column)).column_width = width
    for sheet_name in created:
        if (sheet := find_sheet(book, sheet_name)) is not None:
            sheet.delete()


@dataclass(frozen=True, slots=True)
class Undone:
    """What Undo put back."""

    button: str
    areas: tuple[str, ...]
    created: tuple[str, ...]
    runs: tuple[str, ...]


def undo(book: Book) -> Undone:
    """Put back what the last press changed.

    Raises
    ------
    InputError
        When nothing was kept, or a sheet it needs is gone.
    """
    kept = find_sheet(book, UNDO_SHEET)
    if kept is None:
        raise InputError(
            Text("没有可以撤销的操作", "there is nothing to undo"),
            Text("撤销只能退回最近一次按钮操作", "Undo goes back over the last button pressed"),
        )
    record = _record(book, kept)
    missing = [one["sheet"] for one in record["areas"] if find_sheet(book, one["sheet"]) is None]
    if missing:
        raise InputError(
            Text(
                f"工作表“{missing[0]}”已删除或改名，无法撤销",
                f"sheet {missing[0]!r} was deleted or renamed: cannot undo",
            ),
            Text("把工作表改回原名再撤销", "Give it its old name back, then undo"),
        )
    widths = [(str(s), int(c), float(w)) for s, c, w in record["widths"]]
    restore(book, kept, record["areas"], record["created"], record["names"], widths)
    kept.delete()
    areas = tuple(f"{one['sheet']}!{one['cells']}" for one in record["areas"])
    return Undone(record["button"], areas, tuple(record["created"]), tuple(record["runs"]))


def restore_looks(book: Book, button: str) -> None:
    """Put back the looks (not the contents) that the last press changed, if it was of this button."""
    kept = find_sheet(book, UNDO_SHEET)
    if kept is None:
        return
    record = _record(book, kept)
    if record["button"] != button:
        return
    for one in reversed(record["areas"]):
        sheet = find_sheet(book, one["sheet"])
        if sheet is not None:
            target = sheet.range(one["cells"])
            native(book).copy_looks(area(kept, one["row"], 1, *target.shape), target)


def _record(book: Book, kept: Sheet) -> dict[str, Any]:
    """What the first row of a snapshot's sheet says."""
    last = native(book).used(kept)[1]
    first_row = native(book).contents(area(kept, 1, 1, 1, last))[0]
    record: dict[str, Any] = json.loads("".join(cell[2:] for cell in first_row if isinstance(cell, str)))
    return record


def find_sheet(book: Book, name: str) -> Sheet | None:
    """A sheet by its name, or None; names are case-insensitive."""
    folded = name.casefold()
    return next((sheet for sheet in book.sheets if sheet.name.casefold() == folded), None)


def find_name(book: Book, name: str) -> str | None:
    """What a defined name of the workbook stands for, or None."""
    return next((str(known.refers_to) for known in book.names if known.name == name), None)


def set_name(book: Book, name: str, refers_to: str | None) -> None:
    """Define, change or (None) delete a name."""
    found = next((known for known in book.names if known.name == name), None)
    if found is not None and refers_to is None:
        found.delete()
    elif found is not None:
        found.refers_to = refers_to
    elif refers_to is not None:
        book.names.add(name, refers_to)
