"""Open a workbook's file, or say plainly why it cannot be opened and what to do about it."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from lowcarbon_xl.errors import HostError, Text

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of a compound file: an .xls, or an encrypted .xlsx."""

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WORKBOOK_TYPES = (".xlsx", ".xlsm")

Parts = dict[str, bytes]
"""The parts of a package by name, in the order of the archive."""


def read_parts(path: Path) -> Parts:
    """All parts of an .xlsx or .xlsm file.

    Raises
    ------
    HostError
        When the file is missing, is a folder, is an .xls, is encrypted, is a text file, or is damaged.
    """
    _check_kind(path)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise _damaged(path, str(error)) from error
    if "[Content_Types].xml" not in parts or not any(name.startswith("xl/") for name in parts):
        raise HostError(
            Text("是压缩文件，但不是 Excel 工作簿", "is a zip archive but not an Excel workbook"),
            Text("请给出 .xlsx 或 .xlsm 文件", "Give an .xlsx or .xlsm file"),
            where=str(path),
        )
    if "xl/workbook.bin" in parts:
        raise HostError(
            Text("是二进制工作簿 .xlsb，读不了", "is a binary workbook (.xlsb), which cannot be read"),
            _save_as_xlsx(),
            where=str(path),
        )
    return parts


def _check_kind(path: Path) -> None:
    """Refuse by its first bytes what is not a zip archive."""
    if not path.exists():
        raise HostError(
            Text("找不到这个文件", "no such file"),
            Text("请检查路径和文件名", "Check the path and the name"),
            where=str(path),
        )
    if path.is_dir():
        raise HostError(
            Text("是文件夹，不是工作簿", "is a folder, not a workbook"),
            Text("请给出文件夹里的 .xlsx 文件", "Name an .xlsx file in that folder"),
            where=str(path),
        )
    try:
        with path.open("rb") as stream:
            start = stream.read(4096)
            rest = stream.read() if start.startswith(OLE2) else b""
    except OSError as error:
        raise HostError(
            Text(f"文件打不开：{error.strerror}", f"cannot be opened: {error.strerror}"),
            Text(
                "请检查权限，并关闭正在使用它的程序",
                "Check the permissions and close the program that has the file open",
            ),
            where=str(path),
        ) from error
    if start.startswith(OLE2):
        raise _compound(path, start + rest)
    if not start:
        raise _damaged(path, "empty file")
    if not start.startswith(b"PK"):
        raise HostError(
            Text(
                f"内容不是 Excel 工作簿（像是文本或 CSV，只是扩展名为 {path.suffix}）",
                f"is not an Excel workbook (it looks like text or CSV with the extension {path.suffix})",
            ),
            Text("请在 Excel 里打开并另存为 .xlsx", "Open it in Excel and save it as .xlsx"),
            where=str(path),
        )


def _compound(path: Path, content: bytes) -> HostError:
    if _ENCRYPTED in content:
        return HostError(
            Text("工作簿有打开密码（已加密）", "the workbook is encrypted (it has a password to open)"),
            Text(
                "请在 Excel 里去掉打开密码：文件 - 信息 - 保护工作簿 - 用密码进行加密，清空后保存",
                "Remove the password: File - Info - Protect Workbook - Encrypt with Password, clear it and save",
            ),
            where=str(path),
        )
    return HostError(
        Text("是 Excel 97-2003 的 .xls 格式", "is in the .xls format of Excel 97-2003"),
        _save_as_xlsx(),
        where=str(path),
    )


def _damaged(path: Path, detail: str) -> HostError:
    return HostError(
        Text(f"文件已损坏或不完整（{detail}）", f"is damaged or incomplete ({detail})"),
        Text(
            "请重新复制或下载，或在 Excel 里用“打开并修复”后另存",
            "Copy or download it again, or use Open and Repair in Excel and save it",
        ),
        where=str(path),
    )


def _save_as_xlsx() -> Text:
    return Text("请在 Excel 里另存为 .xlsx", "Save it as .xlsx in Excel")


def unreadable_part(path: Path, part: str, detail: str) -> HostError:
    """A part of the package that is missing or is not what it should be."""
    return _damaged(path, f"{part}: {detail}")


def unreadable_by_engine(path: Path, detail: str) -> HostError:
    """A workbook that the formula engine cannot load."""
    return HostError(
        Text(f"公式引擎读不了这个工作簿（{detail}）", f"the formula engine cannot load the workbook ({detail})"),
        Text("请在 Excel 里打开后另存为新的 .xlsx", "Open it in Excel and save it as a new .xlsx"),
        where=str(path),
    )
