"""Synchronized norm in two processes is batch norm of the batches laid together."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from normlib.layers.merged import in_company
from normlib.layers.norm import Norm
from tests.normlib.norm_cases import close
from tests.normlib.sync_worker import SHARES, SIZES, everything, made, step

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("sync_worker.py")


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What two real processes found, in the order of their ranks."""
    folder = tmp_path_factory.mktemp("sync")
    workers = [
        subprocess.Popen(
            [sys.executable, str(WORKER), str(rank), "2", str(folder / "meet"), str(folder)],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": "", "GLOO_SOCKET_IFNAME": "lo"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        said = [worker.communicate(timeout=60)[0] for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    assert [worker.returncode for worker in workers] == [0, 0], "\n".join(said)
    return [torch.load(folder / f"{rank}.pt") for rank in range(2)]


@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("layout", SIZES)
def test_two_processes_are_one_batch(answers, layout, shares):
    x, loss = everything(layout)
    x.requires_grad_()
    place = layout.index("c")
    weight, bias = (torch.linspace(*ends, 6).double().requires_grad_()
                    for ends in ((0.5, 2), (-1, 1)))  # fmt: skip
    y = F.batch_norm(x.movedim(place, 1), None, None, weight, bias, training=True)
    y = y.movedim(1, place)
    (y * loss).sum().backward()
    first, second = (found[layout, shares] for found in answers)
    close(torch.cat((first["y"], second["y"])), y, 1e-10)
    close(torch.cat((first["x"], second["x"])), x.grad, 1e-10)
    close(first["weight"] + second["weight"], weight.grad, 1e-10)
    close(first["bias"] + second["bias"], bias.grad, 1e-10)


@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("layout", SIZES)
def test_every_process_remembers_the_batch_of_all(answers, layout, shares):
    columns = everything(layout)[0].movedim(layout.index("c"), 0).flatten(1)
    for found in answers:
        found = found[layout, shares]
        close(found["running_mean"], columns.mean(1), 1e-10)
        close(found["running_var"], columns.var(1, correction=0), 1e-10)
        assert found["num_values_tracked"] == columns.shape[1]
    predicted = torch.cat([found[layout, shares]["predicted"] for found in answers])
    together = torch.cat([found[layout, shares]["y"] for found in answers])
    close(predicted, together, 1e-10)  # the record holds this batch alone


@pytest.mark.parametrize("layout", SIZES)
def test_one_process_alone_is_batch_norm(layout):
    assert not in_company()
    x, loss = everything(layout)
    found = step(made(layout), x, loss)
    place = layout.index("c")
    weight, bias = torch.linspace(0.5, 2, 6).double(), torch.linspace(-1, 1, 6).double()
    expected = F.batch_norm(x.movedim(place, 1), None, None, weight, bias, training=True)
    close(found["y"], expected.movedim(1, place), 1e-10)


def test_it_predicts_with_the_record_as_batch_norm_does():
    ours, theirs = Norm("sync", 6), torch.nn.BatchNorm2d(6)
    x = everything("nchw")[0].float()
    assert torch.equal(ours(x), theirs(x))
    theirs.load_state_dict(ours.state_dict(), strict=True)
    assert torch.equal(ours.eval()(x), theirs.eval()(x))
