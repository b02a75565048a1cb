"""One table with its labels: which columns are keys, which hold values, and which way round it lies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from lowcarbon_xl.audit.labels import words
from lowcarbon_xl.cells import Cell, rectangle
from lowcarbon_xl.panel.provinces import is_national
from lowcarbon_xl.readers.marks import is_blank, kind, number_of, province_of, spelled_number, year_of
from lowcarbon_xl.readers.regions import Region
from lowcarbon_xl.sheet.header import fold, read_header
from lowcarbon_xl.sheet.keys import PROVINCE_HEADERS, REGION_HEADERS, YEAR_HEADERS

_UNIT_HEADERS = (
    PROVINCE_HEADERS | REGION_HEADERS | frozenset(map(fold, ("省级", "省级单位", "省(区、市)", "地区代码", "code")))
)
_SHEET_NAME = re.compile(r"^(?P<province>.*?)[\s_\-]*(?P<year>(?:19|20)\d{2})?年?$")
_SEEN = 400
"""So many cells of a column are looked at to decide what it holds."""
_MOST = 0.6

_STEM_YEAR = re.compile(r"^(?P<stem>.*?[^\d\s_])[\s_]*(?P<year>(?:19|20)\d{2})年?$")
_YEAR_STEM = re.compile(r"^(?P<year>(?:19|20)\d{2})年?[\s_]*(?P<stem>[^\d\s_].*)$")


@dataclass(frozen=True, slots=True)
class Frame:
    """A table with its labels.

    Parameters
    ----------
    region : Region
    labels : dict of int to str
        The whole label of a column, stacked headers joined.
    stems : dict of int to str
        The label without the year, for columns of years.
    unit_columns : tuple of int
        Columns that name provinces, names before codes (zero-based in the block).
    year_column : int or None
    years_across : dict of int to int
        Columns that are years.
    provinces_across : dict of int to str
        Columns that are provinces.
    text_columns : tuple of int
        Columns of labels: indicators, sectors.
    value_columns : tuple of int
        Columns of numbers that are neither keys, years nor provinces.
    """

    region: Region
    labels: dict[int, str]
    stems: dict[int, str] = field(default_factory=dict)
    unit_columns: tuple[int, ...] = ()
    year_column: int | None = None
    years_across: dict[int, int] = field(default_factory=dict)
    provinces_across: dict[int, str] = field(default_factory=dict)
    text_columns: tuple[int, ...] = ()
    value_columns: tuple[int, ...] = ()

    @property
    def data_columns(self) -> tuple[int, ...]:
        """Columns of values in any layout."""
        return tuple(sorted({*self.value_columns, *self.years_across, *self.provinces_across}))

    @property
    def keyed(self) -> bool:
        """Whether provinces or years stand in it."""
        return bool(self.unit_columns or self.year_column is not None or self.years_across or self.provinces_across)

    def key_position(self, row: int) -> tuple[int, int]:
        """The cell that names the unit of a data row (counted from 0); the row's first cell where none does."""
        column = self.unit_columns[0] if self.unit_columns else self.region.columns[0]
        return self.region.position(self.region.rows[row], column)


def read_frame(region: Region) -> Frame:
    """Find keys and values of a table; never fails."""
    labels = column_labels(region)
    unit_columns = _unit_columns(region, labels)
    years_across, stems = _years_across(region, labels, unit_columns)
    provinces_across = {
        column: province.zh
        for column in region.columns
        if column not in unit_columns and (province := province_of(_last(region, column))) is not None
    }
    if len(provinces_across) < 3:
        provinces_across = {}
    rest = [c for c in region.columns if c not in unit_columns and c not in years_across and c not in provinces_across]
    year_column = _year_column(region, labels, rest)
    rest = [column for column in rest if column != year_column]
    numeric = [column for column in rest if _holds_numbers(region, column)]
    texts = [column for column in rest if column not in numeric and any(not is_blank(c) for c in region.cells(column))]
    if not unit_columns and year_column is not None and not provinces_across:
        unit_columns = _any_unit(region, texts, year_column)
        texts = [column for column in texts if column not in unit_columns]
    return Frame(
        region, labels, stems, unit_columns, year_column, years_across, provinces_across, tuple(texts), tuple(numeric)
    )


def _any_unit(region: Region, texts: Sequence[int], year_column: int) -> tuple[int, ...]:
    """The column of cities or firms: texts that, with the year, stand but once."""
    years = region.cells(year_column)
    if len(set(map(str, years))) > 0.5 * len(years):
        return ()  # one row a year: there is a single unit
    for column in texts:
        pairs = set(zip(map(str, region.cells(column)), map(str, years), strict=True))
        if len(pairs) >= 0.95 * len(years):
            return (column,)
    return ()


def column_labels(region: Region) -> dict[int, str]:
    """The label of each column: its header cells from top to bottom, merged ones spread over their columns."""
    parts: dict[int, list[str]] = {column: [] for column in region.columns}
    for row in region.header:
        for column, text in _header_row(region, row).items():
            if column in parts and text and text not in parts[column]:
                parts[column].append(text)
    return {column: " ".join(texts) for column, texts in parts.items()}


def _header_row(region: Region, row: int) -> dict[int, str]:
    block = region.block
    texts = {column: _spelled(block.values[row][column]) for column in region.columns}
    for merged in block.merged:
        first_row, first_column, last_row, last_column = rectangle(merged)
        top, left = first_row - block.row, first_column - block.column
        if top <= row <= last_row - block.row and 0 <= top < len(block.values) and left in texts:
            text = _spelled(block.values[top][left])
            for column in range(left, last_column - block.column + 1):
                texts[column] = texts.get(column) or text
    return texts


def _spelled(cell: Cell) -> str:
    if is_blank(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def _last(region: Region, column: int) -> str:
    """The lowest header cell of a column that is filled."""
    for row in reversed(region.header):
        cell = region.block.values[row][column]
        if not is_blank(cell):
            return _spelled(cell)
    return ""


def _sample(region: Region, column: int) -> list[Cell]:
    """Filled data cells, spread over the whole column."""
    rows = region.rows
    step = max(1, len(rows) // _SEEN)
    values = region.block.values
    return [cell for row in rows[::step] if not is_blank(cell := values[row][column])]


def _unit_columns(region: Region, labels: dict[int, str]) -> tuple[int, ...]:
    """Columns whose cells name provinces (by content), names before codes; else by their header."""
    names, codes, titled = [], [], []
    for column in region.columns:
        cells = _sample(region, column)
        named = fold(read_header(labels[column]).name) in _UNIT_HEADERS
        hits = sum(province_of(c) is not None or is_national(c) for c in cells if isinstance(c, str) and not is_code(c))
        coded = sum(is_code(cell) for cell in cells)
        if cells and hits >= _MOST * len(cells):
            names.append(column)
        elif cells and coded >= _MOST * len(cells) and (named or coded == len(cells)):
            codes.append(column)
        elif named and cells and sum(kind(cell) == "text" for cell in cells) >= _MOST * len(cells):
            titled.append(column)
    return (*names, *codes) if names or codes else tuple(titled[:1])


def is_code(cell: Cell) -> bool:
    """Whether a cell holds a province's six-digit code."""
    value = spelled_number(cell) if isinstance(cell, str) else cell
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 10000 or not 110000 <= value <= 820000:
        return False
    return province_of(int(value)) is not None


def _years_across(
    region: Region, labels: dict[int, str], unit_columns: Sequence[int]
) -> tuple[dict[int, int], dict[int, str]]:
    """Columns that are years, and what else their label says (the indicator, the vintage)."""
    years: dict[int, int] = {}
    stems: dict[int, str] = {}
    for column in region.columns:
        if column in unit_columns:
            continue
        last = _last(region, column)
        if (year := year_of(last)) is not None:
            rest = [p for p in _stack(region, column) if p != last]
            years[column], stems[column] = year, " ".join(rest)
    if len(years) >= 2:
        return years, stems
    return _named_years(region, labels, unit_columns)


def _stack(region: Region, column: int) -> list[str]:
    return [text for row in region.header if (text := _header_row(region, row).get(column))]


def _named_years(
    region: Region, labels: dict[int, str], unit_columns: Sequence[int]
) -> tuple[dict[int, int], dict[int, str]]:
    """Columns named by an indicator and a year (gdp2013, GDP_2014, 2015年GDP), at least three years of one."""
    found: dict[int, tuple[str, int]] = {}
    for column in region.columns:
        text = words(labels[column])
        if column not in unit_columns and (match := _STEM_YEAR.match(text) or _YEAR_STEM.match(text)):
            found[column] = match["stem"].strip(), int(match["year"])
    counts: dict[str, int] = {}
    for stem, _ in found.values():
        counts[stem] = counts.get(stem, 0) + 1
    chosen = {column: (stem, year) for column, (stem, year) in found.items() if counts[stem] >= 3}
    return {c: year for c, (_, year) in chosen.items()}, {c: stem for c, (stem, _) in chosen.items()}


def _year_column(region: Region, labels: dict[int, str], columns: Sequence[int]) -> int | None:
    titled = [c for c in columns if fold(read_header(labels[c]).name) in YEAR_HEADERS]
    if titled:
        return titled[0]
    for column in columns[:4]:
        cells = _sample(region, column)
        spoken = labels[column].casefold().replace(" ", "")
        years = sum(year_of(c) is not None for c in cells)
        if (
            cells
            and years >= 0.9 * len(cells)
            and (not spoken or "年" in spoken or "year" in spoken or spoken == "time")
        ):
            return column
    return None


def _holds_numbers(region: Region, column: int) -> bool:
    """Whether a column is one of numbers: most of what is filled is a number, a number as text, an error or a mark."""
    cells = _sample(region, column)
    kinds = [kind(cell) for cell in cells]
    texts = kinds.count("text")
    numbers = sum(k in ("number", "text_number") for k in kinds)
    return bool(kinds) and numbers > 0 and texts < max(1, 0.5 * len(kinds))


def numbers(cells: Sequence[Cell]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Cells as numbers, NaN for everything that is none."""
    if set(map(type, cells)) <= {float, int}:
        return np.array(cells, dtype=float)
    return np.array([number_of(cell) for cell in cells], dtype=float)


def sheet_key(name: str) -> tuple[str, int | None] | None:
    """Province and year that a sheet's name gives (Henan2020, 北京), or None. Names match exactly: Shanxi is not Shaanxi."""
    match = _SHEET_NAME.match(name.strip())
    if match is None or match["province"].replace("-", "").isdigit():
        return None  # 12 is Tianjin's code, but a sheet "1-2" is not Tianjin's
    if (province := province_of(match["province"])) is None:
        return None
    return province.zh, int(match["year"]) if match["year"] else None
