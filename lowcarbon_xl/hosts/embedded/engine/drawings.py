"""Charts, pictures and shapes that openpyxl would redraw or drop: carried over as they stand in the file.

A sheet whose drawing no macro has touched gets its own drawing part back, with everything that hangs on it (charts,
their styles and colours, media, embedded files), under names that stay the same however often the file is saved.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from openpyxl.workbook import Workbook

from lowcarbon_xl.hosts.embedded.files import Parts
from lowcarbon_xl.hosts.embedded.metadata import CONTENT_TYPES, drop_part
from lowcarbon_xl.hosts.embedded.parts import (
    MAIN,
    OFFICE,
    RELATIONS,
    main_part,
    read_xml,
    related_parts,
    relations_part,
    write_xml,
)

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PREFIX = re.compile(r"^kept\d+_")
_ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_AFTER = frozenset(
    f"{{{MAIN}}}{tag}"
    for tag in (
        "legacyDrawing",
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
    )
)
"""What follows a drawing in a worksheet's part."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The drawing of one sheet as it stands in the file.

    Parameters
    ----------
    worksheet : openpyxl worksheet
    part : str
    closure : tuple of str
        The part and all that it leads to.
    known : tuple
        What openpyxl made of it: its charts and pictures.
    complete : bool
        Whether openpyxl read every object in it, so that it can be drawn anew without losing one.
    """

    worksheet: Any
    part: str
    closure: tuple[str, ...]
    known: tuple[Any, ...]
    complete: bool

    @property
    def untouched(self) -> bool:
        """Whether no macro has added or removed a chart or a picture."""
        now = _objects(self.worksheet)
        return len(now) == len(self.known) and all(a is b for a, b in zip(now, self.known, strict=True))


def _objects(worksheet: Any) -> tuple[Any, ...]:
    return (*worksheet._charts, *worksheet._images)


def read_drawings(path: Path, parts: Parts, workbook: Workbook) -> tuple[Drawing, ...]:
    """The drawings of a workbook that openpyxl has just loaded."""
    found = []
    for name, sheet_part in _sheet_parts(path, parts).items():
        part = _drawing_of(path, parts, sheet_part)
        if part is None or name not in workbook.sheetnames:
            continue
        worksheet = workbook[name]
        anchors = sum(etree.QName(child).localname in _ANCHORS for child in read_xml(path, parts, part))
        known = _objects(worksheet)
        found.append(Drawing(worksheet, part, _closure(path, parts, part), known, len(known) == anchors))
    return tuple(found)


def _sheet_parts(path: Path, parts: Parts) -> dict[str, str]:
    main = main_part(path, parts)
    targets = related_parts(path, parts, main)
    listed = read_xml(path, parts, main).iter(f"{{{MAIN}}}sheet")
    named = ((str(sheet.get("name")), targets.get(sheet.get(f"{{{OFFICE}}}id", ""))) for sheet in listed)
    return {name: target[1] for name, target in named if target is not None and target[0] == "worksheet"}


def _drawing_of(path: Path, parts: Parts, sheet: str) -> str | None:
    return next((t for kind, t in related_parts(path, parts, sheet).values() if kind == "drawing" and t in parts), None)


def _closure(path: Path, parts: Parts, part: str) -> tuple[str, ...]:
    found = [part]
    for one in found:
        found += [t for _, t in related_parts(path, parts, one).values() if t in parts and t not in found]
    return tuple(found)


def safe_parts(drawings: Iterable[Drawing]) -> frozenset[str]:
    """Parts that saving does not lose: carried over, or drawn anew from all that was there."""
    return frozenset(part for d in drawings if d.untouched or d.complete for part in d.closure)


def carry_drawings(path: Path, old: Parts, new: Parts, drawings: Iterable[Drawing]) -> None:
    """Put untouched drawings of the package that was read into the package that is written."""
    sheets = _sheet_parts(path, new)
    for drawing in drawings:
        sheet = sheets.get(drawing.worksheet.title)
        deleted = drawing.worksheet not in drawing.worksheet.parent.worksheets
        if sheet is None or deleted or not drawing.untouched:
            continue
        _remove_redrawn(path, new, sheet)
        number = re.sub(r"\D", "", posixpath.basename(sheet))
        renamed = {part: _renamed(part, number) for part in drawing.closure}
        _copy(path, old, new, renamed)
        _attach(path, new, sheet, renamed[drawing.part])


def _renamed(part: str, number: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/kept{number}_{_PREFIX.sub('', name)}"


def _remove_redrawn(path: Path, parts: Parts, sheet: str) -> None:
    """Take out what openpyxl has drawn of it."""
    part = _drawing_of(path, parts, sheet)
    if part is None:
        return
    for one in _closure(path, parts, part)[1:]:
        owners = [
            name for name in parts if name.endswith(".rels") and f"/{posixpath.basename(one)}".encode() in parts[name]
        ]
        if len(owners) == 1:  # pictures may be shared between sheets
            _forget(path, parts, one)
    parts.pop(relations_part(part), None)
    drop_part(path, parts, sheet, part)


def _forget(path: Path, parts: Parts, part: str) -> None:
    parts.pop(part, None)
    parts.pop(relations_part(part), None)
    types = read_xml(path, parts, CONTENT_TYPES)
    for entry in [entry for entry in types if entry.get("PartName") == f"/{part}"]:
        types.remove(entry)
    parts[CONTENT_TYPES] = write_xml(types)


def _copy(path: Path, old: Parts, new: Parts, renamed: Mapping[str, str]) -> None:
    """Copy parts under their new names, with relations and content types."""
    known = read_xml(path, old, CONTENT_TYPES)
    overrides = {entry.get("PartName"): entry.get("ContentType") for entry in known if entry.get("PartName")}
    defaults = {str(e.get("Extension")).lower(): e.get("ContentType") for e in known if e.get("Extension")}
    types = read_xml(path, new, CONTENT_TYPES)
    for part, name in renamed.items():
        new[name] = old[part]
        extension = part.rpartition(".")[2].lower()
        content_type = overrides.get(f"/{part}") or defaults.get(extension)
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=str(content_type))
        relations = relations_part(part)
        if relations in old:
            new[relations_part(name)] = _redirected(path, old, part, renamed)
    new[CONTENT_TYPES] = write_xml(types)


def _redirected(path: Path, old: Parts, part: str, renamed: Mapping[str, str]) -> bytes:
    root = read_xml(path, old, relations_part(part))
    targets = related_parts(path, old, part)
    for relation in root.iter(f"{{{RELATIONS}}}Relationship"):
        target = targets[str(relation.get("Id"))][1]
        if relation.get("TargetMode") != "External" and target in renamed:
            relation.set("Target", f"/{renamed[target]}")
    return write_xml(root)


def _attach(path: Path, parts: Parts, sheet: str, drawing: str) -> None:
    """Relate a sheet to its drawing and name it in the sheet's part."""
    relations = relations_part(sheet)
    root = read_xml(path, parts, relations) if relations in parts else etree.Element(f"{{{RELATIONS}}}Relationships")
    element = etree.SubElement(root, f"{{{RELATIONS}}}Relationship")
    element.set("Id", "rIdDrawing")
    element.set("Type", f"{OFFICE}/drawing")
    element.set("Target", f"/{drawing}")
    parts[relations] = write_xml(root)
    worksheet = read_xml(path, parts, sheet)
    for old in worksheet.findall(f"{{{MAIN}}}drawing"):
        worksheet.remove(old)
    place = next((i for i, child in enumerate(worksheet) if child.tag in _AFTER), len(worksheet))
    mark = etree.Element(f"{{{MAIN}}}drawing")
    mark.set(f"{{{OFFICE}}}id", "rIdDrawing")
    worksheet.insert(place, mark)
    parts[sheet] = write_xml(worksheet)
