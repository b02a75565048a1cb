"""The functions as ordinary xlwings functions: xlwings' own wrapper generator and caller, over a stubbed pywin32."""

from __future__ import annotations

import importlib
import io
import re
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.hosts.classic import udf
from lowcarbon_xl.hosts.classic.ordinary import xlwings_functions
from lowcarbon_xl.hosts.classic.results import Results
from tests.conformance.sheets import SHEETS
from tests.hosts_classic.excel import com_range

PYWIN32 = ("pythoncom", "pywintypes", "win32com", "win32com.client")


@pytest.fixture
def xlwings_udfs(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """xlwings' module of worksheet functions as it is on Windows, and its decorators in place."""
    import xlwings

    for name in PYWIN32:
        monkeypatch.setitem(sys.modules, name, MagicMock(name=name))
    windows = MagicMock(name="xlwings._xlwindows")
    windows.is_range_instance = lambda value: isinstance(value, FakeRange)
    windows.Range = lambda xl: xl
    monkeypatch.setitem(sys.modules, "xlwings._xlwindows", windows)
    monkeypatch.setattr(xlwings, "_xlwindows", windows, raising=False)
    udfs = importlib.import_module("xlwings.udfs")
    monkeypatch.setattr(udfs, "Range", lambda impl: impl)
    monkeypatch.setattr(udfs, "ComRange", lambda given: given)
    monkeypatch.setitem(xlwings.engines.engines_by_name, "excel", MagicMock(name="excel"))
    monkeypatch.setitem(sys.modules, "xlwings.com_server", SimpleNamespace(loop=None))
    for ours, theirs in (("func", "xlfunc"), ("arg", "xlarg"), ("ret", "xlret")):
        monkeypatch.setattr(xlwings, ours, getattr(udfs, theirs))
    monkeypatch.setattr(udf, "_results", Results())
    yield udfs
    sys.modules.pop("xlwings.udfs", None)
    for module in ("lowcarbon_xl.xlwings_functions", "lowcarbon_xl.hosts.classic.bridge"):
        sys.modules.pop(module, None)


class FakeRange:
    """What our code asks of an xlwings range."""

    def __init__(self, sheet: str, rows: list[list[Any]], row: int = 1, column: int = 1, formula: str = "") -> None:
        self.cells, self.row, self.column, self.formula = rows, row, column, formula
        last = SimpleNamespace(row=row + len(rows) - 1, column=column + len(rows[0]) - 1)
        self.sheet = SimpleNamespace(
            name=sheet,
            book=SimpleNamespace(name="簿.xlsx", app=SimpleNamespace(engine=None)),
            used_range=SimpleNamespace(last_cell=last),
            range=lambda cell: FakeRange(sheet, [[None]], *cell, formula=formula),
        )
        self.rows, self.columns = SimpleNamespace(count=len(rows)), SimpleNamespace(count=len(rows[0]))
        self.address = "$A$1"
        self.api = SimpleNamespace(HasArray=False, HasSpill=False)

    @property
    def raw_value(self) -> object:
        return com_range(self.cells)

    def resize(self, rows: int, columns: int) -> FakeRange:
        return FakeRange(
            self.sheet.name, [row[:columns] for row in self.cells[:rows]], self.row, self.column, self.formula
        )


def test_the_generator_writes_a_wrapper_for_every_function(xlwings_udfs: ModuleType) -> None:
    module = importlib.import_module("lowcarbon_xl.xlwings_functions")
    text = io.StringIO()
    xlwings_udfs.generate_vba_wrapper(module.__name__, module, text, SimpleNamespace(Name="book.xlsm"))
    headers = dict(re.findall(r"^Function (\w+)\((.*)\)$", text.getvalue(), re.MULTILINE))
    assert headers.keys() == {function.name for function in functions()}
    assert headers["GTFP"] == "panel, Optional options"
    assert 'XLPy.CallUDF("lowcarbon_xl.xlwings_functions", "GTFP", Array(panel, options, Nothing)' in text.getvalue()


def test_wizard_texts_are_the_catalogues(xlwings_udfs: ModuleType) -> None:
    made = xlwings_functions(functions(), "en")["GTFP"].__xlfunc__
    assert made["category"] == "LowCarbon"
    assert made["call_in_wizard"] is True
    assert made["async_mode"] is None
    assert made["ret"]["doc"].startswith("Green total factor productivity")
    assert made["args"][0]["doc"].startswith("panel: Range with its header row")


def call(xlwings_udfs: ModuleType, name: str, *arguments: object, formula: str = "=X()", row: int = 1) -> Any:
    module = importlib.import_module("lowcarbon_xl.xlwings_functions")
    caller = FakeRange("结果", [[None]], row, 1, formula)
    return xlwings_udfs.call_udf(module.__name__, name, (*arguments, None), None, caller)


def test_a_call_through_xlwings_is_the_catalogues_result(xlwings_udfs: ModuleType) -> None:
    rows = call(xlwings_udfs, "GTFP", FakeRange("面板", SHEETS["面板"]), "lang=en")
    expected = udf.evaluate("GTFP", [com_range(SHEETS["面板"]), "lang=en"], [("簿.xlsx", "面板", 1, 1, ""), None], "zh")
    assert rows[2:] == [[*row] for row in expected.rows[2:6]] + rows[6:]
    assert rows[0] == ["index", "EC", "TC", "cumulative"]
    assert rows[1][0] == "#N/A"


def test_a_failure_through_xlwings_shows_its_reason(xlwings_udfs: ModuleType) -> None:
    rows = call(
        xlwings_udfs, "GTFP", FakeRange("缺一格", SHEETS["缺一格"]), -2147352572, formula="=GTFP(缺一格!A1:G10)"
    )
    assert len(rows) == len(rows[0]) == 1
    assert rows[0][0].startswith("#VALUE! 缺一格!E3：")


def test_why_through_xlwings_knows_the_cell(xlwings_udfs: ModuleType) -> None:
    formula = "=GTFP(缺一格!A1:G10)"
    call(xlwings_udfs, "GTFP", FakeRange("缺一格", SHEETS["缺一格"]), None, formula=formula)
    rows = call(xlwings_udfs, "WHY", FakeRange("结果", [["#VALUE!"]], formula=formula), formula="=WHY(A1)", row=9)
    assert "缺一格!E3：" in rows[0][0]


def test_whole_columns_end_at_the_used_cells(xlwings_udfs: ModuleType) -> None:
    area = FakeRange("面板", [*SHEETS["面板"], *[[None] * 7] * 50])
    area.sheet.used_range.last_cell.row = len(SHEETS["面板"])
    assert len(call(xlwings_udfs, "GTFP", area, None)) == len(SHEETS["面板"])


def test_the_bridge_passes_values_as_they_are(xlwings_udfs: ModuleType) -> None:
    name = importlib.import_module("lowcarbon_xl.hosts.classic.bridge").__name__
    where = ("簿.xlsx", "缺一格", 1.0, 1.0, "")
    caller = ("簿.xlsx", "结果", 1.0, 1.0, 1.0, 1.0, "=GTFP(缺一格!A1:G10)")
    arguments = ("GTFP", (com_range(SHEETS["缺一格"]), None), (where, None), caller, "en")
    assert xlwings_udfs.call_udf(name, "call", arguments) == [["\ue0fe#VALUE!"]]
    assert xlwings_udfs.call_udf(name, "size", (caller,)) == [[1.0, 1.0]]


def test_elsewhere_they_are_plain_functions() -> None:
    made = xlwings_functions(functions())
    assert made.keys() == {function.name for function in functions()}
    assert made["GTFP"]([["x"]])[0][0].startswith("#VALUE!")
