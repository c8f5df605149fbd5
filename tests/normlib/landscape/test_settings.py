import dataclasses

import pytest

from normlib import METHODS, NormError
from normlib.landscape import Net, Training, methods


def test_a_record_is_a_cache_key():
    assert hash(Net(method="group", knobs={"groups": 10})) == hash(
        Net(method="group", knobs=(("groups", 10),))
    )
    assert Net(gain=2) == Net(gain=2.0)
    assert Training() == Training(rate=0.1, batch=128)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Net().depth = 4


def test_a_convolutional_net_has_two_hidden_layers_whatever_is_given():
    assert Net("cnn") == Net("cnn", depth=2) == Net("cnn", depth=7)


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_methods_are_those_that_need_nothing_beside_the_input(kind):
    found = methods(kind)
    assert found[0] == "none"
    assert {"batch", "layer", "group", "rms", "zca_whitening"} <= set(found)
    beside = {"conditional_batch", "film", "adaptive_layer", "spade", "cross", "adaptive_instance"}
    assert beside.isdisjoint(found)
    assert all(METHODS[method].tensor == "activation" for method in found[1:])
    assert ("instance" in found) == (kind == "cnn")


@pytest.mark.parametrize(
    ("code", "settings"),
    [
        ("net_choice", {"kind": "rnn"}),
        ("net_choice", {"method": "instance"}),
        ("net_choice", {"activation": "gelu"}),
        ("net_choice", {"init": "zero"}),
        ("net_whole", {"depth": 11}),
        ("net_whole", {"inputs": 13, "kind": "cnn"}),
        ("net_whole", {"width": 0}),
        ("net_whole", {"seed": -1}),
        ("net_whole", {"depth": 2.0}),
        ("net_number", {"gain": 0}),
        ("net_number", {"gain": float("nan")}),
        ("net_number", {"gain": "2"}),
        ("unknown_knob", {"method": "batch", "knobs": {"groups": 2}}),
        ("groups", {"method": "group", "knobs": {"groups": 3}}),
    ],
)
def test_settings_of_a_net_that_do_not_exist_are_refused(code, settings):
    with pytest.raises(NormError) as caught:
        Net(**settings)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("code", "settings"),
    [
        ("net_choice", {"loss": "hinge"}),
        ("net_number", {"rate": 0}),
        ("net_number", {"rate": float("inf")}),
        ("net_whole", {"batch": 1}),
        ("net_whole", {"steps": 10_001}),
    ],
)
def test_settings_of_training_that_do_not_exist_are_refused(code, settings):
    with pytest.raises(NormError) as caught:
        Training(**settings)
    assert caught.value.code == code
    assert str(next(iter(settings))) in str(caught.value)
