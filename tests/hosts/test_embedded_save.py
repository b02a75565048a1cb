"""The written file as a whole: where it may go, and what a failed save leaves."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from lowcarbon_xl.errors import HostError
from lowcarbon_xl.hosts.embedded import package
from lowcarbon_xl.hosts.embedded.recalculate import recalculate
from lowcarbon_xl.hosts.embedded.workbook import read_workbook
from tests.hosts.conftest import Functions, Save
from tests.hosts.programs import differing, rich_book
from tests.hosts.written import PANEL_CALL, cell_xml, parts_of, with_parts, write


def test_the_input_is_never_the_output(book: Workbook, save: Save, functions: Functions) -> None:
    book["结果"]["A1"] = PANEL_CALL
    path = save(book)
    result = recalculate(path, functions, "en")
    with pytest.raises(HostError, match="the output is the input"):
        package.write(result, path)
    link = path.with_name("link.xlsx")
    link.symlink_to(path)
    with pytest.raises(HostError, match="the output is the input"):
        package.write(result, link)
    with pytest.raises(HostError, match="extension of the input"):
        package.write(result, path.with_name("out.xlsm"))
    (path.parent / "dir.xlsx").mkdir()
    with pytest.raises(HostError, match="is a folder"):
        package.write(result, path.parent / "dir.xlsx")


def test_an_unwritable_output_is_a_clear_error(book: Workbook, save: Save, functions: Functions) -> None:
    path = save(book)
    result = recalculate(path, functions, "en")
    with pytest.raises(HostError, match="cannot be written") as caught:
        package.write(result, path.parent / "nowhere" / "out.xlsx")
    assert "nowhere" in caught.value.message().zh
    assert "请检查文件夹" in caught.value.message().zh


def test_a_failed_save_leaves_the_old_file_whole(
    book: Workbook, save: Save, functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(book)
    result = recalculate(path, functions, "en")
    output = path.with_name("old.xlsx")
    output.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fail)
    with pytest.raises(HostError, match="No space left"):
        package.write(result, output)
    assert output.read_bytes() == b"old"
    assert sorted(entry.name for entry in path.parent.iterdir()) == sorted([path.name, "old.xlsx"])


def test_equal_workbooks_are_equal_files_with_ordinary_permissions(
    book: Workbook, save: Save, functions: Functions
) -> None:
    book["结果"]["A1"] = PANEL_CALL
    path = save(book)
    one = write(path, functions, path.with_name("one.xlsx"))
    two = write(path, functions, path.with_name("two.xlsx"))
    assert one.read_bytes() == two.read_bytes()
    if os.name == "posix":
        assert one.stat().st_mode & 0o777 == path.stat().st_mode & 0o777


def test_values_only_leaves_no_formula_of_ours(
    book: Workbook, save: Save, functions: Functions, tmp_path: Path
) -> None:
    path = save(rich_book(book))
    package.write(recalculate(path, functions, "en"), tmp_path / "values.xlsx", values_only=True)
    content = read_workbook(tmp_path / "values.xlsx")
    assert {cell.place.cell for cell in content.formulas()} == {"E1", "E4", "E5"}
    full = openpyxl.load_workbook(write(path, functions), data_only=True)
    assert differing(full, openpyxl.load_workbook(tmp_path / "values.xlsx", data_only=True), "结果") == set()


def test_a_workbook_with_macros_keeps_them(book: Workbook, save: Save, functions: Functions) -> None:
    book["结果"]["A1"] = PANEL_CALL
    path = save(book, "宏.xlsm")
    types = parts_of(path)["[Content_Types].xml"].replace(
        b"spreadsheetml.sheet.main+xml", b"vnd.ms-excel.sheet.macroEnabled.main+xml"
    )
    with_parts(path, {"xl/vbaProject.bin": b"\x00macro", "[Content_Types].xml": types})
    output = write(path, functions)
    assert output.suffix == ".xlsm"
    assert parts_of(output)["xl/vbaProject.bin"] == b"\x00macro"
    assert cell_xml(output, "A1").get("cm") == "1"
