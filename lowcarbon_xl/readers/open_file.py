"""Open any file of data by what is in it, whatever its name says."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from lowcarbon_xl.errors import HostError, Text
from lowcarbon_xl.readers.source import Remark, SourceFile
from lowcarbon_xl.readers.text_file import read_text_file
from lowcarbon_xl.readers.xls_file import read_xls_file
from lowcarbon_xl.readers.xlsx_file import read_xlsx_file

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DEFAULT_PASSWORD = "VelvetSweatshop"  # noqa: S105  (Excel's own, published in [MS-XLS] 2.4.191 and [MS-OFFCRYPTO])
_SUFFIXES = {"zip": (".xlsx", ".xlsm", ".xltx", ".xlam"), "ole2": (".xls", ".xlt"), "text": (".csv", ".txt", ".tsv")}


def read_file(path: Path) -> SourceFile:
    """Read a .csv, .xls, .xlsx or .xlsm file into sheets of cells.

    Raises
    ------
    HostError
        When the file is missing, a folder, empty, damaged, protected by a password of its own, or of no such kind.
    """
    content = _bytes(path)
    remarks: list[Remark] = []
    kind = _kind(content)
    if kind == "ole2":
        content, remark = _decrypted(path, content)
        remarks += [remark] if remark else []
        read = read_xlsx_file if content.startswith(b"PK") else read_xls_file
    elif kind == "zip":
        read = read_xlsx_file
    else:
        _refuse_web_page(path, content)
        read = read_text_file
    if not remarks and path.suffix.casefold() not in _SUFFIXES[kind]:
        remarks.append(_misnamed(path, kind))
    source = read(path, content)
    return replace(source, remarks=(*remarks, *source.remarks))


def _bytes(path: Path) -> bytes:
    if not path.exists():
        raise HostError(
            Text("找不到这个文件", "no such file"),
            Text("请检查路径和文件名", "Check the path and the name"),
            where=str(path),
        )
    if path.is_dir():
        raise HostError(
            Text("是文件夹，不是文件", "is a folder, not a file"),
            Text("请给出里面的一个文件", "Name one of the files in it"),
            where=str(path),
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise HostError(
            Text(f"文件打不开：{error.strerror}", f"cannot be opened: {error.strerror}"),
            Text("请检查权限，并关闭正在使用它的程序", "Check the permissions and close the program that has it open"),
            where=str(path),
        ) from error
    if not content.strip():
        raise HostError(
            Text("文件是空的", "the file is empty"),
            Text("重新复制或下载", "Copy or download it again"),
            where=str(path),
        )
    return content


def _kind(content: bytes) -> str:
    if content.startswith(_OLE2):
        return "ole2"
    return "zip" if content.startswith(b"PK\x03\x04") else "text"


def _decrypted(path: Path, content: bytes) -> tuple[bytes, Remark | None]:
    """The bytes without Excel's default password, and the remark that says so."""
    import msoffcrypto  # heavy, and rarely wanted
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(content))
        if not office.is_encrypted():
            return content, None
        office.load_key(password=_DEFAULT_PASSWORD)
        plain = io.BytesIO()
        office.decrypt(plain)
    except (InvalidKeyError, DecryptionError) as error:
        raise HostError(
            Text("工作簿有打开密码，读不了", "the workbook has a password to open and cannot be read"),
            Text(
                "在 Excel 里去掉密码：文件 - 信息 - 保护工作簿 - 用密码进行加密，清空后保存",
                "Remove it in Excel: File - Info - Protect Workbook - Encrypt with Password, clear it and save",
            ),
            where=str(path),
        ) from error
    except (FileFormatError, ParseError, OSError, ValueError, IndexError) as error:
        raise HostError(
            Text(f"文件已损坏，或不是工作簿（{error}）", f"is damaged, or is no workbook ({error})"),
            Text(
                "重新复制或下载，或在 Excel 里另存为 .xlsx", "Copy or download it again, or save it as .xlsx in Excel"
            ),
            where=str(path),
        ) from error
    return plain.getvalue(), Remark(
        "encrypted_default_password",
        Text(
            "工作簿用 Excel 的默认密码加密：Excel 直接打开，别的软件会报“文件损坏”；已解密读取",
            "the workbook is encrypted with Excel's default password: Excel opens it silently, other software calls it "
            "corrupt; it was decrypted and read",
        ),
        Text("在 Excel 里另存为 .xlsx 再交给别人", "Save it as .xlsx in Excel before passing it on"),
    )


def _refuse_web_page(path: Path, content: bytes) -> None:
    start = content[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"%pdf", b"{\\rtf")):
        raise HostError(
            Text("其实是网页、XML 或 PDF，不是数据表", "is in fact a web page, XML or PDF, not a table of data"),
            Text("在 Excel 里打开并另存为 .xlsx", "Open it in Excel and save it as .xlsx"),
            where=str(path),
        )


def _misnamed(path: Path, kind: str) -> Remark:
    names = {"zip": ".xlsx", "ole2": ".xls", "text": ".csv"}
    return Remark(
        "misnamed_file",
        Text(
            f"扩展名是 {path.suffix or '（无）'}，内容其实是 {names[kind]}；已按内容读取",
            f"the extension is {path.suffix or '(none)'}, but the content is {names[kind]}; it was read by its content",
        ),
        Text("改正扩展名，或在 Excel 里另存", "Correct the extension, or save it again in Excel"),
        serious=True,
    )
