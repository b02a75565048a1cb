"""What the form of a sheet asks a reader to know: titles and notes, stacked headers, years, spellings of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lowcarbon_xl.audit.checks_keys import normalised_names
from lowcarbon_xl.audit.checks_labels import CONFUSABLE
from lowcarbon_xl.audit.finding import Finding, Position, addresses, listed
from lowcarbon_xl.audit.frame import Frame
from lowcarbon_xl.errors import Text
from lowcarbon_xl.readers.marks import is_blank, plain, province_of, year_of
from lowcarbon_xl.readers.regions import Region

_CONTINUED = re.compile(r"续\s*表|continued", re.IGNORECASE)


def form_findings(frame: Frame) -> Iterator[Finding]:
    """Remarks about the form of one table: all of them to be known, none an error by itself."""
    region = frame.region
    sheet = region.block.sheet or ""
    yield from _around(region, sheet)
    yield from _header(frame, sheet)
    yield from _year_headers(frame, sheet)
    yield from _names(frame, sheet)


def _filled(region: Region, rows: Sequence[int]) -> list[Position]:
    values = region.block.values
    return [
        region.position(row, column) for row in rows for column in region.columns if not is_blank(values[row][column])
    ]


def _note(rule: str, sheet: str, positions: list[Position], what: Text, remedy: Text) -> Finding:
    return Finding("verify", rule, sheet, addresses(positions), what, remedy)


def _around(region: Region, sheet: str) -> Iterator[Finding]:
    """Titles above and notes below, which are no observations."""
    if region.preamble and len(region.header) < 2:
        texts = listed(list(region.preamble_texts()), 3)
        yield _note(
            "preamble_rows",
            sheet,
            _filled(region, region.preamble),
            Text(
                f"标题行之前有 {len(region.preamble)} 行说明：{texts.zh}",
                f"{len(region.preamble)} lines stand above the header: {texts.en}",
            ),
            Text(
                "读数据时跳过；单位若写在里面，移到列标题",
                "Skip them when reading; move a unit that stands there into the headers",
            ),
        )
    if region.footer:
        yield _note(
            "footer_rows",
            sheet,
            _filled(region, region.footer),
            Text(
                f"数据之后有 {len(region.footer)} 行注释或来源",
                f"{len(region.footer)} lines of notes or sources stand below the data",
            ),
            Text("它们不是观测值，读数据时去掉", "They are no observations; leave them out when reading"),
        )
    continued = [
        row
        for row in region.preamble
        if any(isinstance(c, str) and _CONTINUED.search(c) for c in region.block.values[row])
    ]
    if continued:
        yield _note(
            "continuation_block",
            sheet,
            _filled(region, continued),
            Text(
                f"从第 {region.position(continued[0], 0)[0]} 行起是续表：省份重复，指标不同",
                f"a continuation (续表) starts in row {region.position(continued[0], 0)[0]}: the provinces repeat with other items",
            ),
            Text(
                "按省份与前一部分并列合并，不要接在下面",
                "Join it to the first part by province, do not append it below",
            ),
        )


def _header(frame: Frame, sheet: str) -> Iterator[Finding]:
    region = frame.region
    rows = len(region.header)
    if rows > 1:
        lines = [*region.preamble, *region.header]
        first, last = region.position(lines[0], 0)[0], region.position(lines[-1], 0)[0]
        start = region.position(region.rows[0], 0)[0]
        yield _note(
            "stacked_header",
            sheet,
            _filled(region, lines),
            Text(
                f"标题和多行（中英文）表头占第 {first}–{last} 行，数据从第 {start} 行开始",
                f"titles and a header of several rows stand in rows {first}-{last}; the data start in row {start}",
            ),
            Text("计算前整理成一行列名，写上单位", "Make one row of column names with units before computing"),
        )
    broken = [
        region.position(row, column)
        for row in region.header
        for column in region.columns
        if isinstance(cell := region.block.values[row][column], str) and "\n" in cell
    ]
    if broken:
        yield _note(
            "line_breaks_in_header",
            sheet,
            broken,
            Text(
                f"{len(broken)} 个标题单元格里有换行（中英文上下排）",
                f"{len(broken)} header cells hold line breaks (Chinese above English)",
            ),
            Text("按名称取列前去掉换行", "Remove the breaks before finding columns by name"),
        )


def _year_headers(frame: Frame, sheet: str) -> Iterator[Finding]:
    """Years in the header that run backwards or carry more than digits."""
    if len(frame.years_across) < 2 or not frame.region.header:
        return
    region = frame.region
    row = region.header[-1]
    years = list(frame.years_across.values())
    positions = [region.position(row, column) for column in frame.years_across]
    if years[0] > years[1] and years == sorted(years, reverse=True):
        yield _note(
            "years_descending",
            sheet,
            positions,
            Text(f"年份从 {years[0]} 倒排到 {years[-1]}", f"the years run down from {years[0]} to {years[-1]}"),
            Text("算滞后、增长或定基指数前先按年份升序排", "Sort them upwards before lags, growth or chained indices"),
        )
    cells = [region.block.values[row][column] for column in frame.years_across]
    worded = [
        p
        for p, cell in zip(positions, cells, strict=True)
        if isinstance(cell, str) and year_of(cell) is not None and not plain(cell).isdigit()
    ]
    if worded:
        yield _note(
            "year_with_text",
            sheet,
            worded,
            Text(
                f"{len(worded)} 个年份标题带有文字（如 {plain(str(cells[0]))}）",
                f"{len(worded)} year headers carry text (as {plain(str(cells[0]))})",
            ),
            Text("取其中的四位数年份", "Take the four digits of the year"),
        )


def _names(frame: Frame, sheet: str) -> Iterator[Finding]:
    """Spellings of provinces, those outside the usual 30, and those that are easily confused."""
    spelled, places = normalised_names(frame)
    if spelled:
        shown = listed([f"{plain(name)}→{province}" for name, province in spelled.items()])
        styles = Text("全称、简称混用或非简称", "full, short or other forms")
        yield _note(
            "province_spelling",
            sheet,
            places,
            Text(
                f"{len(spelled)} 个省份名称不是通用简称（{styles.zh}）：{shown.zh}",
                f"{len(spelled)} province names are {styles.en}: {shown.en}",
            ),
            Text(
                "并表前统一为简称；本插件已按同一省份识别",
                "Unify them before joining tables; they are recognised as one here",
            ),
        )
    found: dict[str, list[Position]] = {}
    for column in frame.unit_columns[:1]:
        for row, cell in zip(frame.region.rows, frame.region.cells(column), strict=True):
            if isinstance(cell, str) and (province := province_of(cell)) is not None:
                found.setdefault(province.zh, []).append(frame.region.position(row, column))
    if "西藏" in found:
        yield _note(
            "outside_panel",
            sheet,
            found["西藏"],
            Text(
                "有西藏，不在通常的 30 省面板之内",
                "Tibet (Xizang) is there, which is outside the usual panel of 30 provinces",
            ),
            Text("做 30 省面板时去掉，并在说明里写明", "Leave it out of a 30-province panel and say so"),
        )
    for pair in CONFUSABLE:
        if pair <= set(found) and _pinyin(frame):
            yield _note(
                "confusable_provinces",
                sheet,
                [p for name in sorted(pair) for p in found[name]],
                Text(
                    "Shanxi（山西）和 Shaanxi（陕西）同时出现，只差一个字母",
                    "Shanxi (山西, 140000) and Shaanxi (陕西, 610000) are both there and differ by one letter",
                ),
                Text("只做精确匹配，不要用前缀或模糊匹配", "Match names exactly, never by prefix or likeness"),
            )


def _pinyin(frame: Frame) -> bool:
    cells = frame.region.cells(frame.unit_columns[0])
    return any(isinstance(cell, str) and cell.isascii() and cell[:1].isalpha() for cell in cells)
