"""What our functions returned, by the cell that called them, for WHY; in one process, or in Redis for several workers.

Of a result only its size, its remarks and the reasons of its error cells are kept: that is all that WHY tells.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol

from lowcarbon_xl.cells import Cell, CellError, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.embedded.places import Place

BOOKS = 500
"""Sheets whose results one process keeps; the longest unused go first."""

CALLS = 2_000
"""Results that are kept of one sheet."""

DAYS = 2
"""How long Redis keeps a sheet's results after the last call."""


class Home(NamedTuple):
    """Whose sheet a result stands on."""

    user: str
    session: str
    book: str
    sheet: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """One result.

    Parameters
    ----------
    row, column : int
        1-based, of the calling cell.
    height, width : int
    function : str
    notes : list of pairs
        Chinese and English remarks.
    reasons : list
        Chinese and English reasons, each once.
    errors : list of (row, column, code, reason)
        Error cells, zero-based, with the number of their reason or -1.
    """

    row: int
    column: int
    height: int
    width: int
    function: str
    notes: list[list[str]]
    reasons: list[list[str]]
    errors: list[list[Any]]

    @classmethod
    def of(cls, place: Place, function: str, spill: Spill) -> Remembered:
        """What there is to remember of a spill."""
        numbers: dict[tuple[str, str], int] = {}
        errors: list[list[Any]] = []
        for i, row in enumerate(spill.rows):
            if CellError not in map(type, row):
                continue
            for j, cell in enumerate(row):
                if isinstance(cell, CellError):
                    reason = cell.reason
                    number = numbers.setdefault((reason.zh, reason.en), len(numbers)) if reason else -1
                    errors.append([i, j, cell.code, number])
        width = max(map(len, spill.rows), default=0)
        notes = [[note.zh, note.en] for note in spill.notes]
        reasons = [list(pair) for pair in numbers]
        return cls(place.row, place.column, len(spill.rows), width, function, notes, reasons, errors)

    def covers(self, row: int, column: int) -> bool:
        """Whether a cell of the sheet lies in the spill."""
        return 0 <= row - self.row < self.height and 0 <= column - self.column < self.width

    def spill(self) -> Spill:
        """A spill that explains as the first one did; its plain values are blank."""
        rows: list[list[Cell]] = [[None] * self.width for _ in range(self.height)]
        for i, j, code, number in self.errors:
            rows[i][j] = CellError(code, Text(*self.reasons[number]) if number >= 0 else None)
        return Spill(tuple(map(tuple, rows)), tuple(Text(zh, en) for zh, en in self.notes))


class Memory(Protocol):
    """Keeps and finds results."""

    def keep(self, home: Home, result: Remembered) -> None:
        """Remember the latest result of a cell."""

    def find(self, home: Home, row: int, column: int) -> Remembered | None:
        """The result whose spill covers a cell; the one that starts there comes first."""


class LocalMemory:
    """In this process; calls come from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sheets: OrderedDict[Home, OrderedDict[tuple[int, int], Remembered]] = OrderedDict()

    def keep(self, home: Home, result: Remembered) -> None:
        """Remember the latest result of a cell."""
        with self._lock:
            sheet = self._sheets.setdefault(home, OrderedDict())
            self._sheets.move_to_end(home)
            sheet.pop((result.row, result.column), None)
            sheet[result.row, result.column] = result
            if len(sheet) > CALLS:
                sheet.popitem(last=False)
            if len(self._sheets) > BOOKS:
                self._sheets.popitem(last=False)

    def find(self, home: Home, row: int, column: int) -> Remembered | None:
        """The result that covers a cell, the latest first."""
        with self._lock:
            sheet = self._sheets.get(home, OrderedDict())
            if (row, column) in sheet:
                return sheet[row, column]
            return next((result for result in reversed(sheet.values()) if result.covers(row, column)), None)


class RedisMemory:
    """In Redis: two hashes a sheet, one with the sizes of spills and one with what they say.

    Parameters
    ----------
    client : redis.Redis
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def keep(self, home: Home, result: Remembered) -> None:
        """Remember the latest result of a cell."""
        sizes, texts = _keys(home)
        field = f"{result.row}:{result.column}"
        with self._client.pipeline() as pipe:
            pipe.hset(sizes, field, f"{result.height}:{result.width}")
            pipe.hset(texts, field, json.dumps(asdict(result), ensure_ascii=False))
            pipe.expire(sizes, DAYS * 86_400)
            pipe.expire(texts, DAYS * 86_400)
            pipe.execute()

    def find(self, home: Home, row: int, column: int) -> Remembered | None:
        """The result that covers a cell, the nearest first."""
        sizes, texts = _keys(home)
        best = None
        for field, size in self._client.hgetall(sizes).items():
            top, left = map(int, field.split(b":"))
            height, width = map(int, size.split(b":"))
            inside = 0 <= row - top < height and 0 <= column - left < width
            if inside and (best is None or (top, left) > best):
                best = (top, left)
        found = self._client.hget(texts, f"{best[0]}:{best[1]}") if best else None
        return Remembered(**json.loads(found)) if found else None


def _keys(home: Home) -> tuple[str, str]:
    digest = hashlib.sha256("\0".join(home).encode()).hexdigest()
    return f"lowcarbon:why:{digest}:sizes", f"lowcarbon:why:{digest}:texts"
