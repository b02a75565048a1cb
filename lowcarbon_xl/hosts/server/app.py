"""The application that a worker process runs: xlwings-server with the catalogue behind it."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from lowcarbon_xl.errors import HostError, Text
from lowcarbon_xl.hosts.server.answering import Answering
from lowcarbon_xl.hosts.server.computing import Computing
from lowcarbon_xl.hosts.server.extra import check_version, load
from lowcarbon_xl.hosts.server.limits import PayloadLimit
from lowcarbon_xl.hosts.server.memory import LocalMemory, Memory, RedisMemory
from lowcarbon_xl.hosts.server.settings import ServerSettings, api_keys

PROJECT = Path(__file__).parent / "project"
"""What xlwings-server looks for in a project's folder: functions, authentication, templates, static files."""

NAMESPACE = "LC"

_ALWAYS = {
    "XLWINGS_ON_SERVER": "true",
    "XLWINGS_PROJECT_DIR": str(PROJECT),
    "XLWINGS_FUNCTIONS_NAMESPACE": NAMESPACE,
    "XLWINGS_ENABLE_EXAMPLES": "false",
    "XLWINGS_ENABLE_SOCKETIO": "false",
    "XLWINGS_ENABLE_HTMX": "false",
    "XLWINGS_ENABLE_ALPINEJS_CSP": "false",
    "XLWINGS_ENABLE_BOOTSTRAP": "false",
    "XLWINGS_ENABLE_HOTRELOAD": "false",
}
_UNLESS_SET = {
    "XLWINGS_AUTH_PROVIDERS": '["custom"]',
    "XLWINGS_ENVIRONMENT": "prod",
    "XLWINGS_PROJECT_NAME": "低碳核算 LowCarbon",
    "XLWINGS_MANIFEST_ID_PROD": "6b0d2f6c-6a2e-4a52-9e57-9f4b7f0b6a51",
    "XLWINGS_LOG_LEVEL": "WARNING",
}


def create() -> PayloadLimit:
    """Build the application; settings come from the environment (see `ServerSettings`).

    Raises
    ------
    HostError
        When the extra is not installed, there is no licence key, or nobody could log in.
    """
    settings = ServerSettings.from_environment()
    prepare_environment()
    check_ready()
    for module in settings.modules:
        importlib.import_module(module)
    application = load("xlwings_server.main").app
    routes = load("lowcarbon_xl.hosts.server.routes")
    answering = Answering(Computing(settings.threads, settings.seconds), _memory(settings))
    application.router.routes[:0] = routes.routes(settings, answering)
    routes.extend_templates(settings)
    return PayloadLimit(load("xlwings_server.main").main_app, settings.payload)


def prepare_environment() -> None:
    """Set xlwings' variables, before xlwings is imported."""
    if "xlwings_server" not in sys.modules:
        os.environ.update(_ALWAYS)
        for key, value in _UNLESS_SET.items():
            os.environ.setdefault(key, value)
    seconds = ServerSettings.from_environment().seconds
    os.environ.setdefault("XLWINGS_REQUEST_TIMEOUT", str(int(seconds) + 30))


def check_ready() -> None:
    """Refuse to start what could not work or would be open to everybody.

    Raises
    ------
    HostError
    """
    check_version()
    if not os.environ.get("XLWINGS_LICENSE_KEY"):
        raise HostError(
            Text("没有设置 xlwings 许可密钥", "there is no licence key for xlwings"),
            Text(
                "xlwings Server 可免费用于非商业用途（PolyForm Noncommercial 1.0.0，政府机构属于其列），商业用途须付费。"
                "确认您的用途后自行设置环境变量 XLWINGS_LICENSE_KEY（非商业用途的值见 xlwings 文档）",
                "xlwings Server is free for noncommercial use (PolyForm Noncommercial 1.0.0, which names government "
                "institutions) and otherwise needs a paid plan. Decide which is yours and set XLWINGS_LICENSE_KEY "
                "yourself (xlwings' documentation has the value for noncommercial use)",
            ),
        )
    providers = json.loads(os.environ.get("XLWINGS_AUTH_PROVIDERS", "[]"))
    if not providers or ("custom" in providers and not api_keys()):
        raise HostError(
            Text(
                "没有设置登录方式，服务器不会对所有人开放", "nobody could log in, and the server is never open to all"
            ),
            Text(
                "设置 LOWCARBON_API_KEYS_FILE（每行 用户:密钥），或按 xlwings-server 的说明设置 Entra ID",
                "Set LOWCARBON_API_KEYS_FILE (one user:key a line), or Entra ID as xlwings-server documents",
            ),
        )


def _memory(settings: ServerSettings) -> Memory:
    if settings.redis is None:
        return LocalMemory()
    client: Any = load("redis").Redis.from_url(settings.redis, socket_timeout=5, socket_connect_timeout=5)
    return RedisMemory(client)
