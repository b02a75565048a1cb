"""The calls that every host answers alike, through the Python side of the add-in, against the embedded host."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import pytest

from lowcarbon_xl.catalogue import Kind, functions
from lowcarbon_xl.cells import Cell, CellError, rectangle
from lowcarbon_xl.hosts.classic import udf
from lowcarbon_xl.hosts.classic.results import Results
from lowcarbon_xl.hosts.classic.values import from_cell
from lowcarbon_xl.hosts.embedded.places import LAST_ROW, Place
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation, recalculate
from tests.conformance.book import save_book
from tests.conformance.calls import CALLS, ConformanceCall
from tests.conformance.sheets import SHEETS
from tests.hosts_classic.excel import caller, com_range, place, shown

TOLERANCE = 1e-12  # the same code computes both; only the way in and out differs

WHOLE = re.compile(r"=([A-Z]+)\((.*)\)")
RANGE = re.compile(r"(?:'([^']+)'|(\w+))!(\$?[A-Z]+\$?\d*(?::\$?[A-Z]+\$?\d*)?)")
DIRECT = [call for call in CALLS if WHOLE.fullmatch(call.formula) and not re.search(r"\(.*[A-Z]\(|&", call.formula)]
"""Calls that are one function of ours over ranges and constants; Excel itself computes what stands around or inside."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the wrapper passes for one argument."""

    value: object
    place: tuple[object, ...] | None


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Recalculation:
    """The embedded host's answers, and the values of the ordinary formulas that calls read."""
    path = save_book(tmp_path_factory.mktemp("classic") / "conformance.xlsx")
    return recalculate(path, functions(), "en")


@pytest.fixture(scope="module", autouse=True)
def results() -> Results:
    """One memory for all calls, since WHY looks back at the ones before."""
    fresh = Results()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(udf, "_results", fresh)
        yield fresh


def test_most_calls_are_direct() -> None:
    assert len(DIRECT) > 0.75 * len(CALLS)
    assert {"why_error", "whole_columns", "date_formula_as_year", "one_error_cell"} <= {call.id for call in DIRECT}


@pytest.mark.parametrize("call", DIRECT, ids=lambda call: call.id)
def test_the_answer_is_the_embedded_hosts(call: ConformanceCall, book: Recalculation) -> None:
    name, arguments = WHOLE.fullmatch(call.formula).groups()
    declared = next(function for function in functions() if function.name == name).arguments
    given = [_given(text, argument.kind, book) for text, argument in zip(_split(arguments), declared, strict=False)]
    given += [Given(None, None)] * (len(declared) - len(given))
    rows = udf.call(name, [g.value for g in given], [g.place for g in given], caller(call.id, call.formula), "en")
    place_ = Place(call.id, 1, 1)
    expected = book.arrays.get(place_, ((book.values[place_],),))
    assert len(rows) == len(expected)
    for found, wanted in zip(rows, expected, strict=True):
        assert len(found) == len(wanted)
        assert all(_same(shown(f), _com(w)) for f, w in zip(found, wanted, strict=True)), (found, wanted)


def _same(found: Cell, wanted: Cell) -> bool:
    if isinstance(wanted, CellError) or isinstance(found, CellError):
        return isinstance(wanted, CellError) and isinstance(found, CellError) and found.code == wanted.code
    if isinstance(wanted, float) and isinstance(found, float):
        return math.isclose(found, wanted, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return found == wanted and type(found) is type(wanted)


def _com(cell: Cell) -> Cell:
    """The embedded host's cell as Excel would show ours."""
    return cell if isinstance(cell, CellError) else shown(from_cell(cell))


def _split(arguments: str) -> list[str]:
    """Arguments between commas, outside of texts and quoted sheets."""
    return [
        part.strip()
        for part in re.findall(r"""((?:"[^"]*"|'[^']*'|[^,"'])*)(?:,|$)""", arguments)[: arguments.count(",") + 1]
    ]


def _given(text: str, kind: Kind, book: Recalculation) -> Given:
    if not text:
        return Given(None, None)
    if text.startswith('"'):
        return Given(text[1:-1], None)
    match = RANGE.fullmatch(text)
    if match is None:
        return Given(float(text), None)
    sheet = match[1] or match[2]
    return _range(sheet, match[3].replace("$", ""), kind, book)


def _range(sheet: str, address: str, kind: Kind, book: Recalculation) -> Given:
    """A range as the add-in's VBA takes it: cut at the sheet's used cells; for a reference with the formula behind it."""
    if re.fullmatch(r"[A-Z]+:[A-Z]+", address):
        first, last = address.split(":")
        address = f"{first}1:{last}{LAST_ROW}"
    row, column, last_row, last_column = rectangle(address)
    used = SHEETS.get(sheet)
    if used is not None:
        last_row = max(row, min(last_row, len(used)))
        last_column = max(column, min(last_column, max(map(len, used))))
    cells = [[_cell(sheet, i, j, book) for j in range(column, last_column + 1)] for i in range(row, last_row + 1)]
    where = place(sheet, row, column)
    if kind is Kind.REFERENCE:
        typed = used[row - 1][column - 1] if used is not None else None
        own = typed if isinstance(typed, str) and typed.startswith("=") else ""
        formula = own if used is not None else next(call.formula for call in CALLS if call.id == sheet)
        where = (*where, formula, *((row, column) if used is not None else (1, 1)))
    return Given(com_range(cells), where)


def _cell(sheet: str, row: int, column: int, book: Recalculation) -> Cell:
    used = SHEETS.get(sheet)
    if used is None:
        return None  # a reference to another call's result: WHY asks our memory, not the value
    typed = used[row - 1][column - 1] if row <= len(used) and column <= len(used[row - 1]) else None
    if isinstance(typed, str) and typed.startswith("="):
        return book.values[Place(sheet, row, column)]
    return typed
