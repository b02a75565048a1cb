"""The catalogue as xlwings custom functions: one asynchronous function each, with its arguments and their texts."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from lowcarbon_xl.catalogue import Argument, Function, functions
from lowcarbon_xl.cells import CellError, Spill
from lowcarbon_xl.errors import Language
from lowcarbon_xl.hosts.server.answering import Answering, Value
from lowcarbon_xl.hosts.server.call import CallContext
from lowcarbon_xl.hosts.server.extra import load
from lowcarbon_xl.hosts.server.settings import ServerSettings
from lowcarbon_xl.hosts.server.wire import read_cell, read_rows, write_rows

NOT_AVAILABLE = "#N/A "
"""Starts the message of a failure that the front end shows as #N/A instead of #VALUE!."""

CustomFunction = Callable[..., Coroutine[Any, Any, Spill]]


@dataclass(frozen=True, slots=True)
class Call:
    """The context of a call and what answers it: xlwings injects it by this type."""

    context: CallContext
    answering: Answering


def custom_functions(language: Language | None = None) -> dict[str, CustomFunction]:
    """Every function of the catalogue as xlwings wants it, by name.

    Parameters
    ----------
    language : {"zh", "en"}, optional
        Of the function wizard's texts; default: as the server is set.
    """
    officejs = load("xlwings.server")
    officejs.register_injectable_typehint(Call)
    cells, spill = _converters()
    chosen = language or ServerSettings.from_environment().language
    return {
        function.name: officejs.func(_asynchronous(function, chosen, cells, spill), name=function.name)
        for function in functions()
    }


def _asynchronous(function: Function, language: Language, cells: type, spill: type) -> CustomFunction:
    """A function with the signature of one in the catalogue; the context comes last and is not shown to Excel."""
    error = load("xlwings").XlwingsError

    async def compute(*values: Value, call: Call) -> Spill:
        result = await call.answering.answer(function, values, call.context)
        if result.failed:
            raise error(failure_message(result, call.context.language))
        return result

    parameters = [_parameter(argument) for argument in function.arguments]
    injected = inspect.Parameter("call", inspect.Parameter.KEYWORD_ONLY, annotation=Call)
    compute.__name__ = compute.__qualname__ = function.name
    compute.__doc__ = function.summary[language]
    compute.__signature__ = inspect.Signature([*parameters, injected])  # type: ignore[attr-defined]
    compute.__annotations__ = {
        argument.name: Annotated[object, {"convert": cells, "doc": argument.help[language]}]
        for argument in function.arguments
    } | {"call": Call, "return": Annotated[object, {"convert": spill}]}
    return compute


def _parameter(argument: Argument) -> inspect.Parameter:
    default = None if argument.optional else inspect.Parameter.empty
    return inspect.Parameter(argument.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default)


def failure_message(spill: Spill, language: Language) -> str:
    """The reason of a failed call, marked where it means "not available"."""
    cell = spill.rows[0][0]
    if not isinstance(cell, CellError):
        raise TypeError("the spill has not failed")
    reason = cell.reason[language] if cell.reason else cell.code
    return f"{NOT_AVAILABLE}{reason}" if cell.code == "#N/A" else reason


def _converters() -> tuple[type, type]:
    """Converters of xlwings for arguments and results.

    They stand on ``raw``: xlwings' own cleaning loses the place and the format of a cell, and asks of every cell whether
    it comes from a browser (`xlwings.utils.is_jsnull`), which takes seconds for a large range.
    """
    converter: Any = load("xlwings.conversion").Converter

    class Cells(converter):  # type: ignore[misc]
        base_type = "raw"

        @staticmethod
        def read_value(value: Any, options: dict[str, Any]) -> Value:
            return read_rows(value) if isinstance(value, list) else read_cell(value)

    class Result(converter):  # type: ignore[misc]
        base_type = "raw"

        @staticmethod
        def write_value(spill: Spill, options: dict[str, Any]) -> list[list[Any]]:
            return write_rows(spill.rows, float(options["runtime"]), options["date_format"])

    return Cells, Result
