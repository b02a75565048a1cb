"""Rules for lookups: exact ones are safe, approximate ones need sorted numbers."""

from __future__ import annotations

from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.embedded.allowed import Wants
from lowcarbon_xl.hosts.embedded.formulas import Node
from lowcarbon_xl.hosts.embedded.places import Area
from lowcarbon_xl.hosts.embedded.rules import Judging, literal, scalars
from lowcarbon_xl.hosts.embedded.verdicts import AreaCheck, Doubt, RefusedError, Shape


def vertical_lookup(judge: Judging, arguments: list[Node]) -> Shape:
    """VLOOKUP."""
    return _lookup(judge, "VLOOKUP", arguments, down=True)


def horizontal_lookup(judge: Judging, arguments: list[Node]) -> Shape:
    """HLOOKUP."""
    return _lookup(judge, "HLOOKUP", arguments, down=False)


def _lookup(judge: Judging, name: str, arguments: list[Node], *, down: bool) -> Shape:
    if not 3 <= len(arguments) <= 4:
        raise RefusedError(Text(f"{name} 的参数个数不对", f"{name} has a wrong number of arguments"))
    judge.check_argument(name, Wants.CRITERION, arguments[0])
    judge.shape(arguments[1])
    scalars(judge, name, arguments[2:])
    if len(arguments) == 4 and (arguments[3]["node_type"] == "Omitted" or literal(arguments[3]) in (0, False)):
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


def match(judge: Judging, arguments: list[Node]) -> Shape:
    """MATCH, exact or among ascending numbers."""
    if not 2 <= len(arguments) <= 3:
        raise RefusedError(Text("MATCH 的参数个数不对", "MATCH has a wrong number of arguments"))
    judge.check_argument("MATCH", Wants.CRITERION, arguments[0])
    judge.shape(arguments[1])
    kind = literal(arguments[2]) if len(arguments) == 3 and arguments[2]["node_type"] != "Omitted" else 1
    if len(arguments) == 3 and arguments[2]["node_type"] == "Omitted":
        kind = 0
    if kind == 1:
        _require_sorted(judge, "MATCH", judge.area(arguments[1]))
    elif kind != 0:
        raise RefusedError(Text("MATCH 的第三个参数不是 0 或 1", "the third argument of MATCH is not 0 or 1"))
    return Shape.SCALAR


def vector_lookup(judge: Judging, arguments: list[Node]) -> Shape:
    """LOOKUP among ascending numbers."""
    if not 2 <= len(arguments) <= 3:
        raise RefusedError(Text("LOOKUP 的参数个数不对", "LOOKUP has a wrong number of arguments"))
    scalars(judge, "LOOKUP", arguments[:1])
    for argument in arguments[1:]:
        judge.check_argument("LOOKUP", Wants.REFERENCE, argument)
    _require_sorted(judge, "LOOKUP", judge.area(arguments[1]))
    return Shape.SCALAR


def exact_lookup(judge: Judging, arguments: list[Node]) -> Shape:
    """XLOOKUP and XMATCH without their match and search modes."""
    if not 2 <= len(arguments) <= 4:
        raise RefusedError(Text("用了 XLOOKUP 的匹配模式", "it uses a match mode of XLOOKUP"))
    scalars(judge, "XLOOKUP", [arguments[0], *arguments[3:]])
    areas = [judge.area(argument) for argument in arguments[1:3]]
    if any(area is None or 1 not in area.shape for area in areas):
        raise RefusedError(Text("XLOOKUP 的区域不是一行或一列", "a range of XLOOKUP is not one row or column"))
    return Shape.SCALAR
