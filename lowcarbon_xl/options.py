"""The optional last argument of every function: one text, ``"index=ML; rts=VRS"``, read by what a function knows."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from lowcarbon_xl.errors import InputError, Language, Text, nearest

OptionKind = Literal["choice", "flag", "number", "names", "text"]
OptionValue = str | bool | float | tuple[str, ...]

_CALL = re.compile(r"^(?P<head>[^()]+)\((?P<arguments>[^()]*)\)$")
_SEPARATORS = re.compile(r"[,，、]")


@dataclass(frozen=True, slots=True)
class Option:
    """One option key that a function accepts.

    Parameters
    ----------
    key : str
        The name in the options text, lower case.
    kind : {"choice", "flag", "number", "names", "text"}
        How its value is read.
    help : Text
        What it does, and the default.
    choices : tuple of str
        Canonical values of a choice; one that ends in ``()`` takes arguments, as ``cluster(col)``.
    aliases : mapping
        Other spellings of the key and of its values, Chinese ones among them, to the canonical one.
    """

    key: str
    kind: OptionKind
    help: Text
    choices: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


HEADER = Option(
    "header",
    "flag",
    Text("header=0 不要结果的标题行（默认 1）", "header=0 drops the header row of the result (default 1)"),
    aliases={"标题": "header", "表头": "header"},
)
LANG = Option(
    "lang",
    "choice",
    Text("结果标题的语言 zh|en", "language of the result's headers, zh|en"),
    choices=("zh", "en"),
    aliases={"语言": "lang", "中文": "zh", "英文": "en"},
)
UNIT = Option(
    "unit",
    "text",
    Text(
        "主体所在列（不是省份时用），如 unit=城市", "key column of the units when they are not provinces, as unit=city"
    ),
    aliases={"主体": "unit", "个体": "unit"},
)
TIME = Option(
    "time",
    "text",
    Text("时间所在列（不叫年份时用），如 time=期", "key column of time when it is not called year, as time=period"),
    aliases={"时间": "time"},
)
TEXT_NUMBERS = Option(
    "text",
    "choice",
    Text(
        "text=read 把文本形式的数字读作数字（默认 refuse 拒绝并指出）",
        "text=read reads numbers typed as text (default: refuse them by name)",
    ),
    choices=("refuse", "read"),
)
COMMON = (HEADER, LANG)
KEYS = (UNIT, TIME)


@dataclass(frozen=True, slots=True)
class Options:
    """Parsed options: canonical keys and values, only those that the user gave."""

    values: Mapping[str, OptionValue] = field(default_factory=lambda: MappingProxyType({}))

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def text(self, key: str, default: str = "") -> str:
        """A choice or free text."""
        value = self.values.get(key, default)
        return value if isinstance(value, str) else default

    def flag(self, key: str, default: bool = False) -> bool:
        """A 0/1 option."""
        value = self.values.get(key, default)
        return value if isinstance(value, bool) else default

    def number(self, key: str, default: float) -> float:
        """A number."""
        value = self.values.get(key, default)
        return value if isinstance(value, float) and not isinstance(value, bool) else default

    def names(self, key: str) -> tuple[str, ...]:
        """A list of column names; empty when not given."""
        value = self.values.get(key, ())
        return value if isinstance(value, tuple) else ()

    @property
    def header(self) -> bool:
        """Whether the spill keeps its header row."""
        return self.flag("header", True)

    @property
    def language(self) -> Language | None:
        """The language the user asked for, if any."""
        value = self.text("lang")
        return None if not value else ("zh" if value == "zh" else "en")


def split_names(text: str) -> tuple[str, ...]:
    """Column names out of one text; comma, full-width comma and 、 separate them."""
    return tuple(name for part in _SEPARATORS.split(text) if (name := part.strip()))


def parse_options(text: str, known: tuple[Option, ...]) -> Options:
    """Read an options text.

    Parameters
    ----------
    text : str
        ``key=value`` pairs separated by ``;`` (full-width punctuation and any case are fine).
    known : tuple of Option
        What the function accepts.

    Raises
    ------
    InputError
        For an unknown key or value: names the nearest known one and lists them all.
    """
    values: dict[str, OptionValue] = {}
    for part in re.split(r"[;；\n]", text):
        if not part.strip():
            continue
        key_text, separator, value_text = _partition(part)
        option = _find_option(key_text, known)
        if not separator or not value_text:
            raise InputError(
                Text(f"选项“{part.strip()}”没有写值", f"option {part.strip()!r} has no value"),
                Text(f"写成 {option.key}=值。{option.help.zh}", f"Write {option.key}=value. {option.help.en}"),
            )
        if option.key in values:
            raise InputError(
                Text(f"选项 {option.key} 写了两次", f"option {option.key} is given twice"),
                Text("只保留一个", "Keep one of them"),
            )
        values[option.key] = _read_value(option, value_text)
    return Options(MappingProxyType(values))


def _partition(part: str) -> tuple[str, str, str]:
    """Key, equals sign and value; a filter's own signs (``if=x=0``) stay in the value."""
    match = re.match(r"\s*([^=＝]*?)\s*([=＝])\s*(.*?)\s*$", part, flags=re.DOTALL)
    return (match[1], match[2], match[3]) if match else (part.strip(), "", "")


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _find_option(word: str, known: tuple[Option, ...]) -> Option:
    folded = _fold(word)
    spellings = {_fold(option.key): option for option in known}
    spellings |= {
        _fold(alias): option for option in known for alias, key in option.aliases.items() if key == option.key
    }
    if folded in spellings:
        return spellings[folded]
    keys = ", ".join(option.key for option in known)
    guess = nearest(folded, spellings)
    hint = spellings[guess].key if guess else None
    raise InputError(
        Text(f"不认识选项“{word}”", f"unknown option {word!r}"),
        Text(
            (f"是不是 {hint}？" if hint else "") + f"可用的选项：{keys}",
            (f"Did you mean {hint}? " if hint else "") + f"Known options: {keys}",
        ),
    )


def _read_value(option: Option, text: str) -> OptionValue:
    if option.kind == "names":
        return split_names(text)
    if option.kind == "text":
        return text.strip()
    if option.kind == "number":
        return _read_number(option, text)
    if option.kind == "flag":
        return _read_flag(option, text)
    return _read_choice(option, text)


def _read_number(option: Option, text: str) -> float:
    try:
        number = float(unicodedata.normalize("NFKC", text))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(
            Text(f"选项 {option.key} 要一个数字，写的是“{text}”", f"option {option.key} takes a number, not {text!r}"),
            option.help,
        )
    return number


def _read_flag(option: Option, text: str) -> bool:
    flags = {"1": True, "0": False, "true": True, "false": False, "yes": True, "no": False, "是": True, "否": False}
    folded = _fold(text)
    if folded not in flags:
        raise InputError(
            Text(f"选项 {option.key} 只能写 0 或 1，写的是“{text}”", f"option {option.key} takes 0 or 1, not {text!r}"),
            option.help,
        )
    return flags[folded]


def _read_choice(option: Option, text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).strip()
    call = _CALL.match(folded)
    head = call["head"].strip() if call else folded
    meant = [c for c in option.choices if _fold(c.removesuffix("()")) == _fold(head)]
    meant += [
        c
        for alias, c in option.aliases.items()
        if _fold(alias.removesuffix("()")) == _fold(head) and c in option.choices
    ]
    choice = next((c for c in meant if c.endswith("()") == bool(call)), None)
    if choice is not None:
        return choice.removesuffix("()") + (f"({call['arguments'].strip()})" if call else "")
    spellings = {_fold(c.removesuffix("()")): c for c in option.choices}
    choice = meant[0] if meant else None
    shown = ", ".join(c.replace("()", "(...)") for c in option.choices)
    guess = choice or (spellings[near] if (near := nearest(head, spellings)) else None)
    hint = guess.replace("()", "(...)") if guess else None
    raise InputError(
        Text(f"选项 {option.key} 没有“{text}”这个值", f"option {option.key} has no value {text!r}"),
        Text(
            (f"是不是 {hint}？" if hint else "") + f"可用的值：{shown}",
            (f"Did you mean {hint}? " if hint else "") + f"Known values: {shown}",
        ),
    )


def split_call(value: str) -> tuple[str, tuple[str, ...]]:
    """``"cluster(a,b)"`` as its head and its arguments; a plain word has none."""
    call = _CALL.match(value)
    return (call["head"], split_names(call["arguments"])) if call else (value, ())
