import numpy as np
import pytest
import torch

from normlib.landscape import Net, Training
from normlib.landscape.nets import build, loss_of
from normlib.landscape.training import Learner, batches, run
from normlib.tasks import task

DIGITS = task("digits")


def test_every_epoch_holds_every_sample_once_but_for_a_rest():
    given = list(batches(Training(batch=50, steps=6), 170))
    for epoch in (given[:3], given[3:]):
        assert len(set(np.concatenate(epoch).tolist())) == 150
    assert not np.array_equal(given[0], given[3])
    again = list(batches(Training(batch=50, steps=6), 170))
    assert all(map(np.array_equal, given, again))
    assert not np.array_equal(given[0], next(batches(Training(batch=50, seed=1), 170)))


def test_a_batch_larger_than_the_data_is_the_data():
    assert [len(one) for one in batches(Training(batch=50, steps=2), 30)] == [30, 30]


@pytest.mark.parametrize("method", ["none", "batch", "zca_whitening"])
@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_a_step_is_one_of_torchs_gradient_descent(kind, method):
    net, training = Net(kind, method, depth=2, width=16), Training(rate=0.3, steps=3, batch=64)
    learner = Learner(net, training)
    stack = build(net)
    optimizer = torch.optim.SGD(stack.parameters(), lr=0.3)
    for moment, numbers in zip(learner, batches(training, len(DIGITS.x)), strict=True):
        x = torch.tensor(DIGITS.x[numbers], dtype=torch.float32)
        loss = loss_of(stack(x), torch.tensor(DIGITS.y[numbers]))
        optimizer.zero_grad()
        loss.backward()
        assert moment.loss == pytest.approx(loss.item(), rel=1e-6)
        assert moment.gradients[-1] == pytest.approx(stack.head.weight.grad.norm().item(), rel=1e-4)
        assert moment.scales[0] == pytest.approx(x.square().mean().sqrt().item(), rel=1e-6)
        optimizer.step()
    for own, other in zip(learner.stack.parameters(), stack.parameters(), strict=True):
        torch.testing.assert_close(own, other)


def test_training_moves_the_record_as_prediction_needs_it():
    net = Net(method="batch")
    found = run(net, Training(steps=60, rate=0.5), check_every=30)
    assert found.checked.tolist() == [30, 60]
    assert found.accuracy[-1] > 0.9
    assert found.diverged is None
    assert found.loss[-1] < 0.3 < 2 < found.loss[0]
    assert found.scales.shape == found.gradients.shape == found.lengths.shape == (60, 4)


def test_batch_norm_keeps_every_layers_input_at_one_scale_whatever_the_gain():
    """Of relu(u), u standard normal, the mean square is 1/2."""
    small, large = (
        next(iter(Learner(Net(method="batch", depth=6, gain=gain), Training()))).scales
        for gain in (1, 2)
    )
    np.testing.assert_allclose(small[1:], 0.5**0.5, rtol=0.05)
    np.testing.assert_allclose(small, large, rtol=1e-3)


def test_a_training_that_blows_up_is_a_result():
    found = run(Net(), Training(rate=1000, steps=50))
    assert found.diverged is not None
    assert found.diverged < 49
    assert len(found.loss) == found.diverged + 1
    assert found.loss[-1] > 1000 * found.loss[0] or not np.isfinite(found.loss[-1])


def test_what_progress_raises_cancels_the_training():
    shares = []

    def cancel(share):
        shares.append(share)
        if share >= 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(Net(width=8), Training(steps=10), progress=cancel)
    assert shares == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])
