"""xlwings' front end and ours in headless Chromium, before a workbook that a stand-in for office.js holds.

The stand-in passes blanks as 0, as some versions of Excel do, so that the front end must tell them apart.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from typing import Any

import openpyxl
import pytest

import lowcarbon_xl.ribbon
from lowcarbon_xl.catalogue import buttons, functions
from lowcarbon_xl.cells import CellError
from lowcarbon_xl.hosts.embedded.places import LAST_ROW, Area, Place
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation
from tests.conformance.sheets import SHEETS
from tests.hosts_server.conftest import Start
from tests.hosts_server.office import KEY, Direct, direct_calls, expected, formula_at, matrix, shown
from tests.hosts_server.test_conformance_server import same

ENDS_WITHIN = 120
"""Seconds for all calls; a browser on busy cores is slow."""

Report = dict[str, Any]

PLAN = [
    ["模型"],
    ["名称", "类型", "面板", "解释变量", "输出表", "状态"],
    ["D1", "描述", "能源", "原煤", "结果一", "✓ 见“结果一”"],
    ["M1", "TWFF", "能源", "原煤", "结果二", None],
    ["D2", "描述", "能源", "原煤", "结果三", None],
]
"""A plan with a row that was run, one of a kind that there is not, and one that waits."""


def called(direct: Direct) -> dict[str, Any]:
    """A call as the stand-in makes it."""
    arguments = [
        {"place": a.reference.replace("$", ""), "sheet": a.sheet, "cells": a.reference.rpartition("!")[2]}
        if isinstance(a, Area)
        else None
        if a is None
        else {"value": a}
        for a in direct.arguments
    ]
    formula = formula_at(Place(direct.call.id, 1, 1))
    return {"id": direct.call.id, "name": direct.function, "args": arguments, "formula": formula}


def in_sheet(cell: Any) -> Any:
    """A value of a sheet for the stand-in; only blanks are null."""
    return None if cell == "" else cell


@pytest.fixture(scope="module")
def report(start: Start, book: Recalculation, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What happened in the browser."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("Chromium is not installed")
    folder = tmp_path_factory.mktemp("front")
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "能源"
    for row in SHEETS["能源"]:
        sheet.append(row)
    plan = workbook.create_sheet("模型")
    for row in PLAN:
        plan.append(row)
    workbook.save(folder / "book.xlsx")
    sheets = {
        name: [[in_sheet(c) for c in row] for row in matrix(Area(name, 1, 1, len(rows), max(map(len, rows))), book)]
        for name, rows in SHEETS.items()
    }
    sheets["模型"] = [row + [None] * (6 - len(row)) for row in PLAN]
    data = {
        "key": KEY,
        "language": "zh",
        "sheets": sheets,
        "calls": [called(direct) for direct in direct_calls()],
        "file": base64.b64encode((folder / "book.xlsx").read_bytes()).decode(),
        "selection": "能源!A1:K9",
        "press": "emissions",
        "search": "永续盘存",
        "planRow": 5,
    }
    (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
    result = folder / "report.json"
    with start(
        "tests.hosts_server.front:create", FRONT_DATA=str(folder / "data.json"), FRONT_REPORT=str(result)
    ) as server:
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
        process = subprocess.Popen(
            [*command, "--remote-debugging-port=0", f"{server}/taskpane.html"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            end = time.monotonic() + ENDS_WITHIN
            while not result.exists() and time.monotonic() < end and process.poll() is None:
                time.sleep(0.2)
        finally:
            process.terminate()
            process.wait(20)
    assert result.exists(), "the browser reported nothing"
    return json.loads(result.read_text(encoding="utf-8"))


def test_excel_gets_every_function_and_every_button(report: Report) -> None:
    assert lowcarbon_xl.ribbon.press
    assert not report["errors"]
    assert set(report["functions"]) == {function.name for function in functions()}
    assert set(report["actions"]) == {button.id for button in buttons()}


@pytest.mark.parametrize("direct", direct_calls(), ids=lambda direct: direct.call.id)
def test_a_cell_shows_what_the_embedded_host_shows(direct: Direct, report: Report, book: Recalculation) -> None:
    answer = next(answer for answer in report["answers"] if answer["id"] == direct.call.id)
    place = Place(direct.call.id, 1, 1)
    wanted = book.arrays.get(place, ((book.values[place],),))
    if isinstance(wanted[0][0], CellError):
        assert answer["code"] == wanted[0][0].code
        assert place_named(direct.call.reason) in answer["message"]
        return
    assert "result" in answer, answer
    found = answer["result"]
    if direct.function == "WHY":
        assert len(found[0][0]) > 20
        assert place_named(direct.call.reason) in found[0][0]
        return
    assert [len(row) for row in found] == [len(row) for row in wanted]
    for row, line in zip(found[1:], wanted[1:], strict=True):
        for f, w in zip(row, line, strict=True):
            assert isinstance(w, str) or same(shown(f), expected(w)), (row, line)


def place_named(reason: str) -> str:
    """The place that an English reason begins with; the rest is Chinese here."""
    return reason.removesuffix(": ") if "!" in reason else ""


def test_whole_columns_are_cut_before_they_are_sent(report: Report) -> None:
    whole = [d for d in direct_calls() if any(isinstance(a, Area) and a.last_row == LAST_ROW for a in d.arguments)]
    assert len(whole) >= 3
    assert all("result" in a for a in report["answers"] if a["id"] in {d.call.id for d in whole})


def test_a_button_changes_the_open_workbook(report: Report) -> None:
    assert report["completed"] == 1
    assert {"sheet": "能源", "address": "M1:M1", "rows": [["=LC.EMISSIONS(A1:K9)"]]} in report["written"]
    assert "EMISSIONS" in report["shots"]["pressed"]
    inserted = {name for entry in report["inserted"] for name in entry["sheets"]}
    assert inserted
    assert set(report["states"]) == inserted
    assert any(look["name"] == "bold" and look["value"] for look in report["looks"])


def test_the_pane_lists_reasons_and_finds_in_the_manual(report: Report) -> None:
    shots = report["shots"]
    assert "缺一格!E3：" in shots["log"]
    assert int(shots["count"]) >= 10
    assert shots["buttons"] == len(buttons())
    assert "CAPITALSTOCK" in shots["found"]
    assert len(shots["found"]) < len(functions())
    assert (shots["language"], shots["other"]) == ("zh-CN", "Settings")
    assert shots["checked"].endswith("ann")


def test_the_pane_lists_the_plan_and_runs_the_chosen_row_alone(report: Report) -> None:
    plan = report["shots"]["plan"]
    done, wrong, ready = plan["before"]
    assert done == ["D1", "描述", "完成", "✓ 见“结果一”"]
    assert wrong[:3] == ["M1", "TWFF", "失败"]
    assert "TWFE" in wrong[3]
    assert ready == ["D2", "描述", "待运行"]
    assert plan["busy"]
    assert report["selected"] == "模型!A5"
    assert "1 个模型" in plan["ran"]
    written = [block for block in report["written"] if block["sheet"] == "模型"]
    assert {block["address"] for block in written} == {"F5:F5"}
    assert written[0]["rows"][0][0].lstrip("'").startswith("✓")
    assert plan["after"][2] == ["D2", "描述", "完成", "✓ 100"]
    assert plan["counts"]


def test_blanks_of_another_workbook_are_not_guessed(report: Report) -> None:
    assert report["shots"]["foreign"]["code"] == "#VALUE!"
    assert "[Other.xlsx]" in report["shots"]["foreign"]["message"]
