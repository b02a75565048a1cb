"""The embedded host answers every conformance call, and it is the one that the others are compared with."""

from __future__ import annotations

from collections import Counter

import pytest

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import CellError
from tests.conformance.book import Answer, embedded_answers
from tests.conformance.calls import CALLS, ConformanceCall


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    return embedded_answers(tmp_path_factory.mktemp("conformance"))


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.id)
def test_each_call_is_answered(call: ConformanceCall, answers: dict[str, Answer]) -> None:
    answer = answers[call.id]
    first = answer.cells[0][0]
    if call.kind == "error" or answer.reason:
        assert isinstance(first, CellError)
        assert call.reason
        assert call.reason in answer.reason
    elif call.formula.startswith("=WHY("):
        assert call.reason in str(first)
    else:
        assert not isinstance(first, CellError)
        assert call.formula.startswith(("=SUM(", "=2*", "=I", "=ROWS(")) == (answer.shape == (1, 1))


def test_the_calls_are_many_and_of_every_kind() -> None:
    assert len({call.id for call in CALLS}) == len(CALLS) >= 60
    called = {function.name for function in functions() if any(f"{function.name}(" in call.formula for call in CALLS)}
    assert {"GTFP", "SBMDDF", "EMISSIONS", "REALGDP", "CAPITALSTOCK", "FILLGAPS", "WINSORIZE", "LAGYEAR"} < called
    assert {"DESCRIBE", "TWFE", "WHY"} < called
    kinds = Counter(call.kind for call in CALLS)
    assert set(kinds) == {"values", "spill", "error", "chinese", "blanks", "dates", "single", "columns", "large"}
