"""What stands around a worksheet's cells: views, protection, filters, merged cells, validations, conditional formats."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from lowcarbon_xl.hosts.embedded.engine.graft.merge import merge_element, same
from lowcarbon_xl.hosts.embedded.engine.graft.package import insert_in_order
from lowcarbon_xl.hosts.embedded.engine.graft.schema import WORKSHEET
from lowcarbon_xl.hosts.embedded.engine.graft.state import SheetState
from lowcarbon_xl.hosts.embedded.engine.graft.styles import Styles
from lowcarbon_xl.hosts.embedded.parts import MAIN, drop_attributes

_FORMAT = f"{{{MAIN}}}conditionalFormatting"
_LISTS = {f"{{{MAIN}}}mergeCells": "ref", f"{{{MAIN}}}dataValidations": "sqref"}
"""Lists whose items are told apart by where they stand."""


def graft_frame(root: etree._Element, before: SheetState, after: SheetState, styles: Styles) -> None:
    """Put what changed around the cells into a worksheet."""
    if before.frame == after.frame:
        return
    old, new = etree.fromstring(before.frame), etree.fromstring(after.frame)
    tags = dict.fromkeys(str(child.tag) for child in (*old, *new))
    for tag in tags:
        if tag == _FORMAT:
            _graft_formats(root, old, new, styles)
            continue
        mine, one, other = root.find(tag), old.find(tag), new.find(tag)
        if same(one, other):
            continue
        if tag in _LISTS:
            _graft_list(root, tag, one, other)
        elif other is None:
            _remove(root, mine)
        elif mine is None or one is None:
            _remove(root, mine)
            insert_in_order(root, copy.deepcopy(other), WORKSHEET)
        else:
            merge_element(mine, one, other)


def _remove(root: etree._Element, child: etree._Element | None) -> None:
    if child is not None:
        root.remove(child)


def _graft_list(root: etree._Element, tag: str, before: etree._Element | None, after: etree._Element | None) -> None:
    """Take items out of a list and add others."""
    removed, added = _difference([] if before is None else list(before), [] if after is None else list(after))
    mine = root.find(tag)
    if mine is None:
        mine = etree.Element(tag)
        insert_in_order(root, mine, WORKSHEET)
    where = _LISTS[tag]
    for item in removed:
        found = next((own for own in mine if _cells(own.get(where)) == _cells(item.get(where))), None)
        _remove(mine, found)
    for item in added:
        mine.append(copy.deepcopy(item))
    if len(mine):
        mine.set("count", str(len(mine)))
    else:
        root.remove(mine)


def _difference(
    before: list[etree._Element], after: list[etree._Element]
) -> tuple[list[etree._Element], list[etree._Element]]:
    """The elements that went and those that came."""
    old, new = Counter(map(_text, before)), Counter(map(_text, after))
    return list(_surplus(before, old - new)), list(_surplus(after, new - old))


def _surplus(elements: list[etree._Element], counted: Counter[bytes]) -> Iterator[etree._Element]:
    for element in reversed(elements):  # the last of equal ones is the one that came
        text = _text(element)
        if counted[text]:
            counted[text] -= 1
            yield element


def _text(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n")


def _cells(reference: str | None) -> frozenset[str]:
    areas = (area.partition(":") for area in (reference or "").replace("$", "").split())
    return frozenset(first if last in {"", first} else f"{first}:{last}" for first, _, last in areas)


def _graft_formats(root: etree._Element, before: etree._Element, after: etree._Element, styles: Styles) -> None:
    """Rules come and go one by one, for openpyxl gathers all that share their cells."""
    old, new = _rules(before), _rules(after)
    for cells in dict.fromkeys((*old, *new)):
        removed, added = _difference(old.get(cells, []), new.get(cells, []))
        mine = {_identity(rule): rule for rule in _rules(root).get(cells, [])}
        for rule in (mine[_identity(rule)] for rule in removed if _identity(rule) in mine):
            _remove_rule(root, rule)
        for rule in reversed(added):
            _add_rule(root, rule, styles)


def _identity(rule: etree._Element) -> tuple[str | None, str | None]:
    """By what a rule is known in the file and by openpyxl: its kind, and its rank among all rules of the sheet."""
    return rule.get("type"), rule.get("priority")


def _remove_rule(root: etree._Element, rule: etree._Element) -> None:
    holder = rule.getparent()
    if holder is None:
        return
    holder.remove(rule)
    if not any(etree.QName(child).localname == "cfRule" for child in holder):
        root.remove(holder)


def _rules(root: etree._Element) -> dict[frozenset[str], list[etree._Element]]:
    found: dict[frozenset[str], list[etree._Element]] = {}
    for holder in root.iterchildren(_FORMAT):
        found.setdefault(_cells(holder.get("sqref")), []).extend(holder.iterchildren(f"{{{MAIN}}}cfRule"))
    return found


def _add_rule(root: etree._Element, rule: etree._Element, styles: Styles) -> None:
    parent = rule.getparent()
    holder = etree.Element(_FORMAT)
    holder.set("sqref", str(parent.get("sqref")) if parent is not None else "")
    made = copy.deepcopy(rule)
    number = made.get("dxfId")
    drop_attributes(made, "dxfId")
    if number is not None:
        made.set("dxfId", str(styles.dxf(int(number))))
    holder.append(made)
    insert_in_order(root, holder, WORKSHEET)
