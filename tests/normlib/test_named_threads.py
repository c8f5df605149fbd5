"""Threads that train one shared layer lose no batch."""

import copy
import pickle
import threading

import pytest
import torch

from tests.normlib.named_cases import OURS, STATEFUL, batch, build, one_core

THREADS, TURNS = 8, 2000


@pytest.fixture(autouse=True)
def small_kernels_stay_on_one_core():
    with one_core():
        yield


def train_together(module, x, threads=THREADS, turns=TURNS):
    """Feed the batch from all threads at once, ``turns`` times each."""
    start = threading.Barrier(threads)
    finished = []

    def work():
        start.wait()
        for _ in range(turns):
            module(x)
        finished.append(True)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(finished) == threads


# A mean that still moves at the end: with momentum 0.1 a lost batch would leave no trace.
@pytest.mark.parametrize(("name", "momentum"), [
    ("BatchNorm1d", None), ("BatchNorm2d", None), ("BatchNorm2d", 1e-5), ("InstanceNorm1d", 1e-5),
])  # fmt: skip
def test_eight_threads_count_every_batch_and_leave_the_serial_statistics(name, momentum):
    x = batch((2, 8, *((2,) if name.endswith("1d") else (2, 2))))
    shared = build(OURS, name, c=8, momentum=momentum)
    serial = copy.deepcopy(shared)
    train_together(shared, x)
    for _ in range(THREADS * TURNS):
        serial(x)
    if name.startswith("Batch"):
        assert shared.num_batches_tracked == THREADS * TURNS == 16_000
    assert torch.equal(shared.running_mean, serial.running_mean)
    assert torch.equal(shared.running_var, serial.running_var)


def test_the_count_is_exact_in_bfloat16():
    module = build(OURS, "BatchNorm1d", momentum=None).bfloat16()
    train_together(module, batch((2, 4, 2), dtype=torch.bfloat16), threads=4, turns=300)
    assert module.num_batches_tracked == 1200


class Watched:
    """A lock that says whether it was held."""

    def __init__(self, held):
        self.held = self
        self.inner, self.times = held, 0

    def __enter__(self):
        self.times += 1
        return self.inner.__enter__()

    def __exit__(self, *error):
        return self.inner.__exit__(*error)


@pytest.mark.parametrize("name", STATEFUL)
def test_the_lock_is_taken_to_update_and_to_reset_but_not_to_predict(name):
    module = build(OURS, name)
    module._lock = watched = Watched(module._lock.held)
    x = batch((3, 4, *(4 for _ in range(int(name[-2])))))
    module(x)
    assert watched.times == 1
    module.reset_running_stats()
    assert watched.times == 2
    module.eval()(x)
    module.train().track_running_stats = False
    module(x)
    assert watched.times == 2


@pytest.mark.parametrize("name", STATEFUL)
def test_copies_with_their_own_buffers_have_their_own_lock(name):
    module = build(OURS, name)
    x = batch((3, 4, *(4 for _ in range(int(name[-2])))))
    shallow = copy.copy(module)
    assert shallow.running_mean is module.running_mean
    assert shallow._lock is module._lock
    with module._lock.held:  # a copy made while another thread trains must not be born locked
        copies = [copy.deepcopy(module), pickle.loads(pickle.dumps(module))]
        for other in copies:
            other(x)
            assert other.running_mean.abs().min() > 0
    assert module.running_mean.abs().max() == 0
