"""The packages of the extra ``[server]``, loaded by name so that an installation without them loses nothing else."""

from __future__ import annotations

import importlib
from importlib import metadata
from typing import Any

from lowcarbon_xl.errors import HostError, Text

SUPPORTED = ("1.20", "1.21")
"""xlwings-server from the first version (included) to the second (excluded): we replace one of its endpoints."""


def load(name: str) -> Any:
    """Import a package of the extra.

    Raises
    ------
    HostError
        When it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise
        raise HostError(
            Text(f"没有安装服务器所需的 {name}", f"{name}, which the server needs, is not installed"),
            Text("运行 pip install 'lowcarbon-xl[server]'", "Run pip install 'lowcarbon-xl[server]'"),
        ) from error


def check_version() -> str:
    """The version of xlwings-server, if it is one that this host was written for.

    Raises
    ------
    HostError
        When it is missing or another one.
    """
    try:
        version = metadata.version("xlwings-server")
    except metadata.PackageNotFoundError:
        load("xlwings_server")
        raise
    first, beyond = (_numbers(bound) for bound in SUPPORTED)
    if not first <= _numbers(version) < beyond:
        raise HostError(
            Text(f"xlwings-server {version} 未经验证", f"xlwings-server {version} has not been tested with this host"),
            Text(
                f"安装 {SUPPORTED[0]}（不含 {SUPPORTED[1]}）：pip install 'lowcarbon-xl[server]'",
                f"Install {SUPPORTED[0]} or later, before {SUPPORTED[1]}: pip install 'lowcarbon-xl[server]'",
            ),
        )
    return version


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])
