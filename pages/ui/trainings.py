"""Trainings that run in the background and obey: go on, pause, one step, cancel. No Streamlit.

Every session has its own, so nobody's pause stops another's. Whoever comes back to the page, or
loads it anew, finds the training as it is by now.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol

MOST_KEPT, MOST_RUNNING = 24, 4
PACE = 0.01  # seconds between two steps at least: to be watched, and to leave room for others


class Trainee(Protocol):
    """What is trained."""

    @property
    def over(self) -> bool:
        """Whether no step is left."""

    def step(self) -> None:
        """One step."""

    def run(self) -> Any:
        """The record so far; is asked for by other threads."""


Make = Callable[[], Sequence[Trainee]]


class Race:
    """Several trainings, abreast, in a thread of their own.

    Attributes:
        state: ``waiting`` (not begun), ``running``, ``paused``, ``done``, ``cancelled`` or
            ``failed``.
        error: what was raised, where it failed.
    """

    def __init__(self, make: Make, owner: str, places: threading.Semaphore, pace: float) -> None:
        self.owner, self.state = owner, "waiting"
        self.error: Exception | None = None
        self._make, self._places, self._pace = make, places, pace
        self._trainees: Sequence[Trainee] = ()
        self._allowed = 0.0  # steps that may still be made
        self._changed = threading.Condition()
        threading.Thread(target=self._work, daemon=True).start()

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "cancelled", "failed")

    def go_on(self) -> None:
        """Run until the end, or until somebody says otherwise."""
        self._allow(float("inf"))

    def pause(self) -> None:
        """Stop after the present step."""
        self._allow(0.0)

    def step(self) -> None:
        """One step more, then pause."""
        self._allow(1.0)

    def cancel(self) -> None:
        """End it; what was recorded stays readable."""
        with self._changed:
            if not self.ended:
                self.state = "cancelled"
            self._changed.notify_all()

    def runs(self) -> list[Any]:
        """The records so far; empty before the first step."""
        return [trainee.run() for trainee in self._trainees]

    def _allow(self, steps: float) -> None:
        with self._changed:
            self._allowed = steps
            if self.state in ("running", "paused"):
                self.state = "running" if steps else "paused"
            self._changed.notify_all()

    def _work(self) -> None:
        try:
            trainees = self._make()
            with self._changed:
                self._trainees = trainees
                if self.state == "waiting":
                    self.state = "running" if self._allowed else "paused"
            while self._may_step():
                began = time.monotonic()
                with self._places:
                    for trainee in trainees:
                        trainee.step()
                with self._changed:
                    if all(trainee.over for trainee in trainees) and not self.ended:
                        self.state = "done"
                time.sleep(max(0.0, self._pace - (time.monotonic() - began)))
        except Exception as problem:  # told on the page that asked
            self.error, self.state = problem, "failed"

    def _may_step(self) -> bool:
        """Wait until a step is allowed; False once nothing more will happen."""
        with self._changed:
            while not self.ended and not self._allowed:
                self.state = "paused"
                self._changed.wait()
            self._allowed = max(0.0, self._allowed - 1)
            return not self.ended


class Trainings:
    """The races of a server, by session and by what is trained; safe to use from all threads."""

    def __init__(self, kept: int = MOST_KEPT, running: int = MOST_RUNNING,
                 pace: float = PACE) -> None:  # fmt: skip
        self._kept, self._pace = kept, pace
        self._places = threading.Semaphore(running)
        self._races: OrderedDict[tuple[str, Hashable], Race] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable, owner: str, alive: Callable[[str], bool]) -> Race | None:
        """The session's race of that key, or one whose own session is gone; None without any."""
        with self._lock:
            race = self._races.get((owner, key))
            if race is None:
                left = [
                    place
                    for place, one in self._races.items()
                    if place[1] == key and one.state != "cancelled" and not alive(place[0])
                ]
                if not left:
                    return None
                race = self._races.pop(left[-1])
                race.owner = owner
            self._races[owner, key] = race
            self._races.move_to_end((owner, key))
            return None if race.state == "cancelled" else race

    def begin(self, key: Hashable, owner: str, make: Make) -> Race:
        """A new race, not yet told to go; others of the session that still run are cancelled.

        Args:
            key: all that it depends on.
            owner: the session.
            make: gives what is trained, in the thread of the race.
        """
        with self._lock:
            for (whose, _), race in self._races.items():
                if whose == owner:
                    race.cancel()
            race = self._races[owner, key] = Race(make, owner, self._places, self._pace)
            self._races.move_to_end((owner, key))
            while len(self._races) > self._kept:
                _, old = self._races.popitem(last=False)
                old.cancel()
            return race
