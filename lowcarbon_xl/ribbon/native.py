"""The few things that xlwings has no words for: exact contents, looks, dropdowns, very hidden sheets.

Each is done twice: on openpyxl's cells for the engine without Excel, and on Excel's objects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from lowcarbon_xl.ribbon.blocks import Book, Range, Sheet
from lowcarbon_xl.ribbon.chart import ChartSpec
from lowcarbon_xl.ribbon.native_types import Content

OPENPYXL = "openpyxl"


class Native(Protocol):
    """What a host must be able to do beyond xlwings."""

    def contents(self, cells: Range) -> list[list[Content]]:
        """Formulas and constants, without what formulas spill."""

    def put_contents(self, cells: Range, rows: Sequence[Sequence[Content]]) -> None:
        """The inverse of `contents`."""

    def copy_looks(self, source: Range, target: Range) -> None:
        """Number formats, fills, borders, fonts, alignment and notes, onto a range of the same shape."""

    def same_looks(self, one: Range, other: Range) -> bool:
        """Whether `copy_looks` would change anything (False where that is not known)."""

    def hide_deeply(self, sheet: Sheet) -> None:
        """Hide a sheet so that users cannot unhide it by the menu."""

    def add_dropdown(self, cells: Range, source: str) -> None:
        """Offer a list (items parted by commas, or a formula) in cells; other entries stay allowed."""

    def merged(self, cells: Range) -> tuple[str, ...]:
        """Addresses of merged ranges that touch the cells."""

    def selected(self, book: Book) -> Range:
        """The selected cells of the active sheet."""

    def is_protected(self, sheet: Sheet) -> bool:
        """Whether cells of the sheet cannot be written."""

    def enter_formula(self, cells: Range, formula: str) -> None:
        """A formula whose result fills these cells: dynamic where the host has that, else a fixed array."""

    def used(self, sheet: Sheet) -> tuple[int, int]:
        """Last row and column with contents, without computing any formula."""

    def set_merges(self, cells: Range, addresses: Sequence[str]) -> None:
        """Merge what `merged` listed, and nothing else, within the cells."""

    def remove_charts(self, sheet: Sheet) -> None:
        """Take all charts off a sheet of ours."""

    def set_page(self, printed: Range, *, upright: bool = False) -> None:
        """Print these cells alone on A4: lying and one page wide, or upright on one page."""

    def hatch(self, cells: Range) -> None:
        """Fill cells with thin slanted lines: rows that a result leaves out."""

    def set_links(self, sheet: Sheet, links: Mapping[tuple[int, int], str]) -> None:
        """Let cells (by row and column) lead to places of the workbook (``sheet!A1``); all other links go."""

    def add_alarm(self, cells: Range, formula: str, colour: tuple[int, int, int]) -> None:
        """Colour cells while a formula is true; an alarm that they have already is replaced."""

    def add_chart(self, sheet: Sheet, spec: ChartSpec) -> None:
        """Draw a native chart."""


def native(book: Book) -> Native:
    """What fits the book's host."""
    if book.app.engine.name == OPENPYXL:
        from lowcarbon_xl.ribbon.native_openpyxl import OpenpyxlNative

        return OpenpyxlNative()
    from lowcarbon_xl.ribbon.native_excel import ExcelNative

    return ExcelNative()
