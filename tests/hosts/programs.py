"""A workbook for other programs to read, and how they read it."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook

from tests.hosts.written import PANEL_CALL


def rich_book(book: Workbook) -> Workbook:
    sheet = book["结果"]
    sheet["A1"] = PANEL_CALL
    sheet["E1"] = "=SUM(C2:C6)"
    sheet["E2"] = "=WHY(A1)"
    sheet["E3"] = "=MISSING('面 板''s'!A1:C6)"
    sheet["E4"] = "=IF(ISNA(E3),1,0)"
    sheet["E5"] = '=IFERROR(VLOOKUP("北京",A1:C6,2,FALSE),0)'
    sheet["G1"] = "=GROWTH('面 板''s'!A1:B6)"
    return book


def converted(office: str, path: Path, folder: Path) -> Workbook:
    """The file as LibreOffice opens and saves it, with a profile of its own and a hard time limit."""
    process = subprocess.Popen(
        [
            office,
            "--headless",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(folder / "converted"),
            str(path),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(120)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
    return openpyxl.load_workbook(folder / "converted" / path.name, data_only=True)


def differing(ours: Workbook, theirs: Workbook, sheet: str) -> set[str]:
    return {
        cell.coordinate
        for row in ours[sheet].iter_rows()
        for cell in row
        if (theirs[sheet][cell.coordinate].value or None) != (cell.value or None)
    }
