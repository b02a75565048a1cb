"""Which column is labour, CO2, raw coal...: by the options text, a header tag, or a known name; never by likeness."""

from __future__ import annotations

from dataclasses import dataclass

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.provenance import note_role
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.table import Table


@dataclass(frozen=True, slots=True)
class Role:
    """What a column can be, and the names it goes by.

    Parameters
    ----------
    key : str
        Identifier, also the option key that names the column.
    label : Text
    names : frozenset of str
        Folded header names.
    """

    key: str
    label: Text
    names: frozenset[str]


def _role(key: str, zh: str, en: str, *names: str) -> Role:
    return Role(key, Text(zh, en), frozenset(map(fold, (zh, en, *names))))


LABOUR = _role(
    *("labour", "劳动", "labour", "labor", "L", "employment", "employment_total", "劳动力", "劳动投入"),
    *("就业人员", "就业人员数", "就业人数", "从业人员", "年末就业人员", "年末就业人员数"),
)
CAPITAL = _role(
    "capital", "资本存量", "capital", "资本", "固定资本存量", "资本投入", "K", "capital stock", "capital_stock"
)
ENERGY = _role(
    "energy",
    "能源消费",
    "energy",
    "能源",
    "能源消费量",
    "能源消费总量",
    "能源投入",
    "E",
    "energy consumption",
    "energy_total",
)
REAL_GDP = _role("good", "实际GDP", "real GDP", "GDP", "Y", "实际地区生产总值", "地区生产总值", "期望产出", "gdp_real")
CO2 = _role(
    "bad",
    "二氧化碳",
    "CO2",
    "二氧化碳排放",
    "二氧化碳排放量",
    "碳排放",
    "碳排放量",
    "CO2排放",
    "CO2排放量",
    "CO2 emissions",
    "非期望产出",
)

NOMINAL_GDP = _role(
    "gdp",
    "地区生产总值",
    "nominal GDP",
    "名义GDP",
    "GDP",
    "现价GDP",
    "名义地区生产总值",
    "当年价GDP",
    "gdp_nominal",
    "生产总值",
)
GDP_INDEX = _role("index", "地区生产总值指数", "GDP index", "GDP指数", "gdp_index", "生产总值指数", "实际GDP指数")
INVESTMENT = _role(
    *("investment", "固定资本形成总额", "investment", "固定资本形成", "资本形成总额", "固定资产投资", "投资"),
    *("I", "GFCF", "gfcf_nominal", "gross fixed capital formation"),
)
INVESTMENT_PRICE = _role(
    "price", "固定资产投资价格指数", "investment price index", "投资价格指数", "invest_price_index", "P", "价格指数"
)

VALUE_ADDED_SECTORS = (
    _role("va1", "第一产业增加值", "primary value added", "第一产业", "va_primary"),
    _role("va2", "第二产业增加值", "secondary value added", "第二产业", "va_secondary"),
    _role("va3", "第三产业增加值", "tertiary value added", "第三产业", "va_tertiary"),
)
EMPLOYMENT_SECTORS = (
    _role("l1", "第一产业就业人员", "primary employment", "第一产业就业", "employment_primary"),
    _role("l2", "第二产业就业人员", "secondary employment", "第二产业就业", "employment_secondary"),
    _role("l3", "第三产业就业人员", "tertiary employment", "第三产业就业", "employment_tertiary"),
)
ELECTRICITY = _role(
    "electricity", "电力消费", "electricity", "电力", "电力消费量", "用电量", "净购入电力", "purchased electricity"
)
HEAT = _role("heat", "热力", "heat", "热力消费", "净购入热力", "purchased heat")
PROCESS = _role("process", "过程排放", "process emissions", "工业过程", "工业过程排放", "工业过程CO2")
GRID_FACTOR = _role("grid", "电网因子", "grid factor", "电网排放因子", "电力排放因子", "区域电网因子")

TRADE = _role(
    *("trade", "进出口总额", "trade", "进出口", "货物进出口总额", "贸易总额", "trade_total", "imports and exports"),
)
EXCHANGE_RATE = _role("rate", "汇率", "exchange rate", "人民币汇率", "美元汇率", "exchange_rate", "rate")
POPULATION = _role("population", "年末常住人口", "population", "常住人口", "年末人口", "人口", "总人口", "年末总人口")
AREA = _role("area", "土地面积", "area", "行政区域土地面积", "行政区域面积", "面积", "land area")
LOANS = _role("loans", "金融机构贷款余额", "loans", "贷款余额", "金融机构各项贷款余额", "各项贷款余额", "年末贷款余额")
FISCAL = _role(
    *(
        "fiscal",
        "财政支出",
        "fiscal expenditure",
        "一般公共预算支出",
        "地方财政支出",
        "财政一般预算支出",
        "fiscal_expenditure",
    ),
)
URBAN_RATE = _role(
    "urban", "城镇化率", "urban rate", "城市化率", "常住人口城镇化率", "urban_rate", "urbanisation", "urbanization"
)
PATENTS = _role("patents", "绿色专利申请", "green patents", "绿色专利", "绿色专利申请量", "green_patents_total_count")

INPUT_ROLES = (LABOUR, CAPITAL, ENERGY)


def _fuel(key: str, zh: str, en: str, *names: str) -> Role:
    chinese = [name for name in (zh, *names) if not name.isascii()]
    consumed = [
        name + suffix for name in chinese for suffix in ("消费量", "消费", "消耗量", "用量", "消费量实物量", "合计")
    ]
    english = [name for name in (key, en, *names) if name.isascii()]
    return _role(key, zh, en, *names, *english, *consumed, *(f"fuel {name}" for name in english))


FUELS = (
    _fuel("raw_coal", "原煤", "raw coal", "煤炭"),
    _fuel("coke", "焦炭", "coke"),
    _fuel("crude_oil", "原油", "crude oil", "crude"),
    _fuel("gasoline", "汽油", "gasoline", "petrol"),
    _fuel("kerosene", "煤油", "kerosene"),
    _fuel("diesel", "柴油", "diesel oil", "diesel"),
    _fuel("fuel_oil", "燃料油", "fuel oil"),
    _fuel("lpg", "液化石油气", "liquefied petroleum gas", "LPG"),
    _fuel("natural_gas", "天然气", "natural gas", "gas"),
)


def find_role(table: Table, role: Role, named: str = "") -> int | None:
    """The column that plays a role, or None.

    Parameters
    ----------
    named : str
        A name from the options text; it comes before any known name.

    Raises
    ------
    InputError
        When two columns could play it: both are listed.
    """
    if named:
        column = table.find(named)
        note_role(table.header_cell(column), role.label)
        return column
    found = [i for i, header in enumerate(table.headers) if fold(header.name) in role.names and header.tag is None]
    if len(found) <= 1:
        for column in found:
            note_role(table.header_cell(column), role.label)
        return found[0] if found else None
    zh = "、".join(f"{table.headers[i].text}（{table.header_cell(i)}）" for i in found)
    en = ", ".join(f"{table.headers[i].text} ({table.header_cell(i)})" for i in found)
    raise InputError(
        Text(
            f"“{role.label.zh}”有 {len(found)} 个候选列：{zh}", f"{len(found)} columns could be {role.label.en}: {en}"
        ),
        Text(f"用选项 {role.key}=列名 指定一个", f"Name one with the option {role.key}=COLUMN"),
        where=table.header_cell(found[1]),
    )


def require_role(table: Table, role: Role, named: str = "") -> int:
    """As `find_role`, but the column must exist."""
    column = find_role(table, role, named)
    if column is None:
        raise missing_role(table, role, role.key)
    return column


def missing_role(table: Table, role: Role, option: str) -> InputError:
    """The error for a role that no column plays."""
    names = [header.name for header in table.headers if header.name]
    return InputError(
        Text(f"没有找到“{role.label.zh}”列", f"no column for {role.label.en} was found"),
        Text(
            f"用选项 {option}=列名 指定；已有的列：{'、'.join(names)}",
            f"Name it with {option}=COLUMN; columns: {', '.join(names)}",
        ),
        where=table.block.whole,
    )


@dataclass(frozen=True, slots=True)
class ProductionColumns:
    """Columns of inputs, good outputs and bad outputs."""

    inputs: tuple[int, ...]
    goods: tuple[int, ...]
    bads: tuple[int, ...]


def production_columns(
    table: Table, inputs: tuple[str, ...], good: tuple[str, ...], bad: tuple[str, ...]
) -> ProductionColumns:
    """Inputs, goods and bads by the options text, else by tags, else by known names.

    ``bad=none`` says that there is no undesirable output; leaving it out never does.
    """
    none = len(bad) == 1 and fold(bad[0]) in ("none", "无")
    found = ProductionColumns(
        tuple(map(table.find, inputs))
        or _tagged(table, "I")
        or tuple(_known_input(table, role) for role in INPUT_ROLES),
        tuple(map(table.find, good)) or _tagged(table, "O") or (require_role(table, REAL_GDP),),
        () if none else tuple(map(table.find, bad)) or _tagged(table, "B") or (require_role(table, CO2),),
    )
    _refuse_double_use(table, found)
    for columns, label in ((found.inputs, _INPUT), (found.goods, _GOOD), (found.bads, _BAD)):
        for column in columns:
            note_role(table.header_cell(column), label)
    return found


_INPUT, _GOOD, _BAD = Text("投入", "input"), Text("期望产出", "good output"), Text("非期望产出", "bad output")


def _known_input(table: Table, role: Role) -> int:
    column = find_role(table, role)
    if column is None:
        raise missing_role(table, role, "inputs")
    return column


def _tagged(table: Table, tag: str) -> tuple[int, ...]:
    return tuple(i for i, header in enumerate(table.headers) if header.tag == tag)


def _refuse_double_use(table: Table, columns: ProductionColumns) -> None:
    seen: set[int] = set()
    for column in (*columns.inputs, *columns.goods, *columns.bads):
        if column in seen:
            raise InputError(
                Text(f"“{table.headers[column].name}”用了两次", f"{table.headers[column].name} is used twice"),
                Text(
                    "每列只能是投入、期望产出、非期望产出之一",
                    "A column is an input, a good output or a bad output, not two of them",
                ),
                where=table.header_cell(column),
            )
        seen.add(column)
