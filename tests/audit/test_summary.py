"""Findings are counted once in their family, and once in each province whose cells they name."""

from __future__ import annotations

import ast
from pathlib import Path

import lowcarbon_xl.audit
from lowcarbon_xl.audit.finding import Finding
from lowcarbon_xl.audit.summary import _FAMILY_OF, Counts, count_families, count_provinces
from lowcarbon_xl.cells import Block
from lowcarbon_xl.errors import Text


def finding(rule: str, severity: str, *cells: str) -> Finding:
    return Finding("error" if severity == "error" else "verify", rule, "s", cells, Text("", ""), Text("", ""))


ROWS = [["省份", "年份", "能源"], *([p, 2015.0 + t, 10.0 + t] for p in ("北京", "山西") for t in range(3))]
ACROSS = [["年份", "北京", "山西", "河北"], *([2015.0 + t, 10.5 + t, 20.5, 30.5] for t in range(4))]


def test_every_finding_counts_in_one_family() -> None:
    found = [finding("negative_value", "error", "C3"), finding("jump", "verify", "C4"), finding("jump", "verify", "C5")]
    counted = count_families(found, [True, True, False])
    assert counted[2] == Counts(errors=1)  # an error is not done with by being explained
    assert counted[3] == Counts(doubts=2, explained=1)
    assert sum(one.errors + one.doubts for one in counted) == len(found)


def test_findings_count_in_the_provinces_of_their_cells() -> None:
    found = [
        finding("negative_value", "error", "C3"),
        finding("jump", "verify", "C2:C7"),
        finding("no_header", "error"),
    ]
    long = count_provinces(found, [False, True, False], [Block(ROWS, "s")])
    assert long == {"北京": Counts(1, 1, 1), "山西": Counts(0, 1, 1), None: Counts(1, 0, 0)}
    across = count_provinces([finding("jump", "verify", "C3")], [False], [Block(ACROSS, "s")])
    assert across == {"山西": Counts(0, 1, 0)}
    alone = [["年份", "能源"], *([2015.0 + t, 10.5 + t] for t in range(3))]
    sheet = Finding("error", "jump", "河南", ("B2",), Text("", ""), Text("", ""))
    assert count_provinces([sheet], [False], [Block(alone, "河南")]) == {"河南": Counts(1, 0, 0)}


def test_every_rule_has_its_family() -> None:
    rules: set[str] = set()
    for path in Path(lowcarbon_xl.audit.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Finding", "_note"):
                place = 1 if node.func.id == "Finding" else 0
                rule = node.args[place]
                rules |= {rule.value} if isinstance(rule, ast.Constant) and isinstance(rule.value, str) else set()
    assert len(rules) > 30
    assert rules <= _FAMILY_OF.keys()
