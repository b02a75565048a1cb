"""The one chart: cumulative productivity by region."""

from __future__ import annotations

from openpyxl.chart import LineChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.legend import Legend
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.example import style

_COLOURS = ("1F5C57", "D08A2E", "7A4E8A")
_TITLE = "累积 GTFP（2003 = 1）"


def region_chart(sheet: Worksheet, years: int) -> LineChart:
    """Lines of columns B to D over the years in column A, below the header row."""
    chart = LineChart()
    chart.height, chart.width = 12, 19
    chart.title = Title(tx=Text(rich=RichText(p=[_paragraph(1200, _TITLE)])), overlay=False)
    chart.legend = Legend(legendPos="b", txPr=_letters(900))
    top = style.TOP
    chart.add_data(Reference(sheet, min_col=2, max_col=4, min_row=top, max_row=top + years), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=top + 1, max_row=top + years))
    for series, colour in zip(chart.series, _COLOURS, strict=True):
        series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=colour, w=28000))
        series.smooth = False
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.y_axis.majorUnit = 0.7, 1.05, 0.05
    chart.y_axis.number_format, chart.x_axis.number_format = "0.00", "0"
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill="D9E0DF", w=6350)))
    chart.x_axis.txPr = chart.y_axis.txPr = _letters(900)
    return chart


def _letters(size: int) -> RichText:
    return RichText(p=[_paragraph(size)])


def _paragraph(size: int, text: str = "") -> Paragraph:
    face = Font(typeface=style.FONT)
    letters = CharacterProperties(sz=size, b=bool(text), latin=face, ea=face)
    runs = [RegularTextRun(rPr=letters, t=text)] if text else None
    return Paragraph(pPr=ParagraphProperties(defRPr=letters), r=runs, endParaRPr=None if text else letters)
