"""Comparisons that come with the app: how one is recognized, and what is nearest."""

from dataclasses import replace

import pytest

from normlib.landscape import Net, Training, shipped
from normlib.landscape.compare import compare
from normlib.landscape.presets import SMOOTHNESS, Comparison, nearest, shipped_with, spacing
from normlib.landscape.verdicts import CLAIMED, verdict


@pytest.mark.parametrize("name", SMOOTHNESS)
def test_what_is_shipped_is_found_by_its_settings_whatever_the_methods(name: str):
    one = SMOOTHNESS[name]
    assert shipped_with(one) == name
    assert shipped_with(replace(one, methods=("none", "rms"), eigenvalues=False)) == name
    assert shipped_with(replace(one, seeds=(0, 1))) is None
    assert shipped_with(replace(one, net=replace(one.net, width=99))) is None
    assert one.every == spacing(one.training.steps)


@pytest.mark.parametrize("name", SMOOTHNESS)
def test_the_nearest_to_what_is_shipped_is_itself(name: str):
    assert nearest(SMOOTHNESS[name]) == name
    assert nearest(replace(SMOOTHNESS[name], seeds=(7,), methods=("none",))) == name


@pytest.mark.parametrize("name", SMOOTHNESS)
def test_the_shipped_file_holds_what_its_name_says(name: str):
    one, found = SMOOTHNESS[name], shipped.load(f"santurkar_{name}")
    assert tuple(found) == one.methods
    for method, record in found.items():
        assert record.net == one.net_of(method)
        assert record.training == one.training
        assert record.seeds == one.seeds


SAID = {  # by batch norm: range of the loss, change of the gradient, beta, eigenvalue
    "claim": ("holds", "holds", "holds", "holds"),
    "default_init": ("reversed", "reversed", "reversed", "reversed"),
    "shallow": ("absent", "holds", "holds", "holds"),
    "squared": ("reversed", "reversed", "reversed", "absent"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_the_shipped_results_say_of_batch_norm(name: str):
    found = shipped.load(f"santurkar_{name}")
    assert tuple(verdict(found, "batch", quantity).says for quantity in CLAIMED) == SAID[name]


def test_methods_are_compared_on_the_same_settings_and_progress_is_that_of_all():
    asked = Comparison(Net(width=5, depth=1), Training(steps=4), ("none", "rms"), (3, 4), 2, False)
    shares: list[float] = []
    found = compare(asked, shares.append)
    assert list(found) == ["none", "rms"]
    assert found["rms"].net == Net(width=5, depth=1, method="rms", seed=3)
    assert found["none"].steps.tolist() == [0, 2]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert 0.5 in shares


def test_some_25_steps_are_measured_of_any_training():
    assert [spacing(steps) for steps in (10, 20, 40, 100, 200)] == [1, 1, 2, 4, 8]


def test_methods_that_are_known_are_not_asked_for_again():
    assert Comparison().without({"none", "layer"}).methods == ("batch", "group")
