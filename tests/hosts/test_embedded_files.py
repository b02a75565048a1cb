"""Files that cannot be read: each says which file, what is wrong, and what to do, in both languages."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from lowcarbon_xl.errors import HostError
from lowcarbon_xl.hosts.embedded.workbook import read_workbook

OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")


def zipped(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def missing(path: Path) -> None:
    path.unlink(missing_ok=True)


def folder(path: Path) -> None:
    path.mkdir()


def old_format(path: Path) -> None:
    path.write_bytes(OLE2 + b"\0" * 504 + "Workbook".encode("utf-16-le"))


def encrypted(path: Path) -> None:
    path.write_bytes(OLE2 + b"\0" * 8000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500)


def csv(path: Path) -> None:
    path.write_bytes("省份,年份\n北京,2010\n".encode("gbk"))


def html(path: Path) -> None:
    path.write_bytes(b"<html><table></table></html>")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def other_zip(path: Path) -> None:
    zipped(path, {"readme.txt": b"hello"})


def word(path: Path) -> None:
    zipped(path, {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})


def binary(path: Path) -> None:
    zipped(path, {"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\0"})


def not_xml(path: Path) -> None:
    relation = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        b'Target="xl/workbook.xml"/></Relationships>'
    )
    zipped(path, {"[Content_Types].xml": b"<Types/>", "_rels/.rels": relation, "xl/workbook.xml": b"<workbook"})


@pytest.mark.parametrize(
    ("make", "en", "zh"),
    [
        (missing, "no such file", "找不到"),
        (folder, "is a folder", "文件夹"),
        (old_format, "Excel 97-2003", "另存为 .xlsx"),
        (encrypted, "password to open", "打开密码"),
        (csv, "looks like text or CSV", "CSV"),
        (html, "looks like text or CSV", "另存为"),
        (empty, "damaged or incomplete", "损坏"),
        (other_zip, "zip archive but not an Excel workbook", "压缩文件"),
        (word, "not an Excel workbook", "不是 Excel 工作簿"),
        (binary, "xlsb", "xlsb"),
        (not_xml, "xl/workbook.xml", "xl/workbook.xml"),
    ],
)
def test_a_bad_file_is_a_clear_error(tmp_path: Path, make: Callable[[Path], None], en: str, zh: str) -> None:
    path = tmp_path / "坏文件.xlsx"
    make(path)
    with pytest.raises(HostError) as caught:
        read_workbook(path)
    message = caught.value.message()
    assert str(path) in message.en
    assert en in message.en
    assert zh in message.zh
    assert caught.value.remedy.zh
    assert caught.value.remedy.en


def test_a_truncated_file_is_a_clear_error(book: Workbook, tmp_path: Path) -> None:
    path = tmp_path / "截断.xlsx"
    book.save(path)
    whole = path.read_bytes()
    for share in (0.3, 0.7, 0.98):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(HostError, match="damaged or incomplete"):
            read_workbook(path)


def test_a_damaged_part_is_a_clear_error(book: Workbook, tmp_path: Path) -> None:
    path = tmp_path / "坏.xlsx"
    book.save(path)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
        start = info.header_offset + 30 + len(info.filename) + 20
    content[start : start + 40] = bytes(40)
    path.write_bytes(bytes(content))
    with pytest.raises(HostError, match="damaged or incomplete"):
        read_workbook(path)


def test_a_strict_workbook_is_refused(book: Workbook, tmp_path: Path) -> None:
    path = tmp_path / "strict.xlsx"
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    )
    zipped(path, parts)
    with pytest.raises(HostError, match="Strict Open XML"):
        read_workbook(path)
