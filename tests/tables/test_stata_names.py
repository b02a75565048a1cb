"""Names and labels that Stata accepts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowcarbon_xl.tables.stata_names import stata_label, stata_name


@settings(derandomize=True, max_examples=300, deadline=None)
@given(headers=st.lists(st.text(max_size=50), max_size=8))
def test_names_are_legal_and_distinct(headers) -> None:
    names: list[str] = []
    for header in headers:
        names.append(stata_name(header, names))
    assert len(set(names)) == len(names)
    for name in names:
        assert 1 <= len(name) <= 32
        assert not name[0].isdigit()
        assert all(letter == "_" or letter.isalnum() for letter in name)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("if", "v_if"),
        ("µg", "v_g"),
        ("str12", "v_str12"),
        ("_cons", "v_cons"),
        ("", "v"),
        ("％", "v"),
        ("ln(GDP)", "ln_GDP"),
    ],
)
def test_reserved_words_are_avoided(header, name) -> None:
    assert stata_name(header, ()) == name


def test_labels_fit_stata() -> None:
    assert stata_label("a\nb" + "长" * 100) == "a b" + "长" * 77
