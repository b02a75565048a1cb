"""Compound files: what goes in comes out, in our reader and in another."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowcarbon_xl.hosts.classic.compound import SECTOR, read_compound, write_compound

NAMES = st.text(st.characters(codec="ascii", categories=("Lu", "Ll", "Nd")), min_size=1, max_size=31)
STREAMS = st.dictionaries(NAMES, st.integers(0, 9000), max_size=12)


def unique(names: dict[str, int]) -> dict[str, bytes]:
    """Names that differ by more than case, as the format demands."""
    return {name.upper(): bytes([len(name)]) * size for name, size in names.items()}


@settings(derandomize=True, max_examples=60, deadline=None)
@given(STREAMS, STREAMS)
def test_every_stream_comes_back(outer: dict[str, int], inner: dict[str, int]) -> None:
    outside, inside = unique(outer), unique(inner)
    outside.pop("VBA", None)
    data = write_compound({**outside, "VBA": inside})
    assert read_compound(data) == {**outside, **{f"VBA/{name}": content for name, content in inside.items()}}
    assert len(data) % SECTOR == 0


def test_another_reader_agrees() -> None:
    olefile = pytest.importorskip("olefile", reason="oletools is not installed")
    tree = {
        "small": b"x" * 100,
        "large": bytes(range(256)) * 900,
        "VBA": {f"Module{i}": b"y" * 70 * i for i in range(1, 90)},
    }
    with olefile.OleFileIO(io.BytesIO(write_compound(tree))) as file:
        assert not file.parsing_issues
        assert file.openstream("large").read() == tree["large"]
        assert file.openstream("small").read() == tree["small"]
        assert file.openstream(["VBA", "Module89"]).read() == b"y" * 70 * 89


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 7 MB"):
        write_compound({"large": bytes(7_200_000)})


def test_names_are_limited() -> None:
    with pytest.raises(ValueError, match="31 characters"):
        write_compound({"x" * 32: b""})


@pytest.mark.parametrize("cut", [0, 8, 511, 1024])
def test_a_damaged_file_is_refused(cut: int) -> None:
    data = write_compound({"VBA": {"dir": b"z" * 5000}})
    with pytest.raises(ValueError, match=r"no compound file|outside the file"):
        read_compound(data[:cut])
