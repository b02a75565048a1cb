"""The Python side of a worksheet function in Excel for Windows: one call, values and places in, cells out."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import cast

from lowcarbon_xl.catalogue import Argument, Argument_, Function, Kind, functions
from lowcarbon_xl.cells import Block, Reference, Spill
from lowcarbon_xl.errors import HostError, InputError, Language, LowCarbonError, NotAvailableError, Text
from lowcarbon_xl.hosts.classic.results import Place, Result, Results
from lowcarbon_xl.hosts.classic.values import ComValue, from_cell, to_cell, to_rows

ComPlace = Sequence[object] | None
"""Book, sheet, row, column, merged ranges; for a reference also formula, row and column of the cell that fills it."""


class _NotComputedError(NotAvailableError):
    """A formula of ours stands in a cell, but this process has not computed it."""


_log = logging.getLogger(__name__)
_results = Results()


def call(
    name: str, values: Sequence[object], places: Sequence[ComPlace], caller: ComPlace, language: str
) -> list[list[ComValue]]:
    """Compute one worksheet function as the add-in's wrapper calls it.

    Parameters
    ----------
    name : str
        The function.
    values : sequence
        One value an argument, as COM passes it: nested tuples for a range, a scalar, None for an omitted one.
    places : sequence
        Where each range stands; None for anything that is no range.
    caller : sequence or None
        Book, sheet, row, column, rows, columns and formula of the calling cell; None when no cell calls.
    language : {"zh", "en"}

    Returns
    -------
    list of lists
        Rows of equal length; an error value is a text that starts with `values.MARK`.
    """
    return rectangle(compute(name, values, places, caller, language))


def compute(name: str, values: Sequence[object], places: Sequence[ComPlace], caller: ComPlace, language: str) -> Spill:
    """The spill of one call, kept under the calling cell."""
    home = str(caller[0]) if caller is not None else None
    spill = evaluate(name, values, places, language, home)
    if caller is not None:
        _results.keep(_place(caller), name, str(caller[6]), spill)
    return spill


def evaluate(
    name: str, values: Sequence[object], places: Sequence[ComPlace], language: str, home: str | None = None
) -> Spill:
    """The spill of one call, whatever it is given; `home` is the calling workbook, which places leave unnamed."""
    chosen: Language = "zh" if language == "zh" else "en"
    try:
        function = _function(name)
        given = zip(function.arguments, values, places, strict=True)
        arguments = [_argument(declared, value, place, home) for declared, value, place in given]
        return function.evaluate(arguments, chosen)
    except _NotComputedError as error:  # what explains a cell says so in words
        spill = Spill(((error.message(),),))
    except LowCarbonError as error:
        spill = Spill.failure(error)
    except Exception as error:  # a defect of ours must leave a reason, not just Excel's #VALUE!
        _log.exception("%s failed", name)
        spill = Spill.failure(_defect(name, error))
    return spill.in_language(chosen)


def size(place: Sequence[object]) -> list[list[float]]:
    """Rows and columns that the formula in a cell needs; 0 and 0 when no formula of ours has been computed there."""
    result = _results.at(_place(place), str(place[6]))
    if result is None or not result.whole:
        return [[0.0, 0.0]]
    return [[float(len(result.spill.rows)), float(max(map(len, result.spill.rows)))]]


def rectangle(spill: Spill) -> list[list[ComValue]]:
    """The cells of a spill for COM, short rows filled up; an empty spill is one empty text."""
    width = max(map(len, spill.rows), default=0)
    return [[from_cell(cell) for cell in row] + [""] * (width - len(row)) for row in spill.rows] or [[""]]


def _argument(declared: Argument, value: object, place: ComPlace, home: str | None) -> Argument_:
    if place is None:
        return Block(to_rows(value)) if isinstance(value, tuple | list) else to_cell(value)
    if len(place) == 1:
        raise InputError(
            Text(
                f"参数“{declared.label.zh}”由 {_number(place[0])} 块区域组成",
                f"argument {declared.label.en} consists of {_number(place[0])} separate areas",
            ),
            Text("选一块连续的区域", "Select one contiguous range"),
        )
    block = _block(value, place, home)
    return _reference(block, place) if declared.kind is Kind.REFERENCE else block


def _block(value: object, place: Sequence[object], home: str | None) -> Block:
    book, sheet, row, column = _place(place)
    cells = to_rows(value)
    _results.explain(book, sheet, row, column, cells)
    merged = tuple(address for address in str(place[4] or "").split(";") if address)
    shown = sheet if home in (None, book) else f"[{book}]{sheet}"
    return Block(cells, shown, row, column, merged)


def _reference(block: Block, place: Sequence[object]) -> Reference:
    """A cell with what filled it.

    Raises
    ------
    _NotComputedError
        When a formula of ours stands there, but this process has not computed it: its reason is not known.
    """
    owner = _place((*place[:2], *place[6:8]))
    formula = str(place[5] or "")
    result = _results.at(owner, formula)
    if result is None:
        if _ours(formula):
            raise _NotComputedError(
                Text(
                    f"{block.address(0, 0)} 在这次打开后还没有重算",
                    f"{block.address(0, 0)} has not been recalculated yet",
                ),
                Text("按 Ctrl+Alt+F9 重算", "Press Ctrl+Alt+F9 to recalculate"),
            )
        return Reference(block, formula or None)
    return Reference(block, formula or None, result.spill, _offset(result, block))


def _offset(result: Result, block: Block) -> tuple[int, int]:
    """Where the cell stands in the spill; a failed array formula shows its one error in every cell."""
    if result.spill.failed:
        return 0, 0
    return block.row - result.place.row, block.column - result.place.column


def _ours(formula: str) -> bool:
    """Whether a formula calls a function of ours."""
    folded = formula.upper()
    return any(f"{function.name}(" in folded for function in functions())


def _function(name: str) -> Function:
    found = next((function for function in functions() if function.name == name), None)
    if found is None:
        raise HostError(
            Text(f"加载项里的 {name} 在已安装的 lowcarbon-xl 里没有", f"the installed lowcarbon-xl has no {name}"),
            Text("运行 lowcarbon install", "Run lowcarbon install"),
        )
    return found


def _defect(name: str, error: Exception) -> HostError:
    return HostError(
        Text(
            f"{name} 读取参数时出错（{type(error).__name__}: {error}），没有给出任何数字",
            f"{name} failed to read its arguments ({type(error).__name__}: {error}); no number is given",
        ),
        Text("请把工作簿和这段文字发给维护者", "Please send the workbook and this text to the maintainers"),
    )


def _place(place: Sequence[object]) -> Place:
    book, sheet, row, column = place[:4]
    return Place(str(book), str(sheet), _number(row), _number(column))


def _number(value: object) -> int:
    return int(cast(float, value))
