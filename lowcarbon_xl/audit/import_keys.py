"""The keys of a table to be imported: every row must say its province and year, and each of them once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lowcarbon_xl.audit.finding import Position, address
from lowcarbon_xl.audit.frame import Frame
from lowcarbon_xl.audit.layout import NO_UNIT, row_label
from lowcarbon_xl.audit.repairs import Repair
from lowcarbon_xl.audit.series import Keyed
from lowcarbon_xl.cells import quote_sheet, rectangle
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.panel.provinces import is_national
from lowcarbon_xl.readers.marks import is_blank, province_of

Key = tuple[str, int]
"""Province and year."""


def span(frame: Frame, rows: Sequence[int]) -> str:
    """The rectangle that rows of a table fill."""
    columns = frame.region.columns
    first = address(frame.region.position(min(rows), columns[0]))
    last = address(frame.region.position(max(rows), columns[-1]))
    return first if first == last else f"{first}:{last}"


def place_of(frame: Frame) -> str:
    """``A1:C9`` of a table."""
    return span(frame, [*frame.region.header, *frame.region.rows])


def where(frame: Frame) -> str:
    """``sheet!A1:C9`` of a table."""
    sheet, place = frame.region.block.sheet, span(frame, [*frame.region.header, *frame.region.rows])
    return f"{quote_sheet(sheet)}!{place}" if sheet else place


def refused(zh: str, en: str, remedy: Text, place: str) -> InputError:
    """The reason why a file is not imported."""
    return InputError(Text(zh, en), remedy, where=place)


def filled_down(frame: Frame) -> tuple[Frame, list[Repair]]:
    """The table with names and years that one merged cell gives to several rows written into each of them."""
    region = frame.region
    columns = {*frame.unit_columns, *([] if frame.year_column is None else [frame.year_column])}
    values = [list(row) for row in region.block.values]
    sheet = region.block.sheet or ""
    repairs: list[Repair] = []
    for merged in region.block.merged:
        first, left, last, right = rectangle(merged)
        top, column = first - region.block.row, left - region.block.column
        if left != right or column not in columns or top not in region.rows:
            continue
        for row in range(top + 1, min(last - region.block.row, len(values) - 1) + 1):
            values[row][column] = values[top][column]
            what = Text("合并单元格：名称填到每一行", "a merged cell: its name written into every row")
            place = address(region.position(row, column))
            repairs.append(Repair("merged", sheet, place, None, values[top][column], what))
    if not repairs:
        return frame, []
    return replace(frame, region=replace(region, block=replace(region.block, values=values))), repairs


def keyed_cells(frame: Frame, keys: Keyed) -> Iterator[tuple[int, Key]]:
    """The rows of provinces (the national total left out) with their province and year, 0 for no year."""
    for row, unit, year in zip(frame.region.rows, keys.units, keys.years, strict=True):
        if unit is not None and not is_national(unit) and (year is not None or keys.year_column is None):
            yield row, (unit, year or 0)


def require_keys(frame: Frame, keys: Keyed) -> None:
    """Every row with values must say its province and year."""
    region = frame.region
    for row, unit, year in zip(region.rows, keys.units, keys.years, strict=True):
        if unit is not None and (year is not None or keys.year_column is None):
            continue
        if any(not is_blank(region.block.values[row][column]) for column in frame.data_columns):
            column = frame.unit_columns[0] if unit is None else frame.year_column or 0
            what = ("省份", "province") if unit is None else ("年份", "year")
            raise refused(
                f"这一行有数据，却没有{what[0]}",
                f"the row has values but no {what[1]}",
                Text("补上，或删去这一行", "Fill it in, or delete the row"),
                region.block.address(row, column),
            )


def require_codes(frame: Frame) -> None:
    """Names and codes of provinces beside each other must agree."""
    if len(frame.unit_columns) < 2:
        return
    region = frame.region
    for row in region.rows:
        named = [
            (c, province_of(cell)) for c in frame.unit_columns if not is_blank(cell := region.block.values[row][c])
        ]
        known = {province.code for _, province in named if province is not None}
        if len(known) > 1:
            column, texts = named[-1][0], "、".join(str(region.block.values[row][c]) for c, _ in named)
            raise refused(
                f"同一行的省份说法不一：{texts}",
                f"the row names two provinces: {texts}",
                Text("改正名称或代码", "Correct the name or the code"),
                region.block.address(row, column),
            )


def require_unique(frame: Frame, keys: Keyed) -> None:
    """No province and year twice: which of two values counts is not for an import to say."""
    region = frame.region
    places: dict[tuple[object, ...], Position] = {}
    entries: list[tuple[tuple[object, ...], Position]]
    if frame.years_across:
        entries = [
            ((frame.stems.get(c, ""), y), region.position(region.header[-1], c)) for c, y in frame.years_across.items()
        ]
    else:
        entries = [((name,), region.position(region.header[-1], c)) for c, name in frame.provinces_across.items()]
    across = bool(frame.years_across or frame.provinces_across)
    entries += [
        ((*key, row_label(frame, row) if across else ""), region.position(row, region.columns[0]))
        for row, key in keyed_cells(frame, keys)
    ]
    for key, position in entries:
        earlier = places.setdefault(key, position)
        if earlier != position:
            spelled = " ".join(str(part) for part in key if part not in ("", 0, NO_UNIT))
            raise refused(
                f"“{spelled}”出现两次（{address(earlier)} 和 {address(position)}），不知道取哪一个",
                f"{spelled} stands twice ({address(earlier)} and {address(position)}): which one counts is not said",
                Text(
                    "先用 lowcarbon audit 查明原因（常见：省名填错、两个版本并列），改正后再导入",
                    "See with lowcarbon audit why (often a wrong name, or two vintages), correct it, then import",
                ),
                where(frame),
            )
