"""What a call reads: which column as what, whose factors, which seed; noted while it computes, kept with its result.

Nothing is noted unless somebody asked for it with `taking_notes`, so that reading costs nothing elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from lowcarbon_xl.errors import Text


@dataclass(frozen=True, slots=True)
class Reading:
    """One column as it was read.

    Parameters
    ----------
    place : str
        ``sheet!cell`` of its header.
    name, unit : str
        Of the header; the unit is empty where none is given.
    roles : tuple of Text
        What it was read as; empty for a plain column.
    """

    place: str
    name: str
    unit: str = ""
    roles: tuple[Text, ...] = ()

    @property
    def sheet(self) -> str:
        """The sheet that it stands on."""
        return self.place.rpartition("!")[0]

    def text(self, *, short: bool = False) -> Text:
        """``面板!D4 劳动 [万人] → 投入``; without the sheet when `short`."""
        unit = f" [{self.unit}]" if self.unit else ""
        zh, en = "、".join(role.zh for role in self.roles), ", ".join(role.en for role in self.roles)
        what = f"{self.place.rpartition('!')[2] if short else self.place} {self.name}{unit}"
        return Text(f"{what} → {zh}", f"{what} -> {en}") if self.roles else Text(what, what)


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows that a model uses.

    Parameters
    ----------
    used : int or None
        None where several models use different rows.
    dropped : Text
        How many are left out, and why.
    """

    used: int | None = None
    dropped: Text = Text("", "")  # noqa: RUF009  (frozen)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a result was read from.

    Parameters
    ----------
    readings : tuple of Reading
    factors : Text or None
        The set of emission factors.
    seed : int or None
        Of random numbers.
    sample : Sample or None
        None for what uses every row.
    """

    readings: tuple[Reading, ...] = ()
    factors: Text | None = None
    seed: int | None = None
    sample: Sample | None = None

    @property
    def columns(self) -> Text:
        """All readings in one text; the sheet is named where it changes."""
        before = ("", *(reading.sheet for reading in self.readings))
        texts = [
            reading.text(short=reading.sheet == sheet) for sheet, reading in zip(before, self.readings, strict=False)
        ]
        return Text("；".join(text.zh for text in texts), "; ".join(text.en for text in texts))


NOTHING = Provenance()


@dataclass(slots=True)
class Notebook:
    """Notes being taken."""

    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    roles: dict[str, dict[Text, None]] = field(default_factory=dict)
    factors: Text | None = None
    seed: int | None = None
    sample: Sample | None = None

    @property
    def provenance(self) -> Provenance:
        """What was noted so far."""
        readings = (Reading(place, *name, tuple(self.roles.get(place, ()))) for place, name in self.names.items())
        return Provenance(tuple(readings), self.factors, self.seed, self.sample)


_open: ContextVar[Notebook | None] = ContextVar("_open", default=None)


@contextmanager
def taking_notes() -> Iterator[Notebook]:
    """Note what is read until the block ends."""
    notebook = Notebook()
    token = _open.set(notebook)
    try:
        yield notebook
    finally:
        _open.reset(token)


def note_column(place: str, name: str, unit: str) -> None:
    """A column's cells are read."""
    if (notebook := _open.get()) is not None:
        notebook.names.setdefault(place, (name, unit))


def note_role(place: str, role: Text) -> None:
    """A column is taken for something; it counts once its cells are read."""
    if (notebook := _open.get()) is not None:
        notebook.roles.setdefault(place, {})[role] = None


def note_factors(factors: Text) -> None:
    """Emission factors are used."""
    if (notebook := _open.get()) is not None:
        notebook.factors = factors


def note_seed(seed: int) -> None:
    """Random numbers are drawn."""
    if (notebook := _open.get()) is not None:
        notebook.seed = seed


def note_sample(sample: Sample) -> None:
    """A model is estimated on some rows."""
    if (notebook := _open.get()) is not None:
        notebook.sample = sample
