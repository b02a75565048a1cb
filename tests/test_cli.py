"""The command line as scripts use it: output shapes, exit codes, both languages, bad files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from lowcarbon_xl.cli import default_language, main

ROWS = [
    ["省份", "年份", "劳动", "资本", "能源", "GDP", "CO2"],
    *(
        [p, y, 10 + i + y % 5, 20 + y % 3, 5 + i, 30 + i * 2 + y % 7, 8 + i]
        for i, p in enumerate(["北京", "天津", "河北"])
        for y in (2010, 2011)
    ),
]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "面板"
    for row in ROWS:
        sheet.append(row)
    path = tmp_path / "数据 1.xlsx"
    workbook.save(path)
    return path


def run(*arguments: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_calc_prints_json_rows(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("calc", book, "=GTFP(面板!A1:G7)", "--json", "--lang", "en", capsys=capsys)
    rows = json.loads(out)
    assert code == 0
    assert rows[0] == ["index", "EC", "TC", "cumulative"]
    assert rows[1] == ["#N/A", "#N/A", "#N/A", 1.0]
    assert len(rows) == 7
    assert all(isinstance(value, float) for value in rows[2])


def test_calc_speaks_chinese(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("calc", book, "=GTFP(A:G)", "--lang", "zh", capsys=capsys)
    assert code == 0
    assert out.splitlines()[0].split() == ["GML指数", "EC", "TC", "累积指数"]


def test_an_option_in_the_formula_decides_the_language(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run("calc", book, '=GTFP(A:G,"lang=en")', "--json", "--lang", "zh", capsys=capsys)
    assert json.loads(out)[0][3] == "cumulative"


def test_the_workbooks_own_switch_decides_unless_the_command_does(
    book: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    workbook = openpyxl.load_workbook(book)
    workbook.defined_names["_LC_LANG"] = DefinedName("_LC_LANG", attr_text='"zh"')
    workbook.save(book)
    assert json.loads(run("calc", book, "=GTFP(A:G)", "--json", capsys=capsys)[1])[0][3] == "累积指数"
    assert json.loads(run("calc", book, "=GTFP(A:G)", "--json", "--lang", "en", capsys=capsys)[1])[0][3] == "cumulative"


@pytest.mark.parametrize(("language", "words"), [("zh", "是不是 rts"), ("en", "Did you mean rts")])
def test_an_error_value_is_exit_code_3_with_its_reason(
    book: Path, capsys: pytest.CaptureFixture[str], language: str, words: str
) -> None:
    code, out, err = run("calc", book, '=GTFP(面板!A1:G7,"rst=VRS")', "--json", "--lang", language, capsys=capsys)
    assert code == 3
    assert json.loads(out) == [["#VALUE!"]]
    assert words in err


def test_an_ordinary_formula_and_a_nested_one(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(run("calc", book, "=SUM(B2:B7)", "--json", capsys=capsys)[1]) == [[12063.0]]
    nested = run("calc", book, '=COUNT(GTFP(A1:G7,"header=0"))', "--json", capsys=capsys)[1]
    assert json.loads(nested) == [[15.0]], "three first years have three #N/A each"


def test_run_writes_a_copy_and_leaves_the_input_alone(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workbook = openpyxl.load_workbook(book)
    workbook.active["I1"] = "=GTFP(A1:G7)"
    workbook.active["N1"] = "=SUM(L2:L7)"
    workbook.save(book)
    before = book.read_bytes()
    output = tmp_path / "out.xlsx"
    code, out, _ = run("run", book, "-o", output, "--lang", "en", capsys=capsys)
    assert code == 0
    assert "2 formulas, 1 of them ours" in out
    assert str(output) in out
    assert book.read_bytes() == before
    values = openpyxl.load_workbook(output, data_only=True).active
    assert values["I2"].value == "#N/A"
    assert values["L2"].value == 1
    assert values["N1"].value == pytest.approx(sum(values.cell(row, 12).value for row in range(2, 8)))


def test_run_reports_what_failed_by_cell(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workbook = openpyxl.load_workbook(book)
    workbook.active["F3"] = None
    workbook.active["I1"] = "=GTFP(A1:G7)"
    workbook.save(book)
    code, out, _ = run("run", book, "-o", tmp_path / "out.xlsx", "--lang", "en", capsys=capsys)
    assert code == 1
    assert "面板!I1" in out
    assert "面板!F3: GDP: is blank" in out


def bad_file(kind: str, folder: Path, good: Path) -> Path:
    """A file that is no workbook, each in its own way."""
    path = folder / f"{kind}.xlsx"
    if kind == "csv":
        path.write_text("省份,年份\n北京,2010\n", "utf-8")
    elif kind == "xls":
        path = folder / "old.xls"
        path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2048))
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("hello.txt", "hello")
    elif kind == "cut":
        path.write_bytes(good.read_bytes()[:1500])
    elif kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    return path


@pytest.mark.parametrize("kind", ["missing", "csv", "xls", "zip", "cut", "folder", "empty"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", ["run", "calc"])
def test_a_file_that_is_no_workbook(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, language: str, command: str
) -> None:
    path = bad_file(kind, tmp_path, book)
    more = ["-o", tmp_path / "out.xlsx"] if command == "run" else ["=SUM(A1:A2)"]
    code, out, err = run(command, path, *more, "--lang", language, capsys=capsys)
    assert code == 2
    assert out == ""
    assert path.name in err
    assert err.count("。" if language == "zh" else ".") >= 2
    assert not (tmp_path / "out.xlsx").exists()


def test_an_encrypted_workbook_is_named_as_such(
    tmp_path: Path, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "secret.xls"
    path.write_bytes((shared / "data" / "dirty" / "06_csy_2022_grp_encrypted.xls").read_bytes())
    code, _, err = run("calc", path, "=1", "--lang", "en", capsys=capsys)
    assert code == 2
    assert "secret.xls" in err


def test_a_missing_sheet_lists_those_that_exist(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run("calc", book, "=GTFP(A1:G7)", "--sheet", "面版", "--lang", "en", capsys=capsys)
    assert code == 2
    assert "面板" in err
    code, _, err = run("calc", book, "=GTFP(不存在!A1:G7)", "--lang", "en", capsys=capsys)
    assert code == 2
    assert "'不存在'" in err


def test_the_output_must_not_be_the_input(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = book.read_bytes()
    assert run("run", book, "-o", book, capsys=capsys)[0] == 2
    assert book.read_bytes() == before


def test_an_unwritable_output(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run("run", book, "-o", tmp_path / "no such folder" / "out.xlsx", "--lang", "en", capsys=capsys)
    assert code == 2
    assert "no such folder" in err


def test_a_circular_reference_of_ours(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workbook = openpyxl.load_workbook(book)
    workbook.active["G3"] = "=I4"
    workbook.active["I1"] = "=GTFP(A1:G7)"
    workbook.save(book)
    code, out, _ = run("run", book, "-o", tmp_path / "out.xlsx", "--lang", "en", capsys=capsys)
    assert code == 1
    assert "circular" in out
    assert "面板!I1" in out


def test_installing_into_excel_is_for_windows(capsys: pytest.CaptureFixture[str]) -> None:
    if sys.platform == "win32":
        pytest.skip("this would install")
    code, _, err = run("install", "--lang", "en", capsys=capsys)
    assert code == 2
    assert "Windows" in err


def test_the_doctor_names_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run("doctor", "--lang", "en", capsys=capsys)
    assert "Python" in out


def test_formulas_are_respelled_and_back(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workbook = openpyxl.load_workbook(book)
    workbook.active["I1"] = "=GTFP(A1:G7)"
    workbook.save(book)
    there, back = tmp_path / "lc.xlsx", tmp_path / "plain.xlsx"
    assert run("rewrite", book, "-o", there, capsys=capsys)[0] == 0
    assert openpyxl.load_workbook(there).active["I1"].value == "=LC.GTFP(A1:G7)"
    assert run("rewrite", there, "-o", back, "--to", "plain", capsys=capsys)[0] == 0
    assert openpyxl.load_workbook(back).active["I1"].value == "=GTFP(A1:G7)"


def test_an_unknown_button_is_refused_with_the_nearest(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run("press", book, "gtfpp", "-o", tmp_path / "out.xlsx", "--lang", "en", capsys=capsys)
    assert code == 2
    assert "Did you mean gtfp" in err
    assert not (tmp_path / "out.xlsx").exists()


def test_findings_of_an_audit(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("audit", book, "--json", capsys=capsys)[0] == 0
    workbook = openpyxl.load_workbook(book)
    workbook.active["G3"] = -8
    workbook.save(book)
    code, out, _ = run("audit", book, "--json", "--lang", "en", capsys=capsys)
    assert code == 1
    found = json.loads(out)
    assert {"severity", "rule", "sheet", "cells", "evidence", "remedy"} == set(found[0])
    assert any(f["rule"] == "negative_value" and f["cells"] == ["G3"] and f["sheet"] == "面板" for f in found)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "zh_CN"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_comes_from_the_locale(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", "linux")
    assert default_language() == language


HEAVY = ("linearmodels", "statsmodels", "matplotlib", "xlwings", "pandas", "scipy.stats", "scipy.optimize")


@pytest.mark.parametrize("formula", ['=EMISSIONS(A1:I2,"fuels=原煤")', "=GTFP(A1:G7)", '=TWFE(A1:G7,"CO2","能源")'])
def test_a_cold_call_imports_nothing_heavy_that_it_does_not_need(book: Path, formula: str) -> None:
    script = (
        f"import sys; from lowcarbon_xl.cli import main; main(['calc', {str(book)!r}, {formula!r}]); "
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment, encoding="utf-8"
    )
    loaded = json.loads(done.stdout.splitlines()[-1].replace("'", '"'))
    assert set(loaded) <= ({"scipy.stats"} if "TWFE" in formula else set())
