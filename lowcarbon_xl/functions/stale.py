"""=STALE: whether a result still rests on the inputs that it was computed from."""

from __future__ import annotations

from lowcarbon_xl.audit.stale import judge
from lowcarbon_xl.catalogue import Argument, Group, Kind, Shape, worksheet_function
from lowcarbon_xl.cells import Block, Spill
from lowcarbon_xl.errors import Text

_MOST_RANGES = 6


def _range(number: int) -> Argument:
    first = number == 1
    name = "range" if first else f"range{number}"
    return Argument(
        name,
        Text("区域" if first else f"区域{number}", name),
        Text(
            "现在的输入区域，与当时的同一顺序；用运行号时再加上台账",
            "An input as it is now, in the order of the run; with a run id also the ledger",
        ),
        Kind.RANGE,
        optional=not first,
    )


@worksheet_function(
    "STALE",
    Group.AUDIT,
    summary=Text(
        "输入改动过没有：有效，或过期并说明改了什么",
        "Whether inputs changed since a run: fresh, or stale and what changed",
    ),
    detail=Text(
        "第一个参数是当时的指纹（=HASH 的结果，几个区域用分号隔开）、快照的单元格，或运行号（这时把台账也作为一个区域给出）。"
        "与数字格式、所用软件无关，有主键的表也与行序无关。只有指纹时说明哪个区域变了；有快照时列出改动的单元格：旧值 -> 新值。",
        "The first argument is what was then: a hash (as =HASH gives it; several separated by semicolons), the cells of a snapshot, "
        "or the id of a run (then give the ledger as a range as well). Number formats and the spreadsheet program do not matter, nor "
        "does the order of rows in a table with keys. A hash tells which range changed, a snapshot which cells: old -> new.",
    ),
    arguments=(
        Argument(
            "run",
            Text("运行", "run"),
            Text(
                "指纹、快照的单元格，或台账里的运行号",
                "A hash, the cells of a snapshot, or the id of a run in the ledger",
            ),
            Kind.RANGE,
        ),
        *(_range(number) for number in range(1, _MOST_RANGES + 1)),
    ),
    shape=Shape.SCALAR,
    spills=Text("一段文字：有效，或过期和改动", "one text: fresh, or stale and what changed"),
    example="=STALE(HASH(面板!A4:G514),面板!A4:G514)",
)
def stale(run: Block, *ranges: Block | None) -> Spill:
    """Fresh, or stale with what changed."""
    return Spill(((judge(run, [block for block in ranges if block is not None]).text,),))
