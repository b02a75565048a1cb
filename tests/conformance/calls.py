"""The calls that every host must answer alike, as host-neutral data.

Formulas use the plain names (a host adds its own prefix) and Excel's English spelling. Each call stands in a sheet of
its own, named by its id, with the formula in A1, so that one call can point at another's result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["values", "spill", "error", "chinese", "blanks", "dates", "single", "columns", "large"]

Need = Literal["array argument", "reference", "optional range place", "boolean"]
"""What a host may be unable to pass on: a computed array where a range is expected, the reference behind a value, the
place of a range that may be left out, a logical value told apart from 1."""


@dataclass(frozen=True, slots=True)
class ConformanceCall:
    """One call.

    Parameters
    ----------
    id : str
        Also the name of the sheet that it stands in.
    formula : str
        In Excel's spelling, with ``=``.
    kind : str
        What it is about.
    needs : frozenset of str
        What a host must be able to pass on; one that cannot must show an error value.
    reason : str
        For errors: what the English reason contains, first of all the place.
    """

    id: str
    formula: str
    kind: Kind
    needs: frozenset[Need] = frozenset()
    reason: str = ""


def _calls() -> Iterator[ConformanceCall]:
    yield from _values()
    yield from _spills()
    yield from _errors()
    yield from _texts()
    yield from _blanks_and_dates()
    yield from _sizes()
    yield from _explanations()


def _values() -> Iterator[ConformanceCall]:
    """Results that ordinary formulas go on with."""
    yield ConformanceCall("sum_of_emissions", '=SUM(EMISSIONS(能源!A1:K3,"header=0"))', "values")
    yield ConformanceCall("index_of_gtfp", "=INDEX(GTFP(面板!A1:G31),3,1)", "values")
    yield ConformanceCall("iferror_of_first_year", "=IFERROR(INDEX(GTFP(面板!A1:G31),2,1),-1)", "values")
    yield ConformanceCall("isna_of_first_year", "=ISNA(INDEX(GTFP(面板!A1:G31),2,1))", "values")
    yield ConformanceCall("sum_over_na", '=SUM(GTFP(面板!A1:G31,"header=0"))', "values", reason="#N/A")
    yield ConformanceCall("arithmetic", '=2*INDEX(SBMDDF(面板!A1:G31,"detail=score"),4,1)+1', "values")
    yield ConformanceCall("coefficient", '=INDEX(TWFE(变量!A1:F43,"碳排放","AI"),2,2)', "values")
    yield ConformanceCall("rows_of_spill", "=ROWS(GTFP(面板!A1:G31))", "values")


def _spills() -> Iterator[ConformanceCall]:
    """Every function, with and without options."""
    yield ConformanceCall("gtfp", "=GTFP(面板!A1:G31)", "spill")
    yield ConformanceCall("gtfp_vrs", '=GTFP(面板!A1:G31,"rts=VRS")', "spill")
    yield ConformanceCall("gtfp_ml", '=GTFP(面板!A1:G31,"index=ML")', "spill")
    yield ConformanceCall("gtfp_base", '=GTFP(面板!A1:G31,"base=2017")', "spill")
    yield ConformanceCall("sbmddf", "=SBMDDF(面板!A1:G31)", "spill")
    yield ConformanceCall("sbmddf_peers", '=SBMDDF(面板!A1:G31,"detail=peers;reference=contemporaneous")', "spill")
    yield ConformanceCall("emissions", "=EMISSIONS(能源!A1:K9)", "spill")
    yield ConformanceCall("emissions_by_fuel", '=EMISSIONS(能源!A1:K9,,"detail=fuel")', "spill")
    yield ConformanceCall("emissions_set_b", '=EMISSIONS(能源!A1:K9,"set=B")', "spill")
    yield ConformanceCall("emissions_own_factors", "=EMISSIONS(能源!A1:K9,因子!A1:B10)", "spill")
    yield ConformanceCall("realgdp", "=REALGDP(资本!A1:F28)", "spill")
    yield ConformanceCall("capitalstock", "=CAPITALSTOCK(资本!A1:F28)", "spill")
    yield ConformanceCall("lagyear", '=LAGYEAR(变量!A1:F43,"AI")', "spill")
    yield ConformanceCall("lagyear_by_number", '=LAGYEAR(变量!A1:F43,"AI",-2)', "spill")
    yield ConformanceCall("lagyear_by_header_cell", "=LAGYEAR(变量!A1:F43,变量!D1,1)", "spill")
    yield ConformanceCall("winsorize", '=WINSORIZE(变量!A1:F43,"limits=0.05")', "spill")
    yield ConformanceCall("describe", "=DESCRIBE(变量!A1:F43)", "spill")
    yield ConformanceCall("twfe", '=TWFE(变量!A1:F43,"碳排放","AI")', "spill")
    yield ConformanceCall("twfe_header_cells", "=TWFE(变量!A1:F43,变量!C1,变量!D1:E1)", "spill")
    yield ConformanceCall(
        "twfe_clustered", '=TWFE(变量!A1:F43,"碳排放","AI","controls=开放度; vce=cluster(province)")', "spill"
    )
    yield ConformanceCall("twfe_sample", '=TWFE(变量!A1:F43,"碳排放","AI","if=直辖市=0")', "spill")
    yield ConformanceCall("absolute_reference", "=GTFP(面板!$A$1:$G$31)", "spill")
    yield ConformanceCall("options_in_a_cell", "=GTFP(面板!A1:G31,选项!A1)", "spill")
    yield ConformanceCall("computed_options", '=GTFP(面板!A1:G31,"rts="&"VRS")', "spill")
    yield ConformanceCall("formulas_as_input", "=DESCRIBE(公式!A1:D5)", "spill")
    yield ConformanceCall("nested", "=DESCRIBE(FILLGAPS(插值!A1:E7))", "spill", needs=frozenset({"array argument"}))
    yield ConformanceCall(
        "array_expression", '=DESCRIBE(IF(变量!A1:F43="","",变量!A1:F43))', "spill", needs=frozenset({"array argument"})
    )


def _errors() -> Iterator[ConformanceCall]:
    """Bad input: an error value, and a reason that names the cell."""

    def refused(id_: str, formula: str, reason: str, *needs: Need) -> ConformanceCall:
        return ConformanceCall(id_, formula, "error", frozenset(needs), reason)

    yield refused("blank_in_data", "=GTFP(缺一格!A1:G10)", "缺一格!E3: ")
    yield refused("text_number", "=GTFP(文本数字!A1:G10)", "文本数字!D4: ")
    yield refused("error_value", "=GTFP(错误值!A1:G10)", "错误值!F5: ")
    yield refused("error_formula", "=GTFP(除以零!A1:G10)", "除以零!G6: ")
    yield refused("duplicate_key", "=GTFP(重复!A1:G10)", "重复!A3: ")
    yield refused("zero_output", "=GTFP(零排放!A1:G10)", "零排放!G7: ")
    yield refused("logical", "=GTFP(逻辑值!A1:G10)", "逻辑值!D2: ")
    yield refused("two_candidates", "=GTFP(两个GDP!A1:G10)", "两个GDP!")
    yield refused("unknown_option", '=GTFP(面板!A1:G31,"rst=VRS")', "Did you mean rts?")
    yield refused("unknown_value", '=GTFP(面板!A1:G31,"rts=VRD")', "Did you mean VRS?")
    yield refused("unknown_column", '=TWFE(变量!A1:F43,"碳排","AI")', "碳排")
    yield refused("no_header", "=GTFP(面板!A2:G31)", "面板!B2: ")
    yield refused("one_row", "=GTFP(面板!A1:G1)", "面板!A1:G1: ")
    yield refused("options_as_number", "=GTFP(面板!A1:G31,选项!A4)", "options")
    yield refused("number_as_text", '=LAGYEAR(变量!A1:F43,"AI","x")', "wants a number")


def _texts() -> Iterator[ConformanceCall]:
    """Chinese in sheets' names, headers, options and results."""
    yield ConformanceCall("chinese_option", '=GTFP(面板!A1:G31,"基年=2016；语言=zh")', "chinese")
    yield ConformanceCall("chinese_headers", '=SBMDDF(面板!A1:G31,"lang=zh")', "chinese")
    yield ConformanceCall("quoted_sheet", "=GTFP('数据 (2020年)'!A1:G17)", "chinese")
    yield ConformanceCall("english_panel", "=GTFP(panel!A1:G17)", "chinese")
    yield ConformanceCall("chinese_descriptive", '=DESCRIBE(变量!A1:F43,"lang=zh; columns=AI、开放度")', "chinese")


def _blanks_and_dates() -> Iterator[ConformanceCall]:
    """A blank is no 0 and a date is no number."""
    yield ConformanceCall("fillgaps", "=FILLGAPS(插值!A1:E7)", "blanks")
    yield ConformanceCall("describe_with_blanks", "=DESCRIBE(插值!A1:E7)", "blanks")
    yield ConformanceCall("trailing_blanks", "=GTFP(面板!A1:J60)", "blanks")
    yield ConformanceCall("blank_option_cell", "=GTFP(面板!A1:G31,选项!A2)", "blanks")
    yield ConformanceCall("omitted_option", "=GTFP(面板!A1:G31,)", "blanks")
    yield ConformanceCall("only_blanks", "=GTFP(单格!C1:D9)", "blanks", reason="单格!C1")
    yield ConformanceCall("date_as_year", "=GTFP(日期年份!A1:G10)", "dates", reason="日期年份!B2: ")
    yield ConformanceCall("date_formula_as_year", "=GTFP(公式日期!A1:G10)", "dates", reason="公式日期!B2: ")
    yield ConformanceCall("dates_pass_through", '=FILLGAPS(日期列!A1:D4,"columns=x")', "dates")


def _sizes() -> Iterator[ConformanceCall]:
    """From one cell to many."""
    yield ConformanceCall("one_text_cell", "=DESCRIBE(单格!A1)", "single", reason="单格!A1")
    yield ConformanceCall("one_blank_cell", "=DESCRIBE(单格!A2)", "single", reason="range is empty")
    yield ConformanceCall("one_error_cell", "=DESCRIBE(单格!A3)", "single", reason="单格!A3")
    yield ConformanceCall(
        "one_by_one_result", '=LAGYEAR(变量!A1:F2,"AI",1,"header=0")', "single", reason="no AI 1 years earlier"
    )
    yield ConformanceCall("whole_columns", "=GTFP(面板!A:G)", "columns")
    yield ConformanceCall("whole_columns_absolute", "=EMISSIONS(能源!$A:$K)", "columns")
    yield ConformanceCall("whole_columns_with_dates", '=FILLGAPS(日期列!A:D,"columns=x")', "columns")
    yield ConformanceCall("large_describe", '=DESCRIBE(大!A1:L5001,"unit=企业")', "large")
    yield ConformanceCall("large_lag", '=LAGYEAR(大!A1:L5001,"x3",1,"unit=企业")', "large")
    yield ConformanceCall("large_winsorize", '=SUM(WINSORIZE(大!A1:L5001,"unit=企业; header=0"))', "large")
    yield ConformanceCall("large_regression", '=TWFE(大!A1:L5001,"x0","x1, x2","unit=企业; absorb=企业,年份")', "large")


def _explanations() -> Iterator[ConformanceCall]:
    """WHY looks at the results of the calls above."""
    reference: frozenset[Need] = frozenset({"reference"})
    yield ConformanceCall("why_error", "=WHY(blank_in_data!A1)", "values", reference, "缺一格!E3: ")
    yield ConformanceCall("why_number", "=WHY(gtfp!A3)", "values", reference, "GML")
    yield ConformanceCall("why_with_options", "=WHY(gtfp_vrs!B4)", "values", reference, "VRS")
    yield ConformanceCall("why_unknown_option", "=WHY(unknown_option!A1)", "values", reference, "Did you mean rts?")
    yield ConformanceCall("why_coefficient", "=WHY(twfe_clustered!B2)", "values", reference, "cluster")
    yield ConformanceCall("why_whole_columns", "=WHY(whole_columns!A3)", "values", reference, "GTFP(面板!A:G)")
    yield ConformanceCall("why_first_year", "=WHY(gtfp!A2)", "values", reference, "2015")
    yield ConformanceCall("why_typed_value", "=WHY(面板!C2)", "values", reference, "typed value")
    yield ConformanceCall("why_ordinary_formula", "=WHY(公式!C2)", "values", reference, "ordinary formula")


CALLS: tuple[ConformanceCall, ...] = tuple(_calls())
