"""Tables of any layout turned into series: long, wide, transposed, side by side, and one sheet a province."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from lowcarbon_xl.audit.finding import Position
from lowcarbon_xl.audit.frame import Frame, numbers, sheet_key
from lowcarbon_xl.audit.labels import Label, find_unit, read_label
from lowcarbon_xl.audit.rules import Rules
from lowcarbon_xl.audit.series import Keyed, Series, empty
from lowcarbon_xl.cells import Cell
from lowcarbon_xl.panel.provinces import is_national
from lowcarbon_xl.readers.marks import is_blank, number_of, plain, province_of, year_of

_UNIT_LINE = re.compile(
    r"单\s*位\s*[:：]\s*([^\s，,;；)）]+)|\(([^()]*(?:yuan|tons?|tce|persons|kWh)[^()]*)\)|[(（]([^()（）]+)[)）]\s*$"
)
NO_UNIT = "—"


def unit_name(cell: Cell) -> str | None:
    """The canonical name of a province, the text itself for anything else, None for a blank or an error."""
    if is_blank(cell) or not isinstance(cell, str | int | float) or isinstance(cell, bool):
        return None
    if (province := province_of(cell)) is not None:
        return province.zh
    return plain(str(cell)) if isinstance(cell, str) else f"{cell:g}"


def keyed_rows(frame: Frame) -> Keyed:
    """Units and years of the rows of a table."""
    region = frame.region
    memo: dict[Cell, str | None] = {}
    units: list[str | None] = [NO_UNIT] * len(region.rows)
    if frame.unit_columns:
        cells = region.cells(frame.unit_columns[0])
        hashable = [cell if isinstance(cell, str | int | float) else None for cell in cells]
        memo = {cell: unit_name(cell) for cell in dict.fromkeys(hashable)}
        units = [memo[cell] for cell in hashable]
    years: list[int | None] = [None] * len(region.rows)
    if frame.year_column is not None:
        years = [year_of(cell) for cell in region.cells(frame.year_column)]
    if not frame.unit_columns and not frame.provinces_across and (key := sheet_key(region.block.sheet or "")):
        units = [key[0]] * len(region.rows)
    known = sum(province_of(u) is not None for u in set(units) if u is not None)
    return Keyed(
        region.block.sheet or "",
        tuple(region.position(row, 0)[0] for row in region.rows),
        tuple(region.position(0, column)[1] for column in frame.unit_columns),
        region.position(0, frame.year_column)[1] if frame.year_column is not None else None,
        tuple(units),
        tuple(years),
        known > 0 and known >= 0.5 * len({u for u in units if u is not None and not is_national(u)}),
    )


def table_series(frame: Frame, keys: Keyed, rules: Rules) -> list[Series]:
    """The series of one table; national rows are left out of them."""
    unit_line = table_unit(frame, rules)
    if frame.years_across:
        return _wide(frame, keys, rules, unit_line)
    if frame.provinces_across:
        return _transposed(frame, rules, unit_line)
    if frame.unit_columns or frame.year_column is not None:
        return _long(frame, keys, rules, unit_line)
    return []


def table_unit(frame: Frame, rules: Rules) -> str:
    """The unit that a title line gives for the whole table, or an empty text."""
    for text in frame.region.preamble_texts():
        for match in _UNIT_LINE.finditer(text.strip()):
            found = next((group for group in match.groups() if group), "")
            if find_unit(found, rules):
                return found
    return ""


def _label_of(frame: Frame, column: int, rules: Rules, unit_line: str) -> Label:
    return read_label(frame.labels[column], rules, unit_line)


def _header_position(frame: Frame, column: int) -> Position:
    row = frame.region.header[-1] if frame.region.header else frame.region.rows[0]
    return frame.region.position(row, column)


def _long(frame: Frame, keys: Keyed, rules: Rules, unit_line: str) -> list[Series]:
    """One row a province and year, or a province, or a year."""
    dated = keys.year_column is not None
    usable = [
        i
        for i, (unit, year) in enumerate(zip(keys.units, keys.years, strict=True))
        if unit is not None and not is_national(unit) and (year is not None or not dated)
    ]
    first: dict[tuple[str, int], int] = {}
    for i in usable:
        first.setdefault((keys.units[i] or "", keys.years[i] or 0), i)
    units = tuple(dict.fromkeys(unit for unit, _ in first))
    years = tuple(sorted({year for _, year in first}))
    if not units:
        return []
    unit_index = {unit: i for i, unit in enumerate(units)}
    year_index = {year: i for i, year in enumerate(years)}
    places = np.array([(unit_index[u], year_index[y]) for u, y in first], dtype=np.int64)
    picked = np.array(list(first.values()), dtype=np.int64)
    sheet_rows = np.array(keys.rows, dtype=np.int64)[picked]
    result = []
    for column in frame.value_columns:
        values, rows, columns = empty(len(units), len(years))
        values[places[:, 0], places[:, 1]] = numbers(frame.region.cells(column))[picked]
        rows[places[:, 0], places[:, 1]] = sheet_rows
        columns[rows > 0] = frame.region.position(0, column)[1]
        result.append(
            Series(
                _label_of(frame, column, rules, unit_line),
                _header_position(frame, column),
                (keys.sheet,),
                units,
                years,
                values,
                rows,
                columns,
                np.zeros_like(rows),
                keys.provinces,
                dated,
            )
        )
    return result


_Cells = list[tuple[str, int, float, Position]]


def _wide(frame: Frame, keys: Keyed, rules: Rules, unit_line: str) -> list[Series]:
    """Years in columns; rows are provinces, indicators, or both."""
    region = frame.region
    groups: dict[str, _Cells] = defaultdict(list)
    headers: dict[str, Position] = {}
    repeated: dict[tuple[str, int], int] = {}
    title = " ".join(region.preamble_texts()[-2:])
    for column, year in frame.years_across.items():
        stem = frame.stems.get(column, "")
        turn = repeated[stem, year] = repeated.get((stem, year), 0) + 1
        stem = stem if turn == 1 else f"{stem} #{turn}"
        for i, row in enumerate(region.rows):
            unit = keys.units[i]
            if unit is None or is_national(unit):
                continue
            indicator = row_label(frame, row)
            name = " ".join(filter(None, (indicator, stem)))
            headers.setdefault(name, _header_position(frame, column))
            groups[name].append((unit, year, number_of(region.block.values[row][column]), region.position(row, column)))
    return [
        _assemble(
            read_label(name or title or keys.sheet, rules, unit_line), headers[name], keys.sheet, cells, keys.provinces
        )
        for name, cells in groups.items()
    ]


def row_label(frame: Frame, row: int) -> str:
    """What the label columns of a row say."""
    values = frame.region.block.values[row]
    parts = [str(values[c]).strip() for c in frame.text_columns if not is_blank(values[c])]
    return " ".join(parts[:2])


def _transposed(frame: Frame, rules: Rules, unit_line: str) -> list[Series]:
    """Provinces in columns; rows are years, indicators, or both."""
    region = frame.region
    sheet = region.block.sheet or ""
    title = " ".join(region.preamble_texts()[-2:])
    groups: dict[str, _Cells] = defaultdict(list)
    headers: dict[str, Position] = {}
    for row in region.rows:
        year = 0
        if frame.year_column is not None:
            found = year_of(region.block.values[row][frame.year_column])
            if found is None:
                continue
            year = found
        name = row_label(frame, row)
        headers.setdefault(name, region.position(row, region.columns[0]))
        for column, province in frame.provinces_across.items():
            groups[name].append(
                (province, year, number_of(region.block.values[row][column]), region.position(row, column))
            )
    return [
        _assemble(read_label(name or title or sheet, rules, unit_line), headers[name], sheet, cells, True)
        for name, cells in groups.items()
    ]


def _assemble(label: Label, header: Position, sheet: str, cells: _Cells, provinces: bool) -> Series:
    """A series out of single values of one sheet; the first of several for one key counts."""
    return gather(
        label, header, (sheet,), [(unit, year, value, position, 0) for unit, year, value, position in cells], provinces
    )


def gather(
    label: Label,
    header: Position,
    sheets: tuple[str, ...],
    cells: Sequence[tuple[str, int, float, Position, int]],
    provinces: bool,
) -> Series:
    """A series out of single values: unit, year, value, place and index of the sheet; the first of several for a key counts."""
    units = tuple(dict.fromkeys(cell[0] for cell in cells))
    years = tuple(sorted({cell[1] for cell in cells}))
    unit_index = {unit: i for i, unit in enumerate(units)}
    year_index = {year: i for i, year in enumerate(years)}
    values, rows, columns = empty(len(units), len(years))
    sheet_of = np.zeros_like(rows)
    for unit, year, value, position, sheet in cells:
        i, j = unit_index[unit], year_index[year]
        if rows[i, j] == 0:
            values[i, j], sheet_of[i, j] = value, sheet
            rows[i, j], columns[i, j] = position
    return Series(label, header, sheets, units, years, values, rows, columns, sheet_of, provinces, dated=years != (0,))
