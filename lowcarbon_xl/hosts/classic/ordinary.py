"""Our functions as ordinary xlwings functions, for xlwings' own "Import Functions".

Through xlwings' wrappers a cell cannot show an error value, so here an error is a text: ``#VALUE!`` and the reason
where a call fails as a whole, ``#N/A`` for one cell. The add-in's own wrappers return real error values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import Parameter, Signature
from typing import Any

from lowcarbon_xl.catalogue import WIZARD_LIMIT, Function, Kind
from lowcarbon_xl.cells import CellError
from lowcarbon_xl.errors import Language, Text
from lowcarbon_xl.hosts.classic import udf
from lowcarbon_xl.hosts.classic.values import MARK

CATEGORY = Text("低碳核算", "LowCarbon")


def xlwings_functions(functions: Iterable[Function], language: Language = "zh") -> dict[str, Callable[..., Any]]:
    """Each function of the catalogue as an xlwings function of the same name.

    Where xlwings has no worksheet functions (Linux, Mac) its decorators do nothing, and these are plain functions.

    Parameters
    ----------
    functions : iterable of Function
    language : {"zh", "en"}
        Language of wizard texts and headers.
    """
    return {function.name: _decorated(function, language) for function in functions}


def _decorated(function: Function, language: Language) -> Callable[..., Any]:
    import xlwings as xw

    plain = _with_signature(function, language)
    for argument in function.arguments:
        text = f"{argument.label[language]}: {argument.help[language]}"[:WIZARD_LIMIT]
        plain = xw.arg(argument.name, convert=RangeOrValue, doc=text)(plain)
    plain = xw.arg("caller", convert=RangeOrValue)(plain)
    decorated: Callable[..., Any] = xw.func(category=CATEGORY[language])(xw.ret(convert="raw")(plain))
    return decorated


def _with_signature(function: Function, language: Language) -> Callable[..., Any]:
    """A Python function with the declared arguments by name, which xlwings reads; it fills in `caller` itself."""

    def worksheet_function(*given, caller=None):  # type: ignore[no-untyped-def]  # noqa: ANN002, ANN001, ANN202
        if len(given) > len(function.arguments):
            given, caller = given[:-1], given[-1]
        return _compute(function, given, caller, language)

    kind = Parameter.POSITIONAL_OR_KEYWORD
    parameters = [Parameter(a.name, kind, default=None if a.optional else Parameter.empty) for a in function.arguments]
    worksheet_function.__name__ = function.name
    worksheet_function.__doc__ = function.summary[language]
    signature = Signature([*parameters, Parameter("caller", kind, default=None)])
    worksheet_function.__signature__ = signature  # type: ignore[attr-defined]
    return worksheet_function


class RangeOrValue:
    """An xlwings converter that hands over a range as such, and anything else as it is."""

    @staticmethod
    def reader(options: dict[str, Any]) -> Any:
        """The stages that read an argument."""
        from xlwings.conversion import Pipeline

        pipeline: Any = Pipeline()
        return pipeline.append_stage(_take_range_or_value)


def _take_range_or_value(context: Any) -> None:
    if context.range is not None:
        context.value = context.range


def _compute(function: Function, given: Iterable[Any], caller: Any, language: Language) -> list[list[Any]]:
    taken = [_take(a.kind, value) for a, value in zip(function.arguments, given, strict=False)]
    values, places = [value for value, _ in taken], [place for _, place in taken]
    spill = udf.compute(function.name, values, places, _caller_place(caller), language)
    if spill.failed:
        error = spill.rows[0][0]
        reason = error.reason[language] if isinstance(error, CellError) and error.reason else ""
        return [[f"{error} {reason}".strip()]]
    return [[c.removeprefix(MARK) if isinstance(c, str) else c for c in row] for row in udf.rectangle(spill)]


def _take(kind: Kind, given: Any) -> tuple[Any, tuple[Any, ...] | None]:
    """Values and place of an argument, as the add-in's VBA takes them."""
    if not hasattr(given, "sheet"):
        return given, None
    area = _used(given)
    place = (area.sheet.book.name, area.sheet.name, area.row, area.column, "")
    if kind is not Kind.REFERENCE:
        return area.raw_value, place
    owner = _owner(area)
    return area.raw_value, (*place, owner.formula, owner.row, owner.column)


def _used(area: Any) -> Any:
    """Whole columns end where the sheet's used cells end; the upper left cell stays."""
    last = area.sheet.used_range.last_cell
    rows = min(area.rows.count, max(last.row - area.row + 1, 1))
    columns = min(area.columns.count, max(last.column - area.column + 1, 1))
    return area.resize(rows, columns)


def _owner(area: Any) -> Any:
    """The cell whose formula fills the area's first cell."""
    first = area.resize(1, 1)
    if first.api.HasArray:
        return first.sheet.range((first.api.CurrentArray.Row, first.api.CurrentArray.Column))
    if getattr(first.api, "HasSpill", False):
        return first.sheet.range((first.api.SpillParent.Row, first.api.SpillParent.Column))
    return first


def _caller_place(caller: Any) -> tuple[Any, ...] | None:
    if not hasattr(caller, "sheet"):
        return None
    first = caller.resize(1, 1)
    shape = caller.rows.count, caller.columns.count
    return caller.sheet.book.name, caller.sheet.name, first.row, first.column, *shape, first.formula
