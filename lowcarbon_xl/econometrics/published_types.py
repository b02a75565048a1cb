"""A published table as read, and a contradiction found in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lowcarbon_xl.errors import Text


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as printed.

    Attributes
    ----------
    text : str
    value : float
    stars : int
    decimals : int
        Digits after the point.
    bracketed : bool
    row, column : int
        Zero-based position in the range.
    """

    text: str
    value: float
    stars: int
    decimals: int
    bracketed: bool
    row: int
    column: int

    @property
    def half_unit(self) -> float:
        """Half a unit of the last printed digit: what rounding can hide."""
        return 0.5 * 10.0**-self.decimals


@dataclass(frozen=True, slots=True)
class Interval:
    """All values that round to what is printed."""

    low: float
    high: float

    @classmethod
    def of(cls, figure: Figure) -> Interval:
        """The values behind a printed figure."""
        return cls(figure.value - figure.half_unit, figure.value + figure.half_unit)

    @property
    def magnitude(self) -> Interval:
        """The same of the absolute value."""
        if self.low <= 0 <= self.high:
            return Interval(0.0, max(-self.low, self.high))
        return Interval(*sorted((abs(self.low), abs(self.high))))

    def over(self, other: Interval) -> Interval:
        """Quotients with a positive interval."""
        quotients = [one / two for one in (self.low, self.high) for two in (other.low, other.high)]
        return Interval(min(quotients), max(quotients))

    def meets(self, other: Interval) -> bool:
        """Whether some value is in both."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, slots=True)
class PublishedCoefficient:
    """A coefficient with what is printed below (or beside) it.

    Attributes
    ----------
    table, model, variable : str
    coefficient : Figure
    below : Figure or None
        t or standard error in brackets, not yet known which.
    t, se : Figure or None
        When the list says which.
    size : Figure or None
        N of its model.
    """

    table: str
    model: str
    variable: str
    coefficient: Figure
    below: Figure | None
    t: Figure | None
    se: Figure | None
    size: Figure | None


@dataclass(frozen=True, slots=True)
class PublishedStatistic:
    """N or R2 of a model; `name` is ``N`` or ``R2``."""

    table: str
    model: str
    name: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class PublishedMoments:
    """One variable of a descriptive table; missing moments are None."""

    table: str
    variable: str
    n: Figure | None
    mean: Figure | None
    deviation: Figure | None
    minimum: Figure | None
    maximum: Figure | None


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """All that a range of published figures says."""

    coefficients: tuple[PublishedCoefficient, ...]
    statistics: tuple[PublishedStatistic, ...]
    moments: tuple[PublishedMoments, ...]


@dataclass(frozen=True, slots=True)
class TableFinding:
    """A figure that contradicts another one of the same print.

    Attributes
    ----------
    certainty : {"certain", "borderline"}
        Borderline: it depends on which distribution the author meant.
    rule : str
        ``stars``, ``digit_slip``, ``sign``, ``ratio``, ``N``, ``R2``, ``moments`` or ``magnitude``.
    row, column : int
        Zero-based position of the figure in the range.
    table, model, variable : str
        Where it stands, as far as the range says.
    evidence, remedy : Text
        The numbers compared, and what to do.
    """

    certainty: Literal["certain", "borderline"]
    rule: str
    row: int
    column: int
    table: str
    model: str
    variable: str
    evidence: Text
    remedy: Text
