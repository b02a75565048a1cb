"""=GTFP: the green productivity index, its decomposition and its conventions."""

from __future__ import annotations

import re
from typing import cast

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Group, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.functions.frontier_options import SHARED, listed_weights, proof_note, read_measure
from lowcarbon_xl.options import Option, Options
from lowcarbon_xl.panel.panel import Vector
from lowcarbon_xl.productivity.bootstrap import BootstrapIntervals, bootstrap_gml
from lowcarbon_xl.productivity.decomposition import DecompositionName, decompose
from lowcarbon_xl.productivity.indices import IndexName, ProductivityChange, productivity_change
from lowcarbon_xl.productivity.periods import Gaps
from lowcarbon_xl.productivity.technology import Production
from lowcarbon_xl.provenance import note_seed
from lowcarbon_xl.sheet.production import read_production, role_note
from lowcarbon_xl.sheet.spill import column_spill, number_cell, number_cells
from lowcarbon_xl.sheet.table import Table, read_table


@worksheet_function(
    "GTFP",
    Group.PRODUCTIVITY,
    summary=Text("绿色全要素生产率指数（GML）及其分解", "Green total factor productivity (GML) and its decomposition"),
    detail=Text(
        "默认 GML（Oh 2010）基于 SBM 方向性距离函数：GML=(1+S^G(t))/(1+S^G(t+1))，EC=(1+S^t(t))/(1+S^{t+1}(t+1))，TC=GML/EC；"
        "累积指数以首年（或 base=）为 1。大于 1 是改善。首年没有指数，得 #N/A。增加一年会改动以往的 GML，除非 frozen=。",
        "Default GML (Oh 2010) on the SBM directional distance function: GML = (1+S^G_t)/(1+S^G_t+1), EC = (1+S^t_t)/"
        "(1+S^t+1_t+1), TC = GML/EC; cumulative is 1 in the first year (or base=). Above 1 is improvement. A first year has no "
        "index: #N/A. Adding a year revises past GML values unless frozen= is set.",
    ),
    arguments=(PANEL, OPTIONS),
    options=(
        Option(
            "index",
            "choice",
            Text(
                "index=GML（默认）| ML | Luenberger | GlobalLuenberger",
                "index=GML (default) | ML | Luenberger | GlobalLuenberger",
            ),
            choices=("GML", "ML", "Luenberger", "GlobalLuenberger"),
            aliases={"指数": "index"},
        ),
        Option(
            "reference",
            "choice",
            Text(
                "reference=global（GML）；ML：contemporaneous（默认）| sequential | biennial | window(3)",
                "reference=global (GML); for ML contemporaneous (default) | sequential | biennial | window(3)",
            ),
            choices=("global", "contemporaneous", "sequential", "biennial", "window()"),
            aliases={
                "参考": "reference",
                "全局": "global",
                "当期": "contemporaneous",
                "序列": "sequential",
                "两期": "biennial",
            },
        ),
        Option(
            "base",
            "number",
            Text("base=2013 累积指数为 1 的年份", "base=2013 the year in which cumulative is 1"),
            aliases={"基年": "base"},
        ),
        Option(
            "frozen",
            "text",
            Text("frozen=2010-2020 全局前沿只用这些年份", "frozen=2010-2020 the years that make the global frontier"),
            aliases={"固定前沿": "frozen"},
        ),
        Option(
            "gaps",
            "choice",
            Text(
                "gaps=refuse（默认，缺年报错）| allow（缺年后一年 #N/A）| periods（跨期变化）",
                "gaps=refuse (default) | allow (the year after a gap is #N/A) | periods (change over several years)",
            ),
            choices=("refuse", "allow", "periods"),
            aliases={"缺年": "gaps"},
        ),
        Option(
            "decompose",
            "choice",
            Text(
                "decompose=ECTC（默认）| FGNZ | RD：用 VRS 把 EC 再分为纯效率 PEC 和规模 SEC",
                "decompose=ECTC (default) | FGNZ | RD: split EC into pure efficiency and scale by VRS",
            ),
            choices=("ECTC", "FGNZ", "RD"),
            aliases={"分解": "decompose"},
        ),
        Option(
            "bootstrap",
            "number",
            Text(
                "bootstrap=200 按省份抽样的区间，两列（探索性，仅 GML）",
                "bootstrap=200 intervals by drawing provinces, two more columns (exploratory, GML only)",
            ),
            aliases={"自助法": "bootstrap"},
        ),
        Option(
            "seed",
            "number",
            Text("seed=20240101 抽样的种子", "seed=20240101 seed of the draws"),
            aliases={"种子": "seed"},
        ),
        *SHARED,
    ),
    spills=Text("指数、EC、TC、累积指数四列", "four columns: index, EC, TC, cumulative"),
    example="=GTFP(面板!A4:G514)",
)
def gtfp_of(panel: Block, options: Options) -> Spill:
    """Index, efficiency change, technical change and cumulative index of every row."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    production = read_production(table, options)
    _require_two_years(table, production)
    with table.located():
        if options.text("decompose", "ECTC") != "ECTC":
            return _decomposed(table, production, options)
        result = productivity_change(
            production,
            read_measure(options),
            cast(IndexName, options.text("index", "GML")),
            options.text("reference") or None,
            base=cumulative_base(options),
            frozen=frozen_years(options),
            gaps=gaps_option(options),
        )
        interval = _interval(production, options) if "bootstrap" in options else None
    headers: list[Output] = [Text(f"{result.name}指数", "index"), "EC", "TC", Text("累积指数", "cumulative")]
    columns = _cells(result, result.index, result.efficiency_change, result.technical_change)
    columns.append(number_cells(result.cumulative, _BROKEN_CHAIN))
    notes = _notes(table, production, result)
    if interval is not None:
        headers += [Text("下限（探索性）", "low (exploratory)"), Text("上限（探索性）", "high (exploratory)")]
        columns += _cells(result, interval.low, interval.high)
        notes = (*notes, interval.label)
    return column_spill(headers, columns, options, notes)


_BROKEN_CHAIN = Text(
    "链条在此之前断开，或没有基年。", "The chain is broken before this year, or the base year is missing."
)


def _cells(result: ProductivityChange, *columns: Vector) -> list[list[Output]]:
    """Columns whose missing values carry the row's own reason."""
    return [[number_cell(v, r) for v, r in zip(values, result.reasons, strict=True)] for values in columns]


def _decomposed(table: Table, production: Production, options: Options) -> Spill:
    """The constant-returns index with pure efficiency and scale."""
    found = decompose(
        production,
        cast(DecompositionName, options.text("decompose")),
        read_measure(options),
        cast(IndexName, options.text("index", "GML")),
        options.text("reference") or None,
        base=cumulative_base(options),
        frozen=frozen_years(options),
        gaps=gaps_option(options),
    )
    parts = (found.index, found.pure_efficiency_change, found.scale_efficiency_change, found.technical_change)
    columns = _cells(found.variable, *parts)
    columns.append(number_cells(found.constant.cumulative, _BROKEN_CHAIN))
    headers: list[Output] = [
        Text(f"{found.constant.name}指数", "index"),
        "PEC",
        "SEC",
        "TC",
        Text("累积指数", "cumulative"),
    ]
    how = Text(f"{found.name} 分解：CRS 指数，VRS 的纯效率", f"{found.name}: the CRS index, pure efficiency by VRS")
    return column_spill(headers, columns, options, (how, *_notes(table, production, found.constant)))


def _interval(production: Production, options: Options) -> BootstrapIntervals:
    """Intervals of the GML; other indices have none."""
    if options.text("index", "GML") != "GML":
        raise InputError(
            Text("抽样区间只用于 GML", "intervals are there for GML only"),
            Text("去掉 bootstrap=，或用 index=GML", "Drop bootstrap=, or use index=GML"),
        )
    draws, seed = options.number("bootstrap", 200.0), options.number("seed", 20240101.0)
    note_seed(int(seed))
    return bootstrap_gml(
        production, read_measure(options), replications=int(draws), seed=int(seed), gaps=gaps_option(options)
    )


def gaps_option(options: Options) -> Gaps:
    """What a missing year means."""
    return cast(Gaps, options.text("gaps", "refuse"))


def _require_two_years(table: Table, production: Production) -> None:
    years = np.unique(production.years)
    if len(years) < 2:
        raise InputError(
            Text(f"只有 {years[0]} 一年，没有变化可算", f"{years[0]} is the only year: there is no change to compute"),
            Text("至少选两年；一年的效率用 SBMDDF", "Select two years at least; for one year use SBMDDF"),
            where=table.block.whole,
        )


def _notes(table: Table, production: Production, result: ProductivityChange) -> tuple[Text, ...]:
    """Every convention that moved a number."""
    base = "首年" if result.base is None else str(result.base)
    notes = [
        Text(
            f"{result.name}，前沿 {result.reference}，{result.measure}，权重 {listed_weights(result.weights)}，累积基年 {base}",
            f"{result.name}, reference {result.reference}, {result.measure}, weights {listed_weights(result.weights)}, "
            f"cumulative base {'first year' if result.base is None else result.base}",
        ),
        role_note(table, production),
        proof_note(result.worst_certificate, result.solvers),
        *result.notes,
    ]
    if result.infeasible:
        notes.append(
            Text(
                f"{result.infeasible} 个跨期规划不可行（已证明），对应单元格为 #N/A",
                f"{result.infeasible} cross-period programs are infeasible (proved); their cells are #N/A",
            )
        )
    return tuple(notes)


def cumulative_base(options: Options) -> int | None:
    """The year in which the cumulative index is 1; None is the first of each unit."""
    if "base" not in options:
        return None
    year = options.number("base", 0)
    if not year.is_integer():
        raise InputError(
            Text(f"基年 {year:g} 不是年份", f"base year {year:g} is no year"), Text("写成 base=2013", "Write base=2013")
        )
    return int(year)


def frozen_years(options: Options) -> tuple[int, int] | None:
    """First and last year of a frozen frontier."""
    given = options.text("frozen")
    if not given:
        return None
    match = re.fullmatch(r"\s*(\d{4})\s*[-—–~至]+\s*(\d{4})\s*", given)
    if match is None or match[1] > match[2]:
        raise InputError(
            Text(f"固定前沿“{given}”不是年份区间", f"frozen={given!r} is no range of years"),
            Text("写成 frozen=2010-2020", "Write frozen=2010-2020"),
        )
    return int(match[1]), int(match[2])
