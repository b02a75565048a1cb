"""The hash of what a range says: the same for the same values, whatever their order, their format and the host."""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata

from lowcarbon_xl.audit.frame import read_frame
from lowcarbon_xl.cells import Block, Cell, CellError
from lowcarbon_xl.readers.regions import find_regions
from lowcarbon_xl.sheet.table import trim

_EPOCH = dt.datetime(1899, 12, 30)
_CELL, _ROW = "\x1f", "\x1e"
_DIGITS = 32


def content_hash(block: Block) -> str:
    """The first 32 hexadecimal digits of the SHA-256 of a range's values.

    Numbers count with their full double precision, texts in Unicode's NFC. Hosts differ in whether they hand over a
    date or its serial number, TRUE or 1, an empty text or a blank: these count as the same. Trailing blank rows and
    columns do not count. The order of rows does not count in a table with a header row and keys (provinces, years),
    where every row says itself which one it is; elsewhere it does.
    """
    values = trim(block).values
    rows = [_CELL.join(map(canonical, row)) for row in values]
    head = _head(Block(values)) if values else 0
    if head:
        rows[head:] = sorted(rows[head:])
    return hashlib.sha256(_ROW.join(rows).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _head(block: Block) -> int:
    """How many rows stand before the data of a keyed table; 0 where there is no such table, or more than one."""
    regions = find_regions(block)
    if len(regions) != 1 or not regions[0].header or regions[0].footer:
        return 0
    frame = read_frame(regions[0])
    return regions[0].rows[0] if frame.unit_columns or frame.year_column is not None else 0


def canonical(cell: Cell) -> str:
    """One cell as the hash reads it: full precision, NFC text, type and all."""
    if cell is None or cell == "":
        return ""
    if isinstance(cell, str):
        return "t" + unicodedata.normalize("NFC", cell)
    if isinstance(cell, CellError):
        return "e" + cell.code
    return "n" + (_number(cell) + 0.0).hex()  # adding 0.0 makes -0.0 the plain zero


def _number(cell: float | dt.date | dt.time) -> float:
    """The number behind a cell, as a spreadsheet keeps it."""
    if isinstance(cell, dt.datetime):
        return (cell.replace(tzinfo=None) - _EPOCH) / dt.timedelta(days=1)
    if isinstance(cell, dt.date):
        return float((cell - _EPOCH.date()).days)
    if isinstance(cell, dt.time):
        return (cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1e6) / 86400
    return float(cell)
