import numpy as np
import pytest
import torch

from normlib.landscape import Net, Training
from normlib.landscape.nets import build, loss_of
from normlib.landscape.smoothness import smoothness
from normlib.landscape.training import batches
from normlib.tasks import task

DIGITS = task("digits")
TRAINING = Training(steps=4, rate=0.2, batch=64)


def naive(net, training, multiples):
    """One loop, one net, one step size at a time, in torch's plainest words."""
    stack = build(net)
    losses, changes, gradients = [], [], []
    for numbers in batches(training, len(DIGITS.x)):
        x = torch.tensor(DIGITS.x[numbers], dtype=torch.float32)
        y = torch.tensor(DIGITS.y[numbers])
        weights = list(stack.parameters())
        start = [w.detach().clone() for w in weights]
        before = torch.autograd.grad(loss_of(stack(x), y), weights)

        def to(size, start=start, before=before, weights=weights):
            with torch.no_grad():
                for w, s, g in zip(weights, start, before, strict=True):
                    w.copy_(s - size * training.rate * g)

        row = []
        for multiple in multiples:
            to(multiple)
            loss = loss_of(stack(x), y)
            after = torch.autograd.grad(loss, weights)
            squares = sum((a - b).square().sum() for a, b in zip(after, before, strict=True))
            row.append((loss.item(), squares.sqrt().item()))
        to(1)
        losses.append([one[0] for one in row])
        changes.append([one[1] for one in row])
        gradients.append(sum(g.square().sum() for g in before).sqrt().item())
    return np.array(losses), np.array(changes), np.array(gradients)


@pytest.mark.parametrize("method", ["none", "batch", "layer", "l1_batch"])
def test_numbers_are_those_of_a_naive_loop(method):
    multiples = (0.5, 2.0, 4.0)
    net = Net(method=method, width=30)
    found = smoothness(net, TRAINING, (3, 5), multiples=multiples)
    for k, seed in enumerate((3, 5)):
        one = Net(method=method, width=30, seed=seed), Training(4, 64, 4, seed=seed)
        training = Training(rate=0.2, batch=64, steps=4, seed=seed)
        losses, changes, gradients = naive(one[0], training, multiples)
        np.testing.assert_allclose(found.along[k], losses, rtol=1e-3)
        np.testing.assert_allclose(found.change[k], changes, rtol=1e-3, atol=1e-5)
        np.testing.assert_allclose(found.gradient[k], gradients, rtol=1e-3)
        np.testing.assert_allclose(found.loss_range[k], np.ptp(losses, 1), rtol=2e-3, atol=1e-5)
        np.testing.assert_allclose(found.gradient_change[k], changes.max(1), rtol=1e-3)
        slopes = changes / (gradients[:, None] * np.array(multiples) * 0.2)
        np.testing.assert_allclose(found.beta[k], slopes.max(1), rtol=1e-3)


def test_a_step_of_the_learning_rate_leads_to_the_next_step_where_the_batch_stays():
    training = Training(steps=3, batch=1280)
    found = smoothness(Net(width=20), training, (0,), multiples=(0.5, 1.0))
    np.testing.assert_allclose(found.along[0, :-1, 1], found.loss[0, 1:], rtol=1e-5)


def test_only_every_so_many_steps_are_measured_and_the_training_is_the_same():
    net = Net(method="batch", width=20)
    all_steps, some = (smoothness(net, Training(steps=7), (0,), every=n) for n in (1, 3))
    assert some.steps.tolist() == [0, 3, 6]
    np.testing.assert_array_equal(some.along, all_steps.along[:, ::3])
    assert np.isnan(some.eigenvalue).all()


def test_what_blows_up_is_a_number_and_no_error():
    found = smoothness(Net(), Training(steps=6, rate=500), (0, 1))
    assert np.isfinite(found.loss[:, 0]).all()
    assert not np.isfinite(found.beta).all()
