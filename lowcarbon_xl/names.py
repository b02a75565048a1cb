"""Names that the add-in gives in a user's workbook: defined names, and sheets that people go on working with."""

from __future__ import annotations

from lowcarbon_xl.errors import Text

PREFIX = "_LC_"
"""Begins all of them, and the names of the sheets that only the add-in uses."""

LANGUAGE_NAME = f"{PREFIX}LANG"
"""The workbook's own language switch: ``zh`` or ``en``."""

OWN_MARK = f"{PREFIX}OWN"
"""A name of a sheet that says the add-in made it and may write it anew."""

PLAN_SHEET = "模型"
PLAN_NAMES = (PLAN_SHEET, "Plan", "模型 Plan")

IMPORTED_PANEL = Text("导入面板", "Imported panel")
"""The sheet that a file is imported to."""
