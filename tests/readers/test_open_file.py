"""Real forms of files: encodings, separators, dates, formulas, encryption, damage."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from lowcarbon_xl.cells import Block, CellError
from lowcarbon_xl.errors import HostError
from lowcarbon_xl.readers.open_file import read_file
from lowcarbon_xl.readers.source import SourceFile, rectangle_of

TABLE = "地区,2013年,2014年\n北京,1.5,2\n天津,…,3\n"


def written(path: Path, content: bytes) -> SourceFile:
    path.write_bytes(content)
    return read_file(path)


def block_of(source: SourceFile) -> Block:
    return source.sheets[0].block


@pytest.mark.parametrize(
    ("encoding", "remarks"),
    [("utf-8", []), ("utf-8-sig", []), ("gb18030", ["encoding_gbk"]), ("gbk", None), ("utf-16", ["encoding_utf16"])],
)
def test_a_csv_is_decoded(tmp_path: Path, encoding: str, remarks: list[str] | None) -> None:
    text = TABLE if encoding != "gbk" else TABLE.replace("…", "-")
    source = written(tmp_path / "a.csv", text.encode(encoding))
    assert block_of(source).values[0] == ["地区", "2013年", "2014年"]
    assert block_of(source).values[1] == ["北京", 1.5, 2.0]
    assert [r.rule for r in source.remarks] == (["encoding_gbk"] if remarks is None else remarks)


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    source = written(tmp_path / "a.csv", TABLE.replace(",", separator).encode())
    assert block_of(source).values[2] == ["天津", "…", 3.0]


def test_rows_are_lines_and_text_stays_text(tmp_path: Path) -> None:
    content = 'a,b,c\n"one\ntwo",007,"1,234"\nx, 5 ,-.5e3\n'
    block = block_of(written(tmp_path / "a.csv", content.encode()))
    assert [list(row) for row in block.values] == [
        ["a", "b", "c"],
        ["one\ntwo", "007", "1,234"],
        [None, None, None],
        ["x", " 5 ", -500.0],
    ]


def test_an_empty_last_column_is_reported(tmp_path: Path) -> None:
    source = written(tmp_path / "a.csv", b"t\na,b,\n1,2,\n3,4,\n")
    assert [(r.rule, r.cells) for r in source.remarks] == [("empty_last_column", ((2, 3), (3, 3), (4, 3)))]


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "数据"
    sheet["B2"], sheet["C2"], sheet["D2"] = "省份", dt.date(2013, 5, 1), True
    sheet["B3"], sheet["C3"], sheet["D3"] = "北京", 0.1, "#DIV/0!"
    sheet["D3"].data_type = "e"
    sheet["C4"] = "=SUM(C3:C3)"
    sheet.merge_cells("B5:C6")
    book.create_sheet("空")
    book.save(path)
    return path


def test_a_workbook_is_read_at_its_addresses(tmp_path: Path) -> None:
    source = read_file(workbook(tmp_path / "a.xlsx"))
    block = block_of(source)
    assert (block.sheet, block.row, block.column, block.merged) == ("数据", 1, 1, ("B5:C6",))
    assert [list(row) for row in block.values[:3]] == [
        [None, None, None, None],
        [None, "省份", dt.date(2013, 5, 1), True],
        [None, "北京", 0.1, CellError("#DIV/0!")],
    ]
    assert source.sheets[0].formulas == {(4, 3): "SUM(C3:C3)"}
    assert [(r.rule, r.cells) for r in source.remarks] == [("formula_without_value", ((4, 3),))]
    assert source.sheets[1].block.values == []


def test_values_are_those_that_openpyxl_reads(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(1, 30):
        sheet.append([f"省{row}", row * 1.1, None, row, f"文<{row}>&", row % 2 == 0])
    book.save(tmp_path / "a.xlsx")
    block = block_of(read_file(tmp_path / "a.xlsx"))
    saved = openpyxl.load_workbook(tmp_path / "a.xlsx").active  # which writes 16 digits, not 17
    assert saved is not None
    for mine, theirs in zip(block.values, saved.iter_rows(values_only=True), strict=True):
        assert tuple(mine) == theirs


def test_a_file_is_read_by_its_content_and_the_wrong_name_is_reported(tmp_path: Path) -> None:
    source = written(tmp_path / "a.xlsx", TABLE.encode())
    assert [(r.rule, r.serious) for r in source.remarks] == [("misnamed_file", True)]
    assert block_of(source).values[1] == ["北京", 1.5, 2.0]
    source = written(tmp_path / "b.csv", workbook(tmp_path / "c.xlsx").read_bytes())
    assert source.remarks[0].rule == "misnamed_file"


def archive(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n",
        b"PK\x03\x04 broken",
        archive(readme=b"no workbook"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"<html><table><tr><td>1</td></tr></table></html>",
        b"\x00\x01\x02\xff binary",
    ],
    ids=["nothing", "blanks", "broken zip", "other zip", "broken compound file", "web page", "binary"],
)
def test_what_is_no_data_is_refused_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(HostError) as caught:
        written(tmp_path / "a.xls", content)
    assert caught.value.where.endswith("a.xls")
    assert caught.value.remedy.zh


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(HostError):
            read_file(path)


def test_a_stray_cell_far_out_is_refused_instead_of_filling_memory() -> None:
    with pytest.raises(HostError, match="too large"):
        rectangle_of({1: {1: 1.0}, 1_000_000: {16_000: 2.0}}, "a.xlsx")


def test_a_password_of_its_own_is_refused(tmp_path: Path) -> None:
    msoffcrypto = pytest.importorskip("msoffcrypto")
    plain = io.BytesIO(workbook(tmp_path / "plain.xlsx").read_bytes())
    protected = io.BytesIO()
    office = msoffcrypto.OfficeFile(plain)
    if not hasattr(office, "encrypt"):
        pytest.skip("this msoffcrypto cannot encrypt")
    office.encrypt("secret", protected)
    with pytest.raises(HostError, match="password"):
        written(tmp_path / "a.xlsx", protected.getvalue())
    office.encrypt("VelvetSweatshop", encrypted := io.BytesIO())
    source = written(tmp_path / "b.xlsx", encrypted.getvalue())
    assert source.remarks[0].rule == "encrypted_default_password"
    assert block_of(source).values[2][1] == "北京"
