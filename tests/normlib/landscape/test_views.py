import numpy as np
import pytest
import torch

from normlib import NormError
from normlib.landscape import Net, Training
from normlib.landscape.nets import build, loss_of
from normlib.landscape.spline import preview
from normlib.landscape.training import Learner
from normlib.landscape.views import surface_after
from normlib.tasks import task

DIGITS = task("digits")
X = torch.tensor(DIGITS.x[:512], dtype=torch.float32)
Y = torch.tensor(DIGITS.y[:512])


def test_the_middle_cell_is_the_loss_of_the_net_that_was_trained():
    net, training = Net(method="batch", width=20), Training(steps=5)
    learner = Learner(net, training)
    list(learner)
    found = surface_after(net, training, size=5)
    assert found.a.tolist() == found.b.tolist() == [-1, -0.5, 0, 0.5, 1]
    assert found.values[2, 2] == loss_of(learner.stack(X), Y).item()
    fresh = surface_after(net, Training(steps=0), size=3)
    assert fresh.values[1, 1] == loss_of(build(net)(X), Y).item()


def test_the_same_settings_give_the_same_surface_and_another_seed_another():
    net, training = Net(method="layer", width=20), Training(steps=3)
    first, again, other = (surface_after(net, training, size=4, seed=s).values for s in (0, 0, 1))
    assert np.array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_a_trajectory_lies_in_its_plane_and_says_how_much_of_it_does():
    net, training = Net(width=20), Training(steps=30)
    found = surface_after(net, training, plane="trajectory", size=7)
    assert found.path.shape == (31, 2)
    assert found.path_values.shape == (31,)
    assert not found.path[-1].any()
    assert found.path_values[0] == pytest.approx(loss_of(build(net)(X), Y).item(), rel=1e-5)
    assert 0.8 < sum(found.explained) <= 1
    for axis, coordinates in enumerate((found.a, found.b)):
        assert coordinates[0] < found.path[:, axis].min()
        assert coordinates[-1] > found.path[:, axis].max()


@pytest.mark.parametrize("method", ["none", "batch"])
def test_a_preview_is_within_a_hundredth_of_the_range(method):
    exact = surface_after(Net(method=method), Training(steps=20), size=51)
    coarse = surface_after(Net(method=method), Training(steps=20), size=17)
    off = np.abs(preview(coarse, exact.a, exact.b).values - exact.values)
    assert off.max() < 0.01 * np.ptp(exact.values)


def test_running_statistics_show_walls_that_batch_statistics_do_not():
    """What published tools draw without saying so; the same net, the same plane."""
    net = Net(method="batch", depth=6)
    batch, running, none = (
        surface_after(one, Training(), size=9, statistics=statistics).values.max()
        for one, statistics in ((net, "batch"), (net, "running"), (Net(depth=6), "batch"))
    )
    assert batch < 6
    assert running > 20 * batch
    assert none > 10 * batch


def test_a_training_that_diverges_still_has_a_surface():
    for plane in ("random", "trajectory"):
        found = surface_after(Net(width=20), Training(rate=500, steps=30), plane=plane, size=3)
        assert np.isfinite(found.path).all()
        assert found.values.shape == (3, 3)


def test_a_long_trajectory_keeps_a_hundred_points():
    found = surface_after(Net(width=4), Training(steps=250), plane="trajectory", size=3)
    assert found.path.shape == (1 + 84, 2)  # every third step, and the last


def test_progress_covers_training_and_surface_and_may_cancel():
    shares = []
    surface_after(Net(width=4), Training(steps=5), size=5, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[:2] == [0.1, 0.2]
    assert shares[-1] == 1
    with pytest.raises(KeyError):
        surface_after(Net(width=4), Training(steps=5), size=5, progress={}.__getitem__)


def test_an_unknown_plane_is_refused():
    with pytest.raises(NormError) as caught:
        surface_after(Net(), Training(steps=0), plane="tangent")
    assert caught.value.code == "net_choice"
