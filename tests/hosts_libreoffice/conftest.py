"""A LibreOffice with the add-in in a profile of its own; tests that need it are skipped where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import lowcarbon_xl.functions  # noqa: F401  (declares the worksheet functions)
from lowcarbon_xl.errors import HostError
from lowcarbon_xl.hosts.libreoffice.install import install
from lowcarbon_xl.hosts.libreoffice.office import Office, Session, find_office, running

CATALOGUE = ("lowcarbon_xl.functions",)
LIMIT = 240.0
"""Seconds after which LibreOffice is ended, whatever it does."""


@pytest.fixture(scope="session")
def office() -> Office:
    try:
        return find_office()
    except HostError as error:
        pytest.skip(f"live LibreOffice tests: {error}")


@pytest.fixture(scope="session")
def profile(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile with the add-in installed, under a path with a blank and Chinese characters."""
    folder = tmp_path_factory.mktemp("libreoffice") / "配置 1"
    assert install(folder, CATALOGUE).version is not None
    return folder


@pytest.fixture(scope="module")
def session(office: Office, profile: Path) -> Iterator[Session]:
    with running(office, profile, LIMIT) as started:
        yield started
