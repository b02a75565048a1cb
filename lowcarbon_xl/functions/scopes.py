"""=SCOPES: emissions within three scopes."""

from __future__ import annotations

import re

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, Argument, Group, Kind, worksheet_function
from lowcarbon_xl.cells import Block, Spill
from lowcarbon_xl.emissions.inventory import carbon_dioxide
from lowcarbon_xl.emissions.scopes import Scopes, grid_factor_column, scope_two
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.functions.emissions import shipped_factors
from lowcarbon_xl.options import COMMON, KEYS, TEXT_NUMBERS, Option, Options
from lowcarbon_xl.panel.panel import Vector
from lowcarbon_xl.sheet.fuels import fuel_activity, fuel_columns
from lowcarbon_xl.sheet.keys import read_keys
from lowcarbon_xl.sheet.roles import ELECTRICITY, GRID_FACTOR, HEAT, PROCESS, Role, find_role, require_role
from lowcarbon_xl.sheet.spill import column_spill, number_cells
from lowcarbon_xl.sheet.table import Table, read_table

HEAT_FACTOR = 0.11
"""t CO2 per GJ of heat: default of the NDRC enterprise guidelines (2013-2015) for purchased heat."""

_TERM = re.compile(r"^(.+?)\s*[*x×]\s*([0-9.eE+-]+)$")


@worksheet_function(
    "SCOPES",
    Group.EMISSIONS,
    summary=Text("范围一、二、三的二氧化碳排放（万吨）", "CO2 emissions of scopes 1, 2 and 3 (10^4 t)"),
    detail=Text(
        "丛建辉的边界。范围一：九种能源 x 因子，加“过程排放”列（有的话，万吨 CO2）。范围二：净购入电力（亿千瓦时）x 电网因子，"
        "加净购入热力（百亿千焦）x 0.11 tCO2/GJ。电网因子用“电网因子”列；没有时用随附的省级因子（2021、2022 年，生态环境部公告），"
        "grid=national 用全国，gridyear=2022 固定一年。范围三：other=列名*因子 自行给出。没有的部分在口径里写明。",
        "Cong Jianhui's boundary. Scope 1: nine fuels x factors, plus a column of process emissions (10^4 t CO2) where there is one. "
        "Scope 2: purchased electricity (10^8 kWh) x grid factor, plus purchased heat (10^10 kJ) x 0.11 t CO2/GJ. The grid factor "
        "is a column of the range, else the shipped provincial one (2021, 2022, official announcements); grid=national, "
        "gridyear=2022 fixes a year. Scope 3: other=COLUMN*factor. What is left out is named in the conventions.",
    ),
    arguments=(
        Argument(
            "activity",
            Text("活动数据", "activity"),
            Text(
                "带标题行的面板：省份、年份、九种能源、电力（热力、过程排放可选）",
                "Panel: province, year, nine fuels, electricity (heat, process optional)",
            ),
            Kind.RANGE,
        ),
        OPTIONS,
    ),
    options=(
        Option(
            "set",
            "choice",
            Text("set=A（默认）| B 能源因子组", "set=A (default) | B factors of fuels"),
            choices=("A", "B"),
            aliases={"因子": "set"},
        ),
        Option(
            "fuels",
            "names",
            Text("fuels=原煤,焦炭 区域里只有这些品种", "fuels=raw_coal,coke these are all fuels there are"),
            aliases={"品种": "fuels"},
        ),
        Option(
            "grid",
            "choice",
            Text("grid=provincial（默认）| national", "grid=provincial (default) | national"),
            choices=("provincial", "national"),
            aliases={"电网": "grid", "省级": "provincial", "全国": "national"},
        ),
        Option(
            "gridyear",
            "number",
            Text("gridyear=2022 各年都用这一年的电网因子", "gridyear=2022 one year's grid factors for all"),
            aliases={"电网年份": "gridyear"},
        ),
        Option(
            "heat",
            "number",
            Text("heat=0.11 热力因子 tCO2/GJ", "heat=0.11 the factor of heat, t CO2/GJ"),
            aliases={"热力因子": "heat"},
        ),
        Option(
            "other",
            "names",
            Text("other=列名*因子,列名*因子 范围三（得万吨）", "other=COLUMN*factor,... scope 3 (giving 10^4 t)"),
            aliases={"范围三": "other"},
        ),
        *KEYS,
        TEXT_NUMBERS,
        *COMMON,
    ),
    spills=Text("范围一、范围二、范围三、合计四列", "four columns: scope 1, scope 2, scope 3, total"),
    example='=SCOPES(能源!A4:L124,"gridyear=2022")',
)
def scopes(activity: Block, options: Options) -> Spill:
    """Three scopes and their total for every row."""
    table = read_table(activity, read_text_numbers=options.text("text") == "read")
    factors = shipped_factors(options)
    columns = fuel_columns(table, options.names("fuels"))
    fuels = carbon_dioxide({fuel: fuel_activity(table, fuel, c) for fuel, c in columns.items()}, factors).total
    process, process_note = _optional(table, PROCESS)
    heat, heat_note = _optional(table, HEAT)
    grid, grid_note = _grid(table, options)
    electricity = _amount(table, require_role(table, ELECTRICITY))
    other, other_note = _other(table, options)
    result = Scopes(fuels + process, scope_two(electricity, grid, heat, options.number("heat", HEAT_FACTOR)), other)
    blank = Text("这一行有空的活动数据；空格不等于 0。", "An activity of this row is blank, and a blank is not 0.")
    values = (result.direct, result.energy_indirect, result.other_indirect, result.total)
    headers = [Text(f"范围{n}(万吨)", f"scope {i} (10^4 t)") for i, n in enumerate("一二三", start=1)]
    notes = (
        Text(f"能源因子组 {options.text('set', 'A')}", f"factors of fuels: set {options.text('set', 'A')}"),
        process_note,
        heat_note,
        grid_note,
        other_note,
    )
    return column_spill(
        [*headers, Text("合计(万吨)", "total (10^4 t)")], [number_cells(v, blank) for v in values], options, notes
    )


def _amount(table: Table, column: int) -> Vector:
    values = table.numbers(column, blanks=True)
    table.finite(column, values, "not negative")
    return values


def _optional(table: Table, role: Role) -> tuple[Vector, Text]:
    """A part that a boundary may lack: named in the conventions either way."""
    column = find_role(table, role)
    if column is None:
        return np.zeros(table.rows), Text(
            f"不含{role.label.zh}（没有这一列）", f"without {role.label.en} (no such column)"
        )
    return _amount(table, column), Text(f"含{role.label.zh}", f"with {role.label.en}")


def _grid(table: Table, options: Options) -> tuple[Vector, Text]:
    column = find_role(table, GRID_FACTOR)
    if column is not None:
        return _amount(table, column), Text("电网因子：区域里的列", "grid factor: a column of the range")
    national = options.text("grid") == "national"
    fixed = int(options.number("gridyear", 0)) or None
    with table.located():
        factors = grid_factor_column(read_keys(table, options), national=national, fixed_year=fixed)
    area = Text("全国", "national") if national else Text("省级", "provincial")
    year = Text(f"{fixed} 年", f"of {fixed}") if fixed else Text("当年", "of each year")
    return factors, Text(f"电网因子：{area.zh}，{year.zh}", f"grid factor: {area.en}, {year.en}")


def _other(table: Table, options: Options) -> tuple[Vector, Text]:
    """Scope 3 out of ``other=COLUMN*factor`` terms."""
    terms = options.names("other")
    if not terms:
        return np.zeros(table.rows), Text("范围三：未给出活动", "scope 3: no activity is given")
    total = np.zeros(table.rows)
    for term in terms:
        match = _TERM.match(term)
        if match is None:
            raise InputError(
                Text(f"范围三的“{term}”读不懂", f"cannot read {term!r} of scope 3"),
                Text("写成 other=航空煤油*3.08", "Write other=COLUMN*factor, as other=flights*3.08"),
            )
        total = total + _amount(table, table.find(match[1])) * float(match[2])
    return total, Text(f"范围三：{'，'.join(terms)}", f"scope 3: {', '.join(terms)}")
