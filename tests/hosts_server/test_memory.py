"""What WHY finds again, in one process and in Redis."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lowcarbon_xl.cells import CellError, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.embedded.places import Place
from lowcarbon_xl.hosts.server.memory import CALLS, Home, LocalMemory, Memory, RedisMemory, Remembered
from tests.hosts_server.conftest import free_port

HOME = Home("ann", "s1", "簿.xlsx", "面板")
REASON = Text("第一年没有指数", "no index in the first year")
SPILL = Spill(
    (("GML", "EC"), (CellError("#N/A", REASON), 1.5), (1.1, CellError("#NUM!"))), (Text("口径", "convention"),)
)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of our own on loopback."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed")
    redis = pytest.importorskip("redis")
    port = free_port()
    folder = tmp_path_factory.mktemp("redis")
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        client = redis.Redis(port=port)
        for _ in range(100):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.1)
        client.close()
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(15)


@pytest.fixture(params=["local", "redis"])
def memory(request: pytest.FixtureRequest) -> Iterator[Memory]:
    """Either kind."""
    if request.param == "local":
        yield LocalMemory()
        return
    url = request.getfixturevalue("redis_url")
    client = pytest.importorskip("redis").Redis.from_url(url)
    client.flushdb()
    yield RedisMemory(client)
    client.close()


def test_a_result_explains_every_cell_of_its_spill(memory: Memory) -> None:
    memory.keep(HOME, Remembered.of(Place("面板", 4, 2), "GTFP", SPILL))
    found = memory.find(HOME, 5, 2)
    assert found is not None
    assert (found.function, found.row, found.column) == ("GTFP", 4, 2)
    spill = found.spill()
    assert spill.notes == SPILL.notes
    assert spill.rows[1][0] == SPILL.rows[1][0]
    assert spill.rows[2][1] == CellError("#NUM!")
    assert memory.find(HOME, 6, 3) == found
    for row, column in ((3, 2), (7, 2), (4, 1), (4, 4)):
        assert memory.find(HOME, row, column) is None


@pytest.mark.parametrize("other", [HOME._replace(user="bob"), HOME._replace(session="s2"), HOME._replace(book="b")])
def test_nobody_sees_the_results_of_another(memory: Memory, other: Home) -> None:
    memory.keep(HOME, Remembered.of(Place("面板", 4, 2), "GTFP", SPILL))
    assert memory.find(other, 4, 2) is None


def test_the_latest_result_of_a_cell_counts_and_the_cell_itself_comes_first(memory: Memory) -> None:
    memory.keep(HOME, Remembered.of(Place("面板", 4, 2), "GTFP", SPILL))
    memory.keep(HOME, Remembered.of(Place("面板", 4, 2), "SBMDDF", Spill(((1.0,),))))
    found = memory.find(HOME, 4, 2)
    assert found is not None
    assert found.function == "SBMDDF"
    assert memory.find(HOME, 5, 2) is None
    memory.keep(HOME, Remembered.of(Place("面板", 3, 1), "DESCRIBE", SPILL))
    found = memory.find(HOME, 4, 2)
    assert found is not None
    assert found.function == "SBMDDF"


def test_one_process_forgets_the_oldest() -> None:
    memory = LocalMemory()
    for row in range(CALLS + 1):
        memory.keep(HOME, Remembered.of(Place("面板", row + 1, 1), "GTFP", Spill(((1.0,),))))
    assert memory.find(HOME, 1, 1) is None
    assert memory.find(HOME, CALLS + 1, 1) is not None


def test_several_workers_explain_each_others_results(redis_url: str, tmp_path: Path, extra: dict[str, str]) -> None:
    """`serve` with two workers: each call on a connection of its own, until both have answered."""
    from tests.hosts_server.conftest import running
    from tests.hosts_server.office import KEY, body

    httpx = pytest.importorskip("httpx")
    port = free_port()
    code = (
        "from lowcarbon_xl.hosts.server.serve import serve\n"
        f"serve(port={port}, workers=2, modules=['lowcarbon_xl.functions'], press='', language='en')"
    )
    script = tmp_path / "serve_two.py"
    script.write_text(f"if __name__ == '__main__':\n    {code.replace(chr(10), chr(10) + '    ')}\n", encoding="utf-8")
    panel = [["province", "year", "labour", "capital", "energy", "GDP", "CO2"], ["北京", 2015, 1, 1, 1, 1, ""]]
    with running([sys.executable, str(script)], {**extra, "XLWINGS_OBJECT_CACHE_URL": redis_url}, port):
        answers = []
        for row in range(1, 25):
            caller = f"Sheet1!J{row}"
            send = {"url": f"http://127.0.0.1:{port}/xlwings/custom-functions-call", "headers": {"Authorization": KEY}}
            failed = httpx.post(**send, json=body("GTFP", [panel], ["Sheet1!A1:G2"], caller), timeout=60)
            error = {"type": "Error", "errorType": "Value", "basicType": "Error", "basicValue": "#VALUE!"}
            formulas = {"0": {"text": "=LC.GTFP(A1:G2)", "anchor": caller}}
            why = httpx.post(
                **send, json=body("WHY", [[[error]]], [caller], "Sheet1!K1", formulas=formulas), timeout=60
            )
            answers.append((failed.status_code, why.json()["result"][0][0]))
    assert {code for code, _ in answers} == {400}
    assert all("Sheet1!A1:G2: there is only one unit" in why for _, why in answers), answers
