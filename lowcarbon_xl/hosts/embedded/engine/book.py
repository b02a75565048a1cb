"""A workbook: openpyxl holds cells and styles, the recalculation gives formulas their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet
from xlwings import base_classes

from lowcarbon_xl.cells import Cell
from lowcarbon_xl.errors import HostError, Text
from lowcarbon_xl.hosts.embedded.engine.graft.grafting import contents, grafted, states
from lowcarbon_xl.hosts.embedded.engine.graft.losses import Loss, losses
from lowcarbon_xl.hosts.embedded.engine.graft.origin import Origin, load
from lowcarbon_xl.hosts.embedded.engine.names import Names
from lowcarbon_xl.hosts.embedded.engine.sheets import Sheets
from lowcarbon_xl.hosts.embedded.files import Parts
from lowcarbon_xl.hosts.embedded.outcome import Rows
from lowcarbon_xl.hosts.embedded.package import patched_parts, save_parts
from lowcarbon_xl.hosts.embedded.places import Area, Place, parse_reference
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation, recalculate_content
from lowcarbon_xl.hosts.embedded.saved import saved_parts
from lowcarbon_xl.hosts.embedded.workbook import WorkbookContent, read_content, read_workbook, with_dynamic

if TYPE_CHECKING:
    from lowcarbon_xl.hosts.embedded.engine.application import Books


class Book(base_classes.Book):
    """One open workbook.

    Parameters
    ----------
    books : Books
    workbook : openpyxl.Workbook
    path : Path
        Where it is saved.
    origin : Origin or None
        The file it was read from, None for a new one.
    dynamic : set of Place
        Cells whose array formulas are dynamic, which openpyxl forgets.
    """

    def __init__(
        self, books: Books, workbook: Workbook, path: Path, origin: Origin | None, dynamic: frozenset[Place]
    ) -> None:
        self.books = books
        self.workbook = workbook
        self.path = path
        self._origin = origin
        self._dynamic = dynamic
        self._recalculation: Recalculation | None = None
        self._held: object = None
        self._known_anchors: dict[str, list[tuple[Place, Area | None]]] | None = None
        self._known_spills: dict[Place, Cell] | None = None

    @classmethod
    def open_file(cls, books: Books, path: Path) -> Book:
        """Open a file.

        Raises
        ------
        HostError
            When it cannot be read.
        """
        content = read_workbook(path)
        workbook, origin = load(path, content.parts)
        dynamic = frozenset(cell.place for cell in content.formulas() if cell.dynamic)
        return cls(books, workbook, path.resolve(), origin, dynamic)

    @classmethod
    def new(cls, books: Books, path: Path) -> Book:
        """An empty workbook."""
        return cls(books, openpyxl.Workbook(), path.resolve(), None, frozenset())

    @property
    def api(self) -> Workbook:
        """The openpyxl workbook."""
        return self.workbook

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def fullname(self) -> str:
        """The file's path."""
        return str(self.path)

    @property
    def app(self) -> Any:
        """The application."""
        return self.books.app

    @property
    def sheets(self) -> Sheets:
        """The worksheets."""
        return Sheets(self)

    @property
    def names(self) -> Names:
        """The names of the whole workbook."""
        return Names(self, self.workbook.defined_names)

    def activate(self) -> None:
        """Put the workbook on top."""
        self.books.activate(self)

    def close(self) -> None:
        """Forget the workbook; what was not saved is lost."""
        self.books.remove(self)

    def to_pdf(self, path: str, quality: Any) -> None:
        """Printing needs a spreadsheet program."""
        raise NotImplementedError("Printing to PDF needs Excel; save the workbook and open it there")

    def losses(self) -> list[Loss]:
        """What saving would lose, with the parts of the package that hold it."""
        if self._origin is None:
            return []
        return losses(self._origin, self.workbook, states(self._origin, self.workbook))

    def touch(self) -> None:
        """Note that cells changed, so that formulas are computed again when they are read next."""
        self._recalculation = None
        self._known_anchors = None
        self._known_spills = None

    def value_at(self, place: Place) -> Cell:
        """The value of a formula cell, computed if need be."""
        return self._computed().values.get(place)

    def may_be_spilled(self, place: Place, value: object) -> bool:
        """Whether a spill may fill a cell: one that is blank and below or right of a formula, or that one filled."""
        return any(
            (value is None and anchor.row <= place.row and anchor.column <= place.column)
            or (area is not None and area.contains(place))
            for anchor, area in self._anchors().get(place.sheet, ())
        )

    def _anchors(self) -> Mapping[str, list[tuple[Place, Area | None]]]:
        """Formula cells by sheet, with the rectangle that array formulas fill."""
        if self._known_anchors is None:
            found = {sheet.title: _formula_cells(sheet) for sheet in self.workbook.worksheets}
            self._known_anchors = {title: cells for title, cells in found.items() if cells}
        return self._known_anchors

    def spilled(self) -> dict[Place, Cell]:
        """The cells that formulas fill besides their own, with their values."""
        if self._known_spills is None:
            self._known_spills = {
                Place(anchor.sheet, anchor.row + i, anchor.column + j): value
                for anchor, rows in self.arrays().items()
                for i, row in enumerate(rows)
                for j, value in enumerate(row)
                if (i, j) != (0, 0)
            }
        return self._known_spills

    def arrays(self) -> Mapping[Place, Rows]:
        """What formulas fill their cells with, by their own cell."""
        return self._computed().arrays if self._anchors() else {}

    def calculate(self) -> None:
        """Compute all formulas again."""
        self.touch()
        self._computed()

    def _computed(self) -> Recalculation:
        if self._recalculation is None:
            self._held = contents(self.workbook)
            settings = self.app.engine.settings
            computed = recalculate_content(self._content(), settings.functions.values(), settings.language)
            self._recalculation = computed
        return self._recalculation

    def _latest(self) -> Recalculation:
        """The computed workbook with all that it looks like now; values are computed again only if cells changed."""
        if self._held != contents(self.workbook):
            self.touch()
        if self._recalculation is None:
            return self._computed()
        return replace(self._recalculation, content=self._content())

    def _content(self) -> WorkbookContent:
        dynamic = frozenset(place for place in self._dynamic if self._is_array(place))
        return with_dynamic(read_content(self.path, self._package()), dynamic)

    def _package(self) -> Parts:
        """The workbook as it stands now; formulas hold the values that the file has."""
        if self._origin is not None:
            return grafted(self._origin, self.workbook)
        return saved_parts(self.workbook)

    def _is_array(self, place: Place) -> bool:
        sheet = self.workbook[place.sheet] if place.sheet in self.workbook.sheetnames else None
        return sheet is not None and isinstance(sheet.cell(place.row, place.column).value, ArrayFormula)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save with all formulas computed; the file is replaced as a whole, or left as it was.

        Raises
        ------
        HostError
            When something would be lost that may not be, or the file cannot be written.
        """
        if password is not None:
            raise NotImplementedError("Files with a password need Excel")
        allowed = self.app.engine.settings.allow_loss
        lost = [loss for loss in self.losses() if loss.final or not allowed]
        if lost:
            raise _would_lose(self.path, lost)
        target = Path(path).resolve() if path else self.path
        save_parts(patched_parts(self._latest()), target)
        self.path = target


def _would_lose(path: Path, lost: list[Loss]) -> HostError:
    kinds = Text("、".join(loss.name.zh for loss in lost), ", ".join(loss.name.en for loss in lost))
    parts = ", ".join(part for loss in lost for part in loss.parts[:3])
    remedy = Text(
        "请在 Excel 里运行这个按钮，或明确允许丢失（allow_loss=True）后另存为新文件",
        "Run this button in Excel, or allow the loss (allow_loss=True) and save under a new name",
    )
    if any(loss.final for loss in lost):
        remedy = Text("请在 Excel 里运行这个按钮", "Run this button in Excel")
    return HostError(
        Text(f"保存会丢掉文件里的{kinds.zh}（{parts}）", f"saving would lose {kinds.en} of the file ({parts})"),
        remedy,
        where=str(path),
    )


def _formula_cells(sheet: Worksheet) -> list[tuple[Place, Area | None]]:
    """Formula cells of a sheet, with the rectangle that array formulas fill."""
    return [
        (
            Place(sheet.title, cell.row or 0, cell.column or 0),
            parse_reference(cell.value.ref, sheet.title, lambda name: name)
            if isinstance(cell.value, ArrayFormula)
            else None,
        )
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
