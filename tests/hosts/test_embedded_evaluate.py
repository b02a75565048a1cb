"""One formula against a workbook."""

from __future__ import annotations

import pytest
from openpyxl.workbook import Workbook

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.cells import Cell, CellError
from lowcarbon_xl.errors import HostError, LowCarbonError
from lowcarbon_xl.hosts.embedded.recalculate import evaluate
from tests.hosts.computed import PANEL, text_of
from tests.hosts.conftest import Functions, Save


def test_evaluate_one_formula(book: Workbook, save: Save, functions: Functions) -> None:
    book["结果"]["A1"] = f"=DOUBLE({PANEL}A1:C6)"
    book["结果"]["F1"] = "=SUM(B2:B6)"
    path = save(book)

    def value(formula: str, sheet: str | None = None) -> Cell:
        spill = evaluate(path, formula, functions, "en", sheet)
        assert len(spill.rows) == 1
        cell = spill.rows[0][0]
        assert not hasattr(cell, "zh")
        return cell  # type: ignore[return-value]

    assert value("=结果!F1") == 20120.0
    assert value("SUM(B2:B6)") == 10060.0  # the first sheet is shown when the file opens
    assert value("=SUM(B2:B6)", "结果") == 20120.0
    assert text_of(value("=WHY(结果!B4)")).startswith(f"=DOUBLE({PANEL}A1:C6)|(3, 1)")
    assert text_of(value("=PLACE(A:C)")).startswith(f"{PANEL}A1:C6|(6, 3)")
    assert value("=1/0") == CellError("#DIV/0!", value("=1/0").reason)  # type: ignore[union-attr]
    assert len(evaluate(path, "=DOUBLE(A1:C6)", functions, "en").rows) == 6
    assert evaluate(path, "=A1:B2", functions, "en").rows == (("省份", "年份"), ("北京", 2010.0))


def test_evaluate_computes_only_what_is_needed(book: Workbook, save: Save, counted: tuple[Function, list[str]]) -> None:
    function, calls = counted
    book["结果"]["A1"] = f"=COUNTED({PANEL}A1:A6)"
    book["结果"]["A9"] = "=A1+1"
    path = save(book)
    assert evaluate(path, f"=SUM({PANEL}B2:B3)", [function], "en").rows == ((4021.0,),)
    assert calls == []
    assert evaluate(path, "=结果!A9", [function], "en").rows == ((7.0,),)
    assert len(calls) == 1


def test_evaluate_says_why_a_formula_fails(book: Workbook, save: Save, functions: Functions) -> None:
    book["结果"]["A1"] = f"=MISSING({PANEL}A1:C6)"
    book["结果"]["A2"] = f"=SUM(LEN({PANEL}A1:A6))"
    path = save(book)

    def reason(formula: str) -> str:
        cell = evaluate(path, formula, functions, "en").rows[0][0]
        assert isinstance(cell, CellError)
        assert cell.reason is not None
        return cell.reason.en

    assert "infeasible" in reason("=结果!A1+1")
    assert "结果!A2" in reason("=结果!A2*2")
    assert "LEN" in reason("=SUM(LEN(A1:A6))")
    with pytest.raises(LowCarbonError, match="cannot be read"):
        evaluate(path, "=SUM((1", functions, "en")
    with pytest.raises(HostError, match=r"there is no sheet '结 果'.*Did you mean 结果"):
        evaluate(path, "=1", functions, "en", "结 果")
