"""xlwings' own configuration file (``xlwings.conf``): one line a setting, ``"KEY","VALUE"``.

VBA reads it line by line in the system's code page, so it is written so: with CR LF, in that encoding, every
line that is not ours as it was.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lowcarbon_xl.errors import HostError, Text

INTERPRETER = "INTERPRETER_WIN"
LIBRARY_FOLDER = "LOWCARBON_XLWINGS_FOLDER"
"""Where xlwings' library is, for installations that keep it away from the interpreter (``pip install --user``)."""

_LINE = re.compile(r'\s*"(?P<key>[^"]*)","(?P<value>[^"]*)"\s*')


@dataclass(frozen=True, slots=True)
class Configuration:
    """The file as it stands, and how to change some of its settings.

    Parameters
    ----------
    path : Path
    encoding : str
        The system's code page: ``mbcs`` on Windows.
    """

    path: Path
    encoding: str

    def read(self) -> dict[str, str]:
        """All settings; keys in upper case; empty when there is no file."""
        found = (_LINE.fullmatch(line) for line in self._lines())
        return {match["key"].upper(): match["value"] for match in found if match}

    def change(self, settings: Mapping[str, str | None]) -> None:
        """Set keys, or remove those given as None; every other line stays. A file left empty is removed."""
        kept = [line for line in self._lines() if not self._names_one_of(line, settings)]
        kept += [f'"{key}","{value}"' for key, value in settings.items() if value is not None]
        if not any(line.strip() for line in kept):
            self.path.unlink(missing_ok=True)
            return
        self._save("".join(f"{line}\r\n" for line in kept))

    def _names_one_of(self, line: str, settings: Mapping[str, str | None]) -> bool:
        match = _LINE.fullmatch(line)
        return match is not None and match["key"].upper() in settings

    def _lines(self) -> list[str]:
        if not self.path.is_file():
            return []
        try:
            return self.path.read_bytes().decode(self.encoding).splitlines()
        except UnicodeDecodeError:
            raise HostError(
                Text("xlwings 的配置文件不是系统编码", "xlwings' configuration file is not in the system's code page"),
                Text("用记事本另存为 ANSI 编码，或删除它", "Save it as ANSI in Notepad, or delete it"),
                where=str(self.path),
            ) from None

    def _save(self, text: str) -> None:
        try:
            content = text.encode(self.encoding)
        except UnicodeEncodeError as error:
            outside = text[error.start : error.end]
            raise HostError(
                Text(
                    f"路径里的“{outside}”在系统代码页里没有，Excel 读不到它",
                    f"{outside!r} in a path is not in the system's code page: Excel could not read it",
                ),
                Text("把 Python 装到只含英文字母的文件夹", "Install Python in a folder with a plain name"),
                where=str(self.path),
            ) from None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        partial.write_bytes(content)
        partial.replace(self.path)
