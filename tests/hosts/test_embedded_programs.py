"""The written file as other programs read it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook

from lowcarbon_xl.hosts.embedded import package
from lowcarbon_xl.hosts.embedded.recalculate import recalculate
from tests.conftest import complaints
from tests.hosts.conftest import Functions, Save
from tests.hosts.programs import converted, differing, rich_book
from tests.hosts.written import write


def test_the_open_xml_sdk_accepts_the_file(book: Workbook, save: Save, functions: Functions, validator: str) -> None:
    output = write(save(rich_book(book)), functions)
    # the one known false alarm is the order of children in the fonts of the book, which openpyxl made
    assert [found for found in complaints(validator, output) if found["path"] != "/xl/styles.xml"] == []


def test_libreoffice_shows_the_same_values(
    book: Workbook, save: Save, functions: Functions, office: str, tmp_path: Path
) -> None:
    result = recalculate(save(rich_book(book)), functions, "en")
    package.write(result, tmp_path / "values.xlsx", values_only=True)
    ours = openpyxl.load_workbook(tmp_path / "values.xlsx", data_only=True)
    assert ours["结果"]["B2"].value == 4020
    assert differing(ours, converted(office, tmp_path / "values.xlsx", tmp_path), "结果") == set()
