"""Find LibreOffice, start it in a profile without a window, run scripts in it, and be sure that it ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lowcarbon_xl.errors import HostError, Text
from lowcarbon_xl.hosts.libreoffice.in_calc.client import clean_environment

_RUN = Path(__file__).with_name("remote") / "run.py"
_START_AGAIN = 81
"""The exit code of the first start of a new profile."""

_PLACES = (
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/opt/libreoffice*/program",
    "/Applications/LibreOffice.app/Contents/MacOS",
    "C:/Program Files/LibreOffice/program",
    "C:/Program Files (x86)/LibreOffice/program",
)


@dataclass(frozen=True, slots=True)
class Office:
    """An installation: the program itself, and a Python that has its UNO bridge."""

    program: Path
    python: Path


@dataclass(frozen=True, slots=True)
class Session:
    """A running LibreOffice.

    Parameters
    ----------
    office : Office
    pipe : str
        Name of the pipe that it listens on.
    deadline : float
        When it is ended, whatever it does (``time.monotonic``).
    """

    office: Office
    pipe: str
    deadline: float

    def run(self, script: Path, *arguments: str) -> Any:
        """Call ``main(context, *arguments)`` of a script in the Python of LibreOffice; its result comes back as JSON.

        Raises
        ------
        HostError
            When the script fails or the time is up; the message has its last line.
        """
        command = [str(self.office.python), str(_RUN), self.pipe, str(script), *arguments]
        try:
            done = subprocess.run(  # noqa: S603
                command, capture_output=True, timeout=max(self.deadline - time.monotonic(), 1), env=clean_environment()
            )
        except subprocess.TimeoutExpired as error:
            raise _failed("timeout") from error
        if done.returncode:
            raise _failed(done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2])
        return json.loads(done.stdout.decode())


def find_office() -> Office:
    """The LibreOffice of this machine.

    Raises
    ------
    HostError
        When there is none, or no Python with its UNO bridge (on Debian: python3-uno).
    """
    folder = next((found for found in _program_folders() if _program(found).exists()), None)
    if folder is None:
        raise HostError(
            Text("没有找到 LibreOffice", "LibreOffice is not installed"),
            Text("请安装 LibreOffice 7 或更新的版本", "Install LibreOffice 7 or later"),
        )
    python = next((found for found in _pythons(folder) if _has_uno(found)), None)
    if python is None:
        raise HostError(
            Text("没有找到带 UNO 的 Python", "no Python with LibreOffice's UNO bridge was found"),
            Text("Debian/Ubuntu：安装 python3-uno", "On Debian or Ubuntu install python3-uno"),
            where=str(folder),
        )
    return Office(_program(folder), python)


def _program_folders() -> Iterator[Path]:
    found = shutil.which("soffice")
    if found:
        yield Path(found).resolve().parent
    for place in _PLACES:
        path = Path(place)
        yield from sorted(path.parent.parent.glob(f"{path.parent.name}/{path.name}")) if "*" in place else (path,)


def _program(folder: Path) -> Path:
    """The program without the shell script around it, so that its process id is the one that counts."""
    names = ("soffice.exe",) if sys.platform == "win32" else ("soffice.bin", "soffice")
    return next((folder / name for name in names if (folder / name).exists()), folder / names[0])


def _pythons(folder: Path) -> Iterator[Path]:
    yield from (folder / "python.exe", folder / "python", folder.parent / "Resources" / "python")
    yield Path("/usr/bin/python3")


def _has_uno(python: Path) -> bool:
    if not python.exists():
        return False
    probe = subprocess.run(  # noqa: S603
        [str(python), "-c", "import uno"], capture_output=True, timeout=30, env=clean_environment()
    )
    return probe.returncode == 0


@contextmanager
def running(office: Office, profile: Path, seconds: float) -> Iterator[Session]:
    """A LibreOffice without a window in a profile; it is ended by its process id when done, or when the time is up.

    Raises
    ------
    HostError
        When it does not start, or the profile is in use.
    """
    if (profile / ".lock").exists():
        raise HostError(
            Text("这个配置正被打开的 LibreOffice 使用", "LibreOffice is running with this profile"),
            Text(
                "请先关闭 LibreOffice；如果它并没有打开，请删除这个文件",
                "Close LibreOffice first; if it is not open, delete this file",
            ),
            where=str(profile / ".lock"),
        )
    profile.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + seconds
    session = Session(office, f"lowcarbon{uuid.uuid4().hex[:12]}", deadline)
    process = _launch(session, profile, seconds)
    try:
        process = _wait_until_ready(session, process, profile, seconds)
        yield session
    finally:
        _end(session, process)


def _launch(session: Session, profile: Path, seconds: float) -> subprocess.Popen[bytes]:
    limit = shutil.which("timeout")
    command = [
        *([limit, "-k", "5", f"{seconds:.0f}"] if limit else []),
        str(session.office.program),
        *("--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard"),
        f"-env:UserInstallation={profile.resolve().as_uri()}",
        f"--accept=pipe,name={session.pipe};urp;",
    ]
    return subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=clean_environment(),
    )


def _wait_until_ready(
    session: Session, process: subprocess.Popen[bytes], profile: Path, seconds: float
) -> subprocess.Popen[bytes]:
    ping = _RUN.with_name("ping.py")
    restarts = 0
    while time.monotonic() < session.deadline:
        try:
            session.run(ping)
        except HostError:
            code = process.poll()
            if code == _START_AGAIN and restarts < 2:
                restarts += 1
                process = _launch(session, profile, seconds)
            elif code is not None:
                raise _failed(f"exit code {code}") from None
            time.sleep(0.2)
        else:
            return process
    _end(session, process)
    raise _failed("timeout")


def _end(session: Session, process: subprocess.Popen[bytes]) -> None:
    """Ask it to close, then end it by its process id."""
    if process.poll() is None:
        try:
            session.run(_RUN.with_name("close.py"))
            process.wait(10)
        except (HostError, subprocess.TimeoutExpired):
            _kill(process)
    process.wait()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        import signal

        os.killpg(process.pid, signal.SIGKILL)


def _failed(detail: str) -> HostError:
    return HostError(
        Text(f"LibreOffice 没有完成（{detail}）", f"LibreOffice did not do it ({detail})"),
        Text("请关闭 LibreOffice 后再试", "Close LibreOffice and try again"),
    )
