"""The calls that every host answers alike, sent to the server as Office.js sends them, against the embedded host."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest

from lowcarbon_xl.catalogue import Argument_, Function, functions
from lowcarbon_xl.cells import Block, Cell, CellError, Reference, Spill
from lowcarbon_xl.errors import Language, Text
from lowcarbon_xl.hosts.embedded.places import Area, Place
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation, recalculate
from tests.conformance.book import save_book
from tests.conformance.calls import CALLS
from tests.hosts_server.office import BOOK, Direct, body, direct_body, direct_calls, expected, shown, wire

TOLERANCE = 1e-12  # the same code computes both; only the way in and out differs

Post = Callable[..., Any]


def test_most_calls_are_direct() -> None:
    assert len(direct_calls()) > 0.75 * len(CALLS)


@pytest.mark.parametrize("direct", direct_calls(), ids=lambda direct: direct.call.id)
def test_the_server_answers_as_the_embedded_host(direct: Direct, book: Recalculation, post: Post) -> None:
    response = post(direct_body(direct, book))
    place = Place(direct.call.id, 1, 1)
    wanted = book.arrays.get(place, ((book.values[place],),))
    if isinstance(wanted[0][0], CellError):
        assert response.status_code == 400
        reason = next(failure.reason.en for failure in book.failures if failure.place == place)
        told = response.text.removeprefix("#N/A ")
        assert (
            told == reason if direct.call.kind != "dates" else direct.call.reason in told
        )  # Excel passes dates as numbers
        assert response.text.startswith("#N/A ") == (wanted[0][0].code == "#N/A")
        return
    assert response.status_code == 200, response.text
    found = response.json()["result"]
    if direct.function == "WHY":
        assert direct.call.reason in found[0][0]
        return
    assert [len(row) for row in found] == [len(row) for row in wanted]
    for row, line in zip(found, wanted, strict=True):
        assert all(same(shown(f), expected(w)) for f, w in zip(row, line, strict=True)), (row, line)


def same(found: Cell, wanted: Cell) -> bool:
    """Equal, numbers but for their last digits."""
    if isinstance(wanted, float) and isinstance(found, int | float) and not isinstance(found, bool):
        return math.isclose(found, wanted, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return found == wanted and type(found) is type(wanted)


@dataclass(frozen=True, slots=True)
class OnServer(Function):
    """A function that the embedded host calls and the server computes: Excel around, inside and in between."""

    post: Post = field(kw_only=True)

    def evaluate(self, arguments: Sequence[Argument_], language: Language) -> Spill:
        blocks = [a.block if isinstance(a, Reference) else a for a in arguments]
        places = [_area(b).reference if isinstance(b, Block) and b.sheet is not None else None for b in blocks]
        values = [
            [[wire(cell) for cell in row] for row in b.values] if isinstance(b, Block) else None if b is None else [[b]]
            for b in blocks
        ]
        response = self.post(body(self.name, values, places, language=language))
        if response.status_code == 400:
            code = "#N/A" if response.text.startswith("#N/A ") else "#VALUE!"
            return Spill(((CellError(code, Text(response.text, response.text)),),), language=language)
        rows = response.json()["result"]
        return Spill(tuple(tuple(_blank(shown(cell)) for cell in row) for row in rows), language=language)


def _area(block: Block) -> Area:
    return Area.sized(Place(block.sheet or "", block.row, block.column), *block.shape)


def _blank(cell: Cell) -> Cell:
    return None if cell == "" else cell


def test_formulas_around_and_inside_get_the_same_values(book: Recalculation, post: Post, tmp_path: Path) -> None:
    calls = [call for call in CALLS if not call.formula.startswith("=WHY(") and not call.id.startswith("large")]
    nested = [call for call in calls if call.id not in {direct.call.id for direct in direct_calls()}]
    declared = [
        OnServer(**{f.name: getattr(known, f.name) for f in fields(Function) if f.init}, post=post)
        for known in functions()
    ]
    found = recalculate(save_book(tmp_path / BOOK, nested), declared, "en")
    assert len(nested) >= 8
    for call in nested:
        place = Place(call.id, 1, 1)
        answer = found.arrays.get(place, ((found.values[place],),))
        wanted = book.arrays.get(place, ((book.values[place],),))
        assert [len(row) for row in answer] == [len(row) for row in wanted], call.id
        for row, line in zip(answer, wanted, strict=True):
            assert all(same(expected(f), expected(w)) for f, w in zip(row, line, strict=True)), (call.id, row, line)
