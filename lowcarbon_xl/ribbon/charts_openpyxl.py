"""Charts with openpyxl.chart: Excel's own charts, written without Excel."""

from __future__ import annotations

from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference, ScatterChart, Series
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef, StrRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.legend import Legend
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.chart.trendline import Trendline
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.cells import column_letters, quote_sheet
from lowcarbon_xl.ribbon.chart import FONT, PALETTE, ChartSpec

_EMU = 12_700
"""Units of a point."""


_ERROR_BARS = ("errDir", "errBarType", "errValType", "noEndCap", "plus", "minus", "val", "spPr")
"""The schema's order: openpyxl writes minus before plus, which Excel takes for damage."""


def draw(sheet: Worksheet, spec: ChartSpec) -> None:
    """Add the chart to a worksheet."""
    chart = _DRAWN[spec.kind](sheet, spec)
    chart.width, chart.height = spec.width, spec.height
    chart.title = _title(spec.title, 1200, bold=True)
    _axes(chart, spec)
    few = spec.kind in ("points", "scatter") or spec.columns == 2
    chart.legend = None if few else Legend(legendPos="b", txPr=_letters(900), overlay=False)
    chart.layout = Layout(manualLayout=ManualLayout(**_plot_area(spec, few)))
    sheet.add_chart(chart, spec.at)


def _plot_area(spec: ChartSpec, few: bool) -> dict[str, Any]:
    """Room for the title above, the axis and the legend below."""
    bottom = (0.1 if few else 0.2) + (0.07 if spec.x_title else 0.0)
    return {
        "xMode": "edge",
        "yMode": "edge",
        "layoutTarget": "inner",
        "x": 0.1 if not spec.y_title else 0.13,
        "y": 0.15,
        "w": 0.86 if not spec.y_title else 0.83,
        "h": 0.8 - bottom,
    }


def _line(sheet: Worksheet, spec: ChartSpec) -> Any:
    chart = LineChart()
    _fill(chart, sheet, spec)
    for series, colour in zip(chart.series, _colours(spec), strict=False):
        series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=colour, w=int(1.75 * _EMU)))
        series.marker.symbol = "none"
        series.smooth = False
    return chart


def _bars(sheet: Worksheet, spec: ChartSpec) -> Any:
    chart = BarChart()
    chart.type = "col"
    if spec.kind == "stacked":
        chart.grouping, chart.overlap = "stacked", 100
    if spec.kind == "histogram":
        chart.overlap, chart.gapWidth = 100, 4
    _fill(chart, sheet, spec)
    for series, colour in zip(chart.series, _colours(spec), strict=False):
        series.graphicalProperties = GraphicalProperties(solidFill=colour)
    return chart


def _points(sheet: Worksheet, spec: ChartSpec) -> Any:
    chart = LineChart()
    last = spec.row + spec.rows
    column = spec.column + 1
    chart.add_data(
        Reference(sheet, min_col=column, min_row=spec.row, max_row=last, max_col=column), titles_from_data=True
    )
    _categories(chart, sheet, spec)
    series = chart.series[0]
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    series.smooth = False
    _mark(series, "circle", 8)

    def cells(offset: int) -> NumDataSource:
        return NumDataSource(numRef=NumRef(f=_column(sheet, spec, offset)))

    bars = ErrorBars(
        errDir="y",
        errBarType="both",
        errValType="cust",
        minus=cells(2),
        plus=cells(3),
        spPr=GraphicalProperties(ln=LineProperties(solidFill=PALETTE[0], w=int(1.5 * _EMU))),
    )
    vars(bars)["__elements__"] = _ERROR_BARS
    series.errBars = bars
    return chart


def _scatter(sheet: Worksheet, spec: ChartSpec) -> Any:
    chart = ScatterChart()
    chart.style, chart.scatterStyle = None, "lineMarker"
    last = spec.row + spec.rows
    xs = Reference(sheet, min_col=spec.column, min_row=spec.row + 1, max_row=last)
    ys = Reference(sheet, min_col=spec.column + 1, min_row=spec.row, max_row=last)
    series = Series(ys, xs, title_from_data=True)
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    _mark(series, "circle", 5)
    if spec.trend:
        line = LineProperties(solidFill=PALETTE[1], w=int(1.5 * _EMU))
        properties = GraphicalProperties(ln=line)
        series.trendline = Trendline(trendlineType="linear", spPr=properties, dispEq=False, dispRSqr=False)  # type: ignore[arg-type]  # the stubs are wrong
    chart.series.append(series)
    return chart


_DRAWN = {
    "line": _line,
    "bars": _bars,
    "stacked": _bars,
    "histogram": _bars,
    "points": _points,
    "scatter": _scatter,
}


def _fill(chart: Any, sheet: Worksheet, spec: ChartSpec) -> None:
    last_row, last_column = spec.row + spec.rows, spec.column + spec.columns - 1
    values = Reference(sheet, min_col=spec.column + 1, max_col=last_column, min_row=spec.row, max_row=last_row)
    chart.add_data(values, titles_from_data=True)
    _categories(chart, sheet, spec)


def _categories(chart: Any, sheet: Worksheet, spec: ChartSpec) -> None:
    """Categories are texts, even where they look like years."""
    for series in chart.series:
        series.cat = AxDataSource(strRef=StrRef(f=_column(sheet, spec, 0)))


def _column(sheet: Worksheet, spec: ChartSpec, offset: int) -> str:
    """The formula of a column of the chart's cells, without its header."""
    letters = column_letters(spec.column + offset)
    return f"{quote_sheet(sheet.title)}!${letters}${spec.row + 1}:${letters}${spec.row + spec.rows}"


def _mark(series: Any, symbol: str, size: int) -> None:
    series.marker.symbol, series.marker.size = symbol, size
    fill = GraphicalProperties(solidFill=PALETTE[0])
    fill.line.solidFill = PALETTE[0]
    series.marker.graphicalProperties = fill


def _colours(spec: ChartSpec) -> list[str]:
    count = spec.columns - 1
    return [PALETTE[i % len(PALETTE)] for i in range(count)]


def _axes(chart: Any, spec: ChartSpec) -> None:
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = spec.y_format
    grey = GraphicalProperties(ln=LineProperties(solidFill="D9E0DF", w=int(0.5 * _EMU)))
    chart.y_axis.majorGridlines = ChartLines(spPr=grey)
    if spec.kind == "scatter":
        chart.x_axis.majorGridlines = None
        chart.x_axis.number_format = spec.x_format
    chart.x_axis.tickLblPos = chart.y_axis.tickLblPos = "low"
    chart.x_axis.txPr = chart.y_axis.txPr = _letters(900)
    if spec.x_title:
        chart.x_axis.title = _title(spec.x_title, 900)
    if spec.y_title:
        chart.y_axis.title = _title(spec.y_title, 900)
    if spec.y_range:
        chart.y_axis.scaling.min, chart.y_axis.scaling.max = spec.y_range
    if spec.x_range:
        chart.x_axis.scaling.min, chart.x_axis.scaling.max = spec.x_range


def _title(text: str, size: int, *, bold: bool = False) -> Title:
    letters = _characters(size, bold=bold)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=letters), r=[RegularTextRun(rPr=letters, t=text)])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)


def _letters(size: int) -> RichText:
    letters = _characters(size)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=letters), endParaRPr=letters)])


def _characters(size: int, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, latin=Font(typeface=FONT), ea=Font(typeface=FONT))
