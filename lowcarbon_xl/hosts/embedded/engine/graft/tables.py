"""Tables that a macro made, changed or took away, and the headers of those that stay."""

from __future__ import annotations

from lxml import etree
from openpyxl.worksheet.table import Table

from lowcarbon_xl.hosts.embedded.engine.graft.package import Package, insert_in_order
from lowcarbon_xl.hosts.embedded.engine.graft.schema import WORKSHEET
from lowcarbon_xl.hosts.embedded.engine.graft.state import BLANK, Key, SheetState
from lowcarbon_xl.hosts.embedded.parts import MAIN, OFFICE
from lowcarbon_xl.hosts.embedded.places import parse_reference
from lowcarbon_xl.hosts.embedded.sheetpatch import escape_text

_PARTS = f"{{{MAIN}}}tableParts"
_PART = f"{{{MAIN}}}tablePart"
_ID = f"{{{OFFICE}}}id"
_CONTENT = str(Table.mime_type)


def graft_tables(
    package: Package, part: str, root: etree._Element, before: SheetState, after: SheetState, numbers: frozenset[int]
) -> None:
    """Put changed tables into a worksheet, its relations and their own parts.

    Parameters
    ----------
    numbers : set of int
        The numbers of tables that the workbook uses already.
    """
    known = {_name(package, target): (number, target) for number, target in _table_parts(package, part)}
    for name in sorted(before.tables.keys() - after.tables.keys()):
        if name in known:
            _remove(package, part, root, known.pop(name)[0])
    for name, content in after.tables.items():
        if before.tables.get(name) == content:
            continue
        table = etree.fromstring(content)
        if name in known:
            table.set("id", str(package.xml(known[name][1]).get("id")))
            package.put(known[name][1], table)
        else:
            numbers |= {_add(package, part, root, table, numbers)}
    _rename_columns(package, [target for _, target in known.values()], before, after)


def _table_parts(package: Package, part: str) -> list[tuple[str, str]]:
    return [(n, target) for n, (kind, target) in package.relations(part).items() if kind == "table"]


def table_numbers(package: Package) -> frozenset[int]:
    """The numbers of the tables of a workbook."""
    sheets = package.related(package.main, "worksheet")
    found = (target for sheet in sheets for _, target in _table_parts(package, sheet))
    return frozenset(int(package.xml(target).get("id", "0")) for target in found if target in package.parts)


def _name(package: Package, part: str) -> str:
    root = package.xml(part)
    return str(root.get("displayName") or root.get("name"))


def _remove(package: Package, part: str, root: etree._Element, number: str) -> None:
    holder = root.find(_PARTS)
    for mark in [] if holder is None else [mark for mark in holder if mark.get(_ID) == number]:
        mark.getparent().remove(mark)  # type: ignore[union-attr]  # it has just been found there
    if holder is not None and not len(holder):
        root.remove(holder)
    elif holder is not None:
        holder.set("count", str(len(holder)))
    package.unrelate(part, number)


def _add(package: Package, part: str, root: etree._Element, table: etree._Element, numbers: frozenset[int]) -> int:
    number = max(numbers, default=0) + 1
    table.set("id", str(number))
    name, _ = package.free("xl/tables/table{}.xml")
    package.put(name, table)
    package.add(name, package.parts[name], _CONTENT)
    holder = root.find(_PARTS)
    if holder is None:
        holder = etree.Element(_PARTS)
        insert_in_order(root, holder, WORKSHEET)
    etree.SubElement(holder, _PART).set(_ID, package.relate(part, "table", name))
    holder.set("count", str(len(holder)))
    return number


def _rename_columns(package: Package, parts: list[str], before: SheetState, after: SheetState) -> None:
    """A column bears the text of its header cell, or Excel takes the file for damaged."""
    changed = set(before.changed_values(after))
    for part in parts if changed else ():
        if part not in package.parts:
            continue
        table = package.xml(part)
        area = parse_reference(str(table.get("ref")), "", lambda name: name)
        if area is None or table.get("headerRowCount", "1") == "0":
            continue
        columns = list(table.iter(f"{{{MAIN}}}tableColumn"))
        renamed = False
        for offset, column in enumerate(columns):
            key: Key = (area.row, area.column + offset)
            text, kind, _ = after.cells.get(key, BLANK)
            if key in changed and kind == "s" and text:
                column.set("name", escape_text(str(text)).replace("\n", "_x000a_"))
                renamed = True
        if renamed:
            package.put(part, table)
