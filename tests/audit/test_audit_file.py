"""The audit of a file: results of formulas are no inputs, rules in a sheet count, records are what the CLI prints."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from openpyxl.worksheet.formula import ArrayFormula

from lowcarbon_xl.audit.audit import audit_file


def book(path: Path) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "面板"
    sheet.append(["省份", "年份", "能源消费(万吨标准煤)"])
    for province, level in (("北京", 7000), ("天津", 8000), ("河北", 30000)):
        for year in range(2013, 2020):
            sheet.append([province, year, level + 50 * (year - 2013)])
    sheet["E2"] = ArrayFormula("E2:F8", "=GTFP(A1:C22)")
    sheet["F3"] = -5
    workbook.save(path)
    return path


def test_results_of_formulas_are_not_audited(tmp_path: Path) -> None:
    found = audit_file(book(tmp_path / "a.xlsx"))
    assert [f.rule for f in found] == ["formula_without_value"]


def test_a_defect_is_found_and_a_rule_in_the_file_counts(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx")
    workbook = openpyxl.load_workbook(path)
    workbook["面板"]["C5"] = 9500
    workbook.save(path)
    assert {f.cells for f in audit_file(path) if f.rule == "jump"} == {("C5",)}
    rules = workbook.create_sheet("规则")
    rules.append(["kind", "rule", "concept", "tier", "value"])
    rules.append(["threshold", "jump", "energy", "verify", 0.9])
    workbook.save(path)
    assert not [f for f in audit_file(path) if f.rule == "jump"]


def test_a_record_is_plain(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("省份,年份,GDP\n北京,2013,-1\n北京,2014,2\n", encoding="utf-8")
    finding = audit_file(path)[0]
    assert finding.record("en") == {
        "severity": "error",
        "rule": "negative_value",
        "sheet": "",
        "cells": ["C2"],
        "evidence": "GDP cannot be negative: 北京 2013 -1",
        "remedy": "Check the sign against the source and correct it",
    }
