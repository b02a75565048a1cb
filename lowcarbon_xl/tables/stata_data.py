"""The data that a Stata script runs on: every variable of the model once, all rows, labels as in the sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np

from lowcarbon_xl.econometrics.spec import BoolArray, Column, FloatArray, Grouping
from lowcarbon_xl.panel.panel import Keys
from lowcarbon_xl.panel.prepare import lag, winsorize
from lowcarbon_xl.tables.model import Model
from lowcarbon_xl.tables.stata_equations import Equation
from lowcarbon_xl.tables.stata_names import stata_label, stata_name

_SHIFT = re.compile(r"([LF])(\d*)\.(.+)", re.IGNORECASE)
_LARGEST_FACTOR = 32_740  # what Stata's factor variables may hold
_EMPTY: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class StataVariable:
    """One variable of the data set.

    Attributes
    ----------
    name, label : str
        Stata's name, and the header it had in the sheet.
    values : ndarray, shape (n,)
        NaN is missing.
    levels : mapping of int to str
        Value labels.
    """

    name: str
    label: str
    values: FloatArray
    levels: Mapping[int, str] = field(default_factory=lambda: _EMPTY)


@dataclass(frozen=True, slots=True)
class Shift:
    """A lag or lead that the script makes: ``name = operator.base``, as ``L_AI = L.AI``."""

    name: str
    operator: str
    base: str


@dataclass(frozen=True, slots=True, eq=False)
class StataData:
    """The data set and what its variables are.

    Attributes
    ----------
    variables : tuple of StataVariable
    numbers : mapping of str to str
        Stata's name of each numeric column.
    groups : mapping of str to str
        Stata's name of each fixed effect, cluster and key.
    unit, time : str
        Names to `xtset` by; empty when the panel cannot be.
    samples : tuple of str
        The 0/1 variable that marks each equation's sample; empty where it uses every row.
    winsorized : tuple of str
        Variables exported before winsorizing.
    shifts : tuple of Shift
        Variables that are not exported, because the script makes them.
    """

    variables: tuple[StataVariable, ...]
    numbers: Mapping[str, str]
    groups: Mapping[str, str]
    unit: str
    time: str
    samples: tuple[str, ...]
    winsorized: tuple[str, ...]
    shifts: tuple[Shift, ...]


def collect(model: Model, equations: Sequence[Equation]) -> StataData:
    """Gather the variables of a model's equations.

    Parameters
    ----------
    model : Model
    equations : sequence of Equation

    Returns
    -------
    StataData
    """
    gathered = _Gathering()
    keys = _keys(model)
    groups = {grouping.name: grouping for equation in equations for grouping in _groupings(equation)}
    if keys is not None and model.specification.unit is not None:
        groups.setdefault(model.specification.unit.name, model.specification.unit)
    for grouping in groups.values():
        gathered.add_group(grouping)
    columns = {column.name: column for equation in equations for column in equation.specification.variables}
    shifted = {name: shift for name in columns if (shift := _shift(name, columns, keys))}
    for name, column in columns.items():
        if name not in shifted:
            gathered.add_number(_exported(column, model), raw=_is_raw(column, model))
    time = gathered.add_time(model.specification.time) if model.specification.time is not None else ""
    shifts = tuple(gathered.add_shift(name, *shift) for name, shift in shifted.items())
    samples = tuple(gathered.add_sample(equation.specification.sample) for equation in equations)
    unit = gathered.groups[model.specification.unit.name] if keys is not None and model.specification.unit else ""
    return StataData(
        tuple(gathered.variables.values()),
        MappingProxyType(gathered.numbers),
        MappingProxyType(gathered.groups),
        unit,
        time if unit else "",
        samples,
        tuple(gathered.raw),
        shifts,
    )


def _groupings(equation: Equation) -> tuple[Grouping, ...]:
    return (*equation.specification.absorb, *equation.specification.vce.clusters)


def _keys(model: Model) -> Keys | None:
    """The panel's keys, if Stata can `xtset` it: complete, whole years, no pair twice."""
    unit, time = model.specification.unit, model.specification.time
    if unit is None or time is None or (unit.codes < 0).any() or (np.rint(time.values) != time.values).any():
        return None
    years = time.values.astype(np.int64)
    if len(set(zip(unit.codes.tolist(), years.tolist(), strict=True))) < years.size:
        return None
    return Keys(tuple(unit.levels[code] for code in unit.codes.tolist()), years)


def _shift(name: str, columns: Mapping[str, Column], keys: Keys | None) -> tuple[str, str] | None:
    """Operator and base of a lag, if Stata's own lag of an exported column gives exactly these values."""
    match = _SHIFT.fullmatch(name)
    if match is None or keys is None or match[3] not in columns or int(match[2] or 1) == 0:
        return None
    years = int(match[2] or 1) * (1 if match[1].upper() == "L" else -1)
    if not np.array_equal(lag(keys, columns[match[3]].values, years), columns[name].values, equal_nan=True):
        return None
    return f"{match[1].upper()}{match[2]}", match[3]


def _is_raw(column: Column, model: Model) -> bool:
    """Whether winsorizing the raw column in Stata gives exactly the column that was used."""
    raw = model.raw.get(column.name)
    if raw is None or not model.winsor:
        return False
    return np.array_equal(winsorize(raw.values, model.winsor, 1 - model.winsor).values, column.values, equal_nan=True)


def _exported(column: Column, model: Model) -> Column:
    return model.raw[column.name] if _is_raw(column, model) else column


class _Gathering:
    """Variables as they come, each under a name of its own."""

    __slots__ = ("groups", "numbers", "raw", "samples", "taken", "variables")

    def __init__(self) -> None:
        self.variables: dict[str, StataVariable] = {}
        self.numbers: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.raw: list[str] = []
        self.samples: list[tuple[BoolArray, str]] = []
        self.taken: set[str] = set()

    def add_group(self, grouping: Grouping) -> str:
        values, levels = _group_values(grouping)
        name = self._add(grouping.name, values, levels)
        self.groups[grouping.name] = name
        return name

    def add_number(self, column: Column, *, raw: bool) -> str:
        name = self._same(column) or self._add(column.name, column.values, _EMPTY)
        self.numbers[column.name] = name
        if raw:
            self.raw.append(name)
        return name

    def add_time(self, column: Column) -> str:
        return self._same(column) or self._add(column.name, column.values, _EMPTY)

    def add_shift(self, name: str, operator: str, base: str) -> Shift:
        made = self._name(name)
        self.numbers[name] = made
        return Shift(made, operator, self.numbers[base])

    def add_sample(self, sample: BoolArray | None) -> str:
        if sample is None or sample.all():
            return ""
        for known, name in self.samples:
            if np.array_equal(known, sample):
                return name
        name = self._add("in_sample", sample.astype(float), _EMPTY, label="1 = row used by the equation's filter")
        self.samples.append((sample, name))
        return name

    def _same(self, column: Column) -> str:
        """The name of a variable that has these values and this header already; empty when there is none."""
        for name, variable in self.variables.items():
            same = variable.label == stata_label(column.name) and not variable.levels
            if same and np.array_equal(variable.values, column.values, equal_nan=True):
                return name
        return ""

    def _name(self, text: str) -> str:
        name = stata_name(text, self.taken)
        self.taken.add(name)
        return name

    def _add(self, header: str, values: FloatArray, levels: Mapping[int, str], label: str = "") -> str:
        name = self._name(header)
        self.variables[name] = StataVariable(name, stata_label(label or header), values, levels)
        return name


def _group_values(grouping: Grouping) -> tuple[FloatArray, Mapping[int, str]]:
    """Whole numbers that Stata's factor variables take as they are; everything else as labelled codes from 1."""
    missing = grouping.codes < 0
    if all(level.isascii() and level.isdigit() and int(level) <= _LARGEST_FACTOR for level in grouping.levels):
        numbers = np.array([float(level) for level in grouping.levels])
        if len(set(numbers.tolist())) == numbers.size:  # "01" and "1" are two levels
            return np.where(missing, np.nan, numbers[grouping.codes]), _EMPTY
    labels = {code + 1: level for code, level in enumerate(grouping.levels)}
    return np.where(missing, np.nan, grouping.codes + 1.0), MappingProxyType(labels)


def write_csv(data: StataData, path: Path) -> None:
    """Write the data as UTF-8 CSV, numbers with all their digits, missing values empty."""
    lines = [",".join(variable.name for variable in data.variables)]
    table = np.column_stack([variable.values for variable in data.variables])
    lines += (",".join("" if value != value else _digits(value) for value in row) for row in table.tolist())
    path.write_bytes(("\n".join(lines) + "\n").encode())


def _digits(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def write_dta(data: StataData, path: Path, title: str) -> None:
    """Write the data in Stata's format 118 (Stata 14 and later), with labels of variables and values."""
    import datetime as dt

    import pandas as pd

    frame = pd.DataFrame({variable.name: variable.values for variable in data.variables})
    frame.to_stata(
        path,
        write_index=False,
        version=118,
        data_label=stata_label(title),
        variable_labels={variable.name: variable.label for variable in data.variables},
        value_labels={
            variable.name: {float(code): text for code, text in variable.levels.items()}
            for variable in data.variables
            if variable.levels
        },
        time_stamp=dt.datetime(2000, 1, 1),
    )
