"""Findings counted: by the eight families of checks, and by province."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from lowcarbon_xl.audit.finding import Finding
from lowcarbon_xl.audit.frame import read_frame, sheet_key
from lowcarbon_xl.cells import Block, rectangle
from lowcarbon_xl.errors import Text
from lowcarbon_xl.readers.marks import province_of
from lowcarbon_xl.readers.regions import find_regions

_KEYS, _FORM, _SCALE, _JUMPS, _BALANCE, _VINTAGE, _COVERAGE, _IMPUTED = range(8)
FAMILIES = (
    Text("1 主键（省份、年份）", "1 keys (province, year)"),
    Text("2 类型和格式", "2 types and form"),
    Text("3 符号和量级", "3 sign and scale"),
    Text("4 逐年突变", "4 jumps year on year"),
    Text("5 平衡关系", "5 balance"),
    Text("6 数据版本", "6 vintage"),
    Text("7 覆盖范围", "7 coverage"),
    Text("8 插补和缩尾", "8 imputation"),
)
_RULES = {
    _KEYS: (
        *("bad_year", "blank_in_name", "blank_key", "code_against_name", "confusable_provinces", "copied_row"),
        *("duplicate_key", "mislabelled_row", "missing_key", "missing_province", "national_row", "no_keys"),
        *("outside_panel", "province_spelling", "regional_row", "swapped_provinces", "units_not_provinces"),
        *("unknown_province", "year_gap"),
    ),
    _FORM: (
        *("blank_cells", "blank_text", "continuation_block", "date_as_year", "date_in_data", "empty_last_column"),
        *("encoding_gbk", "encoding_utf16", "encrypted_default_password", "error_cell", "footer_rows"),
        *("formula_without_value", "header_label_change", "hidden_blanks", "label_blanks", "line_breaks_in_header"),
        *("logical_in_data", "merged_cells", "merged_rows", "misnamed_file", "missing_mark", "no_header", "no_table"),
        *("note_in_data", "preamble_rows", "row_label_change", "stacked_header", "text_in_data", "text_number"),
        *("year_with_text", "years_descending", "shifted_cells", "shifted_column"),
    ),
    _SCALE: (
        *("decimal_slip", "impossible_value", "magnitude", "negative_value", "propagated_error", "swapped_columns"),
        *("true_zero", "unit_against_magnitude", "unit_mix", "zero_total"),
    ),
    _JUMPS: ("growth_break", "jump", "level_break", "odd_growth", "repeated_value", "share_break", "spike"),
    _BALANCE: (
        "adding_up",
        "implausible_ratio",
        "not_constant",
        "product",
        "recomputed",
        "recomputed_co2",
        "twin_ratio",
        "volume_index",
    ),
    _VINTAGE: ("two_vintages", "vintage_break"),
    _COVERAGE: ("odd_coverage", "range_stops_short"),
    _IMPUTED: ("imputed",),
}
_FAMILY_OF = {rule: family for family, rules in _RULES.items() for rule in rules}


def family_of(rule: str) -> int:
    """The index into `FAMILIES` of a rule; rules of a user's own are accounting identities, thus balance."""
    return _FAMILY_OF.get(rule, _BALANCE)


@dataclass(frozen=True, slots=True)
class Counts:
    """Findings of one family or province.

    Parameters
    ----------
    errors, doubts : int
        Tiers error and verify.
    explained : int
        How many of the doubts are explained.
    """

    errors: int = 0
    doubts: int = 0
    explained: int = 0


def count_families(findings: Sequence[Finding], explained: Sequence[bool]) -> tuple[Counts, ...]:
    """Counts of each family, in the order of `FAMILIES`."""
    keyed = [(family_of(finding.rule), finding, told) for finding, told in zip(findings, explained, strict=True)]
    found = _counted(keyed)
    return tuple(found.get(family, Counts()) for family in range(len(FAMILIES)))


def count_provinces(
    findings: Sequence[Finding], explained: Sequence[bool], blocks: Iterable[Block]
) -> dict[str | None, Counts]:
    """Counts of each province whose cells a finding names, most errors first.

    A finding over several provinces counts once in each; None stands for findings about no province.
    """
    places = {block.sheet or "": _provinces(block) for block in blocks}
    keyed = [
        (province, finding, told)
        for finding, told in zip(findings, explained, strict=True)
        for province in _named(finding, places.get(finding.sheet))
    ]
    found = _counted(keyed)
    order = sorted(found, key=lambda name: (name is None, -found[name].errors, -found[name].doubts))
    return {name: found[name] for name in order}


_Key = TypeVar("_Key")


def _counted(keyed: Iterable[tuple[_Key, Finding, bool]]) -> dict[_Key, Counts]:
    tallies: dict[_Key, Counter[str]] = {}
    for key, finding, told in keyed:
        tally = tallies.setdefault(key, Counter())
        tally[finding.severity] += 1
        tally["explained"] += told and finding.severity == "verify"
    return {key: Counts(t["error"], t["verify"], t["explained"]) for key, t in tallies.items()}


@dataclass(slots=True)
class _Provinces:
    """Where the provinces of a sheet stand: in its rows, in its columns, or in its name."""

    rows: dict[int, str] = field(default_factory=dict)
    columns: dict[int, str] = field(default_factory=dict)
    whole: str | None = None


def _provinces(block: Block) -> _Provinces:
    key = sheet_key(block.sheet or "")
    found = _Provinces(whole=key[0] if key is not None else None)
    for frame in map(read_frame, find_regions(block)):
        region = frame.region
        for column, province in frame.provinces_across.items():
            found.columns[region.position(0, column)[1]] = province
        for row in region.rows if frame.unit_columns else ():
            cell = block.values[row][frame.unit_columns[0]]
            named = province_of(cell) if isinstance(cell, str | int | float) and cell != "" else None
            if named is not None:
                found.rows[region.position(row, 0)[0]] = named.zh
    return found


def _named(finding: Finding, places: _Provinces | None) -> list[str | None]:
    if places is None:
        return [None]
    named: dict[str, None] = {}
    for cells in finding.cells:
        top, left, bottom, right = rectangle(cells)
        named |= dict.fromkeys(_between(places.rows, top, bottom) or _between(places.columns, left, right))
    return [*named] or [places.whole]


def _between(places: Mapping[int, str], first: int, last: int) -> list[str]:
    return [places[number] for number in range(first, last + 1) if number in places]
