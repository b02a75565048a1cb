"""What the task pane and the manifest show of the catalogue, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lowcarbon_xl import __version__
from lowcarbon_xl.catalogue import (
    CHAPTER_TITLES,
    GROUP_TITLES,
    Argument,
    Button,
    Chapter,
    Function,
    Kind,
)
from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.server.plan import described
from lowcarbon_xl.hosts.server.settings import ServerSettings
from lowcarbon_xl.options import Option

Json = Any

_ICONS = Path(__file__).parent / "project" / "static" / "images" / "icons"

SHORT, LONG = 125, 250
"""Characters that a manifest's short and long strings may have."""


def texts(functions: Sequence[Function], buttons: Sequence[Button], settings: ServerSettings) -> dict[str, Json]:
    """Everything, ready for JSON.

    Returns
    -------
    dict
        ``functions``: the manual; ``chapters``: the ribbon's groups with their buttons; ``references``: positions of
        arguments that are wanted as references, by function; ``plan``: the plan's sheet and buttons.
    """
    return {
        "language": settings.language,
        "functions": [_function(function) for function in functions],
        "chapters": [_chapter(chapter, buttons) for chapter in Chapter if any(b.chapter is chapter for b in buttons)],
        "references": {
            function.name: [i for i, a in enumerate(function.arguments) if a.kind is Kind.REFERENCE]
            for function in functions
            if function.needs_reference
        },
        "plan": described(settings),
        "version": __version__,
    }


def _both(text: Text, limit: int | None = None) -> dict[str, str]:
    return {"zh": _cut(text.zh, limit), "en": _cut(text.en, limit)}


def _cut(text: str, limit: int | None) -> str:
    return text if limit is None or len(text) <= limit else text[: limit - 1] + "…"


def _function(function: Function) -> dict[str, Json]:
    return {
        "name": function.name,
        "signature": f"=LC.{function.signature}",
        "group": _both(GROUP_TITLES[function.group]),
        "summary": _both(function.summary),
        "detail": _both(function.detail),
        "spills": _both(function.spills),
        "arguments": [_argument(argument) for argument in function.arguments],
        "options": [_option(option) for option in function.options],
        "example": function.example.replace(f"={function.name}(", f"=LC.{function.name}("),
    }


def _argument(argument: Argument) -> dict[str, Json]:
    return {"name": argument.name, "label": _both(argument.label), "help": _both(argument.help)}


def _option(option: Option) -> dict[str, Json]:
    return {"key": option.key, "choices": list(option.choices), "help": _both(option.help)}


def _chapter(chapter: Chapter, buttons: Sequence[Button]) -> dict[str, Json]:
    title = CHAPTER_TITLES[chapter]
    return {
        "id": chapter.value,
        "icon": chapter.value if (_ICONS / f"{chapter.value}-80.png").is_file() else "lowcarbon",
        "title": _both(title, SHORT),
        "buttons": [
            {"id": button.id, "label": _both(button.label, SHORT), "tip": _both(button.tip, LONG)}
            for button in buttons
            if button.chapter is chapter
        ],
    }
