"""Every worksheet function, declared once; hosts, the manual, the README table and the lint of names read it from here.

A declaration carries what any host needs: argument kinds and defaults for VBA and Office.js, wizard texts of
at most 255 characters, what spills, and whether an argument is wanted as a reference instead of a value.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from lowcarbon_xl.cells import Block, Cell, CellError, Reference, Spill
from lowcarbon_xl.errors import InputError, Language, LowCarbonError, Text
from lowcarbon_xl.memory import Memory, content_key
from lowcarbon_xl.options import Option, Options, parse_options
from lowcarbon_xl.provenance import taking_notes

WIZARD_LIMIT = 255
"""Excel's function wizard cuts longer texts (Application.MacroOptions)."""

Argument_ = Block | Reference | Cell
"""What a host may pass: a block for a range, a reference where one is declared, else a scalar."""

_log = logging.getLogger(__name__)


class Kind(Enum):
    """How an argument is read."""

    RANGE = "range"
    REFERENCE = "reference"
    COLUMNS = "columns"
    TEXT = "text"
    NUMBER = "number"
    OPTIONS = "options"


class Shape(Enum):
    """What a result looks like beside its input."""

    SCALAR = "scalar"
    ROWS = "rows"
    TABLE = "table"


class Group(Enum):
    """The chapter of the manual that a function stands in."""

    PREPARATION = "preparation"
    EMISSIONS = "emissions"
    PRODUCTIVITY = "productivity"
    INDICATORS = "indicators"
    ECONOMETRICS = "econometrics"
    AUDIT = "audit"


GROUP_TITLES = {
    Group.PREPARATION: Text("数据整理", "Preparation"),
    Group.EMISSIONS: Text("碳排放", "Emissions"),
    Group.PRODUCTIVITY: Text("资本与效率", "Capital and productivity"),
    Group.INDICATORS: Text("指标", "Indicators"),
    Group.ECONOMETRICS: Text("回归", "Regression"),
    Group.AUDIT: Text("审核", "Audit"),
}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: its name for programmers, its label and wizard text for users.

    Parameters
    ----------
    optional : bool
        May be left out; optional arguments come last.
    blank : bool
        Must have its place but may be blank, as in ``IVREG(panel, "y", "", "x", "z")``.
    """

    name: str
    label: Text
    help: Text
    kind: Kind
    optional: bool = False
    default: str | float | None = None
    blank: bool = False


PANEL = Argument(
    "panel",
    Text("面板", "panel"),
    Text(
        "带标题行的区域；省份、年份按标题识别，可以整列引用",
        "Range with its header row; province and year are found by header, whole columns work",
    ),
    Kind.RANGE,
)
OPTIONS = Argument(
    "options",
    Text("选项", "options"),
    Text(
        '一段文字，如 "rts=VRS; header=0"；可用的键见函数手册',
        'One text, as "rts=VRS; header=0"; the keys are in the manual',
    ),
    Kind.OPTIONS,
    optional=True,
    default="",
)


@dataclass(frozen=True, slots=True)
class Function:
    """One worksheet function.

    Parameters
    ----------
    name : str
        What the user types; upper case, upper-case letters only.
    summary : Text
        What it computes (function wizard, at most 255 characters).
    detail : Text
        Conventions, units and source, for the manual.
    arguments : tuple of Argument
    options : tuple of Option
        Keys that its options text accepts.
    shape : Shape
    spills : Text
        What its rows and columns are.
    example : str
        A formula that works in the example workbook.
    compute : callable
        The Python function: one parameter an argument, `Options` for the options text; returns a `Spill`.
    memory : Memory
        Its answers so far, by content.
    """

    name: str
    group: Group
    summary: Text
    detail: Text
    arguments: tuple[Argument, ...]
    options: tuple[Option, ...]
    shape: Shape
    spills: Text
    example: str
    compute: Callable[..., Spill]
    memory: Memory = field(default_factory=Memory, init=False, compare=False, repr=False)

    @property
    def needs_reference(self) -> bool:
        """Whether an argument is wanted as a reference, not as its value."""
        return any(argument.kind is Kind.REFERENCE for argument in self.arguments)

    @property
    def required(self) -> int:
        """How many arguments must be given."""
        return sum(not argument.optional for argument in self.arguments)

    @property
    def signature(self) -> str:
        """``NAME(panel, [options])``."""
        return f"{self.name}({', '.join(f'[{a.name}]' if a.optional else a.name for a in self.arguments)})"

    def evaluate(self, arguments: Sequence[Argument_], language: Language) -> Spill:
        """Compute one call, whatever it is given: an error becomes an error cell with its reason.

        Functions are pure, so a call on unchanged input is answered from memory, by a digest of its content.

        Parameters
        ----------
        arguments : sequence
            Blocks, references and scalars in the declared order; trailing or omitted ones are None.
        language : {"zh", "en"}
            Language of headers unless the call has its own ``lang=``.
        """
        if self.needs_reference:
            return self._compute(arguments, language)
        key = content_key(language, arguments)
        spill = self.memory.get(key)
        if spill is None:
            spill = self._compute(arguments, language)
            self.memory.keep(key, spill)
        return spill

    def _compute(self, arguments: Sequence[Argument_], language: Language) -> Spill:
        try:
            with taking_notes() as notes:
                spill = self.compute(*self.coerce(arguments))
            spill = replace(spill, provenance=notes.provenance)
        except LowCarbonError as error:
            spill = Spill.failure(error)
        except Exception as error:  # a defect of ours must not take the workbook down, and must not pass for a result
            _log.exception("%s failed", self.name)
            spill = Spill.failure(_internal(self.name, error))
        return spill.in_language(language)

    def coerce(self, given: Sequence[Argument_]) -> Iterator[object]:
        """Arguments as `compute` takes them, or an error that names the one that cannot be used."""
        if len(given) > len(self.arguments):
            raise InputError(
                Text(
                    f"{self.name} 最多 {len(self.arguments)} 个参数，给了 {len(given)} 个",
                    f"{self.name} takes at most {len(self.arguments)} arguments, got {len(given)}",
                ),
                Text(f"写法：{self.signature}", f"Write {self.signature}"),
            )
        for position, argument in enumerate(self.arguments):
            value = given[position] if position < len(given) else None
            yield self._coerce_one(argument, value)

    def _coerce_one(self, argument: Argument, value: Argument_) -> object:
        if argument.kind is Kind.REFERENCE:
            if isinstance(value, Reference):
                return value
            raise _wrong(self, argument, Text("要一个单元格引用", "wants a reference to a cell"))
        if isinstance(value, Reference):
            value = value.block
        wanted_range = argument.kind is Kind.RANGE and not argument.optional and isinstance(value, Block)
        if _is_blank(value) and not wanted_range:  # a required range of one blank cell is for the function to judge
            if not (argument.optional or argument.blank):
                raise _wrong(self, argument, Text("没有给", "is missing"))
            return parse_options("", self.options) if argument.kind is Kind.OPTIONS else argument.default
        if argument.kind is Kind.RANGE:
            return value if isinstance(value, Block) else Block(((value,),))
        if argument.kind is Kind.COLUMNS and isinstance(value, Block):
            return value
        scalar = _scalar(self, argument, value)
        if argument.kind is Kind.NUMBER:
            if isinstance(scalar, bool) or not isinstance(scalar, int | float):
                raise _wrong(self, argument, Text(f"要一个数字，给的是“{scalar}”", f"wants a number, not {scalar!r}"))
            return float(scalar)
        if not isinstance(scalar, str):
            raise _wrong(self, argument, Text(f"要一段文字，给的是“{scalar}”", f"wants a text, not {scalar!r}"))
        return parse_options(scalar, self.options) if argument.kind is Kind.OPTIONS else scalar


def _is_blank(value: Argument_) -> bool:
    """Omitted, or a reference to one blank cell."""
    return (
        value is None
        or value == ""
        or (isinstance(value, Block) and value.shape == (1, 1) and value.values[0][0] is None)
    )


def _scalar(function: Function, argument: Argument, value: Argument_) -> Cell:
    """The one cell of a 1x1 block, or the scalar itself; an error cell is refused with its place."""
    if isinstance(value, Block):
        if value.shape != (1, 1):
            raise _wrong(function, argument, Text("要一个单元格，不是区域", "wants one cell, not a range"))
        where, value = value.address(0, 0), value.values[0][0]
    else:
        where = ""
    if isinstance(value, CellError):
        error = _wrong(function, argument, Text(f"是错误值 {value}", f"is the error value {value}"))
        error.where = where
        raise error
    if isinstance(value, Block | Reference):
        raise TypeError(f"{argument.name}: a scalar was expected")
    return value


def _wrong(function: Function, argument: Argument, what: Text) -> InputError:
    return InputError(
        Text(
            f"{function.name} 的参数“{argument.label.zh}”{what.zh}",
            f"{function.name}: argument {argument.label.en} {what.en}",
        ),
        Text(f"写法：{function.signature}。{argument.help.zh}", f"Write {function.signature}. {argument.help.en}"),
    )


def _internal(name: str, error: Exception) -> InputError:
    return InputError(
        Text(
            f"{name} 内部出错（{type(error).__name__}: {error}），没有给出任何数字",
            f"{name} failed internally ({type(error).__name__}: {error}); no number is given",
        ),
        Text("请把工作簿和这段文字发给维护者", "Please send the workbook and this text to the maintainers"),
    )


_functions: dict[str, Function] = {}


def worksheet_function(
    name: str,
    group: Group,
    *,
    summary: Text,
    detail: Text,
    arguments: tuple[Argument, ...],
    spills: Text,
    example: str,
    shape: Shape = Shape.ROWS,
    options: tuple[Option, ...] = (),
) -> Callable[[Callable[..., Spill]], Callable[..., Spill]]:
    """Declare the decorated function as the worksheet function `name`; it stays an ordinary Python function."""

    def declare(compute: Callable[..., Spill]) -> Callable[..., Spill]:
        if name in _functions:
            raise ValueError(f"{name} is declared twice")
        _functions[name] = Function(name, group, summary, detail, arguments, options, shape, spills, example, compute)
        return compute

    return declare


def functions() -> tuple[Function, ...]:
    """All declared functions, in the order of the manual's chapters (import `lowcarbon_xl.functions` first)."""
    order = list(Group)
    return tuple(sorted(_functions.values(), key=lambda f: order.index(f.group)))


def no_options() -> Options:
    """An empty options text, for calling a function from Python."""
    return Options()
