"""A change between two moments, made to a third element that holds more than either."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping

from lxml import etree

from lowcarbon_xl.hosts.embedded.parts import drop_attributes


def same(one: etree._Element | None, other: etree._Element | None) -> bool:
    """Whether two elements say the same."""
    if one is None or other is None:
        return one is other
    return etree.tostring(one, method="c14n") == etree.tostring(other, method="c14n")


def merge_element(mine: etree._Element, before: etree._Element, after: etree._Element) -> None:
    """Make the change from `before` to `after` to an element of the file, and leave the rest of it alone.

    Children are matched by their tag and their number among those of the same tag, which is how openpyxl reads them.
    """
    if (before.text or "").strip() != (after.text or "").strip():
        mine.text = after.text
    merge_attributes(mine, _attributes(before), _attributes(after))
    ours, old, new = _numbered(mine), _numbered(before), _numbered(after)
    for key in old:
        if key not in new and key in ours:
            mine.remove(ours[key])
    previous: etree._Element | None = None
    for key, child in new.items():
        own = ours.get(key)
        if own is None and not same(old.get(key), child):
            own = copy.deepcopy(child)
            if previous is None:
                mine.insert(0, own)
            else:
                previous.addnext(own)
        elif own is not None and not same(old.get(key), child):
            if key in old:
                merge_element(own, old[key], child)
            else:
                mine.replace(own, copy.deepcopy(child))
        previous = own if own is not None else previous


def merge_attributes(element: etree._Element, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Give an element the attributes that differ between two moments; others stay."""
    for name in sorted(set(before) | set(after)):
        if before.get(name) == after.get(name):
            continue
        if name in after:
            element.set(name, str(after[name]))
        else:
            drop_attributes(element, name)


def _numbered(element: etree._Element) -> dict[tuple[str, int], etree._Element]:
    counted: dict[str, int] = defaultdict(int)
    found = {}
    for child in _elements(element):
        found[str(child.tag), counted[str(child.tag)]] = child
        counted[str(child.tag)] += 1
    return found


def _elements(element: etree._Element) -> Iterable[etree._Element]:
    return (child for child in element if isinstance(child.tag, str))


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}
