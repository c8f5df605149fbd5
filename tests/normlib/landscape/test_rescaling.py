"""Hidden weights times a factor: closed forms of a scale-invariant loss, and autograd's numbers."""

import numpy as np
import pytest
import torch

from normlib.landscape import Net
from normlib.landscape.nets import build, loss_of
from normlib.landscape.rescaling import rescaling
from normlib.tasks import task

FACTORS = (0.5, 1.0, 2.0)


@pytest.mark.parametrize("method", ["batch", "layer", "group"])
def test_a_normalized_loss_stays_its_gradient_halves_its_eigenvalue_is_quartered(method: str):
    found = rescaling(Net(method=method, width=16, depth=2), (0, 1), FACTORS)
    np.testing.assert_allclose(found.relative("loss"), 1, rtol=1e-3)
    np.testing.assert_allclose(found.relative("gradient"), [[2, 1, 0.5]] * 2, rtol=1e-2)
    np.testing.assert_allclose(found.relative("eigenvalue"), [[4, 1, 0.25]] * 2, rtol=2e-2)


def test_without_normalization_none_of_this_holds():
    found = rescaling(Net(width=16), (0, 1), FACTORS)
    assert (found.loss[:, 2] > 1.05 * found.loss[:, 1]).all()
    assert (found.relative("gradient")[:, 2] > 1.5).all()
    assert (found.relative("eigenvalue")[:, 2] > 1.5).all()


def test_numbers_are_those_of_autograd_on_a_net_with_larger_weights():
    digits = task("digits")
    x, y = torch.tensor(digits.x[:512]), torch.tensor(digits.y[:512])
    found = rescaling(Net(method="rms", width=12, depth=2), (3,), (1.0, 2.0), loss="squared")
    net = build(Net(method="rms", width=12, depth=2, seed=3), torch.float64)
    maps = [weight for block in net.blocks for weight in block.map.parameters()]
    with torch.no_grad():
        for weight in maps:
            weight.mul_(2)
    loss = loss_of(net(x), y, "squared")
    gradients = torch.autograd.grad(loss, maps)
    assert found.loss[0, 1] == pytest.approx(loss.item(), rel=1e-12)
    length = sum(g.square().sum() for g in gradients).sqrt().item()
    assert found.gradient[0, 1] == pytest.approx(length, rel=1e-12)


def test_progress_ends_at_one_and_its_error_comes_out():
    shares: list[float] = []
    rescaling(Net(width=4, depth=1), (0, 1), (1.0, 2.0), progress=shares.append)
    assert shares == [0.25, 0.5, 0.75, 1.0]

    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        rescaling(Net(width=4, depth=1), (0,), (1.0,), progress=stop)
