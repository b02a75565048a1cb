"""What the checks look at, whatever the layout was: the values of one indicator by unit and year, with their cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lowcarbon_xl.audit.finding import Position, address
from lowcarbon_xl.audit.labels import Label
from lowcarbon_xl.cells import quote_sheet

Matrix = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One indicator.

    Parameters
    ----------
    label : Label
    header : Position
        The cell that names it.
    sheets : tuple of str
        Names of the sheets that it stands in.
    units : tuple of str
        Provinces (canonical names) or whatever the rows are.
    years : tuple of int
        Ascending; empty years become a single column.
    values : array, shape (units, years)
        NaN where there is no number.
    rows, columns : array, shape (units, years)
        1-based place of each value in its sheet; 0 where there is no cell.
    sheet_of : array, shape (units, years)
        Index into `sheets`.
    provinces : bool
        Whether the units are provinces.
    dated : bool
        Whether the columns are years.
    """

    label: Label
    header: Position
    sheets: tuple[str, ...]
    units: tuple[str, ...]
    years: tuple[int, ...]
    values: Matrix
    rows: Places
    columns: Places
    sheet_of: Places
    provinces: bool = True
    dated: bool = True

    def position(self, unit: int, year: int) -> Position:
        """Row and column of a value in its sheet."""
        return int(self.rows[unit, year]), int(self.columns[unit, year])

    def sheet(self, unit: int, year: int) -> str:
        """The sheet of a value."""
        return self.sheets[int(self.sheet_of[unit, year])]

    def where(self, unit: int, year: int) -> str:
        """``sheet!A1`` of a value."""
        sheet = self.sheet(unit, year)
        cell = address(self.position(unit, year))
        return f"{quote_sheet(sheet)}!{cell}" if sheet else cell

    def key(self, unit: int, year: int) -> str:
        """Province and year as evidence names them."""
        return f"{self.units[unit]} {self.years[year]}" if self.dated else self.units[unit]

    def positions(self, places: Sequence[tuple[int, int]]) -> list[Position]:
        """Positions of several values of one sheet."""
        return [self.position(unit, year) for unit, year in places]


@dataclass(frozen=True, slots=True, eq=False)
class Keyed:
    """The keys of a long table, row by row.

    Parameters
    ----------
    sheet : str
    rows : tuple of int
        1-based sheet rows.
    unit_columns : tuple of int
        1-based columns that name the unit; the first decides.
    year_column : int or None
    units : tuple of (str or None)
        None where the cell names no province.
    years : tuple of (int or None)
    provinces : bool
    """

    sheet: str
    rows: tuple[int, ...]
    unit_columns: tuple[int, ...]
    year_column: int | None
    units: tuple[str | None, ...]
    years: tuple[int | None, ...]
    provinces: bool


def by_sheet(series: Series, mask: npt.NDArray[np.bool_]) -> dict[str, list[tuple[int, int]]]:
    """The places (unit, year) where a mask holds, sheet by sheet."""
    found: dict[str, list[tuple[int, int]]] = {}
    for unit, year in np.argwhere(mask):
        found.setdefault(series.sheet(unit, year), []).append((int(unit), int(year)))
    return found


def empty(units: int, years: int) -> tuple[Matrix, Places, Places]:
    """Values (NaN), rows and columns (0) for that many units and years."""
    return (
        np.full((units, years), np.nan),
        np.zeros((units, years), dtype=np.int64),
        np.zeros((units, years), dtype=np.int64),
    )
