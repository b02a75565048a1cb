"""Widths, styles and outlines of columns, changed column by column though the file writes them in groups."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from lowcarbon_xl.hosts.embedded.engine.graft.package import insert_in_order
from lowcarbon_xl.hosts.embedded.engine.graft.schema import WORKSHEET
from lowcarbon_xl.hosts.embedded.engine.graft.state import PLAIN, Column, SheetState
from lowcarbon_xl.hosts.embedded.engine.graft.styles import Styles
from lowcarbon_xl.hosts.embedded.parts import MAIN

_COLUMNS = f"{{{MAIN}}}cols"


def graft_columns(root: etree._Element, before: SheetState, after: SheetState, styles: Styles) -> None:
    """Put changed columns into a worksheet."""
    old, new = _by_width(before.columns), _by_width(after.columns)
    if old == new:
        return
    known = root.find(_COLUMNS)
    elements = [] if known is None else list(known)
    spans = [(int(e.get("min", "0")), int(e.get("max", "0"))) for e in elements]
    merged: list[tuple[int, int, dict[str, str]]] = []
    source: tuple[object, object] = (None, None)
    edges = _edges([*spans, *((c.first, c.last) for c in (*old, *new))])
    for first, following in itertools.pairwise(edges):
        mine = next((e for e, (a, b) in zip(elements, spans, strict=True) if a <= first <= b), None)
        group = _at(new, first)
        attributes = _merged(mine, _at(old, first), group, styles)
        if not attributes:
            continue
        together = source == (mine, group) and merged and merged[-1][1] == first - 1 and merged[-1][2] == attributes
        start = merged.pop()[0] if together else first
        merged.append((start, following - 1, attributes))
        source = (mine, group)
    if known is not None:
        root.remove(known)
    if merged:
        insert_in_order(root, _written(merged), WORKSHEET)


def _by_width(columns: Iterable[Column]) -> list[Column]:
    """Narrow groups first: openpyxl lets a single column stand inside of a group, and the column is what counts."""
    return sorted(columns, key=lambda column: (column.last - column.first, column.first))


def _edges(spans: Iterable[tuple[int, int]]) -> list[int]:
    return sorted({edge for first, last in spans for edge in (first, last + 1)})


def _at(columns: Sequence[Column], number: int) -> Column | None:
    return next((column for column in columns if column.first <= number <= column.last), None)


def _merged(mine: etree._Element | None, old: Column | None, new: Column | None, styles: Styles) -> dict[str, str]:
    """The attributes of some columns: the file's, with what changed."""
    before = old.attributes if old is not None else {}
    after = new.attributes if new is not None else {}
    known = {} if mine is None else {str(name): str(text) for name, text in mine.attrib.items()}
    merged = {name: text for name, text in known.items() if name not in {"min", "max"}}
    for name in before.keys() | after.keys():
        if before.get(name) == after.get(name):
            continue
        if name in after:
            merged[name] = after[name]
        else:
            merged.pop(name, None)
    style_before = old.style if old is not None else PLAIN
    style_after = new.style if new is not None else PLAIN
    if style_before != style_after:
        merged["style"] = str(styles.number(style_after))
        if merged["style"] == "0":
            del merged["style"]
    return merged


def _written(merged: Iterable[tuple[int, int, Mapping[str, str]]]) -> etree._Element:
    columns = etree.Element(_COLUMNS)
    for first, last, attributes in merged:
        column = etree.SubElement(columns, f"{{{MAIN}}}col", min=str(first), max=str(last))
        for name, text in sorted(attributes.items()):
            column.set(name, text)
    return columns
