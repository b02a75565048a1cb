"""What the columns of an imported panel are called, and the year that a title names."""

from __future__ import annotations

import re

from lowcarbon_xl.audit.finding import Position, address
from lowcarbon_xl.audit.frame import Frame
from lowcarbon_xl.audit.labels import Label, find_unit, read_label
from lowcarbon_xl.audit.repairs import Repair
from lowcarbon_xl.audit.rules import Rules
from lowcarbon_xl.errors import Text
from lowcarbon_xl.sheet.header import read_header

_INDICATOR = re.compile(r"^\s*指标(?:名称)?\s*[:：]\s*(?P<name>.+?)\s*$")
_NO_NAME = re.compile(
    r"^\s*(?:数据库|时间|单位|注|来源|资料来源|数据来源|表\s*\d|\d{4}年?$|续表|unit)|^\s*[(（].*[)）]\s*$", re.I
)
_NUMBERED = re.compile(r"^\s*(?:表\s*)?\d+\s*[-—–.]\s*\d+\s*")
_DATED = re.compile(r"\s*[(（]\s*(?:19|20)\d{2}\s*年?\s*[)）]\s*")
_PLAIN_SHEET = re.compile(r"^(?:sheet|工作表|表)?\s*\d*$", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_OWN_UNITS = frozenset({"index", "share", "growth", "percapita"})
"""Concepts that the unit of a whole table (亿元) is not meant for."""


def numbered_year(frame: Frame) -> int | None:
    """The one year that the titles of a table, or the name of its sheet, hold; None when there are none or several."""
    texts = (*frame.region.preamble_texts(), frame.region.block.sheet or "")
    years = {int(year) for text in texts for year in _YEAR.findall(text)}
    return years.pop() if len(years) == 1 else None


def table_name(frame: Frame, file: str) -> tuple[str, Repair]:
    """The name of the only variable of a table: of its line 指标, its title, its sheet, or the file."""
    sheet = frame.region.block.sheet or ""
    name, source = _named(frame, sheet, file)
    what = Text(f"变量名取自{source.zh}，请核对", f"the variable is named by {source.en}: please check")
    return name, Repair("variable_name", sheet, "", None, name, what)


def _named(frame: Frame, sheet: str, file: str) -> tuple[str, Text]:
    texts = frame.region.preamble_texts()
    for text in texts:
        if match := _INDICATOR.match(text):
            return match["name"], Text("“指标”行", "the line 指标")
    for text in texts:
        if not _NO_NAME.match(text):
            return _DATED.sub("", _NUMBERED.sub("", text)).strip(), Text("标题", "the title")
    if sheet and not _PLAIN_SHEET.match(sheet):
        return sheet, Text("工作表名", "the sheet")
    return (file, Text("文件名", "the file")) if file else (sheet or "数值", Text("工作表名", "the sheet"))


def with_unit(label: Label, header: Position, frame: Frame, rules: Rules) -> tuple[str, list[Repair]]:
    """A column's header with its unit, and what was done to it."""
    sheet, place = frame.region.block.sheet or "", address(header)
    repairs = _merged(label, header, frame)
    own = read_label(label.text, rules).unit
    if (stacked := _unit_row(frame, header, rules)) and own is None and label.text.endswith(stacked):
        name = f"{label.text.removesuffix(stacked).strip()}({stacked})"
        return name, [*repairs, _written(sheet, place, label.text, name, Text("表头的单位行", "a header row of units"))]
    if label.unit is None or read_header(label.text).unit:
        return label.text, repairs
    if own is None and label.concept in _OWN_UNITS:
        what = Text(
            f"表头的单位“{label.unit.text}”不适用于指数、比重和人均量，没有写入",
            f"the unit of the table ({label.unit.text}) is not that of an index, a share or a figure per head: left out",
        )
        return label.text, [*repairs, Repair("unit_left_out", sheet, place, label.unit.text, None, what)]
    name = f"{label.name if own else label.text}({label.unit.text})"
    source = Text("列标题", "the header") if own else Text("表的单位行", "the unit line of the table")
    return name, [*repairs, _written(sheet, place, label.text, name, source)]


def _written(sheet: str, place: str, before: str, name: str, source: Text) -> Repair:
    what = Text(f"单位写进列标题（取自{source.zh}）", f"the unit written into the header (from {source.en})")
    return Repair("unit", sheet, place, before, name, what)


def _unit_row(frame: Frame, header: Position, rules: Rules) -> str:
    """The unit that alone fills the lowest header cell of a column; empty where there is none."""
    region = frame.region
    cell = region.block.values[region.header[-1]][header[1] - region.block.column] if region.header else None
    text = " ".join(cell.split()) if isinstance(cell, str) else ""
    return text if text and find_unit(text.strip("()（）"), rules) else ""


def sheet_names(frame: Frame, rules: Rules) -> tuple[dict[int, str], list[Repair]]:
    """Headers of the value columns (zero-based in the block) of a table without keys, and what was done to them."""
    region = frame.region
    row = region.header[-1] if region.header else region.rows[0]
    names: dict[int, str] = {}
    repairs: list[Repair] = []
    for column in frame.value_columns:
        label = read_label(frame.labels[column], rules)
        names[column], changed = with_unit(label, region.position(row, column), frame, rules)
        repairs += changed
    return names, repairs


def _merged(label: Label, header: Position, frame: Frame) -> list[Repair]:
    """A header of several cells, or of several lines, made one text."""
    region = frame.region
    column = header[1] - region.block.column
    if not region.header or header[0] - region.block.row not in region.header:
        return []
    first, last = region.header[0], region.header[-1]
    raw = [str(cell) for row in region.header if (cell := region.block.values[row][column]) not in (None, "")]
    if frame.years_across or frame.provinces_across or raw == [label.text]:
        return []
    top, bottom = address(region.position(first, column)), address(region.position(last, column))
    what = Text("多行或带换行的标题：合成一个", "a header of several cells or lines: made one")
    cells = bottom if top == bottom else f"{top}:{bottom}"
    return [Repair("header", region.block.sheet or "", cells, " | ".join(raw), label.text, what)]
