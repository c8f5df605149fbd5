"""Threads that share the rows of a grid: one per core, each with one torch thread."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import lru_cache

import torch

Row = Callable[[float, Sequence[float]], Sequence[float]]
Progress = Callable[[float], None]
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


@lru_cache
def _pool(size: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(size, "landscape", _one_torch_thread)


def _one_torch_thread() -> None:
    """Limit torch in this thread alone.

    Torch keeps the number of threads for each thread, and one number for threads that are born
    later; a helper puts the latter back.
    """
    with _lock:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        helper = threading.Thread(target=torch.set_num_threads, args=(before,))
        helper.start()
        helper.join()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
