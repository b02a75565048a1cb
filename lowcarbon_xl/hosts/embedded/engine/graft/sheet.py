"""One worksheet: its original part with what a macro changed, or a new part for a new sheet."""

from __future__ import annotations

from typing import Any

from lxml import etree

from lowcarbon_xl.hosts.embedded.engine.graft.cells import graft_cells
from lowcarbon_xl.hosts.embedded.engine.graft.columns import graft_columns
from lowcarbon_xl.hosts.embedded.engine.graft.drawings import graft_drawing
from lowcarbon_xl.hosts.embedded.engine.graft.frame import graft_frame
from lowcarbon_xl.hosts.embedded.engine.graft.links import graft_links
from lowcarbon_xl.hosts.embedded.engine.graft.notes import graft_notes
from lowcarbon_xl.hosts.embedded.engine.graft.package import Package, insert_in_order
from lowcarbon_xl.hosts.embedded.engine.graft.schema import WORKSHEET
from lowcarbon_xl.hosts.embedded.engine.graft.state import EMPTY, SheetState
from lowcarbon_xl.hosts.embedded.engine.graft.styles import Styles
from lowcarbon_xl.hosts.embedded.engine.graft.tables import graft_tables, table_numbers
from lowcarbon_xl.hosts.embedded.files import unreadable_part
from lowcarbon_xl.hosts.embedded.grid import Grid
from lowcarbon_xl.hosts.embedded.parts import MAIN, SHEET_DATA
from lowcarbon_xl.hosts.embedded.places import Area, parse_reference

_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_NEW = f'<worksheet xmlns="{MAIN}"><dimension ref="A1"/><sheetData/></worksheet>'


def add_sheet(package: Package) -> str:
    """An empty part for a new sheet."""
    part, _ = package.free("xl/worksheets/sheet{}.xml")
    package.add(part, _NEW.encode(), _CONTENT)
    return part


def graft_sheet(
    package: Package, part: str, worksheet: Any, before: SheetState, after: SheetState, styles: Styles
) -> bool:
    """Put what changed between two moments into a sheet's part and into the parts that hang on it.

    Parameters
    ----------
    package : Package
    part : str
    worksheet : openpyxl worksheet
        As it is now.
    before, after : SheetState
        When it was read, and now.
    styles : Styles

    Returns
    -------
    bool
        Whether a formula came or went.
    """
    root = package.xml(part)
    data = root.find(SHEET_DATA)
    if data is None:
        raise unreadable_part(package.path, part, "no sheetData")
    original = etree.tostring(root)
    grid, formulas = graft_cells(data, worksheet, before, after, styles)
    graft_columns(root, before, after, styles)
    graft_frame(root, before, after, styles)
    graft_links(package, part, root, before, after)
    graft_drawing(package, part, root, before, after)
    graft_notes(package, part, root, before, after)
    graft_tables(package, part, root, before, after, table_numbers(package))
    if etree.tostring(root) != original or before is EMPTY:
        _measure(root, grid, grow=before is not EMPTY)
        package.put(part, root)
    return formulas


def _measure(root: etree._Element, grid: Grid, *, grow: bool) -> None:
    """Bring the used range up to date; one that is there does not shrink."""
    dimension = root.find(f"{{{MAIN}}}dimension")
    if dimension is None:
        dimension = etree.Element(f"{{{MAIN}}}dimension")
        insert_in_order(root, dimension, WORKSHEET)
    used = grid.used()
    old = parse_reference(dimension.get("ref", ""), "", lambda name: name) if grow else None
    if used is None:
        return
    if old is not None:
        used = (
            min(used[0], old.row),
            min(used[1], old.column),
            max(used[2], old.last_row),
            max(used[3], old.last_column),
        )
    dimension.set("ref", Area("", *used).cells)
