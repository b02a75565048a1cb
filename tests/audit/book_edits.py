"""Single-cell edits of a saved workbook that leave every saved result as it was, as a careless hand does."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from lowcarbon_xl.audit.versions import Version
from lowcarbon_xl.cells import column_letters
from lowcarbon_xl.hosts.embedded.workbook import read_workbook

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def edit(book: Path, target: Path, edits: Mapping[tuple[str, str], float]) -> Path:
    """Write `book` to `target` with some numbers replaced in the package itself."""
    content = read_workbook(book)
    parts = dict(content.parts)
    for (sheet, cell), number in edits.items():
        part = content.sheets[sheet].part
        root = etree.fromstring(parts[part])
        value = next(element for element in root.iter(f"{_MAIN}c") if element.get("r") == cell).find(f"{_MAIN}v")
        assert value is not None
        value.text = repr(number)
        parts[part] = etree.tostring(root)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target


def random_edit(version: Version, chance: random.Random) -> tuple[tuple[str, str], float]:
    """A typed number somewhere that formulas read, and what it becomes: half a per cent to five more or less."""
    sheets = sorted({r.sheet for result in version.results for r in result.reads or ()})
    numbers: list[tuple[str, float]] = []
    while not numbers:
        sheet = chance.choice(sheets)
        numbers = [
            (f"{column_letters(j + 1)}{i + 1}", cell)
            for i, row in enumerate(version.inputs(sheet).values)
            for j, cell in enumerate(row)
            if isinstance(cell, float)
        ]
    cell, number = chance.choice(numbers)
    return (sheet, cell), number * (1 + chance.choice((-1, 1)) * chance.uniform(0.005, 0.05)) + (number == 0)
