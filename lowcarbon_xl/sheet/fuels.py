"""Fuel columns of a sheet: found by name, brought to 10^4 t (natural gas: 10^8 m3) by the unit in their header."""

from __future__ import annotations

from lowcarbon_xl.cells import Block
from lowcarbon_xl.emissions.factors import GAS, Factor, own_factors
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.panel.panel import Vector
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.roles import FUELS, find_role, missing_role
from lowcarbon_xl.sheet.table import Table, read_table

_MASS_UNITS = {
    "万吨": 1.0, "10^4t": 1.0, "10kt": 1.0, "1e4t": 1.0, "10000t": 1.0, "万t": 1.0, "wt": 1.0,
    "吨": 1e-4, "t": 1e-4, "千吨": 0.1, "kt": 0.1, "百万吨": 100.0, "mt": 100.0, "亿吨": 1e4,
}  # fmt: skip
_VOLUME_UNITS = {
    "亿立方米": 1.0, "亿m3": 1.0, "10^8m3": 1.0, "亿方": 1.0, "1e8m3": 1.0, "亿标准立方米": 1.0,
    "万立方米": 1e-4, "万m3": 1e-4, "10^4m3": 1e-4, "立方米": 1e-8, "m3": 1e-8,
}  # fmt: skip


def fuel_columns(table: Table, named: tuple[str, ...] = ()) -> dict[str, int]:
    """The column of each fuel.

    Parameters
    ----------
    named : tuple of str
        Fuels that the user says are all there are (``fuels=``); without it all nine must be found, because a total
        that silently lacks one is wrong.
    """
    wanted = [role for role in FUELS if not named or any(fold(name) in role.names for name in named)]
    unknown = [name for name in named if not any(fold(name) in role.names for role in FUELS)]
    if unknown:
        raise InputError(
            Text(f"不认识的能源品种“{unknown[0]}”", f"unknown fuel {unknown[0]!r}"),
            Text("可写：" + "、".join(r.label.zh for r in FUELS), "Known: " + ", ".join(r.key for r in FUELS)),
        )
    columns: dict[str, int] = {}
    for role in wanted:
        column = find_role(table, role)
        if column is None:
            error = missing_role(table, role, "fuels")
            error.remedy = Text(
                f"补上这一列；确实没有时用 fuels= 列出已有的品种，如 fuels={'、'.join(r.label.zh for r in FUELS[:2])}",
                f"Add the column; if there is none, list what there is, as fuels={','.join(r.key for r in FUELS[:2])}",
            )
            raise error
        columns[role.key] = column
    return columns


def fuel_activity(table: Table, fuel: str, column: int) -> Vector:
    """A fuel's activity, shape (rows,): 10^4 t, natural gas 10^8 m3; blanks are NaN, negatives refused."""
    values = table.numbers(column, blanks=True)
    table.finite(column, values, "not negative")
    return values * _unit_scale(table, fuel, column)


def _unit_scale(table: Table, fuel: str, column: int) -> float:
    unit = table.headers[column].unit
    known = _VOLUME_UNITS if fuel == GAS else _MASS_UNITS
    if not unit:
        return 1.0
    scale = known.get(fold(unit))
    if scale is not None:
        return scale
    standard = "标准煤" in unit or "tce" in unit.casefold()
    raise InputError(
        Text(
            f"“{table.headers[column].text}”的单位“{unit}”" + ("是标准煤，要实物量" if standard else "不认识"),
            f"{table.headers[column].text}: unit {unit!r} "
            + ("is coal equivalent; the physical quantity is needed" if standard else "is unknown"),
        ),
        Text(
            f"改用 {'亿立方米' if fuel == GAS else '万吨'}（可用：{'、'.join(known)}）",
            f"Use {'10^8 m3' if fuel == GAS else '10^4 t'} (known: {', '.join(known)})",
        ),
        where=table.header_cell(column),
    )


def read_factors(block: Block) -> dict[str, Factor]:
    """Factors in a range of the user's own: a column of fuels and a column of factors, with a header row."""
    table = read_table(block)
    fuel_column = _one_of(table, ("燃料", "能源", "品种", "能源品种", "fuel", "energy"))
    factor_column = _one_of(
        table, ("因子", "排放因子", "系数", "CO2排放因子", "factor", "emission factor", "coefficient")
    )
    numbers = table.numbers(factor_column)
    table.finite(factor_column, numbers, "positive")
    values: dict[str, float] = {}
    rows: dict[str, int] = {}
    for row, cell in enumerate(table.cells(fuel_column)):
        role = next((role for role in FUELS if fold(str(cell)) in role.names), None)
        if role is None or role.key in values:
            raise InputError(
                Text(
                    f"“{cell}”" + ("出现了两次" if role else "不是九种能源之一"),
                    f"{cell!r} " + ("stands twice" if role else "is none of the nine fuels"),
                ),
                Text("可写：" + "、".join(r.label.zh for r in FUELS), "Known: " + ", ".join(r.key for r in FUELS)),
                where=table.where(row, fuel_column),
            )
        values[role.key], rows[role.key] = float(numbers[row]), row
    try:
        return own_factors(values)
    except InputError as error:
        error.where = table.where(rows[error.column or ""], factor_column)
        raise


def _one_of(table: Table, names: tuple[str, ...]) -> int:
    found = [i for i, header in enumerate(table.headers) if fold(header.name) in set(map(fold, names))]
    if len(found) == 1:
        return found[0]
    raise InputError(
        Text(f"因子表要有一列“{names[0]}”", f"a table of factors needs one column {names[-2]!r}"),
        Text(
            "两列：燃料、因子（kg CO2/kg，天然气 kg CO2/m3）",
            "Two columns: fuel, factor (kg CO2/kg, natural gas kg CO2/m3)",
        ),
        where=table.block.whole,
    )
