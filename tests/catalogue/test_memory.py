"""A call on unchanged input is answered from memory, and anything that changes is computed anew."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from lowcarbon_xl.catalogue import PANEL, Function, Group, Shape
from lowcarbon_xl.cells import Block, Cell, CellError, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.memory import Memory, content_key
from tests.conftest import block

NOTHING = Text("无", "none")


class Counter:
    """Counts its own calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, panel: Block) -> Spill:
        self.calls += 1
        return Spill(((float(self.calls),),))


@pytest.fixture
def counting() -> tuple[Function, Counter]:
    counter = Counter()
    return Function("COUNTED", Group.AUDIT, NOTHING, NOTHING, (PANEL,), (), Shape.SCALAR, NOTHING, "", counter), counter


def test_unchanged_input_is_computed_once(counting: tuple[Function, Counter]) -> None:
    function, counter = counting
    for _ in range(3):
        assert function.evaluate([block([["x"], [1.0]])], "zh").rows == ((1.0,),)
    assert counter.calls == 1


@pytest.mark.parametrize(
    "other",
    [
        block([["x"], [1.0000000000000002]]),
        block([["x"], ["1.0"]]),
        block([["x"], [None]]),
        block([["x"], [CellError("#N/A")]]),
        block([["x"], [dt.date(2020, 1, 1)]]),
        block([["x"], [1.0]], row=2),
        block([["x"], [1.0]], sheet="别的"),
        block([["x"], [1.0]], merged=("A1:A2",)),
    ],
)
def test_any_change_is_computed_anew(counting: tuple[Function, Counter], other: Block) -> None:
    function, counter = counting
    function.evaluate([block([["x"], [1.0]])], "zh")
    function.evaluate([other], "zh")
    assert counter.calls == 2


def test_the_language_counts(counting: tuple[Function, Counter]) -> None:
    function, counter = counting
    function.evaluate([block([["x"], [1.0]])], "zh")
    function.evaluate([block([["x"], [1.0]])], "en")
    assert counter.calls == 2


def test_two_functions_do_not_share_answers(counting: tuple[Function, Counter]) -> None:
    function, counter = counting
    twin = replace(function, example="=COUNTED(A1:A9)")
    function.evaluate([block([["x"], [1.0]])], "zh")
    twin.evaluate([block([["x"], [1.0]])], "zh")
    assert counter.calls == 2


def test_the_oldest_makes_room() -> None:
    memory = Memory(capacity=2)
    keys = [content_key("zh", [float(i)]) for i in range(3)]
    for key in keys:
        memory.keep(key, Spill(((key.hex(),),)))
    assert memory.get(keys[0]) is None
    assert memory.get(keys[2]) is not None


def test_blank_zero_and_false_are_three_things() -> None:
    values: list[Cell] = [None, 0.0, False, "", 0]
    assert len({content_key("zh", [block([[value]])]) for value in values}) == len(values)
