"""``lowcarbon trace`` and ``lowcarbon compare``: what they print, and their exit codes."""

from __future__ import annotations

import json
import zipfile
from argparse import Namespace
from pathlib import Path

import openpyxl
import pytest

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.commands import FAILED, OK, compare, trace
from lowcarbon_xl.errors import HostError, InputError
from lowcarbon_xl.hosts.embedded import package
from lowcarbon_xl.hosts.embedded.recalculate import recalculate

ROWS = [["省份", "年份", "原煤(万吨)", "焦炭(万吨)"], ["山西", 2019, 10, 1], ["山西", 2020, 12, 2]]


def write(path: Path, coal: float = 12.0) -> Path:
    """A small workbook with its results saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "能源"
    for row in ROWS:
        sheet.append(row)
    sheet["C3"] = coal
    sheet["F1"] = '=EMISSIONS(A1:D3,,"fuels=原煤,焦炭")'
    sheet["H2"] = "=SUM(F2:F3)"
    sheet["H3"] = "=C2*2"
    sheet["H4"] = 7
    raw = path.with_name(f"raw_{path.name}")
    book.save(raw)
    package.write(recalculate(raw, functions(), "zh"), path)
    return path


def stale_copy(fresh: Path, path: Path) -> Path:
    """The same saved results, but another number in C3."""
    with zipfile.ZipFile(fresh) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    changed = parts[name].replace(b"<v>12</v>", b"<v>13</v>")
    assert changed != parts[name]
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in {**parts, name: changed}.items():
            archive.writestr(part, data)
    return path


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("books") / "old.xlsx")


def test_compare_says_what_is_stale_and_exits_with_one(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = stale_copy(book, tmp_path / "new.xlsx")
    assert compare.compare_books(Namespace(old=book, new=new, json=False), "en") == FAILED
    told = capsys.readouterr().out
    assert "能源!C3 (山西 2020 原煤(万吨)): 12 -> 13" in told
    assert "should have changed and did not (stale): 2" in told
    assert "能源!F1 =EMISSIONS" in told
    assert "because of 能源!C3" in told
    assert "2 results are stale" in told


def test_compare_as_json(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = stale_copy(book, tmp_path / "new.xlsx")
    compare.compare_books(Namespace(old=book, new=new, json=True), "zh")
    told = json.loads(capsys.readouterr().out)
    assert told["stale"] is True
    assert [(i["cell"], i["before"], i["after"]) for i in told["inputs"]] == [("C3", 12.0, 13.0)]
    assert {r["cell"]: r["verdict"] for r in told["results"]} == {"能源!F1": "stale", "能源!H2": "stale"}
    (example,) = next(r for r in told["results"] if r["cell"] == "能源!H2")["examples"]
    assert example["should_be"] > example["saved"]


def test_compare_recalculated_versions(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = write(tmp_path / "new.xlsx", coal=13.0)
    assert compare.compare_books(Namespace(old=book, new=new, json=True), "en") == OK
    told = json.loads(capsys.readouterr().out)
    assert {r["cell"]: r["verdict"] for r in told["results"]} == {"能源!F1": "follows", "能源!H2": "follows"}
    assert compare.compare_books(Namespace(old=book, new=book, json=False), "zh") == OK
    assert "没有过期的结果" in capsys.readouterr().out


def test_trace_prints_terms_cells_and_where_to_go_on(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert trace.trace(Namespace(book=book, cell="能源!F3", json=False), "zh") == OK
    told = capsys.readouterr().out
    assert "公式 能源!F1" in told
    assert "依据 2 个单元格：能源!C3:D3" in told
    trace.trace(Namespace(book=book, cell="h2", json=True), "en")
    found = json.loads(capsys.readouterr().out)
    assert found["behind"] == ["能源!F1"]
    assert found["areas"] == ["能源!F2:F3"]
    assert found["value"] == pytest.approx(sum(cell["value"] for cell in found["cells"]))


def test_trace_of_a_typed_value_and_of_what_is_none(book: Path) -> None:
    typed = trace.trace_cell(book, "能源!H4", "en")
    assert typed.value == 7.0
    assert typed.notes[0].en == "typed, not a result"
    assert trace.trace_cell(book, "Z99", "en").value is None
    with pytest.raises(InputError, match="is no cell"):
        trace.trace_cell(book, "能源!A1:B2", "en")
    with pytest.raises(HostError, match="there is no sheet"):
        trace.trace_cell(book, "能量!A1", "en")
