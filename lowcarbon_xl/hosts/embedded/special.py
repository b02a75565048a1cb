"""Functions whose arguments depend on each other: lookups, branches, array sums, rounding to multiples, formats."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.embedded.allowed import Wants
from lowcarbon_xl.hosts.embedded.formulas import Node, plain_name, walk
from lowcarbon_xl.hosts.embedded.places import Area, parse_reference
from lowcarbon_xl.hosts.embedded.verdicts import AreaCheck, Check, Doubt, ExpressionCheck, RefusedError, Shape, one_cell

_PLAIN = r'(?:"[^"]*"|[年月日时万亿元吨个人次户家倍\-+() ])*'
_NUMBER = rf"{_PLAIN}(?:0+|#,##0)?(?:\.0+)?%?{_PLAIN}"
_NUMBER_FORMAT = re.compile(rf"{_NUMBER}(?:;{_NUMBER}){{0,2}}")
_DATE_FORMAT = re.compile(r"(?!.*(?:mmm|ddd|(?<!y)yyy(?!y)|yyyyy))(?:yyyy|yy|mm|m|dd|d|[年月日/\- ])+")


class Judging(Protocol):
    """What a rule needs of the judge."""

    checks: list[Check]
    lifts: bool

    def shape(self, node: Node) -> Shape:
        """What an expression gives."""

    def area(self, node: Node) -> Area | None:
        """The cells that a reference means."""

    def check_argument(self, name: str, want: Wants, argument: Node) -> None:
        """Check one argument against what it may be."""

    def is_ours(self, name: str) -> bool:
        """Whether a function is one of ours."""


Rule = Callable[[Judging, list[Node]], Shape]


def _scalars(judge: Judging, name: str, arguments: list[Node]) -> None:
    for argument in arguments:
        judge.check_argument(name, Wants.SCALAR, argument)


def _widest(shapes: list[Shape]) -> Shape:
    return max(shapes, key=lambda shape: shape.value, default=Shape.SCALAR)


def _literal(node: Node) -> object:
    """The value of a constant; a number with a sign too; None for anything else."""
    if node["node_type"] == "UnaryOp" and node["operator"] in {"-", "+"}:
        value = _literal(node["operand"])
        return None if not isinstance(value, float | int) else -value if node["operator"] == "-" else value
    return node["value"] if node["node_type"] == "Literal" else None


def _branch(judge: Judging, arguments: list[Node]) -> Shape:
    """IF, IFERROR, IFNA: cell by cell where operators are."""
    shapes = [judge.shape(argument) for argument in arguments]
    widest = _widest(shapes)
    if widest is not Shape.SCALAR and not judge.lifts:
        raise RefusedError(one_cell(Text("IF、IFERROR 或 IFNA", "IF, IFERROR or IFNA")))
    return widest if widest is Shape.SCALAR else Shape.ARRAY


def _scalar_branch(judge: Judging, arguments: list[Node]) -> Shape:
    """IFS, SWITCH: single values only."""
    _scalars(judge, "IFS/SWITCH", arguments)
    return Shape.SCALAR


def _choose(judge: Judging, arguments: list[Node]) -> Shape:
    _scalars(judge, "CHOOSE", arguments[:1])
    return _widest([judge.shape(argument) for argument in arguments[1:]])


def _index(judge: Judging, arguments: list[Node]) -> Shape:
    if not arguments or len(arguments) > 3:
        raise RefusedError(Text("INDEX 的参数个数不对", "INDEX has a wrong number of arguments"))
    shape = judge.shape(arguments[0])
    _scalars(judge, "INDEX", arguments[1:])
    area = judge.area(arguments[0])
    whole = any(argument["node_type"] == "Omitted" or _literal(argument) == 0 for argument in arguments[1:])
    if not whole and len(arguments) == 2 and area is not None and 1 not in area.shape:
        raise RefusedError(Text("INDEX 少了列号", "INDEX lacks the column number"))
    return shape if whole else Shape.SCALAR


def _vertical_lookup(judge: Judging, arguments: list[Node]) -> Shape:
    return _lookup(judge, "VLOOKUP", arguments, down=True)


def _horizontal_lookup(judge: Judging, arguments: list[Node]) -> Shape:
    return _lookup(judge, "HLOOKUP", arguments, down=False)


def _lookup(judge: Judging, name: str, arguments: list[Node], *, down: bool) -> Shape:
    if not 3 <= len(arguments) <= 4:
        raise RefusedError(Text(f"{name} 的参数个数不对", f"{name} has a wrong number of arguments"))
    judge.check_argument(name, Wants.CRITERION, arguments[0])
    judge.shape(arguments[1])
    _scalars(judge, name, arguments[2:])
    if len(arguments) == 4 and (arguments[3]["node_type"] == "Omitted" or _literal(arguments[3]) in (0, False)):
        return Shape.SCALAR
    area = judge.area(arguments[1])
    first = None
    if area is not None:
        rows, columns = area.shape
        first = Area.sized(area.corner, rows if down else 1, 1 if down else columns)
    _require_sorted(judge, name, first)
    return Shape.SCALAR


def _require_sorted(judge: Judging, name: str, area: Area | None) -> None:
    if area is None:
        raise RefusedError(Text(f"{name} 在算出来的数组里近似查找", f"{name} looks up approximately in an array"))
    judge.checks.append(AreaCheck(Doubt.UNSORTED, area))


def _match(judge: Judging, arguments: list[Node]) -> Shape:
    if not 2 <= len(arguments) <= 3:
        raise RefusedError(Text("MATCH 的参数个数不对", "MATCH has a wrong number of arguments"))
    judge.check_argument("MATCH", Wants.CRITERION, arguments[0])
    judge.shape(arguments[1])
    kind = _literal(arguments[2]) if len(arguments) == 3 and arguments[2]["node_type"] != "Omitted" else 1
    if len(arguments) == 3 and arguments[2]["node_type"] == "Omitted":
        kind = 0
    if kind == 1:
        _require_sorted(judge, "MATCH", judge.area(arguments[1]))
    elif kind != 0:
        raise RefusedError(Text("MATCH 的第三个参数不是 0 或 1", "the third argument of MATCH is not 0 or 1"))
    return Shape.SCALAR


def _vector_lookup(judge: Judging, arguments: list[Node]) -> Shape:
    if not 2 <= len(arguments) <= 3:
        raise RefusedError(Text("LOOKUP 的参数个数不对", "LOOKUP has a wrong number of arguments"))
    _scalars(judge, "LOOKUP", arguments[:1])
    for argument in arguments[1:]:
        judge.check_argument("LOOKUP", Wants.REFERENCE, argument)
    _require_sorted(judge, "LOOKUP", judge.area(arguments[1]))
    return Shape.SCALAR


def _exact_lookup(judge: Judging, arguments: list[Node]) -> Shape:
    """XLOOKUP and XMATCH without their match and search modes."""
    if not 2 <= len(arguments) <= 4:
        raise RefusedError(Text("用了 XLOOKUP 的匹配模式", "it uses a match mode of XLOOKUP"))
    _scalars(judge, "XLOOKUP", [arguments[0], *arguments[3:]])
    areas = [judge.area(argument) for argument in arguments[1:3]]
    if any(area is None or 1 not in area.shape for area in areas):
        raise RefusedError(Text("XLOOKUP 的区域不是一行或一列", "a range of XLOOKUP is not one row or column"))
    return Shape.SCALAR


def _array_sum(judge: Judging, arguments: list[Node]) -> Shape:
    """SUMPRODUCT: operators work cell by cell inside it, in any cell; functions do not."""
    before, judge.lifts = judge.lifts, True
    for argument in arguments:
        area = judge.area(argument)
        if area is not None:
            judge.checks.append(AreaCheck(Doubt.NOT_NUMBERS, area))
        elif judge.shape(argument) is not Shape.SCALAR and not _gives_numbers(judge, argument):
            raise RefusedError(
                Text("SUMPRODUCT 的数组不是算术运算的结果", "an array in SUMPRODUCT is not a result of arithmetic")
            )
    for part in (part for argument in arguments for part in walk(argument)):
        if part["node_type"] == "Function" and plain_name(part["name"]) in {"IF", "IFERROR", "IFNA"} and not before:
            raise RefusedError(one_cell(Text("SUMPRODUCT 里的 IF", "IF inside SUMPRODUCT")))
    judge.lifts = before
    return Shape.SCALAR


def _gives_numbers(judge: Judging, node: Node) -> bool:
    if node["node_type"] == "BinaryOp":
        return node["operator"] in {"+", "-", "*", "/", "^"}
    if node["node_type"] == "UnaryOp":
        return node["operator"] in {"-", "%"}
    return node["node_type"] == "Array" or (node["node_type"] == "Function" and judge.is_ours(plain_name(node["name"])))


def _offset(judge: Judging, arguments: list[Node]) -> Shape:
    if not 3 <= len(arguments) <= 5:
        raise RefusedError(Text("OFFSET 的参数个数不对", "OFFSET has a wrong number of arguments"))
    judge.check_argument("OFFSET", Wants.REFERENCE, arguments[0])
    _scalars(judge, "OFFSET", arguments[1:])
    return Shape.RANGE if len(arguments) > 3 else judge.shape(arguments[0])


def _indirect(judge: Judging, arguments: list[Node]) -> Shape:
    if len(arguments) != 1:
        raise RefusedError(Text("INDIRECT 用了 R1C1 样式", "INDIRECT uses the R1C1 style"))
    _scalars(judge, "INDIRECT", arguments)
    text = _literal(arguments[0])
    area = parse_reference(text, "", lambda name: name) if isinstance(text, str) else None
    return Shape.SCALAR if area is not None and area.shape == (1, 1) else Shape.RANGE


def _multiple(judge: Judging, arguments: list[Node]) -> Shape:
    """CEILING and FLOOR: signs other than plus are where programs differ."""
    if len(arguments) != 2:
        raise RefusedError(Text("CEILING 或 FLOOR 的参数个数不对", "CEILING or FLOOR has a wrong number of arguments"))
    _scalars(judge, "CEILING/FLOOR", arguments)
    step = _literal(arguments[1])
    if not isinstance(step, int | float) or step <= 0:
        raise RefusedError(Text("CEILING 或 FLOOR 的基数不是正数", "the multiple of CEILING or FLOOR is not positive"))
    judge.checks.append(ExpressionCheck(Doubt.ALMOST_WHOLE, (_quotient(*arguments),)))
    return Shape.SCALAR


def _remainder(judge: Judging, arguments: list[Node]) -> Shape:
    divisor = _literal(arguments[1]) if len(arguments) == 2 else None
    if not isinstance(divisor, int | float) or divisor != round(divisor):
        raise RefusedError(Text("MOD 的除数不是写出的整数", "the divisor of MOD is not a whole number written out"))
    _scalars(judge, "MOD", arguments)
    judge.checks.append(ExpressionCheck(Doubt.ALMOST_WHOLE, (_quotient(*arguments),)))
    return Shape.SCALAR


def _quotient(left: Node, right: Node) -> Node:
    return {"node_type": "BinaryOp", "operator": "/", "left": left, "right": right}


def _formatted(judge: Judging, arguments: list[Node]) -> Shape:
    if len(arguments) != 2:
        raise RefusedError(Text("TEXT 的参数个数不对", "TEXT has a wrong number of arguments"))
    _scalars(judge, "TEXT", arguments)
    code = _literal(arguments[1])
    if not isinstance(code, str) or not code or not (_NUMBER_FORMAT.fullmatch(code) or _DATE_FORMAT.fullmatch(code)):
        raise RefusedError(
            Text("TEXT 的格式在这里没有核对过", "the format of TEXT has not been verified here"),
        )
    return Shape.SCALAR


def _trimmed(judge: Judging, arguments: list[Node]) -> Shape:
    for argument in arguments:
        judge.check_argument("TRIM", Wants.TEXT, argument)
        judge.checks.append(ExpressionCheck(Doubt.WIDE_SPACE, (argument,)))
    return Shape.SCALAR


def _joined(judge: Judging, arguments: list[Node]) -> Shape:
    """TEXTJOIN and CONCAT over cells."""
    for argument in arguments:
        if judge.shape(argument) is Shape.SCALAR:
            judge.check_argument("TEXTJOIN", Wants.TEXT, argument)
        elif (area := judge.area(argument)) is not None:
            judge.checks.append(AreaCheck(Doubt.LONG_NUMBER, area))
        else:
            raise RefusedError(one_cell(Text("TEXTJOIN 或 CONCAT", "TEXTJOIN or CONCAT")))
    return Shape.SCALAR


def _search(judge: Judging, arguments: list[Node]) -> Shape:
    for position, argument in enumerate(arguments):
        judge.check_argument("SEARCH", Wants.CRITERION if position == 0 else Wants.SCALAR, argument)
    return Shape.SCALAR


def _character(judge: Judging, arguments: list[Node]) -> Shape:
    number = _literal(arguments[0]) if len(arguments) == 1 else None
    if not isinstance(number, int | float) or not 1 <= number < 128:
        raise RefusedError(Text("CHAR 的字符不在 1-127 之内", "CHAR is used beyond characters 1-127"))
    return Shape.SCALAR


def _spilled(judge: Judging, arguments: list[Node]) -> Shape:
    """``A1#`` as files spell it."""
    if len(arguments) != 1 or judge.area(arguments[0]) is None:
        raise RefusedError(Text("# 前面不是单元格", "there is no cell before #"))
    return Shape.RANGE


RULES: dict[str, Rule] = {
    "IF": _branch,
    "IFERROR": _branch,
    "IFNA": _branch,
    "IFS": _scalar_branch,
    "SWITCH": _scalar_branch,
    "CHOOSE": _choose,
    "INDEX": _index,
    "VLOOKUP": _vertical_lookup,
    "HLOOKUP": _horizontal_lookup,
    "MATCH": _match,
    "LOOKUP": _vector_lookup,
    "XLOOKUP": _exact_lookup,
    "XMATCH": _exact_lookup,
    "SUMPRODUCT": _array_sum,
    "OFFSET": _offset,
    "INDIRECT": _indirect,
    "CEILING": _multiple,
    "FLOOR": _multiple,
    "MOD": _remainder,
    "TEXT": _formatted,
    "TRIM": _trimmed,
    "TEXTJOIN": _joined,
    "CONCAT": _joined,
    "SEARCH": _search,
    "CHAR": _character,
    "ANCHORARRAY": _spilled,
}
"""Rules by plain function name."""
