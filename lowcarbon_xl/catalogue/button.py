"""Every ribbon button, declared once: its place, labels, tip, icon, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from lowcarbon_xl.errors import Text


class Chapter(Enum):
    """The group of the ribbon that a button stands in."""

    DATA = "data"
    AUDIT = "audit"
    ACCOUNT = "account"
    EFFICIENCY = "efficiency"
    REGRESS = "regress"
    PICTURES = "pictures"
    HELP = "help"


CHAPTER_TITLES = {
    Chapter.DATA: Text("数据", "Data"),
    Chapter.AUDIT: Text("审核", "Audit"),
    Chapter.ACCOUNT: Text("核算", "Account"),
    Chapter.EFFICIENCY: Text("效率", "Efficiency"),
    Chapter.REGRESS: Text("回归", "Regress"),
    Chapter.PICTURES: Text("图形", "Pictures"),
    Chapter.HELP: Text("帮助", "Help"),
}


@dataclass(frozen=True, slots=True)
class Button:
    """One ribbon button.

    Parameters
    ----------
    id : str
        What hosts and ``lowcarbon press`` call it: lower-case ASCII.
    chapter : Chapter
    label, tip : Text
    image : str
        The name of one of Office's own icons (imageMso).
    press : callable
        Takes the ribbon's desk (the workbook and what is selected) and returns what was done.
    large : bool
        Whether it takes the full height of the ribbon.
    """

    id: str
    chapter: Chapter
    label: Text
    tip: Text
    image: str
    press: Callable[..., Text]
    large: bool = False


_buttons: dict[str, Button] = {}


def ribbon_button(
    id: str, chapter: Chapter, *, label: Text, tip: Text, image: str, large: bool = False
) -> Callable[[Callable[..., Text]], Callable[..., Text]]:
    """Declare the decorated function as the ribbon button `id`; it stays an ordinary Python function."""

    def declare(press: Callable[..., Text]) -> Callable[..., Text]:
        if id in _buttons:
            raise ValueError(f"button {id} is declared twice")
        _buttons[id] = Button(id, chapter, label, tip, image, press, large)
        return press

    return declare


def buttons() -> tuple[Button, ...]:
    """All declared buttons, chapter by chapter (import `lowcarbon_xl.ribbon` first)."""
    order = list(Chapter)
    return tuple(sorted(_buttons.values(), key=lambda button: order.index(button.chapter)))
