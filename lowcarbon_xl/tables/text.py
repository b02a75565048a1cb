"""A table for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from lowcarbon_xl.errors import Language
from lowcarbon_xl.tables.model import Row, Table
from lowcarbon_xl.tables.numerals import display_width, printed

_GAP = "  "


def to_text(table: Table, language: Language = "zh") -> str:
    """The table with three rules, columns aligned by display width (a Chinese character takes two columns).

    Parameters
    ----------
    table : Table
    language : {"zh", "en"}

    Returns
    -------
    str
        Lines without trailing blanks, ending in a newline.
    """
    rows = (*table.header, *table.body)
    spanned = {(span.row, column) for span in table.spans for column in range(span.first, span.last + 1)}
    widths = [
        max(
            (
                display_width(printed(row[column], language))
                for place, row in enumerate(rows)
                if (place, column) not in spanned
            ),
            default=0,
        )
        for column in range(table.columns)
    ]
    for span in table.spans:
        missing = display_width(printed(table.header[span.row][span.first], language)) - _room(
            widths, span.first, span.last
        )
        widths[span.last] += max(0, missing)
    whole = _room(widths, 0, table.columns - 1)
    lines = [table.title[language].strip(), "━" * whole]
    lines += (_line(table, row, place, widths, language) for place, row in enumerate(table.header))
    lines.append("─" * whole)
    lines += (_GAP.join(_cells(row, widths, language)).rstrip() for row in table.body)
    lines.append("━" * whole)
    lines += (note[language] for note in table.notes)
    return "\n".join(lines) + "\n"


def _room(widths: list[int], first: int, last: int) -> int:
    return sum(widths[first : last + 1]) + len(_GAP) * (last - first)


def _line(table: Table, row: Row, place: int, widths: list[int], language: Language) -> str:
    """A header row; a heading over several columns stands in their middle."""
    starts = {span.first: span.last for span in table.spans if span.row == place}
    pieces: list[str] = []
    column = 0
    while column < table.columns:
        last = starts.get(column, column)
        pieces.append(_padded(printed(row[column], language), _room(widths, column, last), row[column].align))
        column = last + 1
    return _GAP.join(pieces).rstrip()


def _cells(row: Row, widths: list[int], language: Language) -> Iterator[str]:
    for cell, width in zip(row, widths, strict=True):
        yield _padded(printed(cell, language), width, cell.align)


def _padded(text: str, width: int, align: str) -> str:
    missing = max(0, width - display_width(text))
    before = {"left": 0, "center": missing // 2, "right": missing}[align]
    return " " * before + text + " " * (missing - before)
