"""The audit of a range, of sheets, or of a file: every check over every table, errors first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path as FilePath

import numpy as np

from lowcarbon_xl.audit.checks_cells import cell_findings
from lowcarbon_xl.audit.checks_form import form_findings
from lowcarbon_xl.audit.checks_growth import share_findings, vintage_pair_findings, volume_findings
from lowcarbon_xl.audit.checks_identities import identity_findings
from lowcarbon_xl.audit.checks_jumps import repeat_findings
from lowcarbon_xl.audit.checks_keys import key_findings
from lowcarbon_xl.audit.checks_labels import workbook_findings
from lowcarbon_xl.audit.checks_mislabelled import mislabelled_findings
from lowcarbon_xl.audit.checks_path import path_findings, slip_findings, slips
from lowcarbon_xl.audit.checks_rows import row_findings
from lowcarbon_xl.audit.checks_signs import sign_findings
from lowcarbon_xl.audit.checks_twins import constant_findings, fuel_findings, sibling_findings, twin_findings
from lowcarbon_xl.audit.checks_units import ratio_findings, unit_findings
from lowcarbon_xl.audit.coverage import coverage_findings
from lowcarbon_xl.audit.finding import Finding, addresses, in_order
from lowcarbon_xl.audit.frame import Frame, read_frame, sheet_key
from lowcarbon_xl.audit.imputation import imputation_findings
from lowcarbon_xl.audit.layout import keyed_rows, table_series
from lowcarbon_xl.audit.path import path_of
from lowcarbon_xl.audit.propagation import Slip, propagated_findings, slip_of
from lowcarbon_xl.audit.rules import Rules, default_rules, is_rule_sheet, with_sheet
from lowcarbon_xl.audit.series import Keyed, Series
from lowcarbon_xl.audit.sheets import is_province_sheet, joined_series, sheets_series
from lowcarbon_xl.cells import Block, rectangle
from lowcarbon_xl.errors import Text
from lowcarbon_xl.readers.open_file import read_file
from lowcarbon_xl.readers.regions import find_regions
from lowcarbon_xl.readers.source import Remark, SourceSheet

_OWN_SHEETS = "_LC_"
_MOST_PAIRS = 60


def audit_file(path: FilePath, rules: Rules | None = None) -> tuple[Finding, ...]:
    """Audit a .csv, .xls, .xlsx or .xlsm file.

    Raises
    ------
    HostError
        When the file cannot be read.
    InputError
        When its sheet 规则 holds a rule that cannot be read.
    """
    source = read_file(path)
    found = [_remark(remark) for remark in source.remarks]
    blocks = [_data(sheet) for sheet in source.sheets if not (sheet.block.sheet or "").startswith(_OWN_SHEETS)]
    formulas = {sheet.block.sheet or "": sheet.formulas for sheet in source.sheets}
    imputed = imputation_findings(source.sheets)
    return in_order([*found, *audit_blocks(blocks, rules, formulas), *imputed])


def _data(sheet: SourceSheet) -> Block:
    """The cells of a sheet without the results of formulas that fill more than one cell."""
    if not sheet.arrays:
        return sheet.block
    values = [list(row) for row in sheet.block.values]
    for array in sheet.arrays:
        top, left, bottom, right = rectangle(array)
        for row in values[top - 1 : bottom]:
            row[left - 1 : right] = [None] * (min(right, len(row)) - left + 1)
    return replace(sheet.block, values=values)


def audit_block(block: Block, rules: Rules | None = None) -> tuple[Finding, ...]:
    """Audit one range; whatever is in it, findings come back.

    Parameters
    ----------
    block : Block
        The range, with its header row (titles and notes around the table are recognised).
    rules : Rules, optional
        Default: the rules that come with the package.
    """
    return audit_blocks((block,), rules)


@np.errstate(all="ignore")  # zeros, blanks and absurd sizes are what an audit is for: what they make is never finite
def audit_blocks(
    blocks: Sequence[Block],
    rules: Rules | None = None,
    formulas: Mapping[str, Mapping[tuple[int, int], str]] | None = None,
) -> tuple[Finding, ...]:
    """Audit several sheets together.

    Parameters
    ----------
    blocks : sequence of Block
    rules : Rules, optional
    formulas : mapping of sheet to mapping of (row, column) to str, optional
        Formulas, where the host knows them: references that stop short of their table are found.

    Raises
    ------
    InputError
        Only when a sheet 规则 holds a rule that cannot be read.
    """
    rules = with_sheet(rules or default_rules(), blocks)
    frames = {i: _frames(block) for i, block in enumerate(blocks) if not is_rule_sheet(block)}
    findings: list[Finding] = []
    if not any(frame.data_columns for found in frames.values() for frame in found):
        findings.append(_no_table(blocks))
    tables: list[list[Series]] = []
    by_province: list[list[Series]] = []
    for i, found in frames.items():
        if found:
            findings += cell_findings(blocks[i].sheet or "", found, blocks[i].merged)
        for frame in found:
            keys = keyed_rows(frame)
            series = table_series(frame, keys, rules)
            findings += _form_and_keys(frame, keys, series)
            (by_province if is_province_sheet(frame) else tables).append(series)
            if not is_province_sheet(frame):
                findings += _values(series, rules)
                findings += _mislabelled(frame, keys, series)
    findings += _values(joined_series(by_province), rules)
    everything = [frame for found in frames.values() for frame in found]
    findings += _across(everything, tables, rules)
    if formulas:
        findings += coverage_findings(everything, formulas)
    return in_order(findings)


def _frames(block: Block) -> list[Frame]:
    return [read_frame(region) for region in find_regions(block)]


def _form_and_keys(frame: Frame, keys: Keyed, series: Sequence[Series]) -> Iterator[Finding]:
    """What one table shows by itself, before any value is compared with another."""
    yield from _no_header(frame)
    yield from key_findings(frame, keys)
    yield from sign_findings(frame, keys, series)
    yield from form_findings(frame)


def _values(series: Sequence[Series], rules: Rules) -> Iterator[Finding]:
    """Values against the years beside them, against other columns, and against what is possible."""
    paths = [path_of(one) for one in series]
    yield from unit_findings(series, paths, rules)
    for one, path in zip(series, paths, strict=True):
        yield from path_findings(one, path, rules)
        yield from repeat_findings(one)
    for group in _aligned(series):
        members, their_paths = [series[i] for i in group], [paths[i] for i in group]
        yield from row_findings(members, their_paths)
        yield from identity_findings(members, rules)
        yield from volume_findings(members, rules)
        yield from share_findings(members, rules)
        yield from fuel_findings(members, rules)
        yield from twin_findings(members, their_paths, rules)
        yield from constant_findings(members)
        yield from sibling_findings(members)
        yield from ratio_findings(members, rules)


def _mislabelled(frame: Frame, keys: Keyed, series: Sequence[Series]) -> Iterator[Finding]:
    if not (frame.years_across or frame.provinces_across):
        yield from mislabelled_findings(frame, keys, series, [path_of(one) for one in series])


def _aligned(series: Sequence[Series]) -> list[list[int]]:
    """Series of the same units and years, which can be compared cell by cell."""
    groups: dict[tuple[tuple[str, ...], tuple[int, ...]], list[int]] = {}
    for i, one in enumerate(series):
        groups.setdefault((one.units, one.years), []).append(i)
    return list(groups.values())


def _across(frames: Sequence[Frame], tables: Sequence[Sequence[Series]], rules: Rules) -> Iterator[Finding]:
    """What shows only when tables and sheets are laid side by side."""
    keyed = [one for table in tables for one in table if one.dated and one.provinces]
    owner = {id(one): i for i, table in enumerate(tables) for one in table}
    for a, b in combinations(keyed[:_MOST_PAIRS], 2):
        if owner[id(a)] != owner[id(b)] or "#" in b.label.text:
            yield from vintage_pair_findings(a, b)
    yield from _province_sheets(sheets_series(frames, rules))
    yield from workbook_findings(frames)


def _province_sheets(series: Sequence[Series]) -> Iterator[Finding]:
    """Cells of sheets that are named by province and year, each cell against the same cell of the other years."""
    dated = [one for one in series if one.dated and len(one.years) >= 3]
    paths = [path_of(one) for one in dated]
    found: list[Slip] = []
    for one, path in zip(dated, paths, strict=True):
        powers = slips(one, path)
        found += [slip_of(one, int(u), int(y), int(powers[u, y])) for u, y in np.argwhere(powers != 0)]
        yield from slip_findings(one, path, powers)
    yield from propagated_findings(dated, paths, found)


def _remark(remark: Remark) -> Finding:
    return Finding(
        "error" if remark.serious else "verify",
        remark.rule,
        remark.sheet,
        addresses(remark.cells),
        remark.what,
        remark.remedy,
    )


def _no_header(frame: Frame) -> Iterator[Finding]:
    """A table whose first row already holds numbers, or one without keys."""
    region = frame.region
    sheet = region.block.sheet or ""
    if not region.header:
        yield Finding(
            "error",
            "no_header",
            sheet,
            (),
            Text("没有标题行，无法知道各列是什么", "there is no header row, so that nobody knows what the columns are"),
            Text(
                "把标题行也选进来，或在第一行写上列名",
                "Select the header row as well, or write names into the first row",
            ),
        )
    elif not frame.keyed and frame.value_columns and sheet_key(sheet) is None:
        yield Finding(
            "verify",
            "no_keys",
            sheet,
            (),
            Text(
                "没有找到省份或年份，只能逐格检查",
                "no province and no year were found: only single cells can be checked",
            ),
            Text(
                "标题写“省份”“年份”，审核才能比较各年各省",
                "Call the headers 省份 and 年份 (province, year) to have years and provinces compared",
            ),
        )


def _no_table(blocks: Sequence[Block]) -> Finding:
    return Finding(
        "verify",
        "no_table",
        (blocks[0].sheet or "") if blocks else "",
        (),
        Text("没有找到数据表（空区域，或只有文字）", "there is no table of data (an empty range, or texts alone)"),
        Text("选中带标题行的数据区域", "Select the data with their header row"),
    )
