"""What a traced number should be, worked out anew from the traced cells alone (NumPy and SciPy, none of our own code)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import linprog

from lowcarbon_xl.audit.trace import Trace
from lowcarbon_xl.cells import rectangle

FACTORS = {
    "原煤": 1.9003, "焦炭": 2.8604, "原油": 3.0202, "汽油": 2.9251, "煤油": 3.0179, "柴油": 3.0959, "燃料油": 3.1705,
    "液化石油气": 3.1013, "天然气": 21.622,
}  # fmt: skip
"""10^4 t CO2 per 10^4 t (gas: per 10^8 m3): GB/T 2589 heat values x provincial-guideline carbon content x oxidation."""


def offset(trace: Trace) -> tuple[int, int]:
    """Rows and columns from the formula's cell to the cell asked about."""
    row, column, _, _ = rectangle(trace.cell.rpartition("!")[2])
    first, left, _, _ = rectangle(trace.anchor.rpartition("!")[2])
    return row - first, column - left


Rows = dict[tuple[str, int], dict[str, float]]

INPUTS, GOOD, BAD = ("劳动", "资本存量", "能源消费"), "实际GDP", "二氧化碳"
WEIGHTS = np.array([1 / 6, 1 / 6, 1 / 6, 1 / 4, 1 / 4])
SIGNS = np.array([1.0, 1.0, 1.0, -1.0, 1.0])


def by_row(trace: Trace) -> Rows:
    """The traced cells by unit and year, from what they are called: ``山西 2010 能源消费``."""
    rows: Rows = defaultdict(dict)
    for cell in trace.cells:
        match = re.match(r"(\S+) (\d{4}) (.+)$", cell.what)
        if match is not None and isinstance(cell.value, float):
            rows[match[1], int(match[2])][match[3]] = cell.value
    return rows


def by_name(trace: Trace) -> dict[str, list[float]]:
    """The traced numbers by the header above them."""
    found: dict[str, list[float]] = defaultdict(list)
    for cell in trace.cells:
        if isinstance(cell.value, float):
            found[cell.what].append(cell.value)
    return found


def emissions(trace: Trace) -> float:
    return sum(FACTORS[name] * value for name, (value,) in by_name(trace).items())


def capital(trace: Trace) -> float:
    rows = by_row(trace)
    (unit,) = {unit for unit, _ in rows}
    year = shown_year(trace)
    investment = {y: next(v for k, v in rows[unit, y].items() if "指数" not in k) for u, y in rows}
    deflator = {2000: 1.0}
    for y in range(2001, max(investment) + 1):
        deflator[y] = deflator[y - 1] * next(v for k, v in rows[unit, y].items() if "指数" in k) / 100
    real = {y: investment[y] / deflator[y] for y in investment}
    growth = (real[2005] / real[2000]) ** 0.2 - 1
    stock = real[2001] / (0.1096 + growth)
    for y in range(2001, year + 1):
        stock = (1 - 0.1096) * stock + real[y]
    return stock


def shown_year(trace: Trace) -> int:
    return int(trace.sections[0].rows[-1][0])


def real_gdp(trace: Trace) -> float:
    rows = sorted(by_row(trace).items(), key=lambda item: item[0][1])
    (base,) = [value for _, cells in rows for name, value in cells.items() if "指数" not in name]
    return base * float(np.prod([v / 100 for _, cells in rows for name, v in cells.items() if "指数" in name]))


def upgrading(trace: Trace) -> float:
    values = np.array([float(cell.value) for cell in trace.cells])
    added, employed = values[:3], values[3:]
    return float((added / added.sum() * (added / employed)).sum())


def energy_efficiency(trace: Trace) -> float:
    gdp, energy = (float(cell.value) for cell in trace.cells)
    return gdp / energy


def entropy(trace: Trace) -> float:
    names = by_name(trace)
    data = np.column_stack(list(names.values()))
    low, high = data.min(axis=0), data.max(axis=0)
    scores = (data - low) / (high - low)
    scores[:, 2] = 1 - scores[:, 2]
    share = scores / scores.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        e = -np.nansum(share * np.log(share), axis=0) / np.log(len(data))
    weights = (1 - e) / (1 - e).sum()
    return float((scores @ weights)[offset(trace)[0] - 1])


def robots(trace: Trace) -> float:
    """Sum over industries of (L_ij / L_i) (R_jt / L_j); the section only tells which cells belong together."""
    values = {cell.address: float(cell.value) for cell in trace.cells if isinstance(cell.value, float)}
    unit = trace.sections[0].title.zh.split()[0]
    (total,) = (float(cell.value) for cell in trace.cells if cell.what == f"{unit} 总就业")
    found = 0.0
    for industry, own, robot, *_ in trace.sections[0].rows[1:-1]:
        column = [cell for cell in trace.cells if cell.what.endswith(f" {industry}")]
        foreign = [float(cell.value) for cell in column if cell.what.startswith("就业")]
        national = foreign[0] if foreign else sum(float(c.value) for c in column if not re.match(r"\d", c.what))
        found += values[str(own)] / total * values[str(robot)] / national
    return found


def inefficiency(rows: Rows, who: tuple[str, int], years: Sequence[int] | None) -> float:
    """SBM-DDF of Fukuyama and Weber (2009), CRS, against the traced rows of some years."""
    names = (*INPUTS, GOOD, BAD)
    own = np.array([rows[who][name] for name in names])
    pool = np.array([[rows[key][n] for n in names] for key in rows if years is None or key[1] in years])
    prices = np.concatenate([np.zeros(len(pool)), WEIGHTS])
    equal = np.hstack([(pool / own).T, np.diag(SIGNS)])
    found = linprog(-prices, A_eq=equal, b_eq=np.ones(5), method="highs")
    assert found.status == 0
    return float(-found.fun)


def the_years(trace: Trace) -> list[tuple[str, int]]:
    """Who is measured, from the titles of the programs."""
    found = [re.search(r"：(\S+) (\d{4})，前沿", section.title.zh) for section in trace.sections]
    return [(m[1], int(m[2])) for m in found if m is not None]


def gtfp(trace: Trace) -> float:
    rows, column = by_row(trace), offset(trace)[1]
    who = sorted(set(the_years(trace)), key=lambda key: key[1])
    before, now = who[0], who[-1]
    common = [1 + inefficiency(rows, key, None) for key in (before, now)]
    if column in (0, 3):
        return common[0] / common[1]
    own = [1 + inefficiency(rows, key, [key[1]]) for key in (before, now)]
    change = own[0] / own[1]
    return change if column == 1 else common[0] / common[1] / change


def sbm(trace: Trace) -> float:
    """The score; or a slack as own data less what the peers do with it, by the lambdas told."""
    rows, column = by_row(trace), offset(trace)[1]
    (who,) = the_years(trace)
    if column == 0:
        return inefficiency(rows, who, None)
    position = column - 1
    name = (*INPUTS, GOOD, BAD)[position]
    combined = sum(float(line[2]) * rows[str(line[0]).split()[0], int(str(line[0]).split()[1])][name]
                   for line in trace.sections[1].rows[1:])  # fmt: skip
    return float(SIGNS[position] * (rows[who][name] - combined))


def abatement(trace: Trace) -> float | tuple[float, float]:
    """Least, largest, or (between these two) any ratio of the duals of the radial program of one year."""
    rows, column = by_row(trace), offset(trace)[1]
    (who,) = the_years(trace)
    names = (*INPUTS, GOOD, BAD)
    own = np.array([rows[who][name] for name in names])
    pool = np.array([[rows[key][name] for name in names] for key in rows]) / own
    # primal: max beta, sum lambda x <= x, sum lambda y >= (1 + beta) y, sum lambda b = (1 - beta) b, relative to own data
    objective = np.r_[np.zeros(len(pool)), -1.0]
    above = np.vstack([np.c_[pool[:, :3].T, np.zeros(3)], np.r_[-pool[:, 3], 1.0]])
    found = linprog(objective, A_ub=above, b_ub=np.r_[np.ones(3), -1.0], A_eq=[np.r_[pool[:, 4], 1.0]], b_eq=[1.0])
    step = -found.fun
    # duals (x, y, b) with y = 1: every unit's x'v - y + b w >= 0, own value = step (1 + w), and the scale 1 + w >= 0
    ends = []
    for sign in (1.0, -1.0):
        ratio = linprog(
            [0, 0, 0, sign],
            A_ub=-np.c_[pool[:, :3], pool[:, 4]],
            b_ub=-pool[:, 3],
            A_eq=[[1.0, 1.0, 1.0, 1.0 - step]],
            b_eq=[1.0 + step],
            bounds=[(0, None)] * 3 + [(-1, None)],
        )
        ends.append(sign * ratio.fun * own[3] / own[4])
    low, high = ends
    return ((low, high), low, high)[column]


def describe(trace: Trace) -> float:
    values = np.array([float(cell.value) for cell in trace.cells])
    position = offset(trace)[1] - 1
    ordered = np.sort(values)
    n = len(values)

    def percentile(p: float) -> float:  # Stata: the mean of two neighbours where n p / 100 is whole
        at = n * p / 100
        return float((ordered[int(at) - 1] + ordered[int(at)]) / 2 if at == int(at) else ordered[int(np.ceil(at)) - 1])

    statistics = (
        n,
        values.mean(),
        values.std(ddof=1),
        ordered[0],
        percentile(25),
        percentile(50),
        percentile(75),
        ordered[-1],
    )
    return float(statistics[position])


def coefficient(trace: Trace) -> float:
    """Least squares, or two-stage least squares, with a dummy for every province and year."""
    rows = by_row(trace)
    units, years = sorted({u for u, _ in rows}), sorted({y for _, y in rows})
    dummies = np.array(
        [[*(u == unit for unit in units), *(y == year for year in years[1:])] for u, y in rows], dtype=float
    )
    term = re.match(r"逐省剔除：(\S+) 的系数", trace.sections[-1].title.zh)
    assert term is not None
    written = [text.strip('"') for _, text in trace.arguments]
    controls = re.findall(r"controls=([^;\"]+)", trace.formula)
    names = controls[0].strip().split(",") if controls else []
    iv = trace.function == "IVREG"
    y = np.array([row[written[1]] for row in rows.values()])
    own = np.column_stack([[row[name] for row in rows.values()] for name in ("AI", *names)])
    x = np.hstack([own, dummies])
    if iv:
        z = np.hstack([np.array([[row["IV"]] for row in rows.values()]), x[:, 1:]])
        x[:, 0] = z @ np.linalg.lstsq(z, x[:, 0], rcond=1e-12)[0]
    solved = np.linalg.lstsq(x, y, rcond=1e-12)[0]
    return float(solved[["AI", *names].index(term[1])])


def average(trace: Trace) -> float:
    """AVERAGEIFS over the region named in the cell's header and the year at its row."""
    cells = {cell.address: cell.value for cell in trace.cells}
    regions, years = ([v for k, v in cells.items() if re.match(p, k)] for p in (r"区域![A-Z]+4$", r"区域!A(?!4$)"))
    picked = [
        cells[f"面板!M{row}"]
        for row in range(5, 515)
        if cells[f"面板!H{row}"] == regions[0] and cells[f"面板!B{row}"] == years[0]
    ]
    return float(np.mean([float(value) for value in picked]))


RECOMPUTED: dict[str, Callable[[Trace], float | tuple[float, float]]] = {
    "EMISSIONS": emissions,
    "CAPITALSTOCK": capital,
    "REALGDP": real_gdp,
    "UPGRADING": upgrading,
    "ENERGYEFFICIENCY": energy_efficiency,
    "ENTROPYINDEX": entropy,
    "ROBOTS": robots,
    "GTFP": gtfp,
    "SBMDDF": sbm,
    "ABATEMENTCOST": abatement,
    "DESCRIBE": describe,
    "TWFE": coefficient,
    "IVREG": coefficient,
    "": average,
}
