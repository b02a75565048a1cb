"""Runs in a process of its own: opens a workbook with our VBA in LibreOffice, answers its calls, prints its cells.

Usage: ``python office_driver.py BOOK PROFILE SHEETS [MACRO ...]`` where SHEETS is a JSON object, sheet name to
[rows, columns]. The macros run in turn after everything is calculated. Writes a JSON object: "cells", sheet name to
rows of cells (numbers, or texts), and "ranges", what was passed for each range: sheet, row, column, rows, columns.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

sys.path.append("/usr/lib/python3/dist-packages")  # where Debian keeps LibreOffice's bridge to Python

import uno  # type: ignore[import-not-found]
import unohelper  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.script import XInvocation  # type: ignore[import-not-found]

import lowcarbon_xl.functions  # noqa: F401  (declares the functions)
from lowcarbon_xl.hosts.classic import udf

LIMIT = 150
FIRST_START_OF_A_PROFILE = 81
SECURITY = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""


class Bridge(unohelper.Base, XInvocation):
    """What the workbook's module LcBridge calls: the same entry points that Excel reaches over COM."""

    def __init__(self) -> None:
        self.ranges: list[list[Any]] = []

    def getIntrospection(self) -> None:  # noqa: N802  (UNO's name)
        return None

    def hasMethod(self, name: str) -> bool:  # noqa: N802  (UNO's name)
        return name in ("call", "size")

    def hasProperty(self, name: str) -> bool:  # noqa: N802  (UNO's name)
        return False

    def getValue(self, name: str) -> None:  # noqa: N802  (UNO's name)
        return None

    def setValue(self, name: str, value: object) -> None:  # noqa: N802  (UNO's name)
        return None

    def invoke(self, method: str, parameters: tuple[Any, ...], indices: object, outputs: object) -> tuple[Any, ...]:
        function, arguments = parameters
        if function == "call":
            self.ranges += [measured(v, p) for v, p in zip(arguments[1], arguments[2], strict=True) if p is not None]
        rows = {"call": udf.call, "size": udf.size}[function](*arguments)
        return tuple(tuple(row) for row in rows), (), ()


def measured(value: Any, place: tuple[Any, ...]) -> list[Any]:
    """Where a range stands, and its size."""
    rows = value if isinstance(value, tuple) else ((value,),)
    return [*place[1:4], len(rows), len(rows[0])]


def main(book: str, profile: str, sheets: str, *macros: str) -> None:
    folder = Path(profile).absolute()
    (folder / "user").mkdir(parents=True, exist_ok=True)
    (folder / "user" / "registrymodifications.xcu").write_text(SECURITY)
    pipe = f"lowcarbon{uuid.uuid4().hex[:10]}"
    office = start(folder, pipe)
    try:
        context, office = connect(office, folder, pipe)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        bridge = Bridge()
        cells = compute(desktop, Path(book).absolute().as_uri(), bridge, json.loads(sheets), macros)
        sys.stdout.write(json.dumps({"cells": cells, "ranges": bridge.ranges}))
    finally:
        os.killpg(office.pid, signal.SIGKILL)
        office.wait()


def start(profile: Path, pipe: str) -> subprocess.Popen[bytes]:
    program = Path("/usr/lib/libreoffice/program/soffice.bin")
    options = ["--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard"]
    command = ["timeout", "-k", "5", str(LIMIT), str(program), *options, f"-env:UserInstallation={profile.as_uri()}"]
    silent = subprocess.DEVNULL
    return subprocess.Popen(
        [*command, f"--accept=pipe,name={pipe};urp;"],
        stdin=silent,
        stdout=silent,
        stderr=silent,
        start_new_session=True,
    )


def connect(office: subprocess.Popen[bytes], profile: Path, pipe: str) -> tuple[Any, subprocess.Popen[bytes]]:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        if office.poll() == FIRST_START_OF_A_PROFILE:
            office = start(profile, pipe)
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"), office
        except Exception:  # not listening yet
            time.sleep(0.2)
    raise SystemExit("LibreOffice does not answer")


def compute(
    desktop: Any, url: str, bridge: Bridge, sheets: dict[str, list[int]], macros: tuple[str, ...]
) -> dict[str, list[list[float | str]]]:
    hidden, enabled = PropertyValue(), PropertyValue()
    hidden.Name, hidden.Value = "Hidden", True
    enabled.Name, enabled.Value = "MacroExecutionMode", 4
    document = desktop.loadComponentFromURL(url, "_blank", 0, (hidden, enabled))
    run(document, "LcBridge.SetBridge", bridge)
    document.calculateAll()
    for macro in macros:
        run(document, macro)
    cells = {name: read(document.Sheets.getByName(name), *shape) for name, shape in sheets.items()}
    document.close(True)
    return cells


def run(document: Any, macro: str, *arguments: object) -> None:
    script = f"vnd.sun.star.script:LowCarbonXL.{macro}?language=Basic&location=document"
    document.getScriptProvider().getScript(script).invoke(arguments, (), ())


def read(sheet: Any, rows: int, columns: int) -> list[list[float | str]]:
    data = sheet.getCellRangeByPosition(0, 0, columns - 1, rows - 1).getDataArray()
    return [list(row) for row in data]


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # the UNO bridge's threads outlive the interpreter, and an orderly exit may be a segmentation fault
