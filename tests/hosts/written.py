"""Parts of a workbook that the embedded host has written."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lxml import etree

from lowcarbon_xl.hosts.embedded import package
from lowcarbon_xl.hosts.embedded.parts import MAIN
from lowcarbon_xl.hosts.embedded.recalculate import recalculate
from tests.hosts.conftest import Functions

PANEL_CALL = "=DOUBLE('面 板''s'!A1:C6)"


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, functions: Functions, output: Path | None = None) -> Path:
    output = output or path.with_name(f"out{path.suffix}")
    package.write(recalculate(path, functions, "en"), output)
    return output


def sheet_xml(path: Path, number: int = 2) -> etree._Element:
    return etree.fromstring(parts_of(path)[f"xl/worksheets/sheet{number}.xml"])


def cell_xml(path: Path, address: str, number: int = 2) -> etree._Element:
    return next(cell for cell in sheet_xml(path, number).iter(f"{{{MAIN}}}c") if cell.get("r") == address)


def with_parts(path: Path, changes: dict[str, bytes]) -> None:
    """Rewrite a file with some parts changed or added."""
    parts = parts_of(path) | changes
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
