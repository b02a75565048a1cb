"""Which cell styles show a date or a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from lowcarbon_xl.hosts.embedded.files import Parts
from lowcarbon_xl.hosts.embedded.parts import MAIN, read_xml

_BUILTIN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])


def date_styles(path: Path, parts: Parts, targets: Mapping[str, tuple[str, str]]) -> frozenset[str]:
    """Numbers of the cell styles that show a date or a time."""
    part = next((target for kind, target in targets.values() if kind == "styles"), None)
    if part not in parts:
        return frozenset()
    root = read_xml(path, parts, part)
    own = {
        int(number.get("numFmtId", "0")): str(number.get("formatCode", "")) for number in root.iter(f"{{{MAIN}}}numFmt")
    }
    formats = root.find(f"{{{MAIN}}}cellXfs")
    if formats is None:
        return frozenset()
    numbers = [int(style.get("numFmtId", "0")) for style in formats.iter(f"{{{MAIN}}}xf")]
    return frozenset(str(i) for i, number in enumerate(numbers) if _shows_date(number, own))


def _shows_date(number: int, own: Mapping[int, str]) -> bool:
    if number not in own:
        return number in _BUILTIN_DATES
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", own[number])
    return re.search(r"[ymdhs]", bare, re.IGNORECASE) is not None
