"""How the models of a plan stand, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lowcarbon_xl.errors import HostError
from lowcarbon_xl.hosts.server.plan import described, status
from lowcarbon_xl.hosts.server.settings import ServerSettings
from tests.hosts_server.conftest import Start
from tests.hosts_server.office import KEY

PATH = "/lowcarbon/plan"
HEADER = ["名称", "类型", "面板", "被解释变量", "解释变量", "状态"]
WITH_PLAN = ServerSettings.from_environment({"LOWCARBON_PLAN": "lowcarbon_xl.ribbon.plan_state"})


def states(*rows: list[Any]) -> list[tuple[Any, ...]]:
    found = status({"sheet": "模型", "values": [["模型", *[""] * 5], HEADER, *rows]}, WITH_PLAN)
    return [(m["row"], m["name"], m["kind"]["en"], m["state"], m["reason"]["en"]) for m in found["models"]]


def test_each_model_stands_as_its_last_run_left_it() -> None:
    assert states(
        ["M1", "TWFE", "面板", "y", "x", "✓ N=60，见“结果”"],
        ["M2", "机制", "面板", "y", "x", "没有列 z"],
        ["", "", "", "", "", "leftover"],
        ["", "安慰剂", "面板", "y", "x", ""],
        [3, "TWFE", "面板", "y", "x", {"type": "Error", "errorType": "NotAvailable"}],
    ) == [
        (3, "M1", "TWFE", "done", "✓ N=60，见“结果”"),
        (4, "M2", "mechanism", "failed", "没有列 z"),
        (6, "#6", "placebo", "ready", ""),
        (7, "3", "TWFE", "failed", "#N/A"),
    ]


def test_a_kind_that_there_is_not_has_failed_before_any_run() -> None:
    ((_, name, kind, state, reason),) = states(["M1", "TWFF", "面板", "y", "x", "✓ N=60"])
    assert (name, kind, state) == ("M1", "TWFF", "failed")
    assert "Did you mean TWFE?" in reason


def test_a_sheet_that_is_no_plan_says_what_it_lacks() -> None:
    found = status({"sheet": "模型", "values": [["a", "b"]]}, WITH_PLAN)
    assert found["models"] == []
    assert "模型!" in found["reason"]["zh"]
    assert "header row" in found["reason"]["en"]
    assert status({"sheet": "模型", "values": [HEADER]}, WITH_PLAN) == {"models": [], "reason": None}


def test_without_a_reader_the_pane_knows_of_no_plan() -> None:
    without = ServerSettings.from_environment({})
    assert described(without) is None
    with pytest.raises(HostError):
        status({"sheet": "模型", "values": [HEADER]}, without)


def test_the_pane_is_told_buttons_that_exist() -> None:
    import lowcarbon_xl.ribbon  # noqa: F401  (declares the buttons)
    from lowcarbon_xl.catalogue import buttons

    known = described(WITH_PLAN)
    assert known is not None
    assert {known["runAll"], known["runSelected"], known["template"]} <= {button.id for button in buttons()}


def test_the_plan_is_told_to_users_alone(post: Callable[..., Any]) -> None:
    plan = {"sheet": "模型", "values": [HEADER, ["M1", "TWFE", "面板", "y", "x", ""]]}
    assert post(plan, path=PATH, key=None).status_code == 401
    assert post(plan, path=PATH, key="a-key-that-nobody-has").status_code == 401
    answer = post(plan, path=PATH)
    assert answer.status_code == 200
    assert [(m["name"], m["state"]) for m in answer.json()["models"]] == [("M1", "ready")]


@pytest.mark.parametrize(
    "content", [[], {}, {"sheet": "模型"}, {"sheet": 1, "values": [[]]}, {"sheet": "模型", "values": [[1], [1, 2]]},
                {"sheet": "模型", "values": []}, {"sheet": "模型", "values": [[[1]]]}]
)  # fmt: skip
def test_a_malformed_plan_gets_a_clear_answer(post: Callable[..., Any], content: Any) -> None:
    answer = post(content, path=PATH)
    assert answer.status_code == 400
    assert answer.text


def test_a_plan_that_is_too_large_is_refused(start: Start) -> None:
    httpx = pytest.importorskip("httpx")
    with start(LOWCARBON_PAYLOAD_MB="0.01") as server:
        plan = {"sheet": "模型", "values": [["x" * 20_000]]}
        assert httpx.post(server + PATH, json=plan, headers={"Authorization": KEY}).status_code == 413
