"""One table of any layout as variables by province and year, each value with the cell that it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lowcarbon_xl.audit.finding import Position, address
from lowcarbon_xl.audit.frame import Frame, sheet_key
from lowcarbon_xl.audit.import_keys import (
    Key,
    filled_down,
    keyed_cells,
    place_of,
    refused,
    require_codes,
    require_keys,
    require_unique,
    where,
)
from lowcarbon_xl.audit.import_names import numbered_year, sheet_names, table_name, with_unit
from lowcarbon_xl.audit.labels import read_label
from lowcarbon_xl.audit.layout import NO_UNIT, keyed_rows, row_label, table_series, table_unit
from lowcarbon_xl.audit.repairs import Repair, clean_text
from lowcarbon_xl.audit.rules import Rules
from lowcarbon_xl.audit.series import Keyed, Series
from lowcarbon_xl.cells import Cell, quote_sheet
from lowcarbon_xl.errors import Text
from lowcarbon_xl.readers.marks import kind


@dataclass(frozen=True, slots=True)
class Origin:
    """A cell as it stands in the file."""

    cell: Cell
    sheet: str
    position: Position

    @property
    def where(self) -> str:
        """``sheet!A1``."""
        return f"{quote_sheet(self.sheet)}!{address(self.position)}" if self.sheet else address(self.position)


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: its header, whether it holds texts, and its cells by province and year."""

    name: str
    cells: Mapping[Key, Origin]
    texts: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What the user says where the file does not.

    Parameters
    ----------
    file : str
        Name of the file without its extension.
    province, year : str, int or None
    """

    file: str = ""
    province: str | None = None
    year: int | None = None


@dataclass(slots=True)
class ImportedTable:
    """The variables of one table and what was repaired to read them."""

    variables: list[Variable] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)


def read_table(frame: Frame, rules: Rules, given: Given, title_year: int | None) -> ImportedTable:
    """Variables of one table.

    Parameters
    ----------
    frame : Frame
    rules : Rules
    given : Given
    title_year : int or None
        The year of a table before, which this one continues.

    Raises
    ------
    InputError
        When its rows cannot be told apart, or nothing says which province or year they are about.
    """
    frame, merged = filled_down(frame)
    key = sheet_key(frame.region.block.sheet or "")
    if not frame.keyed and key is not None:
        return _sheet_table(frame, key, given, rules)
    keys = keyed_rows(frame)
    if not (keys.provinces or frame.provinces_across or given.province) and set(keys.units) == {NO_UNIT}:
        raise refused(
            "没有说明是哪个省：行、列、工作表名都没有省份",
            "nothing says which province it is about: no row, no column, no name of a sheet",
            Text(
                "加一列“省份”，或把工作表改名为省名，或用 province= 给出",
                "Add a column 省份, name the sheet after the province, or give province=",
            ),
            where(frame),
        )
    require_keys(frame, keys)
    require_codes(frame)
    table = ImportedTable(repairs=merged)
    table.variables = _tidy(frame, keys) or _variables(frame, keys, rules, given, table.repairs)
    if all(year == 0 for variable in table.variables for _, year in variable.cells):
        _date(table, frame, given, title_year)
    if given.province:
        table.variables = [_moved(variable, given.province) for variable in table.variables]
    return table


def _moved(variable: Variable, province: str) -> Variable:
    cells = {(province if u == NO_UNIT else u, year): cell for (u, year), cell in variable.cells.items()}
    return replace(variable, cells=cells)


def _date(table: ImportedTable, frame: Frame, given: Given, title_year: int | None) -> None:
    """Give a table without years the one year that its title (or the user) names."""
    found = numbered_year(frame)
    year = given.year or found or title_year
    if year is None:
        raise refused(
            "没有年份：列里没有，标题里也没有（或不止一个）",
            "there is no year: not in a column, and not one alone in the title",
            Text("加一列“年份”，或用 year= 给出", "Add a column 年份, or give year="),
            where(frame),
        )
    table.variables = [
        replace(one, cells={(unit, year): cell for (unit, _), cell in one.cells.items()}) for one in table.variables
    ]
    source = (
        Text("本表的标题", "the title of the table") if found else Text("所续的表的标题", "the table that it continues")
    )
    source = Text("用户给出", "what the user said") if given.year else source
    what = Text(f"年份 {year} 取自：{source.zh}", f"the year {year} comes from: {source.en}")
    table.repairs.append(Repair("year_of_title", frame.region.block.sheet or "", place_of(frame), None, year, what))


def _sheet_table(frame: Frame, key: tuple[str, int | None], given: Given, rules: Rules) -> ImportedTable:
    """A sheet that is named by province and year, with indicators in its rows and columns."""
    region = frame.region
    sheet, year = region.block.sheet or "", key[1] or given.year
    if year is None:
        raise refused(
            "工作表名只有省份，没有年份",
            "the name of the sheet gives the province but no year",
            Text("把工作表改名为“省名+年份”，或用 year= 给出", "Name it by province and year, or give year="),
            where(frame),
        )
    names, repairs = sheet_names(frame, rules)
    seen: Counter[str] = Counter()
    variables = []
    for row in region.rows:
        for column in frame.value_columns:
            text = " / ".join(filter(None, (row_label(frame, row), names[column])))
            seen[text] += 1
            name = text if seen[text] == 1 else f"{text} #{seen[text]}"
            variables.append(Variable(name, {(key[0], year): _origin(frame, region.position(row, column))}))
    what = Text(
        f"省份和年份取自工作表名：{key[0]} {year}", f"province and year come from the sheet's name: {key[0]} {year}"
    )
    repairs.insert(0, Repair("key_of_sheet", sheet, place_of(frame), sheet, f"{key[0]} {year}", what))
    return ImportedTable(variables, repairs)


def _tidy(frame: Frame, keys: Keyed) -> list[Variable]:
    """The variables of a table with one row a province, year and indicator; none where the table is not such."""
    if frame.years_across or frame.provinces_across or not frame.text_columns:
        return []
    rows = list(keyed_cells(frame, keys))
    if len({key for _, key in rows}) == len(rows):
        return []
    labels = {row: row_label(frame, row) for row, _ in rows}
    if len({(key, labels[row]) for row, key in rows}) < len(rows):
        return []
    single = len(frame.value_columns) == 1
    found: dict[str, dict[Key, Origin]] = {}
    for row, key in rows:
        for column in frame.value_columns:
            name = labels[row] if single else f"{labels[row]} {frame.labels[column]}"
            found.setdefault(name, {})[key] = _origin(frame, frame.region.position(row, column))
    return [Variable(name, cells) for name, cells in found.items()]


def _origin(frame: Frame, position: Position) -> Origin:
    block = frame.region.block
    return Origin(block.values[position[0] - block.row][position[1] - block.column], block.sheet or "", position)


def _variables(frame: Frame, keys: Keyed, rules: Rules, given: Given, repairs: list[Repair]) -> list[Variable]:
    """The variables of a table whose rows (or columns) say each key once."""
    require_unique(frame, keys)
    unit_line = table_unit(frame, rules)
    series = table_series(frame, keys, rules)
    texts = _texts(frame, keys, repairs) if not (frame.years_across or frame.provinces_across) else []
    named = _unnamed(frame, series)
    found = []
    for one in series:
        label = one.label
        if named:
            name, repair = table_name(frame, given.file)
            label = read_label(name, rules, unit_line)
            repairs.append(repair)
        name, changed = with_unit(label, one.header, frame, rules)
        repairs += changed
        cells = {
            (unit, year): _origin(frame, one.position(i, j))
            for i, unit in enumerate(one.units)
            for j, year in enumerate(one.years)
            if one.rows[i, j]
        }
        found.append(Variable(name, cells))
    return [*texts, *found]


def _unnamed(frame: Frame, series: Sequence[Series]) -> bool:
    """Whether years (or provinces) across leave no room for the variable's name."""
    across = bool(frame.years_across or frame.provinces_across)
    return across and len(series) == 1 and not frame.text_columns and not any(frame.stems.values())


def _texts(frame: Frame, keys: Keyed, repairs: list[Repair]) -> list[Variable]:
    found = []
    for column in frame.text_columns:
        cells = {key: _origin(frame, frame.region.position(row, column)) for row, key in keyed_cells(frame, keys)}
        texts = any(kind(origin.cell) == "text" for origin in cells.values())  # else a column of marks alone
        cleaned = (clean_text(one.cell, one.sheet, one.position)[1] for one in cells.values() if texts)
        repairs += filter(None, cleaned)
        found.append(Variable(frame.labels[column] or f"#{column + 1}", cells, texts))
    return found
