"""A table as data: numbers that stay numbers, where they stand, and how they are printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from lowcarbon_xl.econometrics.heterogeneity import HeterogeneityResult
from lowcarbon_xl.econometrics.iv import IVResult
from lowcarbon_xl.econometrics.mechanism import MechanismResult, ThreeStepResult
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.spec import Column, Grouping, Specification
from lowcarbon_xl.errors import Text

Label = str | Text
Value = float | int | str | Text | None
Alignment = Literal["left", "center", "right"]
Brackets = Literal["", "()", "[]"]
Fitted = FitResult | IVResult | MechanismResult | ThreeStepResult | HeterogeneityResult

DASH = "—"
"""Stands where a number does not exist."""


def as_text(label: Label) -> Text:
    """A label in both languages; a plain string is the same in both."""
    return label if isinstance(label, Text) else Text(label, label)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A fitted model and what it was fitted from: one or more columns of a table, or one Stata script.

    Attributes
    ----------
    specification : Specification
        What was estimated.
    result : FitResult, IVResult, MechanismResult, ThreeStepResult or HeterogeneityResult
        What came out of it.
    group : str or Text, optional
        Heading above its columns; neighbours with the same one share it.
    sample : str or Text, optional
        The sample in words, for the notes.
    first_stage : bool
        Whether an IV model shows its first stage beside its second.
    winsor : float
        Share winsorized at each end (0: none), and
    raw : mapping of str to Column
        the columns before that, by name: the Stata script then winsorizes them itself.
    mediator : Column, optional
        Of a mechanism or three steps: the Stata script needs its values.
    grouping : Grouping, optional
        Of heterogeneity, for the same reason.
    """

    specification: Specification
    result: Fitted
    group: Label | None = None
    sample: Label | None = None
    first_stage: bool = True
    winsor: float = 0.0
    raw: Mapping[str, Column] = field(default_factory=lambda: MappingProxyType({}))
    mediator: Column | None = None
    grouping: Grouping | None = None


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a number is printed, whichever writer prints it.

    Attributes
    ----------
    decimals : int
    stars : int
        Asterisks after it.
    brackets : {"", "()", "[]"}
    scientific : bool
        ``1.2E-09`` for what `decimals` cannot show.
    """

    decimals: int
    stars: int = 0
    brackets: Brackets = ""
    scientific: bool = False


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell.

    Attributes
    ----------
    value : float, int, str, Text or None
        A number stays a number; `style` says how it looks.
    style : NumberStyle or None
        For numbers only.
    align : {"left", "center", "right"}
    bold, italic : bool
    """

    value: Value = None
    style: NumberStyle | None = None
    align: Alignment = "center"
    bold: bool = False
    italic: bool = False


Row = tuple[TableCell, ...]
BLANK = TableCell()


@dataclass(frozen=True, slots=True)
class Span:
    """A heading over one or more columns: header row, first and last column, zero-based."""

    row: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Table:
    """A three-line table (三线表).

    Attributes
    ----------
    title : Text
    header, body : tuple of rows
        All of `columns` cells. Rules stand above the header (1.5 pt), under it (thin) and under the body (1.5 pt).
    notes : tuple of Text
        Under the table, one paragraph each.
    spans : tuple of Span
        Headings over columns; each has a thin rule of its own below.
    """

    title: Text
    header: tuple[Row, ...]
    body: tuple[Row, ...]
    notes: tuple[Text, ...] = ()
    spans: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        widths = {len(row) for row in (*self.header, *self.body)}
        if len(widths) != 1:
            raise ValueError(f"rows of a table must be equally long, not {sorted(widths)}")

    @property
    def height(self) -> int:
        """Number of rows on a sheet: title, header, body and notes."""
        return 1 + len(self.header) + len(self.body) + len(self.notes)

    @property
    def columns(self) -> int:
        """Number of columns, that of the row labels included."""
        return len(self.body[0]) if self.body else len(self.header[0])


def text_cell(value: Label, align: Alignment = "center", *, bold: bool = False, italic: bool = False) -> TableCell:
    """A cell of words."""
    return TableCell(value, None, align, bold, italic)
