"""Headers, keys, columns, options and filters: what a sheet says is read, and what it does not say is not guessed."""

from __future__ import annotations

import pytest

from lowcarbon_xl.cells import CellError, column_letters, column_number, quote_sheet, rectangle
from lowcarbon_xl.errors import InputError
from lowcarbon_xl.options import HEADER, LANG, Option, Options, parse_options, split_names
from lowcarbon_xl.panel.provinces import find_province, provinces
from lowcarbon_xl.sheet.columns import column_names
from lowcarbon_xl.sheet.filters import read_filter
from lowcarbon_xl.sheet.header import Header, read_header
from lowcarbon_xl.sheet.keys import read_keys
from lowcarbon_xl.sheet.table import read_table, text_number, trim
from tests.conftest import block

NO_OPTIONS = Options()


@pytest.mark.parametrize(
    ("text", "name", "unit", "tag"),
    [
        ("劳动(万人)[投入]", "劳动", "万人", "I"),
        ("劳动（万人）", "劳动", "万人", None),
        ("GDP (O)", "GDP", "", "O"),
        ("CO2(万吨)（B）", "CO2", "万吨", "B"),
        ("碳排放[非期望产出]", "碳排放", "", "B"),
        ("fuel_raw_coal_10kt", "fuel_raw_coal", "万吨", None),
        ("fuel_natural_gas_yi_m3", "fuel_natural_gas", "亿立方米", None),
        ("能源消费\n总量 (万吨标准煤)", "能源消费 总量", "万吨标准煤", None),
        ("E", "E", "", None),
        ("(万吨)", "(万吨)", "", None),
    ],
)
def test_a_header_is_taken_apart(text: str, name: str, unit: str, tag: str | None) -> None:
    header = read_header(text)
    assert (header.name, header.unit, header.tag) == (name, unit, tag)
    assert isinstance(header, Header)


def test_shanxi_is_not_shaanxi() -> None:
    spellings = {
        "Shanxi": "山西",
        "SHAANXI": "陕西",
        "山西省": "山西",
        "陕 西": "陕西",
        140000: "山西",
        610000.0: "陕西",
        "61": "陕西",
    }
    for spelling, zh in spellings.items():
        province = find_province(spelling)
        assert province is not None
        assert province.zh == zh
    assert find_province("Shaxi") is None, "nothing is matched by likeness"


def test_every_province_is_found_by_all_its_names() -> None:
    assert len(provinces()) == 34
    for province in provinces():
        for name in (province.code, province.zh, province.full_zh, province.en, " ".join(province.zh)):
            assert find_province(name) == province


def test_keys_are_normalised() -> None:
    table = read_table(
        block([["地区", "年度", "x"], ["北京市", "2013年", 1.0], ["北 京", 2014.0, 2.0], ["Hebei", "2013", 3.0]])
    )
    keys = read_keys(table, NO_OPTIONS)
    assert keys.units == ("北京", "北京", "河北")
    assert keys.years.tolist() == [2013, 2014, 2013]


def test_code_and_name_must_agree() -> None:
    rows = [["province_code", "省份", "年份"], [110000.0, "北京", 2013.0], [140000.0, "陕西", 2013.0]]
    with pytest.raises(InputError, match="disagree") as error:
        read_keys(read_table(block(rows)), NO_OPTIONS)
    assert error.value.where == "面板!B3"


def test_a_grouping_called_region_is_no_key_beside_a_province() -> None:
    rows = [["省份", "地区", "年份"], ["北京", "东部", 2013.0]]
    assert read_keys(read_table(block(rows)), NO_OPTIONS).units == ("北京",)


def test_other_units_are_not_normalised() -> None:
    rows = [["firm", "t", "x"], ["北京市", 1.0, 1.0], ["北京", 1.0, 2.0], [7.0, 3.0, 2.0]]
    keys = read_keys(read_table(block(rows)), Options({"unit": "firm", "time": "t"}))
    assert keys.units == ("北京市", "北京", "7")
    assert keys.years.tolist() == [1, 1, 3]


def test_trailing_blanks_are_trimmed_and_places_kept() -> None:
    given = block([["x", None], [1.0, None], [None, None], [2.0, None], [None, None]], row=5, column=3)
    trimmed = trim(given)
    assert trimmed.shape == (4, 1)
    table = read_table(given)
    with pytest.raises(InputError) as error:
        table.numbers(0)
    assert error.value.where == "面板!C7"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.5", 1234.5),
        (" 12 ", 12.0),
        ("１２", 12.0),
        ("1e3", 1000.0),
        ("-", None),
        ("…", None),
        ("nan", None),
        ("inf", None),
        ("", None),
    ],
)
def test_numbers_typed_as_text(text: str, number: float | None) -> None:
    assert text_number(text) == number


def test_places_are_spelled_as_formulas_spell_them() -> None:
    assert [column_letters(n) for n in (1, 26, 27, 702, 703, 16384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(column_number(column_letters(n)) == n for n in range(1, 2000))
    assert [quote_sheet(s) for s in ("面板", "My data", "it's", "2020", "A1")] == [
        "面板",
        "'My data'",
        "'it''s'",
        "'2020'",
        "'A1'",
    ]
    assert rectangle("$B$2:D9") == (2, 2, 9, 4)


KNOWN = (
    HEADER,
    LANG,
    Option("rts", "choice", HEADER.help, choices=("CRS", "VRS"), aliases={"规模报酬": "rts", "可变": "VRS"}),
    Option("vce", "choice", HEADER.help, choices=("robust", "cluster()", "dk()", "dk"), aliases={"聚类": "cluster()"}),
    Option("inputs", "names", HEADER.help),
    Option("if", "text", HEADER.help),
    Option("d", "number", HEADER.help),
)


def test_options_accept_chinese_and_full_width_punctuation() -> None:
    options = parse_options(
        "规模报酬＝可变；INPUTS=劳动，资本、能源; if=年份>=2013 & x=1 ;header=否; d=１.５;vce=Cluster( 省份 ， 年份 )",
        KNOWN,
    )
    assert options.text("rts") == "VRS"
    assert options.names("inputs") == ("劳动", "资本", "能源")
    assert options.text("if") == "年份>=2013 & x=1"
    assert not options.header
    assert options.number("d", 0) == 1.5
    assert options.text("vce") == "cluster(省份 , 年份)"


@pytest.mark.parametrize(
    "text", ["rts", "rts=", "=VRS", "rts=XRS", "vce=cluster", "vce=robust(a)", "d=abc", "d=nan", "header=2", "foo=1"]
)
def test_options_that_cannot_be_read(text: str) -> None:
    with pytest.raises(InputError):
        parse_options(text, KNOWN)


def test_names_are_split_at_any_comma() -> None:
    assert split_names("a, b，c、d,,") == ("a", "b", "c", "d")
    assert column_names(block([["能源(万吨, 标煤)"]])) == ("能源(万吨, 标煤)",)
    assert column_names(block([["a", "b"]])) == ("a", "b")


FILTERED = [
    ["省份", "年份", "直辖市", "地区名"],
    ["北京", 2012.0, 1.0, "东部"],
    ["河北", 2013.0, 0.0, "东部"],
    ["陕西", "2014年", None, "西部"],
]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("直辖市=0", [False, True, False]),
        ("直辖市!=1", [False, True, False]),
        ("年份>=2013", [False, True, True]),
        ("年份>2012 且 地区名=东部", [False, True, False]),
        ("省份=北京市", [True, False, False]),
        ("province<>Shaanxi", [True, True, False]),
        ("year<2014 & 直辖市 = 1", [True, False, False]),
    ],
)
def test_filters(text: str, kept: list[bool]) -> None:
    assert read_filter(read_table(block(FILTERED)), text, NO_OPTIONS).tolist() == kept


@pytest.mark.parametrize("text", ["直辖市", "直辖=0", "年份>3000", "=1"])
def test_filters_that_say_nothing(text: str) -> None:
    with pytest.raises(InputError):
        read_filter(read_table(block(FILTERED)), text, NO_OPTIONS)


def test_an_error_cell_in_a_filter_is_refused_with_its_place() -> None:
    rows = [*FILTERED, ["山西", 2014.0, CellError("#REF!"), "中部"]]
    with pytest.raises(InputError) as error:
        read_filter(read_table(block(rows)), "直辖市=0", NO_OPTIONS)
    assert error.value.where == "面板!C5"
