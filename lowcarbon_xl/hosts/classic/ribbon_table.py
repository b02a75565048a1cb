"""The catalogue's buttons as Excel's ribbon shows them, with the two that Excel itself must answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lowcarbon_xl.catalogue import CHAPTER_TITLES, Button, Chapter
from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.classic.ribbon import PRESS, RibbonButton

_IN_EXCEL = {"language": "LcSwitchLanguage"}
"""Buttons that VBA answers: labels and the function wizard change with the language."""

_FIT_ARRAY = RibbonButton(
    "fit_array",
    CHAPTER_TITLES[Chapter.DATA],
    Text("数组填充", "Fit array"),
    Text("数组填充", "Fit array"),
    Text(
        "旧版 Excel：把当前公式按结果大小填成数组公式；数据变了再按一次。",
        "Older Excel: enter the formula as an array of its result's size; press again after the data changed.",
    ),
    "TableInsert",
    callback="LcFitArray",
)
"""Only Excel without dynamic arrays needs it, so no other host has it."""


def ribbon_buttons(buttons: Sequence[Button]) -> tuple[RibbonButton, ...]:
    """Buttons in the order of their chapters; Excel's own one ends the chapter of data."""
    return tuple(button for chapter in Chapter for button in _chapter(chapter, buttons))


def _chapter(chapter: Chapter, buttons: Sequence[Button]) -> Iterator[RibbonButton]:
    for button in buttons:
        if button.chapter is chapter:
            callback = _IN_EXCEL.get(button.id, PRESS)
            group = CHAPTER_TITLES[chapter]
            yield RibbonButton(
                button.id, group, button.label, button.label, button.tip, button.image, button.large, callback
            )
    if chapter is Chapter.DATA:
        yield _FIT_ARRAY
