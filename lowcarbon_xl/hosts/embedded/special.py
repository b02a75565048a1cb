"""Functions whose arguments depend on each other: lookups, branches, array sums, rounding to multiples, formats."""

from __future__ import annotations

import re

from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.embedded import lookups
from lowcarbon_xl.hosts.embedded.allowed import Wants
from lowcarbon_xl.hosts.embedded.formulas import Node, plain_name, walk
from lowcarbon_xl.hosts.embedded.places import parse_reference
from lowcarbon_xl.hosts.embedded.rules import Judging, Rule, literal, scalars, widest
from lowcarbon_xl.hosts.embedded.verdicts import AreaCheck, Doubt, ExpressionCheck, RefusedError, Shape, one_cell

_PLAIN = r'(?:"[^"]*"|[年月日时万亿元吨个人次户家倍\-+() ])*'
_NUMBER = rf"{_PLAIN}(?:0+|#,##0)?(?:\.0+)?%?{_PLAIN}"
_NUMBER_FORMAT = re.compile(rf"{_NUMBER}(?:;{_NUMBER}){{0,2}}")
_DATE_FORMAT = re.compile(r"(?!.*(?:mmm|ddd|(?<!y)yyy(?!y)|yyyyy))(?:yyyy|yy|mm|m|dd|d|[年月日/\- ])+")


def _branch(judge: Judging, arguments: list[Node]) -> Shape:
    """IF, IFERROR, IFNA: cell by cell where operators are."""
    shapes = [judge.shape(argument) for argument in arguments]
    if widest(shapes) is Shape.SCALAR:
        return Shape.SCALAR
    if not judge.lifts:
        raise RefusedError(one_cell(Text("IF、IFERROR 或 IFNA", "IF, IFERROR or IFNA")))
    return Shape.ARRAY


def _scalar_branch(judge: Judging, arguments: list[Node]) -> Shape:
    """IFS, SWITCH: single values only."""
    scalars(judge, "IFS/SWITCH", arguments)
    return Shape.SCALAR


def _choose(judge: Judging, arguments: list[Node]) -> Shape:
    scalars(judge, "CHOOSE", arguments[:1])
    return widest([judge.shape(argument) for argument in arguments[1:]])


def _index(judge: Judging, arguments: list[Node]) -> Shape:
    if not arguments or len(arguments) > 3:
        raise RefusedError(Text("INDEX 的参数个数不对", "INDEX has a wrong number of arguments"))
    shape = judge.shape(arguments[0])
    scalars(judge, "INDEX", arguments[1:])
    area = judge.area(arguments[0])
    whole = any(argument["node_type"] == "Omitted" or literal(argument) == 0 for argument in arguments[1:])
    if not whole and len(arguments) == 2 and area is not None and 1 not in area.shape:
        raise RefusedError(Text("INDEX 少了列号", "INDEX lacks the column number"))
    return shape if whole else Shape.SCALAR


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
    scalars(judge, "OFFSET", arguments[1:])
    return Shape.RANGE if len(arguments) > 3 else judge.shape(arguments[0])


def _indirect(judge: Judging, arguments: list[Node]) -> Shape:
    if len(arguments) != 1:
        raise RefusedError(Text("INDIRECT 用了 R1C1 样式", "INDIRECT uses the R1C1 style"))
    scalars(judge, "INDIRECT", arguments)
    text = literal(arguments[0])
    area = parse_reference(text, "", lambda name: name) if isinstance(text, str) else None
    return Shape.SCALAR if area is not None and area.shape == (1, 1) else Shape.RANGE


def _multiple(judge: Judging, arguments: list[Node]) -> Shape:
    """CEILING and FLOOR: signs other than plus are where programs differ."""
    if len(arguments) != 2:
        raise RefusedError(Text("CEILING 或 FLOOR 的参数个数不对", "CEILING or FLOOR has a wrong number of arguments"))
    scalars(judge, "CEILING/FLOOR", arguments)
    step = literal(arguments[1])
    if not isinstance(step, int | float) or step <= 0:
        raise RefusedError(Text("CEILING 或 FLOOR 的基数不是正数", "the multiple of CEILING or FLOOR is not positive"))
    judge.checks.append(ExpressionCheck(Doubt.ALMOST_WHOLE, (_quotient(*arguments),)))
    return Shape.SCALAR


def _remainder(judge: Judging, arguments: list[Node]) -> Shape:
    divisor = literal(arguments[1]) if len(arguments) == 2 else None
    if not isinstance(divisor, int | float) or divisor != round(divisor):
        raise RefusedError(Text("MOD 的除数不是写出的整数", "the divisor of MOD is not a whole number written out"))
    scalars(judge, "MOD", arguments)
    judge.checks.append(ExpressionCheck(Doubt.ALMOST_WHOLE, (_quotient(*arguments),)))
    return Shape.SCALAR


def _quotient(left: Node, right: Node) -> Node:
    return {"node_type": "BinaryOp", "operator": "/", "left": left, "right": right}


def _formatted(judge: Judging, arguments: list[Node]) -> Shape:
    if len(arguments) != 2:
        raise RefusedError(Text("TEXT 的参数个数不对", "TEXT has a wrong number of arguments"))
    scalars(judge, "TEXT", arguments)
    code = literal(arguments[1])
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
    number = literal(arguments[0]) if len(arguments) == 1 else None
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
    "VLOOKUP": lookups.vertical_lookup,
    "HLOOKUP": lookups.horizontal_lookup,
    "MATCH": lookups.match,
    "LOOKUP": lookups.vector_lookup,
    "XLOOKUP": lookups.exact_lookup,
    "XMATCH": lookups.exact_lookup,
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
