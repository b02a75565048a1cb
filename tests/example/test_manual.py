"""The manual and the README's table say what the catalogue says."""

from __future__ import annotations

from openpyxl import Workbook

import lowcarbon_xl.functions  # noqa: F401  (declares the functions)
from lowcarbon_xl.catalogue import GROUP_TITLES, functions
from lowcarbon_xl.example.manual import add_manual, readme_table, rows_of


def test_readme_table_lists_every_function_once() -> None:
    lines = readme_table().splitlines()
    listed = [line.split("`")[1].partition("(")[0] for line in lines if line.startswith("| `")]
    assert listed == [function.name for function in functions()]
    assert {line.replace("\\|", "").count("|") for line in lines} == {5}


def test_readme_table_has_a_row_for_each_chapter() -> None:
    chapters = {GROUP_TITLES[function.group].zh for function in functions()}
    assert all(f"| **{title} " in readme_table() for title in chapters)


def test_the_sheet_has_every_argument_and_option() -> None:
    sheet = add_manual(Workbook())
    texts = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}
    for function in functions():
        assert {function.signature, function.summary.zh, function.detail.en, function.example} <= texts
        assert {argument.help.zh for argument in function.arguments} <= texts
        assert {option.help.en for option in function.options} <= texts


def test_examples_stand_as_texts() -> None:
    sheet = add_manual(Workbook())
    assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_shared_options_are_explained_once() -> None:
    for function in functions():
        assert not [row for row in rows_of(function) if row[0] == "选项" and row[1].startswith(("header=", "lang="))]
