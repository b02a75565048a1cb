"""Tables that the plan wrote are results when two versions are compared: stale, or following their inputs."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import lowcarbon_xl.ribbon as ribbon
from lowcarbon_xl.commands import FAILED, OK, compare
from tests.ribbon.books import MODEL, fill_plan, opened, write_book


@pytest.fixture
def planned(tmp_path: Path) -> Path:
    """A workbook whose plan was run."""
    path = write_book(tmp_path / "old.xlsx")
    book = opened(path)
    fill_plan(book, MODEL, {**MODEL, "controls": "就业人员"}, {**MODEL, "y": "实际GDP", "output": "别的"})
    ribbon.press(book, "run_all")
    ribbon.press(book, "trace", selection="模型!B5")
    book.save(str(path))
    book.close()
    return path


def edited(path: Path, cell: str, number: float, *, run: bool = False) -> Path:
    """The same workbook with another number in the panel, its plan run again or not."""
    target = path.with_name("new.xlsx")
    book = opened(path)
    book.sheets["面板"].range(cell).value = number
    if run:
        ribbon.press(book, "run_all")
    book.save(str(target))
    book.close()
    return target


def compared(old: Path, new: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = compare.compare_books(Namespace(old=old, new=new, json=True), "zh")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, found


def verdicts(found: dict[str, Any]) -> dict[str, tuple[str, int]]:
    return {result["cell"]: (result["verdict"], result["count"]) for result in found["results"]}


def test_a_table_that_was_not_run_again_is_stale_and_says_what_it_should_be(
    planned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = compared(planned, edited(planned, "G9", 150.0), capsys)
    assert code == FAILED
    assert [(change["sheet"], change["cell"]) for change in found["inputs"]] == [("面板", "G9")]
    assert verdicts(found)["结果!A1"] == ("stale", 8)
    assert verdicts(found)["别的!A1"] == ("unaffected", 0)
    stale = next(result for result in found["results"] if result["cell"] == "结果!A1")
    again = openpyxl.load_workbook(edited(planned, "G9", 150.0, run=True), data_only=True)["结果"]
    for example in stale["examples"]:
        assert example["should_be"] == pytest.approx(again[example["cell"]].value, rel=1e-12)


def test_a_table_that_was_run_again_follows(planned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = compared(planned, edited(planned, "C9", 150.0, run=True), capsys)
    assert code == OK
    assert verdicts(found)["结果!A1"] == (
        "follows",
        4,
    )  # coefficient, t, R2 and F of the second column, which alone has the control
    assert [change["cell"] for change in found["inputs"]] == ["C9"]


def test_the_same_book_twice_has_nothing_to_say(planned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = compared(planned, planned, capsys)
    assert (code, found["inputs"], found["results"]) == (OK, [], [])


def test_digits_beyond_the_fifteenth_are_no_change(planned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = openpyxl.load_workbook(planned)["面板"]["C9"].value
    code, found = compared(planned, edited(planned, "C9", value * (1 + 2e-16) + 1e-14), capsys)
    assert found["inputs"] == []
    assert code == OK
