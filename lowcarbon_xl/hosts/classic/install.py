"""``lowcarbon install``: the add-in into Excel's startup folder, this Python into xlwings' configuration; and the undo.

Everything works on folders that are passed in, so that it can be tried anywhere.
"""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.errors import HostError, Text
from lowcarbon_xl.hosts.classic.build import ADDIN_NAME, addin_bytes, addin_modules, vba_sources
from lowcarbon_xl.hosts.classic.configuration import INTERPRETER, LIBRARY_FOLDER, Configuration

SYSTEM_CODE_PAGE = "mbcs"


@dataclass(frozen=True, slots=True)
class UserPlaces:
    """Where one user's Excel and xlwings look.

    Parameters
    ----------
    startup : Path
        Excel's startup folder: what lies in it is opened with Excel, and it is a trusted location.
    configuration : Configuration
        xlwings' settings.
    """

    startup: Path
    configuration: Configuration

    @property
    def addin(self) -> Path:
        """The installed add-in."""
        return self.startup / ADDIN_NAME

    @property
    def before(self) -> Path:
        """The configuration as it was before the first installation; empty when there was none."""
        path = self.configuration.path
        return path.with_name(f"{path.name}.before-lowcarbon")

    @classmethod
    def of_user(cls, environment: Mapping[str, str], encoding: str = SYSTEM_CODE_PAGE) -> UserPlaces:
        """The places of the user whose environment this is."""
        try:
            roaming, profile = Path(environment["APPDATA"]), Path(environment["USERPROFILE"])
        except KeyError as error:
            raise HostError(
                Text(f"环境变量 {error.args[0]} 没有设置", f"the environment variable {error.args[0]} is not set"),
                Text("在普通的命令提示符里运行", "Run this in an ordinary command prompt"),
            ) from None
        startup = roaming / "Microsoft" / "Excel" / "XLSTART"
        return cls(startup, Configuration(profile / ".xlwings" / "xlwings.conf", encoding))


def require_windows(platform: str = sys.platform) -> None:
    """Refuse elsewhere, and say what works there."""
    if platform != "win32":
        raise HostError(
            Text("install 只用于 Windows 上的 Excel", "install is for Excel on Windows only"),
            Text(
                "这里可以用 lowcarbon run 计算工作簿，或在 LibreOffice 里装 lowcarbon.oxt",
                "Here lowcarbon run computes workbooks, or put lowcarbon.oxt into LibreOffice",
            ),
        )


def install_for_user(functions: Sequence[Function]) -> tuple[Text, ...]:
    """Install for the user who runs this, with the Python and the xlwings that run it; says what was done."""
    require_windows()
    released = version("xlwings")
    addin = addin_bytes(addin_modules(functions, vba_sources(), released))
    folder = library_folder(released, [sys.prefix, site.getuserbase(), sys.base_prefix])
    return install(addin, UserPlaces.of_user(os.environ), Path(sys.executable), folder)


def uninstall_for_user() -> tuple[Text, ...]:
    """Undo `install_for_user`; says what was done."""
    require_windows()
    return uninstall(UserPlaces.of_user(os.environ))


def library_folder(xlwings_version: str, folders: Iterable[str | Path]) -> Path:
    """The first folder that holds xlwings' library."""
    searched = [Path(folder) for folder in folders]
    for folder in searched:
        if (folder / f"xlwings64-{xlwings_version}.dll").is_file():
            return folder
    listed = ", ".join(str(folder) for folder in searched)
    raise HostError(
        Text(
            f"找不到 xlwings64-{xlwings_version}.dll（{listed}）", f"xlwings64-{xlwings_version}.dll is not in {listed}"
        ),
        Text(
            "重新安装：pip install --force-reinstall --no-deps xlwings",
            "Install it again: pip install --force-reinstall --no-deps xlwings",
        ),
    )


def install(addin: bytes, places: UserPlaces, interpreter: Path, library: Path) -> tuple[Text, ...]:
    """Put the add-in and the settings in place.

    Parameters
    ----------
    addin : bytes
        The add-in's package.
    places : UserPlaces
    interpreter : Path
        The Python that Excel is to start.
    library : Path
        The folder of xlwings' library.

    Returns
    -------
    tuple of Text
        What was done, a sentence each.

    Raises
    ------
    HostError
        When a file cannot be written: Excel is open, or a path cannot be said in the system's code page.
    """
    settings = places.configuration
    settings_before = settings.path.read_bytes() if settings.path.is_file() else b""
    first = not places.before.exists()
    settings.change({INTERPRETER: str(interpreter), LIBRARY_FOLDER: str(library)})
    if first:
        places.before.write_bytes(settings_before)
    _write_addin(places.addin, addin)
    done = [
        Text(f"加载项：{places.addin}", f"Add-in: {places.addin}"),
        Text(f"{settings.path}：{INTERPRETER} = {interpreter}", f"{settings.path}: {INTERPRETER} = {interpreter}"),
        Text(f"{settings.path}：{LIBRARY_FOLDER} = {library}", f"{settings.path}: {LIBRARY_FOLDER} = {library}"),
    ]
    if first and settings_before:
        done.append(Text(f"原来的设置留在 {places.before}", f"The settings as they were: {places.before}"))
    done.append(
        Text(
            "重新打开 Excel，功能区会出现“低碳核算”。撤销：lowcarbon install --uninstall",
            "Open Excel again: the ribbon shows LowCarbon. Undo: lowcarbon install --uninstall",
        )
    )
    return tuple(done)


def uninstall(places: UserPlaces) -> tuple[Text, ...]:
    """Remove the add-in and put our settings back to what they were; other settings made since stay."""
    done = []
    if places.addin.exists():
        _refusing_open_files(places.addin, places.addin.unlink)
        done.append(Text(f"已删除 {places.addin}", f"Removed {places.addin}"))
    if places.before.exists():
        before = Configuration(places.before, places.configuration.encoding).read()
        places.configuration.change({key: before.get(key) for key in (INTERPRETER, LIBRARY_FOLDER)})
        places.before.unlink()
        done.append(Text(f"已恢复 {places.configuration.path}", f"Restored {places.configuration.path}"))
    return tuple(done) or (Text("没有安装过，什么都没有改动", "It was not installed; nothing was changed"),)


def _write_addin(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"~{target.name}.{os.getpid()}.part")
    partial.write_bytes(content)
    try:
        _refusing_open_files(target, lambda: partial.replace(target))
    finally:
        partial.unlink(missing_ok=True)


def _refusing_open_files(target: Path, act: Callable[[], object]) -> None:
    """Windows lets no one replace or remove a file that Excel has open."""
    try:
        act()
    except PermissionError:
        raise HostError(
            Text("文件正被使用", "the file is in use"),
            Text("关闭 Excel 后再试", "Close Excel and try again"),
            where=str(target),
        ) from None
