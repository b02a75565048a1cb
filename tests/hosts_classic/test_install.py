"""Installing, installing again, and the undo, on folders with Chinese characters and blanks."""

from __future__ import annotations

from pathlib import Path

import pytest

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.errors import HostError
from lowcarbon_xl.hosts.classic.configuration import INTERPRETER, LIBRARY_FOLDER, Configuration
from lowcarbon_xl.hosts.classic.install import (
    UserPlaces,
    install,
    install_for_user,
    library_folder,
    require_windows,
    uninstall,
)

OTHERS = '"CONDA PATH","C:\\统计 局\\conda"\r\n"SHOW CONSOLE","False"\r\nan odd line\r\n'


@pytest.fixture
def places(tmp_path: Path) -> UserPlaces:
    environment = {"APPDATA": str(tmp_path / "用户 一" / "Roaming"), "USERPROFILE": str(tmp_path / "用户 一")}
    return UserPlaces.of_user(environment, "gbk")


@pytest.fixture
def python(tmp_path: Path) -> Path:
    return tmp_path / "程序 文件" / "python.exe"


def text(places: UserPlaces) -> str:
    return places.configuration.path.read_bytes().decode("gbk")


def test_installing_writes_the_addin_and_the_settings(places: UserPlaces, python: Path) -> None:
    done = install(b"add-in", places, python, python.parent)
    assert places.addin.read_bytes() == b"add-in"
    assert places.addin.parts[-4:] == ("Microsoft", "Excel", "XLSTART", "lowcarbon.xlam")
    assert text(places) == f'"{INTERPRETER}","{python}"\r\n"{LIBRARY_FOLDER}","{python.parent}"\r\n'
    assert str(places.addin) in done[0].zh
    assert "--uninstall" in done[-1].en
    assert [file.name for file in places.startup.iterdir()] == ["lowcarbon.xlam"]


def test_uninstalling_leaves_nothing(places: UserPlaces, python: Path) -> None:
    install(b"add-in", places, python, python.parent)
    done = uninstall(places)
    assert len(done) == 2
    assert not places.addin.exists()
    assert not list(places.configuration.path.parent.iterdir())
    assert "nothing was changed" in uninstall(places)[0].en


def test_other_settings_stay_and_ours_come_back(places: UserPlaces, python: Path) -> None:
    path = places.configuration.path
    path.parent.mkdir(parents=True)
    path.write_bytes((OTHERS + f'"{INTERPRETER}","D:\\旧 的\\python.exe"\r\n').encode("gbk"))
    before = text(places)
    done = install(b"1", places, python, python.parent)
    assert any(str(places.before) in step.en for step in done)
    assert text(places).startswith(OTHERS)
    assert text(places).count(INTERPRETER) == 1
    install(b"2", places, python.with_name("pythonw.exe"), python.parent)
    assert places.configuration.read()[INTERPRETER].endswith("pythonw.exe")
    uninstall(places)
    assert text(places) == before


def test_settings_made_after_the_installation_survive_the_undo(places: UserPlaces, python: Path) -> None:
    install(b"add-in", places, python, python.parent)
    places.configuration.change({"SHOW CONSOLE": "True"})
    uninstall(places)
    assert text(places) == '"SHOW CONSOLE","True"\r\n'


def test_an_addin_that_excel_has_open_is_refused(
    places: UserPlaces, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(self: Path, target: Path) -> None:
        raise PermissionError(13, "in use")

    install(b"old", places, python, python.parent)
    replace = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda self, target: locked(self, target) if target == places.addin else replace(self, target)
    )
    with pytest.raises(HostError, match="Close Excel") as caught:
        install(b"new", places, python, python.parent)
    assert caught.value.where == str(places.addin)
    assert places.addin.read_bytes() == b"old"
    assert [file.name for file in places.startup.iterdir()] == ["lowcarbon.xlam"]


def test_a_path_outside_the_code_page_is_refused_before_anything_is_written(places: UserPlaces, tmp_path: Path) -> None:
    western = Configuration(places.configuration.path, "cp1252")
    with pytest.raises(HostError, match="程序") as caught:
        install(b"add-in", UserPlaces(places.startup, western), tmp_path / "程序" / "python.exe", tmp_path)
    assert "plain name" in caught.value.remedy.en
    assert not places.addin.exists()
    assert not places.configuration.path.exists()


def test_a_configuration_in_another_encoding_is_refused_by_name(places: UserPlaces) -> None:
    places.configuration.path.parent.mkdir(parents=True)
    places.configuration.path.write_bytes(b"\xff\xff\x00")
    with pytest.raises(HostError, match="Notepad"):
        places.configuration.read()


def test_the_library_is_found_where_the_installation_put_it(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "xlwings64-0.37.8.dll").touch()
    assert library_folder("0.37.8", [tmp_path / "a", tmp_path / "b"]) == tmp_path / "b"
    with pytest.raises(HostError, match=r"xlwings64-0\.38\.0\.dll"):
        library_folder("0.38.0", [tmp_path / "a", tmp_path / "b"])


def test_elsewhere_the_alternative_is_named() -> None:
    with pytest.raises(HostError, match=r"lowcarbon run.*LibreOffice"):
        require_windows("linux")


def test_installing_for_the_user_needs_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(HostError, match="Windows only"):
        install_for_user(functions())


def test_a_bare_environment_is_refused() -> None:
    with pytest.raises(HostError, match="APPDATA"):
        UserPlaces.of_user({})
