"""Run buttons in a process of their own: it can be stopped, and a broken workbook takes nothing else with it."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from lowcarbon_xl.errors import HostError, Language, Text
from lowcarbon_xl.hosts.server.settings import PREFIX, REDIS, ServerSettings

Json = Any

AT_ONCE = 2
"""Buttons that one worker runs at a time; others wait."""

_SECRETS = ("XLWINGS_LICENSE_KEY", "XLWINGS_ON_SERVER", f"{PREFIX}API_KEYS", f"{PREFIX}API_KEYS_FILE", REDIS)


@dataclass(frozen=True, slots=True)
class Job:
    """One press.

    Parameters
    ----------
    button : str
    workbook : str
        The .xlsx file, base64.
    name : str
        The workbook's name.
    selection : str or None
        ``sheet!A1:C9``.
    language : {"zh", "en"}
    """

    button: str
    workbook: str
    name: str
    selection: str | None
    language: Language


def check_request(button: str, data: Json, language: Language) -> Job:
    """The body of a press.

    Raises
    ------
    HostError
        When a part is missing or of another kind.
    """
    if not isinstance(data, dict) or not re.fullmatch(r"[a-z0-9_]{1,64}", button):
        raise _malformed("button")
    workbook, selection = data.get("workbook"), data.get("selection")
    if not isinstance(workbook, str) or not _is_zip(workbook):
        raise _malformed("workbook")
    if not isinstance(selection, str | None):
        raise _malformed("selection")
    name = re.sub(r"[^\w.() -]", "_", str(data.get("name") or "")).lstrip(".")[-60:]  # bytes are three times as many
    wanted = data.get("language")
    return Job(
        button,
        workbook,
        name if name.lower().endswith((".xlsx", ".xlsm")) else "workbook.xlsx",
        selection,
        wanted if wanted in ("zh", "en") else language,
    )


def _is_zip(text: str) -> bool:
    try:
        return base64.b64decode(text, validate=True).startswith(b"PK\x03\x04")
    except (ValueError, binascii.Error):
        return False


class Pressing:
    """Runs jobs, each in its own process.

    Parameters
    ----------
    settings : ServerSettings
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def run(self, job: Job) -> AsyncIterator[dict[str, Json]]:
        """What the process says, line by line; the last line has ``done`` or ``error``."""
        async with self._turns:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "lowcarbon_xl.hosts.server.presser",
                self._settings.press,
                *self._settings.modules,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={key: value for key, value in os.environ.items() if key not in _SECRETS},
                limit=2**28,
            )
            try:
                async with asyncio.timeout(self._settings.seconds):
                    async for line in _talk(process, job):
                        yield line
            except TimeoutError:
                yield {"error": _too_long(self._settings.seconds)[job.language]}
            finally:
                if process.returncode is None:
                    process.kill()
                await process.wait()


async def _talk(process: asyncio.subprocess.Process, job: Job) -> AsyncIterator[dict[str, Json]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process has no pipes")
    request = {name: getattr(job, name) for name in ("button", "workbook", "name", "selection", "language")}
    process.stdin.write(json.dumps(request).encode())
    await process.stdin.drain()
    process.stdin.close()
    ended = False
    async for line in process.stdout:
        said: dict[str, Json] = json.loads(line)
        ended = ended or "done" in said or "error" in said
        yield said
    if not ended:
        yield {"error": _broken()[job.language]}


def _malformed(part: str) -> HostError:
    return HostError(
        Text(f"请求的 {part} 不对", f"the request's {part} is not as it should be"),
        Text("重新加载任务窗格", "Reload the task pane"),
    )


def _too_long(seconds: float) -> Text:
    return Text(
        f"按钮运行超过 {seconds:g} 秒，已停止；工作簿没有改动。",
        f"The button ran longer than {seconds:g} seconds and was stopped; the workbook is as it was.",
    )


def _broken() -> Text:
    return Text(
        "按钮的进程意外中止；工作簿没有改动。请把工作簿发给维护者。",
        "The button's process ended unexpectedly; the workbook is as it was. Please send the workbook to the maintainers.",
    )
