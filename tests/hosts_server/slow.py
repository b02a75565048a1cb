"""A worksheet function for the tests alone: it ends when a file appears, so that a test decides how long a call takes."""

from __future__ import annotations

import time
from pathlib import Path

from lowcarbon_xl.catalogue import Argument, Group, Kind, worksheet_function
from lowcarbon_xl.cells import Spill
from lowcarbon_xl.errors import Text

LONGEST = 8
"""Seconds, so that no thread is left behind."""

NOTHING = Text("测试", "for tests")


@worksheet_function(
    "WAITFORFILE",
    Group.AUDIT,
    summary=NOTHING,
    detail=NOTHING,
    arguments=(Argument("path", NOTHING, NOTHING, Kind.TEXT),),
    spills=NOTHING,
    example='=WAITFORFILE("x")',
)
def wait_for_file(path: str) -> Spill:
    """The text "there" once the file is there."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        if Path(path).exists():
            return Spill((("there",),))
        time.sleep(0.02)
    return Spill((("not there",),))
