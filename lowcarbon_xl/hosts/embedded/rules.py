"""What every special rule of the lint needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from lowcarbon_xl.hosts.embedded.allowed import Wants
from lowcarbon_xl.hosts.embedded.formulas import Node
from lowcarbon_xl.hosts.embedded.places import Area
from lowcarbon_xl.hosts.embedded.verdicts import Check, Shape


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


def scalars(judge: Judging, name: str, arguments: list[Node]) -> None:
    """Check that arguments are single values."""
    for argument in arguments:
        judge.check_argument(name, Wants.SCALAR, argument)


def widest(shapes: list[Shape]) -> Shape:
    """The shape of an expression that may give any of several."""
    return max(shapes, key=lambda shape: shape.value, default=Shape.SCALAR)


def literal(node: Node) -> object:
    """The value of a constant; a number with a sign too; None for anything else."""
    if node["node_type"] == "UnaryOp" and node["operator"] in {"-", "+"}:
        value = literal(node["operand"])
        return None if not isinstance(value, float | int) else -value if node["operator"] == "-" else value
    return node["value"] if node["node_type"] == "Literal" else None
