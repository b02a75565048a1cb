"""Rewrite the formulas of a workbook between ``=GTFP(...)`` (Excel, embedded host) and ``=LC.GTFP(...)`` (LibreOffice, Office.js)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lxml import etree

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.hosts.embedded.files import Parts, read_parts
from lowcarbon_xl.hosts.embedded.formulas import plain_name
from lowcarbon_xl.hosts.embedded.package import check_output, save_parts
from lowcarbon_xl.hosts.embedded.parts import MAIN, main_part, read_xml, related_parts, write_xml
from lowcarbon_xl.hosts.libreoffice.registration import IMPLEMENTATION

Spelling = Literal["LC", "plain"]

_EXTENSIONS = "http://schemas.microsoft.com/office/excel/2006/main"
_FORMULAS = {
    *(f"{{{MAIN}}}{tag}" for tag in ("f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula")),
    f"{{{_EXTENSIONS}}}f",
}


_QUOTED = r"'(?:[^']|'')*'"
_TOKEN = re.compile(
    r'"(?:[^"]|"")*"'  # a text
    rf"|(?P<call>(?:{_QUOTED}!|(?:\[\d+\])?[\w.]*!)?[\w.]+\()"  # a function, perhaps with the workbook it comes from
    rf"|{_QUOTED}"  # the name of a sheet
    r"|\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"  # columns of a table, with names in brackets of their own
    r"|[\w.]+",  # a name or an address
    re.DOTALL,
)
"""The tokens of a formula in which something could look like a call; what lies between them cannot.

openpyxl's tokenizer loses blanks and does not read ``A1#``, so it cannot write a formula back as it was.
"""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What was rewritten: how many formulas, in which parts of the package."""

    formulas: int
    parts: tuple[str, ...]


def rewrite_formulas(source: Path, output: Path, to: Spelling) -> Rewriting:
    """Write a copy of a workbook in which our functions are spelled for another host.

    Formulas in cells (array and shared ones too), names, conditional formats, validations and tables are rewritten;
    values, and every part without such a formula, stay byte for byte. Texts that only look like a call stay too.

    Parameters
    ----------
    source, output : Path
        .xlsx or .xlsm files; the output replaces what is there, in one stroke.
    to : {"LC", "plain"}
        ``LC.GTFP`` or ``GTFP``; whatever prefix stands there is understood.

    Raises
    ------
    HostError
        When the source cannot be read or the output cannot be written.
    """
    check_output(source, output)
    parts = read_parts(source)
    names = frozenset(function.name for function in functions())
    total, changed = 0, []
    for part in _parts_with_formulas(source, parts):
        root = read_xml(source, parts, part)
        count = _rewrite_part(root, names, to)
        if count:
            parts[part] = write_xml(root)
            changed.append(part)
            total += count
    save_parts(parts, output)
    return Rewriting(total, tuple(changed))


def _parts_with_formulas(path: Path, parts: Parts) -> Iterator[str]:
    """The workbook, its worksheets, and their tables."""
    main = main_part(path, parts)
    yield main
    for kind, sheet in related_parts(path, parts, main).values():
        if kind == "worksheet" and sheet in parts:
            yield sheet
            yield from (
                table
                for kind, table in related_parts(path, parts, sheet).values()
                if kind == "table" and table in parts
            )


def _rewrite_part(root: etree._Element, names: Collection[str], to: Spelling) -> int:
    count = 0
    for element in root.iter(*_FORMULAS):
        text = element.text or ""
        rewritten = rewrite_formula(text, names, to)
        if rewritten != text:
            element.text = rewritten
            count += 1
    return count


def rewrite_formula(text: str, names: Collection[str], to: Spelling) -> str:
    """One formula with the functions in `names` spelled for `to`; every other character stays as it is."""

    def spelled(token: re.Match[str]) -> str:
        name = plain_name(token["call"].removesuffix("(")) if token["call"] else ""
        if name not in names:
            return token[0]
        return f"{IMPLEMENTATION}.{name}(" if to == "LC" else f"{name}("

    return _TOKEN.sub(spelled, text)
