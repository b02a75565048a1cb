"""Which formulas another formula needs, read from the texts alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lowcarbon_xl.hosts.embedded.formulas import Locator, Node, function_names, parse_formula, references, walk
from lowcarbon_xl.hosts.embedded.places import Area, Place
from lowcarbon_xl.hosts.embedded.workbook import WorkbookContent


class Dependencies:
    """Reads precedents from formula texts.

    Parameters
    ----------
    content : WorkbookContent
    trees : mapping
        Syntax trees by cell.
    spilling : set of Place
        Cells whose formulas may fill more cells than their own.
    """

    def __init__(self, content: WorkbookContent, trees: Mapping[Place, Node], spilling: frozenset[Place]) -> None:
        self._content = content
        self._locator = Locator(content)
        self._trees = trees
        self._spilling = spilling

    def areas(self, tree: Node, place: Place) -> list[Area] | None:
        """The rectangles that a formula reads, or None when only evaluation can tell."""
        if _unforeseeable(tree):
            return None
        found: list[Area] = []
        for text in references(tree):
            area = self._locator.locate(text, place)
            if area is not None:
                found.append(area)
                continue
            inner = self._named(text, place)
            below = self.areas(inner, place) if inner is not None else []
            if below is None:
                return None
            found.extend(below)
        return found

    def _named(self, text: str, place: Place) -> Node | None:
        """The formula that a defined name stands for."""
        named = self._locator.named_text(text, place.sheet)
        return parse_formula(named) if named and named != text else None

    def direct(self, tree: Node, place: Place, *, spills: bool = True) -> set[Place] | None:
        """The formula cells that a formula reads, or None when only evaluation can tell.

        Cells whose spill might reach what is read count too, unless `spills` is False: their size is not known.
        """
        areas = self.areas(tree, place)
        if areas is None:
            return None
        return {cell for area in areas for cell in self._within(area, spills=spills)}

    def _within(self, area: Area, *, spills: bool) -> Iterator[Place]:
        sheet = self._content.sheets[area.sheet]
        rows, columns = area.shape
        if rows * columns < len(sheet.formulas):
            candidates = (
                Place(area.sheet, row, column)
                for row in range(area.row, area.last_row + 1)
                for column in range(area.column, area.last_column + 1)
            )
            yield from (cell for cell in candidates if cell in sheet.formulas)
        else:
            yield from (cell for cell in sheet.formulas if area.contains(cell))
        for cell in self._spilling if spills else ():
            if cell.sheet == area.sheet and cell.row <= area.last_row and cell.column <= area.last_column:
                yield cell

    def closure(self, tree: Node, place: Place) -> frozenset[Place] | None:
        """All formula cells that a formula needs, directly or not; None when only evaluation can tell."""
        needed: set[Place] = set()
        waiting: list[tuple[Node, Place]] = [(tree, place)]
        while waiting:
            direct = self.direct(*waiting.pop())
            if direct is None:
                return None
            for cell in direct - needed:
                needed.add(cell)
                if cell in self._trees:
                    waiting.append((self._trees[cell], cell))
        return frozenset(needed)

    def circle(self, place: Place, among: frozenset[Place]) -> list[Place]:
        """A shortest way from a cell back to itself through `among`; empty when there is none."""
        return self._circle(place, among, spills=False) or self._circle(place, among, spills=True)

    def _circle(self, place: Place, among: frozenset[Place], *, spills: bool) -> list[Place]:
        came_from: dict[Place, Place] = {}
        front = [place]
        while front:
            following: list[Place] = []
            for cell in front:
                direct = self.direct(self._trees[cell], cell, spills=spills) if cell in self._trees else None
                for before in sorted((direct or set()) & among):
                    if before == place:
                        return _way_back(came_from, place, cell)
                    if before not in came_from:
                        came_from[before] = cell
                        following.append(before)
            front = following
        return []


def _way_back(came_from: Mapping[Place, Place], place: Place, last: Place) -> list[Place]:
    way = [last]
    while way[-1] != place:
        way.append(came_from[way[-1]])
    return way[::-1]


def _unforeseeable(tree: Node) -> bool:
    """Whether a formula builds references while it is computed."""
    if {"INDIRECT", "OFFSET"} & set(function_names(tree)):
        return True
    return any(
        (node["node_type"] == "BinaryOp" and node["operator"] == ":")
        or (node["node_type"] == "UnaryOp" and node["operator"] == "#")
        or (node["node_type"] == "Function" and node["name"].upper().endswith("ANCHORARRAY"))
        for node in walk(tree)
    )
