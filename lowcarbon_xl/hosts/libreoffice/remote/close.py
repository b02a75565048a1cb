"""Close LibreOffice."""

from __future__ import annotations

from typing import Any


def main(context: Any) -> bool:
    """Whether every document agreed to close."""
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    try:
        return bool(desktop.terminate())
    except Exception:  # the bridge breaks down while the answer is on its way
        return True
