"""Trace from the tables that the plan writes: the traced cells alone give the printed number by another calculation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

import lowcarbon_xl.ribbon as ribbon
from lowcarbon_xl.audit.trace import InputCell, Trace
from lowcarbon_xl.errors import InputError
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.snapshot import Snapshot
from lowcarbon_xl.ribbon.trace_call import trace_selected
from tests.ribbon.books import MODEL, fill_plan

X, CONTROL, Z, M = "能源消费", "就业人员", "资本存量", "实际GDP"
TOLERANCE = 1e-9  # relative: dummies and lstsq here, absorption and QR there


def traced(book: Any, place: str) -> Trace:
    desk = Desk(book, "zh", None, lambda *_: None, Snapshot(book, "trace"))
    sheet, cell = place.split("!")
    return trace_selected(desk, book.sheets[sheet].range(cell))


def row_of(book: Any, sheet: str, label: str) -> int:
    """The row of an output sheet that begins with a label."""
    rows = book.sheets[sheet].used_range.value
    return next(i for i, row in enumerate(rows, start=1) if row[0] == label)


def columns_of(cells: Iterable[InputCell]) -> dict[str, dict[tuple[str, str], Any]]:
    """Values by column, province and year, out of what the trace lists and nothing else."""
    found: dict[str, dict[tuple[str, str], Any]] = {}
    for cell in cells:
        unit, year, column = cell.what.split(" ")
        found.setdefault(column, {})[unit, year] = cell.value
    return found


def two_way(cells: Iterable[InputCell], y: str, x: list[str], instruments: list[str] | None = None) -> float:
    """The first coefficient with a dummy for every province and year."""
    columns = columns_of(cells)
    keys = sorted(columns[y])
    units, years = sorted({u for u, _ in keys}), sorted({t for _, t in keys})
    dummies = [[float(u == one) for one in units] + [float(t == one) for one in years[1:]] for u, t in keys]
    outcome = np.array([columns[y][key] for key in keys], dtype=float)
    regressors = np.column_stack([[columns[name][key] for key in keys] for name in x] + [dummies])
    if instruments is not None:
        first = np.column_stack([[columns[name][key] for key in keys] for name in instruments] + [dummies])
        regressors[:, 0] = first @ np.linalg.lstsq(first, regressors[:, 0], rcond=None)[0]
    return float(np.linalg.lstsq(regressors, outcome, rcond=None)[0][0])


def test_a_coefficient_follows_from_the_cells_that_are_traced(book: Any) -> None:
    book.sheets["面板"].range("C9").value = None
    fill_plan(book, MODEL, {**MODEL, "controls": CONTROL}, {**MODEL, "filter": "年份>=2016"})
    ribbon.press(book, "run_all")
    row = row_of(book, "结果", X)
    shown = book.sheets["结果"].range(f"B{row}:D{row}").value
    for letter, value, controls in zip("BCD", shown, ([], [CONTROL], []), strict=True):
        found = traced(book, f"结果!{letter}{row}")
        assert two_way(found.cells, MODEL["y"], [X, *controls]) == pytest.approx(value, rel=TOLERANCE)
        assert repr(value)[:12] in found.sections[1].title.zh
        assert found.sections[1].rows[0][0] is not None
    assert [lost.cells for lost in traced(book, f"结果!C{row}").dropped] == ["面板!A9:H9"]
    assert len(traced(book, f"结果!D{row}").dropped) == 8
    assert found.anchor == "模型!B7"


def test_both_stages_of_an_instrumented_model_are_traced(book: Any) -> None:
    fill_plan(book, {**MODEL, "kind": "IV", "instruments": Z, "controls": CONTROL})
    ribbon.press(book, "run_all")
    sheet = book.sheets["结果"]
    rows = row_of(book, "结果", Z), row_of(book, "结果", X)
    first, second = sheet.range(f"B{rows[0]}").value, sheet.range(f"C{rows[1]}").value
    assert two_way(traced(book, f"结果!B{rows[0]}").cells, X, [Z, CONTROL]) == pytest.approx(first, rel=TOLERANCE)
    cells = traced(book, f"结果!C{rows[1]}").cells
    assert two_way(cells, MODEL["y"], [X, CONTROL], [Z, CONTROL]) == pytest.approx(second, rel=TOLERANCE)


def test_a_mechanism_rests_on_its_own_mediator_and_a_group_on_its_own_rows(book: Any) -> None:
    fill_plan(
        book,
        {**MODEL, "kind": "机制", "by": f"{M},{Z}", "output": "机制"},
        {**MODEL, "kind": "异质性", "by": "直辖市", "options": "draws=20", "output": "异质"},
    )
    ribbon.press(book, "run_all")
    row = row_of(book, "机制", X)
    for letter, mediator in zip("BC", (M, Z), strict=True):
        value = book.sheets["机制"].range(f"{letter}{row}").value
        cells = traced(book, f"机制!{letter}{row}").cells
        assert two_way(cells, mediator, [X]) == pytest.approx(value, rel=TOLERANCE)
        assert {M, Z} - {mediator} - columns_of(cells).keys()
    sheet = book.sheets["异质"]
    row = row_of(book, "异质", X)
    sizes = []
    for letter in "BC":
        found = traced(book, f"异质!{letter}{row}")
        value = sheet.range(f"{letter}{row}").value
        assert two_way(found.cells, MODEL["y"], [X]) == pytest.approx(value, rel=TOLERANCE)
        sizes.append(len(columns_of(found.cells)[X]))
    assert sorted(sizes) == [12, 36]


def test_a_mean_and_a_placebo_are_traced(book: Any) -> None:
    fill_plan(
        book,
        {**MODEL, "kind": "描述", "y": "", "x": f"{X},{CONTROL}", "filter": "直辖市=0", "output": "描述"},
        {**MODEL, "kind": "安慰剂", "options": "draws=20", "output": "安慰"},
    )
    ribbon.press(book, "run_all")
    found = traced(book, "描述!C4")
    assert book.sheets["描述"].range("C2").value == "均值"
    assert np.mean([cell.value for cell in found.cells]) == pytest.approx(book.sheets["描述"].range("C4").value)
    assert len(found.cells) == 36
    placebo = traced(book, "安慰!B3")
    estimate = book.sheets["安慰"].range("B3").value
    assert two_way(placebo.cells, MODEL["y"], [X]) == pytest.approx(estimate, rel=TOLERANCE)


def test_a_stale_table_is_not_explained_by_new_data(book: Any) -> None:
    fill_plan(book, MODEL)
    ribbon.press(book, "run_all")
    place = f"结果!B{row_of(book, '结果', X)}"
    book.sheets["面板"].range("E9").value = 99.0
    with pytest.raises(InputError, match="the table is stale") as caught:
        ribbon.press(book, "trace", selection=place)
    assert caught.value.where == place
    ribbon.press(book, "run_all")
    assert "依据" in ribbon.press(book, "trace", selection=place).zh
    with pytest.raises(InputError, match="holds no number"):
        ribbon.press(book, "trace", selection="结果!A4")


def test_a_row_of_the_plan_of_any_kind_can_be_traced(book: Any) -> None:
    fill_plan(book, {**MODEL, "kind": "机制", "by": M}, {**MODEL, "kind": "描述", "y": "", "x": X})
    for row in (5, 6):
        assert "依据" in ribbon.press(book, "trace", selection=f"模型!B{row}").zh
    with pytest.raises(InputError, match="no model in the selected row"):
        ribbon.press(book, "trace", selection="模型!B9")


def test_a_lag_reaches_the_year_before_the_sample(book: Any) -> None:
    fill_plan(book, {**MODEL, "kind": "IV", "instruments": f"L.{X}"})
    ribbon.press(book, "run_all")
    row = row_of(book, "结果", X)
    value = book.sheets["结果"].range(f"C{row}").value
    columns = columns_of(traced(book, f"结果!C{row}").cells)
    assert len(columns[MODEL["y"]]) == 40
    assert len(columns[X]) == 48
    cells = [
        InputCell("", f"{unit} {year} {name}", content)
        for (unit, year), content in columns[MODEL["y"]].items()
        for name, content in (
            (MODEL["y"], content),
            (X, columns[X][unit, year]),
            ("lag", columns[X][unit, str(int(year) - 1)]),
        )
    ]
    assert two_way(cells, MODEL["y"], [X], ["lag"]) == pytest.approx(value, rel=TOLERANCE)
