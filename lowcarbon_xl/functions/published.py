"""=CHECKTABLE: a published regression table held against itself."""

from __future__ import annotations

from typing import cast

from lowcarbon_xl.catalogue import OPTIONS, Argument, Group, Kind, Shape, worksheet_function
from lowcarbon_xl.cells import Block, CellError, Output, Spill
from lowcarbon_xl.econometrics.published import STAR_LEVELS, Brackets, check_table
from lowcarbon_xl.econometrics.published_read import read_published
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.options import COMMON, Option, Options, split_names
from lowcarbon_xl.sheet.spill import row_spill
from lowcarbon_xl.sheet.table import trim

_CERTAINTY = {"certain": Text("确定", "certain"), "borderline": Text("边缘", "borderline")}


@worksheet_function(
    "CHECKTABLE",
    Group.AUDIT,
    summary=Text(
        "核对已发表的回归表：星号、t、N、R2 是否自相矛盾",
        "Check a published regression table against itself: stars, t, N, R2",
    ),
    detail=Text(
        "粘贴回归表（系数带星号，下一行是括号里的 t 值或标准误，末尾 N、R2），或一列一个数字的清单。“确定”是任何舍入和分布下都说不通的；"
        "“边缘”取决于星号按正态还是 t 分布判定。",
        "Paste a regression table (coefficients with stars, below them t or standard errors in brackets, N and R2 at the end), or a list "
        "of figures with headings. certain contradicts the print under any rounding and distribution; borderline depends on whether "
        "stars follow the normal or the t distribution.",
    ),
    arguments=(
        Argument(
            "range",
            Text("区域", "range"),
            Text("粘贴的回归表或清单", "The pasted table, or a list of its figures"),
            Kind.RANGE,
        ),
        OPTIONS,
    ),
    options=(
        Option(
            "brackets",
            "choice",
            Text(
                "brackets=auto（默认）| t | se：括号里是什么",
                "brackets=auto (default) | t | se: what stands in brackets",
            ),
            choices=("auto", "t", "se"),
            aliases={"括号": "brackets"},
        ),
        Option(
            "stars",
            "text",
            Text("stars=0.1,0.05,0.01 一、二、三星的水平", "stars=0.1,0.05,0.01 levels of one, two, three stars"),
            aliases={"星号": "stars"},
        ),
        Option(
            "n",
            "number",
            Text("n=300 正文所说的样本数", "n=300 the sample that the text describes"),
            aliases={"样本数": "n"},
        ),
        *COMMON,
    ),
    shape=Shape.TABLE,
    spills=Text(
        "每个发现一行：确定性、规则、单元格、数字、证据、改法",
        "a row a finding: certainty, rule, cell, figure, evidence, remedy",
    ),
    example="=CHECKTABLE(发表!A4:D14)",
)
def check_published(range_: Block, options: Options) -> Spill:
    """Contradictions of a printed table."""
    block = trim(range_)
    grid = [[None if isinstance(cell, CellError) else cell for cell in row] for row in block.values]
    try:
        table = read_published(grid)
    except InputError as error:
        error.where = error.where or range_.whole
        raise
    sample = options.number("n", 0.0)
    findings = check_table(
        table,
        brackets=cast(Brackets, options.text("brackets", "auto")),
        levels=_levels(options.text("stars")),
        sample=int(sample) if sample else None,
    )
    rows: list[tuple[Output, ...]] = [
        (
            _CERTAINTY[finding.certainty],
            finding.rule,
            block.address(finding.row, finding.column),
            " / ".join(filter(None, (finding.table, finding.model, finding.variable))),
            finding.evidence,
            finding.remedy,
        )
        for finding in findings
    ]
    headers = [
        Text("确定性", "certainty"),
        Text("规则", "rule"),
        Text("单元格", "cell"),
        Text("数字", "figure"),
        Text("证据", "evidence"),
        Text("改法", "remedy"),
    ]
    clean = (Text("无", "ok"), "", block.whole, "", Text("没有发现矛盾", "no contradiction found"), "")
    read = Text(
        f"读了 {len(table.coefficients)} 个系数、{len(table.statistics)} 个统计量、{len(table.moments)} 行描述统计",
        f"read {len(table.coefficients)} coefficients, {len(table.statistics)} statistics, {len(table.moments)} rows of moments",
    )
    return row_spill(headers, rows or [clean], options, (read,))


def _levels(text: str) -> tuple[float, ...]:
    if not text:
        return STAR_LEVELS
    try:
        levels = tuple(float(part) for part in split_names(text))
    except ValueError:
        levels = ()
    if not levels or not all(0 < level < 1 for level in levels):
        raise InputError(
            Text(f"星号水平“{text}”不对", f"levels {text!r} make no sense"),
            Text("写成 stars=0.1,0.05,0.01", "Write stars=0.1,0.05,0.01"),
        )
    return levels
