"""Worksheets, frozen panes and defined names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from openpyxl.worksheet.views import Selection
from xlwings import base_classes

from lowcarbon_xl.cells import column_letters
from lowcarbon_xl.hosts.embedded.engine.names import Names
from lowcarbon_xl.hosts.embedded.engine.ranges import Range
from lowcarbon_xl.hosts.embedded.engine.styles import fitted_width
from lowcarbon_xl.hosts.embedded.places import LAST_COLUMN, LAST_ROW

if TYPE_CHECKING:
    from lowcarbon_xl.hosts.embedded.engine.book import Book


class Sheets(base_classes.Sheets):
    """The worksheets of a workbook."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def api(self) -> list[Any]:
        """The openpyxl worksheets."""
        worksheets: list[Any] = self._book.workbook.worksheets
        return worksheets

    @property
    def active(self) -> Sheet:
        """The sheet that is shown when the file opens."""
        return Sheet(self._book, self._book.workbook.active)

    def __call__(self, name_or_index: int | str) -> Sheet:
        """The sheet of that name or 1-based number."""
        if isinstance(name_or_index, int):
            return Sheet(self._book, self.api[name_or_index - 1])
        for worksheet in self.api:
            if worksheet.title.casefold() == name_or_index.casefold():
                return Sheet(self._book, worksheet)
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self.api)

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self._book, worksheet) for worksheet in self.api)

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """A new sheet, before or after another one (at the end by default)."""
        position = len(self.api)
        if before is not None:
            position = before.index - 1
        elif after is not None:
            position = after.index
        with _same_active(self._book.workbook):
            worksheet = self._book.workbook.create_sheet(name, position)
        self._book.touch()
        return Sheet(self._book, worksheet)


class Sheet(base_classes.Sheet):
    """One worksheet."""

    def __init__(self, book: Book, worksheet: Any) -> None:
        self._book = book
        self.worksheet = worksheet

    @property
    def api(self) -> Any:
        """The openpyxl worksheet."""
        return self.worksheet

    @property
    def book(self) -> Book:
        """The workbook."""
        return self._book

    @property
    def name(self) -> str:
        """The name on the tab."""
        return str(self.worksheet.title)

    @name.setter
    def name(self, value: str) -> None:
        self.worksheet.title = value
        self._book.touch()

    @property
    def index(self) -> int:
        """The 1-based position."""
        return int(self._book.workbook.worksheets.index(self.worksheet)) + 1

    @property
    def names(self) -> Names:
        """The names of this sheet."""
        return Names(self._book, self.worksheet.defined_names)

    @property
    def freeze_panes(self) -> FreezePanes:
        """Frozen rows and columns."""
        return FreezePanes(self)

    @property
    def visible(self) -> bool:
        """Whether the tab is shown."""
        return bool(self.worksheet.sheet_state == "visible")

    @visible.setter
    def visible(self, value: bool) -> None:
        self.worksheet.sheet_state = "visible" if value else "hidden"

    @property
    def show_gridlines(self) -> bool:
        """Whether grid lines are shown."""
        return bool(self.worksheet.sheet_view.showGridLines)

    @show_gridlines.setter
    def show_gridlines(self, value: bool) -> None:
        self.worksheet.sheet_view.showGridLines = value

    @property
    def cells(self) -> Range:
        """All used cells."""
        return self.used_range

    @property
    def used_range(self) -> Range:
        """From A1 to the last used row and column, computed spills included."""
        rows, columns = self.worksheet.max_row, self.worksheet.max_column
        for anchor, lines in self._book.arrays().items():
            if anchor.sheet == self.name:
                rows = max(rows, anchor.row + len(lines) - 1)
                columns = max(columns, anchor.column + len(lines[0]) - 1)
        return Range(self, (1, 1), (rows, columns))

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        """A range by address, by name, or by its corners."""
        return Range(self, arg1, arg2)

    def activate(self) -> None:
        """Show this sheet when the file opens."""
        self._book.workbook.active = self.worksheet

    select = activate

    def delete(self) -> None:
        """Take the sheet out of the workbook."""
        with _same_active(self._book.workbook):
            self._book.workbook.remove(self.worksheet)
        self._book.touch()

    def clear_contents(self) -> None:
        """Blank all cells; styles stay."""
        self.used_range.clear_contents()

    def clear_formats(self) -> None:
        """Take all styles away; values stay."""
        self.used_range.clear_formats()

    def clear(self) -> None:
        """Blank all cells and take their styles away."""
        self.used_range.clear()

    def autofit(self, axis: str | None = None) -> None:
        """Set the widths of the used columns by what they show."""
        if axis in {"rows", "r"}:
            return
        for cells in self.worksheet.iter_cols():
            letters = column_letters(cells[0].column)
            self.worksheet.column_dimensions[letters].width = fitted_width(cells)

    def copy(self, before: Sheet | None, after: Sheet | None) -> None:
        """A copy of the sheet, at the end of the workbook."""
        self._book.workbook.copy_worksheet(self.worksheet)
        self._book.touch()

    @property
    def charts(self) -> Any:
        """Charts need Excel."""
        raise NotImplementedError("Charts are not available without Excel")

    @property
    def pictures(self) -> Any:
        """Pictures need Excel."""
        raise NotImplementedError("Pictures are not available without Excel")

    @property
    def shapes(self) -> Any:
        """Shapes need Excel."""
        raise NotImplementedError("Shapes are not available without Excel")

    @property
    def pivot_tables(self) -> Any:
        """Pivot tables need Excel."""
        raise NotImplementedError("Pivot tables are not available without Excel")

    @property
    def tables(self) -> Any:
        """Tables can be read through their cells only."""
        raise NotImplementedError("Tables (list objects) are not available without Excel; use their range")


@contextmanager
def _same_active(workbook: Any) -> Iterator[None]:
    """Keep the active sheet while others come and go: openpyxl remembers its number alone."""
    active = workbook.active
    yield
    if active in workbook._sheets:
        workbook._active_sheet_index = workbook._sheets.index(active)


class FreezePanes(base_classes.FreezePanes):
    """Frozen rows and columns of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._worksheet = sheet.worksheet

    def freeze_at(self, frozen_range: str) -> None:
        """Freeze the rows and columns of a range, given by its address; ``1:2`` freezes rows alone."""
        frozen = self._sheet.range(frozen_range)
        rows, columns = frozen.row + frozen.shape[0], frozen.column + frozen.shape[1]
        rows, columns = 1 if rows > LAST_ROW else rows, 1 if columns > LAST_COLUMN else columns
        self._forget_panes()
        self._worksheet.freeze_panes = f"{column_letters(columns)}{rows}"

    def unfreeze(self) -> None:
        """Let everything scroll."""
        self._forget_panes()
        self._worksheet.freeze_panes = None

    def _forget_panes(self) -> None:
        """Leave one selection: openpyxl adds one for each pane every time, and Excel takes five for damage."""
        view = self._worksheet.sheet_view
        last = view.selection[-1] if view.selection else Selection()
        view.selection = [Selection(activeCell=last.activeCell, sqref=last.sqref)]
