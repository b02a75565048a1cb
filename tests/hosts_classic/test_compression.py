"""Compression of VBA source: Microsoft's own examples, and every length comes back."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowcarbon_xl.hosts.classic.compression import CHUNK, compress, decompress

# MS-OVBA, sections 3.2.1 to 3.2.3: text, and its container.
EXAMPLES = {
    "abcdefghijklmnopqrstuv.": "01 19 B0 00 61 62 63 64 65 66 67 68 00 69 6A 6B 6C 6D 6E 6F 70 00 71 72 73 74 75 76 2E",
    "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa": (
        "01 2F B0 00 23 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6A 01 38 08 61 6B 6C 00 30 6D 6E 6F 70 06 71 02 "
        "70 04 10 72 73 74 75 76 10 77 78 79 7A 00 3C"
    ),
    "a" * 73: "01 03 B0 02 61 45 00",
}


@pytest.mark.parametrize("text", EXAMPLES, ids=("none", "normal", "most"))
def test_microsofts_examples(text: str) -> None:
    assert decompress(bytes.fromhex(EXAMPLES[text])) == text.encode()
    assert decompress(compress(text.encode())) == text.encode()
    assert len(compress(text.encode())) <= len(bytes.fromhex(EXAMPLES[text]))


SOURCE = st.lists(st.sampled_from(["Public ", "Function ", "x", "\r\n", "GTFP", '"', "1234", " "]), max_size=3000)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(SOURCE)
def test_source_comes_back_and_shrinks(words: list[str]) -> None:
    data = "".join(words).encode()
    container = compress(data)
    assert decompress(container) == data
    assert len(container) <= len(data) + len(data) // 8 + 8


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 200))
def test_what_cannot_shrink_is_stored_as_it_is(seed: int, tail: int) -> None:
    data = random.Random(seed).randbytes(CHUNK) + b"a" * tail
    assert decompress(compress(data)) == data


def test_another_reader_agrees() -> None:
    olevba = pytest.importorskip("oletools.olevba", reason="oletools is not installed")
    data = ("Public Function GTFP(ByVal panel As Variant) As Variant\r\n" * 400).encode()
    assert bytes(olevba.decompress_stream(bytearray(compress(data)))) == data


def test_a_partial_chunk_that_cannot_shrink_is_refused() -> None:
    with pytest.raises(ValueError, match="no exact representation"):
        compress(random.Random(1).randbytes(CHUNK - 100))


@pytest.mark.parametrize("damaged", [b"", b"\x02\x00", b"\x01\x19\x80\x00", b"\x01\x01\xb0\x01\x61", b"\x01\x19"])
def test_damage_is_refused(damaged: bytes) -> None:
    with pytest.raises(ValueError, match=r"signature|damaged|before its chunk"):
        decompress(damaged)
