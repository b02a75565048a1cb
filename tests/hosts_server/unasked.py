"""The server with xlwings' question to every cell, whether it comes from a browser, made an error."""

from __future__ import annotations

from typing import Any

from lowcarbon_xl.hosts.server import app
from lowcarbon_xl.hosts.server.extra import load


def create() -> Any:
    """The application."""
    server = app.create()
    load("xlwings.utils").is_jsnull = _refuse
    return server


def _refuse(value: object) -> bool:
    raise AssertionError("asking this of every cell takes seconds for a large range")
