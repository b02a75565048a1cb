"""A real file as one clean long panel (省份, 年份, a column a variable), and every repair that it took."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lowcarbon_xl.audit.finding import address
from lowcarbon_xl.audit.frame import read_frame
from lowcarbon_xl.audit.import_keys import Key, refused
from lowcarbon_xl.audit.import_names import numbered_year
from lowcarbon_xl.audit.import_repairs import form_repairs
from lowcarbon_xl.audit.import_table import Given, ImportedTable, Origin, Variable, read_table
from lowcarbon_xl.audit.repairs import Repair, clean_text, clean_value
from lowcarbon_xl.audit.rules import Rules, default_rules, is_rule_sheet
from lowcarbon_xl.audit.sheets import bare
from lowcarbon_xl.cells import Block, Cell
from lowcarbon_xl.errors import InputError, LowCarbonError, Text
from lowcarbon_xl.panel.provinces import find_province, provinces
from lowcarbon_xl.readers.open_file import read_file
from lowcarbon_xl.readers.regions import find_regions
from lowcarbon_xl.readers.source import Remark

PROVINCE, YEAR = "省份", "年份"
_CONTINUED = re.compile(r"续\s*表|continued", re.IGNORECASE)
_MOST_COLUMNS = 16_384
_OWN_SHEETS = "_LC_"


@dataclass(frozen=True, slots=True)
class ImportedPanel:
    """A clean long panel and how it came about.

    Parameters
    ----------
    rows : tuple of rows
        The header (省份, 年份, variables with their units) and one row a province and year, provinces in the order
        of their codes, years ascending; None is missing.
    repairs : tuple of Repair
        Everything that was changed, left out or taken from elsewhere, in the order of the file.
    """

    rows: tuple[tuple[Cell, ...], ...]
    repairs: tuple[Repair, ...]


def import_file(
    path: Path, *, sheet: str | None = None, province: str | None = None, year: int | None = None
) -> ImportedPanel:
    """Turn a .csv, .xls or .xlsx file of any layout into a long panel.

    Parameters
    ----------
    path : Path
    sheet : str, optional
        Only this sheet; default: all sheets whose tables have provinces and years, joined by both.
    province, year : optional
        For tables that do not say which province, or which year, they are about.

    Raises
    ------
    HostError
        When the file cannot be read.
    InputError
        When provinces, years or values are ambiguous: nothing is guessed.
    """
    source = read_file(path)
    blocks = [one.block for one in source.sheets]
    if sheet is not None:
        blocks = [block for block in blocks if block.sheet == sheet]
        if not blocks:
            names = "、".join(one.block.sheet or "" for one in source.sheets)
            raise refused(
                f"没有工作表“{sheet}”",
                f"there is no sheet {sheet!r}",
                Text(f"现有：{names}", f"There are: {names}"),
                str(path),
            )
    _require_values(source.remarks, {block.sheet or "" for block in blocks}, path)
    return import_blocks(blocks, Given(path.stem, _known(province), year), remarks=source.remarks)


def _known(province: str | None) -> str | None:
    if province is None:
        return None
    found = find_province(province)
    if found is None:
        raise InputError(
            Text(f"“{province}”不是省份", f"{province!r} is no province"),
            Text("写省名，如 云南", "Write the name of a province, as 云南 or Yunnan"),
        )
    return found.zh


def _require_values(remarks: Sequence[Remark], sheets: set[str], path: Path) -> None:
    for remark in remarks:
        if remark.rule == "formula_without_value" and remark.sheet in sheets:
            raise InputError(remark.what, remark.remedy, where=f"{path} {remark.sheet}")


def import_blocks(
    blocks: Sequence[Block], given: Given | None = None, *, remarks: Sequence[Remark] = (), rules: Rules | None = None
) -> ImportedPanel:
    """The same for sheets that are open.

    Raises
    ------
    InputError
        When provinces, years or values are ambiguous, or no table has them.
    """
    given, rules = given or Given(), rules or default_rules()
    repairs = [Repair(one.rule, one.sheet, _first(one), None, None, one.what) for one in remarks]
    frames = [
        read_frame(region)
        for block in blocks
        if not (is_rule_sheet(block) or (block.sheet or "").startswith(_OWN_SHEETS))
        for region in find_regions(block)
    ]
    tables: list[ImportedTable] = []
    reasons: list[LowCarbonError] = []
    last_year: int | None = None
    for frame in frames:
        continues = any(_CONTINUED.search(text) for text in frame.region.preamble_texts())
        last_year = numbered_year(frame) or (last_year if continues else None)
        if not frame.data_columns:
            continue
        try:
            table = read_table(frame, rules, given, last_year)
        except InputError as error:
            if frame.keyed and (frame.unit_columns or frame.provinces_across):
                raise
            reasons.append(error)
            repairs.append(Repair("table_left_out", frame.region.block.sheet or "", "", None, None, error.message()))
            continue
        tables.append(table)
        repairs += [*form_repairs(frame), *table.repairs]
    if not tables:
        raise reasons[0] if reasons else _no_panel()
    merged = _merged([variable for table in tables for variable in table.variables], repairs)
    return _panel(merged, repairs)


def _first(remark: Remark) -> str:
    return "" if not remark.cells else f"{address(remark.cells[0])}:{address(remark.cells[-1])}"


def _no_panel() -> InputError:
    return InputError(
        Text("没有找到带省份和年份的数据表", "there is no table with provinces and years"),
        Text("标题写“省份”“年份”，或把年份、省份放在首行", "Name the columns 省份 and 年份, or put one of them across"),
    )


def _merged(variables: Sequence[Variable], repairs: list[Repair]) -> list[Variable]:
    """Variables of one name from several tables as one.

    Raises
    ------
    InputError
        When two tables give one province and year different values.
    """
    found: dict[tuple[str, bool], Variable] = {}
    spellings: list[Repair] = []
    for variable in variables:
        key = bare(variable.name), variable.texts
        known = found.get(key)
        if known is None:
            found[key] = variable
            continue
        for place in known.cells.keys() & variable.cells.keys():
            _require_same(known.name, place, known.cells[place], variable.cells[place])
        found[key] = Variable(known.name, {**variable.cells, **known.cells}, known.texts)
        spellings += _spellings(known, variable)
    repairs += dict.fromkeys(spellings)
    return list(found.values())


def _spellings(known: Variable, variable: Variable) -> Iterator[Repair]:
    """Labels that are spelled in another way in a later table: of the row and of the column."""
    sheet = next(iter(variable.cells.values())).sheet
    parts = known.name.split(" / "), variable.name.split(" / ")
    pairs = zip(*parts, strict=True) if len(parts[0]) == len(parts[1]) else [(known.name, variable.name)]
    for name, other in pairs:
        if name != other:
            what = Text(f"与“{name}”是同一个变量", f"the same variable as {name}")
            yield Repair("variable_spelling", sheet, "", other, name, what)


def _require_same(name: str, place: Key, one: Origin, other: Origin) -> None:
    values = [clean_value(origin.cell, origin.sheet, origin.position)[0] for origin in (one, other)]
    if values[0] == values[1]:
        return
    raise refused(
        f"{place[0]} {place[1]} 的“{name}”有两个值：{one.where} 是 {one.cell}，{other.where} 是 {other.cell}",
        f"{name} of {place[0]} {place[1]} has two values: {one.cell} in {one.where}, {other.cell} in {other.where}",
        Text(
            "只导入一个工作表（sheet=），或改列名区分两个版本",
            "Import one sheet (sheet=), or name the two vintages apart",
        ),
        other.where,
    )


def _panel(variables: Sequence[Variable], repairs: list[Repair]) -> ImportedPanel:
    if len(variables) + 2 > _MOST_COLUMNS:
        raise refused(
            f"变量太多：{len(variables)} 个，一张表放不下",
            f"there are too many variables for a sheet: {len(variables)}",
            Text("只导入一个工作表（sheet=）", "Import one sheet (sheet=)"),
            "",
        )
    order = {province.zh: i for i, province in enumerate(provinces())}
    keys = dict.fromkeys(key for variable in variables for key in variable.cells)
    first = {unit: i for i, unit in enumerate(dict.fromkeys(unit for unit, _ in keys))}
    ordered = sorted(keys, key=lambda key: (order.get(key[0], len(order)), first[key[0]], key[1]))
    columns = [list(_column(variable, ordered, repairs)) for variable in variables]
    body = [(unit, year, *(column[i] for column in columns)) for i, (unit, year) in enumerate(ordered)]
    head = (PROVINCE if any(unit in order for unit in first) else "地区", YEAR, *_heads(variables))
    return ImportedPanel((head, *body), tuple(repairs))


def _heads(variables: Sequence[Variable]) -> list[str]:
    """Names of the columns; a text column that shares a variable's name is told apart."""
    names: list[str] = []
    for variable in variables:
        names.append(
            variable.name if variable.name not in names else f"{variable.name} #{names.count(variable.name) + 1}"
        )
    return names


def _column(variable: Variable, keys: Sequence[Key], repairs: list[Repair]) -> Iterator[Cell]:
    for key in keys:
        origin = variable.cells.get(key)
        if origin is None:
            yield None
        elif variable.texts:
            yield clean_text(origin.cell, origin.sheet, origin.position)[0]
        else:
            value, repair = clean_value(origin.cell, origin.sheet, origin.position)
            if repair is not None:
                repairs.append(repair)
            yield value
