"""Checks of the keys: duplicates, unknown and national units, missing province-years, code against name, years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from lowcarbon_xl.audit.checks_missing import missing_findings
from lowcarbon_xl.audit.finding import Finding, Position, addresses, listed
from lowcarbon_xl.audit.frame import Frame, is_code
from lowcarbon_xl.audit.layout import NO_UNIT
from lowcarbon_xl.audit.series import Keyed
from lowcarbon_xl.cells import Cell
from lowcarbon_xl.errors import Text
from lowcarbon_xl.panel.provinces import is_national, suggest_province
from lowcarbon_xl.readers.marks import is_blank, kind, plain, province_of, year_of

_REGIONS = frozenset(
    name + suffix
    for name in ("华北", "东北", "华东", "华中", "华南", "西北", "西南", "南方", "东部", "中部", "西部")
    for suffix in ("", "地区", "区域", "电网", "区域电网")
)


def key_findings(frame: Frame, keys: Keyed) -> Iterator[Finding]:
    """Findings about the keys of one table."""
    if not frame.keyed:
        return
    yield from _units(frame, keys)
    yield from _codes(frame, keys)
    yield from _years(frame, keys)
    yield from _duplicates(frame, keys)
    yield from missing_findings(frame, keys)


def _units(frame: Frame, keys: Keyed) -> Iterator[Finding]:
    """National totals, unknown names and blanks among the provinces."""
    if not frame.unit_columns:
        return
    national: list[int] = []
    blank: list[int] = []
    unknown: dict[str, list[int]] = defaultdict(list)
    known: dict[str, bool] = {}
    for i, unit in enumerate(keys.units):
        if unit is None:
            blank.append(i)
        elif unit not in known:
            known[unit] = province_of(unit) is not None
        if unit is not None and is_national(unit):
            national.append(i)
        elif unit is not None and not known[unit]:
            unknown[unit].append(i)
    sheet = keys.sheet
    if national:
        yield Finding(
            "error",
            "national_row",
            sheet,
            addresses([frame.key_position(i) for i in national]),
            Text(
                f"{len(national)} 行是全国合计，混在省份之中",
                f"{len(national)} rows are the national total among the provinces",
            ),
            Text(
                "求和或回归前去掉这些行，否则重复计算",
                "Leave these rows out before summing or regressing; they would count twice",
            ),
        )
    if blank and keys.provinces:
        yield from _blank_keys(frame, keys, blank)
    if keys.provinces:
        for name, rows in unknown.items():
            yield _unknown(frame, sheet, name, rows)
    elif unknown:
        shown = listed(list(unknown))
        yield Finding(
            "verify",
            "units_not_provinces",
            sheet,
            addresses([frame.key_position(rows[0]) for rows in list(unknown.values())[:5]]),
            Text(f"{len(unknown)} 个主体不是省份：{shown.zh}", f"{len(unknown)} units are no provinces: {shown.en}"),
            Text(
                "若本来就是城市、企业等，不必改；函数里写 unit=列名",
                "Fine if they are cities or firms: write unit=COLUMN in functions",
            ),
        )


def _blank_keys(frame: Frame, keys: Keyed, blank: list[int]) -> Iterator[Finding]:
    """Rows with numbers but without a province."""
    filled = [
        i
        for i in blank
        if any(kind(frame.region.block.values[frame.region.rows[i]][c]) == "number" for c in frame.data_columns)
    ]
    if filled:
        yield Finding(
            "error",
            "blank_key",
            keys.sheet,
            addresses([frame.key_position(i) for i in filled]),
            Text(f"{len(filled)} 行有数字却没有省份", f"{len(filled)} rows hold numbers but no province"),
            Text("填上省份，或删去这些行", "Fill in the province, or delete the rows"),
        )


def _unknown(frame: Frame, sheet: str, name: str, rows: list[int]) -> Finding:
    if name in _REGIONS:
        return Finding(
            "verify",
            "regional_row",
            sheet,
            addresses([frame.key_position(i) for i in rows]),
            Text(
                f"“{name}”是大区，不是省份（{len(rows)} 行）", f"{name} is a region, not a province ({len(rows)} rows)"
            ),
            Text("求和或回归前去掉大区的行", "Leave the rows of regions out before summing or regressing"),
        )
    guess = suggest_province(name)
    return Finding(
        "error",
        "unknown_province",
        sheet,
        addresses([frame.key_position(i) for i in rows]),
        Text(f"不认识的省份“{name}”（{len(rows)} 行）", f"unknown province {name!r} ({len(rows)} rows)"),
        Text(
            (f"是不是“{guess}”？" if guess else "") + "改成规范名称",
            (f"Did you mean {guess}? " if guess else "") + "Write its proper name",
        ),
    )


def _codes(frame: Frame, keys: Keyed) -> Iterator[Finding]:
    """Several columns that name the province must agree, row by row."""
    if len(frame.unit_columns) < 2 or not keys.provinces:
        return
    region = frame.region
    memo: dict[Cell, str | None] = {}
    for column in frame.unit_columns[1:]:
        broken: list[int] = []
        for i, cell in enumerate(region.cells(column)):
            if not isinstance(cell, str | int | float) or is_blank(cell):
                continue
            if cell not in memo:
                memo[cell] = province.zh if (province := province_of(cell)) is not None else None
            other = memo[cell]
            unit = keys.units[i]
            if other is not None and unit is not None and other != unit and province_of(unit) is not None:
                broken.append(i)
        if broken:
            shown = listed([f"{keys.units[i]} / {region.cells(column)[i]}" for i in broken[:6]])
            yield Finding(
                "error",
                "code_against_name",
                keys.sheet,
                addresses(
                    [p for i in broken for p in (frame.key_position(i), region.position(region.rows[i], column))]
                ),
                Text(
                    f"{len(broken)} 行的两列省份（代码、名称）不一致：{shown.zh}",
                    f"{len(broken)} rows whose two province columns (code, name) disagree: {shown.en}",
                ),
                Text("查明是代码错还是名称错，改正其中一个", "Find out whether code or name is wrong and correct it"),
            )


def _years(frame: Frame, keys: Keyed) -> Iterator[Finding]:
    """A year that is none."""
    if frame.year_column is None:
        return
    region = frame.region
    cells = region.cells(frame.year_column)
    broken = [
        i for i, cell in enumerate(cells) if not is_blank(cell) and year_of(cell) is None and kind(cell) != "error"
    ]
    blank = [i for i, cell in enumerate(cells) if is_blank(cell) and keys.units[i] not in (None, NO_UNIT)]
    for rows, zh, en in ((broken, "不是年份", "hold no year"), (blank, "没有年份", "have a blank year")):
        if rows:
            shown = listed([str(cells[i]) for i in rows])
            yield Finding(
                "error",
                "bad_year",
                keys.sheet,
                addresses([region.position(region.rows[i], frame.year_column) for i in rows]),
                Text(f"{len(rows)} 个单元格{zh}：{shown.zh}", f"{len(rows)} cells {en}: {shown.en}"),
                Text("写成四位数的年份，如 2013", "Write four digits, as 2013"),
            )


def duplicates(frame: Frame, keys: Keyed) -> dict[tuple[str, int], list[int]]:
    """Rows of each key that stands more than once (zero-based data rows); tables with row labels repeat keys rightly."""
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    dated = frame.year_column is not None
    for i, (unit, year) in enumerate(zip(keys.units, keys.years, strict=True)):
        if unit is not None and (year is not None or not dated):
            groups[unit, year or 0].append(i)
    return {key: rows for key, rows in groups.items() if len(rows) > 1}


def _duplicates(frame: Frame, keys: Keyed) -> Iterator[Finding]:
    if frame.provinces_across and frame.year_column is None:
        return
    if not frame.unit_columns and frame.year_column is None:
        return
    if frame.text_columns and (frame.years_across or frame.provinces_across or not frame.unit_columns):
        return
    repeated = duplicates(frame, keys)
    dated = frame.year_column is not None
    if not keys.provinces and not dated:
        return
    for (unit, year), rows in list(repeated.items())[:500]:
        shown = f"{unit} {year}" if dated and unit != NO_UNIT else str(year) if dated else unit
        yield Finding(
            "error",
            "duplicate_key",
            keys.sheet,
            addresses([frame.key_position(i) for i in rows]),
            Text(
                f"“{shown}”出现了 {len(rows)} 次：第 {'、'.join(str(keys.rows[i]) for i in rows)} 行",
                f"{shown} stands {len(rows)} times: rows {', '.join(str(keys.rows[i]) for i in rows)}",
            ),
            Text("留下对的一行，或改正省份、年份", "Keep the right row, or correct the province or the year"),
        )


def normalised_names(frame: Frame) -> tuple[dict[str, str], list[Position]]:
    """Spellings of provinces that are not the short Chinese name, and where each first stands."""
    spelled: dict[str, str] = {}
    places: list[Position] = []
    for column in frame.unit_columns[:1]:
        for row, cell in zip(frame.region.rows, frame.region.cells(column), strict=True):
            if not isinstance(cell, str) or is_code(cell) or cell in spelled:
                continue
            province = province_of(cell)
            if province is not None and plain(cell) != province.zh:
                spelled[cell] = province.zh
                places.append(frame.region.position(row, column))
    return spelled, places
