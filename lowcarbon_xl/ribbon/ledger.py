"""The ledger of runs (台账): what ran on what, by which conventions, so that every figure can be found again.

A run's id is a digest of everything that decides its result, so running the same thing again adds no row.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import metadata

from lowcarbon_xl import __version__
from lowcarbon_xl.audit.stale import inputs_hash, snapshot
from lowcarbon_xl.cells import Block, CellError, Output, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.names import OWN_MARK
from lowcarbon_xl.provenance import NOTHING, Provenance, Sample
from lowcarbon_xl.ribbon.blocks import Sheet, area, fit_rows, write_rows
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.looks import HEAD
from lowcarbon_xl.ribbon.native_types import Content
from lowcarbon_xl.ribbon.snapshot import find_sheet
from lowcarbon_xl.sheet.table import trim

LEDGER_SHEET = "_LC_台账"


class Field(IntEnum):
    """The columns of the ledger, zero-based."""

    RUN = 0
    WHAT = 1
    INPUTS = 2
    COLUMNS = 3
    USED = 4
    DROPPED = 5
    CONVENTIONS = 6
    FACTORS = 7
    VERSIONS = 8
    SEED = 9
    INPUT_HASH = 10
    FORMULA_HASH = 11
    RESULT_HASH = 12
    TIME = 13
    STATE = 14


HEADERS = (
    Text("运行号", "run"),
    Text("运行内容", "what ran"),
    Text("输入区域", "inputs"),
    Text("列 → 角色（单位）", "column -> role (unit)"),
    Text("使用行数", "rows used"),
    Text("删除行及原因", "rows dropped and why"),
    Text("口径", "conventions"),
    Text("因子表（版本）", "factor set (version)"),
    Text("版本", "versions"),
    Text("种子", "seed"),
    Text("输入摘要", "hash of inputs"),
    Text("公式摘要", "hash of formulas"),
    Text("结果摘要", "hash of result"),
    Text("时间", "time"),
    Text("状态", "state"),
)
UNDONE = Text("已撤销", "undone")
_WIDTHS = (14, 36, 18, 44, 9, 18, 44, 14, 24, 10, 18, 18, 18, 12, 8)
_TEXT_LIMIT = 2_000
SNAPSHOT_COLUMN = len(HEADERS) + 1
_MOST_PIECES = 40
_NONE = Text("无", "none")


@dataclass(frozen=True, slots=True)
class Run:
    """One run as the ledger records it.

    Parameters
    ----------
    what : str
    inputs : tuple of Block
    result : rows
        What its hash is taken of.
    conventions : Text
    rows_used : int or None
    dropped : Text
    provenance : Provenance
    unread : sequence of collections of int
        For each input its columns that the result does not rest on; empty where it rests on all of them.
    ranges : tuple of str
        Where inputs are whole columns, or a table that may grow, these in place of what was filled then.
    """

    what: str
    inputs: tuple[Block, ...]
    result: Sequence[Sequence[Output]]
    conventions: Text
    rows_used: int | None = None
    dropped: Text = _NONE
    provenance: Provenance = NOTHING
    unread: Sequence[Collection[int]] = ()
    ranges: tuple[str, ...] = ()

    @property
    def where(self) -> tuple[str, ...]:
        """The inputs as formulas write them."""
        return self.ranges or tuple(block.whole for block in self.inputs)


@dataclass(frozen=True, slots=True)
class Entry:
    """A run that stands in the ledger.

    Parameters
    ----------
    run : Run
    name : str
        Its id.
    pieces : int
        How many cells the snapshot of its inputs takes; 0 where they are too large to keep.
    """

    run: Run
    name: str
    pieces: int


def digest(rows: Iterable[Sequence[Output]]) -> str:
    """A hash of a result: numbers to the last bit, texts NFC."""
    lines = ["\t".join(map(_canonical, row)) for row in rows]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


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
    listed = " ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "scipy", "linearmodels"))
    return f"lowcarbon_xl {__version__}; Python {platform.python_version()}; {listed}"


def spilled_run(what: str, inputs: Sequence[Block], spill: Spill, ranges: tuple[str, ...] = ()) -> Run:
    """One call of a worksheet function as the ledger records it."""
    notes = Text("；".join(note.zh for note in spill.notes), "; ".join(note.en for note in spill.notes))
    sample = spill.provenance.sample or Sample(sum(len(trim(block).values) - 1 for block in inputs), _NONE)
    return Run(what, tuple(inputs), spill.rows, notes, sample.used, sample.dropped, spill.provenance, ranges=ranges)


def record(desk: Desk, runs: Sequence[Run]) -> list[Entry]:
    """Append runs, in one write; one that stands there already is not written again."""
    sheet = ledger_sheet(desk)
    known = _known(desk, sheet)
    formulas: dict[str, str] = {}
    entries: list[Entry] = []
    new: dict[str, tuple[list[Output], list[str]]] = {}
    for run in runs:
        line = _line(run, "; ".join(filter(None, (_formulas(desk, block, formulas) for block in run.inputs))))
        name = str(line[Field.RUN])
        pieces = _snapshot_pieces(run)
        entries.append(Entry(run, name, len(pieces)))
        row, state = known.get(name, (0, None))
        if row and state is None:  # it stands already: what undoing this press leaves alone
            continue
        desk.snapshot.runs.append(name)
        if not row:
            new.setdefault(name, (line, pieces))
        else:
            sheet.range((row, Field.STATE + 1)).value = None
    if new:
        append(desk, [line for line, _ in new.values()], [kept for _, kept in new.values()])
    return entries


def _snapshot_pieces(run: Run) -> list[str]:
    """The inputs themselves, so that a later change can be told cell by cell; nothing when they are too large."""
    unread = run.unread or [()] * len(run.inputs)
    pieces = [piece for block, columns in zip(run.inputs, unread, strict=True) for piece in snapshot(block, columns)]
    return pieces if len(pieces) <= _MOST_PIECES else []


def _keep(sheet: Sheet, first: int, kept: Sequence[list[str]], desk: Desk) -> None:
    """Texts beside their rows, in columns that nobody needs to see."""
    width = max(map(len, kept))
    if not width:
        return
    rows: list[list[Output]] = [[*pieces, *[None] * (width - len(pieces))] for pieces in kept]
    target = write_rows(sheet, first, SNAPSHOT_COLUMN, rows, desk.language)
    target.number_format = "@"
    for column in range(SNAPSHOT_COLUMN, SNAPSHOT_COLUMN + width):
        sheet.range((1, column)).column_width = 0


def append(desk: Desk, lines: Sequence[Sequence[Output]], kept: Sequence[list[str]]) -> None:
    """Append rows of the ledger's columns, with texts to be kept beside each."""
    sheet = ledger_sheet(desk)
    first = desk.native.used(sheet)[0] + 1
    area(sheet, first, 1, len(lines), len(HEADERS)).number_format = "@"  # before: an id of digits alone is no number
    area(sheet, first, Field.USED + 1, len(lines), 1).number_format = "0"
    target = write_rows(sheet, first, 1, lines, desk.language)
    target.wrap_text, target.vertical_alignment = True, "top"
    fit_rows(sheet, target.row, lines, _WIDTHS, desk.language)
    _keep(sheet, target.row, kept, desk)
    desk.native.set_page(area(sheet, 1, 1, target.row + len(lines) - 1, len(HEADERS)))


def _known(desk: Desk, sheet: Sheet) -> dict[str, tuple[int, object]]:
    """Row and state of the runs in the ledger, by their ids."""
    rows = desk.native.contents(area(sheet, 1, 1, desk.native.used(sheet)[0], len(HEADERS)))
    return {str(row[0])[1:]: (i, row[-1]) for i, row in enumerate(rows, start=1) if i > 1 and row[0] is not None}


def _line(run: Run, formulas: str) -> list[Output]:
    inputs = ", ".join(run.where)
    hashed = inputs_hash(run.inputs)
    result = digest(run.result)
    read = run.provenance
    unread = ";".join(",".join(map(str, sorted(columns))) for columns in run.unread)
    decides = [run.what, inputs, unread, read.columns.en, hashed, formulas, result, versions(), str(read.seed)]
    name = hashlib.sha256("\n".join(decides).encode()).hexdigest()[:12]
    return [
        name,
        run.what,
        inputs,
        _cut(read.columns),
        run.rows_used,
        _cut(run.dropped),
        _cut(run.conventions),
        read.factors,
        versions(),
        read.seed,
        hashed,
        formulas or _NONE,
        result,
        dt.datetime.now().replace(microsecond=0).isoformat(sep=" "),
        None,
    ]


def _formulas(desk: Desk, block: Block, known: dict[str, str]) -> str:
    """A hash of the formula texts in a range, each with its place in it; empty where all is typed."""
    sheet = find_sheet(desk.book, block.sheet) if block.sheet else None
    if sheet is None:
        return ""
    if block.whole not in known:
        contents = desk.native.contents(area(sheet, block.row, block.column, *block.shape))
        found = [
            f"{i} {j} {cell}"
            for i, line in enumerate(contents)
            for j, cell in enumerate(line)
            if isinstance(cell, str) and cell[:1] in ("f", "a")
        ]
        known[block.whole] = hashlib.sha256("\n".join(found).encode()).hexdigest()[:16] if found else ""
    return known[block.whole]


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
    head.color = HEAD
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
    """The rows of the ledger below its header, with the first text kept beside them; none where there is no ledger."""
    sheet = find_sheet(desk.book, LEDGER_SHEET)
    if sheet is None:
        return []
    return desk.native.contents(area(sheet, 1, 1, desk.native.used(sheet)[0], SNAPSHOT_COLUMN))[1:]


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
