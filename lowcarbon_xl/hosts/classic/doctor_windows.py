"""What can keep the add-in from working in Excel for Windows: files, settings, trust, policies, COM, security software."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.errors import HostError, Text
from lowcarbon_xl.hosts.classic.build import addin_bytes, addin_modules, vba_sources
from lowcarbon_xl.hosts.classic.configuration import INTERPRETER, LIBRARY_FOLDER
from lowcarbon_xl.hosts.classic.doctor import Finding, installed_packages
from lowcarbon_xl.hosts.classic.install import UserPlaces

Registry = Callable[[str, str], object]
"""The value of a name under a key of the current user, None when there is none; the name ``*`` asks for any value."""

INSTALL = Text("运行 lowcarbon install", "Run lowcarbon install")
ADMINISTRATOR = Text(
    "这是单位的策略，请信息部门放行；或改用 lowcarbon run / 服务器版",
    "This is a policy of your organisation: ask its administrators; or use lowcarbon run or the server",
)
_OFFICE = r"Software\Microsoft\Office"
_POLICY = r"Software\Policies\Microsoft\office"
_RELEASES = ("16.0", "15.0", "14.0")
_SECURITY_SOFTWARE = {
    "360 安全卫士 / 360 Safeguard": ("360", "360Safe"),
    "火绒 / Huorong": ("Huorong",),
    "腾讯电脑管家 / Tencent PC Manager": ("Tencent", "QQPCMgr"),
    "金山毒霸 / Kingsoft Antivirus": ("kingsoft", "kingsoft antivirus"),
}


def diagnose_windows(functions: Sequence[Function]) -> tuple[Finding, ...]:
    """Everything that can be checked without starting Excel."""
    places = UserPlaces.of_user(os.environ)
    released = installed_packages().get("xlwings")
    addin = addin_bytes(addin_modules(functions, vba_sources(), released)) if released else None
    return (
        *interpreter_findings(Path(sys.executable), os.environ),
        *addin_findings(places, addin),
        *settings_findings(places, Path(sys.executable), released),
        *com_findings(
            find_spec("pythoncom") is not None, _read("HKEY_CLASSES_ROOT", r"Excel.Application\CLSID", "") is not None
        ),
        *trust_findings(_current_user),
        *security_software_findings(_program_folders(os.environ)),
    )


def interpreter_findings(interpreter: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Pythons that Excel cannot start well: from the Microsoft Store, on a network drive, in a temporary folder."""
    text = str(interpreter)
    if "windowsapps" in text.casefold():
        yield Finding(
            "fail",
            Text(
                "Python 来自微软商店，Excel 不能可靠地启动它",
                "Python comes from the Microsoft Store: Excel cannot start it reliably",
            ),
            Text("从 python.org 安装 Python", "Install Python from python.org"),
        )
    elif text.startswith("\\\\"):
        yield Finding(
            "warn",
            Text(
                "Python 在网络路径上，启动慢而且可能被拦截",
                "Python is on a network path: slow to start, and often blocked",
            ),
            Text("装到本机硬盘", "Install it on a local disk"),
        )
    elif environment.get("CONDA_PREFIX"):
        yield Finding(
            "warn",
            Text(
                "这是 conda 环境，Excel 启动它时不会先激活",
                "this is a conda environment, which Excel does not activate first",
            ),
            Text(
                "如果计算时报 DLL 错误，请改用 python.org 的 Python",
                "If a DLL fails to load, use Python from python.org",
            ),
        )


def addin_findings(places: UserPlaces, expected: bytes | None) -> Iterator[Finding]:
    """Whether the add-in lies where Excel opens it, and is the one that this version builds."""
    if not places.addin.is_file():
        yield Finding(
            "fail", Text(f"加载项没有装在 {places.startup}", f"the add-in is not in {places.startup}"), INSTALL
        )
    elif expected is not None and places.addin.read_bytes() != expected:
        yield Finding(
            "warn",
            Text(f"{places.addin} 不是这个版本的加载项", f"{places.addin} is not the add-in of this version"),
            INSTALL,
        )
    else:
        yield Finding("ok", Text(f"加载项：{places.addin}", f"add-in: {places.addin}"))


def settings_findings(places: UserPlaces, interpreter: Path, xlwings_version: str | None) -> Iterator[Finding]:
    """Whether Excel will start this Python, and find xlwings' library of this version."""
    try:
        settings = places.configuration.read()
    except HostError as error:
        what = Text(f"{error.where}：{error.what.zh}", f"{error.where}: {error.what.en}")
        yield Finding("fail", what, error.remedy)
        return
    registered = settings.get(INTERPRETER, "")
    if not registered or not Path(registered).is_file():
        yield Finding(
            "fail",
            Text(f"登记的 Python 不存在：{registered}", f"no Python at the registered path {registered!r}"),
            INSTALL,
        )
        return
    if registered.casefold() != str(interpreter).casefold():
        yield Finding(
            "warn",
            Text(f"Excel 用的是另一个 Python：{registered}", f"Excel uses another Python: {registered}"),
            INSTALL,
        )
    else:
        yield Finding("ok", Text(f"Excel 用 {registered}", f"Excel uses {registered}"))
    folders = [
        Path(folder)
        for folder in (settings.get(LIBRARY_FOLDER, ""), Path(registered).parent, Path(registered).parent.parent)
        if folder
    ]
    yield from library_findings(folders, xlwings_version)


def library_findings(folders: list[Path], xlwings_version: str | None) -> Iterator[Finding]:
    """The library of xlwings, whose name carries the version: after an upgrade the add-in has to be installed again."""
    wanted = f"xlwings64-{xlwings_version}.dll"
    if any((folder / wanted).is_file() for folder in folders):
        yield Finding("ok", Text(f"找到 {wanted}", f"{wanted} is there"))
        return
    others = sorted({file.name for folder in folders if folder.is_dir() for file in folder.glob("xlwings*.dll")})
    found = Text(f"，只有 {', '.join(others)}", f", only {', '.join(others)}") if others else Text("", "")
    yield Finding("fail", Text(f"找不到 {wanted}{found.zh}", f"{wanted} is not there{found.en}"), INSTALL)


def com_findings(has_pywin32: bool, has_excel: bool) -> Iterator[Finding]:
    """What COM needs: pywin32 on Python's side, Excel registered on Windows' side."""
    if not has_pywin32:
        yield Finding(
            "fail",
            Text("没有 pywin32，Python 不能与 Excel 通信", "no pywin32: Python cannot talk to Excel"),
            Text("pip install pywin32", "pip install pywin32"),
        )
    if not has_excel:
        yield Finding(
            "fail",
            Text(
                "Windows 里没有登记 Excel（WPS 表格不支持）",
                "no Excel is registered with Windows (WPS is not supported)",
            ),
            Text(
                "安装或修复 Office；WPS 用户请用 lowcarbon run", "Install or repair Office; with WPS use lowcarbon run"
            ),
        )
    if has_pywin32 and has_excel:
        yield Finding("ok", Text("COM：pywin32 和 Excel 都在", "COM: pywin32 and Excel are there"))


def trust_findings(registry: Registry) -> Iterator[Finding]:
    """Excel's trust settings and the policies above them."""
    release = next((r for r in _RELEASES if registry(rf"{_OFFICE}\{r}\Excel\Options", "*") is not None), _RELEASES[0])
    user, policy = rf"{_OFFICE}\{release}\Excel", rf"{_POLICY}\{release}\excel"
    if registry(rf"{_POLICY}\{release}\common", "vbaoff") == 1:
        yield Finding("fail", Text("策略关闭了 VBA", "a policy switches VBA off"), ADMINISTRATOR)
    if (
        registry(rf"{policy}\security", "disablealladdins") == 1
        or registry(rf"{user}\Security", "DisableAllAddins") == 1
    ):
        yield Finding("fail", Text("所有加载项都被禁用", "all add-ins are disabled"), ADMINISTRATOR)
    if registry(rf"{policy}\security", "requireaddinsig") == 1 or registry(rf"{user}\Security", "RequireAddinSig") == 1:
        yield Finding("fail", Text("只允许有签名的加载项", "add-ins must be signed"), ADMINISTRATOR)
    yield from _macro_findings(registry, user, policy)
    if registry(rf"{user}\Resiliency\DisabledItems", "*") is not None:
        yield Finding(
            "warn",
            Text("Excel 出错后禁用过某些加载项", "Excel has disabled some add-in after a crash"),
            Text(
                "文件 - 选项 - 加载项 - 管理“禁用项目”，启用 lowcarbon",
                "File, Options, Add-ins, Manage: Disabled Items; enable lowcarbon",
            ),
        )
    if registry(rf"{user}\Security", "AccessVBOM") != 1:
        yield Finding(
            "ok",
            Text(
                "“信任对 VBA 工程对象模型的访问”没有打开：只有 xlwings 的 Import Functions 需要它",
                "access to the VBA project object model is off: only xlwings' Import Functions needs it",
            ),
        )


def _macro_findings(registry: Registry, user: str, policy: str) -> Iterator[Finding]:
    """Macros: the startup folder is a trusted location, where they run unless trusted locations are off."""
    set_by_policy = registry(rf"{policy}\security", "vbawarnings")
    warnings = set_by_policy if set_by_policy is not None else registry(rf"{user}\Security", "VBAWarnings")
    locations = (rf"{policy}\security\trusted locations", rf"{user}\Security\Trusted Locations")
    no_locations = any(registry(key, "AllLocationsDisabled") == 1 for key in locations)
    if no_locations and warnings in (3, 4):
        yield Finding(
            "fail",
            Text("宏被禁用，受信任位置也被关闭", "macros are disabled, and so are trusted locations"),
            ADMINISTRATOR if set_by_policy is not None else _TRUST,
        )
    elif no_locations:
        yield Finding(
            "warn",
            Text("受信任位置被关闭：每次打开 Excel 会询问宏", "trusted locations are off: Excel will ask about macros"),
            _TRUST,
        )
    else:
        yield Finding("ok", Text("宏：启动文件夹是受信任位置", "macros: the startup folder is a trusted location"))


_TRUST = Text(
    "文件 - 选项 - 信任中心 - 受信任位置：取消“禁用所有受信任位置”",
    "File, Options, Trust Center, Trusted Locations: clear Disable all Trusted Locations",
)


def security_software_findings(folders: list[Path]) -> Iterator[Finding]:
    """Security software that is known to stop Excel from starting Python."""
    for name, parts in _SECURITY_SOFTWARE.items():
        if any(folder.joinpath(*parts).is_dir() for folder in folders):
            yield Finding(
                "warn",
                Text(
                    f"装有 {name.split(' / ')[0]}，可能拦截 Excel 启动 Python",
                    f"{name.split(' / ')[1]} may keep Excel from starting Python",
                ),
                Text(
                    "把 Python 的文件夹和 lowcarbon.xlam 加入信任区",
                    "Add Python's folder and lowcarbon.xlam to its trusted list",
                ),
            )


def _program_folders(environment: Mapping[str, str]) -> list[Path]:
    names = ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA")
    return [Path(environment[name]) for name in names if environment.get(name)]


def _current_user(key: str, name: str) -> object:
    return _read("HKEY_CURRENT_USER", key, name)


def _read(hive: str, key: str, name: str) -> object:
    """A value of the registry; the module exists on Windows alone, so it is imported by name."""
    winreg: Any = import_module("winreg")
    try:
        with winreg.OpenKey(getattr(winreg, hive), key) as opened:
            return winreg.EnumValue(opened, 0)[1] if name == "*" else winreg.QueryValueEx(opened, name)[0]
    except OSError:
        return None
