"""A model as a Stata script with its data, so that a referee without this add-in gets the same numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lowcarbon_xl.errors import InputError, Language, Text
from lowcarbon_xl.tables.model import Model, as_text
from lowcarbon_xl.tables.stata_commands import Expected, StataCommand, command
from lowcarbon_xl.tables.stata_data import StataData, collect, write_csv, write_dta
from lowcarbon_xl.tables.stata_equations import Equation, equations

TOLERANCE = 1e-6  # reghdfe absorbs iteratively, to 1e-8 by default
_TITLE = Text("回归模型的 Stata 复现", "Stata replication of a regression model")


@dataclass(frozen=True, slots=True)
class StataExport:
    """What was written.

    Attributes
    ----------
    script, csv, dta : Path
    names : tuple of (str, str)
        Header in the sheet, and name in Stata.
    expected : tuple of Expected
        Every number that the script checks.
    """

    script: Path
    csv: Path
    dta: Path
    names: tuple[tuple[str, str], ...]
    expected: tuple[Expected, ...]


def export_stata(
    model: Model,
    folder: Path | str,
    stem: str = "model",
    *,
    title: Text = _TITLE,
    language: Language = "zh",
    overwrite: bool = False,
) -> StataExport:
    """Write ``stem.do``, ``stem.csv`` and ``stem.dta``.

    The data hold every row, with a 0/1 variable for each filter; the script winsorizes (winsor2) and lags (``L.``) by
    itself where that gives exactly the values used, and holds its results against ours by ``assert``.

    Parameters
    ----------
    model : Model
    folder : path
        Must exist.
    stem : str
        File name without its ending.
    title : Text
        First line of the script, and label of the data.
    language : {"zh", "en"}
        Of the script's comments.
    overwrite : bool
        Whether files of that name may be replaced.

    Returns
    -------
    StataExport

    Raises
    ------
    InputError
        A file exists, the folder does not, or the model lacks data that the script needs.
    NotAvailableError
        Where Stata has no command for the model.

    Notes
    -----
    Stata 15 or later with reghdfe 6, ivreghdfe, ivreg2, ranktest, xtivreg2 or winsor2 from SSC, as the model needs.
    """
    place = Path(folder)
    script, csv, dta = (place / f"{stem}.{ending}" for ending in ("do", "csv", "dta"))
    _check_targets(place, (script, csv, dta), overwrite=overwrite)
    parts = equations(model)
    data = collect(model, parts)
    commands = [command(part, data, sample) for part, sample in zip(parts, data.samples, strict=True)]
    lines = _script(model, parts, data, commands, stem, title, language)
    write_csv(data, csv)
    write_dta(data, dta, title[language])
    script.write_bytes(("\n".join(lines) + "\n").encode())
    return StataExport(
        script,
        csv,
        dta,
        tuple(dict.fromkeys([*data.groups.items(), *data.numbers.items()])),
        tuple(expected for one in commands for expected in one.expected),
    )


def _check_targets(folder: Path, files: Sequence[Path], *, overwrite: bool) -> None:
    if not folder.is_dir():
        raise InputError(
            Text(f"没有文件夹 {folder.name}", f"there is no folder {folder.name}"),
            Text("先建好文件夹", "Create the folder first"),
            where=folder.name,
        )
    bad = sorted(set('"$`/\\').intersection(files[0].stem))
    if bad:
        raise InputError(
            Text(f"文件名不能含 {' '.join(bad)}", f"a file name must not hold {' '.join(bad)}"),
            Text("换一个名称", "Choose another name"),
            where=files[0].name,
        )
    existing = [path.name for path in files if path.exists()]
    if existing and not overwrite:
        raise InputError(
            Text(
                f"文件 {'、'.join(existing)} 已存在，没有覆盖", f"{', '.join(existing)} exist and were not overwritten"
            ),
            Text("换一个名称，或允许覆盖", "Choose another name, or allow overwriting"),
            where=existing[0],
        )


def _script(
    model: Model,
    parts: Sequence[Equation],
    data: StataData,
    commands: Sequence[StataCommand],
    stem: str,
    title: Text,
    language: Language,
) -> Iterator[str]:
    say = _Comments(language)
    yield say(title)
    if model.sample is not None:
        described = as_text(model.sample)
        yield say(Text(f"样本：{described.zh}", f"sample: {described.en}"))
    yield say(
        Text(
            "UTF-8 编码；Stata 15 及以上；先 cd 到本文件所在文件夹，再 do 本文件",
            "UTF-8; Stata 15 or later; cd to the folder of this file, then do it",
        )
    )
    yield from ("version 15", "clear all", "set more off", "set varabbrev off", "set type double", "")
    yield from _packages(commands, data, say)
    yield from _reading(data, stem, say)
    yield from _preparation(model, data, say)
    for part, one in zip(parts, commands, strict=True):
        yield ""
        yield say(part.title)
        yield from (say(note) for note in _remarks(part))
        yield from one.lines
        yield from map(_assertion, one.expected)
    yield ""
    yield f'display as text "{Text("全部结果一致", "all results agree")[language]}: {sum(len(c.expected) for c in commands)}"'


@dataclass(frozen=True, slots=True)
class _Comments:
    """Comment lines in one language."""

    language: Language

    def __call__(self, text: Text) -> str:
        return f"* {_harmless(text[self.language])}"


def _packages(commands: Sequence[StataCommand], data: StataData, say: _Comments) -> Iterator[str]:
    wanted = dict.fromkeys(package for one in commands for package in one.packages)
    if data.winsorized:
        wanted["winsor2"] = None
    if not wanted:
        return
    yield say(Text("缺少的命令从 SSC 安装（需联网一次）", "missing commands are installed from SSC (once, online)"))
    yield f"foreach package in {' '.join(wanted)} {{"
    yield "    capture which `package'"
    yield "    if _rc ssc install `package'"
    yield "}"
    yield ""


def _reading(data: StataData, stem: str, say: _Comments) -> Iterator[str]:
    yield f'use "{stem}.dta", clear'
    yield say(Text("或者用文本数据：", "or, from the text file:"))
    yield f'* import delimited using "{stem}.csv", clear varnames(1) case(preserve) asdouble encoding("utf-8")'
    for header, name in dict.fromkeys([*data.groups.items(), *data.numbers.items()]):
        if header != name:
            yield say(Text(f"{name} 即“{header}”", f"{name} is '{header}'"))


def _preparation(model: Model, data: StataData, say: _Comments) -> Iterator[str]:
    if data.winsorized:
        low, high = 100 * model.winsor, 100 * (1 - model.winsor)
        yield say(Text(f"两端各缩尾 {low:g}%", f"winsorized by {low:g}% at each end"))
        yield f"winsor2 {' '.join(data.winsorized)}, replace cuts({low:.10g} {high:.10g})"
    elif model.winsor:
        yield say(
            Text(
                f"数据已按两端各 {100 * model.winsor:g}% 缩尾",
                f"the data are winsorized by {100 * model.winsor:g}% at each end",
            )
        )
    if data.unit and data.time:
        yield f"xtset {data.unit} {data.time}"
    for shift in data.shifts:
        yield f"generate double {shift.name} = {shift.operator}.{shift.base}"


def _remarks(part: Equation) -> Iterator[Text]:
    fit = part.fit
    yield Text(f"{fit.convention.zh}；{fit.variance.zh}", f"{fit.convention.en}; {fit.variance.en}")
    if fit.collinear:
        names = fit.collinear
        yield Text(f"因共线去掉：{'、'.join(names)}", f"left out as collinear: {', '.join(names)}")
    if len(fit.singletons):
        yield Text(
            f"单独一组的 {len(fit.singletons)} 行由命令剔除",
            f"{len(fit.singletons)} singletons, dropped by the command",
        )


def _assertion(expected: Expected) -> str:
    """One line that stops the script unless Stata's number is ours.

    reldif() divides by |y|+1, which hides differences of small numbers; so both are first divided by what a
    difference should be measured against.
    """
    comment = f"// {_harmless(expected.name)} = {expected.value:.7g}"
    if expected.expression in ("e(N)", "e(df_r)"):
        return f"assert {expected.expression} == {int(expected.value)}  {comment}"
    value, scale = repr(expected.value), repr(expected.scale)
    wanted = {expected.scale: "1", -expected.scale: "-1"}.get(expected.value, f"{value} / {scale}")
    return f"assert reldif({expected.expression} / {scale}, {wanted}) < {TOLERANCE:g}  {comment}"


def _harmless(text: str) -> str:
    """A text on one line in which Stata finds no comment of its own: /* and /// would swallow the next line."""
    return re.sub(r"/(?=[/*])", "/ ", " ".join(text.split()))
