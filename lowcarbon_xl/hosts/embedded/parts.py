"""The XML inside a package: parts, their relations, and the addresses of cells."""

from __future__ import annotations

import posixpath
from pathlib import Path

from lxml import etree

from lowcarbon_xl.cells import column_letters, column_number
from lowcarbon_xl.hosts.embedded.files import Parts, unreadable_part

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"

ROW, CELL, FORMULA, VALUE, INLINE = (f"{{{MAIN}}}{tag}" for tag in ("row", "c", "f", "v", "is"))
SHEET_DATA = f"{{{MAIN}}}sheetData"

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def read_xml(path: Path, parts: Parts, name: str) -> etree._Element:
    """The root of an XML part."""
    try:
        return etree.fromstring(parts[name], _PARSER)
    except (KeyError, etree.XMLSyntaxError) as error:
        raise unreadable_part(path, name, str(error)) from error


def write_xml(root: etree._Element) -> bytes:
    """An XML part as bytes."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def drop_attributes(element: etree._Element, *names: str) -> None:
    """Take attributes away where they are."""
    for name in names:
        if name in element.attrib:
            del element.attrib[name]


def main_part(path: Path, parts: Parts) -> str:
    """The name of the workbook part."""
    for kind, target in related_parts(path, parts, "").values():
        if kind == "officeDocument" and target in parts:
            return target
    raise unreadable_part(path, "_rels/.rels", "no workbook part")


def relations_part(part: str) -> str:
    """The name of the part that lists another part's relations."""
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def related_parts(path: Path, parts: Parts, part: str) -> dict[str, tuple[str, str]]:
    """Relations of a part by id: the last word of the type, and the target's part name."""
    name = relations_part(part)
    if name not in parts:
        return {}
    folder = posixpath.dirname(part)
    found = {}
    for relation in read_xml(path, parts, name).iter(f"{{{RELATIONS}}}Relationship"):
        target = str(relation.get("Target"))
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
        found[str(relation.get("Id"))] = (str(relation.get("Type")).rsplit("/", 1)[-1], target)
    return found


def address_cells(data: etree._Element) -> None:
    """Give rows and cells the addresses that some programs leave out (they then follow from the order)."""
    number = 0
    for row in data.iter(ROW):
        number = int(row.get("r") or number + 1)
        row.set("r", str(number))
        if len(row) and any(cell.get("r") is None for cell in (row[0], row[-1])):
            column = 0
            for cell in row.iter(CELL):
                column = split_address(cell.get("r", ""))[1] or column + 1
                cell.set("r", f"{column_letters(column)}{number}")


def split_address(cell: str) -> tuple[int, int]:
    """Row and column of ``B7``: (7, 2)."""
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :] or 0), column_number(letters)
