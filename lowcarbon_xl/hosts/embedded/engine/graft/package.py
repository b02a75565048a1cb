"""A package being changed: parts come and go together with their relations and content types."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

from lxml import etree

from lowcarbon_xl.hosts.embedded.files import Parts
from lowcarbon_xl.hosts.embedded.metadata import CONTENT_TYPES
from lowcarbon_xl.hosts.embedded.parts import OFFICE, RELATIONS, main_part, read_xml, relations_part, write_xml

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


class Package:
    """The parts of a workbook's file, to be changed.

    Parameters
    ----------
    path : Path
        For messages.
    parts : dict
        The package as it was read; it is copied.
    """

    def __init__(self, path: Path, parts: Parts) -> None:
        self.path = path
        self.parts = dict(parts)
        self.main = main_part(path, parts)
        self._lists: dict[str, etree._Element] = {}
        self._changed: set[str] = set()

    def xml(self, part: str) -> etree._Element:
        """The root of a part."""
        return read_xml(self.path, self.parts, part)

    def put(self, part: str, root: etree._Element) -> None:
        """Write a part."""
        self.parts[part] = write_xml(root)

    def relations(self, owner: str) -> dict[str, tuple[str, str]]:
        """Relations of a part by id: the last word of the type, and the target (a part, or an address outside)."""
        folder = posixpath.dirname(owner)
        found = {}
        for relation in self._relations(owner):
            target = str(relation.get("Target"))
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            found[str(relation.get("Id"))] = (str(relation.get("Type")).rsplit("/", 1)[-1], target)
        return found

    def related(self, owner: str, kind: str) -> list[str]:
        """The parts that a part has relations of one kind with."""
        return [part for known, part in self.relations(owner).values() if known == kind and part in self.parts]

    def closure(self, part: str) -> tuple[str, ...]:
        """A part and all that it leads to."""
        found = [part]
        for one in found:
            found += [t for _, t in self.relations(one).values() if t in self.parts and t not in found]
        return tuple(found)

    def relate(self, owner: str, kind: str, target: str, *, external: bool = False) -> str:
        """Relate a part to another one, or to an address outside; returns the relation's id."""
        root = self._relations(owner)
        known = {relation.get("Id") for relation in root}
        number = next(f"rId{n}" for n in range(1, len(known) + 2) if f"rId{n}" not in known)
        relation = etree.SubElement(root, f"{{{RELATIONS}}}Relationship")
        relation.set("Id", number)
        relation.set("Type", f"{OFFICE}/{kind}")
        folder = posixpath.dirname(owner) or "."
        relation.set("Target", target if external else posixpath.relpath(target, folder))
        if external:
            relation.set("TargetMode", "External")
        self._changed.add(relations_part(owner))
        return number

    def unrelate(self, owner: str, number: str) -> None:
        """Take a relation away, and the parts that nothing leads to any more."""
        target = self.relations(owner).get(number, ("", ""))[1]
        root = self._relations(owner)
        for relation in [entry for entry in root if entry.get("Id") == number]:
            root.remove(relation)
        self._changed.add(relations_part(owner))
        if target in self.parts:
            lonely = set(self.closure(target)) - self._reached()
            for part in sorted(lonely):
                self.drop(part)

    def drop(self, part: str) -> None:
        """Take a part out, with its own relations and its content type."""
        self.parts.pop(part, None)
        self.parts.pop(relations_part(part), None)
        self._lists.pop(relations_part(part), None)
        self._changed.discard(relations_part(part))
        types = self._types()
        for entry in [entry for entry in types if entry.get("PartName") == f"/{part}"]:
            types.remove(entry)
            self._changed.add(CONTENT_TYPES)

    def add(self, part: str, content: bytes, content_type: str) -> None:
        """Add a part."""
        self.parts[part] = content
        types = self._types()
        if not any(entry.get("PartName") == f"/{part}" for entry in types):
            etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=content_type)
            self._changed.add(CONTENT_TYPES)

    def free(self, template: str) -> tuple[str, int]:
        """The first part name of a numbered row that the package does not have, and its number."""
        folded = {part.casefold() for part in self.parts}
        number = 1
        while template.format(number).casefold() in folded:
            number += 1
        return template.format(number), number

    def finish(self) -> Parts:
        """The parts, with the lists of relations and content types brought up to date.

        The lists are sorted, so that taking a part out and adding it again gives the same file.
        """
        for name in sorted(self._changed):
            root = self._lists[name]
            root[:] = sorted(root, key=_list_order)
            if len(root):
                self.parts[name] = write_xml(root)
            else:
                self.parts.pop(name, None)
        self._changed.clear()
        return self.parts

    def _relations(self, owner: str) -> etree._Element:
        name = relations_part(owner)
        if name not in self._lists:
            known = name in self.parts
            self._lists[name] = self.xml(name) if known else etree.fromstring(f'<Relationships xmlns="{RELATIONS}"/>')
        return self._lists[name]

    def _types(self) -> etree._Element:
        if CONTENT_TYPES not in self._lists:
            self._lists[CONTENT_TYPES] = self.xml(CONTENT_TYPES)
        return self._lists[CONTENT_TYPES]

    def _reached(self) -> frozenset[str]:
        """All parts that the package's own relations lead to."""
        tops = [target for _, target in self.relations("").values() if target in self.parts]
        return frozenset(part for top in tops for part in self.closure(top))


def _list_order(entry: etree._Element) -> tuple[int, str, int, str]:
    """Extensions before parts, parts by their name, relations by their number."""
    name = str(entry.get("PartName") or entry.get("Extension") or entry.get("Id"))
    number = re.search(r"\d+$", name)
    stem = name[: number.start()] if number else name
    return int(entry.get("PartName") is not None), stem, int(number[0]) if number else 0, name


def insert_in_order(root: etree._Element, child: etree._Element, order: Iterable[str]) -> None:
    """Put a child where a schema's sequence wants it, after those of its own kind.

    An alternative of the markup-compatibility kind stands where what it holds would stand.
    """
    ranks = {name: rank for rank, name in enumerate(order)}
    own = ranks[etree.QName(child).localname]
    place = len(root)
    for position, other in enumerate(root):
        if _rank(other, ranks) > own:
            place = position
            break
    root.insert(place, child)


def _rank(element: etree._Element, ranks: dict[str, int]) -> int:
    names = (etree.QName(one).localname for one in element.iter() if isinstance(one.tag, str))
    return next((ranks[name] for name in names if name in ranks), len(ranks))
