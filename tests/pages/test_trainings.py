"""Trainings in the background: they obey, each session has its own, and none is lost."""

import threading
import time

import pytest

from pages.ui.trainings import Race, Trainings
from tests.pages.patience import PATIENCE, wait_for


class Counter:
    def __init__(self, steps: int) -> None:
        self.steps, self.made = steps, 0

    @property
    def over(self) -> bool:
        return self.made >= self.steps

    def step(self) -> None:
        self.made += not self.over

    def run(self) -> int:
        return self.made


def alive(session: str) -> bool:
    return session != "gone"


@pytest.fixture
def trainings() -> Trainings:
    return Trainings(pace=0.0)


def begin(trainings: Trainings, *steps: int, key: str = "key", owner: str = "a") -> Race:
    return trainings.begin(key, owner, lambda: [Counter(number) for number in steps])


def test_nothing_moves_before_it_is_told_to_and_then_all_run_to_their_own_end(trainings):
    race = begin(trainings, 3, 50)
    wait_for(lambda: race.state == "paused")
    assert race.runs() == [0, 0]
    race.go_on()
    wait_for(lambda: race.state == "done")
    assert race.runs() == [3, 50]


def test_a_race_told_to_go_before_it_is_ready_goes(trainings):
    ready = threading.Event()
    race = trainings.begin("key", "a", lambda: [Counter(5)] if ready.wait(PATIENCE) else [])
    race.go_on()
    assert race.state == "waiting"
    assert race.runs() == []
    ready.set()
    wait_for(lambda: race.state == "done")


def test_steps_are_made_one_by_one(trainings):
    race = begin(trainings, 3, 3)
    for made in (1, 2):
        race.step()
        wait_for(lambda made=made: race.runs() == [made, made] and race.state == "paused")
    race.step()
    wait_for(lambda: race.state == "done")


def test_a_pause_holds_until_it_goes_on(trainings):
    race = begin(trainings, 10**9)
    race.go_on()
    wait_for(lambda: race.runs() != [0] and race.state == "running")
    race.pause()
    assert race.state == "paused"
    time.sleep(0.05)
    stood = race.runs()
    time.sleep(0.05)
    assert race.runs() == stood
    race.go_on()
    wait_for(lambda: race.runs() > stood)
    race.cancel()


def test_what_is_cancelled_stops_and_is_no_longer_found(trainings):
    race = begin(trainings, 10**9)
    race.go_on()
    race.cancel()
    wait_for(lambda: race.state == "cancelled")
    race.go_on()
    assert race.state == "cancelled"
    assert trainings.find("key", "a", alive) is None
    assert begin(trainings, 1) is not race


def test_sessions_with_equal_settings_have_races_of_their_own(trainings):
    ours, theirs = begin(trainings, 10**9, owner="a"), begin(trainings, 10**9, owner="b")
    theirs.go_on()
    wait_for(lambda: theirs.runs() > [0] and ours.state == "paused")
    assert ours.runs() == [0]
    assert trainings.find("key", "a", alive) is ours
    assert trainings.find("key", "b", alive) is theirs
    assert trainings.find("key", "c", alive) is None
    theirs.cancel()


def test_a_page_that_is_loaded_anew_takes_over_the_race_of_its_former_session(trainings):
    race = begin(trainings, 5, owner="gone")
    assert trainings.find("other", "new", alive) is None
    assert trainings.find("key", "new", alive) is race
    assert trainings.find("key", "newer", alive) is None


def test_a_new_race_ends_those_that_the_session_still_has(trainings):
    first, theirs = begin(trainings, 10**9, key="first"), begin(trainings, 1, owner="b")
    begin(trainings, 1, key="second")
    assert first.state == "cancelled"
    assert theirs.state != "cancelled"


def test_the_races_used_last_are_kept():
    trainings = Trainings(kept=2, pace=0.0)
    races = [begin(trainings, 10**9, key=str(k), owner=str(k)) for k in range(3)]
    assert races[0].state == "cancelled"
    assert trainings.find("0", "0", alive) is None
    assert trainings.find("2", "2", alive) is races[2]


def test_what_goes_wrong_is_kept(trainings):
    def fail():
        raise ValueError("broken")

    race = trainings.begin("key", "a", fail)
    wait_for(lambda: race.state == "failed")
    assert str(race.error) == "broken"
