"""Surfaces: cells are what their coordinates say, both roads agree, nobody is disturbed."""

import threading

import numpy as np
import pytest
import torch

from normlib import NormError
from normlib.landscape import Net, cnn_grid
from normlib.landscape.directions import random_direction, random_plane
from normlib.landscape.mlp_grid import suits
from normlib.landscape.nets import build, loss_of
from normlib.landscape.probe import Probe
from normlib.landscape.surface import line, surface
from normlib.tasks import task

DIGITS = task("digits")
X = torch.tensor(DIGITS.x[:96], dtype=torch.float32)
Y = torch.tensor(DIGITS.y[:96])
A, B = np.array([-1.0, 0.0, 0.6]), np.array([-0.7, 0.0, 0.3, 1.0])


class Linear(torch.nn.Module):
    """A loss of w[0] + 10 w[1]."""

    def __init__(self):
        super().__init__()
        self.w = torch.nn.Parameter(torch.zeros(2))

    def forward(self, x):
        return x @ self.w


def lived_in(net, seed=0):
    """Biases, gains and shifts at random: negative gains, some exactly 0; record not at its start.

    Args:
        net: changed in place.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in net.parameters():
            if value.ndim == 1:
                value.copy_(torch.randn(value.shape, generator=generator))
        for block in net.blocks:
            if block.norm is not None:
                block.norm.weight[:2] = 0
                for name, value in block.norm.named_buffers():
                    if value.is_floating_point():
                        fresh = torch.rand(value.shape, generator=generator)
                        value.copy_(fresh + 0.5 if name.endswith("var") else fresh - 0.5)
    return net


def test_a_cell_is_what_its_coordinates_say():
    net = Linear()
    x, ways = torch.tensor([[1.0, 10.0]]), [{"w": torch.eye(2)[k]} for k in (0, 1)]
    a, b = np.array([-2.0, 0.0, 0.5, 1.0]), np.array([-1.0, 0.0, 3.0])
    found = surface(net, x, Y[:1], ways, a, b, loss=lambda output, _: output.mean())
    assert np.array_equal(found.values, a[:, None] + 10 * b)
    assert np.array_equal(found.a, a)
    assert np.array_equal(found.b, b)
    along = line(net, x, Y[:1], ways[1], a, loss=lambda output, _: output.mean())
    assert np.array_equal(along.values, 10 * a)
    assert np.array_equal(along.slopes, [10] * len(a))
    assert along.beta == 0


@pytest.mark.parametrize("method", ["none", "batch", "layer", "group"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_centre_is_the_unperturbed_loss_bit_for_bit(method, dtype):
    net = lived_in(build(Net(method=method, width=20), dtype))
    found = surface(net, X, Y, random_plane(net, 0), A, B)
    assert found.values[1, 1] == loss_of(net(X.to(dtype)), Y).item()


@pytest.mark.parametrize("statistics", ["batch", "running"])
@pytest.mark.parametrize("vectors", [False, True], ids=["weights move", "gains move too"])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("method", ["none", "batch", "layer", "rms"])
def test_the_fast_road_agrees_with_the_plain_one(method, activation, vectors, statistics):
    net = lived_in(build(Net(method=method, activation=activation, width=24)))
    plane = random_plane(net, 1, vectors=vectors)
    for loss in ("cross_entropy", "squared"):
        settings = {"statistics": statistics, "loss": loss}
        wide = {**settings, "dtype": torch.float64}
        assert suits(Probe(net, X, Y, **wide))
        want = surface(net, X, Y, plane, A, B, plain=True, **wide).values
        for given, tolerance in ((settings, 1e-5), (wide, 1e-10)):
            off = np.abs(surface(net, X, Y, plane, A, B, **given).values - want)
            assert (off <= tolerance * np.maximum(1, np.abs(want))).all()


@pytest.mark.parametrize("statistics", ["batch", "running"])
@pytest.mark.parametrize("samples", [96, 37])
@pytest.mark.parametrize(
    ("method", "fast", "change"),
    [
        ("none", True, "nothing"),
        ("batch", True, "nothing"),
        ("batch", True, "gains of 0 in the second layer"),
        ("batch", False, "gains of 0 in the first layer"),
        ("batch", False, "moving gains"),
        ("layer", False, "nothing"),
    ],
)
def test_convolutions_agree_on_both_roads(method, fast, change, samples, statistics):
    net = lived_in(build(Net("cnn", method, depth=2)))
    if method == "batch" and change != "gains of 0 in the first layer":
        with torch.no_grad():
            net.blocks[0].norm.weight[:2] = torch.tensor([-0.4, 0.2])
    plane = random_plane(net, 1, vectors=change == "moving gains")
    x, y = X[:samples], Y[:samples]
    for loss in ("cross_entropy", "squared"):
        settings = {"statistics": statistics, "loss": loss}
        wide = {**settings, "dtype": torch.float64}
        assert cnn_grid.suits(Probe(net, x, y, **wide), plane) == fast
        want = surface(net, x, y, plane, A, B, plain=True, **wide).values
        for given, tolerance in ((settings, 1e-5), (wide, 1e-10)):
            off = np.abs(surface(net, x, y, plane, A, B, **given).values - want)
            assert (off <= tolerance * np.maximum(1, np.abs(want))).all()


def test_running_statistics_give_another_surface_and_the_record_says_which():
    net = build(Net(method="batch"))
    plane = random_plane(net, 0)
    batch, running = (
        surface(net, X, Y, plane, A, B, statistics=each) for each in ("batch", "running")
    )
    assert (batch.statistics, running.statistics) == ("batch", "running")
    assert np.abs(batch.values - running.values).max() > 0.1


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
@pytest.mark.parametrize("statistics", ["batch", "running"])
def test_a_surface_leaves_the_net_and_every_random_state_alone(kind, statistics):
    net = build(Net(kind, "batch", depth=2))
    net.train()
    net.blocks[1].eval()
    loss_of(net(X), Y).backward()
    net.blocks[0].map.bias.requires_grad_(False)

    def state():
        values = {**dict(net.named_parameters()), **dict(net.named_buffers())}
        values |= {f"{n} grad": p.grad for n, p in net.named_parameters() if p.grad is not None}
        modes = [(m.training, m) for m in net.modules()]
        asks = [p.requires_grad for p in net.parameters()]
        return {n: v.clone() for n, v in values.items()}, modes, asks, torch.random.get_rng_state()

    before = state()
    places = [p.data_ptr() for p in net.parameters()]
    surface(net, X, Y, random_plane(net, 0), A, B, statistics=statistics)
    after = state()
    assert before[0].keys() == after[0].keys()
    assert all(torch.equal(value, after[0][name]) for name, value in before[0].items())
    assert before[1:3] == after[1:3]
    assert torch.equal(before[3], after[3])
    assert places == [p.data_ptr() for p in net.parameters()]


def test_two_sessions_at_once_get_the_numbers_of_one():
    nets = [build(Net(method=method, width=30)) for method in ("batch", "layer")]
    grid = np.linspace(-1, 1, 9)

    def compute(net):
        return surface(net, X, Y, random_plane(net, 0), grid, grid).values

    alone, together = [compute(net) for net in nets], [None, None]

    def session(number):
        together[number] = compute(nets[number])

    threads = [threading.Thread(target=session, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(map(np.array_equal, alone, together))


def test_threads_of_others_keep_their_number():
    before, seen = torch.get_num_threads(), []
    net = build(Net(width=10))
    surface(net, X, Y, random_plane(net, 0), A, B)
    later = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
    later.start()
    later.join()
    assert [torch.get_num_threads(), *seen] == [before, before]


def test_progress_rises_to_one_and_may_cancel():
    net, shares = build(Net(width=10)), []
    grid = np.linspace(-1, 1, 40)
    surface(net, X, Y, random_plane(net, 0), grid, A, progress=shares.append)
    assert len(shares) == 40
    assert shares == sorted(shares)
    assert shares[-1] == 1

    def cancel(share):
        shares.append(share)
        raise KeyboardInterrupt

    shares.clear()
    with pytest.raises(KeyboardInterrupt):
        surface(net, X, Y, random_plane(net, 0), grid, A, progress=cancel)
    assert len(shares) == 1


def test_scaling_the_weights_of_a_scale_invariant_net_does_not_change_its_surface():
    """What filter normalization is for; plain directions make the larger net look flatter."""
    nets = [build(Net(method="batch", gain=gain), torch.float64) for gain in (1, 4)]

    def spread(normalize):
        ways = [random_direction(net, 0, normalize=normalize) for net in nets]
        for way in ways:
            way["head.weight"].zero_()
        lines = [line(net, X, Y, way, A) for net, way in zip(nets, ways, strict=True)]
        return np.abs(lines[0].values - lines[1].values).max()

    assert spread("filter") < 1e-3  # eps is not scaled along
    assert spread("none") > 0.03


@pytest.mark.parametrize("method", ["none", "batch", "l1_batch"])
@pytest.mark.parametrize("statistics", ["batch", "running"])
def test_slopes_of_a_line_are_those_of_small_steps(method, statistics):
    net = lived_in(build(Net(method=method, width=20), torch.float64))
    way, a = random_direction(net, 0, vectors=True), np.array([-0.5, 0.0, 0.8])
    found = line(net, X, Y, way, a, statistics=statistics)
    little = 1e-6
    before, after = (
        surface(net, X, Y, ({}, way), np.zeros(1), a + step, statistics=statistics).values[0]
        for step in (-little, little)
    )
    np.testing.assert_allclose(found.slopes, (after - before) / (2 * little), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(found.values, (after + before) / 2, rtol=1e-6)


def test_beta_of_a_line_is_the_steepest_of_all_pairs():
    net = build(Net(method="batch"))
    found = line(net, X, Y, random_direction(net, 0), np.linspace(-1, 1, 21))
    with np.errstate(invalid="ignore"):
        pairs = np.abs(found.slopes[:, None] - found.slopes) / np.abs(found.a[:, None] - found.a)
    assert found.beta == pytest.approx(np.nanmax(pairs))


@pytest.mark.parametrize("setting", ["statistics", "loss"])
def test_unknown_settings_are_refused(setting):
    net = build(Net())
    with pytest.raises(NormError) as caught:
        surface(net, X, Y, random_plane(net, 0), A, B, **{setting: "both"})
    assert caught.value.code == "net_choice"
    assert "both" in str(caught.value)
