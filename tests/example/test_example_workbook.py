"""workbook/lowcarbon.xlsx: rebuilt the same, computed whole, its spills in their frames."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import CellError
from lowcarbon_xl.example import build
from lowcarbon_xl.example.heights import text_width
from lowcarbon_xl.example.style import RESULT_FILL
from lowcarbon_xl.hosts.embedded.places import Place
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation, recalculate
from tests.conftest import complaints

COMMITTED = Path(__file__).resolve().parents[2] / "workbook" / "lowcarbon.xlsx"

SHEETS = "说明 面板 区域 能源 资本 指标 变量 回归 实证 模型 对照 核验 发表 审核 函数手册".split()
SPARE_ROWS = 2
"""What a result that may grow has at least."""
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


def test_the_open_xml_sdk_has_nothing_to_say(built: Path, validator: str) -> None:
    assert complaints(validator, built) == []


def test_every_formula_is_computed(computed: Recalculation) -> None:
    assert not computed.failures
    assert not computed.refused
    assert not computed.notes
    assert {place.sheet for place in computed.ours} == set(SHEETS) - {"说明", "区域", "实证", "模型", "函数手册"}
    assert len(computed.values) == computed.formulas


def test_only_first_years_are_not_available(computed: Recalculation) -> None:
    errors = Counter(
        (place.address, str(cell))
        for place, rows in computed.arrays.items()
        for row in rows
        for cell in row
        if isinstance(cell, CellError)
    )
    exactly_identified = [place.address for place in computed.ours if _formula(computed, place).startswith("IVREG")]
    assert errors == {
        ("面板!J4", "#N/A"): 30 * 3,  # index, EC and TC of each province's first year
        (exactly_identified[0], "#N/A"): 2,  # Hansen's J and its p
    }


def _formula(computed: Recalculation, place: Place) -> str:
    cell = computed.content.formula_at(place)
    assert cell is not None
    return cell.text


def test_the_sheets_stand_in_their_order_and_the_guide_lists_them(built: Path) -> None:
    book = load_workbook(built)
    assert book.sheetnames == SHEETS
    listed = [cell.hyperlink.location for row in book["说明"].iter_rows() for cell in row if cell.hyperlink]
    assert listed == [f"'{name}'!A1" for name in SHEETS[1:]]


def test_results_fill_the_frames_drawn_for_them(built: Path, computed: Recalculation) -> None:
    book = load_workbook(built)
    for place, rows in computed.arrays.items():
        if len(rows) == 1:
            continue
        sheet = book[place.sheet]
        bottom, right = place.row + len(rows) - 1, place.column + len(rows[0]) - 1
        inside = [sheet.cell(row, column) for row in (place.row + 1, bottom) for column in (place.column, right)]
        if any(_grows(sheet, cell.coordinate) for cell in inside):
            spare = [sheet.cell(bottom + SPARE_ROWS, column) for column in range(place.column, right + 1)]
            assert all(_grows(sheet, cell.coordinate) for cell in (*inside, *spare)), place.address
            continue
        assert {cell.fill.fgColor.rgb for cell in inside} == {RESULT_FILL.fgColor.rgb}, place.address
        outside = [sheet.cell(bottom + 1, column) for column in range(place.column, right + 1)]
        assert all(cell.fill.fill_type is None for cell in outside), f"{place.address} needs fewer rows than drawn"


def _grows(sheet: Worksheet, address: str) -> bool:
    """Whether a cell is tinted only when its row is filled, so that a result may grow into it."""
    return any(
        address in area and any(rule.formula[0].endswith('<>""') for rule in area.rules)
        for area in sheet.conditional_formatting
    )


def test_wrapped_results_have_rows_high_enough(built: Path, computed: Recalculation) -> None:
    book = load_workbook(built)
    place = next(place for place in computed.arrays if place.sheet == "发表")
    evidence = [str(row[4]) for row in computed.arrays[place][1:]]
    heights = [book["发表"].row_dimensions[place.row + line].height for line in range(1, 1 + len(evidence))]
    assert all(text_width(text) > book["发表"].column_dimensions["J"].width for text in evidence)
    assert all(height >= 30 for height in heights)


def test_the_chart_stays(built: Path) -> None:
    parts = _parts(built)
    chart = next(part for name, part in parts.items() if name.startswith("xl/charts/"))
    assert "区域".encode() in chart
    assert chart.count(b"<c:ser>") + chart.count(b"<ser>") == 3
