"""Stale: which recorded results rest on inputs that have changed since, and what changed, old and new."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lowcarbon_xl.audit.changes import CellChange
from lowcarbon_xl.audit.stale import Staleness, inputs_hash, judge
from lowcarbon_xl.catalogue import Chapter, ribbon_button
from lowcarbon_xl.cells import Block, Output
from lowcarbon_xl.errors import InputError, LowCarbonError, Text
from lowcarbon_xl.ribbon.blocks import area, fit_rows
from lowcarbon_xl.ribbon.calls import read_reference
from lowcarbon_xl.ribbon.desk import Desk, is_own
from lowcarbon_xl.ribbon.ledger import Field, ledger_rows, snapshots
from lowcarbon_xl.ribbon.looks import GREEN, HEAD, NOTE_HEAD, RED, YELLOW
from lowcarbon_xl.ribbon.snapshot import find_sheet

STALE_SHEET = Text("过期检查", "Stale results")
_HEADERS = (
    Text("状态", "state"),
    Text("运行内容", "what ran"),
    Text("运行号", "run"),
    Text("时间", "time"),
    Text("输入区域", "inputs"),
    Text("改动的单元格：旧值 -> 新值", "cells that changed: old -> new"),
)
_WIDTHS = (12, 44, 14, 19, 28, 60)
_FRESH = (Text("✓ 有效", "✓ fresh"), GREEN)
_STALE = (Text("✖ 过期", "✖ stale"), RED)
_UNKNOWN = (Text("? 无法判断", "? cannot tell"), YELLOW)
_INPUT = re.compile(
    r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^,'!]+))!(?P<cells>[A-Z]{1,3}\d+(?::[A-Z]{1,3}\d+)?|[A-Z]{1,3}:[A-Z]{1,3})"
)
_SHOWN = 20
_MOST_MARKS = 300


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A recorded run as its inputs stand now; `found` is None where they are out of sight."""

    run: str
    what: str
    time: str
    inputs: str
    found: Staleness | None
    why: Text


@ribbon_button(
    "stale",
    Chapter.AUDIT,
    label=Text("过期检查", "Stale?"),
    tip=Text(
        "把台账里每次运行的输入与现在的单元格比较：列出过期的结果和改动的单元格（旧值 -> 新值），并给改动的单元格着色；可撤销。",
        "Compare the inputs of every run in the ledger with the cells as they are: stale results and the cells that changed "
        "(old -> new) are listed, and those cells coloured; Undo takes all back.",
    ),
    image="RefreshStatus",
)
def stale(desk: Desk) -> Text:
    """List every recorded run as fresh or stale, and mark the cells that changed."""
    verdicts = list(_verdicts(desk))
    if not verdicts:
        raise InputError(
            Text("台账里还没有运行记录", "the ledger holds no run yet"),
            Text("先运行模型或按函数按钮", "Run a model or press the button of a function first"),
        )
    verdicts.sort(key=lambda verdict: verdict.found is None or verdict.found.fresh)
    _unmark(desk)
    _write(desk, verdicts)
    changes = [change for one in verdicts if one.found is not None for change in one.found.changes]
    _mark(desk, changes)
    old = sum(one.found is not None and not one.found.fresh for one in verdicts)
    lost = sum(one.found is None for one in verdicts)
    more = Text(f"，{lost} 个无法判断", f", {lost} cannot be told") if lost else Text("", "")
    name = STALE_SHEET[desk.language]
    return Text(
        f"{len(verdicts)} 个结果，{old} 个过期{more.zh}，见“{name}”",
        f"{len(verdicts)} results, {old} stale{more.en}; see {name}",
    )


def _verdicts(desk: Desk) -> Iterator[_Verdict]:
    """The last run of everything that ran; what was undone is no result any more."""
    kept = snapshots(desk)
    last: dict[str, list[str]] = {}
    for row in ledger_rows(desk):
        texts = ["" if cell is None else str(cell).removeprefix("s") for cell in row]
        if texts[Field.INPUT_HASH] and not texts[Field.STATE]:  # explanations of findings rest on no inputs
            last[_subject(texts[Field.WHAT])] = texts
    for texts in last.values():
        run, inputs = texts[Field.RUN], texts[Field.INPUTS]
        found, why = _judged(desk, inputs, texts[Field.INPUT_HASH], kept.get(run, []))
        yield _Verdict(run, texts[Field.WHAT], texts[Field.TIME], inputs, found, why)


def _subject(what: str) -> str:
    """What ran, whatever it said when it ran: the model by its name, a formula by its cell."""
    return re.split(r": | =", what, maxsplit=1)[0]


def _judged(desk: Desk, inputs: str, hashed: str, pieces: list[str]) -> tuple[Staleness | None, Text]:
    blocks: list[Block] = []
    for match in _INPUT.finditer(inputs):
        name = (match["quoted"] or match["plain"]).strip().replace("''", "'")
        sheet = find_sheet(desk.book, name)
        if sheet is None:
            return None, Text(f"没有工作表“{name}”了", f"there is no sheet {name} any more")
        blocks.append(read_reference(desk, sheet, match["cells"]))
    if not blocks:
        return None, Text("输入是算出来的数组，不在表上", "its inputs were computed and stand on no sheet")
    if inputs_hash(blocks) == hashed:
        return Staleness(True), Text("", "")
    changed = Staleness(False, (), tuple(block.whole for block in blocks))
    if not pieces:
        return changed, changed.text
    try:
        told = judge(Block([[piece] for piece in pieces]), blocks)
    except LowCarbonError:
        return changed, changed.text
    return told, _told(told)


def _told(found: Staleness) -> Text:
    if found.fresh:
        return Text("", "")
    texts = [change.text for change in found.changes[:_SHOWN]]
    more = len(found.changes) - len(texts)
    zh, en = "；\n".join(text.zh for text in texts), ";\n".join(text.en for text in texts)
    return Text(
        zh + (f"；\n……共 {len(found.changes)} 格" if more > 0 else ""),
        en + (f";\n... {len(found.changes)} cells" if more > 0 else ""),
    )


def _write(desk: Desk, verdicts: list[_Verdict]) -> None:
    sheet = desk.own_sheet(STALE_SHEET[desk.language])
    marks = [_UNKNOWN if one.found is None else _FRESH if one.found.fresh else _STALE for one in verdicts]
    rows: list[list[Output]] = [list(_HEADERS)]
    for one, mark in zip(verdicts, marks, strict=True):
        rows.append([mark[0], one.what, one.run, one.time, one.inputs, one.why])
    desk.touch(area(sheet, 1, 3, len(rows), 1)).number_format = "@"  # a run id of digits alone is no number
    written = desk.write(sheet, 1, 1, rows)
    written.wrap_text, written.vertical_alignment = True, "top"
    head = area(sheet, 1, 1, 1, len(_HEADERS))
    head.font.bold, head.color = True, HEAD
    for number, mark in enumerate(marks, start=2):
        area(sheet, number, 1, 1, 1).color = mark[1]
    for column, width in enumerate(_WIDTHS, start=1):
        desk.set_width(sheet, column, width)
    fit_rows(sheet, 1, rows, _WIDTHS, desk.language)
    desk.native.set_page(written)


def _unmark(desk: Desk) -> None:
    """Take the marks of the last press away: what was run again is stale no more."""
    listed = next(
        (s for name in (STALE_SHEET.zh, STALE_SHEET.en) if (s := find_sheet(desk.book, name)) is not None), None
    )
    if listed is None or not is_own(listed):
        return
    rows = desk.native.contents(area(listed, 1, 1, desk.native.used(listed)[0], len(_HEADERS)))
    lines = [line for row in rows[1:] if isinstance(row[-1], str) for line in row[-1][1:].split("\n")]
    for match in filter(None, map(_INPUT.match, lines)):
        sheet = find_sheet(desk.book, (match["quoted"] or match["plain"]).replace("''", "'"))
        cell = sheet.range(match["cells"])[0, 0] if sheet is not None else None
        if cell is not None and cell.note is not None and cell.note.text.startswith(NOTE_HEAD):
            desk.touch(cell).color = None
            cell.note.delete()


def _mark(desk: Desk, changes: list[CellChange]) -> None:
    """Colour the cells that changed, and say in a note what stood there unless the user has a note of his own."""
    places = {(change.sheet, change.cell): change for change in changes if change.after_place is not None}
    for change in list(places.values())[:_MOST_MARKS]:
        sheet = find_sheet(desk.book, change.sheet)
        if sheet is None:
            continue
        cell = desk.touch(sheet.range(change.cell))
        cell.color = _STALE[1]
        text = f"{NOTE_HEAD}{change.text[desk.language]}"
        if cell.note is None:
            cell.add_note(text)
        elif cell.note.text.startswith(NOTE_HEAD):
            cell.note.text = text
