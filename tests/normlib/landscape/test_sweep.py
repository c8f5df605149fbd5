import numpy as np
import pytest

from normlib import NormError
from normlib.landscape import Net, Training
from normlib.landscape.smoothness import smoothness
from normlib.landscape.sweep import sweep
from normlib.landscape.training import run

TRAINING = Training(steps=12, batch=64)


@pytest.mark.parametrize("method", ["none", "batch", "group"])
def test_every_training_of_a_sweep_is_the_one_that_it_would_be_alone(method):
    found = sweep(Net(method=method, width=20), TRAINING, (0.05, 0.2), (2, 4))
    for i, rate in enumerate((0.05, 0.2)):
        for j, seed in enumerate((2, 4)):
            alone = run(
                Net(method=method, width=20, seed=seed),
                Training(rate=rate, steps=12, batch=64, seed=seed),
            )
            np.testing.assert_allclose(found.loss[i, j], alone.loss, rtol=1e-3)
    assert found.net.seed == found.training.seed == 2


def test_trainings_that_blow_up_are_results_and_disturb_no_other():
    rates = (0.1, 1000.0)
    found = sweep(Net(), TRAINING, rates, (0, 1))
    assert (found.diverged[0] == -1).all()
    for k, seed in enumerate((0, 1)):
        alone = run(Net(seed=seed), Training(rate=1000, steps=12, batch=64, seed=seed))
        assert found.diverged[1, k] == alone.diverged
        assert np.isnan(found.loss[1, k, alone.diverged :]).all()
        assert np.isfinite(found.loss[1, k, : alone.diverged]).all()
    np.testing.assert_array_equal(found.loss[0], sweep(Net(), TRAINING, rates[:1], (0, 1)).loss[0])


def test_the_largest_rate_is_the_last_that_halves_the_loss():
    found = sweep(Net(method="batch", width=40), Training(steps=40), (0.001, 0.5, 1000.0), (0,))
    assert found.trains[:, 0].tolist() == [False, True, False]
    assert found.largest.tolist() == [0.5]
    assert found.final[0, 0] > found.final[1, 0]
    assert not sweep(Net(width=40), TRAINING, (1e-6,), (0,)).largest.any()


@pytest.mark.parametrize("measure", [sweep, smoothness])
def test_a_training_of_no_steps_is_refused(measure):
    with pytest.raises(NormError) as caught:
        measure(Net(), Training(steps=0))
    assert caught.value.code == "net_whole"


def test_a_net_that_does_not_fit_its_task_is_refused():
    with pytest.raises(NormError) as caught:
        run(Net(), Training(), name="wine")
    assert caught.value.code == "net_whole"
    assert run(Net(inputs=13, outputs=3), Training(steps=1), name="wine").accuracy.shape == (1,)
