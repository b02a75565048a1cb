"""Real sheets with real defects: every entry of EXPECTED.csv is found at its cells, in its tier."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from lowcarbon_xl.audit.audit import audit_file
from lowcarbon_xl.audit.finding import Finding, positions_of
from lowcarbon_xl.cells import column_number, rectangle

DIRTY = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "dirty"
pytestmark = pytest.mark.skipif(
    not DIRTY.exists(), reason="the sheets with real defects lie beside the checkout, in ../shared"
)

RULES = {
    "vintage_break_within_series": {"vintage_break"},
    "vintages_side_by_side": {"two_vintages"},
    "national_row_among_provinces": {"national_row"},
    "mixed_name_styles": {"province_spelling", "outside_panel"},
    "adding_up_violation": {"adding_up"},
    "duplicate_key_mislabelled_province": {"mislabelled_row"},
    "missing_key": {"missing_key"},
    "level_break_partial_coverage": {"level_break"},
    "negative_value": {"negative_value"},
    "missing_values": {"blank_cells"},
    "decimal_slip": {"decimal_slip"},
    "propagated_error": {"propagated_error", "decimal_slip"},
    "header_label_change": {"header_label_change"},
    "row_label_change": {"row_label_change", "label_blanks"},
    "shanxi_shaanxi_confusable": {"confusable_provinces"},
    "encoding_gbk": {"encoding_gbk"},
    "preamble_rows": {"preamble_rows"},
    "footer_rows": {"footer_rows"},
    "preamble_footer_rows": {"preamble_rows", "footer_rows"},
    "years_descending": {"years_descending"},
    "repeated_value": {"repeated_value"},
    "full_province_names": {"province_spelling"},
    "nonstandard_province_name": {"province_spelling", "outside_panel"},
    "encrypted_default_password": {"encrypted_default_password"},
    "numbers_as_text": {"text_number"},
    "spaces_in_province_names": {"blank_in_name"},
    "stacked_bilingual_header": {"stacked_header"},
    "continuation_block": {"continuation_block"},
    "merged_cells": {"merged_cells"},
    "line_breaks_in_header": {"line_breaks_in_header"},
    "trailing_tabs": {"hidden_blanks"},
    "empty_last_column": {"empty_last_column"},
    "unit_label_contradicts_magnitude": {"unit_against_magnitude"},
    "missing_block": {"blank_cells"},
    "missing_markers": {"missing_mark"},
    "true_zero": {"true_zero"},
    "note_text_in_data_cells": {"note_in_data"},
    "year_prefix_in_header": {"year_with_text"},
}
"""The rule of ours that answers to each class of defect."""

COUNTED = re.compile(r"^(\d+) (?:blank )?cells?\b")


def entries() -> list[dict[str, str]]:
    if not DIRTY.exists():
        return []
    with (DIRTY / "EXPECTED.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def audited(name: str) -> tuple[Finding, ...]:
    return audit_file(DIRTY / name)


def expected_cells(text: str, sheet: str) -> set[tuple[str, int, int]]:
    """The single cells and rectangles that an entry names, with their sheets."""
    cells = set()
    for part in re.split(r"[;,]\s*", text):
        named, _, address = part.rpartition("!")
        if re.fullmatch(r"[A-Z]{1,2}\d+(:[A-Z]{1,2}\d+)?", address):
            top, left, bottom, right = rectangle(address)
            whole = "first" not in part
            cells |= {(named or sheet, r, c) for r in range(top, bottom + 1) for c in range(left, right + 1) if whole}
    return cells


def expected_rows(text: str) -> set[int]:
    """Rows (lines) that an entry names."""
    rows: set[int] = set()
    for match in re.finditer(r"(?:rows?|lines?) ([\d\-;]+)", text):
        for part in match[1].split(";"):
            first, _, last = part.partition("-")
            rows |= set(range(int(first), int(last or first) + 1))
    return rows


def found_cells(findings: list[Finding]) -> set[tuple[str, int, int]]:
    return {(f.sheet, row, column) for f in findings for row, column in positions_of(f.cells)}


@pytest.mark.parametrize("entry", entries(), ids=lambda e: f"{e['file'][:2]}-{e['defect_class']}-{e['cells'][:12]}")
def test_every_known_defect_is_found_at_its_cells(entry: dict[str, str]) -> None:
    rules = RULES[entry["defect_class"]]
    sheets = [name.strip() for name in entry["sheet"].split(";")]
    matching = [f for f in audited(entry["file"]) if f.rule in rules]
    assert matching, f"no {rules}"
    assert {f.severity for f in matching if f.sheet in sheets} & {entry["severity"]} or sheets == ["sheet names"]
    matching = [f for f in matching if f.severity == entry["severity"]]
    got = found_cells(matching)
    cells = expected_cells(entry["cells"], sheets[0])
    if entry["defect_class"] == "vintage_break_within_series":
        # the two years on either side of the break; the entry for Tianjin also lists the years before
        assert len(cells & got) >= 2
    elif not COUNTED.match(entry["cells"]):  # beside a count stands the rectangle that the cells lie in
        assert cells <= got, sorted(cells - got)[:5]
    if rows := expected_rows(entry["cells"]):
        assert rows & {row for _, row, _ in got}
        if entry["defect_class"] in ("preamble_rows", "footer_rows", "stacked_bilingual_header"):
            assert {row for _, row, _ in got} >= rows - {min(rows) - 1}
    if count := COUNTED.match(entry["cells"]):
        assert len({c for c in got if c[0] in sheets}) == int(count[1])
    if column := re.match(r"column ([A-Z])$", entry["cells"]):
        assert column_number(column[1]) in {c for _, _, c in got}


def test_no_finding_lacks_a_remedy_in_either_language() -> None:
    for path in sorted(DIRTY.iterdir()):
        if path.name != "EXPECTED.csv":
            for finding in audited(path.name):
                assert finding.evidence.zh and finding.evidence.en and finding.remedy.zh and finding.remedy.en  # noqa: PT018
