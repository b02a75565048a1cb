"""What an import does to the form of one table: titles left out, names and years brought to one form, rows turned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from lowcarbon_xl.audit.finding import address
from lowcarbon_xl.audit.frame import Frame
from lowcarbon_xl.audit.repairs import Repair, dated, renamed
from lowcarbon_xl.cells import Cell
from lowcarbon_xl.errors import Text
from lowcarbon_xl.panel.provinces import is_national
from lowcarbon_xl.readers.marks import is_blank, plain, province_of, year_of


def form_repairs(frame: Frame) -> Iterator[Repair]:
    """Every repair of a table's form, cell by cell."""
    region = frame.region
    yield from _left_out(
        frame,
        region.preamble,
        "title",
        Text("表外的标题、单位、说明：不是数据", "a title, unit or remark above the table: no data"),
    )
    yield from _layout(frame)
    yield from _names(frame)
    yield from _years(frame)
    yield from _left_out(
        frame, region.footer, "footer", Text("表后的注释、来源：不是数据", "a note or source below the table: no data")
    )


def _left_out(frame: Frame, rows: Sequence[int], rule: str, what: Text) -> Iterator[Repair]:
    region = frame.region
    for row in rows:
        for column in region.columns:
            cell = region.block.values[row][column]
            if not is_blank(cell):
                yield Repair(rule, region.block.sheet or "", address(region.position(row, column)), cell, None, what)


def _layout(frame: Frame) -> Iterator[Repair]:
    """Rows and columns that change places, and years that are put in order."""
    region = frame.region
    sheet = region.block.sheet or ""
    first = address(region.position(region.rows[0], region.columns[0]))
    place = f"{first}:{address(region.position(region.rows[-1], region.columns[-1]))}"
    if frame.years_across:
        yield Repair("layout", sheet, place, None, None, Text("年份从列转到行", "years turned from columns into rows"))
    elif frame.provinces_across:
        what = Text("省份从列转到行", "provinces turned from columns into rows")
        yield Repair("layout", sheet, place, None, None, what)
    if _disordered(frame):
        what = Text("年份按升序排列", "years put in ascending order")
        yield Repair("years_sorted", sheet, place, None, None, what)
    if frame.unit_columns[1:] and frame.unit_columns:
        for column in frame.unit_columns[1:]:
            head = address(region.position(region.header[-1] if region.header else region.rows[0], column))
            what = Text(
                "第二个省份列（代码或英文名）：与名称一致，不保留",
                "a second column of provinces, which agrees with the names: left out",
            )
            yield Repair("second_key", sheet, head, frame.labels[column], None, what)


def _disordered(frame: Frame) -> bool:
    years: list[int] = list(frame.years_across.values())
    if frame.years_across:
        return any(b < a for a, b in pairwise(years))
    if frame.year_column is None:
        return False
    column = frame.region.cells(frame.year_column)
    units = frame.region.cells(frame.unit_columns[0]) if frame.unit_columns else [None] * len(column)
    last: dict[str, int] = {}
    for unit, cell in zip(map(str, units), column, strict=True):
        year = year_of(cell)
        if year is not None and year < last.get(unit, year):
            return True
        last[unit] = year or last.get(unit, 0)
    return False


def _names(frame: Frame) -> Iterator[Repair]:
    region = frame.region
    sheet = region.block.sheet or ""
    for column in frame.unit_columns[:1]:
        named = {cell for cell in region.cells(column) if isinstance(cell, str | int | float) and not is_blank(cell)}
        known = sum(province_of(cell) is not None or is_national(cell) for cell in named)
        if known < 0.5 * len(named):  # cities, firms: nothing to bring to one form
            head = address(region.position(region.header[-1] if region.header else region.rows[0], column))
            what = Text("不是省份：名称照原样保留", "no provinces: names are kept as they stand")
            yield Repair("units_not_provinces", sheet, head, frame.labels[column], "地区", what)
            continue
        for row in region.rows:
            cell = region.block.values[row][column]
            yield from _name(cell, sheet, region.position(row, column))
    for column, province in frame.provinces_across.items():
        row = region.header[-1]
        yield from renamed(sheet, region.position(row, column), region.block.values[row][column], province)


def _name(cell: Cell, sheet: str, position: tuple[int, int]) -> Iterator[Repair]:
    if is_blank(cell):
        return
    if is_national(cell):
        what = Text("全国合计行：不是省份，不进入面板", "the national total is no province: left out of the panel")
        yield Repair("national_row", sheet, address(position), cell, None, what)
    elif isinstance(cell, str | int | float) and (province := province_of(cell)) is not None:
        yield from renamed(sheet, position, cell, province.zh)
    elif isinstance(cell, str):
        text = plain(cell)
        what = Text("不在省份名单里：照原样保留，请核对", "no province that is known: kept as it stands, please check")
        yield Repair("unknown_province", sheet, address(position), cell, text, what)


def _years(frame: Frame) -> Iterator[Repair]:
    region = frame.region
    sheet = region.block.sheet or ""
    for column, year in frame.years_across.items():
        row = region.header[-1]
        yield from dated(sheet, region.position(row, column), region.block.values[row][column], year)
    if frame.year_column is not None:
        for row in region.rows:
            cell = region.block.values[row][frame.year_column]
            if (found := year_of(cell)) is not None:
                yield from dated(sheet, region.position(row, frame.year_column), cell, found)
