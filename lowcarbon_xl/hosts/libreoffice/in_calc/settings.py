"""Where the worker's command is kept: a file in the user's profile, written by ``lowcarbon install``."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import uno  # type: ignore[import-not-found]

from .client import CALL_SECONDS, Outage, Worker

FILE_NAME = "lowcarbon_xl.json"

_workers: dict[str, Worker] = {}


def read_settings(context: Any) -> dict[str, Any]:
    """The settings of this profile.

    Raises
    ------
    Outage
        When the file is missing or damaged.
    """
    paths = context.ServiceManager.createInstanceWithContext("com.sun.star.util.PathSubstitution", context)
    folder = uno.fileUrlToSystemPath(paths.substituteVariables("$(user)", True))
    path = pathlib.Path(folder) / FILE_NAME
    try:
        settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Outage(
            f"读不到设置文件 {path}（{error}）。请运行 lowcarbon install --libreoffice。",
            f"the settings file {path} cannot be read ({error}). Run lowcarbon install --libreoffice.",
        ) from error
    return settings


def shared_worker(context: Any) -> Worker:
    """The one worker of this process."""
    if "worker" not in _workers:
        settings = read_settings(context)
        _workers["worker"] = Worker(settings["command"], float(settings.get("timeout", CALL_SECONDS)))
    return _workers["worker"]


def chosen_language(context: Any) -> str | None:
    """The language that the settings ask for, if they do."""
    try:
        return read_settings(context).get("language")
    except Outage:
        return None
