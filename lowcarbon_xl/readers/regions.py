"""The tables in a sheet: where each one's title, header rows, data rows and notes stand.

Yearbook sheets hold titles, a unit line, stacked headers, continuation tables (续表) and notes; a plain panel is the
same thing with one header row and nothing around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import pairwise

from lowcarbon_xl.cells import Block, Cell, rectangle
from lowcarbon_xl.readers.marks import is_blank, kind, province_of, year_of

_KEY_WIDTH = 4
"""A row's key stands in one of its first filled cells."""
_PROVINCES_ACROSS = 3
_MOST_HEADER_ROWS = 5
_FEW_TITLES = 0.5
_SEEN = 50
"""So many rows of a table are looked at to tell what its columns are."""


@dataclass(frozen=True, slots=True)
class Region:
    """One table in a sheet.

    Parameters
    ----------
    block : Block
        The sheet, or the range, that it stands in.
    header, rows : tuple of int
        Zero-based rows of the block: stacked header rows, data rows.
    columns : tuple of int
        Zero-based columns of the block.
    preamble, footer : tuple of int
        Rows of titles, units and notes above and below; they are no observations.
    """

    block: Block
    header: tuple[int, ...]
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    preamble: tuple[int, ...] = ()
    footer: tuple[int, ...] = ()

    def position(self, row: int, column: int) -> tuple[int, int]:
        """The 1-based row and column in the sheet of a zero-based place in the block."""
        return self.block.row + row, self.block.column + column

    def cells(self, column: int) -> list[Cell]:
        """The data cells of a column."""
        values = self.block.values
        return [values[row][column] for row in self.rows]

    def preamble_texts(self) -> tuple[str, ...]:
        """Titles, units and notes above the table."""
        return tuple(
            str(cell) for row in self.preamble for cell in self.block.values[row] if isinstance(cell, str) and cell
        )


class _Line(Enum):
    BLANK = "blank"
    TITLE = "title"
    TEXT = "text"
    YEARS = "years"
    DATA = "data"


@dataclass(slots=True)
class _Draft:
    preamble: list[int] = field(default_factory=list)
    header: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    tail: list[int] = field(default_factory=list)
    gap: bool = False


def find_regions(block: Block) -> tuple[Region, ...]:
    """The tables of a sheet, from top to bottom and from left to right.

    Never fails: a sheet without any table gives none.
    """
    merged = _merged(block)
    drafts = _drafts(enumerate(block.values))
    return tuple(region for draft in drafts for region in _split(_region(block, draft, merged), merged))


def _drafts(rows: Iterable[tuple[int, Sequence[Cell]]]) -> list[_Draft]:
    """Tables from top to bottom, in numbered rows."""
    drafts: list[_Draft] = []
    draft = _Draft()
    for index, row in rows:
        line = _line(row)
        if draft.rows:
            if line in (_Line.TEXT, _Line.YEARS) and draft.gap:
                _text_only(draft)
                drafts.append(draft)
                notes, titles = _parted(draft.tail)
                draft.tail = notes
                draft = _Draft(preamble=titles, header=[index])
            else:
                _extend(draft, index, line)
        else:
            _begin(draft, index, line, row)
    _text_only(draft)
    drafts.append(draft)
    return [draft for draft in drafts if draft.rows]


def _line(row: Sequence[Cell]) -> _Line:
    if any(type(cell) is float and not 1900 <= cell <= 2100 for cell in row) and len(row) - row.count(None) > 1:
        return _Line.DATA  # most rows: a number that can be no year, and something beside it
    filled = [cell for cell in row if not is_blank(cell)]
    if not filled:
        return _Line.BLANK
    numeric = sum(kind(cell) not in ("text", "mark") for cell in filled)
    if numeric >= 2 and _years_across(filled):
        return _Line.YEARS
    if numeric and (len(filled) > 1 or kind(filled[0]) == "error"):
        return _Line.DATA
    if len(filled) == 1:
        return _Line.DATA if _key_led(filled) else _Line.TITLE
    if _key_led(filled) and sum(province_of(c) is not None for c in filled) < _PROVINCES_ACROSS:
        return _Line.DATA
    return _Line.TEXT


def _years_across(filled: Sequence[Cell]) -> bool:
    """Different years in one direction, and nothing else but a few texts in front of them."""
    years = [year for cell in filled if (year := year_of(cell)) is not None]
    others = [cell for cell in filled if year_of(cell) is None]
    if len(years) < 2 or any(kind(cell) != "text" for cell in others):
        return False
    if any(isinstance(cell, str) and province_of(cell) for cell in others):
        return False
    steps = {b - a for a, b in pairwise(years)}
    return len(set(years)) > 1 and (all(s > 0 for s in steps) or all(s < 0 for s in steps) or len(steps) <= 3)


def _key_led(filled: Sequence[Cell]) -> bool:
    return any(isinstance(cell, str) and province_of(cell) is not None for cell in filled[:_KEY_WIDTH])


def _begin(draft: _Draft, index: int, line: _Line, row: Sequence[Cell]) -> None:
    """A row before any data row of its table."""
    if line is _Line.BLANK:
        draft.gap = True
        return
    if draft.gap and draft.header and line is not _Line.DATA:  # what stood above the blank row was no header
        draft.preamble += draft.header
        draft.header.clear()
    draft.gap = False
    if line is _Line.TITLE and not draft.header:
        draft.preamble.append(index)
    elif line is _Line.DATA:
        draft.rows.append(index)
    else:
        draft.header.append(index)


def _extend(draft: _Draft, index: int, line: _Line) -> None:
    """A row after the first data row of its table."""
    if line is _Line.BLANK:
        draft.gap = True
    elif line is _Line.TITLE:
        draft.tail.append(index)
        draft.gap = True
    else:
        draft.rows += [*draft.tail, index]  # titles between data rows are section labels of the table
        draft.tail.clear()
        draft.gap = False


def _parted(tail: list[int]) -> tuple[list[int], list[int]]:
    """Notes of the table above and titles of the one below: a blank row stands between them."""
    start = len(tail) - 1
    while start > 0 and tail[start] - tail[start - 1] == 1:
        start -= 1
    return tail[: max(start, 0)], tail[max(start, 0) :]


def _text_only(draft: _Draft) -> None:
    """A table of texts alone, or with many text rows before the first number: its first row is the header."""
    if (not draft.rows and len(draft.header) > 1) or len(draft.header) > _MOST_HEADER_ROWS:
        draft.rows = draft.header[1:] + draft.rows
        draft.header = draft.header[:1]


_Merged = Sequence[tuple[int, int, int, int]]


def _region(block: Block, draft: _Draft, merged: _Merged) -> Region:
    values = block.values
    while len(draft.header) > 1 and _is_title(values, draft, merged):
        draft.preamble.append(draft.header.pop(0))
    used = [*draft.header, *draft.rows]
    last = len(values[0]) - 1
    while last and all(is_blank(values[row][last]) for row in used):
        last -= 1
    return Region(
        block, tuple(draft.header), tuple(draft.rows), tuple(range(last + 1)), tuple(draft.preamble), tuple(draft.tail)
    )


def _is_title(values: Sequence[Sequence[Cell]], draft: _Draft, merged: _Merged) -> bool:
    """Whether the first header row holds titles of tables side by side over a header row that names every column."""
    top, rest = draft.header[0], draft.header[1:]
    used = {c for row in draft.rows[:_SEEN] for c, cell in enumerate(values[row]) if not is_blank(cell)}
    titles = [c for c in sorted(used) if not is_blank(values[top][c])]
    over_all = titles == [min(used)]  # one title at the left edge, perhaps merged over the whole table
    if not over_all and any(first <= top <= last and right > left for first, left, last, right in merged):
        return False
    if len(titles) >= _FEW_TITLES * len(used):
        return False
    whole = [row for row in rest if sum(not is_blank(values[row][c]) for c in used) >= 0.9 * len(used)]
    return any(len({str(values[row][c]) for c in used}) >= 0.9 * len(used) for row in whole)


def _split(region: Region, merged: _Merged) -> tuple[Region, ...]:
    """Tables that stand side by side, apart by a blank column, each with keys of its own."""
    values = region.block.values
    rows = (*region.header, *region.rows)
    covered = {c for r1, c1, r2, c2 in merged if any(r1 <= r <= r2 for r in rows) for c in range(c1, c2 + 1)}
    groups: list[list[int]] = []
    blank = True
    for column in region.columns:
        if column not in covered and all(is_blank(values[row][column]) for row in rows):
            blank = True
            continue
        if blank:
            groups.append([])
        groups[-1].append(column)
        blank = False
    tables: list[list[int]] = []
    for group in groups:
        if all(is_blank(values[row][column]) for row in region.rows for column in group):
            continue  # a title over nothing
        if not tables or _stands_apart(region, group):
            tables.append([])
        tables[-1] += group
    if len(tables) < 2:
        return tuple(replace(region, columns=tuple(columns)) for columns in tables)
    return tuple(part for columns in tables for part in _narrowed(region, columns, merged))


def _stands_apart(region: Region, columns: Sequence[int]) -> bool:
    """Whether columns behind a blank one are a table of their own: with keys or labels, or beside few of the rows."""
    values = region.block.values
    if len(columns) > 1 and _has_keys(region, columns):
        return True
    first = [values[row][columns[0]] for row in region.rows if not is_blank(values[row][columns[0]])]
    labelled = len(columns) > 1 and sum(kind(cell) == "text" for cell in first) > 0.5 * len(first)
    beside = sum(any(not is_blank(values[row][column]) for column in columns) for row in region.rows)
    return labelled or beside < 0.5 * len(region.rows)


def _has_keys(region: Region, columns: Sequence[int]) -> bool:
    """Whether one of the first columns of a group names provinces or years."""
    values = region.block.values
    for column in columns[:2]:
        cells = [values[row][column] for row in region.rows[:_SEEN]]
        filled = [cell for cell in cells if not is_blank(cell)]
        keyed = sum(year_of(c) is not None or (isinstance(c, str) and province_of(c) is not None) for c in filled)
        if filled and keyed >= 0.8 * len(filled) and len(columns) > 1:
            return True
    return False


def _narrowed(region: Region, columns: Sequence[int], merged: _Merged) -> list[Region]:
    """The tables in one of several groups of columns side by side, which need not begin and end in the same rows."""
    values = region.block.values
    first, last = min((*region.preamble, *region.header, *region.rows)), max((*region.rows, *region.footer))
    rows = ((row, [values[row][column] for column in columns]) for row in range(first, last + 1))
    return [replace(_region(region.block, draft, merged), columns=tuple(columns)) for draft in _drafts(rows)]


def _merged(block: Block) -> tuple[tuple[int, int, int, int], ...]:
    """Merged rectangles in zero-based places of the block."""
    found = []
    for text in block.merged:
        row, column, last_row, last_column = rectangle(text)
        found.append((row - block.row, column - block.column, last_row - block.row, last_column - block.column))
    return tuple(found)
