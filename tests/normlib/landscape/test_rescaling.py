import numpy as np
import pytest

from normlib.landscape import Net
from normlib.landscape.rescaling import rescaled


@pytest.mark.parametrize("depth", [1, 3])
def test_doubling_weights_before_batch_norm_halves_the_gradient_and_quarters_the_eigenvalue(depth):
    found = rescaled(Net(method="batch", depth=depth), (1.0, 2.0))
    assert found.loss[1] == pytest.approx(found.loss[0], rel=2e-3)  # eps is not scaled along
    assert found.gradient[0] / found.gradient[1] == pytest.approx(2, rel=0.02)
    assert found.eigenvalue[0] / found.eigenvalue[1] == pytest.approx(4, rel=0.05)


def test_without_normalization_the_loss_changes():
    found = rescaled(Net(), (1.0, 2.0))
    assert found.loss[1] > 2 * found.loss[0]
    assert (np.diff(found.gradient) > 0).all()
