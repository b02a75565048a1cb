"""What openpyxl knows of a worksheet at one moment, to be compared with another."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.xml.functions import tostring

Key = tuple[int, int]
"""Row and column."""

Style = tuple[int, ...]
"""The numbers of openpyxl's StyleArray."""

PLAIN: Style = (0,) * 9
BLANK: tuple[object, str, Style] = (None, "n", PLAIN)
"""What a cell that does not exist holds."""

_FRAME = (
    "properties",
    "views",
    "format",
    "protection",
    "scenarios",
    "filter",
    "merged_cells",
    "formatting",
    "validations",
    "print",
    "margins",
    "page",
    "header",
    "breaks",
)
"""What openpyxl writes around the cells, besides columns and what has parts of its own."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a cell, and the height and width of its box in pixels."""

    text: str
    author: str
    height: float
    width: float


@dataclass(frozen=True, slots=True)
class Link:
    """A hyperlink: its target outside, its place in the workbook, its tip, and the text that it shows."""

    target: str | None
    location: str | None
    tooltip: str | None
    display: str | None


@dataclass(frozen=True, slots=True)
class Column:
    """Attributes of the columns from `first` to `last`."""

    first: int
    last: int
    attributes: Mapping[str, str]
    style: Style


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart or a picture: openpyxl's object, where it stands, and what it looks like."""

    item: Any
    anchor: tuple[object, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class SheetState:
    """A worksheet.

    Parameters
    ----------
    cells : mapping
        Value, data type and style of every cell that is not blank.
    rows : mapping
        Attributes and style of rows.
    columns : tuple of Column
    frame : bytes
        What openpyxl writes around the cells.
    notes, links : mapping
    tables : mapping
        The XML of tables by name.
    drawn : tuple of Drawn
    """

    cells: Mapping[Key, tuple[object, str, Style]]
    rows: Mapping[int, tuple[Mapping[str, str], Style]]
    columns: tuple[Column, ...]
    frame: bytes
    notes: Mapping[Key, Note]
    links: Mapping[Key, Link]
    tables: Mapping[str, bytes]
    drawn: tuple[Drawn, ...]

    def changed_cells(self, after: SheetState) -> list[Key]:
        """The cells whose value or style differs, in the order of rows."""
        keys = self.cells.keys() | after.cells.keys()
        return sorted(key for key in keys if self.cells.get(key, BLANK) != after.cells.get(key, BLANK))

    def changed_values(self, after: SheetState) -> list[Key]:
        """The cells whose value differs."""
        return [
            key
            for key in self.changed_cells(after)
            if self.cells.get(key, BLANK)[:2] != after.cells.get(key, BLANK)[:2]
        ]

    def changed_notes(self, after: SheetState) -> list[Key]:
        """The cells whose note differs."""
        keys = self.notes.keys() | after.notes.keys()
        return sorted(key for key in keys if self.notes.get(key) != after.notes.get(key))


EMPTY = SheetState({}, {}, (), b"<worksheet/>", {}, {}, {}, ())
"""What a sheet that does not exist yet holds."""


def read_state(worksheet: Any) -> SheetState:
    """What openpyxl knows of a worksheet now."""
    cells, notes, links = {}, {}, {}
    for key, cell in worksheet._cells.items():
        content = (_comparable(cell._value), cell.data_type, style_of(cell))
        if content != BLANK:
            cells[key] = content
        if cell._comment is not None:
            notes[key] = _note(cell._comment)
        if (link := cell.hyperlink) is not None:
            links[key] = Link(link.target, link.location, link.tooltip, link.display)
    return SheetState(
        cells=cells,
        rows={number: (_attributes(row), style_of(row)) for number, row in worksheet.row_dimensions.items()},
        columns=tuple(_columns(worksheet)),
        frame=_frame(worksheet),
        notes=notes,
        links=links,
        tables={table.displayName: _table(worksheet, table) for table in worksheet.tables.values()},
        drawn=(*map(_chart, worksheet._charts), *map(_image, worksheet._images)),
    )


def _note(comment: Any) -> Note:
    return Note(str(comment.content), str(comment.author), float(comment.height), float(comment.width))


def style_of(item: Any) -> Style:
    """The style of a cell, a row or a column; openpyxl takes no style for the plain one."""
    return PLAIN if item._style is None else tuple(item._style)


def _comparable(value: object) -> object:
    if isinstance(value, ArrayFormula | DataTableFormula):
        return (type(value).__name__, getattr(value, "text", None), *sorted(dict(value).items()))
    return value


def _attributes(dimension: Any) -> dict[str, str]:
    """A row's or column's attributes, without its style's number, which openpyxl makes up."""
    return {name: text for name, text in dimension if name not in {"s", "style", "min", "max"}}


def _columns(worksheet: Any) -> Iterator[Column]:
    for dimension in worksheet.column_dimensions.values():
        dimension.reindex()
        yield Column(dimension.min, dimension.max, _attributes(dimension), style_of(dimension))


def _frame(worksheet: Any) -> bytes:
    columns = worksheet.column_dimensions
    columns.max_outline = max((column.outlineLevel or 0 for column in columns.values()), default=0) or None
    stream = io.BytesIO()
    writer = WorksheetWriter(worksheet, stream)
    for name in _FRAME:
        getattr(writer, f"write_{name}")()
    writer.close()
    return stream.getvalue()


def anchor_key(anchor: Any) -> tuple[object, ...]:
    """Where an object stands: a cell's address, or the numbers of its corners."""
    if isinstance(anchor, str):
        return (anchor,)
    corners = (getattr(anchor, name, None) for name in ("_from", "to", "pos", "ext"))
    return tuple(number for corner in corners if corner is not None for number in _numbers(corner))


def _numbers(corner: Any) -> Iterator[int]:
    for name in ("col", "colOff", "row", "rowOff", "x", "y", "width", "height"):
        number = getattr(corner, name, None)
        if number is not None:
            yield int(number)


def _table(worksheet: Any, table: Any) -> bytes:
    """A table's XML; a new one takes the names of its columns from its header cells, as in openpyxl's own writer."""
    if not table.tableColumns:
        table._initialise_columns()
        if table.headerRowCount:
            for cell, column in zip(worksheet[table.ref][0], table.tableColumns, strict=True):
                column.name = str(cell.value)
    return bytes(tostring(table.to_tree()))


def _chart(chart: Any) -> Drawn:
    try:
        content = tostring(chart._write())
    except (TypeError, ValueError, AttributeError):  # read but not writable: it stays as it is in the file
        content = b""
    return Drawn(chart, anchor_key(chart.anchor), content)


def _image(image: Any) -> Drawn:
    return Drawn(image, anchor_key(image.anchor), f"{id(image.ref)} {image.width} {image.height}".encode())
