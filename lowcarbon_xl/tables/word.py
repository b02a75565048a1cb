"""Tables in a Word document; needs python-docx."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from lowcarbon_xl.errors import Language, NotAvailableError, Text
from lowcarbon_xl.tables.block import BODY_SIZE, CHINESE_FONT, LATIN_FONT, NOTE_SIZE
from lowcarbon_xl.tables.model import Row, Table, TableCell
from lowcarbon_xl.tables.numerals import printed

_EIGHTHS = {"medium": 12, "thin": 6}  # Word counts the width of a rule in eighths of a point


def to_docx(tables: Sequence[Table], path: Path, language: Language = "zh") -> None:
    """Write a Word document of three-line tables.

    Parameters
    ----------
    tables : sequence of Table
    path : Path
        Written anew.
    language : {"zh", "en"}

    Raises
    ------
    NotAvailableError
        python-docx is not installed.
    """
    docx = _python_docx()
    document = docx.Document()
    for number, table in enumerate(tables):
        if number:
            document.add_paragraph()
        _add(docx, document, table, language)
    document.save(str(path))


def _add(docx: Any, document: Any, table: Table, language: Language) -> None:
    """Title, grid with its three rules, notes."""
    _paragraph(docx, document.add_paragraph(), table.title[language], language, bold=True)
    rows = (*table.header, *table.body)
    grid = document.add_table(rows=len(rows), cols=table.columns)
    grid.alignment = docx.enum.table.WD_TABLE_ALIGNMENT.CENTER
    for place, row in enumerate(rows):
        _fill(docx, grid.rows[place].cells, row, language)
    _rule(docx, grid.rows[0].cells, "top", "medium")
    for span in table.spans:
        _rule(docx, grid.rows[span.row].cells[span.first : span.last + 1], "bottom", "thin")
    _rule(docx, grid.rows[len(table.header) - 1].cells, "bottom", "thin")
    _rule(docx, grid.rows[-1].cells, "bottom", "medium")
    for span in table.spans:
        if span.last > span.first:
            cells = grid.rows[span.row].cells
            merged = cells[span.first].merge(cells[span.last])
            for surplus in merged.paragraphs[1:]:
                surplus._element.getparent().remove(surplus._element)
    for note in table.notes:
        _paragraph(docx, document.add_paragraph(), note[language], language, align="left", size=NOTE_SIZE)


def _python_docx() -> Any:
    try:
        docx = import_module("docx")
        for part in ("enum.table", "enum.text", "oxml", "oxml.ns", "shared"):
            import_module(f"docx.{part}")
    except ImportError:
        raise NotAvailableError(
            Text(
                "写 Word 文件需要 python-docx，没有安装", "writing Word files needs python-docx, which is not installed"
            ),
            Text("运行 pip install lowcarbon-xl[word]", "Run pip install lowcarbon-xl[word]"),
        ) from None
    return docx


def _fill(docx: Any, cells: Any, row: Row, language: Language) -> None:
    for target, cell in zip(cells, row, strict=True):
        _write(docx, target.paragraphs[0], cell, language)


def _write(docx: Any, paragraph: Any, cell: TableCell, language: Language) -> None:
    _paragraph(docx, paragraph, printed(cell, language), language, align=cell.align, bold=cell.bold, italic=cell.italic)


def _paragraph(
    docx: Any,
    paragraph: Any,
    text: str,
    language: Language,
    *,
    align: str = "center",
    bold: bool = False,
    italic: bool = False,
    size: float = BODY_SIZE,
) -> None:
    paragraph.alignment = getattr(docx.enum.text.WD_ALIGN_PARAGRAPH, align.upper())
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = docx.shared.Pt(0)
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    run.font.size, run.font.name = docx.shared.Pt(size), LATIN_FONT
    # Word keeps a second font for Chinese characters, which python-docx does not set.
    run._element.get_or_add_rPr().get_or_add_rFonts().set(docx.oxml.ns.qn("w:eastAsia"), CHINESE_FONT)


def _rule(docx: Any, cells: Any, edge: str, weight: str) -> None:
    for cell in cells:
        properties = cell._tc.get_or_add_tcPr()
        borders = properties.find(docx.oxml.ns.qn("w:tcBorders"))
        if borders is None:
            borders = docx.oxml.OxmlElement("w:tcBorders")
            properties.append(borders)
        line = docx.oxml.OxmlElement(f"w:{edge}")
        for name, value in (("val", "single"), ("sz", str(_EIGHTHS[weight])), ("color", "000000"), ("space", "0")):
            line.set(docx.oxml.ns.qn(f"w:{name}"), value)
        if edge == "top":
            borders.insert(0, line)
        else:
            borders.append(line)
