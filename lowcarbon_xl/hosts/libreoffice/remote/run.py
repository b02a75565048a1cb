"""Run a script against a running LibreOffice: ``run.py PIPE SCRIPT ARGUMENT...`` prints what its main returns as JSON."""

from __future__ import annotations

import json
import os
import runpy
import sys
from typing import Any

import uno  # type: ignore[import-not-found]


def connect(pipe: str) -> Any:
    """The component context of the LibreOffice that listens on a pipe."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")


if __name__ == "__main__":
    _context = connect(sys.argv[1])
    _result = runpy.run_path(sys.argv[2])["main"](_context, *sys.argv[3:])
    sys.stdout.buffer.write(json.dumps(_result, ensure_ascii=False).encode())
    sys.stdout.buffer.flush()
    # The threads of the UNO bridge outlive the interpreter, and about one orderly exit in forty is a segmentation fault.
    os._exit(0)
