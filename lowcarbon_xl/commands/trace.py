"""``trace``: from a result cell of a workbook back to the cells that made it."""

from __future__ import annotations

import argparse
from pathlib import Path

from lowcarbon_xl.audit.trace import Section, Trace
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.commands import OK
from lowcarbon_xl.commands.asked_book import AskedBook
from lowcarbon_xl.commands.evidence import plain
from lowcarbon_xl.commands.plan import has_plan
from lowcarbon_xl.errors import Language, Text
from lowcarbon_xl.hosts.embedded.places import Place
from lowcarbon_xl.terminal import print_json_value, print_rows, say

_SHOWN_CELLS, _SHOWN_DROPPED = 40, 20


def trace(options: argparse.Namespace, language: Language) -> int:
    """Say what a cell rests on."""
    found = trace_cell(options.book, options.cell, language)
    if options.json:
        print_json_value(record(found, language))
    else:
        _say(found, language)
    return OK


def trace_cell(path: Path, cell: str, language: Language) -> Trace:
    """What one cell of a workbook rests on; the workbook is recalculated first.

    Parameters
    ----------
    path : Path
    cell : str
        ``面板!J7``; without a sheet, of the one that is shown when the file opens.

    Raises
    ------
    HostError
        When the file cannot be read or there is no such sheet.
    InputError
        When `cell` names no cell.
    """
    book = AskedBook.read(path, language)
    place = book.place(cell)
    if book.anchor(place) is None and has_plan(book.done) and (found := _planned(path, place, book.language)):
        return found
    return book.trace(place)


def _planned(path: Path, place: Place, language: Language) -> Trace | None:
    """What a row of the plan or a number of its tables rests on; None for any other cell."""
    from lowcarbon_xl.hosts.embedded import engine  # xlwings, which other traces need not wait for
    from lowcarbon_xl.ribbon.desk import Desk
    from lowcarbon_xl.ribbon.snapshot import Snapshot
    from lowcarbon_xl.ribbon.trace_table import trace_planned

    book = engine.open_book(path, functions(), language)
    try:
        desk = Desk(book, language, None, lambda done, planned, what: None, Snapshot(book, "trace"))
        return trace_planned(desk, book.sheets[place.sheet].range((place.row, place.column)))
    finally:
        book.close()


def record(found: Trace, language: Language) -> dict[str, object]:
    """A trace as JSON has it."""
    return {
        "cell": found.cell,
        "value": plain(found.value, language),
        "anchor": found.anchor,
        "function": found.function,
        "formula": found.formula,
        "arguments": [{"argument": label[language], "written": text} for label, text in found.arguments],
        "ranges": list(found.ranges),
        "areas": list(found.areas),
        "complete": found.complete,
        "cells": [
            {"cell": cell.address, "what": cell.what, "value": plain(cell.value, language)} for cell in found.cells
        ],
        "sections": [
            {
                "title": section.title[language],
                "rows": [[plain(cell, language) for cell in row] for row in section.rows],
            }
            for section in found.sections
        ],
        "dropped": [{"cells": lost.cells, "who": lost.who, "reason": lost.reason[language]} for lost in found.dropped],
        "notes": [note[language] for note in found.notes],
        "behind": list(found.behind),
    }


def _say(found: Trace, language: Language) -> None:
    """A trace for a person: formula, steps, cells, what was dropped, where to go on."""
    value = plain(found.value, language)
    say(Text(f"{found.cell} = {value}", f"{found.cell} = {value}"), language)
    if found.formula:
        say(Text(f"公式 {found.anchor}：{found.formula}", f"Formula in {found.anchor}: {found.formula}"), language)
    for label, text in found.arguments:
        say(Text(f"  {label.zh}：{text}", f"  {label.en}: {text}"), language)
    for section in found.sections:
        _say_section(section, language)
    if found.cells:
        areas = found.areas
        listed = ", ".join(areas[:_SHOWN_CELLS]) + (", ..." if len(areas) > _SHOWN_CELLS else "")
        count = len(found.cells)
        say(Text(f"依据 {count} 个单元格：{listed}", f"Rests on {count} cells: {listed}"), language)
    for lost in found.dropped[:_SHOWN_DROPPED]:
        say(
            Text(
                f"  去掉 {lost.cells} {lost.who}：{lost.reason.zh}",
                f"  left out {lost.cells} {lost.who}: {lost.reason.en}",
            ),
            language,
        )
    if len(found.dropped) > _SHOWN_DROPPED:
        more = len(found.dropped) - _SHOWN_DROPPED
        say(
            Text(f"  还有 {more} 行去掉（--json 全部列出）", f"  {more} more rows left out (--json lists all)"),
            language,
        )
    for note in found.notes:
        say(note, language)
    if found.behind:
        names = ", ".join(found.behind)
        say(Text(f"其中的结果可再追溯：{names}", f"Results among them, to be traced on: {names}"), language)


def _say_section(section: Section, language: Language) -> None:
    say(Text(f"— {section.title.zh}", f"- {section.title.en}"), language)
    rows = [[cell[language] if isinstance(cell, Text) else cell for cell in row] for row in section.rows]
    print_rows(rows)
