"""Formulas as trees: read, recognise our functions under any of their spellings, and write back for the engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import formualizer

from lowcarbon_xl.hosts.embedded.places import Area, Place, is_backwards, is_fixed, parse_reference
from lowcarbon_xl.hosts.embedded.workbook import Table, WorkbookContent

Node = dict[str, Any]
"""A node of formualizer's syntax tree: ``node_type`` and what belongs to it."""

_PREFIXES = re.compile(
    r"^@?(?:\[\d+\]!?|'(?:[^']|'')*'!|[^'!()]+\.xla?m?!|_xll\.|_xlfn\.|_xlws\.|_xludf\.|_xldudf_|LC(?:_DEV)?[._])*",
    re.IGNORECASE,
)
_TABLE = re.compile(r"(?P<name>[^\[\]]+?)(?:\[(?P<body>.*)\])?", re.DOTALL)
_SPECIFIERS = {"#all", "#data", "#headers", "#totals"}


def parse_formula(text: str) -> Node | None:
    """The syntax tree of a formula (without ``=``), or None when it cannot be read."""
    try:
        tree: Node = formualizer.parse("=" + text).to_dict()
    except (formualizer.ParserError, formualizer.TokenizerError, ValueError):
        return None
    if "#" in text:
        _mark_errors(tree, text)
    return tree


def _mark_errors(tree: Node, text: str) -> None:
    """Tell the error value ``#N/A`` from the text ``"#N/A"``, which the parser reads alike."""
    for node in walk(tree):
        value = node.get("value")
        if isinstance(value, str) and value in ERROR_KINDS and f'"{value}"' not in text:
            node["value"] = {"type": "Error", "kind": ERROR_KINDS[value]}


def plain_name(name: str) -> str:
    """A function's name without the prefixes that hosts and file formats put before it, in upper case."""
    return _PREFIXES.sub("", name).upper()


def children(node: Node) -> Iterator[Node]:
    """The nodes right below one."""
    for key in ("left", "right", "operand", "callee"):
        if isinstance(node.get(key), dict):
            yield node[key]
    yield from node.get("args", ())
    for row in node.get("rows", ()):
        yield from row


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def references(node: Node) -> Iterator[str]:
    """The texts of all references, names and tables in a tree."""
    return (str(part["reference"]) for part in walk(node) if part["node_type"] == "Reference")


def function_names(node: Node) -> Iterator[str]:
    """The plain names of all functions in a tree."""
    return (plain_name(part["name"]) for part in walk(node) if part["node_type"] == "Function")


class Locator:
    """Finds the cells that a reference, a defined name or a table means, seen from one sheet of a workbook."""

    def __init__(self, content: WorkbookContent) -> None:
        self._content = content

    def locate(self, text: str, place: Place) -> Area | None:
        """The rectangle, or None when the text means something else (a constant, a formula, another workbook)."""
        return self._locate(text, place, depth=0)

    def plain_reference(self, place: Place, node: Node) -> str | None:
        """A plain reference for what the engine cannot read: table columns, and ranges written backwards."""
        if node["node_type"] != "Reference":
            return None
        text = str(node["reference"])
        area = self.locate(text, place)
        if area is None or not (self._is_table(text, place) or is_backwards(text)):
            return None
        return area.reference

    def _is_table(self, text: str, place: Place) -> bool:
        return parse_reference(text, place.sheet, self._content.find_sheet) is None and (
            self._table(text, place) is not None
        )

    def _locate(self, text: str, place: Place, depth: int) -> Area | None:
        area = parse_reference(text, place.sheet, self._content.find_sheet)
        if area is not None or depth > 8:  # names may point at names, but a circle of them must end
            return area
        named = self.named_text(text, place.sheet)
        if named is None:
            return self._table(text, place)
        inner = self._locate(named, place, depth + 1)
        # a name with a relative reference means other cells in every cell that uses it
        return inner if inner is None or is_fixed(named) or self.named_text(named, place.sheet) is not None else None

    def named_text(self, text: str, sheet: str) -> str | None:
        """What a defined name stands for, the sheet's own names first."""
        owner, _, bare = text.rpartition("!")
        scope = self._content.find_sheet(owner.strip("'").replace("''", "'")) if owner else sheet
        names = self._content.names
        return names.get((scope, bare.upper()), names.get((None, bare.upper())))

    def _table(self, text: str, place: Place) -> Area | None:
        match = _TABLE.fullmatch(text)
        if match is None:
            return None
        table = self._content.tables.get(match["name"].strip().upper())
        return None if table is None else _table_area(table, match["body"], place)


def _table_area(table: Table, body: str | None, place: Place) -> Area | None:
    """The rectangle of ``Table[[#All],[a]:[b]]``."""
    whole = table.area
    first = whole.row + table.header
    last = whole.last_row - table.totals
    names: list[str] = []
    rows: list[tuple[int, int]] = []
    for item in _table_items(body or ""):
        folded = item.casefold()
        if folded == "#this row" or item == "@":
            rows.append((place.row, place.row))
        elif folded in _SPECIFIERS:
            bounds = {
                "#all": (whole.row, whole.last_row),
                "#data": (first, last),
                "#headers": (whole.row, whole.row),
                "#totals": (whole.last_row, whole.last_row),
            }
            rows.append(bounds[folded])
        else:
            names.append(item)
    folded_columns = [column.casefold() for column in table.columns]
    if any(name.casefold() not in folded_columns for name in names):
        return None
    columns = [whole.column + folded_columns.index(name.casefold()) for name in names] or [
        whole.column,
        whole.last_column,
    ]
    rows = rows or [(first, last)]
    return Area(whole.sheet, min(r for r, _ in rows), min(columns), max(r for _, r in rows), max(columns))


def _table_items(body: str) -> list[str]:
    """``[#All],[产值]`` as its items; an apostrophe escapes the next character."""
    if not body:
        return []
    if body.startswith("@"):
        return ["@", *_table_items(body[1:])]
    inner = re.findall(r"\[((?:'.|[^\[\]'])*)\]", body)
    return [re.sub(r"'(.)", r"\1", item) for item in (inner or [body])]


def write_formula(node: Node, call: Callable[[Node], str | None]) -> str:
    """A tree as text (without ``=``); `call` may replace a node by a text of its own."""
    replaced = call(node)
    if replaced is not None:
        return replaced

    def inner(part: Node) -> str:
        return write_formula(part, call)

    kind = node["node_type"]
    if kind == "Literal":
        return write_literal(node["value"])
    if kind == "Reference":
        return str(node["reference"])
    if kind == "Omitted":
        return ""
    if kind == "Function":
        return f"{node['name']}({','.join(inner(part) for part in node['args'])})"
    if kind == "Call":
        return f"{inner(node['callee'])}({','.join(inner(part) for part in node['args'])})"
    if kind == "Array":
        return "{" + ";".join(",".join(inner(part) for part in row) for row in node["rows"]) + "}"
    if kind == "UnaryOp":
        operand = _wrap(node["operand"], inner)
        sign = str(node["operator"])
        return operand + sign if sign in {"%", "#"} else sign + operand
    if kind == "BinaryOp":
        return f"{_wrap(node['left'], inner)}{node['operator']}{_wrap(node['right'], inner)}"
    raise ValueError(f"unknown node {kind}")


def _wrap(node: Node, inner: Callable[[Node], str]) -> str:
    """Brackets around an operand that is itself an operation, so that no precedence is lost."""
    return f"({inner(node)})" if node["node_type"] in {"BinaryOp", "UnaryOp"} else inner(node)


def write_literal(value: object) -> str:
    """A constant as formulas spell it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Mapping):
        return ERROR_CODES.get(str(value.get("kind")), "#VALUE!")
    if isinstance(value, int | float):
        return repr(value)
    return '"' + str(value).replace('"', '""') + '"'


ERROR_CODES = {
    "Na": "#N/A",
    "Div": "#DIV/0!",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "Spill": "#SPILL!",
    "Calc": "#CALC!",
    "Circ": "#REF!",
}
"""Excel's error values by formualizer's kinds; Excel has none for a circle, so it shows a broken reference."""

ERROR_KINDS = {code: kind for kind, code in ERROR_CODES.items() if kind != "Circ"}
