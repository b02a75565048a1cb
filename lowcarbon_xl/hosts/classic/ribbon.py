"""The ribbon: customUI14 made from a table of buttons, in Chinese and English, with one callback for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import quoteattr

from lowcarbon_xl.errors import Text

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
TAB = Text("低碳核算", "LowCarbon")
PRESS = "LcPress"
"""The callback of every button that Python answers."""

_TAG_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class RibbonButton:
    """One button as the ribbon shows it.

    Parameters
    ----------
    name : str
        Its identifier, which `lowcarbon_xl.ribbon.press` is given.
    group : Text
        The group it stands in; buttons of a group stand together.
    label, screentip, supertip : Text
        What it says, its tooltip's head, and its tooltip's body.
    image : str
        The name of one of Office's own icons (imageMso).
    large : bool
        Whether it takes the full height of the ribbon.
    callback : str
        The VBA procedure; another than `PRESS` only for what must happen in Excel itself.
    """

    name: str
    group: Text
    label: Text
    screentip: Text
    supertip: Text
    image: str
    large: bool = False
    callback: str = PRESS


def ribbon_xml(buttons: Sequence[RibbonButton] = ()) -> str:
    """The customUI14 part; with no buttons, a ribbon that adds nothing.

    Raises
    ------
    ValueError
        When two buttons share an identifier, or a text cannot be carried in a tag.
    """
    names = [button.name for button in buttons]
    if len(set(names)) != len(names):
        raise ValueError(f"two buttons share a name: {sorted(names)}")
    groups = [
        f"          <group{_attributes(id=f'lcGroup{number}', tag=_tag(title), getLabel='LcLabel')}>\n"
        f"{''.join(map(_button, members))}          </group>\n"
        for number, (title, members) in enumerate(groupby(buttons, key=lambda button: button.group), 1)
    ]
    tab = (
        f"        <tab{_attributes(id='lcTab', tag=_tag(TAB), getLabel='LcLabel')}>\n{''.join(groups)}        </tab>\n"
    )
    tabs = f"    <tabs>\n{tab}    </tabs>\n" if groups else ""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<customUI xmlns="{NAMESPACE}" onLoad="LcRibbonLoaded">\n'
        f"  <ribbon>\n{tabs}  </ribbon>\n</customUI>\n"
    )


def callbacks(buttons: Iterable[RibbonButton]) -> frozenset[str]:
    """Every VBA procedure that the ribbon calls."""
    return frozenset({"LcRibbonLoaded", "LcLabel", "LcScreentip", "LcSupertip", *(b.callback for b in buttons)})


def _button(button: RibbonButton) -> str:
    attributes = _attributes(
        id=button.name,
        size="large" if button.large else "normal",
        imageMso=button.image,
        tag=_tag(button.label, button.screentip, button.supertip),
        getLabel="LcLabel",
        getScreentip="LcScreentip",
        getSupertip="LcSupertip",
        onAction=button.callback,
    )
    return f"            <button{attributes}/>\n"


def _tag(*texts: Text) -> str:
    """The texts as VBA's callbacks split them; so no Chinese has to stand in VBA."""
    parts = [part for text in texts for part in (text.zh, text.en)]
    tag = "|".join(parts)
    if len(tag) > _TAG_LIMIT or any("|" in part for part in parts):
        raise ValueError(f"a tag holds {_TAG_LIMIT} characters and no bar within a text: {tag}")
    return tag


def _attributes(**values: str) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())
