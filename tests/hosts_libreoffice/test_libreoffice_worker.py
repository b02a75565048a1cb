"""The worker process and the add-in's side of the pipes, without LibreOffice."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.hosts.libreoffice.in_calc.client import Outage, Worker
from lowcarbon_xl.hosts.libreoffice.install import worker_command
from lowcarbon_xl.hosts.libreoffice.worker import Answering, serve
from tests.conformance.sheets import SHEETS, Rows
from tests.hosts_libreoffice.conftest import CATALOGUE


def block(name: str, rows: Rows | None = None, **more: Any) -> dict[str, Any]:
    """A range as the add-in sends it: a whole sheet from A1."""
    cells = SHEETS[name] if rows is None else rows
    corners = {"row": 1, "column": 1, "last_row": len(cells), "last_column": len(cells[0])}
    return {"block": {"document": "1", "sheet": name, **corners, "cells": cells, "merged": [], **more}}


def call(function: str, *arguments: Any) -> dict[str, Any]:
    return {"do": "call", "function": function, "arguments": list(arguments), "language": "en"}


def why(formula: str | None, shown: Any, offset: tuple[int, int] = (0, 0), sheet: str = "结果") -> dict[str, Any]:
    """WHY about a cell at an offset in an array at A1."""
    row, column = offset[0] + 1, offset[1] + 1
    corners = {"row": row, "column": column, "last_row": row, "last_column": column}
    cell = {"document": "1", "sheet": sheet, **corners, "cells": [[shown]], "merged": []}
    anchor = {"document": "1", "sheet": sheet, "row": 1, "column": 1}
    return call("WHY", {"block": {**cell, "formula": formula, "anchor": anchor, "offset": list(offset)}})


@pytest.fixture
def answering() -> Answering:
    return Answering(functions())


def explained(answering: Answering, request: dict[str, Any]) -> str:
    return str(answering.answer(request)["rows"][0][0])


def test_a_call_gets_its_spill_with_marked_error_values(answering: Answering) -> None:
    rows = answering.answer(call("GTFP", block("面板"), None))["rows"]
    assert rows[0] == ["index", "EC", "TC", "cumulative"]
    assert rows[1][:3] == [{"error": "#N/A"}] * 3
    assert rows[1][3] == 1.0
    assert len(rows) == len(SHEETS["面板"])


def test_the_reason_is_found_by_the_formula(answering: Answering) -> None:
    answering.answer(call("GTFP", block("缺一格"), None))
    answering.answer(call("GTFP", block("面板"), None))
    answering.answer(call("GTFP", block("面板"), "rts=VRS"))
    blank = explained(answering, why("LC.GTFP(缺一格!A1:G10)", {"error": "#VALUE!"}))
    assert blank.startswith("#VALUE!: 缺一格!E3: ")
    vrs = explained(answering, why('LC.GTFP(面板!$A$1:$G$31,"rts=VRS")', 1.0, (1, 3)))
    assert "VRS" in vrs
    assert 'GTFP(面板!$A$1:$G$31,"rts=VRS")' in vrs
    assert "VRS" not in explained(answering, why("LC.GTFP(面板!A1:G31)", 1.0, (1, 3)))


def test_a_reference_without_a_sheet_means_the_sheet_of_the_formula(answering: Answering) -> None:
    answering.answer(call("GTFP", block("缺一格"), None))
    reason = explained(answering, why("LC.GTFP(A1:G10)", {"error": "#VALUE!"}, sheet="缺一格"))
    assert reason.startswith("#VALUE!: 缺一格!E3: ")
    elsewhere = explained(answering, why("LC.GTFP(A1:G10)", {"error": "#VALUE!"}, sheet="面板"))
    assert "has not been computed" in elsewhere


def test_options_that_only_calc_can_evaluate_are_told_apart_by_what_is_shown(answering: Answering) -> None:
    crs = answering.answer(call("GTFP", block("面板"), None))["rows"]
    vrs = answering.answer(call("GTFP", block("面板"), "rts=VRS"))["rows"]
    row = next(i for i in range(2, len(crs)) if isinstance(crs[i][1], float) and crs[i][1] != vrs[i][1])
    formula = "LC.GTFP(面板!A1:G31,选项!A1)"
    assert "VRS" in explained(answering, why(formula, vrs[row][1], (row, 1)))
    assert "CRS" in explained(answering, why(formula, crs[row][1], (row, 1)))


def test_a_call_that_failed_inside_another_formula_is_explained(answering: Answering) -> None:
    answering.answer(call("GTFP", block("缺一格"), None))
    reason = explained(answering, why("SUM(LC.GTFP(缺一格!A1:G10))", {"error": "#VALUE!"}))
    assert "缺一格!E3: " in reason


def test_cells_that_are_not_ours(answering: Answering) -> None:
    assert "typed value" in explained(answering, why(None, 3.0))
    assert "ordinary formula" in explained(answering, why("SUM(A1:A3)", 3.0))


def test_a_computed_array_that_calc_refuses_is_explained(answering: Answering) -> None:
    shown = {"error": "Err:504"}
    assert "computed array" in explained(answering, why("LC.DESCRIBE(LC.FILLGAPS(面板!A1:G31))", shown))


@pytest.mark.parametrize(
    ("formula", "size"),
    [
        ("LC.GTFP(面板!A1:G31)", {"ours": True, "size": [31, 4]}),
        ("LC.GTFP(panel!A1:G17)", {"ours": True, "size": None}),
        ("SUM(LC.GTFP(面板!A1:G31))", {"ours": False}),
        ("SUM(A1)", {"ours": False}),
        (None, {"ours": False}),
    ],
)
def test_the_size_of_a_result(answering: Answering, formula: str | None, size: dict[str, Any]) -> None:
    answering.answer(call("GTFP", block("面板"), None))
    anchor = {"document": "1", "sheet": "结果", "row": 1, "column": 1}
    assert answering.answer({"do": "size", "formula": formula, "anchor": anchor}) == size


def test_a_function_of_another_version_shows_a_name_error_and_a_reason(answering: Answering) -> None:
    assert answering.answer(call("FUTURE", 1.0))["rows"] == [[{"error": "#NAME?"}]]


def test_dates_blanks_and_logical_values_cross_the_wire() -> None:
    rows: Rows = [
        ["省份", "年份", "d", "x"],
        ["北京", 2019.0, {"date": "2020-01-15"}, 1.0],  # type: ignore[list-item]
        ["北京", 2020.0, {"date": "2021-01-20T12:00:00"}, None],  # type: ignore[list-item]
        ["北京", 2021.0, {"time": "12:30:00"}, 3.0],  # type: ignore[list-item]
    ]
    request = json.dumps(call("FILLGAPS", block("日期", rows), "columns=x")).encode()
    answers = io.BytesIO()
    serve(io.BytesIO(request + b"\n"), answers, functions())
    ready, answer = map(json.loads, answers.getvalue().splitlines())
    assert ready == {"ready": True}
    assert answer["rows"] == [*rows[:2], ["北京", 2020.0, {"date": "2021-01-20T12:00:00"}, 2.0], rows[3]]


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker(worker_command(CATALOGUE), 60.0)
    yield made
    made.close()


def fake(code: str, seconds: float = 30.0) -> Worker:
    """A worker that says that it is ready and then does something else."""
    ready = "import sys, time; print('{\"ready\": true}', flush=True); "
    return Worker([sys.executable, "-c", ready + code], seconds)


def test_a_worker_that_was_killed_is_started_again(worker: Worker) -> None:
    request = call("DESCRIBE", block("变量"), None)
    first = worker.ask(request)
    process = worker._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert worker.ask(request) == first


def test_a_worker_that_dies_in_a_call_is_an_outage_with_its_last_words() -> None:
    worker = fake("sys.stdin.readline(); sys.exit('out of memory')")
    with pytest.raises(Outage, match="out of memory"):
        worker.ask(call("GTFP", block("面板"), None))
    worker.close()


def test_a_call_that_takes_too_long_is_stopped() -> None:
    worker = fake("time.sleep(600)", seconds=0.5)
    with pytest.raises(Outage, match="took more than"):
        worker.ask(call("GTFP", block("面板"), None))
    assert worker._process is None


def test_a_worker_that_cannot_start_says_how_to_mend_it_and_is_not_tried_for_every_cell(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    worker = Worker([sys.executable, "-c", f"open({str(starts)!r}, 'a').write('x'); import no_such_package"])
    for _ in range(50):
        with pytest.raises(Outage, match=r"No module named 'no_such_package'.*lowcarbon install"):
            worker.ask(call("GTFP"))
    assert starts.read_text() == "x"
    missing = Worker(["/no/such/python"])
    with pytest.raises(Outage, match="cannot be started"):
        missing.ask(call("GTFP"))


def test_why_knows_about_a_call_that_got_no_answer(worker: Worker) -> None:
    request = call("GTFP", block("面板"), None)
    broken = fake("sys.stdin.readline(); sys.exit('out of memory')")
    with pytest.raises(Outage):
        broken.ask(request)
    worker._failed = broken._failed
    assert all(not sent["block"]["cells"] for sent in broken._failed[0]["request"]["arguments"][:1])
    answer = worker.ask(why("LC.GTFP(面板!A1:G31)", {"error": "#VALUE!"}))
    assert "out of memory" in answer["rows"][0][0]
    broken.close()
