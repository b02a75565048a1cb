"""=STALE as a host calls it."""

from __future__ import annotations

import pytest

import lowcarbon_xl.functions  # noqa: F401  (declares the worksheet functions)
from lowcarbon_xl.audit.content import content_hash
from lowcarbon_xl.audit.stale import snapshot
from lowcarbon_xl.catalogue import Function, functions
from lowcarbon_xl.cells import Block, Cell, CellError

PANEL: list[list[Cell]] = [["省份", "年份", "GDP"], ["北京", 2013.0, 10.0], ["北京", 2014.0, 11.0]]
NOW: list[list[Cell]] = [["省份", "年份", "GDP"], ["北京", 2013.0, 10.0], ["北京", 2014.0, 12.0]]


@pytest.fixture(scope="module")
def stale() -> Function:
    found = next((function for function in functions() if function.name == "STALE"), None)
    if found is None:
        pytest.skip("STALE is not declared in lowcarbon_xl.functions")
    return found


def test_in_the_language_of_the_call(stale: Function) -> None:
    was, now = content_hash(Block(PANEL, "面板")), Block(NOW, "面板", 4, 1)
    assert stale.evaluate((was, Block(PANEL, "面板", 4, 1)), "zh").rows == (("有效",),)
    assert stale.evaluate((was, Block(PANEL, "面板", 4, 1), None), "en").rows == (("fresh",),)
    assert stale.evaluate((was, now), "zh").rows == (("过期：面板!A4:C6 的内容变了",),)
    kept = Block((snapshot(Block(PANEL, "面板", 4, 1)),), "_LC_台账", 2, 14)
    assert stale.evaluate((kept, now), "en").rows == (("stale: 1 cell changed: 面板!C6 (北京 2014 GDP): 11 -> 12",),)


def test_an_error_has_its_reason(stale: Function) -> None:
    cell = stale.evaluate(("nonsense", Block(PANEL, "面板", 4, 1)), "en").rows[0][0]
    assert isinstance(cell, CellError)
    assert cell.code == "#VALUE!"
    assert cell.reason is not None
    assert "=HASH(range)" in cell.reason.en


def test_more_ranges_than_the_catalogue_declares_are_refused(stale: Function) -> None:
    spill = stale.evaluate(("0" * 32, *[Block(PANEL, "面板", 4, 1)] * 7), "en")
    assert "at most 7 arguments" in spill.reasons[0].en
