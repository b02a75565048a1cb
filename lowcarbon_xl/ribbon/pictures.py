"""Pictures and Sensitivity: values on sheets of our own, with native charts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lowcarbon_xl.catalogue import Chapter, Function, functions, ribbon_button
from lowcarbon_xl.cells import Output, Spill, column_letters
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.options import Options
from lowcarbon_xl.panel.provinces import find_province
from lowcarbon_xl.ribbon.banner import record_watched
from lowcarbon_xl.ribbon.blocks import Sheet, area
from lowcarbon_xl.ribbon.chart import ChartKind, ChartSpec, vertical
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.find_table import Found, find_table
from lowcarbon_xl.ribbon.ledger import Run, spilled_run
from lowcarbon_xl.ribbon.looks import HEAD
from lowcarbon_xl.ribbon.put_table import put_table, spill_table
from lowcarbon_xl.sheet.keys import read_keys
from lowcarbon_xl.sheet.table import read_table

_REGIONS = {"east": Text("东部", "East"), "central": Text("中部", "Central"), "west": Text("西部", "West")}
_ALL = Text("全部", "All")
_CHART_ROWS = 20
_CHART_COLUMNS = 10
_MOST_BESIDE = 6
Rows = list[list[Output]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table of figures and the chart that it makes."""

    kind: ChartKind
    title: Text
    rows: Rows
    axis: Mapping[str, Any]


def _function(name: str) -> Function:
    return next(function for function in functions() if function.name == name)


@ribbon_button(
    "pictures",
    Chapter.PICTURES,
    label=Text("作图", "Pictures"),
    tip=Text(
        "选中投入产出面板：分区域、分省份的累积 GTFP 和 EC/TC 分解；选中能源表：分品种碳排放。图是 Excel 原生图表，数据在旁边。",
        "A panel of inputs and outputs: cumulative GTFP by region and province, and EC against TC. A table of energy: "
        "emissions by fuel. Native charts, their numbers beside them.",
    ),
    image="ChartInsert",
    large=True,
)
def pictures(desk: Desk) -> Text:
    """Draw what the table has the columns for."""
    done: list[Text] = []
    reasons: list[InputError] = []
    for draw in (_productivity, _emissions):
        try:
            done.append(draw(desk))
        except InputError as error:
            reasons.append(error)
    if not done:
        raise reasons[0]
    return Text("；".join(text.zh for text in done), "; ".join(text.en for text in done))


def _productivity(desk: Desk) -> Text:
    function = _function("GTFP")
    found = find_table(desk, lambda block: function.evaluate([block], desk.language))
    units, years = _keys(found)
    index, ec, tc, cumulative = (_column(found.spill, place) for place in range(4))
    run = spilled_run(f"GTFP({found.block.whole})", [found.block], found.spill)
    sheet = desk.own_sheet(Text("图_GTFP", "Charts_GTFP")[desk.language])
    regions = [province.region3 if (province := find_province(unit)) else "" for unit in units]
    listed = [region for region in _REGIONS if region in regions]

    def mean(values: Sequence[float], year: int, region: str | None = None) -> float | None:
        return _mean([v for v, y, r in zip(values, years, regions, strict=True) if y == year and region in (None, r)])

    every = sorted(set(years))
    by_region: Rows = [[Text("年份", "year"), *(_REGIONS[r] for r in listed), _ALL]]
    by_region += [[str(y), *(mean(cumulative, y, r) for r in listed), mean(cumulative, y)] for y in every]
    parts: Rows = [[Text("年份", "year"), "GML", "EC", "TC"]]
    parts += [[str(y), *(_geometric(values, years, y) for values in (index, ec, tc))] for y in every[1:]]
    last = {u: c for u, y, c in zip(units, years, cumulative, strict=True) if y == every[-1] and math.isfinite(c)}
    ranked: Rows = [[Text("省份", "province"), Text(f"{every[-1]} 年累积指数", f"cumulative, {every[-1]}")]]
    ranked += [[unit, value] for unit, value in sorted(last.items(), key=lambda item: -item[1])]
    base = Text(f"（{every[0]}=1）", f" ({every[0]} = 1)")
    titles = (
        Text(f"分区域累积 GTFP{base.zh}", f"Cumulative GTFP by region{base.en}"),
        Text("GML 指数及其分解 EC、TC（几何平均）", "GML, EC and TC (geometric means)"),
        Text(f"{every[-1]} 年各省累积 GTFP{base.zh}", f"Cumulative GTFP in {every[-1]}{base.en}"),
    )
    drawn = (
        Drawn("line", titles[0], by_region, _fitted(by_region)),
        Drawn("line", titles[1], parts, _fitted(parts)),
        Drawn("bars", titles[2], ranked, {"y_format": "0.0"}),
    )
    _draw(desk, sheet, drawn, "0.000", run)
    return Text(f"GTFP 三幅图在“{sheet.name}”", f"three charts of GTFP on {sheet.name}")


def _emissions(desk: Desk) -> Text:
    function = _function("EMISSIONS")
    found = find_table(desk, lambda block: function.evaluate([block, None, "detail=fuel"], desk.language))
    _, years = _keys(found)
    header = found.spill.rows[0][:-1]  # the last column is the total
    columns = [_column(found.spill, place) for place in range(len(header))]
    run = spilled_run(f'EMISSIONS({found.block.whole},,"detail=fuel")', [found.block], found.spill)
    sheet = desk.own_sheet(Text("图_碳排放", "Charts_CO2")[desk.language])
    names = [str(name).partition("(")[0].partition("（")[0].removesuffix("CO2").strip() for name in header]
    rows: Rows = [[Text("年份", "year"), *names]]
    for year in sorted(set(years)):
        sums = [sum(v for v, y in zip(values, years, strict=True) if y == year) for values in columns]
        rows.append([str(year), *(value if math.isfinite(value) else None for value in sums)])
    title = Text("分品种二氧化碳排放（万吨）", "CO2 emissions by fuel (10^4 t)")
    _draw(desk, sheet, (Drawn("stacked", title, rows, {"y_format": "#,##0"}),), "#,##0", run)
    return Text(f"分品种碳排放图在“{sheet.name}”", f"emissions by fuel on {sheet.name}")


def _keys(found: Found) -> tuple[tuple[str, ...], list[int]]:
    keys = read_keys(read_table(found.block), Options())
    return tuple(map(str, keys.units)), [int(year) for year in keys.years]


def _column(spill: Spill, place: int) -> list[float]:
    """A column of a spill below its header; NaN where there is no number."""
    return [_number(row[place]) for row in spill.rows[1:]]


def _number(cell: Output) -> float:
    return float(cell) if isinstance(cell, float | int) else math.nan


def _mean(values: Sequence[float]) -> float | None:
    """The mean, or None when a value is missing: a mean of those that happen to be there would be another figure."""
    return sum(values) / len(values) if values and all(map(math.isfinite, values)) else None


def _fitted(rows: Rows) -> Mapping[str, Any]:
    """An axis that the lines fill."""
    values = [float(cell) for row in rows[1:] for cell in row[1:] if isinstance(cell, float)]
    return vertical(values) if values else {}


def _geometric(values: Sequence[float], years: Sequence[int], year: int) -> float | None:
    of_year = [v for v, y in zip(values, years, strict=True) if y == year]
    if not of_year or not all(math.isfinite(v) and v > 0 for v in of_year):
        return None
    return math.exp(sum(map(math.log, of_year)) / len(of_year))


def _draw(desk: Desk, sheet: Sheet, charts: Sequence[Drawn], number_format: str, run: Run) -> None:
    """Tables below each other and their charts to the right; below a table too wide for that. The banner comes last."""
    sheet.show_gridlines = False
    row, widest = 1, max(len(drawn.rows[0]) for drawn in charts)
    beside = widest <= _MOST_BESIDE
    for drawn in charts:
        rows, columns = len(drawn.rows), len(drawn.rows[0])
        desk.write(sheet, row, 1, [[drawn.title]]).font.bold = True
        cells = desk.write(sheet, row + 1, 1, drawn.rows)
        cells.horizontal_alignment = "right"
        head = area(sheet, row + 1, 1, 1, columns)
        head.color, head.font.bold = HEAD, True
        area(sheet, row + 2, 2, rows - 1, columns - 1).number_format = number_format
        at = f"{column_letters(widest + 2)}{row}" if beside else f"A{row + rows + 2}"
        spec = ChartSpec(
            drawn.kind, drawn.title[desk.language], row + 1, 1, rows - 1, columns, at, width=20, **drawn.axis
        )
        desk.native.add_chart(sheet, spec)
        row += max(rows + 3, _CHART_ROWS) if beside else rows + _CHART_ROWS + 2
    for column in range(1, widest + 1):
        desk.set_width(sheet, column, 16 if beside and column == 2 else 12)
    row += record_watched(desk, sheet, row, [run])
    last = widest + 1 + _CHART_COLUMNS if beside else max(widest, _CHART_COLUMNS)
    desk.native.set_page(area(sheet, 1, 1, row, last), upright=len(charts) > 1)


@ribbon_button(
    "sensitivity",
    Chapter.EFFICIENCY,
    label=Text("敏感性", "Sensitivity"),
    tip=Text(
        "结论在其他口径（CRS/VRS、权重、ML、径向）下是否成立；结果以数值写到工作表“敏感性”。",
        "Whether the verdicts hold under other conventions (CRS/VRS, weights, ML, radial); values on sheet Sensitivity.",
    ),
    image="WhatIfAnalysisMenu",
)
def sensitivity(desk: Desk) -> Text:
    """Values, not a formula: it solves thousands of programs, too many for every recalculation."""
    function, gate = _function("SENSITIVITY"), _function("GTFP")
    found = find_table(desk, lambda block: gate.evaluate([block], desk.language))
    desk.step(0, 1, function.name)
    spill = function.evaluate([found.block], desk.language)
    if spill.failed:
        reason = spill.reasons[0]
        raise InputError(reason, Text("见上", "See above"), where=found.block.whole)
    sheet = desk.own_sheet(Text("敏感性", "Sensitivity")[desk.language])
    sheet.show_gridlines = False
    title = Text("GTFP 结论对口径的敏感性", "How the verdicts on GTFP depend on conventions")
    rows, columns = put_table(desk, sheet, 1, spill_table(spill, title))
    desk.set_width(sheet, 1, 58)
    rows += record_watched(
        desk, sheet, rows + 1, [spilled_run(f"SENSITIVITY({found.block.whole})", [found.block], spill)]
    )
    desk.native.set_page(area(sheet, 1, 1, rows, columns))
    return Text(f"{len(spill.rows) - 1} 种口径，见“{sheet.name}”", f"{len(spill.rows) - 1} conventions on {sheet.name}")
