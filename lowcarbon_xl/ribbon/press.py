"""Press a button: find it, show what it does, keep what it changes, and leave the selection where it was."""

from __future__ import annotations

from lowcarbon_xl.catalogue import Button, buttons
from lowcarbon_xl.errors import InputError, Language, Text, nearest
from lowcarbon_xl.ribbon.blocks import Book, Range
from lowcarbon_xl.ribbon.desk import Desk, Progress, book_language
from lowcarbon_xl.ribbon.snapshot import Snapshot

_KEEPS_NOTHING = frozenset({"undo"})


def press(
    book: Book,
    button_id: str,
    language: Language = "zh",
    selection: Range | str | None = None,
    progress: Progress | None = None,
) -> Text:
    """Do what a ribbon button does.

    Parameters
    ----------
    book : xlwings.Book
        In any host; it is changed, not saved.
    button_id : str
        As `lowcarbon_xl.catalogue.buttons` lists them.
    language : {"zh", "en"}
        Language of what is written, unless the workbook's own switch (the name ``_LC_LANG``) is set.
    selection : xlwings.Range or str, optional
        What the button acts on (a text: ``sheet!A1:C9``); default: what is selected in the workbook, or the first
        table that the button can use.
    progress : callable, optional
        Called with what is done, what is planned and what was done last.

    Returns
    -------
    Text
        What was done, and what was overwritten.

    Raises
    ------
    LowCarbonError
        When the button cannot do its work; the workbook is as it was.
    """
    button = find_button(button_id)
    active = book.sheets.active
    desk = Desk(
        book,
        book_language(book, language),
        _range(book, selection),
        progress or (lambda done, planned, what: None),
        Snapshot(book, button.id),
    )
    try:
        message = button.press(desk)
        if button.id not in _KEEPS_NOTHING:
            desk.snapshot.commit()
    except BaseException:
        desk.snapshot.roll_back()
        raise
    finally:
        book.app.status_bar = False
        _reactivate(book, desk.shown or active)
    return Text(
        "；".join([*(text.zh for text in desk.said), message.zh]),
        "; ".join([*(text.en for text in desk.said), message.en]),
    )


def find_button(button_id: str) -> Button:
    """The button of that name.

    Raises
    ------
    InputError
        When there is none: names the nearest one and lists them all.
    """
    known = {button.id: button for button in buttons()}
    if button_id in known:
        return known[button_id]
    spellings = {spelling: b.id for b in known.values() for spelling in (b.label.zh, b.label.en.casefold(), b.id)}
    folded = button_id.strip().casefold()
    if folded in spellings:
        return known[spellings[folded]]
    guess = nearest(folded, spellings)
    hint = spellings[guess] if guess else None
    raise InputError(
        Text(f"没有按钮“{button_id}”", f"there is no button {button_id!r}"),
        Text(
            (f"是不是 {hint}？" if hint else "") + f"按钮：{', '.join(known)}",
            (f"Did you mean {hint}? " if hint else "") + f"Buttons: {', '.join(known)}",
        ),
    )


def _range(book: Book, selection: Range | str | None) -> Range | None:
    if not isinstance(selection, str):
        return selection
    sheet, _, address = selection.rpartition("!")
    name = sheet.strip("'").replace("''", "'")
    known = {known.name.casefold(): known for known in book.sheets}
    if name and name.casefold() not in known:
        raise InputError(
            Text(f"没有工作表“{name}”", f"there is no sheet {name!r}"),
            Text(f"现有工作表：{'、'.join(s.name for s in book.sheets)}", "Write sheet!A1:C9"),
        )
    return (known[name.casefold()] if name else book.sheets.active).range(address)


def _reactivate(book: Book, active: Range) -> None:
    """Show a sheet, unless it is gone."""
    if any(sheet.name == active.name for sheet in book.sheets):
        active.activate()
