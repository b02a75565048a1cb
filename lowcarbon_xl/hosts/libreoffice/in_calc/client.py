"""Talks to the worker: one process, started at the first call, started again when it died, never waited for in vain."""

from __future__ import annotations

import collections
import json
import os
import queue
import subprocess
import threading
import time
from typing import Any

START_SECONDS = 90.0
"""A cold start reads a few hundred files; on a slow disk with a virus scanner that takes its time."""

CALL_SECONDS = 300.0
_RETRY_SECONDS = 10.0


class Outage(Exception):  # noqa: N818  (the outage is the worker's; the add-in goes on)
    """The worker gave no answer; the reason in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class Worker:
    """The worker process behind the add-in.

    Parameters
    ----------
    command : list of str
        How to start it.
    seconds : float
        How long one call may take.
    """

    def __init__(self, command: list[str], seconds: float = CALL_SECONDS) -> None:
        self._command = command
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._complaints: collections.deque[str] = collections.deque(maxlen=20)
        self._failed: list[dict[str, Any]] = []
        self._outage: Outage | None = None
        self._outage_time = 0.0
        self._readers: list[threading.Thread] = []
        self._lock = threading.Lock()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The worker's answer to a request.

        Raises
        ------
        Outage
            When it cannot be started, dies, or takes too long; the next call starts it again.
        """
        with self._lock:
            self._require()
            try:
                return self._exchange(request, self._seconds)
            except Outage as outage:
                self._failed.append(_report(request, outage))
                raise

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for reader in self._readers:  # both pipes are at their end now
            reader.join(5)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()

    def _require(self) -> None:
        """Start the process unless it runs; after a failed start wait a little before the next."""
        if self._process is not None and self._process.poll() is None:
            return
        if self._outage is not None and time.monotonic() - self._outage_time < _RETRY_SECONDS:
            raise self._outage
        self.close()
        try:
            self._start()
            self._outage = None
        except Outage as outage:
            self._outage, self._outage_time = outage, time.monotonic()
            self.close()
            raise
        failed, self._failed = self._failed[-200:], []
        for request in failed:  # so that WHY knows what happened to them
            self._exchange(request, self._seconds)

    def _start(self) -> None:
        self._lines = queue.Queue()
        self._complaints.clear()
        try:
            self._process = subprocess.Popen(  # noqa: S603
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=clean_environment(),
                cwd=os.path.expanduser("~"),  # noqa: PTH111  (a folder that is always there; "-m" looks there first)
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise self._not_started(str(error)) from error
        self._readers = [
            threading.Thread(target=self._read_lines, args=(self._process.stdout, self._lines), daemon=True),
            threading.Thread(target=self._read_complaints, args=(self._process.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        try:
            line = self._lines.get(timeout=START_SECONDS)
        except queue.Empty:
            raise self._not_started(f"no answer within {START_SECONDS:.0f} s") from None
        if line is None or not line.startswith(b'{"ready"'):
            self.close()
            raise self._not_started(self._last_complaint())

    def _read_lines(self, stream: Any, lines: queue.Queue[bytes | None]) -> None:
        for line in stream:
            lines.put(line)
        lines.put(None)

    def _read_complaints(self, stream: Any) -> None:
        for line in stream:
            self._complaints.append(line.decode("utf-8", "replace").rstrip())

    def _last_complaint(self) -> str:
        return next((line for line in reversed(self._complaints) if line), "no message")

    def _exchange(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None:
            raise self._died()
        try:
            process.stdin.write(json.dumps(request, separators=(",", ":")).encode() + b"\n")
            process.stdin.flush()
            line = self._lines.get(timeout=seconds)
        except OSError:
            line = None
        except queue.Empty:
            self.close()
            raise Outage(
                f"计算超过 {seconds:.0f} 秒，已停止。请缩小区域，或在设置文件里加大 timeout。",
                f"the computation took more than {seconds:.0f} s and was stopped. Take a smaller range, or raise "
                "timeout in the settings file.",
            ) from None
        if line is None:
            raise self._died()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _died(self) -> Outage:
        self.close()
        detail = self._last_complaint()
        return Outage(
            f"计算进程中断了（{detail}），下一次计算会重新启动它。请重算（Ctrl+Shift+F9）。",
            f"the worker process ended ({detail}); the next call starts it again. Recalculate (Ctrl+Shift+F9).",
        )

    def _not_started(self, detail: str) -> Outage:
        shown = " ".join(self._command[:1])
        return Outage(
            f"启动不了计算进程 {shown}（{detail}）。请重新安装：lowcarbon install --libreoffice。",
            f"the worker process {shown} cannot be started ({detail}). Install again: lowcarbon install --libreoffice.",
        )


def _report(request: dict[str, Any], outage: Outage) -> dict[str, Any]:
    """What the next worker is told about a call that got no answer: which it was, without its cells."""
    arguments = [
        {"block": dict(sent["block"], cells=[], merged=[])} if isinstance(sent, dict) and "block" in sent else sent
        for sent in request.get("arguments", ())
    ]
    return {"do": "failed", "request": dict(request, arguments=arguments), "zh": outage.zh, "en": outage.en}


def clean_environment() -> dict[str, str]:
    """The environment without what LibreOffice sets for its own Python."""
    foreign = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__")
    return {name: value for name, value in os.environ.items() if name not in foreign}
