"""What a changed workbook cannot keep, said before it is saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.embedded.engine.graft.drawings import anchors_of, difference
from lowcarbon_xl.hosts.embedded.engine.graft.links import address
from lowcarbon_xl.hosts.embedded.engine.graft.origin import Origin, OriginSheet
from lowcarbon_xl.hosts.embedded.engine.graft.package import Package
from lowcarbon_xl.hosts.embedded.engine.graft.state import Key, SheetState
from lowcarbon_xl.hosts.embedded.parts import MAIN
from lowcarbon_xl.hosts.embedded.places import Area, Place, parse_reference

SIGNATURES = "_xmlsignatures/"
"""The folder of digital signatures."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that saving would lose or spoil.

    Parameters
    ----------
    name : Text
    parts : tuple of str
        The parts of the package that hold it.
    final : bool
        Whether even one who accepts the loss would get a damaged file.
    """

    name: Text
    parts: tuple[str, ...]
    final: bool = False


def losses(origin: Origin, workbook: Any, now: Mapping[int, SheetState]) -> list[Loss]:
    """What saving a workbook would lose.

    Parameters
    ----------
    origin : Origin
        The file, and what openpyxl read of it.
    workbook : openpyxl.Workbook
        As it is now.
    now : mapping
        What the worksheets of the file hold now, by the identity of openpyxl's object.
    """
    package = Package(origin.path, origin.parts)
    found = list(_signatures(package))
    for sheet in origin.sheets:
        after = now.get(id(sheet.sheet))
        if after is None or after == sheet.state:
            continue
        found += _written_over(package, sheet, after)
        found += _answered(package, sheet, after)
        found += _undrawn(package, sheet, after)
    titles = {str(sheet.title) for sheet in workbook._sheets}
    gone = [sheet for sheet in origin.sheets if not any(sheet.sheet is kept for kept in workbook._sheets)]
    if gone:
        found += _without_source(package, gone, titles)
        found += _sliced(package, gone)
    return found


def _signatures(package: Package) -> Iterator[Loss]:
    parts = tuple(sorted(part for part in package.parts if is_signature(part) and "/_rels/" not in part))
    if parts:
        yield Loss(Text("数字签名", "a digital signature"), parts)


def is_signature(part: str) -> bool:
    """Whether a part belongs to the digital signatures."""
    return part.startswith(SIGNATURES)


def _written_over(package: Package, sheet: OriginSheet, after: SheetState) -> Iterator[Loss]:
    """Cells that a refresh would overwrite, or that are not the sheet's own to change."""
    changed = sheet.state.changed_values(after)
    if not changed:
        return
    for part, area in _pivots(package, sheet.part):
        if (cell := _inside(area, changed)) is not None:
            yield Loss(_at("数据透视表", "pivot tables", sheet, cell), (part,))
    for part, area in _queries(package, sheet):
        if (cell := _inside(area, changed)) is not None:
            yield Loss(_at("数据连接和查询", "data connections and queries", sheet, cell), (part,))


def _at(zh: str, en: str, sheet: OriginSheet, cell: Key) -> Text:
    place = f"{sheet.name}!{address(cell)}"
    return Text(f"{zh}（改写了 {place}）", f"{en} (written over at {place})")


def _inside(area: Area | None, cells: list[Key]) -> Key | None:
    return next((cell for cell in cells if area is not None and area.contains(Place("", *cell))), None)


def _area(reference: str | None) -> Area | None:
    return parse_reference((reference or "").rpartition("!")[2], "", lambda name: name)


def _pivots(package: Package, sheet: str) -> Iterator[tuple[str, Area | None]]:
    for part in package.related(sheet, "pivotTable"):
        location = package.xml(part).find(f"{{{MAIN}}}location")
        yield part, _area(location.get("ref") if location is not None else None)


def _queries(package: Package, sheet: OriginSheet) -> Iterator[tuple[str, Area | None]]:
    """The areas of queries: of a table, or of a name of the sheet."""
    for table in package.related(sheet.part, "table"):
        for part in package.related(table, "queryTable"):
            yield part, _area(package.xml(table).get("ref"))
    for part in package.related(sheet.part, "queryTable"):
        name = str(package.xml(part).get("name"))
        known = sheet.sheet.defined_names.get(name) or sheet.sheet.defined_names.get(name.replace(" ", "_"))
        yield part, _area(str(known.attr_text)) if known is not None else None


def _answered(package: Package, sheet: OriginSheet, after: SheetState) -> Iterator[Loss]:
    """Notes that are the shadow of a conversation."""
    changed = {address(key): key for key in sheet.state.changed_notes(after)}
    for part in package.related(sheet.part, "threadedComment") if changed else ():
        cells = sorted({str(one.get("ref")) for one in package.xml(part)} & changed.keys())
        if cells:
            yield Loss(_at("批注会话", "threaded comments", sheet, changed[cells[0]]), (part,))


def _undrawn(package: Package, sheet: OriginSheet, after: SheetState) -> Iterator[Loss]:
    """Charts and pictures that a macro took away but that cannot be found in the drawing."""
    removed, _ = difference(sheet.state, after)
    for part in package.related(sheet.part, "drawing") if removed else ():
        if len(anchors_of(package.xml(part), removed)) < len(removed):
            yield Loss(Text("图表和图片", "charts and pictures"), (part,), final=True)


def _without_source(package: Package, gone: list[OriginSheet], titles: set[str]) -> Iterator[Loss]:
    """Pivot tables on other sheets whose data went."""
    names = {sheet.name for sheet in gone} - titles
    tables = {
        str(package.xml(part).get("displayName")): sheet.name
        for sheet in gone
        for part in package.related(sheet.part, "table")
    }
    removed = {part for sheet in gone for part in package.related(sheet.part, "pivotTable")}
    for cache in package.related(package.main, "pivotCacheDefinition"):
        source = package.xml(cache).find(f"{{{MAIN}}}cacheSource/{{{MAIN}}}worksheetSource")
        if source is None or not _users(package, cache) - removed:
            continue
        sheet = source.get("sheet") if source.get("sheet") in names else tables.get(str(source.get("name")))
        if sheet is not None:
            name = Text(
                f"数据透视表（来源工作表“{sheet}”被删除）",
                f"pivot tables (their source, the sheet {sheet}, is removed)",
            )
            yield Loss(name, (cache,))


def _users(package: Package, cache: str) -> set[str]:
    """The pivot tables that show a cache."""
    sheets = package.related(package.main, "worksheet")
    pivots = (part for sheet in sheets for part in package.related(sheet, "pivotTable"))
    return {part for part in pivots if cache in package.related(part, "pivotCacheDefinition")}


def _sliced(package: Package, gone: list[OriginSheet]) -> Iterator[Loss]:
    """Slicers and timelines of pivot tables and tables on a removed sheet; without these Excel repairs the file."""
    entries = package.xml(package.main).iter(f"{{{MAIN}}}sheet")
    numbers = {str(entry.get("name")): str(entry.get("sheetId")) for entry in entries}
    for sheet in gone:
        tables = {str(package.xml(part).get("id")) for part in package.related(sheet.part, "table")}
        for kind in ("slicerCache", "timelineCache"):
            for part in package.related(package.main, kind):
                if _slices(package.xml(part), numbers.get(sheet.name, ""), tables):
                    name = Text(f"切片器（工作表“{sheet.name}”被删除）", f"slicers (the sheet {sheet.name} is removed)")
                    yield Loss(name, (part,), final=True)


def _slices(cache: etree._Element, sheet: str, tables: set[str]) -> bool:
    for one in cache.iter():
        kind = etree.QName(one).localname if isinstance(one.tag, str) else ""
        if kind == "pivotTable" and one.get("tabId") == sheet:
            return True
        if kind == "tableSlicerCache" and one.get("tableId") in tables:
            return True
    return False
