"""``lowcarbon doctor``: what could keep the functions from working here, each finding with its remedy."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Literal

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.errors import Text

Level = Literal["ok", "warn", "fail"]

NOTHING = Text("", "")

OLDEST_PYTHON = (3, 11)
_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Parameters
    ----------
    level : {"ok", "warn", "fail"}
        Fine; may stand in the way; does stand in the way.
    what : Text
        What was found.
    remedy : Text
        What to do about it; empty where nothing needs doing.
    """

    level: Level
    what: Text
    remedy: Text = NOTHING


def diagnose(functions: Sequence[Function]) -> tuple[Finding, ...]:
    """Everything that can be checked on this machine; nothing is changed, and Excel is not started.

    Parameters
    ----------
    functions : sequence of Function
        The catalogue, which the installed add-in must have been made from.
    """
    findings = [
        *python_findings(sys.version_info[:2], 64 if sys.maxsize > 2**32 else 32),
        *package_findings(installed_packages()),
    ]
    if sys.platform == "win32":
        from lowcarbon_xl.hosts.classic.doctor_windows import diagnose_windows

        return (*findings, *diagnose_windows(functions))
    findings += office_findings(shutil.which("soffice") or shutil.which("libreoffice"))
    findings += font_findings(chinese_fonts())
    findings.append(
        Finding(
            "ok",
            Text(
                "Excel、信任设置、COM 等检查只在 Windows 上进行",
                "Excel, trust settings and COM are checked on Windows only",
            ),
        )
    )
    return tuple(findings)


def python_findings(python: tuple[int, int], bits: int) -> Iterator[Finding]:
    """Python's version and word size."""
    name = f"Python {python[0]}.{python[1]}, {bits}-bit"
    if python < OLDEST_PYTHON:
        yield Finding(
            "fail",
            Text(f"{name} 太旧", f"{name} is too old"),
            Text("安装 Python 3.11 或更新的 64 位版本", "Install a 64-bit Python 3.11 or later"),
        )
    elif bits != 64:
        yield Finding(
            "warn",
            Text(f"{name}：数值计算包多半没有 32 位版本", f"{name}: most numerical packages have no 32-bit release"),
            Text("安装 64 位 Python；32 位的 Excel 也能用它", "Install 64-bit Python; a 32-bit Excel can use it too"),
        )
    else:
        yield Finding("ok", Text(name, name))


def installed_packages(distribution: str = "lowcarbon-xl") -> dict[str, str | None]:
    """The packages that we need, each with its version or None."""
    wanted = [
        re.split(r"[\s<>=!~;\[(]", line, maxsplit=1)[0]
        for line in requires(distribution) or ()
        if "extra ==" not in line
    ]
    return {name: _version(name) for name in wanted}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def package_findings(versions: Mapping[str, str | None]) -> Iterator[Finding]:
    """Whether every package is there."""
    missing = [name for name, found in versions.items() if found is None]
    if missing:
        listed = ", ".join(missing)
        yield Finding(
            "fail",
            Text(f"缺少 {listed}", f"missing: {listed}"),
            Text(f"pip install {' '.join(missing)}", f"pip install {' '.join(missing)}"),
        )
    listed = ", ".join(f"{name} {found}" for name, found in versions.items() if found)
    yield Finding("ok", Text(f"已安装 {listed}", f"installed: {listed}"))


def office_findings(program: str | None) -> Iterator[Finding]:
    """LibreOffice, which computes our functions live where there is no Excel."""
    if program is None:
        yield Finding(
            "warn",
            Text(
                "没有 LibreOffice：不能实时计算，lowcarbon run 照常可用",
                "no LibreOffice: no live computing; lowcarbon run works",
            ),
            Text("需要时安装 LibreOffice Calc", "Install LibreOffice Calc if you want it"),
        )
    else:
        yield Finding("ok", Text(f"LibreOffice：{program}", f"LibreOffice: {program}"))


def chinese_fonts() -> Sequence[str] | None:
    """Families that show Chinese; None where there is no way to ask."""
    program = shutil.which("fc-list")
    if program is None:
        return None
    listed = subprocess.run(  # noqa: S603  (a fixed command)
        [program, ":lang=zh", "family"], capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    return sorted({line.split(",")[0].strip() for line in listed.stdout.splitlines() if line.strip()})


def font_findings(families: Sequence[str] | None) -> Iterator[Finding]:
    """Fonts for Chinese in printed tables and pictures."""
    if families is None:
        return
    if families:
        yield Finding("ok", Text(f"中文字体：{families[0]}", f"Chinese font: {families[0]}"))
    else:
        yield Finding(
            "warn",
            Text("没有中文字体：打印出来会是方框", "no font for Chinese: it would print as boxes"),
            Text("安装 fonts-noto-cjk", "Install fonts-noto-cjk"),
        )
