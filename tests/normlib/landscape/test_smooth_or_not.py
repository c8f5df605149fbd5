"""What the page "Smooth or not" ships is what its settings give, and says what the page says."""

import numpy as np
import pytest

from normlib.landscape import shipped
from normlib.landscape.linear import comparison
from normlib.landscape.reach import growth, reach
from normlib.landscape.scales import layer_scales
from normlib.landscape.slopes import closer, steepest
from normlib.landscape.smooth_or_not import (
    GAINS,
    METHODS,
    NETS,
    PLACES,
    SCALINGS,
    line_of,
    program,
    table,
)
from normlib.landscape.valley import gain, outcomes
from normlib.tasks import TASKS

LINES = shipped.load("smooth_lines")
SCALES = shipped.load("smooth_scales")
LINEAR = shipped.load("smooth_linear")


def test_everything_is_there():
    assert tuple(LINES) == tuple(NETS)
    assert tuple(LINEAR) == tuple(TASKS)
    assert tuple(SCALES) == METHODS
    for by_gain in SCALES.values():
        assert tuple(map(float, by_gain)) == GAINS
        assert all(tuple(pair) == SCALINGS for pair in by_gain.values())


@pytest.mark.parametrize("name", NETS)
def test_a_shipped_line_is_made_again(name: str):
    places = PLACES[::80]
    again = line_of(NETS[name], places)
    assert np.array_equal(LINES[name].a, PLACES)
    assert np.allclose(again.values, LINES[name].values[::80], rtol=1e-6)
    assert np.allclose(again.slopes, LINES[name].slopes[::80], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_shipped_scales_are_made_again(method: str):
    for scaling, kept in SCALES[method]["2"].items():
        again = layer_scales(kept.net, scaling)
        assert again.net == kept.net
        for name in ("rms", "mean", "spread"):
            assert np.allclose(getattr(again, name), getattr(kept, name), rtol=1e-6, atol=1e-9)


def test_shipped_linear_models_are_made_again():
    for how, again in comparison("wine").items():
        kept = LINEAR["wine"][how]
        assert np.allclose(again.eigenvalues, kept.eigenvalues, rtol=1e-6)
        assert np.allclose(abs(again.start), abs(kept.start), rtol=1e-4, atol=1e-9)
        assert (again.rate, again.steps) == pytest.approx((kept.rate, kept.steps), rel=1e-4)


def test_the_kinks_of_relu_show_and_tanh_has_none():
    assert {name: closer(line).grows for name, line in LINES.items()} == {
        "none": True, "batch": True, "tanh": False
    }  # fmt: skip


def test_the_line_with_batch_norm_is_smoother_than_the_one_without():
    assert steepest(LINES["none"]).ratio > 2 * steepest(LINES["batch"]).ratio


def test_weights_of_twice_the_size_reach_the_head_only_without_normalization():
    for method, by_gain in SCALES.items():
        for _, _, factor in growth(by_gain, "1", "2").values():
            assert factor == pytest.approx(2**6 if method == "none" else 1, rel=0.01)


def test_standardized_features_are_centred_at_the_input_and_nowhere_above():
    for by_gain in SCALES.values():
        found = reach(*by_gain["1"].values())
        assert found.first == pytest.approx(1.99, abs=0.05)
        assert found.centres[0] < 1e-9
        assert min(found.centres[1:]) > 0.5


def test_centring_saves_the_steps_of_digits_and_scaling_those_of_wine():
    found = {name: gain(outcomes(LINEAR[name], 0.9)) for name in LINEAR}
    assert found["digits"].centring
    assert not found["wine"].centring
    assert found["digits"].condition > 1e4
    assert found["wine"].condition > 1e4


def test_tables_and_scripts_know_all_that_is_shown():
    heads = {"lines": (LINES, "method,a,loss"), "linear": (LINEAR["wine"], "method,direction"),
             "scales": (SCALES["none"]["2"], "method,layer,rms,mean,spread")}  # fmt: skip
    for name, (found, head) in heads.items():
        assert table(found).startswith(head)
        code = program(found, name)
        compile(code, name, "exec")
        assert "from normlib.landscape.smooth_or_not import" in code


def test_the_script_of_the_linear_model_prints_its_table(capsys):
    exec(program(LINEAR["wine"], "wine"), {})
    printed, kept = capsys.readouterr().out.splitlines(), table(LINEAR["wine"]).splitlines()
    assert len(printed) == len(kept)
    for ours, theirs in zip(printed[1:], kept[1:], strict=True):
        assert ours.split(",")[:2] == theirs.split(",")[:2]
        assert float(ours.split(",")[2]) == pytest.approx(float(theirs.split(",")[2]), rel=1e-6)
