"""``run`` on a workbook with a plan: results written, failures named, nothing lost, and nothing changed without one."""

from __future__ import annotations

import argparse
import zipfile
from pathlib import Path

import openpyxl
import pytest

import lowcarbon_xl.functions  # noqa: F401  (declares the worksheet functions)
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.commands.workbook import run
from lowcarbon_xl.hosts.embedded import package
from lowcarbon_xl.hosts.embedded.recalculate import recalculate
from lowcarbon_xl.ribbon.plan import COLUMNS

PROVINCES = ("北京", "天津", "河北", "山西", "内蒙古", "辽宁")
YEARS = range(2015, 2021)
GOOD = {"name": "好", "kind": "TWFE", "panel": "面板!A:D", "y": "产出", "x": "投入", "output": "结果", "title": "表1"}
BAD = GOOD | {"name": "坏", "x": "没有的列"}


def _book(path: Path, plan: list[dict[str, str]] | None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "面板"
    sheet.append(["省份", "年份", "产出", "投入"])
    for p, province in enumerate(PROVINCES):
        for t, year in enumerate(YEARS):
            x = (7 * p + 11 * t + 3 * p * t) % 13
            sheet.append([province, year, 2.0 * x + p + t + (p * t + x) % 5, x])
    sheet["F1"] = '=TWFE(A1:D37,"产出","投入")'
    if plan is not None:
        models = book.create_sheet("模型")
        models.append([column.header.zh for column in COLUMNS])
        for row in plan:
            models.append([row.get(column.key) for column in COLUMNS])
    book.save(path)
    return path


def _run(book: Path, **options: object) -> tuple[int, Path]:
    output = book.with_name("out.xlsx")
    known = {"book": book, "output": output, "values": None, "lang": "zh", "no_plan": False}
    return run(argparse.Namespace(**(known | options)), "zh"), output


def _plain(book: Path) -> bytes:
    """What `run` writes when there is nothing but formulas."""
    output = book.with_name("plain.xlsx")
    package.write(recalculate(book, functions(), "zh"), output)
    return output.read_bytes()


def _coefficient(path: Path) -> float:
    rows = openpyxl.load_workbook(path, data_only=True)["结果"].iter_rows(values_only=True)
    return next(float(row[1]) for row in rows if row[0] == "投入")


def test_a_workbook_without_a_plan_is_patched_as_ever(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = _book(tmp_path / "book.xlsx", None)
    code, output = _run(book)
    assert code == 0
    assert output.read_bytes() == _plain(book)
    assert "模型" not in capsys.readouterr().out


def test_the_plans_results_agree_with_the_formulas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, output = _run(_book(tmp_path / "book.xlsx", [GOOD]))
    assert code == 0
    assert "模型 1 个，失败 0 个；用时" in capsys.readouterr().out
    computed = openpyxl.load_workbook(output, data_only=True)
    assert _coefficient(output) == pytest.approx(
        computed["面板"]["G2"].value, rel=1e-12
    )  # the host rounds to 17 digits
    assert str(computed["模型"].cell(2, len(COLUMNS)).value).startswith("✓")


def test_a_failed_row_is_named_and_stops_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, output = _run(_book(tmp_path / "book.xlsx", [BAD, GOOD, BAD | {"name": "也坏"}]))
    said = capsys.readouterr().out
    assert code == 1
    assert "模型 3 个，失败 2 个" in said
    assert "模型 坏 失败：" in said
    assert "模型 也坏 失败：" in said
    assert "没有的列" in said
    assert _coefficient(output) == pytest.approx(2.0, abs=0.5)  # the panel was made with 2


def test_no_plan_leaves_the_plan_alone(tmp_path: Path) -> None:
    book = _book(tmp_path / "book.xlsx", [GOOD])
    code, output = _run(book, no_plan=True)
    assert code == 0
    assert output.read_bytes() == _plain(book)


@pytest.mark.parametrize("plan", [[], [{"name": "只有名称"}]])
def test_a_plan_without_models_is_said_and_is_no_failure(
    plan: list[dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = _book(tmp_path / "book.xlsx", plan)
    code, output = _run(book)
    assert code == 0
    assert "没有要运行的模型" in capsys.readouterr().out
    assert output.read_bytes() == _plain(book)


def test_what_would_be_lost_is_named_and_the_formulas_results_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = _book(tmp_path / "book.xlsx", [GOOD])
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("_xmlsignatures/sig1.xml", "<a/>")
    code, output = _run(book)
    said = capsys.readouterr().out
    assert code == 1
    assert "没有模型的结果" in said
    assert "数字签名（_xmlsignatures/sig1.xml）" in said
    assert output.read_bytes() == _plain(book)


def test_what_openpyxl_does_not_know_survives_the_plan(tmp_path: Path) -> None:
    book = _book(tmp_path / "book.xlsx", [GOOD])
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("customXml/item1.xml", "<a/>")
    code, output = _run(book)
    assert code == 0
    assert _coefficient(output) == pytest.approx(2.0, abs=0.5)
    with zipfile.ZipFile(output) as archive:
        assert archive.read("customXml/item1.xml") == b"<a/>"


def test_the_values_copy_has_the_plans_results_too(tmp_path: Path) -> None:
    values = tmp_path / "values.xlsx"
    _, output = _run(_book(tmp_path / "book.xlsx", [GOOD]), values=values)
    assert _coefficient(values) == _coefficient(output)
    formulas = [
        cell for row in openpyxl.load_workbook(values)["面板"].iter_rows() for cell in row if cell.data_type == "f"
    ]
    assert not formulas


def test_a_second_run_on_the_result_gives_the_same_results(tmp_path: Path) -> None:
    _, output = _run(_book(tmp_path / "book.xlsx", [GOOD]))
    again = tmp_path / "again.xlsx"
    code = run(argparse.Namespace(book=output, output=again, values=None, lang="zh", no_plan=False), "zh")
    assert code == 0
    old, new = (openpyxl.load_workbook(path, data_only=True)["结果"] for path in (output, again))
    assert [[c.value for c in row] for row in new.iter_rows()] == [[c.value for c in row] for row in old.iter_rows()]
