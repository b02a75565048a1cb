"""CSV files as they come: UTF-8 with or without a mark, GBK, UTF-16; titles above, notes below, tabs inside."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from lowcarbon_xl.cells import Block, Cell
from lowcarbon_xl.errors import HostError, Text
from lowcarbon_xl.readers.source import Remark, SourceFile, SourceSheet

_PLAIN_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d*)?(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DELIMITERS = (",", "\t", ";", "|")
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LOOKED_AT = 50


def read_text_file(path: Path, content: bytes) -> SourceFile:
    """Read a CSV (or tab separated) file; row numbers are line numbers.

    Raises
    ------
    HostError
        When the bytes are no text in UTF-8, UTF-16 or GB 18030.
    """
    text, encoding = _decode(path, content)
    remarks = [_encoding_remark(encoding)] if encoding not in ("utf-8", "utf-8-sig") else []
    lines = text.splitlines(keepends=True)
    delimiter = _delimiter(lines)
    rows = _rows(text, delimiter)
    width = max(map(len, rows), default=0)
    if trailing := _empty_last_column(rows, width):
        remarks.append(_trailing_remark(trailing, width))
    cells = [[_cell(value) for value in row] + [None] * (width - len(row)) for row in rows]
    return SourceFile(path, (SourceSheet(Block(cells)),), tuple(remarks))


def _decode(path: Path, content: bytes) -> tuple[str, str]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decoded(path, content, encoding), encoding
    if b"\0" not in content:
        for encoding in ("utf-8", "gb18030"):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError:
                continue
    raise _no_text(path)


def _decoded(path: Path, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _no_text(path) from error


def _no_text(path: Path) -> HostError:
    return HostError(
        Text(
            "不是能读懂的文本（UTF-8、UTF-16 和 GB18030 都不对）",
            "is no text that can be read (not UTF-8, UTF-16 or GB 18030)",
        ),
        Text("用 Excel 打开后另存为“CSV UTF-8”或 .xlsx", "Open it in Excel and save it as CSV UTF-8 or .xlsx"),
        where=str(path),
    )


def _encoding_remark(encoding: str) -> Remark:
    name = "GBK/GB18030" if encoding == "gb18030" else "UTF-16"
    return Remark(
        "encoding_gbk" if encoding == "gb18030" else "encoding_utf16",
        Text(f"文件是 {name} 编码，不是 UTF-8；已按此解码", f"the file is {name}, not UTF-8; it was decoded as such"),
        Text(
            "交给别的软件前另存为 UTF-8，否则中文会变成乱码",
            "Save it as UTF-8 before other software reads it, or Chinese turns to garbage",
        ),
    )


def _delimiter(lines: Sequence[str]) -> str:
    """The separator that most lines share; the comma when in doubt."""
    seen = [line for line in lines[:_LOOKED_AT] if line.strip()]
    return max(_DELIMITERS, key=lambda mark: (sum(mark in line for line in seen), mark == ","))


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Records at the number of their first line; lines inside a quoted cell stay blank rows."""
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    limit = csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    try:
        for record in reader:
            rows.append(record)
            rows += [[] for _ in range(reader.line_num - len(rows))]
    finally:
        csv.field_size_limit(limit)
    return rows


def _cell(value: str) -> Cell:
    """A plain number as a number; everything else, blanks around numbers included, stays the text that it is."""
    if not value:
        return None
    if _PLAIN_NUMBER.fullmatch(value) and any(character.isdigit() for character in value):
        return float(value)
    return value


def _empty_last_column(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Lines that end in a separator behind which no line has anything."""
    longest = [i for i, row in enumerate(rows, start=1) if len(row) == width]
    return longest if width > 1 and len(longest) > 1 and not any(rows[i - 1][-1].strip() for i in longest) else []


def _trailing_remark(lines: Sequence[int], width: int) -> Remark:
    return Remark(
        "empty_last_column",
        Text(
            f"第 {lines[0]}–{lines[-1]} 行末尾多一个逗号，多出一个空列",
            f"lines {lines[0]}-{lines[-1]} end in a separator, which makes an empty extra column",
        ),
        Text("删去最后的空列", "Delete the empty last column"),
        cells=tuple((line, width) for line in lines),
    )
