"""What an administrator sets for the server, by environment variables: workers are processes and read them again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lowcarbon_xl.errors import HostError, Language, Text

PREFIX = "LOWCARBON_"
SHORTEST_KEY = 16
"""Characters of an API key at least; shorter ones can be guessed."""

REDIS = "XLWINGS_OBJECT_CACHE_URL"
"""xlwings-server's own variable, so that one address of Redis serves both."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the server runs.

    Parameters
    ----------
    modules : tuple of str
        Imported at the start: they declare worksheet functions and buttons.
    press : str
        ``module:function`` that presses a button over an xlwings Book.
    plan : str
        Module that reads plans (`lowcarbon_xl.hosts.server.plan.PlanReader`); empty: the task pane shows none.
    language : {"zh", "en"}
        Of the function wizard, and of results where the user has chosen none.
    payload : int
        Largest body of a request, bytes.
    seconds : float
        Longest run of one call or button.
    threads : int
        Calls that one worker computes at a time.
    redis : str or None
        Where several workers share what WHY needs.
    """

    modules: tuple[str, ...]
    press: str
    plan: str
    language: Language
    payload: int
    seconds: float
    threads: int
    redis: str | None

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> ServerSettings:
        """Read ``LOWCARBON_...``.

        Raises
        ------
        HostError
            For a value that is no positive number.
        """
        return cls(
            modules=tuple(name for name in variables.get(f"{PREFIX}MODULES", "").split(",") if name),
            press=variables.get(f"{PREFIX}PRESS", ""),
            plan=variables.get(f"{PREFIX}PLAN", ""),
            language="en" if variables.get(f"{PREFIX}LANG") == "en" else "zh",
            payload=int(_positive(variables, "PAYLOAD_MB", 32) * 2**20),
            seconds=_positive(variables, "SECONDS", 120),
            threads=max(1, int(_positive(variables, "THREADS", 4))),
            redis=variables.get(REDIS) or None,
        )


def _positive(variables: Mapping[str, str], key: str, default: float) -> float:
    text = variables.get(f"{PREFIX}{key}", str(default))
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise HostError(
            Text(f"环境变量 {PREFIX}{key} 的值“{text}”不是正数", f"{PREFIX}{key}={text!r} is no positive number"),
            Text(
                f"删去它（默认 {default}），或写一个正数", f"Remove it (default {default}) or write a positive number"
            ),
        )
    return number


def api_keys(variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Users by API key, from ``LOWCARBON_API_KEYS`` and the file ``LOWCARBON_API_KEYS_FILE``.

    Either holds one ``user:key`` a line (``;`` parts them too; ``#`` starts a comment).

    Raises
    ------
    HostError
        For a line without a user, a key that is too short, or a key given to two users.
    """
    text = variables.get(f"{PREFIX}API_KEYS", "").replace(";", "\n")
    file = variables.get(f"{PREFIX}API_KEYS_FILE")
    if file:
        text += "\n" + _read(Path(file))
    users: dict[str, str] = {}
    for line in filter(None, (line.partition("#")[0].strip() for line in text.splitlines())):
        user, _, key = (part.strip() for part in line.partition(":"))
        if not user or len(key) < SHORTEST_KEY or not key.isascii() or " " in key or key in users:
            raise HostError(
                Text(f"用户“{user}”的 API 密钥不能用", f"the API key of user {user!r} cannot be used"),
                Text(
                    f"每行写 用户:密钥，密钥至少 {SHORTEST_KEY} 个英文字符且各不相同",
                    f"Write one user:key a line; keys have {SHORTEST_KEY} ASCII characters or more and differ",
                ),
            )
        users[key] = user
    return users


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise HostError(
            Text(f"读不了 API 密钥文件（{error.strerror}）", f"the file of API keys cannot be read ({error.strerror})"),
            Text("检查路径和权限", "Check its path and permissions"),
            where=str(path),
        ) from error
