"""Threads that share the rows of a grid: one per core, each with one torch thread."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from functools import lru_cache, partial
from queue import SimpleQueue
from typing import TypeVar

import torch

Row = Callable[[float, Sequence[float]], Sequence[float]]
Progress = Callable[[float], None]
Result = TypeVar("Result")
_lock = threading.Lock()


def rows(
    a: Sequence[float], b: Sequence[float], make: Callable[[], Row], progress: Progress | None
) -> Iterator[tuple[int, Sequence[float]]]:
    """Number and values of every row of a grid, in the order in which they are finished.

    Several calls may run at once: each has few rows waiting, so they share the threads fairly.
    Whoever stops reading, or raises in ``progress``, cancels what has not begun.

    Args:
        a, b: coordinates of rows and columns.
        make: makes a function that evaluates a row; each thread uses one of its own at a time.
        progress: called with the finished share, from above 0 to 1, in the caller's thread.
    """
    threads = torch.get_num_threads()
    pool = _pool(_cores())
    idle: list[Row] = []
    waiting = dict.fromkeys(range(len(a)))
    running: dict[Future[tuple[Row, Sequence[float]]], int] = {}
    try:
        while waiting or running:
            while waiting and len(running) < 2 * threads:
                number = next(iter(waiting))
                del waiting[number]
                row = idle.pop() if idle else None
                running[pool.submit(_evaluate, row, make, a[number], b)] = number
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                number = running.pop(future)
                row, values = future.result()
                idle.append(row)
                yield number, values
                if progress:
                    progress(1 - (len(waiting) + len(running)) / len(a))
    finally:
        for future in running:
            future.cancel()


def _evaluate(
    row: Row | None, make: Callable[[], Row], a: float, b: Sequence[float]
) -> tuple[Row, Sequence[float]]:
    with torch.no_grad():
        row = row or make()
        return row, row(a, b)


@contextmanager
def one_torch_thread() -> Iterator[None]:
    """Let torch use one thread in the calling thread, and in no other.

    Small products gain nothing from a second thread, and lose much where another process keeps
    its core busy: the threads of one product wait for one another. And the last bits of a sum
    depend on the number of threads, so that with one they are those of everyone.
    """
    before = torch.get_num_threads()
    if before == 1:
        yield
        return
    limit_here()
    try:
        yield
    finally:
        torch.set_num_threads(before)


def limit_here() -> None:
    """Limit torch to one thread in the calling thread.

    Torch keeps the number of threads for each thread, and one number for threads that are born
    later; a helper puts the latter back.
    """
    with _lock:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        helper = threading.Thread(target=torch.set_num_threads, args=(before,))
        helper.start()
        helper.join()


def together(
    calls: Sequence[Callable[[Progress], Result]], progress: Progress | None
) -> list[Result]:
    """The answers of several long calls, in threads of their own.

    Args:
        calls: each takes a function and tells it the finished share of its own work now and then.
        progress: called in the caller's thread with the share of all; what it raises cancels the
            calls at their next report, and comes out.
    """
    said: SimpleQueue[tuple[int, float]] = SimpleQueue()
    cancelled = threading.Event()

    def report(number: int, share: float) -> None:
        if cancelled.is_set():
            raise CancelledError
        said.put((number, share))

    def begin(number: int) -> Result:
        try:
            return calls[number](partial(report, number))
        finally:
            said.put((number, 2.0))

    pool = ThreadPoolExecutor(_cores(), "landscape", limit_here)  # long: it has its own
    shares = [0.0] * len(calls)
    futures = [pool.submit(begin, number) for number in range(len(calls))]
    try:
        while min(shares) < 2:
            number, share = said.get()
            shares[number] = share
            if progress and share <= 1:
                progress(sum(min(each, 1) for each in shares) / len(calls))
        return [future.result() for future in futures]
    finally:
        cancelled.set()
        pool.shutdown(wait=False, cancel_futures=True)


@lru_cache
def _pool(size: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(size, "landscape", limit_here)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
