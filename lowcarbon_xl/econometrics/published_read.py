"""Reading a published regression table as it is printed, or as a list with one figure a row."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from lowcarbon_xl.econometrics.published_types import (
    Figure,
    PublishedCoefficient,
    PublishedMoments,
    PublishedStatistic,
    PublishedTable,
)
from lowcarbon_xl.errors import InputError, Text

Cell = object
Grid = Sequence[Sequence[Cell]]

_FIGURE = re.compile(
    r"^(?P<open>[(\[]?)(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?P<close>[)\]]?)(?P<stars>\**)$"
)
_SIZE_NAMES = {"n", "obs", "observations", "观测值", "样本量", "样本数", "观测数", "观察值"}
_R2_NAMES = {
    "r2",
    "r-squared",
    "rsquared",
    "r-sq",
    "within r2",
    "r2_within",
    "拟合优度",
    "r方",
    "adj.r2",
    "adj. r2",
    "adjusted r2",
}
_HEADINGS = {
    "table": {"table", "表"},
    "column": {"column", "model", "模型", "列"},
    "kind": {"row_type", "kind"},
    "variable": {"variable", "变量", "term"},
    "coefficient": {"text_as_printed", "coefficient", "coef", "系数"},
    "t": {"t_text", "t", "t值", "t_stat", "tstat"},
    "se": {"se", "std_err", "standard_error", "标准误"},
    "n": _SIZE_NAMES,
    "r2": _R2_NAMES,
}
_MOMENTS = {
    "n": _SIZE_NAMES,
    "mean": {"mean", "均值", "平均值"},
    "deviation": {"sd", "std", "std. dev.", "std.dev.", "standard deviation", "standard_deviation", "标准差"},
    "minimum": {"min", "minimum", "最小值"},
    "maximum": {"max", "maximum", "最大值"},
}


def normal_text(cell: Cell) -> str:
    """A cell as text: full-width forms, typographic minus signs and stars made plain."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    return re.sub(r"[−–—﹣]", "-", re.sub(r"[∗⁎＊★]", "*", text))


def parse_figure(cell: Cell, row: int, column: int) -> Figure | None:
    """A printed number with its stars, decimals and brackets; None when the cell is not one.

    Parameters
    ----------
    cell : object
        Text or number.
    row, column : int
        Its position.
    """
    text = normal_text(cell)
    if isinstance(cell, bool) or not text:
        return None
    match = _FIGURE.match(re.sub(r"[\s,]", "", text))
    if match is None:
        return None
    number = match["number"]
    mantissa = re.split("[eE]", number)[0]
    decimals = len(mantissa.split(".")[1]) if "." in mantissa else 0
    exponent = int(re.split("[eE]", number)[1]) if re.search("[eE]", number) else 0
    bracketed = bool(match["open"] or match["close"])
    return Figure(text, float(number), len(match["stars"]), decimals - exponent, bracketed, row, column)


def read_published(grid: Grid) -> PublishedTable:
    """Read a range: a printed regression table, a descriptive table, or a list of figures with headings.

    Parameters
    ----------
    grid : sequence of rows of cells
        Printed form: names in the first column, a coefficient row followed by a row of t or standard errors with an
        empty name, rows N and R2 below. List form: a heading row with at least variable, coefficient and t or se
        (also table, column, N, R2, row_type).

    Returns
    -------
    PublishedTable

    Raises
    ------
    InputError
        Nothing in the range looks like a coefficient or a moment.
    """
    grid = _as_printed(grid)
    headings = _headings(grid[0], _HEADINGS) if grid else {}
    if "variable" in headings and "coefficient" in headings:
        table = _read_list(grid, headings)
    else:
        moments = _read_moments(grid)
        table = PublishedTable((), (), moments) if moments else _read_print(grid)
    if not table.coefficients and not table.moments:
        raise InputError(
            Text("区域中没有读到回归系数", "no regression coefficient was found in the range"),
            Text(
                "第一列放变量名，系数行下面紧接 t 值或标准误行（变量名留空）",
                "Put names in the first column and the row of t or standard errors right below each coefficient row, "
                "its name left empty",
            ),
        )
    return table


def _as_printed(grid: Grid) -> Grid:
    """Numeric cells as text: a cell that holds -3.3 among three decimals was printed -3.300."""
    numbers = [cell for row in grid for cell in row if isinstance(cell, float) and not float(cell).is_integer()]
    decimals = [len(f"{cell!r}".partition(".")[2]) for cell in numbers if "e" not in f"{cell!r}"]
    usual = Counter(decimals).most_common(1)[0][0] if decimals else 0

    def printed(cell: Cell) -> Cell:
        if not isinstance(cell, float) or not math.isfinite(cell):
            return cell
        if float(cell).is_integer():
            return str(int(cell))
        own = len(f"{cell!r}".partition(".")[2])
        return f"{cell:.{max(own, usual)}f}"

    width = max((len(row) for row in grid), default=0)
    return [[*(printed(cell) for cell in row), *[None] * (width - len(row))] for row in grid]


def _headings(row: Sequence[Cell], known: dict[str, set[str]]) -> dict[str, int]:
    texts = [normal_text(cell).casefold() for cell in row]
    found = {}
    for key, names in known.items():
        places = [place for place, text in enumerate(texts) if text in names]
        if places:
            found[key] = places[0]
    return found


def _read_print(grid: Grid) -> PublishedTable:
    titles = {column: _title(grid, column) for column in range(1, max(len(row) for row in grid))} if grid else {}
    statistics = []
    sizes: dict[int, Figure] = {}
    raw: list[tuple[str, Figure, Figure | None]] = []
    for row, cells in enumerate(grid):
        name = normal_text(cells[0]) if cells else ""
        key = name.casefold().replace("²", "2")
        pairs = [_split_cell(cells[place], row, place) for place in range(1, len(cells))]
        figures = [figure for figure, _ in pairs if figure is not None]
        if key in _SIZE_NAMES or key in _R2_NAMES:
            label = "N" if key in _SIZE_NAMES else "R2"
            statistics += [PublishedStatistic("", titles[figure.column], label, figure) for figure in figures]
            sizes |= {figure.column: figure for figure in figures if label == "N"}
        elif name:
            follows = row + 1 < len(grid) and not normal_text(grid[row + 1][0])
            for figure, beside in pairs:
                if figure is None or figure.bracketed:
                    continue
                under = parse_figure(grid[row + 1][figure.column], row + 1, figure.column) if follows else None
                if beside or under:
                    raw.append((name, figure, beside or under))
    coefficients = tuple(
        PublishedCoefficient("", titles[figure.column], name, figure, below, None, None, sizes.get(figure.column))
        for name, figure, below in raw
    )
    return PublishedTable(coefficients, tuple(statistics), ())


def _split_cell(cell: Cell, row: int, column: int) -> tuple[Figure | None, Figure | None]:
    """A coefficient and, when the same cell holds it too, the bracket after it."""
    match = re.match(r"^(.+?)\s*([(\[].+[)\]])$", normal_text(cell))
    if match is None:
        return parse_figure(cell, row, column), None
    coefficient, bracket = (parse_figure(part, row, column) for part in match.groups())
    return (coefficient, bracket) if coefficient and bracket else (parse_figure(cell, row, column), None)


def _title(grid: Grid, column: int) -> str:
    """The text above the first figure of a column."""
    parts = []
    for row, cells in enumerate(grid):
        cell = cells[column] if column < len(cells) else None
        figure = parse_figure(cell, row, column)
        if figure is not None and not (figure.bracketed and figure.decimals == 0):
            break
        parts.append(normal_text(cell))
    return " ".join(part for part in parts if part) or str(column)


def _read_list(grid: Grid, headings: dict[str, int]) -> PublishedTable:
    coefficients: list[PublishedCoefficient] = []
    moments: dict[tuple[str, str], dict[str, Figure | None]] = {}
    statistics: dict[tuple[str, str, str], PublishedStatistic] = {}
    for row, cells in enumerate(grid[1:], start=1):
        figures = {
            key: parse_figure(cells[headings[key]], row, headings[key])
            for key in ("coefficient", "t", "se", "n", "r2")
            if key in headings
        }
        table, model, variable = (
            normal_text(cells[headings[key]]) if key in headings else "" for key in ("table", "column", "variable")
        )
        kind = normal_text(cells[headings["kind"]]).casefold() if "kind" in headings else "coefficient"
        coefficient = figures["coefficient"]
        if kind == "descriptive" and coefficient is not None:
            known = moments.setdefault((table, variable), {"n": figures.get("n")})
            known |= {key: coefficient for key, names in _MOMENTS.items() if model.casefold() in names}
        if kind != "coefficient" or coefficient is None:
            continue
        size = figures.get("n")
        coefficients.append(
            PublishedCoefficient(table, model, variable, coefficient, None, figures.get("t"), figures.get("se"), size)
        )
        for name, figure in (("N", size), ("R2", figures.get("r2"))):
            if figure is not None:
                statistics.setdefault((table, model, name), PublishedStatistic(table, model, name, figure))
    described = tuple(
        PublishedMoments(table, variable, *(known.get(key) for key in _MOMENTS))
        for (table, variable), known in moments.items()
    )
    return PublishedTable(tuple(coefficients), tuple(statistics.values()), described)


def _read_moments(grid: Grid) -> tuple[PublishedMoments, ...]:
    """A descriptive table: a heading row that names at least three moments."""
    for start, cells in enumerate(grid):
        places = _headings(cells, _MOMENTS)
        if len(places) >= 3:
            return tuple(
                PublishedMoments(
                    "",
                    normal_text(line[0]),
                    *(parse_figure(line[places[key]], row, places[key]) if key in places else None for key in _MOMENTS),
                )
                for row, line in enumerate(grid[start + 1 :], start=start + 1)
                if normal_text(line[0])
            )
    return ()
