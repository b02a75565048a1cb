"""How the add-in's own cells and notes look, wherever a button writes them."""

from __future__ import annotations

Colour = tuple[int, int, int]

HEAD: Colour = (233, 243, 240)
"""Header rows, and the headers of results beside a table."""

RED: Colour = (252, 228, 214)
YELLOW: Colour = (255, 242, 204)
GREEN: Colour = (226, 239, 218)
"""What must be corrected or is stale; what must be verified or cannot be told; what is right."""

NOTE_HEAD = "[LowCarbon] "
"""Begins every note of ours, so that a user's own are never touched."""
