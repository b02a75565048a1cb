"""Is a result still that of its inputs? Compared with a hash of what they were, or with a snapshot that keeps it."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
import re
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lowcarbon_xl.audit.changes import CellChange, block_changes
from lowcarbon_xl.audit.content import content_hash
from lowcarbon_xl.cells import Block, Cell, CellError
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.sheet.table import trim

FRESH = Text("有效", "fresh")
STALE = Text("过期", "stale")
RUN_HEADERS = frozenset({"运行号", "run"})
HASH_HEADERS = frozenset({"输入摘要", "hash of inputs"})

_MARK = "LC1"
_PIECE = 32_000
"""Excel cuts the text of a cell at 32,767 characters."""
_LARGEST = 50_000_000
"""A snapshot that unpacks to more is no snapshot of a range."""
_SHOWN = 5
_HASH = re.compile(r"[0-9a-f]{32}")
_RUN = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Staleness:
    """Whether inputs are still what they were.

    Parameters
    ----------
    fresh : bool
    changes : tuple of CellChange
        What changed, old and new; empty when only a hash of the old values is known.
    ranges : tuple of str
        The ranges that changed, as ``sheet!A1:C9``.
    """

    fresh: bool
    changes: tuple[CellChange, ...] = ()
    ranges: tuple[str, ...] = ()

    @property
    def text(self) -> Text:
        """``有效``, or ``过期`` with what changed."""
        if self.fresh:
            return FRESH
        where_zh, where_en = "、".join(self.ranges), ", ".join(self.ranges)
        if not self.changes:
            return Text(f"{STALE.zh}：{where_zh} 的内容变了", f"{STALE.en}: the content of {where_en} changed")
        count = len(self.changes)
        told = [change.text for change in self.changes[:_SHOWN]]
        more = Text("；……", "; ...") if count > len(told) else Text("", "")
        return Text(
            f"{STALE.zh}：{count} 格变了：" + "；".join(text.zh for text in told) + more.zh,
            f"{STALE.en}: {count} cell{'s' if count > 1 else ''} changed: "
            + "; ".join(text.en for text in told)
            + more.en,
        )


def inputs_hash(ranges: Sequence[Block]) -> str:
    """The content hashes of a run's inputs in their order, each as =HASH gives it: what a ledger should keep."""
    return "; ".join(content_hash(block) for block in ranges)


def snapshot(block: Block, unread: Collection[int] = ()) -> tuple[str, ...]:
    """The values of a range as texts that fit into cells, each of at most 32,000 characters.

    Numbers are kept to the last bit; a panel of 510 rows and 7 columns takes one cell.

    Parameters
    ----------
    block : Block
    unread : collection of int
        Zero-based columns that the result does not rest on: of these only the header is kept and compared.
    """
    small = trim(block)
    left_out = sorted(column for column in set(unread) if column < small.shape[1])
    small = _masked(small, left_out)
    columns = [[_packed(row[j]) for row in small.values] for j in range(small.shape[1])]
    content = json.dumps(
        [small.sheet, small.row, small.column, columns, left_out], ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8", "surrogatepass")
    body = base64.b64encode(zlib.compress(content, 9)).decode("ascii")
    check = hashlib.sha256(body.encode()).hexdigest()[:8]
    pieces = [body[start : start + _PIECE - 64] for start in range(0, len(body), _PIECE - 64)]
    return tuple(f"{_MARK}:{check}:{i}/{len(pieces)}:{piece}" for i, piece in enumerate(pieces, start=1))


def _masked(block: Block, unread: Collection[int]) -> Block:
    """The block with blanks below the headers of the columns that nothing rests on."""
    if not unread:
        return block
    values = [[None if i and j in unread else cell for j, cell in enumerate(row)] for i, row in enumerate(block.values)]
    return Block(values, block.sheet, block.row, block.column)


def read_snapshot(texts: Sequence[str]) -> tuple[Block, tuple[int, ...]]:
    """The range that `snapshot` wrote, and its columns that were left out.

    Raises
    ------
    InputError
        When a piece is missing or was changed.
    """
    try:
        parts = [text.split(":", 3) for text in texts]
        numbers = [int(part[2].partition("/")[0]) for part in parts]
        total = int(parts[0][2].partition("/")[2])
        body = "".join(part[3] for _, part in sorted(zip(numbers, parts, strict=True)))
        sound = sorted(numbers) == list(range(1, total + 1))
        if not sound or any(part[1] != hashlib.sha256(body.encode()).hexdigest()[:8] for part in parts):
            raise ValueError("pieces do not fit")
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(base64.b64decode(body), _LARGEST)
        sheet, row, column, columns, unread = json.loads(content.decode("utf-8", "surrogatepass"))
        rows: list[list[Cell]] = [[_unpacked(cell) for cell in line] for line in zip(*columns, strict=True)]
    except (ValueError, IndexError, TypeError, zlib.error, binascii.Error) as error:
        raise InputError(
            Text("快照不完整或被改动过", "the snapshot is incomplete or was changed"),
            Text("引用快照的全部单元格；不行就重新运行一次", "Refer to all cells of the snapshot, or run it again"),
        ) from error
    return Block(rows, sheet, row, column), tuple(unread)


def _packed(cell: Cell) -> object:
    if cell is None or isinstance(cell, str | bool | int | float):
        return cell
    if isinstance(cell, CellError):
        return {"error": cell.code}
    if isinstance(cell, dt.datetime):
        return {"moment": cell.isoformat()}
    return {"date" if isinstance(cell, dt.date) else "time": cell.isoformat()}


def _unpacked(cell: object) -> Cell:
    if not isinstance(cell, dict):
        return cell  # type: ignore[return-value]  # JSON's other values are cells
    ((kind, text),) = cell.items()
    if kind == "error":
        return CellError(text)
    if kind == "time":
        return dt.time.fromisoformat(text)
    return dt.date.fromisoformat(text) if kind == "date" else dt.datetime.fromisoformat(text)


def judge(run: Block, ranges: Sequence[Block]) -> Staleness:
    """Whether the inputs of a run are what they were.

    Parameters
    ----------
    run : Block
        A hash as =HASH gives it (several, one a range, separated by ``;``), the cells of one or more snapshots, or the
        id of a run, which needs the ledger among `ranges`.
    ranges : sequence of Block
        The inputs as they are now, in the order of the run.

    Raises
    ------
    InputError
        When `run` is none of these, or their number is not that of the ranges.
    """
    texts = [_spelled(cell) for row in run.values for cell in row if cell is not None and cell != ""]
    inputs = [block for block in ranges if not is_ledger(block)]
    if not inputs:
        raise _no_ranges()
    if texts and all(text.startswith(f"{_MARK}:") and text.count(":") == 3 for text in texts):
        return _against_snapshots(texts, inputs)
    parts = [part.strip().casefold() for text in texts for part in re.split(r"[;；,，\s]+", text) if part.strip()]
    if len(parts) == 1 and _RUN.fullmatch(parts[0]):
        parts = _hashes_of_run(parts[0], [block for block in ranges if is_ledger(block)])
    if not parts or not all(map(_HASH.fullmatch, parts)):
        raise _unreadable(texts)
    _require_one_each(len(parts), len(inputs))
    changed = [block.whole for block, was in zip(inputs, parts, strict=True) if content_hash(block) != was]
    return Staleness(not changed, (), tuple(changed))


def _spelled(cell: Cell) -> str:
    """A cell as the text that it is meant to be: a run id of digits alone may have become a number."""
    return f"{cell:.0f}" if isinstance(cell, float) else str(cell).strip()


def _against_snapshots(texts: Sequence[str], inputs: Sequence[Block]) -> Staleness:
    groups: list[list[str]] = []
    for text in texts:
        if not groups or text.split(":")[2].startswith("1/"):
            groups.append([])
        groups[-1].append(text)
    _require_one_each(len(groups), len(inputs))
    changes: list[CellChange] = []
    ranges: list[str] = []
    for block, pieces in zip(inputs, groups, strict=True):
        before, unread = read_snapshot(pieces)
        now = trim(block)
        if unread:
            before, now = _read_columns(before, now, unread)
            same = content_hash(_packed_columns(before)) == content_hash(_packed_columns(now))
        else:
            same = content_hash(before) == content_hash(now)
        if same:
            continue
        found = block_changes(Block(before.values, block.sheet, before.row, before.column), now)
        changes += found
        ranges.append(block.whole)
    return Staleness(not ranges, tuple(changes), tuple(ranges))


def _read_columns(before: Block, now: Block, unread: Collection[int]) -> tuple[Block, Block]:
    """Both without the columns that the result does not rest on, told by their headers.

    A column that was not there is not one that the result rests on; where a header stands twice or is gone, the
    columns count by their place.
    """
    wanted = [cell for j, cell in enumerate(before.values[0]) if j not in unread] if before.values else []
    labels = list(now.values[0]) if now.values else []
    if len(set(map(str, wanted))) < len(wanted) or any(labels.count(label) != 1 for label in wanted):
        return before, _masked(now, unread)
    kept = {j for j, label in enumerate(labels) if label in wanted}
    return _without(before, set(unread)), _without(now, set(range(len(labels))) - kept)


def _without(block: Block, columns: Collection[int]) -> Block:
    """The block with blanks in place of some columns, headers and all."""
    values = [[None if j in columns else cell for j, cell in enumerate(row)] for row in block.values]
    return Block(values, block.sheet, block.row, block.column)


def _packed_columns(block: Block) -> Block:
    """The filled columns side by side in the order of their headers: where a column stands does not matter."""
    filled = [j for j in range(block.shape[1]) if any(row[j] not in (None, "") for row in block.values)]
    filled.sort(key=lambda j: str(block.values[0][j]))
    return Block([[row[j] for j in filled] for row in block.values], block.sheet, block.row, block.column)


def is_ledger(block: Block) -> bool:
    """Whether a range is the ledger of runs: its first row names the run and the hash of its inputs."""
    head = {str(cell) for cell in block.values[0]} if block.values else set()
    return bool(head & RUN_HEADERS) and bool(head & HASH_HEADERS)


def _hashes_of_run(run: str, ledgers: Sequence[Block]) -> list[str]:
    """The hashes that the ledger keeps of a run's inputs."""
    if not ledgers:
        raise InputError(
            Text(f"只有运行号 {run}，看不到台账", f"only the run id {run} is given, and the ledger is not in sight"),
            Text("把台账也作为区域给出，如 _LC_台账!A:M", "Give the ledger as a range as well, as _LC_台账!A:M"),
        )
    head, *rows = ledgers[0].values
    names = [str(cell) for cell in head]
    run_column = next(i for i, name in enumerate(names) if name in RUN_HEADERS)
    hash_column = next(i for i, name in enumerate(names) if name in HASH_HEADERS)
    found = [str(row[hash_column]) for row in rows if str(row[run_column]).casefold() == run]
    if not found:
        raise InputError(
            Text(f"台账里没有运行号 {run}", f"the ledger has no run {run}"),
            Text("核对运行号，或重新运行", "Check the id, or run it again"),
            where=ledgers[0].address(0, run_column),
        )
    return [part for part in re.split(r"[;\s]+", found[-1].casefold()) if part]


def _require_one_each(given: int, ranges: int) -> None:
    if given != ranges:
        raise InputError(
            Text(f"有 {given} 个指纹或快照、{ranges} 个区域", f"{given} hashes or snapshots for {ranges} ranges"),
            Text("每个区域一个，顺序相同", "Give one for each range, in the same order"),
        )


def _no_ranges() -> InputError:
    return InputError(
        Text("没有给要比较的区域", "no range to compare is given"),
        Text('写成 =STALE("指纹", 面板!A4:G514)', 'Write =STALE("hash", 面板!A4:G514)'),
    )


def _unreadable(texts: Sequence[str]) -> InputError:
    given = "; ".join(text if len(text) <= 40 else text[:40] + "…" for text in texts)
    return InputError(
        Text(f"“{given}”不是指纹、运行号或快照", f"{given!r} is no hash, run id or snapshot"),
        Text(
            "先用 =HASH(区域) 取指纹（32 位），把它作为文字放在第一个参数",
            "Take the hash (32 digits) with =HASH(range) and give it as a text",
        ),
    )
