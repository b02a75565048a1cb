"""Read what a workbook's package says about formulas, names, tables, merged cells and dates; values stay unread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from lowcarbon_xl.errors import HostError, Language, Text, nearest
from lowcarbon_xl.hosts.embedded.dates import date_styles
from lowcarbon_xl.hosts.embedded.files import Parts, read_parts, unreadable_part
from lowcarbon_xl.hosts.embedded.parts import (
    CELL,
    FORMULA,
    MAIN,
    OFFICE,
    ROW,
    SHEET_DATA,
    STRICT,
    address_cells,
    main_part,
    read_xml,
    related_parts,
    split_address,
)
from lowcarbon_xl.hosts.embedded.places import Area, Place, parse_reference
from lowcarbon_xl.names import LANGUAGE_NAME


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A formula as it stands in the file.

    Parameters
    ----------
    place : Place
    text : str
        Without the leading ``=``; shared formulas are written out.
    kind : str
        ``normal``, ``array``, ``shared`` or ``dataTable``.
    area : Area or None
        The rectangle of an array formula.
    dynamic : bool
        Whether an array formula is a dynamic one (it carries cell metadata), not one of a fixed size.
    """

    place: Place
    text: str
    kind: str
    area: Area | None = None
    dynamic: bool = False


@dataclass(frozen=True, slots=True)
class SheetContent:
    """One worksheet: its part, formulas, merged ranges, cells that show dates, and the last used row and column."""

    name: str
    part: str
    formulas: Mapping[Place, FormulaCell]
    merged: tuple[Area, ...]
    dates: frozenset[tuple[int, int]]
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table (list object): its rectangle, column names, and whether it has header and totals rows."""

    area: Area
    columns: tuple[str, ...]
    header: bool
    totals: bool


@dataclass(frozen=True, slots=True)
class WorkbookContent:
    """What a package says about its formulas.

    Parameters
    ----------
    path : Path
    parts : dict
        The raw parts of the package.
    sheets : mapping
        Worksheets by name, in the order of the tabs.
    active : str
        The sheet that is shown when the file opens.
    names : mapping
        Texts of defined names by sheet (None: the whole workbook) and upper-case name.
    tables : mapping
        Tables by upper-case name.
    date1904 : bool
        Whether serial numbers count from 1904.
    """

    path: Path
    parts: Parts
    sheets: Mapping[str, SheetContent]
    active: str
    names: Mapping[tuple[str | None, str], str]
    tables: Mapping[str, Table]
    date1904: bool

    @property
    def language(self) -> Language | None:
        """The language that the workbook's own switch is set to, if it has one."""
        text = self.names.get((None, LANGUAGE_NAME), "").strip().strip('"=').casefold()
        return "zh" if text == "zh" else "en" if text == "en" else None

    def find_sheet(self, name: str) -> str | None:
        """A sheet's true name; names are case-insensitive."""
        if name in self.sheets:
            return name
        folded = name.casefold()
        return next((sheet for sheet in self.sheets if sheet.casefold() == folded), None)

    def require_sheet(self, name: str) -> str:
        """A sheet's true name, or an error that lists the sheets there are."""
        found = self.find_sheet(name)
        if found is None:
            raise missing_sheet(self, name)
        return found

    def free_sheet(self, name: str) -> str:
        """A sheet name that the workbook does not have yet."""
        while self.find_sheet(name) is not None:
            name += "_"
        return name

    def formulas(self) -> Iterator[FormulaCell]:
        """All formula cells, sheet by sheet."""
        for sheet in self.sheets.values():
            yield from sheet.formulas.values()

    def formula_at(self, place: Place) -> FormulaCell | None:
        """The formula of one cell."""
        return self.sheets[place.sheet].formulas.get(place) if place.sheet in self.sheets else None


def with_dynamic(content: WorkbookContent, places: frozenset[Place]) -> WorkbookContent:
    """The same workbook, with array formulas marked as dynamic that a program has written as ones of fixed size."""
    sheets = {
        name: replace(
            sheet,
            formulas={
                place: replace(cell, dynamic=cell.dynamic or (place in places and cell.area is not None))
                for place, cell in sheet.formulas.items()
            },
        )
        for name, sheet in content.sheets.items()
    }
    return replace(content, sheets=sheets)


def missing_sheet(content: WorkbookContent, name: str) -> HostError:
    """The error for a sheet that is not there."""
    guess = nearest(name, content.sheets)
    shown = ", ".join(content.sheets)
    return HostError(
        Text(f"没有工作表“{name}”", f"there is no sheet {name!r}"),
        Text(
            (f"是不是 {guess}？" if guess else "") + f"现有工作表：{shown}",
            (f"Did you mean {guess}? " if guess else "") + f"Sheets: {shown}",
        ),
        where=str(content.path),
    )


def read_workbook(path: Path) -> WorkbookContent:
    """Read the formulas, names, tables and merged ranges of an .xlsx or .xlsm file.

    Raises
    ------
    HostError
        When the file cannot be read; the message names the file, the cause and the remedy.
    """
    return read_content(path, read_parts(path))


def read_content(path: Path, parts: Parts) -> WorkbookContent:
    """Read a package that is in memory already; see `read_workbook`."""
    try:
        return _read_content(path, parts)
    except (KeyError, ValueError, IndexError) as error:  # a relation, a number or an address that is not one
        raise unreadable_part(path, "xl", repr(error)) from error


def _read_content(path: Path, parts: Parts) -> WorkbookContent:
    main = main_part(path, parts)
    book = read_xml(path, parts, main)
    if etree.QName(book).namespace == STRICT:
        raise HostError(
            Text("是“严格 Open XML”格式", "is in the Strict Open XML format"),
            Text("请在 Excel 里另存为普通的 .xlsx", "Save it as an ordinary .xlsx in Excel"),
            where=str(path),
        )
    targets = related_parts(path, parts, main)
    dates = date_styles(path, parts, targets)
    listed = [
        (str(sheet.get("name")), targets[sheet.get(f"{{{OFFICE}}}id", "")]) for sheet in book.iter(f"{{{MAIN}}}sheet")
    ]
    sheets = {name: _read_sheet(path, parts, name, part, dates) for name, (kind, part) in listed if kind == "worksheet"}
    if not sheets:
        raise unreadable_part(path, main, "no worksheet")
    properties = book.find(f"{{{MAIN}}}workbookPr")
    return WorkbookContent(
        path=path,
        parts=parts,
        sheets=sheets,
        active=_active_sheet(book, [name for name, _ in listed], sheets),
        names=_read_names(book, [name for name, _ in listed]),
        tables=dict(_read_tables(path, parts, sheets)),
        date1904=properties is not None and properties.get("date1904") in {"1", "true"},
    )


def _active_sheet(book: etree._Element, listed: list[str], sheets: Mapping[str, SheetContent]) -> str:
    view = book.find(f"{{{MAIN}}}bookViews/{{{MAIN}}}workbookView")
    number = int(view.get("activeTab", "0")) if view is not None else 0
    name = listed[number] if number < len(listed) else ""
    return name if name in sheets else next(iter(sheets))


def _read_names(book: etree._Element, listed: list[str]) -> dict[tuple[str | None, str], str]:
    names: dict[tuple[str | None, str], str] = {}
    for name in book.iter(f"{{{MAIN}}}definedName"):
        scope = name.get("localSheetId")
        owner = listed[int(scope)] if scope is not None and int(scope) < len(listed) else None
        names[owner, str(name.get("name")).upper()] = (name.text or "").strip()
    return names


def _read_tables(path: Path, parts: Parts, sheets: Mapping[str, SheetContent]) -> Iterator[tuple[str, Table]]:
    for sheet in sheets.values():
        for kind, target in related_parts(path, parts, sheet.part).values():
            if kind != "table" or target not in parts:
                continue
            root = read_xml(path, parts, target)
            area = parse_reference(str(root.get("ref")), sheet.name, lambda name: name)
            columns = tuple(str(column.get("name")) for column in root.iter(f"{{{MAIN}}}tableColumn"))
            if area is not None:
                header = root.get("headerRowCount", "1") != "0"
                totals = root.get("totalsRowCount", "0") != "0"
                yield str(root.get("displayName")).upper(), Table(area, columns, header, totals)


def _read_sheet(path: Path, parts: Parts, name: str, part: str, dates: frozenset[str]) -> SheetContent:
    root = read_xml(path, parts, part)
    data = root.find(SHEET_DATA)
    if data is None:
        raise unreadable_part(path, part, "no sheetData")
    address_cells(data)
    merged = [
        parse_reference(str(cell.get("ref")), name, lambda sheet: sheet) for cell in root.iter(f"{{{MAIN}}}mergeCell")
    ]
    last = [(int(row.get("r", "0")), split_address(row[-1].get("r", ""))[1]) for row in data.iter(ROW) if len(row)]
    return SheetContent(
        name=name,
        part=part,
        formulas=_read_formulas(name, data),
        merged=tuple(area for area in merged if area is not None),
        dates=_date_cells(data, dates),
        rows=last[-1][0] if last else 1,
        columns=max((column for _, column in last), default=1),
    )


def _date_cells(data: etree._Element, styles: frozenset[str]) -> frozenset[tuple[int, int]]:
    if not styles:
        return frozenset()
    return frozenset(split_address(cell.get("r", "")) for cell in data.iter(CELL) if cell.get("s") in styles)


def _read_formulas(sheet: str, data: etree._Element) -> dict[Place, FormulaCell]:
    formulas: dict[Place, FormulaCell] = {}
    masters: dict[str, tuple[str, str]] = {}
    for element in data.iter(FORMULA):
        cell = element.getparent()
        if cell is None:
            continue
        address = cell.get("r", "")
        place = Place(sheet, *split_address(address))
        kind = element.get("t", "normal")
        text = (element.text or "").strip()
        group = element.get("si", "")
        if kind == "shared" and text:
            masters[group] = (text, address)
        elif kind == "shared" and group in masters:
            text = _moved(*masters[group], address)
        area = parse_reference(element.get("ref", ""), sheet, lambda name: name) if kind == "array" else None
        formulas[place] = FormulaCell(place, text, kind, area, area is not None and cell.get("cm") is not None)
    return formulas


def _moved(text: str, origin: str, address: str) -> str:
    """A shared formula as it reads in another of its cells."""
    from openpyxl.formula.translate import Translator  # a tenth of a second, and most workbooks share nothing

    return str(Translator("=" + text, origin=origin).translate_formula(address))[1:]
