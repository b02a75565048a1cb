"""Checks across the columns of a table: rows and cells that carry another province's, column's or year's values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from lowcarbon_xl.audit.finding import Finding, Position, addresses, listed, number
from lowcarbon_xl.audit.path import Mask, Path, nearest_earlier, nearest_later, spikes
from lowcarbon_xl.audit.series import Series, by_sheet
from lowcarbon_xl.errors import Text

Cube = npt.NDArray[np.float64]

_FAR, _NEAR = 6.0, 3.0
"""Scales beyond which a value stands off its own path, and within which it lies on another."""
_LEAST = 0.05
_MOST_ROWS = 400
"""More suspicious rows than this in a year have another cause than two rows that changed places."""


def row_findings(series: Sequence[Series], paths: Sequence[Path]) -> Iterator[Finding]:
    """Findings across the series of one table (same units and years)."""
    usable = [
        i for i, one in enumerate(series) if one.dated and len(one.years) >= 3 and np.isfinite(paths[i].logs).any()
    ]
    if not usable:
        return
    chosen = [series[i] for i in usable]
    stack = _Stack([paths[i] for i in usable])
    swapped = np.zeros(stack.residual.shape, dtype=bool)
    yield from _swapped_provinces(chosen, stack, swapped)
    yield from _swapped_columns(chosen, stack, swapped)
    yield from _shifted_cells(chosen, stack, swapped)
    yield from _copied_rows(chosen)
    for one, path in zip(chosen, [paths[i] for i in usable], strict=True):
        yield from _shifted_column(one, path)


class _Stack:
    """Paths of several series as cubes, shape (series, units, years)."""

    __slots__ = ("expected", "far", "logs", "residual", "scale")

    def __init__(self, paths: Sequence[Path]) -> None:
        self.logs: Cube = np.stack([path.logs for path in paths])
        self.expected: Cube = np.stack([path.expected for path in paths])
        self.residual: Cube = np.stack([path.residual for path in paths])
        self.scale: Cube = np.stack([np.maximum(path.scale, 0.01) for path in paths])
        self.far: npt.NDArray[np.bool_] = np.stack([spikes(path, sigmas=_FAR, least=_LEAST) for path in paths])


def _swapped_provinces(series: Sequence[Series], stack: _Stack, swapped: Mask) -> Iterator[Finding]:
    """Two provinces whose values, in one year, lie each on the other's path: whole rows, or one column of them."""
    for year in range(stack.logs.shape[2]):
        rows = np.flatnonzero(stack.far[:, :, year].any(axis=0))
        if not 1 < len(rows) <= _MOST_ROWS:
            continue
        for a, b in combinations(rows.tolist(), 2):
            better = _exchange(stack, a, b, year)
            if better.any():
                swapped[better, a, year] = swapped[better, b, year] = True
                yield from _swap_findings([series[c] for c in np.flatnonzero(better).tolist()], a, b, year)


def _exchange(stack: _Stack, a: int, b: int, year: int) -> Mask:
    """The series in which two units fit far better in each other's place."""
    logs, expected = stack.logs[:, :, year], stack.expected[:, :, year]
    scale, far = stack.scale[:, :, year], stack.far[:, :, year]
    own = np.stack([np.abs(logs[:, u] - expected[:, u]) / scale[:, u] for u in (a, b)])
    other = np.stack(
        [np.abs(logs[:, b] - expected[:, a]) / scale[:, a], np.abs(logs[:, a] - expected[:, b]) / scale[:, b]]
    )
    single: Mask = np.asarray(far[:, [a, b]].all(axis=1) & (other < _NEAR).all(axis=0) & (own > 2 * other).all(axis=0))
    if single.sum() >= 2:  # whole rows: columns in which the two are alike anyway belong to it
        alike: Mask = (other < _NEAR).all(axis=0) & (own.sum(axis=0) > 1.5 * other.sum(axis=0))
        return np.asarray(single | alike)
    return single


def _swap_findings(series: Sequence[Series], a: int, b: int, year: int) -> Iterator[Finding]:
    """One finding, or one a sheet where the two stand in different sheets."""
    first = series[0]
    names = listed([one.label.text for one in series])
    keys = first.key(a, year), first.key(b, year)
    shown = f"{number(first.values[a, year])} / {number(first.values[b, year])}"
    sheets: dict[str, list[Position]] = {}
    for unit in (a, b):
        sheets.setdefault(first.sheet(unit, year), []).extend(one.position(unit, year) for one in series)
    for sheet, positions in sheets.items():
        yield Finding(
            "error",
            "swapped_provinces",
            sheet,
            addresses(positions),
            Text(
                f"{keys[0]} 与 {keys[1]} 的数像是互换了：{names.zh}（{shown}），各自正好接在对方前后年份之间",
                f"{keys[0]} and {keys[1]} seem to have changed places: {names.en} ({shown}); each continues the other's series",
            ),
            Text(
                "核对这两行的省份名称和数值，换回来", "Check the names and values of the two rows and change them back"
            ),
        )


def _swapped_columns(series: Sequence[Series], stack: _Stack, swapped: Mask) -> Iterator[Finding]:
    """Two columns of one row that lie each on the other's path."""
    both = stack.far & ~swapped
    for unit, year in np.argwhere(both.sum(axis=0) >= 2):
        columns = np.flatnonzero(both[:, unit, year])
        logs, expected = stack.logs[:, unit, year], stack.expected[:, unit, year]
        scale = stack.scale[:, unit, year]
        for a, b in combinations(columns.tolist(), 2):
            if swapped[a, unit, year] or swapped[b, unit, year]:
                continue
            if abs(logs[b] - expected[a]) < _NEAR * scale[a] and abs(logs[a] - expected[b]) < _NEAR * scale[b]:
                swapped[a, unit, year] = swapped[b, unit, year] = True
                yield _columns_finding(series[a], series[b], int(unit), int(year))


def _columns_finding(one: Series, other: Series, unit: int, year: int) -> Finding:
    shown = f"{number(one.values[unit, year])} / {number(other.values[unit, year])}"
    return Finding(
        "error",
        "swapped_columns",
        one.sheet(unit, year),
        addresses([one.position(unit, year), other.position(unit, year)]),
        Text(
            f"{one.key(unit, year)} 的“{one.label.text}”和“{other.label.text}”像是填反了（{shown}）",
            f"{one.key(unit, year)}: {one.label.text} and {other.label.text} seem to have changed places ({shown})",
        ),
        Text("核对这一行的两列，换回来", "Check the two columns of this row and change them back"),
    )


def _shifted_cells(series: Sequence[Series], stack: _Stack, swapped: Mask) -> Iterator[Finding]:
    """Cells of a row that hold what belongs into the column beside them."""
    order = sorted(range(len(series)), key=lambda c: series[c].header[1])
    logs, expected, scale = stack.logs[order], stack.expected[order], stack.scale[order]
    off = (stack.far & ~swapped)[order]
    for step in (1, -1):
        fits = off & (np.abs(np.roll(logs, -step, axis=0) - expected) < _NEAR * scale)
        fits[-1 if step > 0 else 0] = False
        for unit, year in np.argwhere(fits.sum(axis=0) >= 2):
            cells = [series[order[c]] for c in np.flatnonzero(fits[:, unit, year])]
            yield _shift_finding(cells, int(unit), int(year), step)


def _shift_finding(cells: Sequence[Series], unit: int, year: int, step: int) -> Finding:
    first = cells[0]
    side = Text("右", "right") if step > 0 else Text("左", "left")
    names = listed([one.label.text for one in cells])
    return Finding(
        "error",
        "shifted_cells",
        first.sheet(unit, year),
        addresses([one.position(unit, year) for one in cells]),
        Text(
            f"{first.key(unit, year)} 这一行有 {len(cells)} 个数像是错位了一列，应有的数在{side.zh}边一列：{names.zh}",
            f"{first.key(unit, year)}: {len(cells)} values seem shifted by a column; what belongs here stands one column to "
            f"the {side.en}: {names.en}",
        ),
        Text("核对这一行，把错开的单元格移回来", "Check the row and move the cells back"),
    )


def _shifted_column(series: Series, path: Path) -> Iterator[Finding]:
    """A column moved up or down by a row: at the border of provinces the neighbour's value stands."""
    units = len(series.units)
    if units < 4:
        return
    for down in (True, False):
        edge, other = (0, -1) if down else (-1, 0)
        logs = path.logs
        inner = nearest_later(logs)[:, 0] if down else nearest_earlier(logs)[:, -1]
        gap = np.abs(logs[:, edge] - inner)
        source = np.roll(logs[:, other], 1 if down else -1)
        continues = np.abs(logs[:, edge] - source) < 0.25 * gap
        wild = gap > np.maximum(8 * path.scale[:, edge], 0.5)
        wild[0 if down else -1] = False
        hits = np.flatnonzero(wild & continues)
        if len(hits) >= max(3, 0.2 * units):
            year = 0 if down else len(series.years) - 1
            mask = np.zeros(series.values.shape, dtype=bool)
            mask[hits, year] = True
            yield from _column_findings(series, mask, down)


def _column_findings(series: Series, mask: Mask, down: bool) -> Iterator[Finding]:
    way = Text("下", "down") if down else Text("上", "up")
    for sheet, places in by_sheet(series, mask).items():
        shown = listed([series.key(*place) for place in places])
        yield Finding(
            "error",
            "shifted_column",
            sheet,
            addresses([series.header, *series.positions(places)]),
            Text(
                f"“{series.label.text}”像是整列向{way.zh}错了一行：{shown.zh} 的数接的是邻省",
                f"{series.label.text} seems moved {way.en} by a row: at {shown.en} stands the neighbouring province's value",
            ),
            Text("对照省份和年份，把整列移回来", "Move the column back so that provinces and years match"),
        )


def _copied_rows(series: Sequence[Series]) -> Iterator[Finding]:
    """A row whose values are those of the year before."""
    moving = [one for one in series if _moves(one)]
    if len(moving) < 3:
        return
    values = np.stack([one.values for one in moving])
    same = (values[:, :, 1:] == values[:, :, :-1]) & (values[:, :, 1:] != 0)
    there = np.isfinite(values[:, :, 1:] + values[:, :, :-1])
    counts, present = same.sum(axis=0), there.sum(axis=0)
    for unit, year in np.argwhere((counts >= 3) & (counts >= 0.6 * present)):
        cells = [moving[c] for c in np.flatnonzero(same[:, unit, year])]
        first = cells[0]
        years = first.years[year], first.years[year + 1]
        yield Finding(
            "error",
            "copied_row",
            first.sheet(unit, year + 1),
            addresses([one.position(int(unit), int(year) + 1) for one in cells]),
            Text(
                f"{first.units[unit]} {years[1]} 年有 {len(cells)} 个数与 {years[0]} 年完全相同，像是整行照抄",
                f"{first.units[unit]} {years[1]}: {len(cells)} values equal those of {years[0]}, as if the row had been copied",
            ),
            Text(f"换成 {years[1]} 年的数", f"Put in the figures of {years[1]}"),
        )


def _moves(series: Series) -> bool:
    """Whether a series changes from year to year as a rule."""
    if not series.dated or series.values.shape[1] < 2:
        return False
    values = series.values
    there = np.isfinite(values[:, 1:] + values[:, :-1]) & (values[:, 1:] != 0)
    same = (values[:, 1:] == values[:, :-1]) & there
    return bool(there.any()) and bool(same.sum() < 0.2 * there.sum())
