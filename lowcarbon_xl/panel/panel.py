"""Who and when: the keys of a panel, and what they must satisfy before anything is lagged, chained or compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lowcarbon_xl.errors import InputError, Text

Vector = npt.NDArray[np.float64]
Years = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Keys:
    """Unit and year of every row, in the order of the sheet.

    Parameters
    ----------
    units : tuple of str, length n
        Canonical province names, or any unit's own name.
    years : int array, shape (n,)
    """

    units: tuple[str, ...]
    years: Years

    def __post_init__(self) -> None:
        """Refuse a unit and year that stand twice."""
        first: dict[tuple[str, int], int] = {}
        for row, key in enumerate(zip(self.units, self.years.tolist(), strict=True)):
            if key in first:
                unit, year = key
                raise InputError(
                    Text(
                        f"{unit} {year} 年出现了两次（数据第 {first[key] + 1} 行和第 {row + 1} 行）",
                        f"{unit} {year} stands twice (data rows {first[key] + 1} and {row + 1})",
                    ),
                    Text("删去或改正其中一行", "Delete or correct one of the two rows"),
                    row=row,
                )
            first[key] = row

    @property
    def rows(self) -> dict[tuple[str, int], int]:
        """Zero-based row of each unit and year."""
        return {key: row for row, key in enumerate(zip(self.units, self.years.tolist(), strict=True))}

    @property
    def distinct_units(self) -> tuple[str, ...]:
        """Units in the order of their first appearance."""
        return tuple(dict.fromkeys(self.units))

    def by_unit(self) -> dict[str, npt.NDArray[np.intp]]:
        """Rows of each unit, in the order of years."""
        units = np.array(self.units, dtype=object)
        order = np.argsort(self.years, kind="stable")
        return {unit: order[units[order] == unit] for unit in self.distinct_units}

    @property
    def balanced(self) -> bool:
        """Whether every unit has every year."""
        return len(self.units) == len(self.distinct_units) * len(np.unique(self.years))


def require_consecutive_years(keys: Keys) -> None:
    """Refuse a unit whose years have a gap: a change over two years must not pass for a change over one.

    Raises
    ------
    InputError
        At the row after the gap, naming the missing years.
    """
    for unit, rows in keys.by_unit().items():
        years = keys.years[rows]
        for row, previous, year in zip(rows[1:].tolist(), years[:-1].tolist(), years[1:].tolist(), strict=True):
            if year - previous > 1:
                missing = "、".join(str(y) for y in range(previous + 1, year))
                raise InputError(
                    Text(
                        f"{unit} 缺 {missing} 年：{previous} 年之后就是 {year} 年",
                        f"{unit} lacks {missing.replace('、', ', ')}: {year} follows {previous}",
                    ),
                    Text("补上缺的年份，或只选连续的年份", "Add the missing years, or select consecutive years only"),
                    row=row,
                )
