"""Workbooks in the .xlsx format, read part by part: values, formulas, dates and merged cells in one pass."""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from lxml import etree

from lowcarbon_xl.cells import Block, Cell, CellError, column_number
from lowcarbon_xl.errors import HostError, Text
from lowcarbon_xl.readers.source import Remark, SourceFile, SourceSheet, rectangle_of

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_EPOCH = dt.datetime(1899, 12, 30)
_EPOCH_1904 = dt.datetime(1904, 1, 1)


@dataclass(frozen=True, slots=True)
class _Context:
    """What the cells of every sheet refer to."""

    strings: tuple[str, ...]
    dates: tuple[bool, ...]
    epoch: dt.datetime


@dataclass(slots=True)
class _Formulas:
    """The formulas of one sheet: their texts, those without a value, and the rectangles that one formula fills."""

    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    uncomputed: list[tuple[int, int]] = field(default_factory=list)
    arrays: list[str] = field(default_factory=list)


def read_xlsx_file(path: Path, content: bytes) -> SourceFile:
    """Read every sheet of an .xlsx or .xlsm workbook with the values that were last calculated.

    Raises
    ------
    HostError
        When the package is damaged or is no workbook.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read(path, archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged(path, str(error)) from error
    except (KeyError, etree.XMLSyntaxError, ValueError, IndexError) as error:
        raise _damaged(path, f"{type(error).__name__}: {error}") from error


def _damaged(path: Path, detail: str) -> HostError:
    return HostError(
        Text(f"工作簿已损坏，或不是 Excel 工作簿（{detail}）", f"is damaged, or is no Excel workbook ({detail})"),
        Text(
            "重新复制或下载，或在 Excel 里用“打开并修复”后另存",
            "Copy or download it again, or use Open and Repair in Excel",
        ),
        where=str(path),
    )


def _read(path: Path, archive: zipfile.ZipFile) -> SourceFile:
    if "xl/workbook.bin" in archive.namelist():
        raise HostError(
            Text("是二进制工作簿 .xlsb，读不了", "is a binary workbook (.xlsb), which cannot be read"),
            Text("在 Excel 里另存为 .xlsx", "Save it as .xlsx in Excel"),
            where=str(path),
        )
    book_part = _book_part(archive)
    book = etree.fromstring(archive.read(book_part))
    targets = _targets(archive, book_part)
    settings = next(_all(book, "workbookPr"), None)
    old_epoch = settings is not None and settings.get("date1904") in ("1", "true")
    context = _Context(_strings(archive), _date_styles(archive), _EPOCH_1904 if old_epoch else _EPOCH)
    sheets: list[SourceSheet] = []
    remarks: list[Remark] = []
    for entry in _all(book, "sheet"):
        part = targets.get(entry.get(_RELATION) or entry.get(_STRICT_RELATION) or "", "")
        if "worksheets/" in part and part in archive.namelist():
            sheet, uncomputed = _sheet(archive, part, str(entry.get("name")), context, path)
            sheets.append(sheet)
            if uncomputed:
                remarks.append(_uncomputed(sheet, uncomputed))
    return SourceFile(path, tuple(sheets), tuple(remarks))


def _book_part(archive: zipfile.ZipFile) -> str:
    root = etree.fromstring(archive.read("_rels/.rels"))
    for relation in root:
        if str(relation.get("Type")).endswith("/officeDocument"):
            return str(relation.get("Target")).lstrip("/")
    raise KeyError("officeDocument")


def _targets(archive: zipfile.ZipFile, book_part: str) -> dict[str, str]:
    folder, name = posixpath.split(book_part)
    root = etree.fromstring(archive.read(f"{folder}/_rels/{name}.rels"))
    found = {}
    for relation in root:
        target = str(relation.get("Target"))
        found[str(relation.get("Id"))] = (
            target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        )
    return {key: posixpath.normpath(target) for key, target in found.items()}


def _all(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return element.iter(_MAIN + name, _STRICT + name)


def _text(element: etree._Element) -> str:
    """The text of a string item: its runs, without the phonetic guides beside them."""
    return "".join(
        part.text or "" for part in _all(element, "t") if not str(getattr(part.getparent(), "tag", "")).endswith("}rPh")
    )


def _strings(archive: zipfile.ZipFile) -> tuple[str, ...]:
    name = next((n for n in archive.namelist() if n.casefold() == "xl/sharedstrings.xml"), None)
    if name is None:
        return ()
    return tuple(_text(item) for item in _all(etree.fromstring(archive.read(name)), "si"))


def _date_styles(archive: zipfile.ZipFile) -> tuple[bool, ...]:
    """Whether each cell style shows a date."""
    if "xl/styles.xml" not in archive.namelist():
        return ()
    from openpyxl.styles.numbers import is_date_format

    root = etree.fromstring(archive.read("xl/styles.xml"))
    own = {str(entry.get("numFmtId")): str(entry.get("formatCode")) for entry in _all(root, "numFmt")}
    styles = next(_all(root, "cellXfs"), None)
    if styles is None:
        return ()
    return tuple(
        is_date_format(own[number])
        if (number := str(style.get("numFmtId", "0"))) in own
        else int(number) in _DATE_FORMATS
        for style in styles
    )


def _sheet(
    archive: zipfile.ZipFile, part: str, name: str, context: _Context, path: Path
) -> tuple[SourceSheet, list[tuple[int, int]]]:
    cells: dict[int, dict[int, Cell]] = {}
    formulas = _Formulas()
    merged: list[str] = []
    row_number = 0
    tags = [space + tag for space in (_MAIN, _STRICT) for tag in ("row", "mergeCell")]
    with archive.open(part) as stream:
        for _, element in etree.iterparse(stream, tag=tags):
            if str(element.tag).endswith("mergeCell"):
                merged.append(str(element.get("ref")))
                continue
            row_number = int(element.get("r") or row_number + 1)
            row = _row(element, row_number, context, formulas)
            if row:
                cells[row_number] = row
            element.clear()
    block = Block(rectangle_of(cells, f"{path} {name}"), name, merged=tuple(merged))
    return SourceSheet(block, formulas.texts, tuple(formulas.arrays)), formulas.uncomputed


def _row(
    element: etree._Element,
    row_number: int,
    context: _Context,
    formulas: _Formulas,
) -> dict[int, Cell]:
    row: dict[int, Cell] = {}
    column = 0
    for cell in element:
        reference = cell.get("r")
        column = _column(reference.rstrip("0123456789")) if reference else column + 1
        value: Cell = None
        formula = False
        for child in cell:
            tag = str(child.tag).rpartition("}")[2]
            if tag == "v":
                value = _value(child.text, cell.get("t"), cell.get("s"), context)
            elif tag == "f":
                formula = True
                if child.text:
                    formulas.texts[row_number, column] = child.text
                if child.get("t") == "array" and ":" in (filled := str(child.get("ref"))):
                    formulas.arrays.append(filled)
            elif tag == "is":
                value = _text(child) or None
        if value is not None:
            row[column] = value
        elif formula and cell.get("t") != "str":
            formulas.uncomputed.append((row_number, column))
    return row


@cache
def _column(letters: str) -> int:
    return column_number(letters)


def _value(text: str | None, kind: str | None, style: str | None, context: _Context) -> Cell:
    if text is None:
        return None
    if kind == "s":
        return context.strings[int(text)] or None
    if kind == "str":
        return text or None
    if kind == "b":
        return text == "1"
    if kind == "e":
        return CellError(text)
    if kind == "d":
        return dt.datetime.fromisoformat(text).date()
    number = float(text)
    index = int(style) if style else 0
    if index < len(context.dates) and context.dates[index]:
        return _date(number, context.epoch)
    return number


def _date(number: float, epoch: dt.datetime) -> Cell:
    try:
        moment = epoch + dt.timedelta(days=number)
    except OverflowError:
        return number
    return moment.time() if 0 <= number < 1 else moment.date()


def _uncomputed(sheet: SourceSheet, places: list[tuple[int, int]]) -> Remark:
    return Remark(
        "formula_without_value",
        Text(
            f"{len(places)} 个公式没有保存计算结果，无法审核其值",
            f"{len(places)} formulas were saved without their values, which therefore cannot be audited",
        ),
        Text(
            "先运行 lowcarbon run，或在 Excel 里打开重算并保存",
            "Run lowcarbon run first, or open, recalculate and save it in Excel",
        ),
        sheet.block.sheet or "",
        tuple(places),
    )
