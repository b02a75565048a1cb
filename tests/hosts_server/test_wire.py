"""Cells between Office.js and us."""

from __future__ import annotations

import datetime as dt

import pytest

from lowcarbon_xl.cells import CellError
from lowcarbon_xl.errors import HostError, InputError, Text
from lowcarbon_xl.hosts.embedded.places import Area
from lowcarbon_xl.hosts.server.call import check_call, context_of
from lowcarbon_xl.hosts.server.wire import read_cell, read_rows, serial, write_rows


@pytest.mark.parametrize(
    ("sent", "cell"),
    [
        (None, None),
        ("", None),
        (0, 0.0),
        (2015, 2015.0),
        (True, True),
        ("390.5", "390.5"),
        ({"type": "Error", "errorType": "Div0", "basicType": "Error", "basicValue": "#DIV/0!"}, CellError("#DIV/0!")),
        ({"type": "Error", "errorType": "NotAvailable"}, CellError("#N/A")),
        ({"type": "FormattedNumber", "basicValue": 42369, "numberFormat": "yyyy-mm-dd"}, dt.date(2015, 12, 31)),
        ({"type": "FormattedNumber", "basicValue": 42369.5, "numberFormat": "[$-804]yyyy/m/d h:mm"}, dt.datetime(2015, 12, 31, 12)),
        ({"type": "FormattedNumber", "basicValue": 42369, "numberFormat": '0.0"days"'}, 42369.0),
        ({"type": "Double", "basicValue": 2.5}, 2.5),
        ({"type": "Entity", "text": "MSFT", "basicType": "Error", "basicValue": "#VALUE!"}, CellError("#VALUE!")),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_what_it_is(sent: object, cell: object) -> None:
    read = read_cell(sent)
    assert read == cell
    assert type(read) is type(cell)


@pytest.mark.parametrize("sent", [[1], {"a": 1}, {"type": "Double", "basicValue": {"type": "Double"}}])
def test_what_is_no_cell_is_refused(sent: object) -> None:
    with pytest.raises(InputError):
        read_cell(sent)


def test_ranges_keep_their_shape_and_ragged_ones_are_refused() -> None:
    assert read_rows([1, "a"]) == [[1.0, "a"]]
    assert read_rows([[1], [""]]) == [[1.0], [None]]
    for ragged in ([[1, 2], [3]], [[1], 2], [[]], []):
        with pytest.raises(InputError):
            read_rows(ragged)


def test_results_are_written_for_the_version_of_excel() -> None:
    rows = ((None, 1, float("nan"), CellError("#N/A")), (dt.date(2015, 12, 31), "文" * 40_000))
    new, old = write_rows(rows, 1.4, "yyyy/m/d"), write_rows(rows, 1.1, "yyyy/m/d")
    assert new[0][:2] == old[0][:2] == ["", 1.0]
    assert [cell["errorType"] for cell in new[0][2:]] == ["Num", "NotAvailable"]
    assert old[0][2:] == ["#NUM!", "#N/A"]
    assert new[1][0] == {"type": "FormattedNumber", "basicValue": 42369.0, "numberFormat": "yyyy/m/d"}
    assert old[1][0] == 42369.0
    assert len(new[1][1]) == 32_767
    assert new[1][2:] == ["", ""]
    assert write_rows((), 1.4, None) == [[""]]
    with pytest.raises(TypeError):
        write_rows(((Text("中", "en"),),), 1.4, None)


def test_rows_of_numbers_are_written_as_any_other_row() -> None:
    inf, nan, large = float("inf"), float("nan"), 1.7e308
    rows = ((1.5, -0.0), (large, large), (inf, -inf), (nan, 1.0), (True, 2.0), (1, 2))
    written = write_rows(rows, 1.4, None)
    assert written[:2] == [[1.5, -0.0], [large, large]]
    assert [cell["errorType"] for cell in (*written[2], written[3][0])] == ["Num"] * 3
    assert written[4] == [True, 2.0]
    assert [type(cell) for row in written[4:] for cell in row] == [bool, float, float, float]


def test_dates_and_serial_numbers_are_each_others_inverse() -> None:
    for moment in (dt.date(2000, 2, 29), dt.datetime(2024, 1, 1, 6), dt.time(18, 0)):
        number = serial(moment)
        assert read_cell({"type": "FormattedNumber", "basicValue": number, "numberFormat": "yyyy h:mm"}) == moment


def request(**more: object) -> dict[str, object]:
    return {"func_name": "GTFP", "args": [], "version": "0", "client": "Office.js", **more}


@pytest.mark.parametrize(
    ("address", "area"),
    [
        ("Sheet1!A1:C9", Area("Sheet1", 1, 1, 9, 3)),
        ("数据 (2020年)!$A$1:$C$9", Area("数据 (2020年)", 1, 1, 9, 3)),
        ("'It''s'!B2", Area("It's", 2, 2, 2, 2)),
        ("'[簿 1.xlsx]My sheet'!B2", Area("My sheet", 2, 2, 2, 2)),
        ("[簿 1.xlsx]Sheet1!A:C", Area("Sheet1", 1, 1, 1_048_576, 3)),
        ("'[Other.xlsx]It''s'!B2", Area("[Other.xlsx]It's", 2, 2, 2, 2)),
        ("A1:C9", None),
        ("Sheet1!A1:B2,Sheet1!D1", None),
        ("", None),
        (3, None),
    ],
)
def test_places_are_understood_in_every_spelling(address: object, area: Area | None) -> None:
    own = {"places": [None, address], "language": "fr"}
    data = check_call(request(caller_address="[簿 1.xlsx]Sheet1!Z1", lowcarbon=own))
    context = context_of(data, "ann", "zh")
    assert context.place(1) == area
    assert (context.place(0), context.place(9), context.language) == (None, None, "zh")


def test_the_caller_and_the_formula_behind_a_cell_come_along() -> None:
    own = {
        "places": ["S!B5"],
        "formulas": {"0": {"text": "=LC.GTFP(A1:G9)", "anchor": "S!B4"}, "x": {}},
        "language": "en",
    }
    data = check_call(request(caller_address="[簿 1.xlsx]'结果 1'!C3", session_id="s", lowcarbon=own))
    context = context_of(data, "ann", "zh")
    assert (context.user, context.session, context.book, context.language) == ("ann", "s", "簿 1.xlsx", "en")
    assert context.caller == Area("结果 1", 3, 3, 3, 3)
    assert list(context.formulas) == [0]
    assert context.formulas[0].anchor == Area("S", 4, 2, 4, 2)


@pytest.mark.parametrize(
    "data",
    [
        [],
        None,
        {},
        request(args=None),
        request(func_name=1),
        request(session_id=[]),
        request(runtime="new"),
        request(lowcarbon=[]),
    ],
)
def test_a_malformed_call_is_refused(data: object) -> None:
    with pytest.raises(HostError):
        check_call(data)
