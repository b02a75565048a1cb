"""Options that every frontier function shares: roles, returns to scale, measure, weights, direction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.options import COMMON, KEYS, TEXT_NUMBERS, Option, Options, split_names
from lowcarbon_xl.productivity.conventions import Disposability, Measure, MeasureName

INPUTS = Option(
    "inputs",
    "names",
    Text("inputs=劳动,资本,能源 投入列（默认按标题识别）", "inputs=a,b,c columns of inputs (default: by header)"),
    aliases={"投入": "inputs", "input": "inputs"},
)
GOOD = Option(
    "good",
    "names",
    Text("good=实际GDP 期望产出列", "good=y columns of good outputs"),
    aliases={"期望产出": "good", "goods": "good"},
)
BAD = Option(
    "bad",
    "names",
    Text("bad=CO2 非期望产出列；bad=none 表示没有", "bad=co2 columns of bad outputs; bad=none when there is none"),
    aliases={"非期望产出": "bad", "bads": "bad"},
)
RTS = Option(
    "rts",
    "choice",
    Text("rts=CRS（默认，规模报酬不变）| VRS（可变）", "rts=CRS (default) | VRS: returns to scale"),
    choices=("CRS", "VRS"),
    aliases={"规模报酬": "rts", "不变": "CRS", "可变": "VRS"},
)
WEIGHTS = Option(
    "weights",
    "text",
    Text(
        "weights=default（投入、产出各一半）| thirds（投入、期望、非期望产出各三分之一）| 每列一个数（投入、期望、非期望的顺序）",
        "weights=default (half inputs, half outputs) | thirds | one number a column (inputs, goods, bads)",
    ),
    aliases={"权重": "weights"},
)
ZERO = Option(
    "zero",
    "choice",
    Text("zero=refuse（默认，零值报错）| drop（去掉该项的权重）", "zero=refuse (default) | drop the term of a zero"),
    choices=("refuse", "drop"),
    aliases={"零值": "zero", "拒绝": "refuse", "去掉": "drop"},
)
MEASURE = Option(
    "measure",
    "choice",
    Text(
        "measure=SBM（默认）| radial（径向 DDF，Chung-Färe-Grosskopf）| NDDF（非径向，同 Stata teddf）| Tone（SBM 比率，无效率=1-ρ）",
        "measure=SBM (default) | radial (Chung-Färe-Grosskopf) | NDDF (non-radial, as Stata's teddf) | Tone (SBM ratio, 1-rho)",
    ),
    choices=("SBM", "radial", "NDDF", "Tone"),
    aliases={"测度": "measure", "模型": "measure", "径向": "radial", "非径向": "NDDF"},
)
DISPOSABILITY = Option(
    "disposability",
    "choice",
    Text(
        "disposability=weak（默认）| strong：非期望产出的处置性，仅 radial 和 NDDF（SBM 里没有区别）",
        "disposability=weak (default) | strong: of bad outputs, radial and NDDF only (vacuous in SBM)",
    ),
    choices=("weak", "strong"),
    aliases={"处置性": "disposability", "弱": "weak", "强": "strong"},
)
DIRECTION = Option(
    "direction",
    "text",
    Text(
        "direction=own（(x,y,b)）| output（(0,y,-b)，radial 默认）| input | 每列一个数（投入、期望、非期望的顺序）",
        "direction=own ((x,y,b)) | output ((0,y,-b), default of radial) | input | one number a column (inputs, goods, bads)",
    ),
    aliases={"方向": "direction"},
)
SHARED = (INPUTS, GOOD, BAD, RTS, MEASURE, WEIGHTS, DIRECTION, DISPOSABILITY, ZERO, *KEYS, TEXT_NUMBERS, *COMMON)


def read_measure(options: Options) -> Measure:
    """The measure and its conventions, as the options text says."""
    return Measure(
        cast(MeasureName, options.text("measure", "SBM")),
        "VRS" if options.text("rts") == "VRS" else "CRS",
        _words_or_numbers(options.text("weights"), _WEIGHT_WORDS, WEIGHTS),  # type: ignore[arg-type]
        _words_or_numbers(options.text("direction"), _DIRECTION_WORDS, DIRECTION),  # type: ignore[arg-type]
        cast("Disposability | None", options.text("disposability") or None),
    )


_WEIGHT_WORDS = {"default": "default", "默认": "default", "thirds": "thirds", "三分": "thirds", "三分之一": "thirds"}
_DIRECTION_WORDS = {
    "own": "own",
    "自身": "own",
    "output": "output",
    "产出": "output",
    "input": "input",
    "投入": "input",
}


def _words_or_numbers(given: str, words: dict[str, str], option: Option) -> str | tuple[float, ...] | None:
    """One of the known words, or a number a column; None when nothing is given."""
    if not given:
        return None
    if given.casefold() in words:
        return words[given.casefold()]
    try:
        return tuple(float(part) for part in split_names(given))
    except ValueError:
        raise InputError(
            Text(f"选项 {option.key} 没有“{given}”这个值", f"option {option.key} has no value {given!r}"), option.help
        ) from None


def proof_note(worst: float, solvers: Sequence[str]) -> Text:
    """How well every program is proved, and who solved it."""
    who = ", ".join(solvers)
    return Text(
        f"每个规划都经验证，最大相对误差 {worst:.1e}；求解：{who}",
        f"every program is certified, largest relative error {worst:.1e}; solved by {who}",
    )


def listed_weights(weights: Sequence[float] | np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    """Weights as a remark prints them."""
    return ", ".join(f"{weight:.4g}" for weight in weights)
