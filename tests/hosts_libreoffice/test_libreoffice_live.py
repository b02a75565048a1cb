"""The add-in in a running LibreOffice Calc: it computes on load, follows edits, and agrees with the embedded host."""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import shutil
import sys
import time
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import CellError
from lowcarbon_xl.errors import HostError
from lowcarbon_xl.hosts.embedded import package
from lowcarbon_xl.hosts.embedded.recalculate import recalculate
from lowcarbon_xl.hosts.libreoffice.install import SETTINGS, install, uninstall
from lowcarbon_xl.hosts.libreoffice.office import Office, Session, running
from lowcarbon_xl.hosts.libreoffice.rewrite import rewrite_formula, rewrite_formulas
from tests.conformance.book import Answer, embedded_answers, save_book
from tests.conformance.calls import CALLS, ConformanceCall
from tests.conformance.sheets import SMALL_SHEETS
from tests.hosts_libreoffice.conftest import CATALOGUE, LIMIT

EXAMPLE = Path(__file__).resolve().parents[2] / "workbook" / "lowcarbon.xlsx"
SCRIPTS = Path(__file__).with_name("scripts")

# Both hosts run the same code on the same doubles; Calc writes 15 significant digits into an .xlsx.
TOLERANCE = 1e-9

# Calc gives an add-in either a range or values. Ours take ranges, since only these tell where a bad cell stands and what
# is blank, so a computed array is refused: Err:504, which an .xlsx calls #VALUE!.
REFUSED = "array argument"


def spelled(formula: str) -> str:
    return rewrite_formula(formula, {function.name for function in functions()}, "LC")


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    return embedded_answers(tmp_path_factory.mktemp("embedded"))


@pytest.fixture(scope="module")
def book(expected: dict[str, Answer], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The conformance calls as openpyxl writes them for LibreOffice: no values, arrays of the right size."""
    shapes = {name: answer.shape for name, answer in expected.items()}
    return save_book(tmp_path_factory.mktemp("calc") / "calls.xlsx", CALLS, spelled, shapes)


@pytest.fixture(scope="module")
def computed(session: Session, book: Path) -> dict[str, Worksheet]:
    """The sheets of the calls as LibreOffice saved them."""
    output = book.with_name("computed.xlsx")
    session.run(SCRIPTS / "convert.py", str(book), str(output))
    saved = openpyxl.load_workbook(output, data_only=True)
    return {call.id: saved[call.id] for call in CALLS}


def agrees(got: object, wanted: object) -> bool:
    if isinstance(wanted, CellError):
        return got == wanted.code
    if wanted in (None, ""):
        return got in (None, "")
    if isinstance(wanted, dt.date | dt.time):
        wanted = to_excel(wanted)
    if isinstance(wanted, int | float):
        return isinstance(got, int | float) and math.isclose(got, wanted, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return got == wanted


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.id)
def test_each_call_agrees_with_the_embedded_host(
    call: ConformanceCall, expected: dict[str, Answer], computed: dict[str, Worksheet]
) -> None:
    sheet, answer = computed[call.id], expected[call.id]
    rows, columns = answer.shape
    got = [[sheet.cell(i + 1, j + 1).value for j in range(columns)] for i in range(rows)]
    if REFUSED in call.needs:
        assert {cell for row in got for cell in row} == {"#VALUE!"}
        return
    differing = [
        (i, j, got[i][j], answer.cells[i][j])
        for i in range(rows)
        for j in range(columns)
        if not agrees(got[i][j], answer.cells[i][j])
    ]
    assert not differing


def test_the_file_keeps_the_name_that_it_came_with(computed: dict[str, Worksheet], book: Path) -> None:
    saved = openpyxl.load_workbook(book.with_name("computed.xlsx"))
    assert saved["gtfp"]["A1"].value.text == "=LC.GTFP(面板!A1:G31)"


def test_an_edit_recalculates_what_depends_on_it(session: Session, tmp_path: Path, expected: dict[str, Answer]) -> None:
    small = [call for call in CALLS if call.id in {"gtfp", "gtfp_vrs", "index_of_gtfp", "sum_over_na", "emissions"}]
    shapes = {call.id: expected[call.id].shape for call in small}
    book = save_book(tmp_path / "book.xlsx", small, spelled, shapes, SMALL_SHEETS)
    watched = ["gtfp.A3", "gtfp_vrs.D31", "index_of_gtfp.A1", "sum_over_na.A1", "emissions.A2"]
    before, after = session.run(SCRIPTS / "edit.py", str(book), "面板.F3", "999.5", *watched)
    edited = openpyxl.load_workbook(save_book(tmp_path / "edited.xlsx", small, sheets=SMALL_SHEETS))
    edited["面板"]["F3"] = 999.5
    edited.save(tmp_path / "edited.xlsx")
    result = recalculate(tmp_path / "edited.xlsx", functions(), "en")
    arrays = {place.sheet: rows for place, rows in result.arrays.items()}
    assert agrees(before[0], expected["gtfp"].cells[2][0])
    assert agrees(after[0], arrays["gtfp"][2][0])
    assert agrees(after[1], arrays["gtfp_vrs"][30][3])
    assert after[2] == after[0] != before[0]
    assert after[3] == "#N/A"
    assert after[4] == before[4]


def test_the_example_workbook_computes_as_in_the_embedded_host(session: Session, tmp_path: Path) -> None:
    result = recalculate(EXAMPLE, functions(), "en")
    package.write(result, tmp_path / "embedded.xlsx")
    rewritten = rewrite_formulas(tmp_path / "embedded.xlsx", tmp_path / "calc.xlsx", "LC")
    assert rewritten.formulas > 10
    openpyxl.load_workbook(tmp_path / "calc.xlsx").save(tmp_path / "bare.xlsx")  # openpyxl drops the formulas' values
    session.run(SCRIPTS / "convert.py", str(tmp_path / "bare.xlsx"), str(tmp_path / "out.xlsx"))
    saved = openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=True)
    arrays = {place: ((value,),) for place, value in result.values.items()} | dict(result.arrays)
    compared = 0
    for place, rows in arrays.items():
        for i, row in enumerate(rows):
            for j, wanted in enumerate(row):
                if isinstance(wanted, CellError) and wanted.code == "#SPILL!":  # Calc has no such error: it cuts
                    continue
                got = saved[place.sheet].cell(place.row + i, place.column + j).value
                assert agrees(got, wanted), (place.address, i, j, got, wanted)
                compared += 1
    assert compared > 5_000


def test_arrays_are_refitted_and_formulas_of_excel_adopted(
    session: Session, expected: dict[str, Answer], tmp_path: Path
) -> None:
    calls = [call for call in CALLS if call.id == "gtfp"]
    excel = save_book(tmp_path / "excel.xlsx", calls, str, {"gtfp": expected["gtfp"].shape}, SMALL_SHEETS)
    done = session.run(SCRIPTS / "arrays.py", str(excel))
    assert done["before"] == ["E1", "I1:I9", "K1", "E12"]
    assert done["after"] == ["E1:G4", "I1:I4", "K1", "E12"], "a result that would overwrite a cell is left alone"
    assert done["filled"] == 2.0
    assert done["kept"] == "taken"
    assert done["unknown"] == "#NAME?"
    assert agrees(done["adopted"], expected["gtfp"].cells[2][0])
    assert "LC.GTFP(" in done["formula"]


SMALL = [["省份", "年份", "x"], ["北京", 2019, 1], ["北京", 2020, ""], ["北京", 2021, 3]]


def entered(session: Session, *formulas: tuple[str, str], merged: str = "") -> list[str]:
    """What cells of sheet S, which holds `SMALL`, show after formulas were typed into them."""
    return session.run(SCRIPTS / "formulas.py", json.dumps(SMALL), merged, json.dumps(formulas))  # type: ignore[no-any-return]


def test_a_circle_is_an_error_and_never_a_number(session: Session) -> None:
    shown = entered(session, ("D1", "=LC.FILLGAPS(A1:D4)"), ("F1", "=LC.WHY(D1)"), ("D9", "=LC.FILLGAPS(A:D)"))
    assert shown[0] == "#VALUE!"
    assert "S!D1" in shown[1]
    assert "Err:522" in shown[1]
    assert shown[2] == "#VALUE!"


def test_merged_cells_are_named(session: Session) -> None:
    shown = entered(session, ("F1", "=LC.FILLGAPS(A1:C4)"), ("G1", "=LC.WHY(F1)"), merged="A2:A3")
    assert shown[0] == "#VALUE!"
    assert "S!A2:A3: cells A2:A3 are merged" in shown[1]


def test_the_plain_name_works_where_a_person_types_it(session: Session) -> None:
    assert entered(session, ("F1", "=FILLGAPS(A1:C4)"), ("G1", "=INDEX(LC.FILLGAPS(A1:C4);3;3)")) == ["省份", "2"]


def test_a_computed_array_is_refused_and_explained(session: Session) -> None:
    shown = entered(session, ("F1", "=LC.DESCRIBE(LC.FILLGAPS(A1:C4))"), ("G1", "=LC.WHY(F1)"))
    assert shown[0] == "Err:504"
    assert "computed array" in shown[1]


def test_the_function_wizard_shows_every_function(session: Session) -> None:
    listed = functions()
    shown = session.run(SCRIPTS / "wizard.py", *(function.name for function in listed))
    for function in listed:
        assert shown[function.name]["description"] == function.summary.en
        wanted = [[argument.label.en, argument.help.en] for argument in function.arguments]
        assert shown[function.name]["arguments"] == wanted


def copied(profile: Path, folder: Path) -> Path:
    """A profile of one's own, with the add-in."""
    shutil.copytree(profile, folder / "profile", ignore=shutil.ignore_patterns(".lock"))
    return folder / "profile"


def test_the_settings_choose_the_language_and_no_worker_outlives_libreoffice(
    office: Office, profile: Path, tmp_path: Path
) -> None:
    copy, note = copied(profile, tmp_path), tmp_path / "worker"
    settings = json.loads((copy / "user" / SETTINGS).read_text(encoding="utf-8"))
    module = "lowcarbon_xl.hosts.libreoffice.worker"
    code = (
        f"import os; open({str(note)!r}, 'w').write(str(os.getpid())); from {module} import main; main({CATALOGUE!r})"
    )
    changed = {**settings, "language": "zh", "command": [sys.executable, "-c", code]}
    (copy / "user" / SETTINGS).write_text(json.dumps(changed), encoding="utf-8")
    with running(office, copy, LIMIT) as session:
        shown = entered(session, ("F1", "=INDEX(LC.DESCRIBE(A1:C4);1;1)"))
        worker = int(note.read_text())
        os.kill(worker, 0)
    assert shown == ["变量"]
    assert ended(worker)


def ended(process: int, seconds: float = 10.0) -> bool:
    """Whether a process is gone within a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{process}/stat").exists() and ") Z " in Path(f"/proc/{process}/stat").read_text():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("broken", ["missing", "no interpreter", "no package"])
def test_without_a_worker_cells_show_errors_and_why_says_what_to_do(
    office: Office, profile: Path, tmp_path: Path, broken: str, expected: dict[str, Answer]
) -> None:
    copy = copied(profile, tmp_path)
    settings = copy / "user" / SETTINGS
    if broken == "missing":
        settings.unlink()
    else:
        command = ["/no/such/python"] if broken == "no interpreter" else [str(office.python), "-m", "no_such_package"]
        settings.write_text(json.dumps({"command": command}), encoding="utf-8")
    calls = [call for call in CALLS if call.id in {"gtfp", "sum_of_emissions", "why_number"}]
    source = save_book(tmp_path / "calls.xlsx", calls, spelled, {"gtfp": expected["gtfp"].shape}, SMALL_SHEETS)
    with running(office, copy, LIMIT) as session:
        session.run(SCRIPTS / "convert.py", str(source), str(tmp_path / "out.xlsx"))
    saved = openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=True)
    assert saved["gtfp"]["A3"].value == "#VALUE!"
    assert saved["sum_of_emissions"]["A1"].value == "#VALUE!"
    assert "lowcarbon install --libreoffice" in saved["why_number"]["A1"].value


def test_installing_twice_replaces_and_uninstalling_removes(office: Office, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    first = install(profile, CATALOGUE)
    second = install(profile, CATALOGUE)
    assert first.replaced == ()
    assert second.replaced == (first.version,)
    assert json.loads(second.settings.read_text(encoding="utf-8"))["command"][-1] == CATALOGUE[0]
    assert uninstall(profile).replaced == (first.version,)
    assert not second.settings.exists()
    assert uninstall(profile).replaced == ()


def test_a_profile_in_use_is_refused(office: Office, tmp_path: Path) -> None:
    (tmp_path / ".lock").touch()
    with pytest.raises(HostError, match="Close LibreOffice first"):
        install(tmp_path, CATALOGUE)
