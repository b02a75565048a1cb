"""The file as it was read: its parts, and what openpyxl made of them before any macro ran."""

from __future__ import annotations

import io
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from lowcarbon_xl.hosts.embedded.engine.graft.book import BookState, read_book
from lowcarbon_xl.hosts.embedded.engine.graft.state import EMPTY, SheetState, read_state
from lowcarbon_xl.hosts.embedded.engine.graft.styles import StyleOrigin, read_styles
from lowcarbon_xl.hosts.embedded.files import Parts
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


@dataclass(frozen=True, slots=True)
class OriginSheet:
    """A sheet of the file.

    Parameters
    ----------
    sheet : object
        openpyxl's worksheet or chart sheet, by identity.
    name : str
        Its name in the file.
    relation : str
        The id of the workbook's relation to its part.
    part : str
    state : SheetState
        Empty for a chart sheet, which macros do not change.
    """

    sheet: Any
    name: str
    relation: str
    part: str
    state: SheetState


@dataclass(frozen=True, slots=True)
class Origin:
    """A workbook's file, and what openpyxl read of it."""

    path: Path
    parts: Parts
    sheets: tuple[OriginSheet, ...]
    book: BookState
    styles: StyleOrigin


def load(path: Path, parts: Parts) -> tuple[Workbook, Origin]:
    """Let openpyxl read a package, and remember what it read.

    Pivot tables and links to other workbooks stay out of its sight: they survive in the package, and reading them
    costs time and may fail.
    """
    with warnings.catch_warnings():
        # what openpyxl says that it will drop is carried over
        warnings.filterwarnings("ignore", module=r"openpyxl\.")
        workbook = openpyxl.load_workbook(_source(path, parts), keep_links=False)
    styles = read_styles(workbook)
    return workbook, Origin(path, parts, tuple(_sheets(path, parts, workbook)), read_book(workbook), styles)


def _sheets(path: Path, parts: Parts, workbook: Workbook) -> list[OriginSheet]:
    main = main_part(path, parts)
    targets = related_parts(path, parts, main)
    by_name: dict[str, Any] = {sheet.title: sheet for sheet in workbook._sheets}  # type: ignore[attr-defined]  # stubs
    worksheets = {id(sheet) for sheet in workbook.worksheets}
    found = []
    for entry in read_xml(path, parts, main).iter(f"{{{MAIN}}}sheet"):
        name, relation = str(entry.get("name")), str(entry.get(f"{{{OFFICE}}}id"))
        sheet = by_name.get(name)
        if sheet is not None and relation in targets:
            state = read_state(sheet) if id(sheet) in worksheets else EMPTY
            found.append(OriginSheet(sheet, name, relation, targets[relation][1], state))
    return found


def _source(path: Path, parts: Parts) -> Path | io.BytesIO:
    """What openpyxl reads: the file, or a copy in memory that does not show its pivot tables."""
    hidden = dict(_without_pivots(path, parts))
    if not hidden:
        return path
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in (parts | hidden).items():
            archive.writestr(name, content)
    stream.seek(0)
    return stream


def _without_pivots(path: Path, parts: Parts) -> Parts:
    """The parts that lead to pivot tables, without those leads."""
    changed: Parts = {}
    main = main_part(path, parts)
    book = read_xml(path, parts, main)
    caches = book.find(f"{{{MAIN}}}pivotCaches")
    if caches is not None:
        book.remove(caches)
        changed[main] = write_xml(book)
    for kind, sheet in related_parts(path, parts, main).values():
        name = relations_part(sheet)
        if kind != "worksheet" or b"/pivotTable" not in parts.get(name, b""):
            continue
        relations = read_xml(path, parts, name)
        for relation in list(relations.iter(f"{{{RELATIONS}}}Relationship")):
            if str(relation.get("Type")).endswith("/pivotTable"):
                relations.remove(relation)
        changed[name] = write_xml(relations)
    return changed
