"""The server's endpoints over HTTP: who may call, what is refused, what xlwings' front end is given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import lowcarbon_xl.ribbon
from lowcarbon_xl.catalogue import buttons, functions
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation
from tests.hosts_server.conftest import Start
from tests.hosts_server.office import KEY, body, direct_body, direct_calls

OFFICE = "{http://schemas.microsoft.com/office/taskpaneappversionoverrides}"
TYPES = "{http://schemas.microsoft.com/office/officeappbasictypes/1.0}"

WITH_SLOW = "lowcarbon_xl.functions,tests.hosts_server.slow"

Post = Callable[..., Any]


def get(server: str, path: str, **headers: str) -> Any:
    return pytest.importorskip("httpx").get(server + path, headers=headers, timeout=30)


@pytest.mark.parametrize(
    "path",
    ["/xlwings/custom-functions-call", "/lowcarbon/press/gtfp", "/lowcarbon/plan", "/xlwings/custom-scripts-call/x"],
)
@pytest.mark.parametrize("key", [None, "a-key-that-nobody-has", "密钥".encode()])
def test_nobody_computes_without_a_key(post: Post, path: str, key: str | bytes | None) -> None:
    response = post(body("GTFP", [[[1]]]), key=key, path=path)
    assert response.status_code == 401
    assert "API key" in response.json()["detail"]


def test_a_key_belongs_to_its_user(server: str) -> None:
    assert get(server, "/lowcarbon/user", Authorization=KEY).json() == {"name": "ann"}
    assert get(server, "/lowcarbon/user").status_code == 401


def test_a_body_that_is_too_large_is_refused_and_the_server_lives_on(post: Post, server: str) -> None:
    rows = [["x" * 1000] * 10] * 1000
    response = post(body("DESCRIBE", [rows]))
    assert response.status_code == 413
    assert "8 MB" in response.text
    httpx = pytest.importorskip("httpx")
    unannounced = httpx.post(
        f"{server}/xlwings/custom-functions-call",
        content=(b"x" * 2**20 for _ in range(9)),
        headers={"Authorization": KEY},
    )
    assert unannounced.status_code == 413
    assert get(server, "/").json() == {"status": "ok"}


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff\xfe",
        b"[" * 200_000,
        b"[]",
        b"{}",
        b'{"func_name": "GTFP", "args": [[[NaN]]], "version": "0", "client": "Office.js"}',
        b'{"func_name": "GTFP", "args": [[[1e999]]], "version": "0", "client": "Office.js"}',
        b'{"func_name": "GTFP", "args": [[["\\ud800"]]], "version": "0", "client": "Office.js"}',
        b'{"func_name": "GTFP", "args": [[[1], [1, 2]]], "version": "0", "client": "Office.js"}',
        b'{"func_name": "GTFP", "args": [[[[1]]]], "version": "0", "client": "Office.js"}',
        b'{"func_name": "GTFP", "args": [1, 2, 3, 4], "version": "0", "client": "Office.js"}',
        b'{"func_name": "__class__", "args": [], "version": "0", "client": "Office.js"}',
        b'{"func_name": "custom_functions", "args": [], "version": "0", "client": "Office.js"}',
        b'{"func_name": "GTFP", "args": [], "version": "0", "client": "Office.js"}',
    ],
)
def test_a_malformed_call_gets_a_clear_answer(server: str, content: bytes) -> None:
    httpx = pytest.importorskip("httpx")
    response = httpx.post(f"{server}/xlwings/custom-functions-call", content=content, headers={"Authorization": KEY})
    assert response.status_code == 400, response.text
    assert response.text


def test_a_reason_comes_in_the_language_that_was_asked_for(post: Post) -> None:
    panel = [["省份", "年份", "劳动", "资本", "能源", "GDP", "CO2"], ["北京", 2015, 1, 1, 1, 1, 1]]
    chinese = post(body("GTFP", [panel], ["面板!A1:G2"], language="zh"))
    assert chinese.status_code == 400
    assert chinese.text.startswith("面板!A1:G2：只有")
    assert "only one unit" in post(body("GTFP", [panel], language="en")).text


def test_a_call_without_places_names_rows_and_columns(post: Post) -> None:
    rows = [
        ["省份", "年份", "劳动", "资本", "能源", "GDP", "CO2"],
        *[[p, 2015, "1", 1, 1, 1, 1] for p in ("北京", "天津")],
    ]
    data = body("GTFP", [rows])
    del data["lowcarbon"]
    response = post(data)
    assert response.status_code == 400
    assert "R2C3" in response.text


def test_an_older_excel_gets_errors_as_texts(post: Post, book: Recalculation) -> None:
    direct = next(d for d in direct_calls() if d.call.id == "gtfp")
    new = post(direct_body(direct, book)).json()["result"]
    old = post({**direct_body(direct, book), "runtime": "1.2"}).json()["result"]
    assert new[1][0]["errorType"] == "NotAvailable"
    assert old[1][0] == "#N/A"


def test_why_does_not_tell_one_user_what_another_got(post: Post) -> None:
    from tests.hosts_server.office import OTHER_KEY

    panel = [["省份", "年份", "x"], ["北京", 2015, 1]]
    assert post(body("LAGYEAR", [panel, [["secret"]]], ["S!A1:C2"], "S!E1")).status_code == 400
    error = {"type": "Error", "errorType": "Value", "basicType": "Error", "basicValue": "#VALUE!"}
    formulas = {"0": {"text": '=LC.LAGYEAR(A1:C2,"secret")', "anchor": "S!E1"}}
    why = body("WHY", [[[error]]], ["S!E1"], "S!F1", formulas=formulas)
    assert "secret" in post(why).text
    other = post(why, key=OTHER_KEY).text
    assert "secret" not in other
    assert "Ctrl+Alt+F9" in other


def test_a_slow_call_does_not_hold_up_a_fast_one(start: Start, tmp_path: Path) -> None:
    httpx = pytest.importorskip("httpx")
    awaited = tmp_path / "go"
    fast = body("LAGYEAR", [[["省份", "年份", "x"], ["北京", 2015, 1]], [["x"]]])
    with start(LOWCARBON_MODULES=WITH_SLOW) as server, ThreadPoolExecutor(1) as pool:
        send = {"url": f"{server}/xlwings/custom-functions-call", "headers": {"Authorization": KEY}, "timeout": 30}
        slow = pool.submit(lambda: httpx.post(**send, json=body("WAITFORFILE", [[[str(awaited)]]])))
        answers = [httpx.post(**send, json=fast).status_code for _ in range(5)]
        still_running = not slow.done()
        awaited.touch()
        assert answers == [200] * 5
        assert still_running
        assert slow.result().json() == {"result": [["there"]]}


def test_a_computation_that_takes_too_long_is_answered(start: Start, tmp_path: Path) -> None:
    httpx = pytest.importorskip("httpx")
    with start(LOWCARBON_MODULES=WITH_SLOW, LOWCARBON_SECONDS="0.5", LOWCARBON_THREADS="1") as server:
        send = {"url": f"{server}/xlwings/custom-functions-call", "headers": {"Authorization": KEY}, "timeout": 30}
        slow = body("WAITFORFILE", [[[str(tmp_path / "never")]]])
        first, second = (httpx.post(**send, json=slow) for _ in range(2))
        assert (first.status_code, second.status_code) == (400, 400)
        assert "took longer than 0.5 seconds" in first.text
        assert "LOWCARBON_SECONDS" in first.text
        assert "busy" in second.text
        assert get(server, "/").status_code == 200


def test_many_clients_at_once_get_their_own_answers(post: Post) -> None:
    def ask(number: int) -> tuple[int, Any]:
        rows = [["省份", "年份", "x"], ["北京", 2015, number], ["北京", 2016, number + 1], ["天津", 2015, number]]
        return number, post(body("LAGYEAR", [rows, [["x"]], [[1]]], caller=f"S!A{number}")).json()["result"]

    with ThreadPoolExecutor(16) as pool:
        for number, result in pool.map(ask, range(1, 120)):
            assert result[2][0] == number


def test_excel_is_told_the_functions_of_the_catalogue(server: str) -> None:
    meta = {
        function["name"]: function
        for function in get(server, "/xlwings/custom-functions-meta.json").json()["functions"]
    }
    assert meta.keys() == {function.name for function in functions()}
    for function in functions():
        told = meta[function.name]
        assert told["description"] == function.summary.en
        assert [p["name"] for p in told["parameters"]] == [a.name for a in function.arguments]
        assert [p.get("optional", False) for p in told["parameters"]] == [a.optional for a in function.arguments]
        assert all(p["dimensionality"] == "matrix" and p["type"] == "any" for p in told["parameters"])
        assert told["options"]["requiresAddress"]
        assert told["options"]["requiresParameterAddresses"]
    code = get(server, "/xlwings/custom-functions-code.js").text
    assert set(re.findall(r'CustomFunctions\.associate\("(\w+)"', code)) == meta.keys()


def test_the_manifest_has_every_button_and_every_resource_once(server: str) -> None:
    assert lowcarbon_xl.ribbon.press
    text = get(server, "/manifest.xml").text
    root = ET.fromstring(text)
    names = [element.text for element in root.iter(f"{OFFICE}FunctionName")]
    assert Counter(names) == Counter(button.id for button in buttons())
    resources = [e.get("id") for tag in ("String", "Url", "Image") for e in root.iter(f"{TYPES}{tag}") if e.get("id")]
    controls = [e.get("id") for tag in ("Control", "Group", "CustomTab") for e in root.iter(f"{OFFICE}{tag}")]
    assert max(Counter(resources).values()) == max(Counter(controls).values()) == 1
    assert {e.get("resid") for e in root.iter() if e.get("resid")} == set(resources)
    namespace = next(e for e in root.iter(f"{TYPES}String") if e.get("id") == "Functions.Namespace")
    assert namespace.get("DefaultValue") == "LC"
    for strings, limit in (("ShortStrings", 125), ("LongStrings", 250)):
        for string in next(element for element in root.iter() if element.tag.endswith(strings)):
            assert len(string.get("DefaultValue")) <= limit
            assert all(len(override.get("Value")) <= limit for override in string)
    images = {e.get("DefaultValue") for e in root.iter(f"{TYPES}Image") if e.get("id")}
    for image in images | {e.get("DefaultValue") for e in root.iter() if e.tag.endswith("IconUrl")}:
        assert image.startswith(server)
        assert get(server, image.removeprefix(server)).headers["content-type"] == "image/png"


def test_the_pane_says_nothing_of_keys(server: str) -> None:
    page = get(server, "/taskpane.html")
    assert page.status_code == 200
    assert KEY not in page.text
    assert "lowcarbon-calls.js" in page.text
    assert page.text.index("lowcarbon-calls.js") < page.text.index("custom-functions-code")


def test_no_cell_is_asked_whether_it_comes_from_a_browser(start: Start, book: Recalculation) -> None:
    httpx = pytest.importorskip("httpx")
    data = direct_body(next(d for d in direct_calls() if d.call.id == "winsorize"), book)
    with start("tests.hosts_server.unasked:create") as server:
        response = httpx.post(f"{server}/xlwings/custom-functions-call", json=data, headers={"Authorization": KEY})
    assert response.status_code == 200
