"""Learning rates: which train, three numbers, and curvature along a training."""

from dataclasses import replace

import numpy as np
import pytest

from normlib.landscape import Net, Training, shipped
from normlib.landscape.edges import Edge
from normlib.landscape.limiting import asked, compare, edge, limits
from normlib.landscape.limits import Rates, beside_start, ratio
from normlib.landscape.nets import build
from normlib.landscape.rate_settings import (
    DEPTHS,
    EDGE_CASES,
    EDGE_RATES,
    METHODS,
    RATES,
    SEEDS,
    edge_net,
    edge_training,
)
from normlib.landscape.scripts import script
from normlib.landscape.sharpness import top_eigenvalue
from normlib.landscape.smoothness import smoothness
from normlib.landscape.sweep import sweep
from normlib.landscape.tables import csv
from normlib.landscape.training import Learner

SMALL, SHORT = Net(depth=1, width=8), Training(steps=10)
TRAINS = np.array([[True, True], [True, False], [False, False]])
MADE = Rates(
    SMALL, SHORT, np.array([0.1, 1.0, 10.0]), (3, 4), np.where(TRAINS, 0.5, np.inf), TRAINS,
    np.where(TRAINS, -1, 7), np.array([4.0, 8.0]), np.array([10.0, 20.0]),
)  # fmt: skip


def test_three_numbers_are_kept_apart():
    assert MADE.start.tolist() == [0.5, 0.25]
    assert MADE.path.tolist() == [0.2, 0.1]
    assert MADE.largest.tolist() == [1.0, 0.1]
    assert MADE.middle("start") == 0.375
    assert MADE.apart == pytest.approx(10)
    assert not MADE.open_end
    assert replace(MADE, trains=np.ones_like(TRAINS)).open_end


def test_nothing_trains_is_a_largest_rate_of_zero():
    none = replace(MADE, trains=np.zeros_like(TRAINS))
    assert none.largest.tolist() == [0, 0]
    assert ratio({"batch": MADE, "none": none}, "batch", "none").verdict == "unknown"


@pytest.mark.parametrize(
    ("rates", "verdict", "times"),
    [([0.1, 1.0, 10.0], "equal", 1), ([1.0, 10.0, 100.0], "larger", 10),
     ([0.01, 0.1, 1.0], "smaller", 0.1)],
)  # fmt: skip
def test_the_ratio_of_two_methods_says_which_is_larger(rates, verdict, times):
    found = ratio({"batch": replace(MADE, rates=np.array(rates)), "none": MADE}, "batch", "none")
    assert found.verdict == verdict
    assert found.times == pytest.approx(times)


def test_where_both_train_at_every_rate_nothing_can_be_said():
    all_train = replace(MADE, trains=np.ones_like(TRAINS))
    assert ratio({"batch": all_train, "none": all_train}, "batch", "none").verdict == "open"
    found = ratio({"batch": all_train, "none": MADE}, "batch", "none")
    assert (found.verdict, found.at_least, found.other_at_least) == ("larger", True, False)


def test_methods_are_sorted_by_the_side_of_the_limit_at_the_start():
    flat = replace(MADE, eigenvalue=np.array([0.1, 0.1]))
    assert beside_start({"a": MADE, "b": flat}) == {"above": ["a"], "below": ["b"]}


def test_limits_are_those_of_sweep_smoothness_and_curvature():
    found = limits(SMALL, SHORT, (0.05, 0.4), (1, 2))
    swept, walked = sweep(SMALL, SHORT, (0.05, 0.4), (1, 2)), smoothness(SMALL, SHORT, (1, 2))
    assert np.array_equal(found.final, swept.final)
    assert np.array_equal(found.trains, swept.trains)
    assert np.allclose(found.beta, np.median(walked.beta[:, ::4], 1), rtol=1e-6)
    net = replace(SMALL, seed=2)
    learner = Learner(net, SHORT)
    top, _ = top_eigenvalue(build(net), learner.x[:512], learner.y[:512])
    assert found.eigenvalue[1] == pytest.approx(top.value, rel=1e-3)
    assert (found.seeds, found.net.seed) == ((1, 2), 1)


def test_progress_rises_to_one_and_what_it_raises_comes_out():
    said: list[float] = []
    compare({"a": SMALL, "b": SMALL}, SHORT, (0.1,), (0,), progress=said.append)
    assert said == sorted(said)
    assert said[-1] == 1

    def stop(share: float) -> None:
        if share > 0.4:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        compare({"a": SMALL, "b": SMALL}, SHORT, (0.1,), (0,), progress=stop)


def test_what_is_asked_for_is_none_batch_and_the_third(monkeypatch):
    monkeypatch.setattr("normlib.landscape.limiting.compare", lambda nets, *rest, **more: nets)
    nets = asked("ghost", 2, "tanh", "xavier")
    assert list(nets) == ["none", "batch", "ghost"]
    assert {(net.depth, net.activation, net.init) for net in nets.values()} == {
        (2, "tanh", "xavier")
    }


def test_the_edge_is_measured_on_all_samples_along_the_training():
    training = Training(rate=0.05, batch=1280, steps=9, loss="squared")
    found = edge(SMALL, training, every=4)
    assert found.measured.tolist() == [0, 4, 8]
    learner = Learner(SMALL, training)
    for _ in range(4):
        learner.step()
    top, _ = top_eigenvalue(learner.stack, learner.x, learner.y, loss="squared")
    assert found.eigenvalue[1] == pytest.approx(top.value, rel=5e-3)
    assert len(found.loss) == 9
    assert not found.diverged


def test_a_training_that_blows_up_ends_and_says_so():
    found = edge(SMALL, Training(rate=50.0, batch=1280, steps=40, loss="squared"), every=10)
    assert found.diverged
    assert found.verdict == "diverged"


@pytest.mark.parametrize(("top", "verdict"), [(19.0, "near"), (10.0, "below"), (30.0, "above")])
def test_the_verdict_holds_the_last_quarter_against_two_over_the_rate(top: float, verdict: str):
    values = np.array([1.0, 5.0, 99.0, 99.0, 99.0, 99.0, top, top])
    loss = np.array([9.0, 8, 7, 6, 5, 6, 5, 4, 5])
    found = Edge(SMALL, Training(rate=0.1, steps=9), loss, np.arange(8), values)
    assert (found.limit, found.verdict) == (20, verdict)
    assert found.late == top / 20
    assert (found.rises, found.half) == (2, 4)
    assert not found.comparable
    assert replace(found, training=Training(batch=1280, steps=9)).comparable
    assert not replace(found, training=Training(batch=1280, steps=10)).comparable  # diverged


def test_tables_and_scripts_know_both_records():
    lines = csv({"none": MADE}).splitlines()
    assert lines[0] == "method,rate,seed,final_loss,trains,diverged_at,start_limit,path_limit"
    assert lines[1] == "none,0.1,3,0.5,true,,0.5,0.2"
    assert "limiting import limits" in script(MADE)
    found = Edge(SMALL, SHORT, np.array([3.0, 2.0]), np.array([0]), np.array([7.0]))
    assert csv(found).splitlines() == ["step,loss,eigenvalue", "0,3,7", "1,2,"]
    assert "limiting import edge" in script(found)


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_shipped_sweeps_hold_every_method_seed_and_rate(depth: int):
    found = shipped.load(f"rates_depth_{depth}")
    assert tuple(found) == METHODS
    for method, one in found.items():
        assert one.net == Net(method=method, depth=depth)
        assert one.training == Training(steps=100)
        assert tuple(one.rates) == RATES
        assert one.seeds == SEEDS


@pytest.mark.parametrize("method", ["none", "batch"])
def test_a_shipped_sweep_is_made_again(method: str):
    kept = shipped.load("rates_depth_3")[method]
    again = limits(kept.net, kept.training, RATES[2:9:3], (0,))
    assert np.allclose(again.final[:, 0], kept.final[2:9:3, 0], rtol=1e-2)
    assert again.eigenvalue[0] == pytest.approx(kept.eigenvalue[0], rel=1e-2)
    assert again.beta[0] == pytest.approx(kept.beta[0], rel=0.05)


@pytest.mark.parametrize(("depth", "least"), [(3, 5), (6, 8)])
def test_batch_norm_allows_larger_rates_in_the_default_configuration(depth: int, least: float):
    found = ratio(shipped.load(f"rates_depth_{depth}"), "batch", "none")
    assert found.verdict == "larger"
    assert found.times >= least


def test_shipped_edges_hold_every_case_and_one_is_made_again():
    found = shipped.load("rates_edge")
    assert tuple(found) == tuple(EDGE_CASES)
    for case, by_rate in found.items():
        for rate, one in zip(EDGE_RATES, by_rate.values(), strict=True):
            assert one.training == edge_training(case, rate)
            assert one.net == edge_net(case)
    again = edge(edge_net("full"), replace(edge_training("full", 0.2), steps=31), every=10)
    kept = found["full"]["0.2"]
    assert np.allclose(again.loss, kept.loss[:31], rtol=1e-3)
    assert np.allclose(again.eigenvalue, kept.eigenvalue[:4], rtol=1e-2)


@pytest.mark.parametrize("rate", EDGE_RATES)
def test_started_as_by_he_the_net_of_the_edge_blows_up(rate: float):
    net = replace(edge_net("full"), init="he")
    assert edge(net, replace(edge_training("full", rate), steps=40), every=100).diverged


def test_full_batches_go_to_the_edge():
    """Cohen et al. 2021: the eigenvalue rises to 2 / rate, and stays there."""
    for one in shipped.load("rates_edge")["full"].values():
        assert one.verdict == "near"
        assert one.eigenvalue.max() > 0.95 * one.limit
