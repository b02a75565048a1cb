"""Workbooks with one sheet a province: sheets joined into series."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from lowcarbon_xl.audit.finding import Position
from lowcarbon_xl.audit.frame import Frame, sheet_key
from lowcarbon_xl.audit.labels import read_label
from lowcarbon_xl.audit.layout import gather, row_label
from lowcarbon_xl.audit.rules import Rules
from lowcarbon_xl.audit.series import Series
from lowcarbon_xl.readers.marks import number_of


def sheets_series(frames: Sequence[Frame], rules: Rules) -> list[Series]:
    """One series a cell (row label and column label) over sheets that are named by province, or province and year."""
    sheets = tuple(dict.fromkeys(frame.region.block.sheet or "" for frame in frames))
    groups: dict[tuple[str, str], list[tuple[str, int, float, Position, int]]] = defaultdict(list)
    texts: dict[tuple[str, str], tuple[str, Position]] = {}
    for frame in frames:
        sheet = frame.region.block.sheet or ""
        key = sheet_key(sheet)
        if key is None or frame.keyed:
            continue
        for name, text, value, position in _labelled_cells(frame):
            texts.setdefault(name, (text, position))
            groups[name].append((key[0], key[1] or 0, value, position, sheets.index(sheet)))
    return [
        gather(read_label(texts[name][0], rules), texts[name][1], sheets, cells, True)
        for name, cells in groups.items()
        if len(cells) > 1
    ]


def is_province_sheet(frame: Frame) -> bool:
    """Whether the sheet's name says the province and the table only the years."""
    lone = not frame.unit_columns and not frame.provinces_across and frame.keyed
    return lone and sheet_key(frame.region.block.sheet or "") is not None


def joined_series(tables: Sequence[Sequence[Series]]) -> list[Series]:
    """Series of sheets that are named by province, joined under their labels."""
    groups: dict[str, list[Series]] = defaultdict(list)
    for table in tables:
        for one in table:
            groups[bare(one.label.text)].append(one)
    sheets = tuple(dict.fromkeys(sheet for table in tables for one in table for sheet in one.sheets))
    return [_join(members, sheets) for members in groups.values()]


def _join(members: Sequence[Series], sheets: tuple[str, ...]) -> Series:
    cells = [
        (unit, year, float(one.values[i, j]), one.position(i, j), sheets.index(one.sheet(i, j)))
        for one in members
        for i, unit in enumerate(one.units)
        for j, year in enumerate(one.years)
        if one.rows[i, j]
    ]
    return gather(members[0].label, members[0].header, sheets, cells, True)


def _labelled_cells(frame: Frame) -> list[tuple[tuple[str, str], str, float, Position]]:
    """Cells of a table without keys under (row label, column label), spelled so that small changes do not matter."""
    region = frame.region
    found = []
    for row in region.rows:
        label = row_label(frame, row)
        for column in frame.value_columns:
            name = frame.labels[column]
            value = number_of(region.block.values[row][column])
            key = (bare(label), bare(name))
            found.append((key, f"{label} / {name}", value, region.position(row, column)))
    return found


def bare(text: str) -> str:
    """A label without blanks, underscores and case: Raw Coal and Raw_Coal are one."""
    return re.sub(r"[\s_\-,.&()]+", "", text).casefold()
