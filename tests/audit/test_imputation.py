"""Cells that FILLGAPS and WINSORIZE changed are listed, each with what stood there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lowcarbon_xl.audit.imputation import imputation_findings
from lowcarbon_xl.cells import Block
from lowcarbon_xl.readers.source import SourceSheet

SOURCE: list[list[Any]] = [
    ["省份", "年份", "资本"],
    ["北京", 2015.0, 10.0],
    ["北京", 2016.0, None],
    ["北京", 2017.0, 14.0],
]


def sheets(result: list[list[Any]], formula: str) -> list[SourceSheet]:
    return [SourceSheet(Block(SOURCE, "资本")), SourceSheet(Block(result, "补齐"), {(1, 1): formula})]


def test_a_filled_gap_is_listed_with_the_blank_that_stood_there() -> None:
    result = [SOURCE[0], SOURCE[1], ["北京", 2016.0, 12.0], SOURCE[3]]
    (found,) = imputation_findings(sheets(result, "FILLGAPS(资本!$A$1:$C$4)"))
    assert (found.severity, found.rule, found.sheet, found.cells) == ("verify", "imputed", "补齐", ("C3",))
    assert "资本!C3 （空） -> 12" in found.evidence.zh
    assert "资本!C3 (blank) -> 12" in found.evidence.en


@pytest.mark.parametrize(("value", "shown"), [(12.5, "12.5"), ("", "（空）")])
def test_a_winsorized_and_a_trimmed_value_are_listed(value: Any, shown: str) -> None:
    result = [SOURCE[1], ["北京", 2016.0, ""], ["北京", 2017.0, value]]  # header=0
    (found,) = imputation_findings(sheets(result, "=LC.WINSORIZE('资本'!A1:C4,\"header=0\")"))
    assert found.cells == ("C3",)
    assert f"资本!C4 14 -> {shown}" in found.evidence.zh


def test_what_changes_nothing_gives_nothing_and_what_is_unseen_is_said() -> None:
    assert not list(imputation_findings(sheets(SOURCE, "FILLGAPS(资本!A1:C4)")))
    (found,) = imputation_findings(sheets(SOURCE, "GTFP(FILLGAPS(资本!A1:C4))"))
    assert found.cells == ("A1",)
    assert "stand nowhere" in found.evidence.en


def test_a_recalculated_workbook_tells_its_filled_cells(tmp_path: Path) -> None:
    import lowcarbon_xl.functions  # noqa: F401  (declares them)
    from lowcarbon_xl.audit.audit import audit_file
    from lowcarbon_xl.catalogue import functions
    from lowcarbon_xl.hosts.embedded.package import write
    from lowcarbon_xl.hosts.embedded.recalculate import recalculate

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "资本"
    for row in SOURCE:
        sheet.append(row)
    sheet["E1"] = "=FILLGAPS(A1:C4)"
    path, output = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    book.save(path)
    write(recalculate(path, functions(), "zh"), output)
    found = [finding for finding in audit_file(output) if finding.rule == "imputed"]
    assert [finding.cells for finding in found] == [("G3",)]
    assert "资本!C3 （空） -> 12" in found[0].evidence.zh
