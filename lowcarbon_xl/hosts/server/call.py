"""One call as the front end sends it: checked, and with what Office.js knows of places and formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from lowcarbon_xl.errors import HostError, Language, Text
from lowcarbon_xl.hosts.embedded.places import Area, parse_reference

Json = Any

_TEXTS = ("version", "client", "func_name")
_OPTIONAL_TEXTS = ("caller_address", "session_id", "culture_info_name", "date_format", "runtime")


@dataclass(frozen=True, slots=True)
class Formula:
    """What fills a cell that an argument refers to.

    Parameters
    ----------
    text : str
        The formula, or an empty text.
    anchor : Area or None
        The cell that it stands in: its own, or that of the spill it belongs to.
    """

    text: str
    anchor: Area | None


@dataclass(frozen=True, slots=True)
class CallContext:
    """Where a call comes from, injected into every custom function.

    Parameters
    ----------
    user, session, book : str
        Who calls, from which Excel, out of which workbook.
    caller : Area or None
        The calling cell.
    places : tuple of Area or None
        Where each argument stands; None for what is no range.
    formulas : mapping
        What fills the cell referred to, by position; for arguments that are wanted as references.
    language : {"zh", "en"}
    """

    user: str = ""
    session: str = ""
    book: str = ""
    caller: Area | None = None
    places: tuple[Area | None, ...] = ()
    formulas: Mapping[int, Formula] = field(default_factory=lambda: MappingProxyType({}))
    language: Language = "zh"

    def place(self, position: int) -> Area | None:
        """Where an argument stands."""
        return self.places[position] if position < len(self.places) else None


def check_call(data: Json) -> dict[str, Json]:
    """The body of a call in the form that xlwings' front end gives it.

    Raises
    ------
    HostError
        When a part is missing or of another kind.
    """
    if not isinstance(data, dict) or not isinstance(data.get("args"), list):
        raise _malformed("args")
    for key in _TEXTS:
        if not isinstance(data.get(key), str):
            raise _malformed(key)
    for key in _OPTIONAL_TEXTS:
        if not isinstance(data.get(key), str | None):
            raise _malformed(key)
    runtime = data.get("runtime") or "1.1"
    if not runtime.replace(".", "", 1).isdigit():
        raise _malformed("runtime")
    if not isinstance(data.get("lowcarbon", {}), dict):
        raise _malformed("lowcarbon")
    return {**dict.fromkeys(_OPTIONAL_TEXTS), **data, "runtime": runtime}


def context_of(data: Mapping[str, Json], user: str, language: Language) -> CallContext:
    """What the front end says about a checked call; anything it does not say is left out."""
    own = data.get("lowcarbon", {})
    book, caller = _caller(data["caller_address"])
    places = own.get("places")
    formulas = own.get("formulas")
    wanted = own.get("language")
    return CallContext(
        user=user,
        session=data["session_id"] or "",
        book=book,
        caller=caller,
        places=tuple(_area(place, book) for place in places) if isinstance(places, list) else (),
        formulas=_formulas(formulas, book) if isinstance(formulas, dict) else MappingProxyType({}),
        language=wanted if wanted in ("zh", "en") else language,
    )


def _caller(address: str | None) -> tuple[str, Area | None]:
    """The calling workbook and cell."""
    if not address:
        return "", None
    book, bracket, rest = address.partition("]")
    return (book.removeprefix("["), _area(rest)) if bracket and book.startswith("[") else ("", _area(address))


def _area(address: Json, home: str = "") -> Area | None:
    """``'[Book1.xlsx]My sheet'!A1:C9`` in any of its spellings; None for anything else.

    The sheet of another workbook than `home` keeps the workbook's name before its own.
    """
    if not isinstance(address, str) or "!" not in address:
        return None
    sheet, _, cells = address.rpartition("!")
    if sheet.startswith("'") and sheet.endswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    elif "!" in sheet:  # several ranges
        return None
    sheet = sheet.removeprefix(f"[{home}]")
    quoted = sheet.replace("'", "''")
    return parse_reference(f"'{quoted}'!{cells}", "", lambda name: name)


def _formulas(given: Mapping[str, Json], book: str) -> Mapping[int, Formula]:
    return MappingProxyType(
        {
            int(position): Formula(str(found.get("text") or ""), _area(found.get("anchor"), book))
            for position, found in given.items()
            if position.isdigit() and isinstance(found, dict)
        }
    )


def _malformed(part: str) -> HostError:
    return HostError(
        Text(f"请求缺少 {part} 或其格式不对", f"the request has no {part}, or one of another form"),
        Text("重新加载任务窗格；若仍出错，请更新加载项", "Reload the task pane, or update the add-in"),
    )
