"""Defined names that the add-in keeps in a user's workbook."""

from __future__ import annotations

PREFIX = "_LC_"
"""Begins all of them, and the names of the sheets that only the add-in uses."""

LANGUAGE_NAME = f"{PREFIX}LANG"
"""The workbook's own language switch: ``zh`` or ``en``."""

OWN_MARK = f"{PREFIX}OWN"
"""A name of a sheet that says the add-in made it and may write it anew."""
