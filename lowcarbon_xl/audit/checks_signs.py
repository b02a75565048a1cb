"""Checks of signs: negative values where none makes sense, zeros that are totals, zeros that are real."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lowcarbon_xl.audit.finding import Finding, Position, addresses, listed, number
from lowcarbon_xl.audit.frame import Frame, numbers
from lowcarbon_xl.audit.labels import Label
from lowcarbon_xl.audit.layout import NO_UNIT
from lowcarbon_xl.audit.series import Keyed, Series
from lowcarbon_xl.errors import Text

_TOTALS = frozenset({"gdp", "population", "employment", "energy", "capital", "electricity", "index"})

_Value = tuple[str, float, Position]


def sign_findings(frame: Frame, keys: Keyed, series: Sequence[Series]) -> Iterator[Finding]:
    """Negative values where none makes sense, a zero where none can be, and zeros that are real and must stay."""
    for label, sheet, values in _signed(frame, keys, series):
        negative = [value for value in values if value[1] < 0]
        zero = [value for value in values if value[1] == 0]
        if negative and not label.may_be_negative:
            yield _negative(label, sheet, negative)
        if zero:
            yield _zero(label, sheet, zero)


def _signed(frame: Frame, keys: Keyed, series: Sequence[Series]) -> Iterator[tuple[Label, str, list[_Value]]]:
    """Key, value and place of the numbers that are not positive; a long table's repeated rows are looked at as well."""
    region = frame.region
    sheet = region.block.sheet or ""
    if frame.years_across or frame.provinces_across:
        for one in series:
            places = np.argwhere(one.values <= 0)
            yield one.label, sheet, [(one.key(u, y), float(one.values[u, y]), one.position(u, y)) for u, y in places]
        return
    if not series:
        return
    for one, column in zip(series, frame.value_columns, strict=True):
        values = numbers(region.cells(column))
        found = []
        for i in np.flatnonzero(values <= 0):
            key = " ".join(str(part) for part in (keys.units[i], keys.years[i]) if part not in (None, NO_UNIT))
            found.append((key, float(values[i]), region.position(region.rows[i], column)))
        yield one.label, sheet, found


def _negative(label: Label, sheet: str, values: list[_Value]) -> Finding:
    shown = listed([f"{key} {number(value)}" for key, value, _ in values])
    name = label.text
    return Finding(
        "error",
        "negative_value",
        sheet,
        addresses([position for _, _, position in values]),
        Text(f"“{name}”不能是负数：{shown.zh}", f"{name} cannot be negative: {shown.en}"),
        Text("核对原始资料的符号，改正后再算", "Check the sign against the source and correct it"),
    )


def _zero(label: Label, sheet: str, values: list[_Value]) -> Finding:
    shown = listed([key for key, _, _ in values])
    name = label.text
    if label.concept in _TOTALS or label.concept == "co2":
        return Finding(
            "error" if label.concept in _TOTALS else "verify",
            "zero_total",
            sheet,
            addresses([position for _, _, position in values]),
            Text(f"“{name}”是 0：{shown.zh}；总量不会是 0", f"{name} is 0: {shown.en}; a total is not 0"),
            Text(
                "多半是缺失写成了 0：查实填数，没有就清空",
                "Probably a missing value written as 0: fill it in, or clear it",
            ),
        )
    return Finding(
        "verify",
        "true_zero",
        sheet,
        addresses([position for _, _, position in values]),
        Text(f"“{name}”有 {len(values)} 个 0：{shown.zh}", f"{name} holds {len(values)} zeros: {shown.en}"),
        Text(
            "按真实的 0 保留；若其实是缺失或不足最小单位，请清空",
            "They are kept as real zeros; clear them if they stand for missing or negligible values",
        ),
    )
