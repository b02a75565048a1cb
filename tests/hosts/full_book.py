"""A workbook that has everything which openpyxl drops or redraws, for tests of what survives a macro.

openpyxl makes the ordinary part of it; the rest is written by hand into the package (``full_parts``).
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
from lxml import etree
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.hosts.embedded.engine.graft.package import Package, insert_in_order
from lowcarbon_xl.hosts.embedded.engine.graft.schema import WORKBOOK, WORKSHEET
from lowcarbon_xl.hosts.embedded.parts import MAIN
from tests.hosts import full_parts as xml

DATA, PIVOT, CONTROLS, NOTES = "数据", "透视", "控件", "备注"
PARTS = {name: f"xl/worksheets/sheet{number}.xml" for number, name in enumerate((DATA, PIVOT, CONTROLS, NOTES), 1)}


def write_full_book(path: Path) -> Path:
    """Write the workbook."""
    stream = io.BytesIO()
    _ordinary().save(stream)
    with zipfile.ZipFile(stream) as archive:
        package = Package(path, {name: archive.read(name) for name in archive.namelist()})
    _add_whole_book_parts(package)
    _add_pivot(package)
    _add_controls(package)
    _add_query(package)
    _add_shared_strings(package)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in package.finish().items():
            archive.writestr(name, content)
    return path


def _ordinary() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    data = book.active
    assert data is not None
    _fill_data(data)
    _fill_pivot(book.create_sheet(PIVOT), data)
    controls = book.create_sheet(CONTROLS)
    for row in ([None, "甲", "乙"], [1, 2, 3], [4, 5, 6]):
        controls.append(row)
    controls["A6"] = "=SUM(A2:C3)"
    notes = book.create_sheet(NOTES)
    notes["A1"] = "我的备注"
    notes["B7"].fill = PatternFill("solid", fgColor="FFDDEEFF")
    notes.defined_names["本表"] = DefinedName("本表", attr_text=f"{NOTES}!$A$1")
    book.defined_names["全部"] = DefinedName("全部", attr_text=f"{DATA}!$A$1:$C$5")
    return book


def _fill_data(data: Worksheet) -> None:
    data.title = DATA
    data.append(["地区", "日期", "金额", None, None, "查询", "结果"])
    for number, region in enumerate(("东", "西", "东", "西"), start=1):
        data.append(
            [region, dt.datetime(2020, number, 1), number, None, None, *([f"q{number}", number] * (number < 3))]
        )
    for cell in data["A"]:
        cell.font = Font(name="SimSun", bold=True, color="FFC00000")
        cell.border = Border(bottom=Side("double"))
    data["C2"].number_format = '0.00"吨"'
    data["C3"].comment = Comment("核对过", "统计员")
    data["C4"].hyperlink = "https://example.org/"
    data.column_dimensions["D"].hidden = True
    data.row_dimensions[5].height = 33
    data.auto_filter.ref = "A1:C5"
    data.freeze_panes = "A2"
    data.sheet_view.tabSelected = True
    data.add_table(Table(displayName="表1", ref="F1:G3"))
    validation = DataValidation(type="list", formula1='"东,西"')
    validation.add("A2:A5")
    data.add_data_validation(validation)
    data.conditional_formatting.add("C2:C5", CellIsRule("greaterThan", ["3"], font=Font(bold=True)))
    data.merge_cells("A8:B8")


def _fill_pivot(sheet: Worksheet, data: Worksheet) -> None:
    for row in ([], [], ["行标签", "求和项:金额"], ["东", 4], ["西", 6], ["总计", 10]):
        sheet.append(row)
    chart = BarChart()
    chart.add_data(Reference(data, min_col=3, min_row=1, max_row=5), titles_from_data=True)
    sheet.add_chart(chart, "D8")


def _relate(package: Package, owner: str, kind: str, target: str, *, external: bool = False) -> str:
    """Add a relation whose type is a whole address, or one word of the office document's."""
    number = package.relate(owner, kind, target, external=external)
    if "/" in kind:
        relations = package._relations(owner)
        next(one for one in relations if one.get("Id") == number).set("Type", kind)
    return number


def _part(package: Package, owner: str, kind: str, part: str, text: str, content_type: str) -> str:
    package.add(part, text.encode(), content_type)
    return _relate(package, owner, kind, part)


def _insert(package: Package, part: str, order: tuple[str, ...], *texts: str) -> None:
    root = package.xml(part)
    for text in texts:
        element = etree.fromstring(text)
        if etree.QName(element).localname == "AlternateContent":
            root.insert(len(root), element)
        else:
            insert_in_order(root, element, order)
    package.put(part, root)


def _add_whole_book_parts(package: Package) -> None:
    """Properties, custom XML, a ribbon, persons, a connection, a link to another workbook."""
    main = package.main
    _part(package, "", "custom-properties", "docProps/custom.xml", xml.CUSTOM, xml.CT_CUSTOM)
    _part(package, "", xml.UI, "customUI/customUI14.xml", xml.RIBBON, "application/xml")
    _part(package, main, "customXml", "customXml/item1.xml", xml.ITEM, "application/xml")
    _part(package, "customXml/item1.xml", "customXmlProps", "customXml/itemProps1.xml", xml.ITEM_PROPS, xml.CT_PROPS)
    _part(package, main, xml.PERSON, "xl/persons/person.xml", xml.PERSONS, xml.CT_PERSONS)
    _part(package, main, "connections", "xl/connections.xml", xml.CONNECTIONS, xml.CT_CONNECTIONS)
    link = "xl/externalLinks/externalLink1.xml"
    number = _part(package, main, "externalLink", link, xml.EXTERNAL, xml.CT_EXTERNAL)
    _relate(package, link, "externalLinkPath", "另一本.xlsx", external=True)
    _insert(package, main, WORKBOOK, xml.EXTERNAL_REFERENCES.format(number))


def _add_pivot(package: Package) -> None:
    """A pivot table with its cache, a slicer, a timeline, a picture and a shape."""
    main, sheet = package.main, PARTS[PIVOT]
    cache, table = "xl/pivotCache/pivotCacheDefinition1.xml", "xl/pivotTables/pivotTable1.xml"
    number = _part(package, main, "pivotCacheDefinition", cache, xml.CACHE, xml.CT_CACHE)
    _part(package, cache, "pivotCacheRecords", "xl/pivotCache/pivotCacheRecords1.xml", xml.RECORDS, xml.CT_RECORDS)
    _part(package, sheet, "pivotTable", table, xml.PIVOT, xml.CT_PIVOT)
    _relate(package, table, "pivotCacheDefinition", cache)
    cached = [
        _part(package, main, kind, part, text, content_type)
        for kind, part, text, content_type in (
            (xml.SLICER_CACHE_OF, "xl/slicerCaches/slicerCache1.xml", xml.SLICER_CACHE, xml.CT_SLICES),
            (xml.TIMELINE_CACHE_OF, "xl/timelineCaches/timelineCache1.xml", xml.TIMELINE_CACHE, xml.CT_TIMES),
        )
    ]
    slicer = _part(package, sheet, xml.SLICER_OF, "xl/slicers/slicer1.xml", xml.SLICER, xml.CT_SLICER)
    timeline = _part(package, sheet, xml.TIMELINE_OF, "xl/timelines/timeline1.xml", xml.TIMELINE, xml.CT_TIMELINE)
    _insert(package, main, WORKBOOK, xml.PIVOT_CACHES.format(number), xml.BOOK_EXTENSIONS.format(*cached))
    _insert(package, sheet, WORKSHEET, xml.PIVOT_EXTENSIONS.format(slicer, timeline))
    drawing = package.related(sheet, "drawing")[0]
    root = package.xml(drawing)
    package.add("xl/media/image9.png", xml.PIXEL, "image/png")
    picture = package.relate(drawing, "image", "xl/media/image9.png")
    root.extend(etree.fromstring(xml.SHAPES.replace("{picture}", picture)))
    package.put(drawing, root)


def _add_controls(package: Package) -> None:
    """A form control and a note in one drawing, a conversation, sparklines and other extensions."""
    sheet = PARTS[CONTROLS]
    vml = _part(package, sheet, "vmlDrawing", "xl/drawings/vmlDrawing9.vml", xml.VML, xml.CT_VML)
    control = _part(package, sheet, "ctrlProp", "xl/ctrlProps/ctrlProp1.xml", xml.CONTROL, xml.CT_CONTROL)
    _part(package, sheet, "comments", "xl/comments9.xml", xml.COMMENTS, xml.CT_COMMENTS)
    _part(package, sheet, xml.THREAD_OF, "xl/threadedComments/threadedComment1.xml", xml.THREAD, xml.CT_THREAD)
    _insert(
        package,
        sheet,
        WORKSHEET,
        xml.LEGACY.format(vml),
        xml.CONTROLS.format(control),
        xml.SHEET_EXTENSIONS,
        xml.PROPERTIES,
    )


def _add_query(package: Package) -> None:
    """The table is what a query returned."""
    table = package.related(PARTS[DATA], "table")[0]
    _part(package, table, "queryTable", "xl/queryTables/queryTable1.xml", xml.QUERY, xml.CT_QUERY)
    root = package.xml(table)
    root.set("tableType", "queryTable")
    for number, column in enumerate(root.iter(f"{{{MAIN}}}tableColumn"), start=1):
        column.set("queryTableFieldId", str(number))
    package.put(table, root)


def _add_shared_strings(package: Package) -> None:
    """A text with runs of different looks, as Excel keeps it."""
    _part(package, package.main, "sharedStrings", "xl/sharedStrings.xml", xml.STRINGS, xml.CT_STRINGS)
    for name in (NOTES, CONTROLS):
        part = PARTS[name]
        root = package.xml(part)
        data = root.find(f"{{{MAIN}}}sheetData")
        row = next(row for row in data if row.get("r") == "1")
        cell = etree.Element(f"{{{MAIN}}}c", r="D1", t="s")
        etree.SubElement(cell, f"{{{MAIN}}}v").text = "0"
        row.append(cell)
        root.find(f"{{{MAIN}}}dimension").set("ref", "A1:D7")
        for value in root.iterfind(f".//{{{MAIN}}}f/../{{{MAIN}}}v"):
            value.text = "21"
        package.put(part, root)
