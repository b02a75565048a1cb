"""Build the example workbook: openpyxl lays it out, our own host without Excel computes it."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

import lowcarbon_xl.functions
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.example import heights
from lowcarbon_xl.example.audit_sheet import add_audit
from lowcarbon_xl.example.comparison_sheet import add_comparison
from lowcarbon_xl.example.data_sheets import add_capital, add_energy, add_panel, add_regions
from lowcarbon_xl.example.empirical_sheet import add_empirical
from lowcarbon_xl.example.guide_sheet import add_guide
from lowcarbon_xl.example.indicators_sheet import add_indicators
from lowcarbon_xl.example.manual import add_manual
from lowcarbon_xl.example.plan_sheet import add_plan
from lowcarbon_xl.example.published_sheet import add_published
from lowcarbon_xl.example.regressions_sheet import add_regressions
from lowcarbon_xl.example.tables import read_example
from lowcarbon_xl.example.variables_sheet import add_variables
from lowcarbon_xl.example.verification_sheet import add_verification
from lowcarbon_xl.hosts.embedded import package
from lowcarbon_xl.hosts.embedded.outcome import Rows
from lowcarbon_xl.hosts.embedded.places import Place
from lowcarbon_xl.hosts.embedded.recalculate import recalculate
from lowcarbon_xl.hosts.embedded.saved import saved_parts
from lowcarbon_xl.hosts.embedded.workbook import read_workbook
from lowcarbon_xl.names import LANGUAGE_NAME

NAME = "lowcarbon.xlsx"
_DATE = dt.datetime(2025, 1, 1)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def build(folder: Path) -> Path:
    """Write the example workbook, with every value computed.

    Parameters
    ----------
    folder : Path
        Created when it does not exist.

    Returns
    -------
    Path
        The file, ``folder/lowcarbon.xlsx``.

    Raises
    ------
    HostError
        When the file cannot be written.
    """
    _ = lowcarbon_xl.functions  # importing it fills the catalogue
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / NAME
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / NAME
        package.save_parts(plain_parts({}), plain)
        computed = recalculate(plain, functions(), "zh")
        package.save_parts(plain_parts(computed.arrays), plain)  # the same formulas, in rows of the right height
        package.write(replace(computed, content=read_workbook(plain)), output)
    return output


def plain_parts(results: Mapping[Place, Rows]) -> dict[str, bytes]:
    """The parts of the workbook without values, the same on every day; rows are as high as the results need."""
    book = _workbook()
    for place, rows in results.items():
        heights.fit_result(book[place.sheet], place.row, place.column, rows)
    parts = saved_parts(book)
    core = "docProps/core.xml"  # openpyxl writes the time of saving, whatever the properties say
    parts[core] = _MODIFIED.sub(rb"\g<1>" + _DATE.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), parts[core])
    return parts


def _workbook() -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    add_guide(book)
    add_panel(book)
    add_regions(book, len(read_example("panel").rows))
    add_energy(book)
    add_capital(book)
    add_indicators(book)
    add_variables(book)
    add_regressions(book)
    add_empirical(book)
    add_plan(book)
    add_comparison(book)
    add_verification(book)
    add_published(book)
    add_audit(book)
    add_manual(book)
    # the workbook is Chinese wherever it is computed; the button 中/EN changes this name
    book.defined_names[LANGUAGE_NAME] = DefinedName(LANGUAGE_NAME, attr_text='"zh"')
    properties = book.properties
    properties.title, properties.creator = "低碳核算示例工作簿 LowCarbon worked example", "lowcarbon_xl contributors"
    properties.created = properties.modified = _DATE
    return book
