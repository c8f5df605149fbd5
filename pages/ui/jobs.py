"""Work that takes longer than a blink: done in the background, shared, counted, cancelled.

What a job computes follows from its key alone, so sessions that ask for the same share it, and a
page that is left, reloaded or opened twice finds it again. No Streamlit in here.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

Report = Callable[[float], None]
Function = Callable[[Report], Any]
MOST_RUNNING, MOST_WAITING, MOST_KEPT = 2, 16, 64
AWAY = 3.0  # seconds without a look after which a session counts as gone


class CancelledError(Exception):
    """Comes out of a job's report once nobody waits for the job."""


class BusyError(Exception):
    """Too many jobs are waiting."""


class Job:
    """One piece of work.

    Attributes:
        state: ``waiting``, ``running``, ``done``, ``failed`` or ``cancelled``.
        share: how much of it is done, 0 to 1.
        result: what it gave, once done.
        error: what it raised, where it failed.
        seen: when each session that waits for it last looked, by a monotonic clock.
        left: the sessions that asked for it and no longer want it.
    """

    def __init__(self) -> None:
        self.state, self.share = "waiting", 0.0
        self.result: Any = None
        self.error: Exception | None = None
        self.seen: dict[str, float] = {}
        self.left: set[str] = set()
        self.unwanted = threading.Event()

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ("done", "failed", "cancelled")

    def report(self, share: float) -> None:
        """Say how much is done; raises `CancelledError` where nobody waits any more."""
        if self.unwanted.is_set():
            raise CancelledError
        self.share = share


class Jobs:
    """The jobs of a server, by key; safe to use from all its threads.

    The results used last are kept, so that a question asked again is answered at once.
    """

    def __init__(self, running: int = MOST_RUNNING, waiting: int = MOST_WAITING,
                 kept: int = MOST_KEPT) -> None:  # fmt: skip
        self._places = threading.Semaphore(running)
        self._most, self._kept = running + waiting, kept
        self._jobs: OrderedDict[Hashable, Job] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable, watcher: str) -> Job | None:
        """The job with that key, for a session that looks at it; None where it was cancelled."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.state == "cancelled" or job.unwanted.is_set():
                return None
            self._jobs.move_to_end(key)
            if job.state != "done" and watcher in job.left:
                return None
            job.seen[watcher] = time.monotonic()
            return job

    def ask(self, key: Hashable, function: Function, watcher: str) -> Job:
        """The job with that key, begun if there is none; the watcher waits for it from now on.

        Args:
            key: all that the result depends on.
            function: takes a report, which it calls with the share done, and which may raise.
            watcher: the session that asks.

        Raises:
            BusyError: too many are waiting already.
        """
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.unwanted.is_set() or job.state in ("failed", "cancelled"):
                if sum(not one.ended for one in self._jobs.values()) >= self._most:
                    raise BusyError
                job = self._jobs[key] = Job()
                threading.Thread(target=self._run, args=(job, function), daemon=True).start()
            job.left.discard(watcher)
            job.seen[watcher] = time.monotonic()
            self._jobs.move_to_end(key)
            self._forget()
            return job

    def left(self, key: Hashable, watcher: str) -> bool:
        """Whether the session asked for that job and then no longer wanted it."""
        with self._lock:
            job = self._jobs.get(key)
            return job is not None and watcher in job.left

    def leave(self, key: Hashable, watcher: str) -> None:
        """No longer wait for a job; it stops unless another session looked at it just now."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.ended:
                return
            job.left.add(watcher)
            job.seen.pop(watcher, None)
            if all(time.monotonic() - seen > AWAY for seen in job.seen.values()):
                job.unwanted.set()

    def _run(self, job: Job, function: Function) -> None:
        with self._places:
            try:
                job.report(0.0)
                job.state = "running"
                job.result = function(job.report)
                job.share, job.state = 1.0, "done"
            except CancelledError:
                job.state = "cancelled"
            except Exception as problem:  # told on the page that asked
                job.error, job.state = problem, "failed"

    def _forget(self) -> None:
        """Let go of the results that were used longest ago."""
        ended = [key for key, job in self._jobs.items() if job.ended]
        for key in ended[: max(0, len(ended) - self._kept)]:
            del self._jobs[key]
