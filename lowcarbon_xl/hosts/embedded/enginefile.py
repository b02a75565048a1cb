"""The copy of a workbook that the engine loads: calls rewritten, old spills cleared, refused cells as errors.

Changing cells after loading would be simpler, but formualizer 0.13 then keeps cleared cells blank for readers
of a range even when a spill fills them again.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from lxml import etree

from lowcarbon_xl.cells import CellError
from lowcarbon_xl.hosts.embedded.parts import (
    CELL,
    FORMULA,
    INLINE,
    ROW,
    SHEET_DATA,
    VALUE,
    address_cells,
    drop_attributes,
    read_xml,
    split_address,
)
from lowcarbon_xl.hosts.embedded.places import Area, Place
from lowcarbon_xl.hosts.embedded.workbook import SheetContent, WorkbookContent

_UNREAD = ("xl/media/", "xl/drawings/", "xl/charts/", "xl/embeddings/", "docProps/", "customXml/")


def engine_file(content: WorkbookContent, formulas: Mapping[Place, str | CellError | None]) -> bytes:
    """A workbook for the engine, in memory.

    Parameters
    ----------
    content : WorkbookContent
    formulas : mapping
        For every formula cell: the text to compute (without ``=``), an error value to hold instead, or None
        for a cell that is not needed.
    """
    stream = io.BytesIO()
    changed = {sheet.part: sheet for sheet in content.sheets.values() if sheet.formulas}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, part in content.parts.items():
            if name in changed:
                archive.writestr(name, _rewritten(content, changed[name], formulas))
            elif not name.startswith(_UNREAD):
                archive.writestr(name, part)
    return stream.getvalue()


def _rewritten(
    content: WorkbookContent, sheet: SheetContent, formulas: Mapping[Place, str | CellError | None]
) -> bytes:
    root = read_xml(content.path, content.parts, sheet.part)
    data = root.find(SHEET_DATA)
    if data is None:
        return content.parts[sheet.part]
    address_cells(data)
    _clear_spills(data, [cell.area for cell in sheet.formulas.values() if cell.area is not None])
    for element in list(data.iter(FORMULA)):
        cell = element.getparent()
        if cell is None:
            continue
        place = Place(sheet.name, *split_address(cell.get("r", "")))
        _empty(cell)
        formula = formulas.get(place)
        if isinstance(formula, str):
            etree.SubElement(cell, FORMULA).text = formula
        elif isinstance(formula, CellError):
            cell.set("t", "e")
            etree.SubElement(cell, VALUE).text = formula.code
    return etree.tostring(root, encoding="UTF-8")


def _clear_spills(data: etree._Element, areas: list[Area]) -> None:
    """Blank the cells that array formulas filled."""
    if not areas:
        return
    rows = {row for area in areas for row in range(area.row, area.last_row + 1)}
    for element in data.iter(ROW):
        number = int(element.get("r", "0"))
        here = [area for area in areas if area.row <= number <= area.last_row] if number in rows else []
        for cell in element.iter(CELL) if here else ():
            column = split_address(cell.get("r", ""))[1]
            if any(area.column <= column <= area.last_column for area in here) and cell.find(FORMULA) is None:
                _empty(cell)


def _empty(cell: etree._Element) -> None:
    for child in [child for child in cell if child.tag in {FORMULA, VALUE, INLINE}]:
        cell.remove(child)
    drop_attributes(cell, "t", "cm", "vm")
