"""Buttons over HTTP: a workbook in, progress and changes out."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lowcarbon_xl.hosts.server.press import check_request
from tests.conformance.sheets import SHEETS
from tests.hosts_server.conftest import Start
from tests.hosts_server.office import KEY

Press = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The workbook as Office.js reads it, base64."""
    path = tmp_path_factory.mktemp("press") / "book.xlsx"
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in ("能源", "文本数字"):
        sheet = book.create_sheet(name)
        for row in SHEETS[name]:
            sheet.append(row)
    book.save(path)
    return base64.b64encode(path.read_bytes()).decode()


@pytest.fixture(scope="module")
def press(post: Callable[..., Any], workbook: str) -> Press:
    def send(button: str, **request: Any) -> list[dict[str, Any]]:
        content = {"workbook": workbook, "name": "簿.xlsx", "language": "en", **request}
        response = post(content, path=f"/lowcarbon/press/{button}")
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/x-ndjson"
        return [json.loads(line) for line in response.text.splitlines()]

    return send


def test_a_button_writes_its_formula_beside_the_table(press: Press) -> None:
    done = press("emissions", selection="能源!A1:K9")[-1]["done"]
    assert "EMISSIONS" in done["message"]
    own = [block for block in done["changes"]["formulas"] if block["sheet"] == "能源"]
    assert [row for block in own for row in block["formulas"]] == [["=LC.EMISSIONS(A1:K9)"]]
    assert own[0]["address"].startswith("M1")
    assert any(look["bold"] for look in done["changes"]["looks"] if look["sheet"] == "能源")


def test_a_new_sheet_comes_as_a_workbook_with_values(press: Press) -> None:
    done = press("manual")[-1]["done"]
    created = done["changes"]["created"]
    assert created
    received = openpyxl.load_workbook(io.BytesIO(base64.b64decode(done["sheets"])))
    assert set(created) <= set(received.sheetnames)
    assert any("GTFP" in str(cell.value) for row in received[created[0]].iter_rows() for cell in row)


def test_what_one_press_did_another_undoes(press: Press) -> None:
    """The workbook that comes with the first press is what Excel then has."""
    after = press("emissions", selection="能源!A1:K9")[-1]["done"]["sheets"]
    undone = press("undo", workbook=after)[-1]["done"]["changes"]
    cleared = [block for block in undone["formulas"] if block["sheet"] == "能源"]
    assert cleared[0]["address"].startswith("M1:")
    assert {cell for block in cleared for row in block["formulas"] for cell in row} == {""}


def test_a_button_that_cannot_work_says_why_and_changes_nothing(press: Press) -> None:
    assert "Did you mean gtfp?" in press("gtfq")[-1]["error"]
    assert "文本数字!D4" in press("gtfp", selection="文本数字!A1:G10")[-1]["error"]


def test_a_file_that_is_no_workbook_is_refused(press: Press, post: Callable[..., Any]) -> None:
    for content in ("", "PK", base64.b64encode(b"no zip").decode(), None, 3):
        response = post({"workbook": content}, path="/lowcarbon/press/gtfp")
        assert response.status_code == 400
    hollow = base64.b64encode(b"PK\x03\x04" + b"\0" * 100).decode()
    assert press("gtfp", workbook=hollow)[-1]["error"]


@pytest.mark.parametrize(
    "name", ["../../etc/x.xlsx", "a/b.xlsx", "...xlsx", "x.exe", "", "..", "簿" * 300 + ".xlsx", None]
)
def test_the_workbooks_name_is_no_path(workbook: str, name: str | None, tmp_path: Path) -> None:
    job = check_request("gtfp", {"workbook": workbook, "name": name}, "zh")
    path = tmp_path / job.name
    path.touch()
    assert path.parent == tmp_path
    assert path.suffix in (".xlsx", ".xlsm")


def test_a_button_that_runs_too_long_is_stopped(start: Start, workbook: str) -> None:
    httpx = pytest.importorskip("httpx")
    with start(LOWCARBON_SECONDS="0.2") as server:
        response = httpx.post(
            f"{server}/lowcarbon/press/emissions",
            json={"workbook": workbook, "language": "en"},
            headers={"Authorization": KEY},
            timeout=30,
        )
        assert "was stopped" in response.text


def test_the_process_of_a_button_learns_no_secret(start: Start, workbook: str, tmp_path: Path) -> None:
    """A button that tells its environment, in place of the real one."""
    httpx = pytest.importorskip("httpx")
    with start(LOWCARBON_PRESS="tests.hosts_server.telling:press") as server:
        response = httpx.post(
            f"{server}/lowcarbon/press/anything",
            json={"workbook": workbook, "language": "en"},
            headers={"Authorization": KEY},
            timeout=60,
        )
    message = json.loads(response.text.splitlines()[-1])["done"]["message"]
    assert "LOWCARBON_MODULES" in message
    assert KEY not in message
    assert "XLWINGS_LICENSE_KEY" not in message
