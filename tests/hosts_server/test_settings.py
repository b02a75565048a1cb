"""What an administrator sets, and what the server refuses to start with."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from lowcarbon_xl.errors import HostError
from lowcarbon_xl.hosts.server import app, extra, serve
from lowcarbon_xl.hosts.server.settings import ServerSettings, api_keys


def test_settings_come_from_the_environment() -> None:
    settings = ServerSettings.from_environment({"LOWCARBON_MODULES": "a,b", "LOWCARBON_PAYLOAD_MB": "1.5"})
    assert settings.modules == ("a", "b")
    assert settings.payload == 1_572_864
    assert (settings.language, settings.redis) == ("zh", None)


@pytest.mark.parametrize("text", ["0", "-1", "inf", "nan", "many", ""])
def test_a_limit_must_be_a_positive_number(text: str) -> None:
    with pytest.raises(HostError, match="LOWCARBON_SECONDS"):
        ServerSettings.from_environment({"LOWCARBON_SECONDS": text})


def test_api_keys_come_from_a_variable_and_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.txt"
    file.write_text("# 统计局\n张三:0123456789abcdef\n\nli: fedcba9876543210 # second\n", encoding="utf-8")
    found = api_keys({"LOWCARBON_API_KEYS": "wang:abcdefghijklmnop;", "LOWCARBON_API_KEYS_FILE": str(file)})
    assert found == {"0123456789abcdef": "张三", "fedcba9876543210": "li", "abcdefghijklmnop": "wang"}


@pytest.mark.parametrize(
    "keys", ["ann:short", "a-key-without-a-user", ":0123456789abcdef", "a:0123456789abcdef;b:0123456789abcdef", "a:密钥密钥密钥密钥密钥密钥密钥密钥"]
)  # fmt: skip
def test_a_weak_or_doubtful_key_is_refused(keys: str) -> None:
    with pytest.raises(HostError, match="API key"):
        api_keys({"LOWCARBON_API_KEYS": keys})


def test_a_missing_file_of_keys_is_named(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="cannot be read") as failure:
        api_keys({"LOWCARBON_API_KEYS_FILE": str(tmp_path / "none.txt")})
    assert failure.value.where.endswith("none.txt")


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An installation with licence and keys, whatever is installed here."""
    for name in (
        "XLWINGS_AUTH_PROVIDERS",
        "XLWINGS_OBJECT_CACHE_URL",
        "LOWCARBON_API_KEYS_FILE",
        "LOWCARBON_BEHIND_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(app, "check_version", lambda: "1.20.0")
    monkeypatch.setenv("XLWINGS_LICENSE_KEY", "whatever the user has")
    monkeypatch.setenv("XLWINGS_AUTH_PROVIDERS", '["custom"]')
    monkeypatch.setenv("LOWCARBON_API_KEYS", "ann:0123456789abcdef")
    return monkeypatch


def test_no_start_without_a_licence_key(ready: pytest.MonkeyPatch) -> None:
    app.check_ready()
    ready.delenv("XLWINGS_LICENSE_KEY")
    with pytest.raises(HostError, match="licence") as failure:
        app.check_ready()
    assert "PolyForm Noncommercial" in str(failure.value)


@pytest.mark.parametrize("providers", ["[]", '["custom"]'])
def test_no_start_when_everybody_or_nobody_could_log_in(ready: pytest.MonkeyPatch, providers: str) -> None:
    ready.setenv("XLWINGS_AUTH_PROVIDERS", providers)
    ready.delenv("LOWCARBON_API_KEYS")
    with pytest.raises(HostError, match="log in"):
        app.check_ready()


def test_entra_id_needs_no_api_keys(ready: pytest.MonkeyPatch) -> None:
    ready.delenv("LOWCARBON_API_KEYS")
    with pytest.raises(HostError, match="log in"):
        app.check_ready()
    ready.setenv("XLWINGS_AUTH_PROVIDERS", '["entraid"]')
    app.check_ready()


@pytest.mark.parametrize(
    ("host", "workers", "files", "what"),
    [
        ("127.0.0.1", 2, (None, None), "Redis"),
        ("0.0.0.0", 1, (None, None), "in the clear"),
        ("127.0.0.1", 1, (Path("cert.pem"), None), "belong together"),
        ("127.0.0.1", 1, (Path("no-cert.pem"), Path("no-key.pem")), "no such file"),
    ],
)
def test_no_start_that_would_be_unsafe(
    ready: pytest.MonkeyPatch, host: str, workers: int, files: tuple[Path | None, Path | None], what: str
) -> None:
    with pytest.raises(HostError, match=what):
        serve.check_network(host, workers, *files)


def test_a_trial_on_this_computer_gets_a_key_of_its_own(ready: pytest.MonkeyPatch) -> None:
    assert serve.trial_key("127.0.0.1") is None
    ready.delenv("LOWCARBON_API_KEYS")
    assert serve.trial_key("0.0.0.0") is None
    key = serve.trial_key("localhost")
    assert key is not None
    assert api_keys() == {key: "trial"}


@pytest.mark.parametrize(
    ("version", "taken"), [("1.20.0", True), ("1.20.7", True), ("1.19.9", False), ("1.21.0", False)]
)
def test_only_versions_that_were_tried_are_taken(monkeypatch: pytest.MonkeyPatch, version: str, taken: bool) -> None:
    monkeypatch.setattr(extra.metadata, "version", lambda name: version)
    if taken:
        assert extra.check_version() == version
    else:
        with pytest.raises(HostError, match="has not been tested"):
            extra.check_version()


def test_a_missing_package_is_named_with_its_remedy() -> None:
    with pytest.raises(HostError, match=r"no_such_package.*lowcarbon-xl\[server\]"):
        extra.load("no_such_package.part")


def test_nothing_noncommercial_comes_with_an_ordinary_installation() -> None:
    needed = [line for line in metadata.requires("lowcarbon-xl") or () if "extra ==" not in line]
    assert not [line for line in needed if line.startswith(("xlwings-server", "xlwings_server"))]
    code = (
        "import sys, lowcarbon_xl.hosts.server.serve; print(*sorted(m for m in sys.modules if m.startswith('xlwings')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not run.stdout.strip()
