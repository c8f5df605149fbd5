"""Jobs in the background: shared by key, cancelled when nobody waits, bounded in number."""

import threading
import time

import pytest

from pages.ui.jobs import AWAY, BusyError, Jobs
from tests.pages.patience import wait_for


class Gate:
    """Work that reports until it is let through."""

    def __init__(self) -> None:
        self.open, self.runs = threading.Event(), 0

    def __call__(self, report):
        self.runs += 1
        while not self.open.wait(0.002):
            report(0.5)
        return "result"


def test_those_who_ask_for_the_same_share_one_job_and_its_result():
    jobs, gate = Jobs(), Gate()
    one, two = jobs.ask("key", gate, "a"), jobs.ask("key", gate, "b")
    assert one is two
    gate.open.set()
    wait_for(lambda: one.state == "done")
    assert (one.result, one.share, gate.runs) == ("result", 1.0, 1)
    assert jobs.ask("key", gate, "c") is jobs.find("key", "c") is one


def test_a_job_stops_only_when_the_last_who_waits_has_left():
    jobs, gate = Jobs(), Gate()
    job = jobs.ask("key", gate, "a")
    jobs.ask("key", gate, "b")
    wait_for(lambda: job.share == 0.5)
    jobs.leave("key", "a")
    assert jobs.find("key", "a") is None
    assert jobs.find("key", "b") is job
    jobs.leave("key", "b")
    assert jobs.find("key", "b") is None
    wait_for(lambda: job.state == "cancelled")
    again = jobs.ask("key", gate, "a")
    assert again is not job
    gate.open.set()
    wait_for(lambda: again.state == "done")


def test_a_session_that_left_a_job_is_remembered_until_it_asks_again():
    jobs, gate = Jobs(), Gate()
    job = jobs.ask("key", gate, "a")
    assert not jobs.left("key", "a")
    jobs.leave("key", "a")
    wait_for(lambda: job.state == "cancelled")
    assert jobs.left("key", "a")
    assert not jobs.left("key", "b")
    jobs.ask("key", gate, "a")
    assert not jobs.left("key", "a")
    gate.open.set()


def test_a_session_that_went_away_holds_no_job(monkeypatch):
    jobs, gate = Jobs(), Gate()
    job = jobs.ask("key", gate, "gone")
    now = time.monotonic()
    monkeypatch.setattr("pages.ui.jobs.time.monotonic", lambda: now + 2 * AWAY)
    assert jobs.find("key", "back again") is job
    jobs.leave("key", "back again")
    assert jobs.find("key", "back again") is None


def test_a_job_that_waits_is_cancelled_before_it_begins():
    jobs, first, second = Jobs(running=1), Gate(), Gate()
    jobs.ask("first", first, "a")
    wait_for(lambda: first.runs == 1)
    waiting = jobs.ask("second", second, "a")
    assert waiting.state == "waiting"
    jobs.leave("second", "a")
    first.open.set()
    wait_for(lambda: waiting.state == "cancelled")
    assert second.runs == 0


def test_what_a_job_raises_is_kept_and_the_next_who_asks_begins_anew():
    jobs = Jobs()

    def fail(report):
        raise ValueError("broken")

    job = jobs.ask("key", fail, "a")
    wait_for(lambda: job.ended)
    assert job.state == "failed"
    assert str(job.error) == "broken"
    assert jobs.ask("key", fail, "a") is not job


def test_no_more_jobs_run_or_wait_than_there_is_room_for():
    jobs, gate = Jobs(running=2, waiting=1), Gate()
    for key in range(3):
        jobs.ask(key, gate, "a")
    wait_for(lambda: gate.runs == 2)
    with pytest.raises(BusyError):
        jobs.ask("one more", gate, "a")
    gate.open.set()
    wait_for(lambda: gate.runs == 3)


def test_the_results_used_last_are_kept():
    jobs = Jobs(kept=2)
    for key in range(4):
        job = jobs.ask(key, lambda report: None, "a")
        wait_for(lambda job=job: job.ended)
        jobs.find(0, "a")
    jobs.ask("last", lambda report: None, "a")
    assert jobs.find(0, "a") is not None
    assert jobs.find(1, "a") is None
