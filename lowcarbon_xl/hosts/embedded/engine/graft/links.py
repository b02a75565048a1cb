"""Hyperlinks that a macro set or took away."""

from __future__ import annotations

import copy

from lxml import etree

from lowcarbon_xl.cells import column_letters
from lowcarbon_xl.hosts.embedded.engine.graft.package import Package, insert_in_order
from lowcarbon_xl.hosts.embedded.engine.graft.schema import WORKSHEET
from lowcarbon_xl.hosts.embedded.engine.graft.state import Key, Link, SheetState
from lowcarbon_xl.hosts.embedded.parts import MAIN, OFFICE
from lowcarbon_xl.hosts.embedded.places import Place, parse_reference

_LINKS = f"{{{MAIN}}}hyperlinks"
_LINK = f"{{{MAIN}}}hyperlink"
_ID = f"{{{OFFICE}}}id"


def address(key: Key) -> str:
    """``B7`` for (7, 2)."""
    return f"{column_letters(key[1])}{key[0]}"


def graft_links(package: Package, part: str, root: etree._Element, before: SheetState, after: SheetState) -> None:
    """Put changed hyperlinks into a worksheet and its relations."""
    keys = before.links.keys() | after.links.keys()
    changed = sorted(key for key in keys if before.links.get(key) != after.links.get(key))
    if not changed:
        return
    holder = root.find(_LINKS)
    if holder is None:
        holder = etree.Element(_LINKS)
        insert_in_order(root, holder, WORKSHEET)
    for key in changed:
        _unlink(package, part, holder, key)
        if key in after.links:
            holder.append(_made(package, part, key, after.links[key]))
    if not len(holder):
        root.remove(holder)


def _unlink(package: Package, part: str, holder: etree._Element, key: Key) -> None:
    """Take the link of one cell away; a link of several cells stays on the others."""
    for link in list(holder):
        area = parse_reference(str(link.get("ref")), "", lambda name: name)
        if area is None or not area.contains(Place("", *key)):
            continue
        others = [
            (row, column)
            for row in range(area.row, area.last_row + 1)
            for column in range(area.column, area.last_column + 1)
            if (row, column) != key
        ]
        for other in others:
            single = copy.deepcopy(link)
            single.set("ref", address(other))
            link.addprevious(single)
        holder.remove(link)
        number = link.get(_ID)
        if number is not None and not any(kept.get(_ID) == number for kept in holder):
            package.unrelate(part, number)


def _made(package: Package, part: str, key: Key, link: Link) -> etree._Element:
    element = etree.Element(_LINK, ref=address(key))
    if link.target:
        element.set(_ID, package.relate(part, "hyperlink", link.target, external=True))
    for name in ("location", "tooltip", "display"):
        text = getattr(link, name)
        if text is not None:
            element.set(name, str(text))
    return element
