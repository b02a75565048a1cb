"""Ribbon buttons and their undo on a workbook that has everything."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from lxml import etree

import lowcarbon_xl.functions  # noqa: F401  (declares the worksheet functions)
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.commands.workbook import press
from lowcarbon_xl.hosts.embedded.engine import open_book
from tests.hosts.full_book import CONTROLS, DATA, PARTS
from tests.hosts.test_embedded_graft import LISTS
from tests.hosts.written import parts_of


def pressed(path: Path, button: str, name: str) -> Path:
    output = path.with_name(name)
    options = {"book": path, "output": output, "button": button, "select": None, "lang": "zh", "allow_loss": False}
    assert press(argparse.Namespace(**options), "zh") == 0
    return output


@pytest.mark.parametrize("button", ["template", "manual", "doctor"])
def test_a_button_and_its_undo_leave_the_users_parts_alone(full: Path, button: str) -> None:
    before = parts_of(full)
    once = pressed(full, button, "一.xlsx")
    selected = {PARTS[DATA]} if button != "template" else set()  # the button shows its own sheet in place of this one
    assert {name for name in before if parts_of(once).get(name) != before[name]} <= LISTS | selected
    again = pressed(once, button, "二.xlsx")
    assert {name for name in before if parts_of(again).get(name) != before[name]} <= LISTS | selected
    undone = parts_of(pressed(once, "undo", "还.xlsx"))
    changed = {name for name in before if undone.get(name) != before[name]}
    assert changed <= LISTS | selected
    assert all(_canonical(undone[name]) == _canonical(before[name]) for name in selected)


def _canonical(part: bytes) -> bytes:
    return etree.tostring(etree.fromstring(part), method="c14n")


def test_a_second_press_gives_the_same_file(full: Path) -> None:
    first = pressed(full, "manual", "一.xlsx")
    second = pressed(first, "manual", "二.xlsx")
    assert pressed(second, "manual", "三.xlsx").read_bytes() == second.read_bytes()


def test_a_check_writes_notes_beside_those_of_the_user(full: Path) -> None:
    """The audit marks cells of the data themselves; the table's query, the filter, controls and notes stay."""
    before, after = parts_of(full), parts_of(pressed(full, "check", "审.xlsx"))
    notes = {"xl/comments/comment1.xml", "xl/drawings/commentsDrawing1.vml", "xl/comments9.xml"}
    allowed = {PARTS[DATA], PARTS[CONTROLS], "xl/drawings/vmlDrawing9.vml", *notes}
    assert {name for name in before if after.get(name) != before[name]} <= LISTS | allowed
    assert b'ObjectType="Checkbox"' in after["xl/drawings/vmlDrawing9.vml"]
    assert "<t>会话</t>".encode() in after["xl/comments9.xml"]
    book = open_book(full.with_name("审.xlsx"), functions(), "zh")
    assert book.sheets[DATA]["C3"].note.text.startswith("核对过")
    book.close()
