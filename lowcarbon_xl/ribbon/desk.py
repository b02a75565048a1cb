"""What a button has in front of it: the workbook, what is selected, the language, and the snapshot for Undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lowcarbon_xl.cells import Output
from lowcarbon_xl.errors import InputError, Language, Text
from lowcarbon_xl.names import LANGUAGE_NAME, OWN_MARK
from lowcarbon_xl.ribbon.blocks import Book, Range, Sheet, area, write_rows
from lowcarbon_xl.ribbon.chart import FONT
from lowcarbon_xl.ribbon.native import Native, native
from lowcarbon_xl.ribbon.snapshot import Snapshot, find_name, find_sheet

Progress = Callable[[int, int, str], None]
"""Called with what is done, what is planned, and what was done last."""


_SHEET_LIMIT = 31
_FORBIDDEN = set("[]:*?/\\")


@dataclass(slots=True)
class Desk:
    """One press.

    Parameters
    ----------
    book : xlwings.Book
    language : {"zh", "en"}
    selection : xlwings.Range or None
        What the user selected, if anything was.
    progress : callable
    snapshot : Snapshot
    """

    book: Book
    language: Language
    selection: Range | None
    progress: Progress
    snapshot: Snapshot
    said: list[Text] = field(default_factory=list)
    shown: Sheet | None = None

    @property
    def native(self) -> Native:
        """What xlwings has no words for."""
        return native(self.book)

    def say(self, text: Text) -> None:
        """Announce in the status bar what is about to happen."""
        self.said.append(text)
        self.book.app.status_bar = text[self.language]

    def show(self, sheet: Sheet) -> None:
        """Leave another sheet open than the one before: what a button that only shows something is for."""
        self.shown = sheet
        sheet.activate()

    def step(self, done: int, planned: int, what: str) -> None:
        """Show progress in the status bar and to whoever listens."""
        self.book.app.status_bar = f"{what} ({done}/{planned})"
        self.progress(done, planned, what)

    def touch(self, cells: Range) -> Range:
        """Keep an area for Undo before it is changed.

        Raises
        ------
        InputError
            When the sheet is protected.
        """
        if self.native.is_protected(cells.sheet):
            raise InputError(
                Text(f"工作表“{cells.sheet.name}”受保护", f"sheet {cells.sheet.name!r} is protected"),
                Text("先撤销工作表保护（审阅 - 撤销工作表保护）", "Unprotect it first (Review - Unprotect Sheet)"),
                where=cells.sheet.name,
            )
        self.snapshot.keep(cells)
        return cells

    def write(self, sheet: Sheet, row: int, column: int, rows: Sequence[Sequence[Output]]) -> Range:
        """Keep an area, then write equally long rows into it."""
        self.touch(area(sheet, row, column, len(rows), len(rows[0])))
        written = write_rows(sheet, row, column, rows, self.language)
        if is_own(sheet):
            written.font.name = FONT
        return written

    def set_width(self, sheet: Sheet, column: int, width: float) -> None:
        """Set a column's width, kept for Undo."""
        self.snapshot.keep_width(sheet, column)
        sheet.range((1, column)).column_width = width

    def own_sheet(self, name: str, *, cleared: bool = True) -> Sheet:
        """A sheet of the add-in's: made when it is missing, emptied when it is ours.

        Raises
        ------
        InputError
            When the name cannot be a sheet's, or such a sheet exists and is the user's.
        """
        check_sheet_name(name)
        found = find_sheet(self.book, name)
        if found is None:
            self.say(Text(f"新建工作表“{name}”", f"making sheet {name!r}"))
            return self.new_sheet(name)
        if not is_own(found):
            raise InputError(
                Text(
                    f"工作表“{name}”已存在，且不是本插件建立的，没有覆盖",
                    f"sheet {name!r} exists and was not made by this add-in; nothing was overwritten",
                ),
                Text("换一个输出表名，或把原表改名", "Choose another output sheet, or rename that one"),
                where=name,
            )
        if cleared:
            self.say(Text(f"覆盖工作表“{name}”中上次的结果", f"overwriting the former results on sheet {name!r}"))
            whole = self.touch(area(found, 1, 1, *self.native.used(found)))
            self.native.set_merges(whole, ())
            self.native.remove_charts(found)
            whole.clear()
        return found

    def new_sheet(self, name: str) -> Sheet:
        """A new sheet at the end, marked as ours; the active sheet stays active."""
        active = self.book.sheets.active
        sheet = self.book.sheets.add(name, after=self.book.sheets[len(self.book.sheets) - 1])
        sheet.names.add(OWN_MARK, "=TRUE")
        self.snapshot.created.append(name)
        active.activate()
        return sheet


def is_own(sheet: Sheet) -> bool:
    """Whether the add-in made the sheet."""
    return any(known.name.rpartition("!")[2] == OWN_MARK for known in sheet.names)


def check_sheet_name(name: str) -> None:
    """Refuse what Excel would not take as a sheet's name."""
    bad = sorted(_FORBIDDEN & set(name))
    if not name or len(name) > _SHEET_LIMIT or bad or name[0] == "'" or name[-1] == "'":
        raise InputError(
            Text(f"“{name}”不能作工作表名", f"{name!r} cannot be a sheet's name"),
            Text(
                "工作表名 1 到 31 个字，不含 [ ] : * ? / \\，首尾不能是单引号",
                "A name has 1 to 31 characters, none of [ ] : * ? / \\ and no quote at its ends",
            ),
        )


def book_language(book: Book, default: Language) -> Language:
    """The language that the workbook's own switch is set to, else `default`."""
    set_to = (find_name(book, LANGUAGE_NAME) or "").strip('="')
    return "en" if set_to == "en" else "zh" if set_to == "zh" else default
