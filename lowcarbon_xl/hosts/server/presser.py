"""The process of one button: a workbook on stdin, progress and the changes to make on stdout.

``python -m lowcarbon_xl.hosts.server.presser MODULE:FUNCTION MODULE ...`` imports the modules, which fill the catalogue,
opens the workbook with the embedded host, presses, and compares.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.errors import HostError, LowCarbonError, Text
from lowcarbon_xl.hosts.embedded.engine import open_book
from lowcarbon_xl.hosts.libreoffice.rewrite import rewrite_formulas
from lowcarbon_xl.hosts.server.changes import Changes, compare, contents

Json = Any

MEMORY = 4 * 2**30
"""Bytes of address space that a button may use, where the system can limit it."""


def main(arguments: list[str]) -> None:
    """Do one press."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        _limit_memory()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints must not come between
    request: dict[str, Json] = json.load(sys.stdin)

    def say(**line: Json) -> None:
        answers.write(json.dumps(line, ensure_ascii=False) + "\n")
        answers.flush()

    try:
        for module in arguments[1:]:
            importlib.import_module(module)
        say(done=_press(request, arguments[0], say))
    except LowCarbonError as error:
        say(error=error.message()[request["language"]])
    except NotImplementedError as error:
        say(error=_not_here(error).message()[request["language"]])


def _limit_memory() -> None:
    import resource  # absent on Windows

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _press(request: dict[str, Json], target: str, say: Any) -> dict[str, Json]:
    module, _, name = target.partition(":")
    press = getattr(importlib.import_module(module), name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / request["name"]
        path.write_bytes(base64.b64decode(request["workbook"]))
        book = open_book(path, functions(), request["language"], allow_loss=True)
        before = contents(book.api)
        message = press(
            book,
            request["button"],
            request["language"],
            request["selection"],
            lambda done, planned, what: say(progress=[done, planned, what]),
        )
        changes = compare(before, book.api)
        return {
            "message": message[request["language"]],
            "changes": changes.record(),
            "sheets": _saved(book, changes, Path(folder)),
        }


def _saved(book: Any, changes: Changes, folder: Path) -> str | None:
    """The workbook with its new sheets computed and spelled for Office.js, base64; None when no sheet is new."""
    if not changes.created:
        return None
    plain, spelled = folder / "plain.xlsx", folder / "spelled.xlsx"
    book.save(str(plain))
    rewrite_formulas(plain, spelled, "LC")
    return base64.b64encode(spelled.read_bytes()).decode()


def _not_here(error: NotImplementedError) -> HostError:
    return HostError(
        Text(f"这个按钮在服务器上做不到：{error}", f"this button cannot be run on the server: {error}"),
        Text("在 Windows 版 Excel 或 lowcarbon press 里运行", "Run it in Excel for Windows or with lowcarbon press"),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
