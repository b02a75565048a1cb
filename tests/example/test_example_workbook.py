"""workbook/lowcarbon.xlsx: rebuilt the same, computed whole, its spills in their frames."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import load_workbook

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.example import build
from lowcarbon_xl.example.style import RESULT_FILL
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation, recalculate

COMMITTED = Path(__file__).resolve().parents[2] / "workbook" / "lowcarbon.xlsx"

VALUE_TOLERANCE = 1e-9
"""Relative to max(1, |value|): other CPUs and BLAS kernels moved values by 2e-12 at most where this was tried."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="module")
def computed(built: Path) -> Recalculation:
    return recalculate(built, functions(), "zh")


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_two_builds_are_the_same_file(built: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == built.read_bytes()


def test_the_package_carries_no_time_of_building(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = _parts(built)["docProps/core.xml"].decode()
    assert core.count("2025-01-01T00:00:00Z") == 2


def test_the_committed_workbook_is_the_built_one(built: Path) -> None:
    committed, fresh = _parts(COMMITTED), _parts(built)
    assert list(committed) == list(fresh)
    for name, part in fresh.items():
        if name.startswith("xl/worksheets/sheet"):
            _require_same_sheet(name, committed[name], part)
        else:
            assert committed[name] == part, f"{name} differs: run `lowcarbon build`"


def _require_same_sheet(name: str, old: bytes, new: bytes) -> None:
    """Everything is equal, except that computed numbers may differ in their last digits."""
    pairs = list(zip(etree.fromstring(old).iter(), etree.fromstring(new).iter(), strict=True))
    for before, after in pairs:
        assert (before.tag, dict(before.attrib)) == (after.tag, dict(after.attrib)), name
        if before.text == after.text:
            continue
        where = f"{name} {before.getparent().get('r')}: run `lowcarbon build`"
        assert before.tag.endswith("}v"), where
        assert before.getparent().get("t", "n") == "n", where
        known, value = float(before.text), float(after.text)
        assert abs(known - value) <= VALUE_TOLERANCE * max(1, abs(known)), where


def test_every_formula_is_computed(computed: Recalculation) -> None:
    assert not computed.failures
    assert not computed.refused
    assert not computed.notes
    assert {place.sheet for place in computed.ours} == {"面板", "能源", "资本", "变量", "审核"}
    assert len(computed.values) == computed.formulas


def test_only_first_years_are_not_available(computed: Recalculation) -> None:
    errors = [
        (place.address, str(cell))
        for place, rows in computed.arrays.items()
        for row in rows
        for cell in row
        if type(cell).__name__ == "CellError"
    ]
    assert {code for _, code in errors} == {"#N/A"}
    assert {place for place, _ in errors} == {"面板!J4"}
    assert len(errors) == 30 * 3  # index, EC and TC of each province's first year


def test_results_fill_the_frames_drawn_for_them(built: Path, computed: Recalculation) -> None:
    book = load_workbook(built)
    for place, rows in computed.arrays.items():
        if len(rows) == 1:
            continue
        sheet = book[place.sheet]
        bottom, right = place.row + len(rows) - 1, place.column + len(rows[0]) - 1
        inside = [sheet.cell(row, column) for row in (place.row + 1, bottom) for column in (place.column, right)]
        assert {cell.fill.fgColor.rgb for cell in inside} == {RESULT_FILL.fgColor.rgb}, place.address
        outside = [sheet.cell(bottom + 1, column) for column in range(place.column, right + 1)]
        assert all(cell.fill.fill_type is None for cell in outside), f"{place.address} needs fewer rows than drawn"


def test_the_chart_stays(built: Path) -> None:
    parts = _parts(built)
    chart = next(part for name, part in parts.items() if name.startswith("xl/charts/"))
    assert "区域".encode() in chart
    assert chart.count(b"<c:ser>") + chart.count(b"<ser>") == 3
