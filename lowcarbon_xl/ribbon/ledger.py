"""The ledger of runs (台账): what ran on what, by which conventions, so that every figure can be found again.

A run's id is a digest of everything that decides its result, so running the same thing again adds no row.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata

from lowcarbon_xl import __version__
from lowcarbon_xl.audit.stale import snapshot
from lowcarbon_xl.cells import Block, CellError, Output, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.ribbon.blocks import Sheet, area, fit_rows, write_rows
from lowcarbon_xl.ribbon.desk import OWN_MARK, Desk
from lowcarbon_xl.ribbon.native_types import Content
from lowcarbon_xl.ribbon.snapshot import find_sheet

LEDGER_SHEET = "_LC_台账"
HEADERS = (
    Text("运行号", "run"),
    Text("运行内容", "what ran"),
    Text("输入区域", "inputs"),
    Text("使用行数", "rows used"),
    Text("删除行及原因", "rows dropped and why"),
    Text("口径", "conventions"),
    Text("因子表", "factor set"),
    Text("版本", "versions"),
    Text("种子", "seed"),
    Text("输入摘要", "hash of inputs"),
    Text("结果摘要", "hash of result"),
    Text("时间", "time"),
    Text("状态", "state"),
)
UNDONE = Text("已撤销", "undone")
_WIDTHS = (14, 44, 26, 10, 28, 60, 16, 40, 12, 18, 18, 19, 10)
_TEXT_LIMIT = 2_000
SNAPSHOT_COLUMN = len(HEADERS) + 1
_MOST_PIECES = 40
_NONE = Text("无", "none")
_NO_FACTORS = Text("", "")


@dataclass(frozen=True, slots=True)
class Run:
    """One run as the ledger records it."""

    what: str
    inputs: tuple[Block, ...]
    result: Sequence[Sequence[Output]]
    conventions: Text
    rows_used: int | None = None
    dropped: Text = _NONE
    factors: Text = _NO_FACTORS
    seed: int | None = None


def digest(rows: Iterable[Sequence[Output]], *, ordered: bool = False) -> str:
    """A content hash: numbers to the last bit, texts NFC; without regard to the order of the rows below the first."""
    lines = ["\t".join(map(_canonical, row)) for row in rows]
    body = lines[1:] if ordered else sorted(lines[1:])
    return hashlib.sha256("\n".join([*lines[:1], *body]).encode()).hexdigest()[:16]


def _canonical(cell: Output) -> str:
    if isinstance(cell, Text):
        return cell.en
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool):
        return f"b{cell}"
    if isinstance(cell, int | float):
        return f"n{float(cell)!r}"
    return f"{'e' if isinstance(cell, CellError) else 's'}{unicodedata.normalize('NFC', str(cell))}"


@cache
def versions() -> str:
    """The versions of this package and of those that its numbers rest on."""
    listed = " ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "scipy"))
    return f"lowcarbon_xl {__version__}; Python {platform.python_version()}; {listed}"


def record_spill(desk: Desk, what: str, inputs: Sequence[Block], spill: Spill) -> None:
    """Record one call of a worksheet function."""
    notes = Text("；".join(note.zh for note in spill.notes), "; ".join(note.en for note in spill.notes))
    record(desk, [Run(what, tuple(inputs), spill.rows, notes, sum(len(b.values) - 1 for b in inputs))])


def record(desk: Desk, runs: Sequence[Run]) -> None:
    """Append runs, in one write; one that stands there already is not written again."""
    sheet = ledger_sheet(desk)
    known = _known(desk, sheet)
    lines: list[list[Output]] = []
    kept: list[list[str]] = []
    for run in runs:
        line = _line(run)
        name = str(line[0])
        desk.snapshot.runs.append(name)
        row, state = known.get(name, (0, None))
        if not row:
            known[name] = (len(known) + 2, None)
            lines.append(line)
            kept.append(_snapshots(run))
        elif state is not None:
            sheet.range((row, len(HEADERS))).value = None
    if lines:
        first = append(desk, lines)
        _keep(sheet, first, kept, desk)


def _snapshots(run: Run) -> list[str]:
    """The inputs themselves, so that a later change can be told cell by cell; nothing when they are too large."""
    pieces = [piece for block in run.inputs for piece in snapshot(block)]
    return pieces if len(pieces) <= _MOST_PIECES else []


def _keep(sheet: Sheet, first: int, kept: Sequence[list[str]], desk: Desk) -> None:
    """Snapshots beside their runs, in columns that nobody needs to see."""
    width = max(map(len, kept))
    if not width:
        return
    rows: list[list[Output]] = [[*pieces, *[None] * (width - len(pieces))] for pieces in kept]
    target = write_rows(sheet, first, SNAPSHOT_COLUMN, rows, desk.language)
    target.number_format = "@"
    for column in range(SNAPSHOT_COLUMN, SNAPSHOT_COLUMN + width):
        sheet.range((1, column)).column_width = 0


def append(desk: Desk, lines: Sequence[Sequence[Output]]) -> int:
    """Append rows of the ledger's columns; returns the number of the first."""
    sheet = ledger_sheet(desk)
    target = write_rows(sheet, desk.native.used(sheet)[0] + 1, 1, lines, desk.language)
    target.number_format = "@"
    area(sheet, target.row, 4, len(lines), 1).number_format = "0"
    target.wrap_text, target.vertical_alignment = True, "top"
    fit_rows(sheet, target.row, lines, _WIDTHS, desk.language)
    return int(target.row)


def _known(desk: Desk, sheet: Sheet) -> dict[str, tuple[int, object]]:
    """Row and state of the runs in the ledger, by their ids."""
    rows = desk.native.contents(area(sheet, 1, 1, desk.native.used(sheet)[0], len(HEADERS)))
    return {str(row[0])[1:]: (i, row[-1]) for i, row in enumerate(rows, start=1) if i > 1 and row[0] is not None}


def _line(run: Run) -> list[Output]:
    inputs = ", ".join(block.whole for block in run.inputs)
    hashed = digest([row for block in run.inputs for row in block.values])
    result = digest(run.result, ordered=True)
    decides = [run.what, inputs, hashed, result, versions(), str(run.seed)]
    name = hashlib.sha256("\n".join(decides).encode()).hexdigest()[:12]
    return [
        name,
        run.what,
        inputs,
        run.rows_used,
        _cut(run.dropped),
        _cut(run.conventions),
        run.factors,
        versions(),
        run.seed,
        hashed,
        result,
        dt.datetime.now().replace(microsecond=0).isoformat(sep=" "),
        None,
    ]


def _cut(text: Text) -> Text:
    return Text(text.zh[:_TEXT_LIMIT], text.en[:_TEXT_LIMIT])


def ledger_sheet(desk: Desk) -> Sheet:
    """The ledger, made when it is missing. It only grows: Undo marks a run instead of taking its row away."""
    found = find_sheet(desk.book, LEDGER_SHEET)
    if found is not None:
        return found
    active = desk.book.sheets.active
    sheet = desk.book.sheets.add(LEDGER_SHEET, after=desk.book.sheets[len(desk.book.sheets) - 1])
    sheet.names.add(OWN_MARK, "=TRUE")
    head = write_rows(sheet, 1, 1, [HEADERS], desk.language)
    head.font.bold = True
    head.color = (233, 243, 240)
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.range((1, column)).column_width = width
    active.activate()
    return sheet


def mark_undone(desk: Desk, runs: Iterable[str]) -> None:
    """Note in the ledger that runs were undone."""
    sheet = find_sheet(desk.book, LEDGER_SHEET)
    if sheet is None:
        return
    wanted = set(runs)
    for name, (row, _) in _known(desk, sheet).items():
        if name in wanted:
            write_rows(sheet, row, len(HEADERS), [[UNDONE]], desk.language)


def ledger_rows(desk: Desk) -> list[list[Content]]:
    """The rows of the ledger below its header; none where there is no ledger."""
    sheet = find_sheet(desk.book, LEDGER_SHEET)
    if sheet is None:
        return []
    return desk.native.contents(area(sheet, 1, 1, desk.native.used(sheet)[0], len(HEADERS)))[1:]


def snapshots(desk: Desk) -> dict[str, list[str]]:
    """The pieces of the snapshots that the ledger keeps, by run."""
    sheet = find_sheet(desk.book, LEDGER_SHEET)
    if sheet is None:
        return {}
    rows, columns = desk.native.used(sheet)
    contents = desk.native.contents(area(sheet, 1, 1, rows, max(columns, SNAPSHOT_COLUMN)))
    return {
        str(row[0])[1:]: [str(cell)[1:] for cell in row[SNAPSHOT_COLUMN - 1 :] if cell is not None]
        for row in contents[1:]
        if row[0] is not None
    }
