"""Names that Excel, VBA, Office.js and LibreOffice all accept, and texts that their wizards show whole."""

from __future__ import annotations

import re

import pytest
from openpyxl.utils import FORMULAE

from lowcarbon_xl.catalogue import WIZARD_LIMIT, Function, Kind, functions

# Excel's later functions, which openpyxl's list ends before.
NEWER = frozenset(
    """XLOOKUP XMATCH FILTER SORT SORTBY UNIQUE SEQUENCE RANDARRAY LET LAMBDA MAP REDUCE SCAN BYROW BYCOL MAKEARRAY ISOMITTED
    TOCOL TOROW WRAPCOLS WRAPROWS TAKE DROP EXPAND CHOOSECOLS CHOOSEROWS VSTACK HSTACK TEXTSPLIT TEXTBEFORE TEXTAFTER TEXTJOIN CONCAT IFS
    SWITCH MAXIFS MINIFS GROUPBY PIVOTBY PERCENTOF TRIMRANGE REGEXTEST REGEXEXTRACT REGEXREPLACE STOCKHISTORY IMAGE ARRAYTOTEXT VALUETOTEXT
    FORECAST.ETS FORECAST.LINEAR DETECTLANGUAGE TRANSLATE COPILOT""".split()
)
VBA_WORDS = frozenset(
    """and as boolean byref byte byval call case class const currency date debug declare dim do double each else elseif end enum
    erase error event exit explicit false for friend function get global gosub goto if imp implements in input integer is let lib like
    line lock long loop lset me mod new next not nothing null object on open option optional or paramarray preserve print private
    property public put raise randomize redim rem resume return rset select set single static step stop string sub then time to true
    type unlock until variant wend while with write xor""".split()
)


@pytest.fixture(params=functions(), ids=lambda function: function.name)
def function(request: pytest.FixtureRequest) -> Function:
    return request.param


def test_the_name_is_accepted_everywhere(function: Function) -> None:
    name = function.name
    assert re.fullmatch(r"[A-Z]{3,31}", name), "letters only, so that VBA, Office.js and LibreOffice take it"
    assert not re.fullmatch(r"[A-Z]{1,3}\d+", name), "a cell address"
    assert not re.fullmatch(r"R\d*C\d*", name), "an R1C1 address"
    assert name not in FORMULAE, "an Excel function"
    assert name not in NEWER, "an Excel function"
    assert name.casefold() not in VBA_WORDS


def test_wizard_texts_fit(function: Function) -> None:
    texts = [function.summary, *(argument.help for argument in function.arguments)]
    for text in texts:
        assert 0 < len(text.zh) <= WIZARD_LIMIT
        assert 0 < len(text.en) <= WIZARD_LIMIT


def test_arguments_are_vba_identifiers_and_optional_ones_come_last(function: Function) -> None:
    names = [argument.name for argument in function.arguments]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert name not in VBA_WORDS
    optional = [argument.optional for argument in function.arguments]
    assert optional == sorted(optional)
    assert function.arguments[-1].kind is Kind.OPTIONS or not function.options


def test_option_keys_are_unique(function: Function) -> None:
    keys = [option.key for option in function.options]
    assert len(set(keys)) == len(keys)
    for option in function.options:
        targets = set(option.aliases.values())
        assert targets <= {option.key, *option.choices}, "an alias points at a key or a choice"
        assert option.help.zh
        assert option.help.en


def test_everything_is_said_in_both_languages(function: Function) -> None:
    for text in (function.summary, function.detail, function.spills, *(a.label for a in function.arguments)):
        assert re.search(r"[\u4e00-\u9fff]", text.zh), text
        assert not re.search(r"[\u4e00-\u9fff]", text.en.replace("规则", "")), "only the name of a sheet stays Chinese"


def test_names_are_unique_ignoring_case() -> None:
    names = [function.name.casefold() for function in functions()]
    assert len(set(names)) == len(names)


def test_only_why_and_its_like_need_a_reference() -> None:
    assert [function.name for function in functions() if function.needs_reference] == ["WHY"]
