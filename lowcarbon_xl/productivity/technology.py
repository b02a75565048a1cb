"""What is produced from what: inputs, good and bad outputs of units and years, and the data a frontier can bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from lowcarbon_xl.errors import InputError, Text

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.str_]
ReturnsToScale = Literal["CRS", "VRS"]

# Beyond these magnitudes the reciprocal of a value, or the ratio of two, leaves the range of a double.
LARGEST, SMALLEST = 1e100, 1e-100


@dataclass(frozen=True, slots=True)
class Production:
    """Inputs, good outputs and bad outputs of n unit-years, in the order of the sheet's rows.

    Parameters
    ----------
    inputs, goods, bads : float array, shape (n, N), (n, M), (n, I)
        Any units of measure; I may be 0. Finite, and positive unless `drop_zero`.
    units : str array, shape (n,)
        Name or code of the province.
    years : int array, shape (n,)
    input_names, good_names, bad_names : tuple of str
        Names of the columns, used in messages and results.
    drop_zero : bool
        A zero makes the weight of its slack (1 / value) infinite. False refuses it and names row and column; True
        keeps the row in the technology and drops that one term from the unit's objective.

    Raises
    ------
    InputError
        Shapes that do not match, a missing, infinite, negative or (unless `drop_zero`) zero value, a unit-year that
        stands twice, a unit without any input.
    """

    inputs: FloatArray
    goods: FloatArray
    bads: FloatArray
    units: TextArray
    years: npt.NDArray[np.int64]
    input_names: tuple[str, ...]
    good_names: tuple[str, ...]
    bad_names: tuple[str, ...]
    drop_zero: bool = False

    def __post_init__(self) -> None:
        for field in ("inputs", "goods", "bads"):
            values = np.array(getattr(self, field), dtype=np.float64, ndmin=2)
            values.flags.writeable = False
            object.__setattr__(self, field, values)
        object.__setattr__(self, "units", np.asarray(self.units, dtype=np.str_))
        object.__setattr__(self, "years", np.asarray(self.years, dtype=np.int64))
        _check_shapes(self)
        _check_values(self)
        _check_keys(self)

    @property
    def n_rows(self) -> int:
        """Number of unit-years, n."""
        return len(self.years)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(N, M, I): numbers of inputs, good outputs and bad outputs."""
        return self.inputs.shape[1], self.goods.shape[1], self.bads.shape[1]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the N + M + I variables: inputs, goods, bads."""
        return self.input_names + self.good_names + self.bad_names

    @property
    def values(self) -> FloatArray:
        """All variables side by side, shape (n, N + M + I): inputs, goods, bads."""
        return np.hstack([self.inputs, self.goods, self.bads])

    @property
    def signs(self) -> FloatArray:
        """+1 for what should shrink (inputs, bads) and -1 for what should grow (goods), shape (N + M + I,)."""
        n_inputs, n_goods, n_bads = self.shape
        return np.repeat([1.0, -1.0, 1.0], [n_inputs, n_goods, n_bads])

    def rows_of(self, years: Sequence[int]) -> IntArray:
        """Rows that belong to any of the years, ascending."""
        return np.flatnonzero(np.isin(self.years, np.asarray(years)))

    def column_of(self, name: str) -> int:
        """Position of a variable among `names`."""
        if name not in self.names:
            raise InputError(
                Text(f"没有名为“{name}”的变量", f"There is no variable named {name!r}"),
                Text(f"可用：{'、'.join(self.names)}", f"Choose from: {', '.join(self.names)}"),
            )
        return self.names.index(name)

    def unit_year(self, row: int) -> str:
        """Unit and year of a row, for messages."""
        return f"{self.units[row]} {self.years[row]}"


def production(
    inputs: Any,
    goods: Any,
    bads: Any,
    units: Any,
    years: Any,
    *,
    input_names: Sequence[str] | None = None,
    good_names: Sequence[str] | None = None,
    bad_names: Sequence[str] | None = None,
    drop_zero: bool = False,
) -> Production:
    """Build a `Production` from anything array-like; one-dimensional inputs, goods or bads are single columns.

    Names default to x1..., y1..., b1.... `bads` may be None. See `Production` for shapes and errors.
    """
    n_rows = len(np.asarray(years))
    x, y, b = (_columns(block, n_rows) for block in (inputs, goods, bads))
    given = (input_names, good_names, bad_names)
    names = [
        tuple(name) if name is not None else tuple(f"{letter}{j + 1}" for j in range(block.shape[1]))
        for name, letter, block in zip(given, "xyb", (x, y, b), strict=True)
    ]
    return Production(x, y, b, units, years, names[0], names[1], names[2], drop_zero)


def _columns(block: Any, n_rows: int) -> FloatArray:
    if block is None:
        return np.empty((n_rows, 0))
    values = np.asarray(block, dtype=np.float64)
    return values[:, None] if values.ndim == 1 else values


def _check_shapes(data: Production) -> None:
    n_rows = len(data.years)
    shapes = [data.inputs.shape, data.goods.shape, data.bads.shape]
    if data.units.shape != (n_rows,) or data.years.ndim != 1 or any(shape[0] != n_rows for shape in shapes):
        raise InputError(
            Text(
                f"行数不一致：投入、期望产出、非期望产出为 {shapes}，单元 {data.units.shape}，年份 {data.years.shape}",
                f"Rows differ: inputs, goods, bads {shapes}, units {data.units.shape}, years {data.years.shape}",
            ),
            Text("每行应是一个单元的一年", "Each row must be one unit in one year"),
        )
    widths = [shape[1] for shape in shapes]
    names = [data.input_names, data.good_names, data.bad_names]
    if widths != [len(name) for name in names] or len(set(data.names)) != len(data.names):
        raise InputError(
            Text(
                f"变量名 {names} 与列数 {widths} 不符或有重复",
                f"Names {names} do not fit the columns {widths} or repeat",
            ),
            Text("每列给一个不同的名称", "Give each column a name of its own"),
        )
    if n_rows == 0 or widths[0] == 0 or widths[1] == 0:
        raise InputError(
            Text("至少要有一行、一个投入和一个期望产出", "At least one row, one input and one good output are needed"),
            Text("检查所选区域和变量角色", "Check the range and the roles of its columns"),
        )


def _check_values(data: Production) -> None:
    values = data.values
    positive = not data.drop_zero
    bad = ~np.isfinite(values) | (values < 0) | (values > LARGEST) | ((values == 0) & positive)
    bad |= (values > 0) & (values < SMALLEST)
    if bad.any():
        row, column = (int(k) for k in np.argwhere(bad)[0])
        _refuse_value(data, row, column, float(values[row, column]))
    idle = ~(data.inputs > 0).any(axis=1)
    if idle.any():
        row = int(np.flatnonzero(idle)[0])
        raise InputError(
            Text(f"{data.unit_year(row)} 的投入全为零", f"All inputs of {data.unit_year(row)} are zero"),
            Text("至少要有一个正的投入", "At least one input must be positive"),
            row=row,
            column=data.input_names[0],
        )


def _refuse_value(data: Production, row: int, column: int, value: float) -> None:
    name = data.names[column]
    where = data.unit_year(row)
    if np.isnan(value):
        what = Text(f"{where} 的 {name} 缺失", f"{name} of {where} is missing")
        remedy = Text("补上数据或删去该行", "Fill it in or leave the row out")
    elif value == 0:
        what = Text(f"{where} 的 {name} 为零，其权重无穷大", f"{name} of {where} is zero, so its weight is infinite")
        remedy = Text("改正数据，或选择去掉零值项", "Correct it, or ask for terms of zero to be dropped")
    else:
        what = Text(
            f"{where} 的 {name} 为 {value:g}，不能使用", f"{name} of {where} is {value:g}, which cannot be used"
        )
        remedy = Text(
            "应为有限的正数，量级在 1e-100 与 1e100 之间", "It must be finite and positive, between 1e-100 and 1e100"
        )
    raise InputError(what, remedy, row=row, column=name)


def _check_keys(data: Production) -> None:
    first: dict[tuple[str, int], int] = {}
    for row, key in enumerate(zip(data.units.tolist(), data.years.tolist(), strict=True)):
        if key in first:
            raise InputError(
                Text(
                    f"{key[0]} {key[1]} 年出现了两次（数据第 {first[key] + 1} 行和第 {row + 1} 行）",
                    f"{key[0]} {key[1]} stands twice (data rows {first[key] + 1} and {row + 1})",
                ),
                Text("删去或改正其中一行", "Delete or correct one of the two rows"),
                row=row,
            )
        first[key] = row
