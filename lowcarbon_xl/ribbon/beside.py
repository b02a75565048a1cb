"""Files beside a workbook: a folder named after it, and files that are replaced as a whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from lowcarbon_xl.errors import HostError, InputError, Text
from lowcarbon_xl.ribbon.desk import Desk


def folder_beside(desk: Desk, suffix: str) -> Path:
    """A folder beside the workbook, named after it; made when it is missing.

    Raises
    ------
    InputError
        When the workbook is not saved yet.
    """
    book = Path(desk.book.fullname)
    if not book.is_absolute() or not book.parent.is_dir():
        raise InputError(
            Text("工作簿还没有保存，不知道放在哪里", "the workbook is not saved, so there is no folder beside it"),
            Text("先保存工作簿", "Save the workbook first"),
        )
    folder = book.parent / f"{book.stem}_{suffix}"
    folder.mkdir(exist_ok=True)
    return folder


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file under another name and put it in its place: a failed run leaves the old one whole.

    Raises
    ------
    HostError
        When it cannot be written, or another program has it open.
    """
    temporary = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
    try:
        write(temporary)
        temporary.replace(path)
    except OSError as error:
        raise HostError(
            Text(f"写不了文件：{error.strerror}", f"the file cannot be written: {error.strerror}"),
            Text("关闭正在打开它的程序后再按", "Close the program that has it open, then press again"),
            where=path.name,
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
