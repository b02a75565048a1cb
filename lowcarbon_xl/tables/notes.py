"""The notes under a regression table: stars, brackets, standard errors, route, sample, and warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.errors import Text
from lowcarbon_xl.tables.columns import EstimatedColumn
from lowcarbon_xl.tables.model import as_text


def regression_notes(columns: Sequence[EstimatedColumn], stars: Sequence[float], brackets: str) -> tuple[Text, ...]:
    """Everything a reader has to know about the numbers above.

    Parameters
    ----------
    columns : sequence of EstimatedColumn
    stars : sequence of float
        Significance levels, weakest first.
    brackets : {"t", "se"}
        What stands in the round brackets.

    Returns
    -------
    tuple of Text
        The first begins with 注 or Note.
    """
    return (
        _reading(columns, stars, brackets),
        *_by_column(columns, _errors),
        *_by_column(columns, _route),
        *_by_column(columns, _sample),
        *_by_column(columns, _collinear),
        *_identification(columns),
        *_warnings(columns),
    )


def _reading(columns: Sequence[EstimatedColumn], stars: Sequence[float], brackets: str) -> Text:
    levels = [f"{'*' * (place + 1)} p<{level:g}" for place, level in enumerate(stars)][::-1]
    inside = _inside(columns, brackets)
    squares = any(column.instrumented for column in columns)
    zh = [*(["，".join(levels)] if levels else []), f"圆括号内为{inside.zh}", *(["方括号内为 p 值"] if squares else [])]
    en = [
        *([", ".join(levels)] if levels else []),
        f"{inside.en} in parentheses",
        *(["p-values in square brackets"] if squares else []),
    ]
    return Text(f"注：{'；'.join(zh)}。", f"Note: {'; '.join(en)}.")


def _inside(columns: Sequence[EstimatedColumn], brackets: str) -> Text:
    if brackets == "se":
        return Text("标准误", "standard errors")
    kinds = {column.normal for column in columns if column.fit}
    if kinds == {True}:
        return Text(" z 值", "z statistics")
    if kinds == {True, False}:
        normal = _numbers([place for place, column in enumerate(columns) if column.normal])
        return Text(f" t 值（第{normal}列为 z 值）", f"t statistics (z in {normal})")
    return Text(" t 值", "t statistics")


def _errors(column: EstimatedColumn) -> Text | None:
    if column.fit is None:
        return None
    counts = ", ".join(str(count) for _, count in column.fit.clusters)
    if not counts:
        return column.fit.variance
    return Text(f"{column.fit.variance.zh}（组数 {counts}）", f"{column.fit.variance.en} ({counts} groups)")


def _route(column: EstimatedColumn) -> Text | None:
    if column.fit is None:
        return None
    if column.first_stage is None or not column.absorbed:
        return column.fit.convention
    return Text("R² 含固定效应", "R² includes the fixed effects")


def _sample(column: EstimatedColumn) -> Text | None:
    parts = [] if column.sample is None else [_described(as_text(column.sample))]
    if column.fit is not None:
        parts += _losses(column.fit)
    return Text("，".join(part.zh for part in parts), ", ".join(part.en for part in parts)) if parts else None


def _described(sample: Text) -> Text:
    return Text(f"样本：{sample.zh}", f"sample: {sample.en}")


def _losses(fit: FitResult) -> Iterator[Text]:
    for rows, zh, en in (
        (fit.missing, "行因缺失值未用", "rows with missing values left out"),
        (fit.singletons, "行为单独一组，已剔除", "singleton rows dropped"),
    ):
        if len(rows):
            yield Text(f"{len(rows)} {zh}", f"{len(rows)} {en}")


def _collinear(column: EstimatedColumn) -> Text | None:
    if column.fit is None or not column.fit.collinear:
        return None
    names = column.fit.collinear
    return Text(f"因共线去掉 {'、'.join(names)}", f"dropped as collinear: {', '.join(names)}")


def _identification(columns: Sequence[EstimatedColumn]) -> Iterator[Text]:
    tested = [column.instrumented for column in columns if column.instrumented]
    if tested:
        yield Text(
            "Stock-Yogo 临界值对应 10% 的最大真实显著性水平，并假定同方差。",
            "Stock-Yogo values are for a maximal size of 10% and assume iid errors.",
        )
    yield from _by_column(
        columns,
        lambda column: (
            column.instrumented.identification.verdict
            if column.instrumented and column.instrumented.identification.weak
            else None
        ),
    )


def _warnings(columns: Sequence[EstimatedColumn]) -> Iterator[Text]:
    """Remarks of the fits and of the methods, each once, with the columns it is about."""
    remarks: dict[Text, list[int]] = {}
    for place, column in enumerate(columns):
        own = column.fit.notes if column.fit and column.first_stage is None else ()
        for remark in (*own, *column.remarks):
            remarks.setdefault(remark, []).append(place)
    for remark, places in remarks.items():
        yield _about(remark, places, len(columns))


def _by_column(
    columns: Sequence[EstimatedColumn], describe: Callable[[EstimatedColumn], Text | None]
) -> tuple[Text, ...]:
    """One note that says the same of all columns once, and names the columns where they differ."""
    described: dict[Text, list[int]] = {}
    for place, column in enumerate(columns):
        text = describe(column)
        if text is not None:
            described.setdefault(text, []).append(place)
    parts = [_about(text, places, len(columns), end=False) for text, places in described.items()]
    if not parts:
        return ()
    zh, en = "；".join(part.zh for part in parts), "; ".join(part.en for part in parts)
    return (Text(f"{zh}。", f"{en[0].upper()}{en[1:]}."),)


def _about(text: Text, places: list[int], count: int, *, end: bool = True) -> Text:
    zh, en = ("。", ".") if end else ("", "")
    if len(places) == count:
        return Text(text.zh + zh, text.en + en)
    return Text(f"第{_numbers(places)}列：{text.zh}{zh}", f"Column {_numbers(places)}: {text.en}{en}")


def _numbers(places: list[int]) -> str:
    """``(1)(2)``; three or more in a row as ``(1)-(3)``."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return "".join(
        f"({run[0] + 1})-({run[-1] + 1})" if len(run) > 2 else "".join(f"({place + 1})" for place in run)
        for run in runs
    )
