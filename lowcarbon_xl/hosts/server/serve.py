"""``lowcarbon serve``: start the server."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

from lowcarbon_xl.errors import HostError, Language, Text
from lowcarbon_xl.hosts.server.app import check_ready, prepare_environment
from lowcarbon_xl.hosts.server.extra import check_version, load
from lowcarbon_xl.hosts.server.settings import PREFIX, REDIS, api_keys

FACTORY = "lowcarbon_xl.hosts.server.app:create"


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    modules: Sequence[str],
    press: str,
    plan: str = "",
    workers: int = 1,
    certificate: Path | None = None,
    private_key: Path | None = None,
    language: Language = "zh",
) -> None:
    """Serve the catalogue to Excel until interrupted.

    Parameters
    ----------
    host, port : str, int
        Where to listen; plain HTTP on this computer alone, since Excel wants HTTPS.
    modules : sequence of str
        Modules that declare worksheet functions and buttons when they are imported.
    press : str
        ``module:function`` that presses a button.
    plan : str
        Module that reads plans (`lowcarbon_xl.hosts.server.plan.PlanReader`), if there is one.
    workers : int
        Processes; more than one share a Redis.
    certificate, private_key : Path, optional
        PEM files for HTTPS; without them a proxy must speak HTTPS.
    language : {"zh", "en"}
        Of the function wizard.

    Raises
    ------
    HostError
        When the extra, the licence key, the API keys, Redis or a file is missing.
    """
    check_version()
    prepare_environment()
    os.environ.update({f"{PREFIX}MODULES": ",".join(modules), f"{PREFIX}PRESS": press, f"{PREFIX}PLAN": plan})
    os.environ[f"{PREFIX}LANG"] = language
    check_ready()
    check_network(host, workers, certificate, private_key)
    load("uvicorn").run(
        FACTORY,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        ssl_certfile=certificate,
        ssl_keyfile=private_key,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def trial_key(host: str) -> str | None:
    """A fresh API key for trying the server on this computer, set for this run alone.

    Returns
    -------
    str or None
        None when keys or another way to log in are set already, or the server would be seen from outside.
    """
    providers = json.loads(os.environ.get("XLWINGS_AUTH_PROVIDERS", '["custom"]'))
    if not _is_local(host) or "custom" not in providers or api_keys():
        return None
    key = secrets.token_urlsafe(24)
    os.environ[f"{PREFIX}API_KEYS"] = f"trial:{key}"
    return key


def check_network(host: str, workers: int, certificate: Path | None, private_key: Path | None) -> None:
    """Refuse what would send keys in the clear or let workers forget each other.

    Raises
    ------
    HostError
    """
    if workers > 1 and not os.environ.get(REDIS):
        raise HostError(
            Text(f"{workers} 个进程需要一个 Redis", f"{workers} workers need a Redis"),
            Text(f"设置 {REDIS}，如 redis://127.0.0.1:6379/0", f"Set {REDIS}, as redis://127.0.0.1:6379/0"),
        )
    if (certificate is None) != (private_key is None):
        raise HostError(
            Text("证书和私钥要一起给", "a certificate and its private key belong together"),
            Text("两个都写，或都不写", "Give both or neither"),
        )
    for file in filter(None, (certificate, private_key)):
        if not file.is_file():
            raise HostError(
                Text("没有这个文件", "there is no such file"), Text("检查路径", "Check the path"), where=str(file)
            )
    if certificate is None and not _is_local(host) and not os.environ.get(f"{PREFIX}BEHIND_PROXY"):
        raise HostError(
            Text(
                f"{host} 上没有 HTTPS，密钥会明文传输", f"without HTTPS on {host}, API keys would travel in the clear"
            ),
            Text(
                f"给出证书；或在 HTTPS 代理之后运行并设置 {PREFIX}BEHIND_PROXY=1",
                f"Give a certificate, or run behind an HTTPS proxy and set {PREFIX}BEHIND_PROXY=1",
            ),
        )


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
