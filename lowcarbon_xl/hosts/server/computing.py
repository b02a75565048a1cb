"""Run computations away from the event loop, a few at a time, and not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from lowcarbon_xl.errors import HostError, Text

T = TypeVar("T")


class Computing:
    """The threads of one worker.

    A thread cannot be stopped: a call that takes too long is answered with an error, and its thread is free again when
    the computation ends.

    Parameters
    ----------
    threads : int
    seconds : float
        From the moment a computation is asked for.
    """

    def __init__(self, threads: int, seconds: float) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="lowcarbon")
        self._seconds = seconds

    async def run(self, work: Callable[[], T]) -> T:
        """The result of some work.

        Raises
        ------
        HostError
            When it is not there in time.
        """
        future: Future[T] = self._pool.submit(work)
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), self._seconds)
        except TimeoutError:
            waiting = future.cancel()
            raise _too_long(self._seconds, waiting) from None

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _too_long(seconds: float, waiting: bool) -> HostError:
    if waiting:
        return HostError(
            Text(f"服务器忙，等了 {seconds:g} 秒还没轮到", f"the server is busy: no turn within {seconds:g} seconds"),
            Text("稍后重算；或请管理员增加进程数", "Recalculate later, or ask the administrator for more workers"),
        )
    return HostError(
        Text(f"计算超过 {seconds:g} 秒，已停止等待", f"the computation took longer than {seconds:g} seconds"),
        Text(
            "减少数据或选项（如 bootstrap 次数）；或请管理员调大 LOWCARBON_SECONDS",
            "Use fewer rows or options (such as bootstrap draws), or have LOWCARBON_SECONDS raised",
        ),
    )
