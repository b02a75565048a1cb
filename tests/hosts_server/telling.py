"""A press that says what its process knows."""

from __future__ import annotations

import os
from typing import Any

from lowcarbon_xl.errors import Text


def press(book: Any, button: str, language: str, selection: str | None, progress: Any) -> Text:
    """The whole environment."""
    known = "\n".join(f"{key}={value}" for key, value in os.environ.items())
    return Text(known, known)
