"""The data of the example workbook: one shipped CSV a table, its source in the first lines, and how each is made."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np

from lowcarbon_xl.cells import Cell
from lowcarbon_xl.example.accounts import CAPITAL_YEARS, ENERGY_YEARS, capital, energy
from lowcarbon_xl.example.industries import ROBOT_YEARS, SECTOR_YEARS, employment, robots, sectors
from lowcarbon_xl.example.simulate import YEARS, further_columns, outcomes, regressors
from lowcarbon_xl.panel.panel import Vector
from lowcarbon_xl.panel.provinces import Province, provinces

REGIONS = {"east": "东部", "central": "中部", "west": "西部"}
_LEFT_OUT = "西藏"
_FEW = ("北京", "山西", "江苏", "河南", "四川", "陕西")

VARIABLES = {
    "CO2": "CO2(对数)",
    "GTFP": "GTFP",
    "AI": "AI",
    "Open": "开放度",
    "Density": "密度",
    "Fin": "金融发展",
    "Gov": "政府干预",
    "Energy": "能源结构",
    "Urban": "城镇化率",
    "IV": "IV",
    "Efficiency": "能源效率",
    "GreenTech": "绿色技术",
    "Upgrading": "产业升级",
}
"""The study's names, and the headers of sheet 变量; the first nine are those of its Table 1."""

ADDED = {
    "AIOther": "AI替代",
    "CO2Other": "CO2替代",
    "GTFPOther": "GTFP替代",
    "Regulation": "环境规制",
    "Industry": "工业化",
}
"""What Tables 5, 7 and 8 need besides: the last columns of sheet 变量."""

_PROVINCE, _YEAR = "省份", "年份"
_SIMULATED = "模拟数据，不是任何省份的统计数字 / simulated by a seeded generator, not the statistics of any province"


@dataclass(frozen=True, slots=True)
class ExampleTable:
    """One shipped table.

    Parameters
    ----------
    headers : tuple of str
    rows : tuple of rows
        Keys first (province, year, or one of them); numbers as floats, years as integers.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Data rows and columns."""
        return len(self.rows), len(self.headers)

    def column(self, header: str) -> tuple[Cell, ...]:
        """The cells under one header."""
        position = self.headers.index(header)
        return tuple(row[position] for row in self.rows)


def thirty() -> tuple[Province, ...]:
    """The thirty provinces of such studies, in the order of their codes."""
    return tuple(unit for unit in provinces() if unit.region3 and unit.zh != _LEFT_OUT)


def read_example(name: str) -> ExampleTable:
    """A shipped table: ``panel``, or a key of `simulated`."""
    text = resources.files("lowcarbon_xl.data").joinpath(f"example_{name}.csv").read_text("utf-8")
    header, *rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    return ExampleTable(tuple(header), tuple(tuple(map(_read, header, row)) for row in rows))


def _read(header: str, text: str) -> Cell:
    """One cell: a province or the word 就业 stays a text, a year is whole, the rest are floats."""
    if header == _YEAR and text.isdigit():
        return int(text)
    return text if header in {_PROVINCE, _YEAR} else float(text)


def simulated() -> dict[str, str]:
    """The text of each simulated CSV, by name, as it is shipped."""
    few = tuple(unit for unit in thirty() if unit.zh in _FEW)
    municipalities = np.repeat([float(unit.municipality) for unit in thirty()], len(YEARS))
    values = regressors(thirty())
    values |= outcomes(values) | further_columns(values)
    columns = {header: values[name] for name, header in VARIABLES.items()} | {"直辖市": municipalities}
    columns |= {header: values[name] for name, header in ADDED.items()}
    return {
        "energy": _panel(thirty(), ENERGY_YEARS, energy(thirty()), ("30 个省份 2019-2022，九种能源 / nine fuels",)),
        "capital": _panel(few, CAPITAL_YEARS, capital(few), ("6 个省份 2000-2010 / six provinces",)),
        "variables": _panel(
            thirty(),
            YEARS,
            columns,
            (
                "30 个省份 2013-2022；矩和真值系数取自所依据论文的表 1、2、5、6 / moments and true coefficients from the study",
                "CO2 = ln(万吨)；构造方法见 lowcarbon_xl/example/simulate.py",
            ),
        ),
        "sectors": _panel(
            few, SECTOR_YEARS, sectors(few), ("6 个省份 2013-2022，三次产业，不变价 / three sectors, constant prices",)
        ),
        "employment": _text(
            {_PROVINCE: [unit.zh for unit in thirty()]},
            employment(thirty()),
            ("30 个省份基年分行业就业 / employment of a base year by industry",),
        ),
        "robots": _text(
            {_YEAR: list(ROBOT_YEARS)}, robots(abroad=False), ("全国分行业机器人存量 / robots by industry",)
        ),
        "robots_abroad": _text(
            {_YEAR: ["就业", *ROBOT_YEARS]},
            robots(abroad=True),
            ("外国分行业机器人存量；“就业”一行是外国基年就业（万人） / robots abroad, and employment there",),
        ),
    }


def _panel(
    units: tuple[Province, ...], years: Iterable[int], columns: Mapping[str, Vector], remarks: tuple[str, ...]
) -> str:
    """One CSV of a panel, rows by province and year."""
    keys = [(unit.zh, year) for unit in units for year in years]
    names, times = zip(*keys, strict=True)
    return _text({_PROVINCE: names, _YEAR: times}, columns, remarks)


def _text(keys: Mapping[str, Sequence[str | int]], columns: Mapping[str, Vector], remarks: tuple[str, ...]) -> str:
    """One CSV: remarks, headers, and a row for each entry of the keys and columns."""
    stream = io.StringIO()
    for remark in (_SIMULATED, *remarks):
        stream.write(f"# {remark}\n")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*keys, *columns])
    numbers = ([f"{number:.12g}" for number in values.tolist()] for values in columns.values())
    writer.writerows(zip(*keys.values(), *numbers, strict=True))
    return stream.getvalue()
