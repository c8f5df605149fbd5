"""Nets in training: noise, records at any time, and the pairs that are shipped."""

from dataclasses import replace

import numpy as np
import pytest

from normlib.landscape import Net, Training, duel
from normlib.landscape.trainee import Trainee, begin, finished, live, trained, wrong_labels
from normlib.landscape.training import run
from normlib.tasks import task

SMALL = duel.Duel(
    (Net(width=16, depth=1), Net(method="batch", width=16, depth=2)),
    (Training(steps=23, batch=32), Training(steps=23, batch=32, rate=0.3)),
)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.6])
def test_a_share_of_the_labels_becomes_another_class_and_the_rest_stays(share):
    y = task("digits").y
    found = wrong_labels(y, share, 3, 10)
    assert (found != y).sum() == int(share * len(y))
    assert set(np.unique(found)) <= set(range(10))
    assert np.array_equal(found, wrong_labels(y, share, 3, 10))


def test_wrong_labels_prefer_no_class():
    y = np.zeros(90_000, np.int64)
    counts = np.bincount(wrong_labels(y, 1 - 1e-9, 0, 10), minlength=10)
    assert counts[0] == 1
    np.testing.assert_allclose(counts[1:], 10_000, rtol=0.05)


def test_without_noise_a_trainee_is_an_ordinary_training():
    for net, training, found in zip(SMALL.nets, SMALL.trainings, finished(SMALL), strict=True):
        wanted = run(net, training, check_every=duel.CHECK_EVERY)
        for name in ("loss", "scales", "gradients", "checked", "accuracy"):
            assert np.array_equal(getattr(found, name), getattr(wanted, name)), name


def test_noise_changes_the_training_and_not_what_it_is_judged_by():
    noisy = trained(SMALL.nets[0], SMALL.trainings[0], noise=0.4)
    assert noisy.loss[-1] > trained(SMALL.nets[0], SMALL.trainings[0]).loss[-1]
    trainee = Trainee(SMALL.nets[0], SMALL.trainings[0], 0.4)
    assert np.array_equal(trainee.learner.task.test_y, task("digits").test_y)


def test_a_record_can_be_read_before_at_and_after_any_step():
    (first, _) = begin(SMALL)
    for number in range(25):
        found = first.run()
        assert len(found.loss) == min(number, 23)
        assert found.checked.tolist() == [n for n in (10, 20, 23) if n <= number]
        assert found.scales.shape == (min(number, 23), 2)
        first.step()
    assert first.over


def test_a_net_that_blew_up_is_over_and_the_other_goes_on():
    wild = duel.against("none", "batch", rate=2.0, steps=30)
    one, other = finished(wild)
    assert one.diverged is not None
    assert len(one.loss) == one.diverged + 1
    assert len(other.loss) == 30
    assert duel.standing(one).diverged == one.diverged


def test_progress_rises_to_the_end_and_what_it_raises_comes_out():
    shares: list[float] = []
    finished(SMALL, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    with pytest.raises(KeyboardInterrupt):
        finished(SMALL, lambda share: (_ for _ in ()).throw(KeyboardInterrupt))


def test_two_pairs_at_once_are_each_as_if_alone():
    mine, theirs = live(SMALL), live(replace(SMALL, nets=SMALL.nets[::-1]))
    for _ in range(23):
        for trainee in (*mine, *theirs):
            trainee.step()
    for found, wanted in zip(mine, finished(SMALL), strict=True):
        assert np.array_equal(found.run().loss, wanted.loss)


def test_a_shipped_pair_made_again_is_the_shipped_one():
    wanted = duel.PRESETS["plain"]
    short = tuple(replace(training, steps=12) for training in wanted.trainings)
    shipped = duel.known()[wanted]
    for found, known in zip(finished(replace(wanted, trainings=short)), shipped, strict=True):
        np.testing.assert_allclose(found.loss, known.loss[:12], rtol=5e-3)


def test_the_scripts_of_a_pair_compute_its_records():
    from normlib.landscape.scripts import script
    from normlib.landscape.tables import csv

    same = replace(SMALL, nets=(SMALL.nets[1], SMALL.nets[1]), noise=0.2)
    said: list[str] = []
    exec(script(duel.calls(same)).replace("print(", "said.append(").replace(', end="")', ")"),
         {"said": said})  # our own generated code  # fmt: skip
    assert said == [csv(dict(zip(duel.names(same), finished(same), strict=True)))]
