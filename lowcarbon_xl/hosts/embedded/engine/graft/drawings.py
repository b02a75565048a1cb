"""Charts and pictures that a macro added, changed or took away; whatever else is drawn on the sheet stays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lxml import etree
from openpyxl.chart._chart import ChartBase
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.xml.functions import tostring

from lowcarbon_xl.hosts.embedded.engine.graft.package import Package, insert_in_order
from lowcarbon_xl.hosts.embedded.engine.graft.schema import WORKSHEET
from lowcarbon_xl.hosts.embedded.engine.graft.state import Drawn, SheetState
from lowcarbon_xl.hosts.embedded.parts import MAIN, OFFICE

_DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_MARK = f"{{{MAIN}}}drawing"
_ID = f"{{{OFFICE}}}id"
_ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_CORNERS = ("from", "to", "pos", "ext")


def graft_drawing(package: Package, part: str, root: etree._Element, before: SheetState, after: SheetState) -> None:
    """Put changed charts and pictures into a worksheet's drawing."""
    removed, added = difference(before, after)
    if not removed and not added:
        return
    known = package.related(part, "drawing")
    name = known[0] if known else package.free("xl/drawings/drawing{}.xml")[0]
    drawing = package.xml(name) if known else etree.fromstring(f'<xdr:wsDr xmlns:xdr="{_DRAWN}"/>')
    if not known:
        package.add(name, b"", str(SpreadsheetDrawing.mime_type))
    for anchor in anchors_of(drawing, removed):
        _take_out(package, name, drawing, anchor)
    if added:
        _draw(package, name, drawing, [drawn.item for drawn in added])
    if len(drawing):
        package.put(name, drawing)
        if not known:
            mark = etree.Element(_MARK)
            mark.set(_ID, package.relate(part, "drawing", name))
            insert_in_order(root, mark, WORKSHEET)
        return
    for mark in root.findall(_MARK):
        root.remove(mark)
        package.unrelate(part, str(mark.get(_ID)))


def difference(before: SheetState, after: SheetState) -> tuple[list[Drawn], list[Drawn]]:
    """The objects that went (or are drawn anew) and those that came; a moved or altered one is among both."""
    removed = [drawn for drawn in before.drawn if not _among(drawn, after.drawn)]
    return removed, [drawn for drawn in after.drawn if not _among(drawn, before.drawn)]


def _among(drawn: Drawn, others: Iterable[Drawn]) -> bool:
    return any(
        drawn.item is other.item and (drawn.anchor, drawn.content) == (other.anchor, other.content) for other in others
    )


def anchors_of(drawing: etree._Element, objects: Iterable[Drawn]) -> list[etree._Element]:
    """The anchors that hold objects; fewer than there are objects when one cannot be found."""
    free = [child for child in drawing if isinstance(child.tag, str) and etree.QName(child).localname in _ANCHORS]
    found = []
    for drawn in objects:
        wanted = "graphicFrame" if isinstance(drawn.item, ChartBase) else "pic"
        for anchor in free:
            if _corners(anchor) == drawn.anchor and anchor.find(f"{{{_DRAWN}}}{wanted}") is not None:
                free.remove(anchor)
                found.append(anchor)
                break
    return found


def _corners(anchor: etree._Element) -> tuple[int, ...]:
    """The numbers by which `anchor_key` knows an anchor."""
    numbers: list[int] = []
    for name in _CORNERS:
        corner = anchor.find(f"{{{_DRAWN}}}{name}")
        if corner is None:
            continue
        numbers += [int(child.text or 0) for child in corner]
        numbers += [int(str(corner.get(axis))) for axis in ("x", "y", "cx", "cy") if corner.get(axis) is not None]
    return tuple(numbers)


def _take_out(package: Package, part: str, drawing: etree._Element, anchor: etree._Element) -> None:
    numbers = _relation_ids(anchor)
    drawing.remove(anchor)
    for number in numbers - _relation_ids(drawing):
        package.unrelate(part, number)


def _relation_ids(element: etree._Element) -> set[str]:
    return {
        str(value)
        for one in element.iter()
        for name, value in one.attrib.items()
        if str(name).startswith(f"{{{OFFICE}}}")
    }


def _draw(package: Package, part: str, drawing: etree._Element, items: list[Any]) -> None:
    """Let openpyxl draw objects, and add its anchors to those that there are."""
    drawn: Any = SpreadsheetDrawing()
    for item in items:
        chart = isinstance(item, ChartBase)
        (drawn.charts if chart else drawn.images).append(item)
        name, item._id = package.free("xl/charts/chart{}.xml" if chart else f"xl/media/image{{}}.{item.format}")
        content: Any = tostring(item._write()) if chart else item._data()
        package.add(name, content, str(item.mime_type) if chart else f"image/{item.format}")
    made = etree.fromstring(tostring(drawn._write()))
    targets = {str(one.get("Id")): str(one.get("Target")).lstrip("/") for one in drawn._write_rels()}
    ids = {number: package.relate(part, _kind(target), target) for number, target in targets.items()}
    for one in made.iter():
        for attribute in [name for name in one.attrib if str(name).startswith(f"{{{OFFICE}}}")]:
            one.set(attribute, ids[str(one.get(attribute))])
    _number_objects(drawing, made)
    for anchor in list(made):
        drawing.append(anchor)


def _kind(target: str) -> str:
    return "chart" if target.startswith("xl/charts/") else "image"


def _number_objects(drawing: etree._Element, made: etree._Element) -> None:
    """Objects of one drawing have different numbers."""
    properties = f"{{{_DRAWN}}}cNvPr"
    last = max((int(one.get("id", "0")) for one in drawing.iter(properties)), default=0)
    for number, one in enumerate(made.iter(properties), start=last + 1):
        one.set("id", str(number))
