"""Time 5,000 x 12 cells through the server and back, beside stock xlwings-server, and a load of many clients; prints JSON.

    XLWINGS_LICENSE_KEY=... python tests/bench/bench_server.py [--seconds 20] [--clients 100]

Both servers are uvicorn processes on loopback with one worker, and are asked by turns over HTTP: sending, computing and
receiving is timed, the client's own JSON is not. The stock server runs an ordinary ``@func`` without logging in. Ratios
travel between machines, seconds do not.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import importlib.util
import json
import os
import random
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATH = "/xlwings/custom-functions-call"
ROWS, COLUMNS = 5_000, 12
REPEATS = 15
STARTS_WITHIN = 60
"""Seconds."""

STOCK = """
import os

import xlwings.server
import xlwings.utils

if os.environ.get("BENCH_WITHOUT_JSNULL"):
    xlwings.utils.is_jsnull = lambda value: False


@xlwings.server.func
def echo(cells):
    return cells
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its port, its name of the function that gives cells back, and a key for it."""

    port: int
    echo: str
    key: str


def call_body(function: str, *arguments: Any) -> bytes:
    """A call as xlwings' front end writes it."""
    call = {
        "client": "Office.js",
        "func_name": function,
        "args": arguments,
        "caller_address": "[bench.xlsx]S!Z1",
        "session_id": "bench",
        "culture_info_name": "zh-CN",
        "date_format": "yyyy/m/d",
        "version": "placeholder_xlwings_version",
        "runtime": "1.4",
    }
    return json.dumps(call).encode()


@contextmanager
def running(factory: list[str], echo: str, **variables: str) -> Iterator[Server]:
    """A server process for as long as a ``with`` lasts."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    key = secrets.token_urlsafe(24)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LOWCARBON_API_KEYS": f"bench:{key}", **variables}
    command = [sys.executable, "-m", "uvicorn", *factory, "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield Server(port, echo, key)
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until a server listens."""
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start within {STARTS_WITHIN} s")


def ours() -> Any:
    """The server of this project."""
    modules = "lowcarbon_xl.functions,tests.bench.server_echo"
    return running(["lowcarbon_xl.hosts.server.app:create", "--factory"], "ECHO", LOWCARBON_MODULES=modules)


def stock(folder: str, **variables: str) -> Any:
    """xlwings-server as it comes, with one function."""
    (Path(folder) / "custom_functions.py").write_text(STOCK, encoding="utf-8")
    settings = {
        "XLWINGS_ON_SERVER": "true",
        "XLWINGS_PROJECT_DIR": folder,
        "XLWINGS_ENVIRONMENT": "prod",
        "XLWINGS_AUTH_PROVIDERS": "[]",
        "XLWINGS_ENABLE_EXAMPLES": "false",
        "XLWINGS_ENABLE_SOCKETIO": "false",
        "XLWINGS_LOG_LEVEL": "WARNING",
    }
    return running(["xlwings_server.main:main_app"], "echo", **settings, **variables)


def round_trip(server: Server, seed: int) -> float:
    """Seconds of one call with cells that were never sent before.

    Raises
    ------
    AssertionError
        When other cells come back.
    """
    made = random.Random(seed)
    cells: list[list[Any]] = [[f"x{c}" for c in range(COLUMNS)]]
    cells += [[made.random() for _ in range(COLUMNS)] for _ in range(ROWS)]
    body = call_body(server.echo, cells)
    headers = {"Content-Type": "application/json", "Authorization": server.key}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.connect()
    start = time.perf_counter()
    connection.request("POST", PATH, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    seconds = time.perf_counter() - start
    connection.close()
    if answer.status != 200 or json.loads(text)["result"] != cells:
        raise AssertionError(f"status {answer.status}, or other cells than were sent: {text[:200]!r}")
    return seconds


def round_trips(servers: dict[str, Server], repeats: int) -> dict[str, float]:
    """Median seconds of each server, asked by turns after one call that warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in servers}
    for turn in range(repeats + 1):
        for name, server in servers.items():
            taken = round_trip(server, turn)
            if turn:
                seconds[name].append(taken)
    return {name: statistics.median(values) for name, values in seconds.items()}


@dataclass(slots=True)
class Load:
    """What many clients got."""

    seconds: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)


async def load(server: Server, clients: int, seconds: float) -> Load:
    """Clients that each call again as soon as they are answered; every call has numbers of its own."""
    found = Load()
    end = time.monotonic() + seconds
    await asyncio.wait_for(asyncio.gather(*(client(server, n, end, found) for n in range(clients))), seconds + 60)
    return found


async def client(server: Server, number: int, end: float, found: Load) -> None:
    """One client over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=2**24)
    made = random.Random(number)
    while time.monotonic() < end:
        values = [[made.random() for _ in range(10)] for _ in range(30)]
        panel: list[list[Any]] = [["主体", "年份", "x"]]
        panel += [[f"u{p}", 2010 + t, values[p][t]] for p in range(30) for t in range(10)]
        body = call_body("LAGYEAR", panel, [["x"]], [[1]], [["unit=主体"]])
        start = time.perf_counter()
        status, text = await ask(reader, writer, server.key, body)
        found.seconds.append(time.perf_counter() - start)
        found.outcomes[outcome(status, text, values)] += 1
    writer.close()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: str, body: bytes) -> tuple[int, bytes]:
    """One request over HTTP/1.1: status and body of the answer."""
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return int(lines[0].split()[1]), await reader.readexactly(int(headers["content-length"]))


def outcome(status: int, text: bytes, values: list[list[float]]) -> str:
    """Right, wrong (numbers of another call, or none), or refused."""
    if status != 200:
        return "refused"
    lagged = [row[0] for row in json.loads(text)["result"][1:]]
    blanks = [lagged[p * 10] for p in range(30)]
    kept = [lagged[p * 10 + 1 : p * 10 + 10] for p in range(30)]
    same = len(lagged) == 300 and kept == [row[:-1] for row in values]
    return "right" if same and not any(isinstance(blank, float) for blank in blanks) else "wrong"


def obstacle() -> str | None:
    """Why the bench cannot run here."""
    if importlib.util.find_spec("xlwings_server") is None:
        return "the extra [server] is not installed"
    if not os.environ.get("XLWINGS_LICENSE_KEY"):
        return "XLWINGS_LICENSE_KEY is not set: xlwings' licence is the user's own decision"
    return None


def measure(clients: int, seconds: float) -> dict[str, Any]:
    """All figures."""
    with ExitStack() as stack:
        plain, patched = (stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(2))
        servers = {
            "ours": stack.enter_context(ours()),
            "stock": stack.enter_context(stock(plain)),
            "stock_without_is_jsnull": stack.enter_context(stock(patched, BENCH_WITHOUT_JSNULL="1")),
        }
        medians = round_trips(servers, REPEATS)
    with ours() as server:
        found = asyncio.run(load(server, clients, seconds))
    taken = statistics.quantiles(found.seconds, n=100)
    return {
        **{f"round_trip_5000x12_{name}_s": round(median, 4) for name, median in medians.items()},
        "stock_over_ours": round(medians["stock"] / medians["ours"], 1),
        "load_clients": clients,
        "load_seconds": seconds,
        "load_calls": len(found.seconds),
        "load_wrong_answers": found.outcomes["wrong"],
        "load_refused": found.outcomes["refused"],
        "load_p50_s": round(taken[49], 4),
        "load_p95_s": round(taken[94], 4),
    }


def main() -> int:
    """Measure and print; the exit code is 1 when any answer was wrong or refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clients", type=int, default=100)
    options = parser.parse_args()
    if (reason := obstacle()) is not None:
        print(json.dumps({"bench": "server", "skipped": reason}))
        return 0
    figures = measure(options.clients, options.seconds)
    print(json.dumps({"bench": "server", "figures": figures}))
    return 1 if figures["load_wrong_answers"] or figures["load_refused"] else 0


if __name__ == "__main__":
    sys.exit(main())
