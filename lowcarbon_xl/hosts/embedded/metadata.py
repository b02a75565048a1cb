"""Dynamic-array metadata, and the lists in a package that name its parts."""

from __future__ import annotations

import posixpath
from pathlib import Path

from lxml import etree

from lowcarbon_xl.hosts.embedded.files import Parts
from lowcarbon_xl.hosts.embedded.parts import (
    MAIN,
    RELATIONS,
    main_part,
    read_xml,
    related_parts,
    relations_part,
    write_xml,
)

CONTENT_TYPES = "[Content_Types].xml"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_ARRAYS = "http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sheetMetadata"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"
_NAME = "XLDAPR"
_ORDER = (
    "metadataTypes",
    "metadataStrings",
    "mdxMetadata",
    "futureMetadata",
    "cellMetadata",
    "valueMetadata",
    "extLst",
)
_FLAGS = (
    "copy",
    "pasteAll",
    "pasteValues",
    "merge",
    "splitFirst",
    "rowColShift",
    "clearFormats",
    "clearComments",
    "assign",
    "coerce",
    "cellMeta",
)


def add_metadata(path: Path, parts: Parts) -> int:
    """Make sure that the package can mark a cell as a dynamic array.

    Returns
    -------
    int
        The number that such a cell carries in its ``cm`` attribute.
    """
    main = main_part(path, parts)
    existing = next((part for kind, part in related_parts(path, parts, main).values() if kind == "sheetMetadata"), None)
    part = existing or posixpath.join(posixpath.dirname(main), "metadata.xml")
    root = read_xml(path, parts, part) if existing else etree.fromstring(f'<metadata xmlns="{MAIN}"/>')
    before = etree.tostring(root)
    number = _cell_metadata(root, _type_number(root))
    if existing is None or etree.tostring(root) != before:
        parts[part] = write_xml(root)
    if existing is None:
        _add_part(path, parts, main, part)
    return number


def _type_number(root: etree._Element) -> int:
    """The 1-based number of the dynamic-array type, added if it is missing."""
    types = _child(root, "metadataTypes")
    for number, kind in enumerate(types, start=1):
        if kind.get("name") == _NAME:
            return number
    kind = etree.SubElement(types, f"{{{MAIN}}}metadataType", name=_NAME, minSupportedVersion="120000")
    for flag in _FLAGS:
        kind.set(flag, "1")
    types.set("count", str(len(types)))
    return len(types)


def _cell_metadata(root: etree._Element, kind: int) -> int:
    """The 1-based number of the cell metadata that says "dynamic array", added if it is missing."""
    records = _child(root, "cellMetadata")
    record = _property_number(root)
    for number, block in enumerate(records, start=1):
        if any(entry.get("t") == str(kind) and entry.get("v") == str(record) for entry in block):
            return number
    block = etree.SubElement(records, f"{{{MAIN}}}bk")
    etree.SubElement(block, f"{{{MAIN}}}rc", t=str(kind), v=str(record))
    records.set("count", str(len(records)))
    return len(records)


def _property_number(root: etree._Element) -> int:
    """The 0-based number of the property block "dynamic, not collapsed", added if it is missing."""
    future = next((f for f in root.iter(f"{{{MAIN}}}futureMetadata") if f.get("name") == _NAME), None)
    if future is None:
        future = etree.Element(f"{{{MAIN}}}futureMetadata", name=_NAME, count="0")
        _insert(root, future)
    for number, block in enumerate(future):
        found = block.find(f".//{{{_ARRAYS}}}dynamicArrayProperties")
        if found is not None and found.get("fDynamic") == "1" and found.get("fCollapsed", "0") == "0":
            return number
    block = etree.SubElement(future, f"{{{MAIN}}}bk")
    extensions = etree.SubElement(block, f"{{{MAIN}}}extLst")
    extension = etree.SubElement(extensions, f"{{{MAIN}}}ext", uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}")
    etree.SubElement(
        extension, f"{{{_ARRAYS}}}dynamicArrayProperties", nsmap={"xda": _ARRAYS}, fDynamic="1", fCollapsed="0"
    )
    future.set("count", str(len(future)))
    return len(future) - 1


def _child(root: etree._Element, name: str) -> etree._Element:
    found = root.find(f"{{{MAIN}}}{name}")
    if found is None:
        found = etree.Element(f"{{{MAIN}}}{name}", count="0")
        _insert(root, found)
    return found


def _insert(root: etree._Element, child: etree._Element) -> None:
    """Put a child where the schema wants it."""
    rank = _ORDER.index(etree.QName(child).localname)
    for position, other in enumerate(root):
        if _ORDER.index(etree.QName(other).localname) > rank:
            root.insert(position, child)
            return
    root.append(child)


def _add_part(path: Path, parts: Parts, main: str, part: str) -> None:
    """Name a new part in the content types and among the workbook's relations."""
    types = read_xml(path, parts, CONTENT_TYPES)
    etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=_CONTENT)
    parts[CONTENT_TYPES] = write_xml(types)
    name = relations_part(main)
    relations = read_xml(path, parts, name)
    known = {relation.get("Id") for relation in relations}
    number = next(n for n in range(1, len(known) + 2) if f"rIdMetadata{n}" not in known)
    etree.SubElement(
        relations,
        f"{{{RELATIONS}}}Relationship",
        Id=f"rIdMetadata{number}",
        Type=_RELATION,
        Target=posixpath.relpath(part, posixpath.dirname(main) or "."),
    )
    parts[name] = write_xml(relations)


def drop_part(path: Path, parts: Parts, owner: str, part: str) -> None:
    """Take a part out of a package, with its content type and its relation."""
    parts.pop(part, None)
    types = read_xml(path, parts, CONTENT_TYPES)
    for override in [entry for entry in types if entry.get("PartName") == f"/{part}"]:
        types.remove(override)
    parts[CONTENT_TYPES] = write_xml(types)
    ids = {number for number, (_, target) in related_parts(path, parts, owner).items() if target == part}
    relations = read_xml(path, parts, relations_part(owner))
    for relation in [entry for entry in relations if entry.get("Id") in ids]:
        relations.remove(relation)
    parts[relations_part(owner)] = write_xml(relations)
