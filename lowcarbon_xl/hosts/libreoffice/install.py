"""Install the add-in into a LibreOffice profile, and take it out again."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lowcarbon_xl.hosts.libreoffice.extension import build_extension
from lowcarbon_xl.hosts.libreoffice.in_calc.client import CALL_SECONDS
from lowcarbon_xl.hosts.libreoffice.office import find_office, running
from lowcarbon_xl.hosts.libreoffice.registration import IDENTIFIER

SETTINGS = "lowcarbon_xl.json"
"""In the folder ``user`` of the profile: how the add-in starts the worker, and for how long a call may run."""

_SECONDS = 120.0
_MANAGE = Path(__file__).with_name("remote") / "manage.py"


@dataclass(frozen=True, slots=True)
class Installation:
    """What was done.

    Parameters
    ----------
    profile : Path
    settings : Path
        The file with the worker's command.
    version : str or None
        The version that is installed now.
    replaced : tuple of str
        Versions that were there before.
    """

    profile: Path
    settings: Path
    version: str | None
    replaced: tuple[str, ...]


def default_profile() -> Path:
    """Where LibreOffice keeps the profile of the user who runs this."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home())) / "LibreOffice" / "4"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "LibreOffice" / "4"
    return Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "libreoffice" / "4"


def worker_command(catalogue: Sequence[str]) -> list[str]:
    """How the worker is started: this Python, its own environment, the modules that fill the catalogue."""
    return [sys.executable, "-E", "-P", "-m", "lowcarbon_xl.hosts.libreoffice.worker", *catalogue]


def install(profile: Path, catalogue: Sequence[str], timeout: float = CALL_SECONDS) -> Installation:
    """Build the extension and put it into a profile; an older version of it is replaced.

    Parameters
    ----------
    profile : Path
        A LibreOffice profile (`default_profile`); made when it is not there.
    catalogue : sequence of str
        Modules whose import declares the worksheet functions.
    timeout : float
        Seconds that one call may take.

    Raises
    ------
    HostError
        When LibreOffice is missing, is running with this profile, or does not accept the extension.
    """
    office = find_office()
    with tempfile.TemporaryDirectory() as folder:
        file = build_extension(Path(folder))
        with running(office, profile, _SECONDS) as session:
            done = session.run(_MANAGE, "install", IDENTIFIER, str(file))
    settings = profile / "user" / SETTINGS
    content = {"command": worker_command(catalogue), "timeout": timeout, "language": None}
    settings.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Installation(profile, settings, done["installed"], tuple(done["removed"]))


def uninstall(profile: Path) -> Installation:
    """Take the extension and its settings out of a profile; nothing happens when they are not there.

    Raises
    ------
    HostError
        When LibreOffice is missing or is running with this profile.
    """
    with running(find_office(), profile, _SECONDS) as session:
        done = session.run(_MANAGE, "uninstall", IDENTIFIER)
    settings = profile / "user" / SETTINGS
    settings.unlink(missing_ok=True)
    return Installation(profile, settings, None, tuple(done["removed"]))
