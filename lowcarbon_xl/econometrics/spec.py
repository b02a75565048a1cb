"""One frozen specification per regression: what is estimated, on which rows, with which standard errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lowcarbon_xl.errors import InputError, Text

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

VarianceKind = Literal["iid", "robust", "cluster", "dk"]
Route = Literal["ivreghdfe", "xtivreg2", "ivreg2"]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A named variable.

    Attributes
    ----------
    name : str
        The header it had in the sheet.
    values : ndarray of float, shape (n,)
        One value a row; NaN is missing. Infinite values are refused.
    """

    name: str
    values: FloatArray

    def __post_init__(self) -> None:
        values = np.ascontiguousarray(self.values, dtype=np.float64)
        if values.ndim != 1:
            raise ValueError(f"column {self.name!r} must have shape (n,), not {values.shape}")
        if np.isinf(values).any():
            raise InputError(
                Text(f"变量“{self.name}”含无穷大", f"variable '{self.name}' holds an infinite value"),
                Text(
                    "检查取对数或除法的来源单元格",
                    "Check the cells it was computed from (a logarithm or division by 0)",
                ),
                row=int(np.flatnonzero(np.isinf(values))[0]),
                column=self.name,
            )
        object.__setattr__(self, "values", values)


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """A categorical column: provinces, years, clusters, fixed effects.

    Attributes
    ----------
    name : str
        The header it had in the sheet, or ``a*b`` for an interaction.
    codes : ndarray of int, shape (n,)
        Position in `levels`; -1 where the label is missing.
    levels : tuple of str
        The distinct labels, sorted.
    """

    name: str
    codes: IntArray
    levels: tuple[str, ...]

    @classmethod
    def of(cls, name: str, labels: ArrayLike | Sequence[object]) -> Grouping:
        """Code the labels of a column; None, "" and NaN are missing."""
        texts = [_label_text(label) for label in np.asarray(labels, dtype=object)]
        levels = sorted({text for text in texts if text}, key=_natural_key)
        position = {text: code for code, text in enumerate(levels)}
        return cls(name, np.array([position.get(text, -1) for text in texts], dtype=np.intp), tuple(levels))


def _label_text(label: object) -> str:
    if label is None or (isinstance(label, float | np.floating) and np.isnan(label)):
        return ""
    if isinstance(label, float | np.floating) and float(label).is_integer():
        return str(int(label))
    return str(label).strip()


def _natural_key(text: str) -> tuple[int, float, str]:
    try:
        return (0, float(text), text)
    except ValueError:
        return (1, 0.0, text)


def interact(*groupings: Grouping) -> Grouping:
    """The interaction of groupings over the same rows, as ``absorb=province*year``; missing where any of them is."""
    stacked = np.stack([grouping.codes for grouping in groupings])
    complete = (stacked >= 0).all(axis=0)
    combinations, inverse = np.unique(stacked[:, complete], axis=1, return_inverse=True)
    codes = np.full(stacked.shape[1], -1, dtype=np.intp)
    codes[complete] = inverse.reshape(-1)
    levels = tuple(
        "*".join(grouping.levels[code] for grouping, code in zip(groupings, combination, strict=True))
        for combination in combinations.T
    )
    return Grouping("*".join(grouping.name for grouping in groupings), codes, levels)


@dataclass(frozen=True, slots=True, eq=False)
class Variance:
    """How standard errors are computed.

    Attributes
    ----------
    kind : {"iid", "robust", "cluster", "dk"}
        Driscoll-Kraay is ``dk``.
    clusters : tuple of Grouping
        One or two cluster columns when `kind` is ``cluster``.
    lag : int or None
        Bartlett lags of ``dk`` (Stata's bandwidth minus 1); None: floor(4 (T/100)^(2/9)).
    """

    kind: VarianceKind = "robust"
    clusters: tuple[Grouping, ...] = ()
    lag: int | None = None

    def __post_init__(self) -> None:
        if self.kind == "cluster" and len(self.clusters) not in (1, 2):
            raise InputError(
                Text(
                    f"聚类标准误要一个或两个聚类列，给了 {len(self.clusters)} 个",
                    f"clustered standard errors take one or two columns, not {len(self.clusters)}",
                ),
                Text("写成 vce=cluster(省份) 或 cluster(省份,年份)", "Write vce=cluster(province) or cluster(a,b)"),
            )
        if self.lag is not None and self.lag < 0:
            raise InputError(
                Text(
                    f"Driscoll-Kraay 滞后阶数不能为负：{self.lag}",
                    f"Driscoll-Kraay lag must not be negative: {self.lag}",
                ),
                Text("用 0 或正整数", "Use 0 or a positive whole number"),
            )

    @property
    def label(self) -> Text:
        """What the note under a table says."""
        names = ", ".join(cluster.name for cluster in self.clusters)
        return {
            "iid": Text("普通标准误（同方差）", "iid standard errors"),
            "robust": Text("异方差稳健标准误", "heteroskedasticity-robust standard errors"),
            "cluster": Text(f"按 {names} 聚类的标准误", f"standard errors clustered by {names}"),
            "dk": Text("Driscoll-Kraay 标准误", "Driscoll-Kraay standard errors"),
        }[self.kind]


IID = Variance("iid")
ROBUST = Variance("robust")


def clustered(*clusters: Grouping) -> Variance:
    """Standard errors clustered by one or two columns."""
    return Variance("cluster", clusters)


def driscoll_kraay(lag: int | None = None) -> Variance:
    """Driscoll-Kraay (1998) standard errors; needs the specification's `time`."""
    return Variance("dk", lag=lag)


@dataclass(frozen=True, slots=True, eq=False)
class Specification:
    """Everything that determines one regression.

    Attributes
    ----------
    y : Column
        Dependent variable, n rows.
    x, controls : tuple of Column
        Exogenous regressors: those of interest, and the rest. Reported in this order.
    endogenous, instruments : tuple of Column
        Regressors instrumented, and their excluded instruments; both empty for least squares.
    absorb : tuple of Grouping
        Fixed effects, any number; empty for none.
    vce : Variance
        Kind of standard errors.
    unit, time : Grouping and Column, optional
        Keys of the panel: resampling by unit and Driscoll-Kraay need them.
    sample : ndarray of bool, shape (n,), optional
        Rows that the filter keeps; None keeps all.
    route : {"ivreghdfe", "xtivreg2", "ivreg2"}
        Stata's command whose conventions IV follows. Least squares always follows reghdfe.
    small : bool
        Small-sample t and factors in the routes that do not have them by themselves.
    constant : bool
        False leaves the constant out (only without fixed effects).
    keep_singletons : bool
        True keeps groups of one row, as reghdfe's ``keepsingletons``.

    Raises
    ------
    InputError
        Lengths that differ, a variable in two roles, or fewer instruments than endogenous regressors.
    """

    y: Column
    x: tuple[Column, ...]
    controls: tuple[Column, ...] = ()
    endogenous: tuple[Column, ...] = ()
    instruments: tuple[Column, ...] = ()
    absorb: tuple[Grouping, ...] = ()
    vce: Variance = ROBUST
    unit: Grouping | None = None
    time: Column | None = None
    sample: BoolArray | None = None
    route: Route = "ivreghdfe"
    small: bool = False
    constant: bool = True
    keep_singletons: bool = False

    def __post_init__(self) -> None:
        self._check_lengths()
        self._check_roles()
        if self.vce.kind == "dk" and self.time is None:
            what = Text("Driscoll-Kraay 标准误需要年份列", "Driscoll-Kraay standard errors need a time column")
            raise InputError(what, Text("加上年份列", "Add the year column"))

    @property
    def size(self) -> int:
        """Rows of the data, before anything is dropped."""
        return self.y.values.size

    @property
    def exogenous(self) -> tuple[Column, ...]:
        """Regressors of interest, then controls."""
        return self.x + self.controls

    @property
    def variables(self) -> tuple[Column, ...]:
        """Every numeric variable of the model: y, endogenous, exogenous, instruments."""
        return (self.y, *self.endogenous, *self.exogenous, *self.instruments)

    def without_instruments(self) -> Specification:
        """The least-squares counterpart: endogenous regressors as ordinary ones, instruments left out."""
        return replace(self, x=self.endogenous + self.x, endogenous=(), instruments=())

    def restricted_to(self, rows: BoolArray) -> Specification:
        """The same model on those rows only (within the filter that it has)."""
        return replace(self, sample=rows if self.sample is None else self.sample & rows)

    def _parts(self) -> Iterator[tuple[str, int]]:
        for column in self.variables:
            yield column.name, column.values.size
        for grouping in (*self.absorb, *self.vce.clusters, *((self.unit,) if self.unit else ())):
            yield grouping.name, grouping.codes.size
        if self.time is not None:
            yield self.time.name, self.time.values.size
        if self.sample is not None:
            yield "sample", self.sample.size

    def _check_lengths(self) -> None:
        for name, length in self._parts():
            if length != self.size:
                raise InputError(
                    Text(
                        f"“{name}”有 {length} 行，而被解释变量“{self.y.name}”有 {self.size} 行",
                        f"'{name}' has {length} rows but the dependent variable '{self.y.name}' has {self.size}",
                    ),
                    Text("各列选同样的行", "Select the same rows for every column"),
                    column=name,
                )

    def _check_roles(self) -> None:
        counts = Counter(column.name for column in self.variables)
        repeated = [name for name, count in counts.items() if count > 1]
        if repeated:
            raise InputError(
                Text(f"变量“{repeated[0]}”用了两次", f"variable '{repeated[0]}' is used twice"),
                Text("每个变量只放在一个位置", "Give each variable one role"),
                column=repeated[0],
            )
        if not self.x and not self.controls and not self.endogenous:
            what = Text("没有解释变量", "there is no regressor")
            raise InputError(what, Text("至少给一个解释变量", "Name at least one explanatory variable"))
        if len(self.instruments) < len(self.endogenous) or (self.instruments and not self.endogenous):
            raise InputError(
                Text(
                    f"{len(self.endogenous)} 个内生变量，{len(self.instruments)} 个工具变量",
                    f"{len(self.endogenous)} endogenous regressors but {len(self.instruments)} instruments",
                ),
                Text("工具变量不能少于内生变量", "Give at least as many instruments as endogenous regressors"),
            )
