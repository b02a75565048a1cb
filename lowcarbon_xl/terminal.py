"""What a terminal shows: texts in one language, tables whose Chinese lines up, a progress bar."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
import unicodedata
from collections.abc import Sequence
from types import TracebackType
from typing import TextIO

from lowcarbon_xl.cells import CellError, Output
from lowcarbon_xl.errors import Language, Text

Rows = Sequence[Sequence[Output]]


def say(text: Text, language: Language, stream: TextIO | None = None) -> None:
    """Print one line."""
    print(text[language], file=stream or sys.stdout)


def print_json(rows: Rows) -> None:
    """Print a spill as a JSON list of rows; error cells as their code, blanks as null."""
    print_json_value([[_plain(cell) for cell in row] for row in rows])


def print_json_value(value: object) -> None:
    """Print anything as one line of JSON, Chinese as it is."""
    print(json.dumps(value, ensure_ascii=False))


def _plain(cell: Output) -> object:
    if isinstance(cell, CellError):
        return cell.code
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return cell


def print_rows(rows: Rows) -> None:
    """Print a spill as a table: numbers to the right, texts to the left."""
    texts = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
    for row, cells in zip(texts, rows, strict=True):
        print(
            "  ".join(
                _pad(t, w, isinstance(c, float | int)) for t, w, c in zip(row, widths, cells, strict=True)
            ).rstrip()
        )


def _shown(cell: Output) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.10g}"
    return str(_plain(cell))


def _width(text: str) -> int:
    """Columns that a text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _pad(text: str, width: int, right: bool) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if right else text + blanks


class ProgressLine:
    """A bar that redraws itself on a terminal; nothing where the output is kept in a file."""

    def __init__(self, language: Language, stream: TextIO | None = None) -> None:
        self._language: Language = language
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()

    def __enter__(self) -> ProgressLine:
        return self

    def __call__(self, done: int, planned: int, what: str) -> None:
        """Show that `done` of `planned` calls are computed, the last one being `what`."""
        if not self._live:
            return
        filled = round(24 * done / max(planned, 1))
        line = f"[{'#' * filled}{'.' * (24 - filled)}] {done}/{planned} {what}"
        room = shutil.get_terminal_size().columns - 1
        while _width(line) > room:
            line = line[:-1]
        self._stream.write(f"\r{line}{' ' * (room - _width(line))}")
        self._stream.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._stream.write("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r")
            self._stream.flush()
