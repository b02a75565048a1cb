"""A map of tiles: a cell a province on a fixed grid, coloured by the value of one column in one year."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lowcarbon_xl.catalogue import Chapter, ribbon_button
from lowcarbon_xl.cells import Block, Cell, Output
from lowcarbon_xl.errors import InputError, LowCarbonError, Text
from lowcarbon_xl.options import Options
from lowcarbon_xl.panel.panel import Keys
from lowcarbon_xl.panel.provinces import find_province
from lowcarbon_xl.ribbon.banner import record_watched
from lowcarbon_xl.ribbon.blocks import Range, Sheet, area, read_block
from lowcarbon_xl.ribbon.desk import Desk, is_own
from lowcarbon_xl.ribbon.find_table import tables
from lowcarbon_xl.ribbon.ledger import Run
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.keys import PROVINCE_HEADERS, REGION_HEADERS, YEAR_HEADERS, read_keys
from lowcarbon_xl.sheet.table import read_table

LAYOUT = (
    ("", "", "", "", "", "", "", "黑龙江"),
    ("新疆", "", "", "", "内蒙古", "北京", "辽宁", "吉林"),
    ("", "青海", "甘肃", "宁夏", "山西", "河北", "天津", ""),
    ("", "西藏", "四川", "陕西", "河南", "山东", "江苏", ""),
    ("", "", "重庆", "湖北", "安徽", "浙江", "上海", ""),
    ("", "云南", "贵州", "湖南", "江西", "福建", "", ""),
    ("", "", "", "广西", "广东", "", "", ""),
    ("", "", "", "海南", "", "", "", ""),
)
"""Rows from north to south; neighbours on the map are neighbours here as far as a grid allows."""

_TOP, _LEFT = 4, 2
_PALE, _DEEP = (232, 243, 239), (20, 78, 74)
_NO_DATA, _WHITE, _INK = (242, 242, 242), (255, 255, 255), (38, 38, 38)
_CLASSES = 5
_LEAST_PROVINCES = 5


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a map shows: values of one column by province (Chinese short names), and the year."""

    column: str
    year: int
    values: dict[str, float]
    block: Block


@ribbon_button(
    "tile_map",
    Chapter.PICTURES,
    label=Text("格子地图", "Tile map"),
    tip=Text(
        "各省一格、按数值着色的示意地图：选中某列的一个单元格（该行的年份），或该列的标题（最近一年）。",
        "A cell a province, coloured by value: select a cell of a column (its row's year) or the column's header (the last year).",
    ),
    image="ConditionalFormattingColorScalesGallery",
)
def tile_map(desk: Desk) -> Text:
    """Draw a column of one year."""
    mapped = _mapped(desk)
    sheet = desk.own_sheet(Text("格子地图", "Tile map")[desk.language])
    _draw(desk, sheet, mapped)
    return Text(
        f"{mapped.year} 年“{mapped.column}”，{len(mapped.values)} 个省份，见“{sheet.name}”",
        f"{mapped.column} in {mapped.year}, {len(mapped.values)} provinces, on {sheet.name}",
    )


def _mapped(desk: Desk) -> Mapped:
    """The column and year that are selected; with no selection the last column of the first table of provinces."""
    chosen = desk.selection or desk.native.selected(desk.book)
    sheets = [chosen.sheet]
    if desk.selection is None:
        sheets += [s for s in desk.book.sheets if s != chosen.sheet and s.visible and not is_own(s)]
    for sheet in sheets:
        listed = [(table, read_block(table)) for table in tables(sheet)]
        for table, block in listed:
            if (keys := _keys(block)) is None:
                continue
            picked = chosen if sheet == chosen.sheet and _beside(table, chosen) else None
            if picked is not None and (desk.selection is not None or _is_data(picked, table, block)):
                return _at(picked, table, listed, keys)
            if desk.selection is None and (column := _last_numeric(block)) is not None:
                return _values(block, column, keys, None)
    raise InputError(
        Text("没有找到带省份和年份的数据表", "there is no table with provinces and years"),
        Text("选中数据列里的一个单元格再按", "Select a cell of a column of data, then press"),
    )


def _keys(block: Block) -> Keys | None:
    names = {fold(cell) for cell in block.values[0] if isinstance(cell, str)}
    if not (names & (PROVINCE_HEADERS | REGION_HEADERS) and names & YEAR_HEADERS):
        return None
    try:
        keys = read_keys(read_table(block), Options())
    except LowCarbonError:
        return None
    known = {unit for unit in map(str, keys.units) if find_province(unit)}
    return keys if len(known) >= _LEAST_PROVINCES else None


def _beside(table: Range, cell: Range) -> bool:
    """Whether a cell stands in a row of the table (its results stand to the right of it)."""
    return bool(table.row <= cell.row < table.row + table.shape[0] and cell.column >= table.column)


def _is_data(cell: Range, table: Range, block: Block) -> bool:
    """Whether the cell that the file remembers as selected is below no key's header."""
    offset = cell.column - table.column
    header = block.values[0][offset] if offset < len(block.values[0]) else None
    return not isinstance(header, str) or fold(header) not in PROVINCE_HEADERS | REGION_HEADERS | YEAR_HEADERS


def _at(cell: Range, table: Range, listed: list[tuple[Range, Block]], keys: Keys) -> Mapped:
    for other, block in listed:
        within = other.column <= cell.column < other.column + other.shape[1]
        if within and other.row == table.row and other.shape[0] == table.shape[0]:
            offset = cell.row - table.row - 1
            year = int(keys.years[offset]) if offset >= 0 else None
            return _values(block, cell.column - other.column, keys, year)
    raise InputError(
        Text("选中的单元格不在数据列里", "the selected cell is in no column of data"),
        Text("选中数据列里的一个单元格再按", "Select a cell of a column of data, then press"),
    )


def _last_numeric(block: Block) -> int | None:
    names = [fold(cell) if isinstance(cell, str) else "" for cell in block.values[0]]
    for column in range(len(names) - 1, -1, -1):
        numeric = all(_is_number(row[column]) for row in block.values[1:])
        if numeric and names[column] not in PROVINCE_HEADERS | REGION_HEADERS | YEAR_HEADERS:
            return column
    return None


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, float | int) and not isinstance(cell, bool)


def _values(block: Block, column: int, keys: Keys, year: int | None) -> Mapped:
    wanted = int(max(keys.years)) if year is None else year
    values: dict[str, float] = {}
    for unit, when, row in zip(keys.units, keys.years, block.values[1:], strict=False):
        cell = row[column]
        province = find_province(str(unit))
        if int(when) == wanted and province is not None and isinstance(cell, float | int) and _is_number(cell):
            values[province.zh] = float(cell)
    name = str(block.values[0][column])
    if not values:
        raise InputError(
            Text(f"“{name}”在 {wanted} 年没有数字", f"{name} holds no number in {wanted}"),
            Text("选另一列或另一年的单元格", "Select a cell of another column or year"),
            where=block.address(0, column),
        )
    return Mapped(name, wanted, values, block)


def _draw(desk: Desk, sheet: Sheet, mapped: Mapped) -> None:
    sheet.show_gridlines = False
    zh = desk.language == "zh"
    width = len(LAYOUT[0])
    title = f"{mapped.year} 年各省{mapped.column}" if zh else f"{mapped.column} by province, {mapped.year}"
    head = desk.write(
        sheet, 1, _LEFT, [[title], [Text("示意图：一格一省，不表示面积", "A cell a province; areas mean nothing")]]
    )
    area(sheet, 1, _LEFT, 1, 1).font.size, area(sheet, 1, _LEFT, 1, 1).font.bold = 14, True
    head.font.color = _INK
    rows: list[list[Output]] = []
    for line in LAYOUT:
        shown = [name if name in mapped.values or name not in ("", "西藏") else "" for name in line]
        rows.append([_name(name, zh) if name else None for name in shown])
        rows.append([mapped.values.get(name, "-" if name else None) if name else None for name in shown])
    cells = desk.write(sheet, _TOP, _LEFT, rows)
    cells.horizontal_alignment, cells.font.size = "center", 10
    low, high = min(mapped.values.values()), max(mapped.values.values())
    number_format = _format(max(abs(low), abs(high)))
    for i, line in enumerate(LAYOUT):
        for j, name in enumerate(line):
            if name in mapped.values or name not in ("", "西藏"):
                _tile(area(sheet, _TOP + 2 * i, _LEFT + j, 2, 1), mapped.values.get(name), low, high, number_format)
    for column in range(_LEFT, _LEFT + width):
        desk.set_width(sheet, column, 11)
    desk.set_width(sheet, 1, 3)
    _legend(desk, sheet, _TOP + 2 * len(LAYOUT) + 1, low, high, number_format)
    what = f"tile map: {mapped.column}, {mapped.year}"
    listed: list[list[Output]] = [[province, value] for province, value in mapped.values.items()]
    run = Run(
        what,
        (mapped.block,),
        [["province", mapped.column], *listed],
        Text("", ""),
        len(listed),
        unread=(_others(mapped),),
    )
    record_watched(desk, sheet, _TOP + 2 * len(LAYOUT) + 3, [run], _LEFT)
    desk.native.set_page(area(sheet, 1, 1, _TOP + 2 * len(LAYOUT) + 3, _LEFT + width))


def _others(mapped: Mapped) -> set[int]:
    """The columns that the map does not show; keys count as shown."""
    keys = PROVINCE_HEADERS | REGION_HEADERS | YEAR_HEADERS
    headers = map(str, mapped.block.values[0])
    return {i for i, name in enumerate(headers) if name != mapped.column and fold(name) not in keys}


def _name(name: str, zh: bool) -> str:
    province = find_province(name)
    return name if zh or province is None else province.en


def _tile(cells: Range, value: float | None, low: float, high: float, number_format: str) -> None:
    share = 0.5 if value is None or high == low else (value - low) / (high - low)
    cells.color = _NO_DATA if value is None else _shade(share)
    cells.font.color = _WHITE if value is not None and share > 0.5 else _INK
    cells[1, 0].number_format = number_format
    cells[0, 0].font.bold = True
    for edge in ("edge_top", "edge_bottom", "edge_left", "edge_right"):
        border = cells.borders[edge]
        border.line_style, border.weight, border.color = "continuous", "medium", _WHITE


def _shade(share: float) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(_PALE, _DEEP, strict=True))
    return red, green, blue


def _format(largest: float) -> str:
    if largest >= 1000:
        return "#,##0"
    return "0.0" if largest >= 50 else "0.000"


def _legend(desk: Desk, sheet: Sheet, row: int, low: float, high: float, number_format: str) -> None:
    shares = [i / (_CLASSES - 1) for i in range(_CLASSES)]
    if math.isclose(low, high):
        shares = [0.5]
    cells = desk.write(sheet, row, _LEFT + 1, [[low + (high - low) * share for share in shares]])
    cells.number_format, cells.horizontal_alignment, cells.font.size = number_format, "center", 9
    for offset, share in enumerate(shares):
        swatch = area(sheet, row, _LEFT + 1 + offset, 1, 1)
        swatch.color = _shade(share)
        swatch.font.color = _WHITE if share > 0.5 else _INK
