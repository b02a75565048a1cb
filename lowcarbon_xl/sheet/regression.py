"""A table and an options text as a regression's specification."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

import numpy as np

from lowcarbon_xl.cells import Block, CellError
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.spec import (
    IID,
    ROBUST,
    Column,
    Grouping,
    Route,
    Specification,
    Variance,
    clustered,
    driscoll_kraay,
    interact,
)
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.options import Options, split_call
from lowcarbon_xl.panel.panel import Keys, Vector
from lowcarbon_xl.panel.prepare import lag, winsorize
from lowcarbon_xl.provenance import Sample, note_sample
from lowcarbon_xl.sheet.columns import column_names
from lowcarbon_xl.sheet.filters import read_filter
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.keys import PROVINCE_HEADERS, REGION_HEADERS, YEAR_HEADERS, key_columns, read_keys
from lowcarbon_xl.sheet.table import Table

_DEPENDENT, _REGRESSOR = Text("被解释变量", "dependent variable"), Text("解释变量", "regressor")
_CONTROL, _ENDOGENOUS = Text("控制变量", "control"), Text("内生变量", "endogenous variable")
MEDIATOR = Text("机制变量", "mediator")
_INSTRUMENT, _GROUPING = Text("工具变量", "instrument"), Text("分组", "grouping")
_SHIFT = re.compile(r"^([LF])(\d*)\.(.+)$", re.IGNORECASE)


@dataclass(slots=True)
class Reader:
    """Reads variables and groupings of one table; keys are read only when something needs them."""

    table: Table
    options: Options
    known_keys: Keys | None = None

    @property
    def keys(self) -> Keys:
        """Unit and year of every row."""
        if self.known_keys is None:
            self.known_keys = read_keys(self.table, self.options)
        return self.known_keys

    def variable(self, name: str, *roles: Text) -> Column:
        """A column of numbers; ``L.name`` and ``F2.name`` are joined on the year within the unit."""
        shift = _SHIFT.match(name)
        if shift is not None and fold(name) not in {fold(header.name) for header in self.table.headers}:
            years = int(shift[2] or 1) * (1 if shift[1].upper() == "L" else -1)
            base = self._numbers(shift[3], *roles)
            return Column(f"{shift[1].upper()}{shift[2]}.{base.name}", lag(self.keys, base.values, years))
        return self._numbers(name, *roles)

    def _numbers(self, name: str, *roles: Text) -> Column:
        column = self.table.find(name)
        self.table.note_read(column, *roles)
        values = self.table.numbers(column, blanks=True)
        return Column(self.table.headers[column].name, self._winsorized(values))

    def _winsorized(self, values: Vector) -> Vector:
        share = self.options.number("winsor", 0.0)
        if not 0 <= share < 0.5:
            raise InputError(
                Text(f"缩尾比例 {share:g} 不在 0 和 0.5 之间", f"winsor={share:g} is not between 0 and 0.5"),
                Text("两端各 1% 写成 winsor=0.01", "Write 1 % at each end as winsor=0.01"),
            )
        return winsorize(values, share, 1 - share).values if share else values

    def grouping(self, name: str) -> Grouping:
        """A column of labels; ``a*b`` is their interaction; province and year are the keys."""
        if "*" in name or "#" in name:
            return interact(*(self.grouping(part.strip()) for part in re.split(r"[*#]+", name)))
        names = {fold(header.name) for header in self.table.headers}
        key = fold(name)
        if self._is_key(key, 0) or (key not in names and key in PROVINCE_HEADERS):
            return Grouping.of(name, self.keys.units)
        if self._is_key(key, 1) or (key not in names and key in YEAR_HEADERS):
            return Grouping.of(name, self.keys.years)
        column = self.table.find(name)
        self.table.note_read(column, _GROUPING)
        labels = self.table.cells(column)
        for row, label in enumerate(labels):
            if isinstance(label, CellError):
                raise InputError(
                    Text(f"“{name}”是错误值 {label.code}", f"{name} is the error value {label.code}"),
                    Text("先改正那个公式", "Mend that formula first"),
                    where=self.table.where(row, column),
                )
        return Grouping.of(self.table.headers[column].name, labels)

    def _is_key(self, key: str, position: int) -> bool:
        """Whether a header is the unit's or the time's own column, whose labels are normalised."""
        if key not in PROVINCE_HEADERS | REGION_HEADERS | YEAR_HEADERS:
            return False
        units, time = key_columns(self.table, self.options)
        columns = units if position == 0 else (time,)
        return any(fold(self.table.headers[column].name) == key for column in columns)

    def unit(self) -> Grouping:
        """The units as a grouping."""
        return Grouping.of(self.options.text("unit", "province"), self.keys.units)

    def year(self) -> Grouping:
        """The years as a grouping."""
        return Grouping.of(self.options.text("time", "year"), self.keys.years)


def read_specification(
    table: Table,
    y: Block | str,
    x: Block | str | None,
    options: Options,
    *,
    endogenous: Block | str | None = None,
    instruments: Block | str | None = None,
    with_keys: bool = False,
) -> Specification:
    """The regression that a worksheet function asks for.

    Parameters
    ----------
    y, x, endogenous, instruments : Block or str
        Column names, as a text or as a reference to header cells.
    options : Options
        controls, absorb, vce, if, winsor, singletons, unit, time, route, small.
    with_keys : bool
        Read the keys even where neither effects nor standard errors need them (resampling by province does).
    """
    note_sample(Sample())
    reader = Reader(table, options, read_keys(table, options) if with_keys else None)
    dependent = column_names(y)
    if len(dependent) != 1:
        raise InputError(
            Text(
                f"被解释变量要一列，写了 {len(dependent)} 列",
                f"one dependent variable is wanted, {len(dependent)} are named",
            ),
            Text("只写一个列名", "Name one column"),
        )

    def read(names: tuple[str, ...], role: Text) -> tuple[Column, ...]:
        return tuple(reader.variable(name, role) for name in names)

    condition = options.text("if")
    absorbed, variance = _absorbed(reader), _variance(reader)
    keyless = reader.known_keys is None  # a cross-section without keys, fixed effects or clusters by them
    return Specification(
        reader.variable(dependent[0], _DEPENDENT),
        read(_without(column_names(x), column_names(endogenous)), _REGRESSOR),
        read(options.names("controls"), _CONTROL),
        read(column_names(endogenous), _ENDOGENOUS),
        read(column_names(instruments), _INSTRUMENT),
        absorbed,
        variance,
        unit=None if keyless else reader.unit(),
        time=None if keyless else Column("year", reader.keys.years.astype(np.float64)),
        sample=read_filter(table, condition, options) if condition else None,
        route=cast(Route, options.text("route", "ivreghdfe")),
        small=options.flag("small"),
        keep_singletons=options.text("singletons") == "keep",
    )


def sample_of(fit: FitResult) -> Sample:
    """The rows that a regression uses, as the ledger says it."""
    counts = (len(fit.missing), len(fit.filtered), len(fit.singletons))
    return Sample(
        fit.n,
        Text("缺失 {}，筛选 {}，单点 {}".format(*counts), "missing {}, filtered {}, singletons {}".format(*counts)),
    )


def _without(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """Names that are not among the others: a regressor given as exogenous and endogenous is endogenous."""
    taken = set(map(fold, others))
    return tuple(name for name in names if fold(name) not in taken)


def _absorbed(reader: Reader) -> tuple[Grouping, ...]:
    """Fixed effects: unit and year unless the user says otherwise."""
    names = reader.options.names("absorb")
    if not names:
        return reader.unit(), reader.year()
    if len(names) == 1 and fold(names[0]) in ("none", "无"):
        return ()
    return tuple(map(reader.grouping, names))


def _variance(reader: Reader) -> Variance:
    head, arguments = split_call(reader.options.text("vce", "robust"))
    if head == "cluster":
        return clustered(*map(reader.grouping, arguments))
    if head == "dk":
        _ = reader.keys
        return driscoll_kraay(_lag(arguments))
    return IID if head == "iid" else ROBUST


def _lag(arguments: tuple[str, ...]) -> int | None:
    if not arguments:
        return None
    try:
        return int(arguments[0])
    except ValueError:
        raise InputError(
            Text(
                f"Driscoll-Kraay 滞后阶数“{arguments[0]}”不是整数",
                f"Driscoll-Kraay lag {arguments[0]!r} is no whole number",
            ),
            Text("写成 vce=dk(1)", "Write vce=dk(1)"),
        ) from None
