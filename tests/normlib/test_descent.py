from itertools import islice

import numpy as np
import pytest
import torch

from normlib import descent
from normlib.descent import KINDS, LOST, descend, gradient, run, start

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)) @ np.array([[1.0, 0.8, 0.3], [0.0, 0.5, 0.2], [0.0, 0.0, 0.7]])
X = (X - X.mean(0)) / X.std(0)
TARGET = np.abs(X) @ RNG.normal(size=(3, 3)) + 0.5


def of_torch(kind, p):
    """The same loss, written for torch."""
    x, target = torch.tensor(X), torch.tensor(TARGET)
    if kind == "affine":
        y = x * p["gamma"] + p["beta"]
    elif kind == "linear":
        y = torch.nn.functional.linear(x, p["weight"], p["beta"])
    else:
        hidden = torch.nn.functional.linear(x, p["inner"], p["threshold"]).tanh()
        y = torch.nn.functional.linear(hidden, p["outer"], p["beta"])
    return ((y - target) ** 2).sum(1).mean() / 2


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_and_losses_are_those_of_torch(kind):
    parameters = {name: value + 0.1 * RNG.normal(size=value.shape)
                  for name, value in start(kind, 3).items()}  # fmt: skip
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in parameters.items()}
    loss = of_torch(kind, tensors)
    loss.backward()
    found = gradient(kind, X, TARGET, parameters)
    assert found.keys() == parameters.keys()
    for name, value in found.items():
        assert value == pytest.approx(tensors[name].grad.numpy(), abs=1e-12)
    ours = descent.loss(descent.answer(kind, X, parameters), TARGET)
    assert ours == pytest.approx(float(loss.detach()))


@pytest.mark.parametrize("kind", KINDS)
def test_ten_steps_are_those_of_torch(kind):
    tensors = {name: torch.tensor(value, requires_grad=True)
               for name, value in start(kind, 3, seed=4).items()}  # fmt: skip
    optimizer = torch.optim.SGD(tensors.values(), lr=0.3)
    for _ in range(10):
        optimizer.zero_grad()
        of_torch(kind, tensors).backward()
        optimizer.step()
    last = list(islice(descend(kind, X, TARGET, 0.3, seed=4), 11))[-1]
    assert last.number == 10
    for name, value in last.parameters.items():
        assert value == pytest.approx(tensors[name].detach().numpy(), abs=1e-10)


def test_gamma_and_beta_arrive_in_one_step_of_size_one_where_columns_are_standardized():
    found = run("affine", X, TARGET, 1.0)
    assert found.losses[0] > found.least + 0.1
    assert found.losses[1:] == pytest.approx(found.least)
    assert found.even
    assert found.limit == pytest.approx(2)


@pytest.mark.parametrize("rate", [0.3, 1.5, 1.95, 2.1])
def test_the_excess_of_gamma_and_beta_shrinks_by_the_square_of_one_minus_the_rate(rate):
    found = run("affine", X, TARGET, rate, most=20)
    excess = found.losses - found.least
    assert excess[1:] == pytest.approx((1 - rate) ** 2 * excess[:-1], abs=1e-9)


def test_a_matrix_converges_below_the_limit_and_not_above_it():
    limit = run("linear", X, TARGET, 0.1).limit
    below, above = (run("linear", X, TARGET, share * limit, most=1000) for share in (0.95, 1.05))
    assert below.losses[-1] == pytest.approx(below.least, rel=1e-3)
    assert above.losses[-1] > above.losses[0]


def test_whitened_columns_bend_the_loss_of_a_matrix_evenly():
    values, axes = np.linalg.eigh(np.cov(X.T, bias=True))
    white = X @ axes / np.sqrt(values)
    assert run("linear", white, TARGET, 0.5).even
    assert not run("linear", X, TARGET, 0.5).even
    assert run("linear", X, TARGET, 0.5).condition == pytest.approx(
        max(values[-1], 1) / min(values[0], 1)
    )


@pytest.mark.parametrize("kind", ["affine", "linear"])
def test_the_curvature_is_that_of_the_hessian_by_torch(kind):
    names, shapes = zip(*((n, v.shape) for n, v in start(kind, 3).items()), strict=True)
    sizes = [int(np.prod(shape)) for shape in shapes]

    def loss(flat):
        parts = flat.split(sizes)
        return of_torch(
            kind, {n: p.reshape(s) for n, p, s in zip(names, parts, shapes, strict=True)}
        )

    hessian = torch.autograd.functional.hessian(loss, torch.zeros(sum(sizes)).double()).numpy()
    expected, found = np.linalg.eigvalsh(hessian), descent.curvature(kind, X)
    assert found[0] == pytest.approx(expected[-1])
    assert found[-1] == pytest.approx(expected[0])
    assert (np.diff(found) <= 1e-12).all()


def test_an_mlp_learns_what_a_matrix_cannot():
    linear, mlp = (run(kind, X, np.abs(X), 0.3, most=2000) for kind in ("linear", "mlp"))
    assert mlp.losses[-1] < linear.least / 5
    assert mlp.curvature is None
    assert mlp.least is None
    assert mlp.limit is None
    assert not mlp.even


def test_a_lost_run_ends_and_its_last_step_stands_for_later_ones():
    found = run("linear", X, TARGET, 2.5)
    assert found.losses[-1] > LOST * found.losses[0]
    assert (found.losses[:-1] <= LOST * found.losses[0]).all()
    assert found.at(200) is found.steps[-1]
    assert found.at(2).number == 2
    assert len(run("affine", X, TARGET, 0.5).steps) == descent.MOST + 1


def test_the_steps_that_a_page_shows_rise_up_to_the_last():
    assert descent.SHOWN[0] == 0
    assert descent.SHOWN[-1] == descent.MOST
    assert (np.diff(descent.SHOWN) > 0).all()


@pytest.mark.parametrize("kind", ["affine", "linear"])
def test_a_new_layer_starts_as_the_identity(kind):
    assert np.array_equal(descent.answer(kind, X, start(kind, 3)), X)
