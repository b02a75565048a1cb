"""The workbook's part: the list of sheets, their order and names, defined names, views, protection."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree
from openpyxl.packaging.workbook import WorkbookPackage
from openpyxl.xml.functions import tostring

from lowcarbon_xl.hosts.embedded.engine.graft.merge import merge_element, same
from lowcarbon_xl.hosts.embedded.engine.graft.names import NameState, graft_names, read_names
from lowcarbon_xl.hosts.embedded.engine.graft.package import Package, insert_in_order
from lowcarbon_xl.hosts.embedded.engine.graft.schema import WORKBOOK
from lowcarbon_xl.hosts.embedded.engine.graft.styles import adopt
from lowcarbon_xl.hosts.embedded.files import unreadable_part
from lowcarbon_xl.hosts.embedded.parts import MAIN, OFFICE, drop_attributes

_SHEETS = f"{{{MAIN}}}sheets"
_SHEET = f"{{{MAIN}}}sheet"
_VIEW = f"{{{MAIN}}}bookViews/{{{MAIN}}}workbookView"
_ID = f"{{{OFFICE}}}id"


@dataclass(frozen=True, slots=True)
class BookState:
    """What openpyxl knows of a workbook besides its sheets.

    Parameters
    ----------
    names : mapping
    active : object
        The sheet that is shown when the file opens.
    settings : bytes
        Views, protection and calculation as openpyxl writes them.
    properties : bytes
        Author, title and the like, but for the time of saving.
    """

    names: NameState
    active: Any
    settings: bytes
    properties: bytes


def read_book(workbook: Any) -> BookState:
    """What openpyxl knows of a workbook now."""
    package = WorkbookPackage(
        workbookProtection=workbook.security, calcPr=workbook.calculation, bookViews=workbook.views
    )
    settings = etree.tostring(adopt(package.to_tree()))
    return BookState(read_names(workbook), shown_sheet(workbook), settings, _properties(workbook))


def _properties(workbook: Any) -> bytes:
    tree = etree.fromstring(tostring(workbook.properties.to_tree()))
    for child in [child for child in tree if etree.QName(child).localname == "modified"]:
        tree.remove(child)
    return etree.tostring(tree)


def graft_book(
    package: Package, workbook: Any, known: Mapping[str, Any], added: Mapping[str, Any], before: BookState
) -> None:
    """Bring the workbook's part up to date.

    Parameters
    ----------
    package : Package
    workbook : openpyxl.Workbook
        As it is now.
    known, added : mapping
        openpyxl's sheets by the id of their relation: those of the file, and new ones.
    before : BookState
        When it was read.
    """
    root = package.xml(package.main)
    original = etree.tostring(root)
    listed = root.find(_SHEETS)
    if listed is None:
        raise unreadable_part(package.path, package.main, "no list of sheets")
    old = [known.get(str(entry.get(_ID)), entry) for entry in listed]
    entries = _entries(listed, known, added, workbook)
    new = _order(old, workbook._sheets)
    listed[:] = [entries[id(sheet)] for sheet in new]
    after = read_book(workbook)
    graft_names(root, before.names, after.names, old, new)
    _graft_settings(root, before, after)
    _show(root, old, new, before.active, after.active)
    if etree.tostring(root) != original:
        package.put(package.main, root)
    for part in package.related("", "core-properties") if before.properties != after.properties else ():
        package.put(part, etree.fromstring(after.properties))


def _entries(
    listed: etree._Element, known: Mapping[str, Any], added: Mapping[str, Any], workbook: Any
) -> dict[int, etree._Element]:
    """The entry of every sheet, by the identity of openpyxl's object (of the entry, where openpyxl knows no sheet)."""
    kept = {id(sheet) for sheet in workbook._sheets}
    entries = {id(known.get(str(entry.get(_ID)), entry)): entry for entry in listed}
    entries = {number: entry for number, entry in entries.items() if number in kept or entry.get(_ID) not in known}
    last = max((int(entry.get("sheetId", "0")) for entry in entries.values()), default=0)
    for number, sheet in added.items():
        last += 1
        entry = etree.Element(_SHEET, name=sheet.title, sheetId=str(last))
        entry.set(_ID, number)
        entries[id(sheet)] = entry
    for sheet in workbook._sheets:
        entry = entries[id(sheet)]
        if entry.get("name") != sheet.title:
            entry.set("name", sheet.title)
        if entry.get("state", "visible") != sheet.sheet_state:
            entry.set("state", sheet.sheet_state)
            if sheet.sheet_state == "visible":
                drop_attributes(entry, "state")
    return entries


def _order(old: Sequence[Any], sheets: Sequence[Any]) -> list[Any]:
    """The sheets as they stand now; one that openpyxl does not know stays behind the sheet that it stood behind."""
    new = list(sheets)
    for position, sheet in enumerate(old):
        if isinstance(sheet, etree._Element):
            before = next((other for other in reversed(old[:position]) if other in new), None)
            new.insert(0 if before is None else new.index(before) + 1, sheet)
    return new


def _graft_settings(root: etree._Element, before: BookState, after: BookState) -> None:
    if before.settings == after.settings:
        return
    old, new = etree.fromstring(before.settings), etree.fromstring(after.settings)
    for tag in dict.fromkeys(str(child.tag) for child in (*old, *new)):
        mine, one, other = root.find(tag), old.find(tag), new.find(tag)
        if same(one, other):
            continue
        if mine is not None and one is not None and other is not None:
            merge_element(mine, one, other)
            continue
        if mine is not None:
            root.remove(mine)
        if other is not None:
            insert_in_order(root, copy.deepcopy(other), WORKBOOK)


def _show(root: etree._Element, old: Sequence[Any], new: Sequence[Any], before: Any, after: Any) -> None:
    """Let the file open on the sheet that is shown."""
    view = root.find(_VIEW)
    if view is not None and int(view.get("firstSheet", "0")) >= len(new):
        drop_attributes(view, "firstSheet")
    if after is None or (before is after and list(old) == list(new)):
        return
    if view is None:
        views = etree.Element(f"{{{MAIN}}}bookViews")
        insert_in_order(root, views, WORKBOOK)
        view = etree.SubElement(views, f"{{{MAIN}}}workbookView")
    if int(view.get("activeTab", "0")) != new.index(after):
        view.set("activeTab", str(new.index(after)))


def shown_sheet(workbook: Any) -> Any:
    """The active sheet, or the next one that is visible."""
    sheets, active = workbook._sheets, workbook.active
    first = sheets.index(active) if active in sheets else 0
    return next((sheet for sheet in (*sheets[first:], *sheets[:first]) if sheet.sheet_state == "visible"), None)
