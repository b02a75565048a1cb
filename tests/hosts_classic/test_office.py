"""The add-in's own VBA compiled and run by LibreOffice: arguments packed, results unpacked, error values inside arrays.

LibreOffice knows enough of VBA and of Excel's object model for that. Two modules are stood in for: LcPython, which
needs Windows, and LcExcel, which needs Excel; LcLibrary is left out.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import Cell, CellError
from lowcarbon_xl.hosts.classic.build import addin_modules, vba_sources
from lowcarbon_xl.hosts.classic.project import Module, ModuleKind, vba_project
from lowcarbon_xl.hosts.classic.values import from_cell
from tests.conformance.book import Answer, embedded_answers, save_book
from tests.conformance.calls import CALLS, ConformanceCall
from tests.conformance.sheets import SHEETS
from tests.hosts_classic.excel import shown

OFFICE = Path("/usr/lib/libreoffice/program/soffice.bin")
BRIDGE = Path("/usr/lib/python3/dist-packages/uno.py")
DRIVER = Path(__file__).with_name("office_driver.py")
SECONDS = 170
TOLERANCE = 1e-9  # numbers pass through a spreadsheet's cells, and one sum is LibreOffice's

ERRORS = {"#N/A": "Error 2042", "#VALUE!": "Error 2015", "#NUM!": "Error 2036", "#DIV/0!": "Error 2007"}
"""LibreOffice writes a VBA error value into a cell as this text: only CVErr makes it, so it proves the conversion."""

LEFT_OUT = {
    "error values read as 0 by LibreOffice's Range.Value": {"error_value", "error_formula", "one_error_cell"},
    "dates read as numbers by LibreOffice's Range.Value": {
        "date_as_year", "date_formula_as_year", "dates_pass_through", "whole_columns_with_dates",
    },
    "an argument left out between commas is 0 to LibreOffice": {"omitted_option", "emissions_by_fuel"},
    "logical values read as numbers by LibreOffice's Range.Value": {"logical"},
    "the caller, which WHY's memory is kept by, is unknown to LibreOffice": {
        call.id for call in CALLS if call.formula.startswith("=WHY(")
    },
    "an error value is a text to LibreOffice's own functions": {
        "sum_over_na", "iferror_of_first_year", "isna_of_first_year",
    },
    "60,000 cells a call, tested on the Python side": {
        "large_describe", "large_lag", "large_winsorize", "large_regression",
    },
}  # fmt: skip
RUN = [call for call in CALLS if not any(call.id in ids for ids in LEFT_OUT.values())]

STAND_IN_PYTHON = """
Option Explicit

Public Function LcCallPython(ByVal functionName As String, ByVal arguments As Variant) As Variant
    Dim rows As Variant, cells() As Variant, i As Long, j As Long
    rows = Bridged(functionName, arguments)
    If UBound(rows) = 0 And UBound(rows(0)) = 0 Then
        LcCallPython = rows(0)(0)
    ElseIf UBound(rows) = 0 Then
        LcCallPython = rows(0)
    Else
        ReDim cells(0 To UBound(rows), 0 To UBound(rows(0)))
        For i = 0 To UBound(rows)
            For j = 0 To UBound(rows(0))
                cells(i, j) = rows(i)(j)
            Next j
        Next i
        LcCallPython = cells
    End If
End Function

Public Sub LcRunPython(ByVal command As String)
End Sub
"""
BRIDGE_MODULE = """
Option Explicit
Private bridge As Object

Public Sub SetBridge(ByVal given As Object)
    Set bridge = given
End Sub

Public Function Bridged(ByVal functionName As String, ByVal arguments As Variant) As Variant
    Bridged = bridge.call(functionName, arguments)
End Function

Public Function COMPILED() As String
    COMPILED = "compiled"
End Function
"""
STAND_IN_EXCEL = """
Option Explicit

Public Function LcLanguage() As String
    LcLanguage = "en"
End Function

Public Sub LcSetLanguage(ByVal language As String)
End Sub

Private calling As Object

Public Sub SetCaller(ByVal area As Object)
    Set calling = area
End Sub

Public Function LcCaller() As Object
    Set LcCaller = calling
End Function

Public Function LcFormulaOf(ByVal cell As Object) As String
    If cell.HasFormula Then LcFormulaOf = Replace(Replace(cell.Formula, "={=", "="), ")}", ")")
End Function

Public Function LcHasDynamicArrays() As Boolean
End Function

Public Function LcArrayOf(ByVal cell As Object) As Object
    Set LcArrayOf = calling
End Function

Public Function LcIsArray(ByVal cell As Object) As Boolean
    LcIsArray = calling.Count > 1
End Function

Public Function LcOwner(ByVal cell As Object) As Object
    Set LcOwner = cell
End Function

Public Function LcBookOf(ByVal area As Object) As String
    LcBookOf = "Book"
End Function
"""
PROBE = """
Option Explicit

Public Sub FitAll()
    Fit "fit", "A1", 1
    Fit "refit", "A1:B3", 2
    Fit "occupied", "A1", 3
    Fit "nothing", "A1", 4
End Sub

Private Sub Fit(ByVal sheet As String, ByVal address As String, ByVal row As Long)
    Dim said As String
    On Error GoTo failed
    SetCaller Worksheets(sheet).Range(address)
    ThisComponent.calculateAll
    said = LcFitted(Worksheets(sheet).Range("A1"))
    Worksheets("log").Cells(row, 1).Value = "said: " & said
    Exit Sub
failed:
    ThisComponent.Sheets.getByName("log").getCellByPosition(0, row - 1).String = "failed: " & Err.Description & Erl
End Sub
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """Cells by sheet; and the ranges that were passed: sheet, row, column, rows, columns."""

    cells: dict[str, list[list[float | str]]]
    ranges: set[tuple[object, ...]]


def modules() -> list[Module]:
    """The add-in's modules as LibreOffice can run them."""
    stand_ins = {"LcPython": STAND_IN_PYTHON, "LcExcel": STAND_IN_EXCEL, "ThisWorkbook": "Option Explicit"}
    built = addin_modules(functions(), vba_sources())
    kept = [replace(m, source=stand_ins.get(m.name, m.source)) for m in built if m.name != "LcLibrary"]
    return [*kept, Module("LcBridge", ModuleKind.STANDARD, BRIDGE_MODULE)]


def with_vba(workbook: Path, target: Path, project: bytes) -> Path:
    """A workbook with a VBA project put in."""
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    default = '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    relationship = (
        '<Relationship Id="rIdVba" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
        'Target="vbaProject.bin"/></Relationships>'
    )
    with zipfile.ZipFile(workbook) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            content = source.read(name)
            if name == "[Content_Types].xml":
                text = content.decode().replace(main, "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
                content = text.replace("<Default ", f"{default}<Default ", 1).encode()
            elif name == "xl/_rels/workbook.xml.rels":
                content = content.decode().replace("</Relationships>", relationship).encode()
            package.writestr(name, content)
        package.writestr("xl/vbaProject.bin", project)
    return target


def require_office() -> None:
    if not OFFICE.is_file() or not BRIDGE.is_file():
        pytest.skip("LibreOffice with its bridge to Python (python3-uno) is not installed")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    return embedded_answers(tmp_path_factory.mktemp("embedded"))


@pytest.fixture(scope="module")
def computed(
    tmp_path_factory: pytest.TempPathFactory, answers: dict[str, Answer]
) -> dict[str, list[list[float | str]]]:
    """What LibreOffice's cells show after it has run the add-in's VBA."""
    require_office()
    folder = tmp_path_factory.mktemp("office")
    shapes = {call.id: answers[call.id].shape for call in RUN}
    plain = save_book(folder / "calls.xlsx", RUN, shapes=shapes)
    book = with_vba(plain, folder / "calls.xlsm", vba_project(modules()))
    return run_office(folder, book, shapes)


def run_office(folder: Path, book: Path, shapes: dict[str, tuple[int, int]], *macros: str) -> Shown:
    """What LibreOffice shows after it has calculated the book and run the macros."""
    command = [sys.executable, str(DRIVER), str(book), str(folder / "profile"), json.dumps(shapes), *macros]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    if "No module named 'pyuno'" in done.stderr:
        pytest.skip("LibreOffice's bridge is made for another Python")
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout)
    return Shown(answer["cells"], {tuple(passed) for passed in answer["ranges"]})


def test_only_what_libreoffice_cannot_do_is_left_out() -> None:
    assert {id_ for ids in LEFT_OUT.values() for id_ in ids} <= {call.id for call in CALLS}
    assert len(RUN) > 0.6 * len(CALLS)


@pytest.mark.parametrize("call", RUN, ids=lambda call: call.id)
def test_the_wrapper_shows_what_the_embedded_host_shows(
    call: ConformanceCall, computed: Shown, answers: dict[str, Answer]
) -> None:
    expected = answers[call.id].cells
    found = computed.cells[call.id]
    assert [len(row) for row in found] == [len(row) for row in expected]
    for found_row, row in zip(found, expected, strict=True):
        assert all(_same(f, e) for f, e in zip(found_row, row, strict=True)), (found_row, row)
    assert any(cell not in ("", 0.0) for row in found for cell in row), "what uncompiled VBA would show"


def test_ranges_are_passed_with_their_place_and_cut_at_the_used_cells(computed: Shown) -> None:
    assert ("面板", 2, 1, 30, 7) in computed.ranges
    assert ("变量", 1, 4, 1, 1) in computed.ranges
    assert ("变量", 1, 4, 1, 2) in computed.ranges
    assert ("数据 (2020年)", 1, 1, 17, 7) in computed.ranges
    assert ("单格", 1, 3, 4, 1) in computed.ranges  # C1:D9, right of all used cells: its corner stays
    sizes = {(sheet, rows, columns) for sheet, _, _, rows, columns in computed.ranges}
    assert ("面板", 31, 7) in sizes
    assert max(rows for _, rows, _ in sizes) < 100


def _same(found: float | str, wanted: Cell) -> bool:
    if isinstance(wanted, CellError):
        return found == ERRORS[wanted.code]
    plain = shown(from_cell(wanted))
    if isinstance(plain, float) and isinstance(found, float):
        return math.isclose(found, plain, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return found == plain


def test_an_array_formula_is_fitted_refitted_or_refused(tmp_path: Path, answers: dict[str, Answer]) -> None:
    require_office()
    plain, formula, size = tmp_path / "arrays.xlsx", "=GTFP(J1:P31)", (31, 4)
    book = Workbook()
    for name in ("fit", "refit", "occupied", "nothing", "log"):
        sheet = book.create_sheet(name)
        for i, row in enumerate(SHEETS["面板"], 1):
            for j, value in enumerate(row, 10):
                sheet.cell(i, j, value)
    book["fit"]["A1"] = book["occupied"]["A1"] = formula
    book["refit"]["A1"] = ArrayFormula("A1:B3", formula)
    book["occupied"]["C5"] = "kept"
    book["nothing"]["A1"] = "=1+1"
    book.save(plain)
    project = vba_project([*modules(), Module("LcProbe", ModuleKind.STANDARD, PROBE)])
    shapes = {"fit": size, "refit": size, "occupied": size, "nothing": (1, 1), "log": (4, 1)}
    found = run_office(tmp_path, with_vba(plain, tmp_path / "arrays.xlsm", project), shapes, "LcProbe.FitAll").cells
    for name in ("fit", "refit"):
        for row, wanted in zip(found[name], answers["gtfp"].cells, strict=True):
            assert all(_same(f, e) for f, e in zip(row, wanted, strict=True))
    assert found["occupied"][4][2] == "kept"
    assert found["occupied"][1][1] == ""
    assert found["log"][:2] == [["said: "], ["said: "]]
    assert "The result needs A1:D31" in str(found["log"][2][0])
    assert "holds no formula of ours" in str(found["log"][3][0])


def test_the_whole_addin_compiles(tmp_path: Path) -> None:
    """LibreOffice compiles a project as a whole, and an uncompiled function shows nothing."""
    require_office()
    book = Workbook()
    book.active.title = "probe"
    book.active["A1"] = "=COMPILED()"
    book.save(tmp_path / "probe.xlsx")
    real = [m for m in addin_modules(functions(), vba_sources()) if m.name != "ThisWorkbook"]
    bridge = Module("LcBridge", ModuleKind.STANDARD, BRIDGE_MODULE)
    opening = next(m for m in addin_modules(functions(), vba_sources()) if m.name == "ThisWorkbook")
    renamed = Module("LcOpening", ModuleKind.STANDARD, opening.source)
    this_workbook = replace(opening, source="Option Explicit")
    project = vba_project([this_workbook, *real, renamed, bridge])
    found = run_office(tmp_path, with_vba(tmp_path / "probe.xlsx", tmp_path / "probe.xlsm", project), {"probe": (1, 1)})
    assert found.cells == {"probe": [["compiled"]]}
