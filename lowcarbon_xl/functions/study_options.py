"""What the functions behind a referee's questions share: the main model, the coefficient followed, draws and seed."""

from __future__ import annotations

from lowcarbon_xl.cells import Block, Output
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.spec import Specification
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.options import Option, Options
from lowcarbon_xl.provenance import note_seed
from lowcarbon_xl.sheet.regression import read_specification
from lowcarbon_xl.sheet.spill import number_cell
from lowcarbon_xl.sheet.table import Table

DRAWS = Option(
    "draws",
    "number",
    Text("draws=1000 抽样次数", "draws=1000 number of draws"),
    aliases={"次数": "draws"},
)
SEED_OPTION = Option(
    "seed",
    "number",
    Text("seed=20240101 随机种子", "seed=20240101 seed of the random numbers"),
    aliases={"种子": "seed"},
)
INSTRUMENTS = Option(
    "instruments",
    "names",
    Text("instruments=IV 工具变量；解释变量当作内生", "instruments=z instrument x, which is then endogenous"),
    aliases={"工具变量": "instruments"},
)
SEED = 20240101


def study_specification(table: Table, y: Block | str, x: Block | str, options: Options) -> Specification:
    """The main model; with ``instruments=`` its regressors are endogenous."""
    instruments = ",".join(options.names("instruments")) or None
    endogenous = x if instruments else None
    return read_specification(table, y, x, options, endogenous=endogenous, instruments=instruments, with_keys=True)


def followed_term(x: Block | str, specification: Specification) -> str:
    """The coefficient that is followed: the first regressor."""
    columns = specification.endogenous or specification.x
    if not columns:
        raise InputError(Text("没有解释变量", "there is no regressor"), Text("至少写一个", "Name one at least"))
    return columns[0].name


def whole_number(options: Options, key: str, default: int) -> int:
    """An option that counts."""
    number = options.number(key, float(default))
    if not number.is_integer() or number < 0:
        raise InputError(
            Text(f"{key}={number:g} 不是非负整数", f"{key}={number:g} is no whole number"),
            Text("写整数", "Write a whole number"),
        )
    return int(number)


def read_seed(options: Options) -> int:
    """The seed of random numbers, noted with the result."""
    seed = whole_number(options, "seed", SEED)
    note_seed(seed)
    return seed


def estimate_cells(fit: FitResult, term: str) -> list[Output]:
    """Coefficient, standard error, t and p of a term."""
    place = fit.position(term)
    return [number_cell(float(column[place])) for column in (fit.coefficients, fit.standard_errors, fit.t, fit.p)]


ESTIMATE_HEADERS: tuple[Output, ...] = (Text("系数", "coef"), Text("标准误", "se"), "t", "p")
