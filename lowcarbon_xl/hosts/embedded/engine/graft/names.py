"""Defined names of a workbook, brought up to date one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree
from openpyxl.utils import absolute_coordinate, quote_sheetname

from lowcarbon_xl.hosts.embedded.engine.graft.package import insert_in_order
from lowcarbon_xl.hosts.embedded.engine.graft.schema import WORKBOOK
from lowcarbon_xl.hosts.embedded.parts import MAIN

_NAMES = f"{{{MAIN}}}definedNames"
_NAME = f"{{{MAIN}}}definedName"


@dataclass(frozen=True, slots=True)
class NameKey:
    """A name and the sheet that it belongs to (openpyxl's object, by identity), None for the workbook."""

    owner: Any
    name: str


NameState = Mapping[NameKey, tuple[str, tuple[tuple[str, str], ...]]]
"""What names stand for, and their attributes."""


def read_names(workbook: Any) -> NameState:
    """The names that openpyxl would write."""
    found: dict[NameKey, tuple[str, tuple[tuple[str, str], ...]]] = {}
    for owner in (None, *workbook.worksheets):
        names = workbook.defined_names if owner is None else owner.defined_names
        for name in names.values():
            attributes = dict(name)
            attributes.pop("localSheetId", None)
            found[NameKey(owner, attributes.pop("name"))] = (str(name.attr_text), tuple(sorted(attributes.items())))
    for worksheet in workbook.worksheets:
        for name, text in _reserved(worksheet).items():
            hidden = (("hidden", "1"),) if name == "_xlnm._FilterDatabase" else ()
            found[NameKey(worksheet, name)] = (text, hidden)
    return found


def _reserved(worksheet: Any) -> dict[str, str]:
    """The names that stand for a sheet's filter, its print area and its repeated rows and columns."""
    filtered = worksheet.auto_filter.ref
    texts = {
        "_xlnm._FilterDatabase": f"{quote_sheetname(worksheet.title)}!{absolute_coordinate(filtered)}"
        if filtered
        else "",
        "_xlnm.Print_Titles": worksheet.print_titles,
        "_xlnm.Print_Area": worksheet.print_area,
    }
    return {name: str(text) for name, text in texts.items() if text}


def graft_names(
    root: etree._Element, before: NameState, after: NameState, old: Sequence[Any], new: Sequence[Any]
) -> None:
    """Put changed names into the workbook's part.

    Parameters
    ----------
    root : Element
        The workbook's part; changed in place.
    before, after : mapping
    old, new : sequence
        The sheets, each known by an object of its own, in the order of the tabs: in the file, and now.
    """
    known = root.find(_NAMES)
    holder = known if known is not None else etree.Element(_NAMES)
    mine: dict[NameKey, etree._Element] = {}
    held = len(holder)
    for element in list(holder.iterchildren(_NAME)):
        scope = element.get("localSheetId")
        owner = old[int(scope)] if scope is not None and int(scope) < len(old) else None
        if scope is not None and owner not in new:
            holder.remove(element)
            continue
        if owner is not None:
            element.set("localSheetId", str(new.index(owner)))
        mine[NameKey(owner, str(element.get("name")))] = element
    for key in before.keys() - after.keys():
        if key in mine:
            holder.remove(mine[key])
    for key, (text, attributes) in after.items():
        if before.get(key) == (text, attributes):
            continue
        if key not in mine:
            mine[key] = etree.SubElement(holder, _NAME, name=key.name)
        _write(mine[key], text, attributes, None if key.owner is None else new.index(key.owner))
    if known is None and len(holder):
        insert_in_order(root, holder, WORKBOOK)
    elif known is not None and held and not len(holder):
        root.remove(holder)


def _write(element: etree._Element, text: str, attributes: Sequence[tuple[str, str]], scope: int | None) -> None:
    element.text = text
    for name, value in attributes:
        element.set(name, value)
    if scope is not None:
        element.set("localSheetId", str(scope))
