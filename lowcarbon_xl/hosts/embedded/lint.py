"""Which ordinary formulas the engine would compute otherwise than Excel: those are refused by cell, not computed.

Everything that is not known to be right is refused. Some doubts depend on values, so the verdict on a formula may
carry checks that are made when the values are there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.embedded.allowed import ARRAY_FUNCTIONS, SCALAR_FUNCTIONS, Signature, Wants
from lowcarbon_xl.hosts.embedded.formulas import ERROR_KINDS, Locator, Node, parse_formula, plain_name, walk
from lowcarbon_xl.hosts.embedded.places import Area
from lowcarbon_xl.hosts.embedded.special import RULES
from lowcarbon_xl.hosts.embedded.verdicts import (
    AreaCheck,
    Check,
    Doubt,
    ExpressionCheck,
    RefusedError,
    Shape,
    Verdict,
    one_cell,
)
from lowcarbon_xl.hosts.embedded.workbook import FormulaCell

_DATES = frozenset(
    {"DATE", "YEAR", "MONTH", "DAY", "WEEKDAY", "EDATE", "EOMONTH", "DATEDIF", "DAYS", "TEXT", "TODAY", "NOW"}
)
_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})


@dataclass(slots=True)
class Judge:
    """Judges the formula of one cell.

    Parameters
    ----------
    cell : FormulaCell
    locator : Locator
    known : callable
        Whether a function (by plain name) is one of ours.
    date1904 : bool
        Whether serial numbers of dates count from 1904; the engine counts from 1900.
    """

    cell: FormulaCell
    locator: Locator
    known: Callable[[str], bool]
    date1904: bool = False
    checks: list[Check] = field(default_factory=list)
    lifts: bool = False

    def is_ours(self, name: str) -> bool:
        """Whether a function (by plain name) is one of ours."""
        return self.known(name)

    def judge(self, tree: Node | None) -> Verdict:
        """The verdict on the cell's formula."""
        try:
            self._judge(tree)
        except RefusedError as refused:
            return Verdict(refused.what)
        return Verdict(None, tuple(self.checks))

    def _judge(self, tree: Node | None) -> None:
        if self.cell.kind == "dataTable":
            raise RefusedError(Text("它是模拟运算表", "it is a data table"))
        if tree is None:
            raise RefusedError(Text("公式读不懂", "the formula cannot be read"))
        ours = any(part["node_type"] == "Function" and self.is_ours(plain_name(part["name"])) for part in walk(tree))
        # operators work cell by cell in array formulas; in an ordinary cell Excel takes one cell of the range instead
        self.lifts = ours or self.cell.area is not None
        if self.shape(tree) is not Shape.SCALAR and not self.lifts:
            raise RefusedError(one_cell(Text("结果", "the result")))

    def shape(self, node: Node) -> Shape:
        """What an expression gives; raises where the engine would go wrong."""
        kind = node["node_type"]
        if kind in {"Literal", "Omitted"}:
            return Shape.SCALAR
        if kind == "Reference":
            return self._reference(str(node["reference"]), depth=0)
        if kind == "Array":
            return Shape.ARRAY
        if kind == "UnaryOp":
            return self._unary(node)
        if kind == "BinaryOp":
            return self._binary(node)
        if kind == "Function":
            return self._function(node)
        raise RefusedError(Text("用了 LAMBDA", "it uses LAMBDA"))

    def area(self, node: Node) -> Area | None:
        """The cells that a reference means."""
        if node["node_type"] != "Reference":
            return None
        return self.locator.locate(str(node["reference"]), self.cell.place)

    def _reference(self, text: str, depth: int) -> Shape:
        owner, bang, _ = text.rpartition("!")
        if text.startswith("[") or (bang and "[" in owner):
            raise RefusedError(Text(f"引用了其他工作簿（{text}）", f"it refers to another workbook ({text})"))
        area = self.locator.locate(text, self.cell.place)
        if area is not None:
            return Shape.SCALAR if area.shape == (1, 1) else Shape.RANGE
        if "!" in text and ":" in text.rpartition("!")[0]:
            raise RefusedError(Text(f"引用了一叠工作表（{text}）", f"it refers to a stack of sheets ({text})"))
        named = self.locator.named_text(text, self.cell.place.sheet)
        if named is None or depth > 4:
            raise RefusedError(Text(f"不认识“{text}”", f"{text!r} is not known"))
        tree = parse_formula(named.lstrip("="))
        if tree is None or tree["node_type"] not in {"Literal", "UnaryOp"}:
            raise RefusedError(Text(f"名称“{text}”是一个公式", f"the name {text!r} stands for a formula"))
        return self.shape(tree)

    def _unary(self, node: Node) -> Shape:
        inner = self.shape(node["operand"])
        sign = node["operator"]
        if sign == "@" and inner is not Shape.SCALAR:
            raise RefusedError(one_cell(Text("@", "@")))
        if sign == "#":
            return Shape.RANGE
        return self._lifted(inner, sign)

    def _binary(self, node: Node) -> Shape:
        sign = node["operator"]
        if sign in {" ", ","}:
            raise RefusedError(Text("用了区域的交集或并集", "it uses an intersection or union of ranges"))
        left, right = self.shape(node["left"]), self.shape(node["right"])
        if sign == ":":
            return self._joined(node)
        shape = self._lifted(max(left, right, key=lambda shape: shape.value), sign)
        if shape is Shape.SCALAR:
            self._check_operands(node, sign)
        return shape

    def _joined(self, node: Node) -> Shape:
        """``A2:INDEX(...)``, the one computed range that is known to be right."""
        right = node["right"]
        if self.area(node["left"]) is None or right["node_type"] != "Function" or plain_name(right["name"]) != "INDEX":
            raise RefusedError(Text("区域的一端是算出来的", "one end of a range is computed"))
        return Shape.RANGE

    def _lifted(self, shape: Shape, sign: str) -> Shape:
        if shape is Shape.SCALAR:
            return shape
        if not self.lifts:
            raise RefusedError(one_cell(Text(f"运算符 {sign}", f"the operator {sign}")))
        return Shape.ARRAY

    def _check_operands(self, node: Node, sign: str) -> None:
        """Excel compares at 15 digits, the engine at 17; and a near-zero difference is zero to Excel."""
        sides = (node["left"], node["right"])
        if sign == "&":
            for side in sides:
                self.spell(side)
        elif (sign in _COMPARISONS and not any(_is_text(side) for side in sides)) or (
            sign == "-" and any(_computed(side) for side in sides)
        ):
            self.checks.append(ExpressionCheck(Doubt.TIE, sides))

    def spell(self, node: Node) -> None:
        """Note that a value is turned into text."""
        area = self.area(node)
        if area is not None:
            self.checks.append(AreaCheck(Doubt.LONG_NUMBER, area))
        elif not _is_text(node):
            self.checks.append(ExpressionCheck(Doubt.LONG_NUMBER, (node,)))

    def _function(self, node: Node) -> Shape:
        name = plain_name(node["name"])
        arguments = node["args"]
        if self.is_ours(name):
            for argument in arguments:
                self.shape(argument)
            return Shape.ARRAY
        if self.date1904 and name in _DATES:
            raise RefusedError(Text("工作簿用 1904 日期系统", "the workbook counts dates from 1904"))
        if name in RULES:
            return RULES[name](self, arguments)
        signature = SCALAR_FUNCTIONS.get(name) or ARRAY_FUNCTIONS.get(name)
        if signature is None:
            raise RefusedError(Text(f"函数 {name} 在这里没有核对过", f"the function {name} has not been verified here"))
        self._check_arguments(name, signature, arguments)
        return Shape.SCALAR if name in SCALAR_FUNCTIONS else Shape.ARRAY

    def _check_arguments(self, name: str, signature: Signature, arguments: list[Node]) -> None:
        for position, argument in enumerate(arguments):
            want = signature.want(position)
            if want is None:
                raise RefusedError(Text(f"{name} 的参数太多", f"{name} has too many arguments"))
            self.check_argument(name, want, argument)
        if name in {"SUMIF", "AVERAGEIF"} and len(arguments) == 2:
            self.check_argument(name, Wants.SUMMED, arguments[0])

    def check_argument(self, name: str, want: Wants, argument: Node) -> None:
        """Check one argument against what it may be."""
        shape = self.shape(argument)
        if want is Wants.ANY:
            return
        area = self.area(argument)
        if want in {Wants.REFERENCE, Wants.SUMMED}:
            if area is None:
                raise RefusedError(Text(f"{name} 的区域参数不是引用", f"{name} wants a reference to cells"))
            if want is Wants.SUMMED:
                self.checks.append(AreaCheck(Doubt.ERROR_VALUE, area))
            return
        if shape is not Shape.SCALAR:
            raise RefusedError(one_cell(Text(f"函数 {name}", f"the function {name}")))
        if want is Wants.TEXT:
            self.spell(argument)
        elif want is Wants.WHOLE:
            self.checks.append(ExpressionCheck(Doubt.ALMOST_WHOLE, (argument,)))
        elif want is Wants.CRITERION:
            self._criterion(name, argument)

    def _criterion(self, name: str, argument: Node) -> None:
        for part in walk(argument):
            value, area = part.get("value"), self.area(part)
            if isinstance(value, str) and "?" in value:
                raise RefusedError(Text(f"{name} 的条件里有通配符 ?", f"the condition of {name} has the wildcard ?"))
            if isinstance(value, Mapping) or (isinstance(value, str) and value.lstrip("<>=") in ERROR_KINDS):
                raise RefusedError(Text(f"{name} 的条件是错误值", f"the condition of {name} is an error value"))
            if area is not None:
                self.checks.append(AreaCheck(Doubt.WILDCARD, area))


def _is_text(node: Node) -> bool:
    return (node["node_type"] == "Literal" and isinstance(node.get("value"), str | bool)) or (
        node["node_type"] == "BinaryOp" and node["operator"] == "&"
    )


def _computed(node: Node) -> bool:
    """Whether an operand is itself worked out, not a constant or a cell."""
    return node["node_type"] in {"BinaryOp", "Function"}


def judge(
    cell: FormulaCell,
    tree: Node | None,
    locator: Locator,
    is_ours: Callable[[str], bool],
    *,
    date1904: bool = False,
) -> Verdict:
    """Whether the engine computes a formula as Excel does.

    Parameters
    ----------
    cell : FormulaCell
    tree : Node or None
        Its syntax tree; None when it cannot be read.
    locator : Locator
    is_ours : callable
        Whether a function (by plain name) is one of ours.
    date1904 : bool
        Whether serial numbers of dates count from 1904.
    """
    return Judge(cell, locator, is_ours, date1904).judge(tree)
