"""Ask whether it is there."""

from __future__ import annotations

from typing import Any


def main(context: Any) -> bool:
    """True once the desktop answers."""
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    return desktop is not None
