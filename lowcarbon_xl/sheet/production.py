"""A table as production data: who makes what out of what, with every zero, blank and negative refused at its cell."""

from __future__ import annotations

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.options import Options
from lowcarbon_xl.panel.panel import Keys
from lowcarbon_xl.productivity.technology import Production
from lowcarbon_xl.sheet.keys import read_keys
from lowcarbon_xl.sheet.roles import production_columns
from lowcarbon_xl.sheet.table import Table


def read_production(table: Table, options: Options) -> Production:
    """Keys and roles of a table as `Production`; options: inputs, good, bad, zero, unit, time."""
    keys = read_keys(table, options)
    _require_several_units(table, keys)
    roles = production_columns(table, options.names("inputs"), options.names("good"), options.names("bad"))
    dropped = options.text("zero") == "drop"
    with table.located():
        return Production(
            _matrix(table, roles.inputs, dropped),
            _matrix(table, roles.goods, dropped),
            _matrix(table, roles.bads, dropped),
            np.array(keys.units, dtype=np.str_),
            keys.years,
            _names(table, roles.inputs),
            _names(table, roles.goods),
            _names(table, roles.bads),
            drop_zero=dropped,
        )


def role_note(table: Table, production: Production) -> Text:
    """Which columns were taken for what."""

    def listed(names: tuple[str, ...], none: str) -> str:
        return ", ".join(names) or none

    inputs, goods = ", ".join(production.input_names), ", ".join(production.good_names)
    return Text(
        f"投入 {inputs}；期望产出 {goods}；非期望产出 {listed(production.bad_names, '无')}",
        f"inputs {inputs}; good outputs {goods}; bad outputs {listed(production.bad_names, 'none')}",
    )


def _matrix(table: Table, columns: tuple[int, ...], dropped: bool) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    if not columns:
        return np.empty((table.rows, 0))
    values = []
    for column in columns:
        numbers = table.numbers(column)
        table.finite(column, numbers, "not negative" if dropped else "positive")
        values.append(numbers)
    return np.column_stack(values)


def _names(table: Table, columns: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(table.headers[column].name for column in columns)


def _require_several_units(table: Table, keys: Keys) -> None:
    if len(keys.distinct_units) < 2:
        raise InputError(
            Text(
                f"只有一个主体（{keys.distinct_units[0]}），没有可比的前沿",
                f"there is only one unit ({keys.distinct_units[0]}) and nothing to compare it with",
            ),
            Text("把所有省份都选进来", "Select all provinces"),
            where=table.block.whole,
        )
