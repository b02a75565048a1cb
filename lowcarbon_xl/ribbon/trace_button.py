"""Trace: from a result back to its cells, tinted where they stand; rows left out are hatched, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lowcarbon_xl.audit.trace import Trace
from lowcarbon_xl.catalogue import Chapter, ribbon_button
from lowcarbon_xl.cells import Output
from lowcarbon_xl.errors import Text
from lowcarbon_xl.ribbon.blocks import Range, area
from lowcarbon_xl.ribbon.desk import Desk, is_own
from lowcarbon_xl.ribbon.looks import HEAD, NOTE_HEAD
from lowcarbon_xl.ribbon.snapshot import find_sheet, restore_looks
from lowcarbon_xl.ribbon.trace_call import trace_selected

TRACE = Text("溯源", "Trace")
_TINT = (221, 235, 247)
_MOST_AREAS = 400
_LISTED = 2_000
_MOST_LINKS = 300
_LINK = (5, 99, 193)
_FIRST_WIDTHS = (26, 40, 18, 18, 18, 18)


@ribbon_button(
    "trace",
    Chapter.AUDIT,
    label=Text("溯源", "Trace"),
    tip=Text(
        "从选中的结果单元格（或“模型”表的一行）追溯到它依据的单元格：样本行着色，删除的行画斜线并注明原因，步骤列在“溯源”表；可撤销。",
        "From the selected result (or row of the plan) back to the cells that it rests on: sample rows tinted, dropped rows "
        "hatched with the reason as a note, every step listed on sheet Trace; Undo takes all back.",
    ),
    image="TracePrecedents",
)
def trace(desk: Desk) -> Text:
    """List what the selected result rests on, and mark it where it stands."""
    cell = (desk.selection or desk.native.selected(desk.book))[0, 0]
    found = trace_selected(desk, cell)
    restore_looks(desk.book, "trace")
    _write(desk, found)
    unmarked = _tint(desk, found.areas) + _hatch(desk, found)
    more = Text(f"；{unmarked} 处只列在表里", f"; {unmarked} are on the sheet alone") if unmarked else Text("", "")
    return Text(
        f"{found.cell} 依据 {len(found.cells)} 个单元格，去掉 {len(found.dropped)} 行，见“{TRACE.zh}”{more.zh}",
        f"{found.cell} rests on {len(found.cells)} cells, {len(found.dropped)} rows left out; see {TRACE.en}{more.en}",
    )


def _range(desk: Desk, place: str) -> Range | None:
    """A place of a user's sheet; None for a computed array or a sheet of ours."""
    name, _, cells = place.rpartition("!")
    sheet = find_sheet(desk.book, name.removeprefix("'").removesuffix("'").replace("''", "'")) if name else None
    return None if sheet is None or is_own(sheet) else sheet.range(cells)


def _tint(desk: Desk, areas: Sequence[str]) -> int:
    for place in areas[:_MOST_AREAS]:
        cells = _range(desk, place)
        if cells is not None:
            desk.touch(cells).color = _TINT
    return max(0, len(areas) - _MOST_AREAS)


def _hatch(desk: Desk, found: Trace) -> int:
    for lost in found.dropped[:_MOST_AREAS]:
        cells = _range(desk, lost.cells)
        if cells is None:
            continue
        desk.native.hatch(desk.touch(cells))
        first, text = cells[0, 0], f"{NOTE_HEAD}{lost.reason[desk.language]}"
        if first.note is None:
            first.add_note(text)
        elif first.note.text.startswith(NOTE_HEAD):
            first.note.text = text
    return max(0, len(found.dropped) - _MOST_AREAS)


def _write(desk: Desk, found: Trace) -> None:
    sheet = desk.own_sheet(TRACE[desk.language])
    lines = list(_lines(found))
    width = max(len(_FIRST_WIDTHS), *(len(line.cells) for line in lines))
    rows: list[list[Output]] = [[*line.cells, *[None] * (width - len(line.cells))] for line in lines]
    written = desk.write(sheet, 1, 1, rows)
    linked = [(number, line) for number, line in enumerate(lines, start=1) if line.link is not None][:_MOST_LINKS]
    desk.native.set_links(sheet, {(number, line.linked): line.link for number, line in linked if line.link is not None})
    for number, line in linked:
        area(sheet, number, line.linked, 1, 1).font.color = _LINK
    for number, line in enumerate(lines, start=1):
        if line.heading:
            top = area(sheet, number, 1, 1, width)
            top.font.bold, top.color = True, HEAD
    for column, size in enumerate(_FIRST_WIDTHS, start=1):
        desk.set_width(sheet, column, size)
    desk.native.set_page(written)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the sheet: its cells, whether it is a heading, and where one of its cells leads."""

    cells: list[Output]
    heading: bool = False
    link: str | None = None
    linked: int = 1


def _lines(found: Trace) -> Iterator[_Line]:
    yield _Line([Text("结果", "result"), found.cell, found.value], heading=True, link=found.cell, linked=2)
    yield _Line([Text("公式", "formula"), f" {found.anchor}: {found.formula}"], link=found.anchor, linked=2)
    for label, text in found.arguments:
        yield _Line([label, text])
    for note in found.notes:
        yield _Line([Text("口径", "note"), note])
    for behind in found.behind:
        yield _Line([Text("可再追溯", "trace on"), behind], link=behind, linked=2)
    for section in found.sections:
        yield _Line([])
        yield _Line([section.title], heading=True)
        yield from (_Line(list(row)) for row in section.rows)
    if found.dropped:
        yield _Line([])
        yield _Line([Text("去掉的行", "rows left out"), Text("原因", "reason"), Text("谁", "who")], heading=True)
        for lost in found.dropped[:_LISTED]:
            yield _Line([lost.cells, lost.reason, lost.who], link=lost.cells)
    yield _Line([])
    yield _Line([Text("依据的单元格", "cells"), Text("内容", "what"), Text("值", "value")], heading=True)
    for cell in found.cells[:_LISTED]:
        standing = not cell.address.startswith("R1C") and "!" in cell.address
        yield _Line([cell.address, cell.what, cell.value], link=cell.address if standing else None)
    if len(found.cells) > _LISTED:
        count = len(found.cells)
        yield _Line([Text(f"……共 {count} 个单元格", f"... {count} cells"), ", ".join(found.areas[:20])])
