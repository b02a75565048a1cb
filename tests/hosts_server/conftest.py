"""The server as a process of its own on loopback, for the tests of this room."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation, recalculate
from tests.conformance.book import save_book
from tests.hosts_server.office import BOOK, KEY, OTHER_KEY

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 60
"""Seconds; two busy cores are slow to import."""

Start = Callable[..., Any]


@pytest.fixture(scope="session")
def extra() -> dict[str, str]:
    """The environment of a server; skips where it cannot run."""
    if importlib.util.find_spec("xlwings_server") is None:
        pytest.skip("the extra [server] is not installed")
    if not os.environ.get("XLWINGS_LICENSE_KEY"):
        pytest.skip("XLWINGS_LICENSE_KEY is not set: xlwings' licence is the user's own decision")
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "LOWCARBON_MODULES": "lowcarbon_xl.functions,lowcarbon_xl.ribbon",
        "LOWCARBON_PRESS": "lowcarbon_xl.ribbon:press",
        "LOWCARBON_PLAN": "lowcarbon_xl.ribbon.plan_state",
        "LOWCARBON_LANG": "en",
        "LOWCARBON_API_KEYS": f"ann:{KEY};bob:{OTHER_KEY}",
        "LOWCARBON_SECONDS": "40",
        "LOWCARBON_PAYLOAD_MB": "8",
    }


@pytest.fixture(scope="session")
def start(extra: dict[str, str]) -> Start:
    """Start a server for as long as a ``with`` lasts: ``with start("module:factory", VARIABLE="value") as address``."""

    @contextmanager
    def started(factory: str = "lowcarbon_xl.hosts.server.app:create", **variables: str) -> Iterator[str]:
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", factory, "--factory", "--port", str(port), "--log-level", "error"]
        with running(command, {**extra, **variables}, port):
            yield f"http://127.0.0.1:{port}"

    return started


@pytest.fixture(scope="session")
def server(start: Start) -> Iterator[str]:
    """The address of a server that several tests share."""
    with start() as address:
        yield address


@pytest.fixture(scope="session")
def post(server: str) -> Callable[..., Any]:
    """Send a call to the shared server: ``post(body)``, ``post(body, key=None)``."""
    httpx = pytest.importorskip("httpx")

    def send(
        content: Any, key: str | bytes | None = KEY, path: str = "/xlwings/custom-functions-call", **more: Any
    ) -> Any:
        headers = {"Authorization": key} if key else {}
        return httpx.post(server + path, json=content, headers=headers, timeout=60, **more)

    return send


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculation:
    """The embedded host's answers, and the values of the ordinary formulas that calls read."""
    path = save_book(tmp_path_factory.mktemp("server") / BOOK)
    return recalculate(path, functions(), "en")


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(command: list[str], variables: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A process that listens on a port, ended at the end."""
    process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        wait_for(port, process)
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until a server answers."""
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"the server ended: {process.communicate()[1].decode()[-2000:]}")
        try:
            with urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"the server did not answer within {STARTS_WITHIN} s")
