"""Charts with Excel's own objects, through xlwings."""

from __future__ import annotations

from typing import Any

from lowcarbon_xl.ribbon.blocks import Sheet, area
from lowcarbon_xl.ribbon.chart import FONT, PALETTE, ChartSpec

_TYPES = {
    "line": "line",
    "bars": "column_clustered",
    "stacked": "column_stacked",
    "histogram": "column_clustered",
    "points": "line_markers",
    "scatter": "xy_scatter",
}
_POINTS_PER_CM = 28.35
_CATEGORY, _VALUE = 1, 2
_LEGEND_BOTTOM = -4107
_CUSTOM, _BOTH, _Y = -4114, 1, 1
_LINEAR = -4132
_NO_LINE = 0


def draw(sheet: Sheet, spec: ChartSpec) -> None:
    """Add the chart to a sheet."""
    corner = sheet.range(spec.at)
    chart = sheet.charts.add(corner.left, corner.top, spec.width * _POINTS_PER_CM, spec.height * _POINTS_PER_CM)
    chart.name = spec.name
    columns = 2 if spec.kind == "points" else spec.columns
    chart.chart_type = _TYPES[spec.kind]
    chart.set_source_data(area(sheet, spec.row, spec.column, spec.rows + 1, columns))
    api = chart.api[1]
    api.HasTitle = True
    api.ChartTitle.Text = spec.title
    api.ChartArea.Format.TextFrame2.TextRange.Font.NameFarEast = FONT
    _series(api, sheet, spec)
    _axis(api.Axes(_VALUE), spec.y_title, spec.y_format)
    _axis(api.Axes(_CATEGORY), spec.x_title, spec.x_format if spec.kind == "scatter" else None)
    if spec.y_range:
        api.Axes(_VALUE).MinimumScale, api.Axes(_VALUE).MaximumScale = spec.y_range
    if spec.x_range:
        api.Axes(_CATEGORY).MinimumScale, api.Axes(_CATEGORY).MaximumScale = spec.x_range
    api.HasLegend = spec.kind not in ("points", "scatter") and spec.columns > 2
    if api.HasLegend:
        api.Legend.Position = _LEGEND_BOTTOM


def _series(api: Any, sheet: Sheet, spec: ChartSpec) -> None:
    if spec.kind in ("line", "bars", "stacked", "histogram"):
        while api.SeriesCollection().Count >= spec.columns:  # numeric categories were taken for a series
            api.SeriesCollection(1).Delete()
        categories = area(sheet, spec.row + 1, spec.column, spec.rows, 1).api
        for number in range(1, api.SeriesCollection().Count + 1):
            series = api.SeriesCollection(number)
            series.XValues = categories
            series.Format.Fill.ForeColor.RGB = series.Format.Line.ForeColor.RGB = _rgb(number - 1)
    if spec.kind == "histogram":
        api.ChartGroups(1).Overlap, api.ChartGroups(1).GapWidth = 100, 4
    if spec.kind == "points":
        series = api.SeriesCollection(1)
        series.Format.Line.Visible = _NO_LINE
        low, high = (area(sheet, spec.row + 1, spec.column + offset, spec.rows, 1).api for offset in (2, 3))
        series.ErrorBar(_Y, _BOTH, _CUSTOM, high, low)
    if spec.trend:
        api.SeriesCollection(1).Trendlines().Add(_LINEAR)


def _axis(axis: Any, title: str, number_format: str | None) -> None:
    axis.HasTitle = bool(title)
    if title:
        axis.AxisTitle.Text = title
    if number_format:
        axis.TickLabels.NumberFormat = number_format


def _rgb(number: int) -> int:
    colour = PALETTE[number % len(PALETTE)]
    red, green, blue = (int(colour[i : i + 2], 16) for i in (0, 2, 4))
    return red | green << 8 | blue << 16
