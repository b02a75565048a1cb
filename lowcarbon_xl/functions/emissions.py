"""=EMISSIONS: CO2 of nine fuels."""

from __future__ import annotations

from lowcarbon_xl.catalogue import OPTIONS, Argument, Group, Kind, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.emissions.factors import Factor, factor_set, version
from lowcarbon_xl.emissions.inventory import carbon_dioxide
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.options import COMMON, TEXT_NUMBERS, Option, Options, parse_options
from lowcarbon_xl.panel.panel import Vector
from lowcarbon_xl.provenance import note_factors
from lowcarbon_xl.sheet.fuels import fuel_activity, fuel_columns, read_factors
from lowcarbon_xl.sheet.spill import column_spill, number_cell
from lowcarbon_xl.sheet.table import Table, read_table

_OPTIONS = (
    Option(
        "set",
        "choice",
        Text(
            "set=A（默认：GB/T 2589 热值 x 省级指南含碳量和氧化率）或 set=B（IPCC 2006 缺省）",
            "set=A (default: GB/T 2589 calorific values x provincial-guideline carbon content and oxidation) "
            "or set=B (IPCC 2006 defaults)",
        ),
        choices=("A", "B"),
        aliases={"因子": "set", "因子组": "set", "ipcc": "B"},
    ),
    Option(
        "detail",
        "choice",
        Text("detail=fuel 分品种列出，最后一列是合计", "detail=fuel lists each fuel, the last column is the total"),
        choices=("total", "fuel"),
        aliases={"明细": "detail", "分品种": "fuel", "合计": "total"},
    ),
    Option(
        "fuels",
        "names",
        Text(
            "fuels=原煤,焦炭 表示区域里只有这些品种", "fuels=raw_coal,coke says that these are all fuels in the range"
        ),
        aliases={"品种": "fuels"},
    ),
    Option(
        "basis",
        "choice",
        Text(
            "basis=gross（默认：消费量，加工转换会重复计算）或 combustion（区域里已是燃烧量）",
            "basis=gross (default: consumption; transformation counts twice) or combustion (amounts burnt are given)",
        ),
        choices=("gross", "combustion"),
        aliases={"口径": "basis", "消费量": "gross", "燃烧量": "combustion"},
    ),
    TEXT_NUMBERS,
    *COMMON,
)


@worksheet_function(
    "EMISSIONS",
    Group.EMISSIONS,
    summary=Text("九种能源的二氧化碳排放量（万吨）", "CO2 emissions of nine fuels (10^4 t)"),
    detail=Text(
        "活动量 x 排放因子之和；实物量以万吨计，天然气以亿立方米计（标题写明的其他单位会换算）。"
        "默认按消费量合计，一次和二次能源会重复计算加工转换（2022 年全国约高 40%）：这正是所依据论文的做法；"
        "要避免就给燃烧量并写 basis=combustion。空格得 #N/A，绝不当作 0。",
        "Sum of activity x factor; physical quantities in 10^4 t, natural gas in 10^8 m3 (another unit in the header "
        "is converted). By default gross consumption is summed, which counts transformation twice (about +40 % nationally "
        "in 2022), as the study behind this does; to avoid it give amounts burnt and write basis=combustion. A blank "
        "gives #N/A, never 0.",
    ),
    arguments=(
        Argument(
            "activity",
            Text("能源消费", "activity"),
            Text(
                "带标题行的区域，九种能源各一列（原煤、焦炭、……、天然气）",
                "Range with its header row, a column a fuel (raw coal, coke, ...)",
            ),
            Kind.RANGE,
        ),
        Argument(
            "factors",
            Text("因子", "factors"),
            Text(
                "可省略；自己的因子表（两列：燃料、因子 kg CO2/kg，天然气 kg CO2/m3）",
                "Optional; a table of your own (fuel, factor in kg CO2/kg, natural gas kg CO2/m3)",
            ),
            Kind.RANGE,
            optional=True,
        ),
        OPTIONS,
    ),
    options=_OPTIONS,
    spills=Text(
        "每行一个数；detail=fuel 时每种能源一列加合计",
        "one number a row; with detail=fuel a column a fuel and the total",
    ),
    example="=EMISSIONS(能源!A4:K124)",
)
def emissions(activity: Block, factors: Block | None, options: Options) -> Spill:
    """CO2 of every row, 10^4 t."""
    options, chosen = chosen_factors(factors, options)
    table = read_table(activity, read_text_numbers=options.text("text") == "read")
    columns = fuel_columns(table, options.names("fuels"))
    for fuel in columns:
        if fuel not in chosen:
            raise InputError(
                Text(f"因子表里没有 {fuel}", f"the table of factors lacks {fuel}"),
                Text("补上它的因子", "Add its factor"),
                where=factors.whole if factors else "",
            )
    inventory = carbon_dioxide({fuel: fuel_activity(table, fuel, c) for fuel, c in columns.items()}, chosen)
    detailed = options.text("detail") == "fuel"
    shown = {**(inventory.by_fuel if detailed else {}), "": inventory.total}
    headers = [_header(chosen.get(fuel)) for fuel in shown]
    cells = [_cells(table, columns, fuel, values) for fuel, values in shown.items()]
    return column_spill(headers, cells, options, _notes(chosen, options, bool(factors)))


def chosen_factors(factors: Block | None, options: Options) -> tuple[Options, dict[str, Factor]]:
    """The factors to use; an options text in the place of the factors is read as what it is."""
    given = factors.values[0][0] if factors is not None and factors.shape == (1, 1) else None
    if isinstance(given, str):
        text = given if "=" in given or "＝" in given else f"set={given}"
        options = Options({**parse_options(text, _OPTIONS).values, **options.values})
        factors = None
    if factors is None:
        return options, shipped_factors(options)
    chosen = read_factors(factors)
    note_factors(Text(f"自备 {factors.whole}（{version(chosen)}）", f"own, {factors.whole} ({version(chosen)})"))
    return options, chosen


def shipped_factors(options: Options) -> dict[str, Factor]:
    """The factor set of ``set=``, noted with its version."""
    name = options.text("set", "A")
    chosen = factor_set(name)
    note_factors(Text(f"因子组 {name}（{version(chosen)}）", f"factor set {name} ({version(chosen)})"))
    return chosen


def _header(factor: Factor | None) -> Text:
    if factor is None:
        return Text("CO2(万吨)", "CO2 (10^4 t)")
    return Text(f"{factor.name.zh}CO2(万吨)", f"CO2 of {factor.name.en.lower()} (10^4 t)")


def _cells(table: Table, columns: dict[str, int], fuel: str, values: Vector) -> list[Output]:
    """Numbers, or #N/A that names the blank cell behind it."""
    needed = [columns[fuel]] if fuel else list(columns.values())
    return [
        number_cell(value, None if value == value else _blank(table, needed, row)) for row, value in enumerate(values)
    ]


def _blank(table: Table, columns: list[int], row: int) -> Text:
    column = next(c for c in columns if table.cells(c)[row] in (None, ""))
    where, name = table.where(row, column), table.headers[column].name
    return Text(
        f"{where}：“{name}”是空的，空格不等于 0。填上数字（没有消费就写 0）。",
        f"{where}: {name} is blank, and a blank is not 0. Fill it in (0 where nothing is burnt).",
    )


def _notes(factors: dict[str, Factor], options: Options, own: bool) -> tuple[Text, ...]:
    which = options.text("set", "A")
    zh, en = ("自备因子", "your own factors") if own else (f"因子组 {which}", f"factor set {which}")
    gross = options.text("basis", "gross") == "gross"
    return (
        Text(
            f"{zh}：" + "，".join(f"{f.name.zh} {f.value:g}" for f in factors.values()),
            f"{en}: " + ", ".join(f"{f.name.en.lower()} {f.value:g}" for f in factors.values()),
        ),
        Text("口径：消费量（加工转换重复计算）", "basis: gross consumption (transformation counts twice)")
        if gross
        else Text("口径：燃烧量", "basis: amounts burnt"),
    )
