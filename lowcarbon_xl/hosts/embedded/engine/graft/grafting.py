"""The package of a workbook that macros have changed."""

from __future__ import annotations

from typing import Any

from openpyxl.workbook import Workbook

from lowcarbon_xl.errors import HostError, Text
from lowcarbon_xl.hosts.embedded.engine.graft.book import graft_book, shown_sheet
from lowcarbon_xl.hosts.embedded.engine.graft.losses import is_signature
from lowcarbon_xl.hosts.embedded.engine.graft.names import read_names
from lowcarbon_xl.hosts.embedded.engine.graft.origin import Origin
from lowcarbon_xl.hosts.embedded.engine.graft.package import Package
from lowcarbon_xl.hosts.embedded.engine.graft.sheet import add_sheet, graft_sheet
from lowcarbon_xl.hosts.embedded.engine.graft.state import EMPTY, SheetState, read_state
from lowcarbon_xl.hosts.embedded.engine.graft.styles import Styles
from lowcarbon_xl.hosts.embedded.files import Parts
from lowcarbon_xl.hosts.embedded.parts import MAIN


def grafted(origin: Origin, workbook: Workbook) -> Parts:
    """The parts of the file with all that changed since it was read.

    Parameters
    ----------
    origin : Origin
        The file, and what openpyxl read of it.
    workbook : openpyxl.Workbook
        As it is now.

    Raises
    ------
    HostError
        When a macro made a sheet of charts, which this engine cannot add.
    """
    package = Package(origin.path, origin.parts)
    _select_active(origin, workbook)
    now: list[Any] = workbook._sheets  # type: ignore[attr-defined]  # worksheets and chart sheets
    formulas = _remove_sheets(package, origin, now)
    styles = Styles(package, workbook, origin.styles)
    for known in origin.sheets:
        if known.sheet in workbook.worksheets:
            after = read_state(known.sheet)
            if after != known.state:
                formulas |= graft_sheet(package, known.part, known.sheet, known.state, after, styles)
    added = {}
    for sheet in _new_sheets(origin, now, workbook):
        part = add_sheet(package)
        added[package.relate(package.main, "worksheet", part)] = sheet
        formulas |= graft_sheet(package, part, sheet, EMPTY, read_state(sheet), styles)
    graft_book(package, workbook, {known.relation: known.sheet for known in origin.sheets}, added, origin.book)
    styles.finish()
    if formulas:
        _drop_calculation_chain(package)
    _rename_sources(package, origin)
    _drop_signatures(package)
    return package.finish()


def _select_active(origin: Origin, workbook: Workbook) -> None:
    """Deselect the tab that was shown before: two selected tabs are a group, and what is typed goes into both."""
    shown = shown_sheet(workbook)
    if shown is origin.book.active:
        return
    for worksheet in workbook.worksheets:
        if bool(worksheet.sheet_view.tabSelected) != (worksheet is shown):
            worksheet.sheet_view.tabSelected = worksheet is shown


def _remove_sheets(package: Package, origin: Origin, now: list[Any]) -> bool:
    """Take the parts of removed sheets away, and what only they led to; says whether there were any."""
    gone = [known for known in origin.sheets if known.sheet not in now]
    for known in gone:
        package.unrelate(package.main, known.relation)
    return bool(gone)


def _new_sheets(origin: Origin, now: list[Any], workbook: Workbook) -> list[Any]:
    known = {id(sheet.sheet) for sheet in origin.sheets}
    new = [sheet for sheet in now if id(sheet) not in known]
    for sheet in new:
        if sheet not in workbook.worksheets:
            raise HostError(
                Text(
                    f"“{sheet.title}”是图表工作表，这里不能新建",
                    f"{sheet.title!r} is a chart sheet, which cannot be added here",
                ),
                Text("请把图表放进普通工作表", "Put the chart on an ordinary sheet"),
                where=str(origin.path),
            )
    return new


def _drop_calculation_chain(package: Package) -> None:
    """The chain lists the formulas; Excel rebuilds it when it is missing, and repairs the file when it is wrong."""
    for number, (kind, _) in package.relations(package.main).items():
        if kind == "calcChain":
            package.unrelate(package.main, number)


def _rename_sources(package: Package, origin: Origin) -> None:
    """A pivot table names the sheet of its data, which no macro can put right."""
    renamed = {known.name: known.sheet.title for known in origin.sheets if known.sheet.title != known.name}
    for cache in package.related(package.main, "pivotCacheDefinition") if renamed else ():
        root = package.xml(cache)
        for source in root.iter(f"{{{MAIN}}}worksheetSource"):
            if source.get("sheet") in renamed:
                source.set("sheet", str(renamed[str(source.get("sheet"))]))
                package.put(cache, root)


def _drop_signatures(package: Package) -> None:
    """A signature of what the file was says nothing about what it is."""
    for number, (_, part) in package.relations("").items():
        if is_signature(part):
            package.unrelate("", number)
    for part in [part for part in package.parts if is_signature(part)]:
        package.drop(part)


def states(origin: Origin, workbook: Workbook) -> dict[int, SheetState]:
    """What the worksheets of the file hold now, by the identity of openpyxl's object."""
    kept = {id(sheet) for sheet in workbook.worksheets}
    return {id(known.sheet): read_state(known.sheet) for known in origin.sheets if id(known.sheet) in kept}


def contents(workbook: Workbook) -> object:
    """All that values of formulas depend on, to be compared with what it was before."""
    cells = {
        str(sheet.title): {key: cell[:2] for key, cell in state.cells.items()} | dict.fromkeys(state.tables.items())
        for sheet, state in ((sheet, read_state(sheet)) for sheet in workbook.worksheets)
    }
    return cells, read_names(workbook)
