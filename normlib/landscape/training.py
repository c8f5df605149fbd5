"""Plain gradient descent, step by step, on the same batches for everyone."""

from collections.abc import Iterator
from copy import deepcopy
from math import isfinite

import numpy as np
import torch
from torch import Tensor

from normlib.landscape.nets import PIXELS, Stack, blocks_of, build, loss_of
from normlib.landscape.records import Moment, Run
from normlib.landscape.settings import Net, Training, whole
from normlib.landscape.streams import stream
from normlib.landscape.workers import Progress, one_torch_thread
from normlib.tasks import task

BLOWN_UP = 1e3  # times the first loss: what is above has diverged


def batches(training: Training, samples: int) -> Iterator[np.ndarray]:
    """Numbers of the samples of every step, ``(batch,)``: shuffled epochs, without their rest."""
    rng, given = stream("batches", training.seed), 0
    size = min(training.batch, samples)
    while given < training.steps:
        order = rng.permutation(samples)
        for start in range(0, samples - size + 1, size):
            if given < training.steps:
                yield order[start : start + size]
            given += 1


class Learner:
    """A net in training, which can be asked after every step.

    Args:
        net: architecture, method and start.
        training: rate, batches, loss.
        name: of the task.
        dtype: of weights and data.

    Raises:
        NormError: where the net's inputs or outputs do not fit the task.
    """

    def __init__(
        self,
        net: Net,
        training: Training,
        name: str = "digits",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.net, self.training, self.task = net, training, task(name)
        features = self.task.x.shape[1]
        whole("inputs", net.inputs, features, features)
        whole("outputs", net.outputs, self.task.classes, net.outputs)
        self.stack = build(net, dtype)
        self.x, self.y = tensors(self.task.x, self.task.y, dtype)
        self.step_number, self.first, self.diverged = 0, float("nan"), False
        self._batches = batches(training, len(self.x))

    def __iter__(self) -> Iterator[Moment]:
        """Every step that is left; none after the net diverged."""
        while self.step_number < self.training.steps and not self.diverged:
            yield self.step()

    def step(self) -> Moment:
        """One step of gradient descent; says how things stood before it.

        Raises:
            StopIteration: after the last step.
        """
        numbers = torch.from_numpy(next(self._batches))
        x, y = self.x[numbers], self.y[numbers]
        with one_torch_thread():
            return self._descend(x, y)

    def _descend(self, x: Tensor, y: Tensor) -> Moment:
        with torch.enable_grad():
            logits, inputs = entering(self.stack, x)
            loss = loss_of(logits, y, self.training.loss)
            weights = list(self.stack.parameters())
            found = torch.autograd.grad(loss, weights, allow_unused=True)
        value, scales = float(loss.detach()), np.array([_rms(h) for h in inputs])
        self.first = value if self.step_number == 0 else self.first
        self.diverged = not isfinite(value) or value > BLOWN_UP * max(self.first, 1e-6)
        names = [name for name, _ in self.stack.named_parameters()]
        maps = [k for k, name in enumerate(names) if name.endswith(("map.weight", "head.weight"))]
        gradients, lengths = (np.array([_norm(values[k]) for k in maps])
                              for values in (found, weights))  # fmt: skip
        if not self.diverged:
            with torch.no_grad():
                for weight, gradient in zip(weights, found, strict=True):
                    if gradient is not None:
                        weight.sub_(self.training.rate * gradient)
        number, self.step_number = self.step_number, self.step_number + 1
        return Moment(number, value, scales, gradients, lengths, self.diverged)

    def accuracy(self) -> float:
        """Share of the held-back samples that the net gets right at prediction, 0 to 1."""
        net = deepcopy(self.stack).eval()
        x, y = tensors(self.task.test_x, self.task.test_y, self.x.dtype)
        with torch.no_grad():
            return float((net(x).argmax(1) == y).double().mean())

    def weights(self) -> dict[str, Tensor]:
        """A copy of the weights as they are now, by name."""
        return {name: value.detach().clone() for name, value in self.stack.named_parameters()}


def run(
    net: Net,
    training: Training,
    *,
    name: str = "digits",
    check_every: int = 10,
    progress: Progress | None = None,
) -> Run:
    """Train to the end, or until the net diverges.

    Args:
        net, training: what, and how.
        name: of the task.
        check_every: steps between two measurements of the accuracy; the last step is measured.
        progress: called with the finished share; what it raises cancels and comes out.
    """
    learner = Learner(net, training, name)
    moments, checked, accuracies = [], [], []
    with one_torch_thread():
        for moment in learner:
            moments.append(moment)
            done = moment.step + 1
            if done % check_every == 0 or done == training.steps:
                checked.append(done)
                accuracies.append(learner.accuracy())
            if progress:
                progress(done / training.steps)
    return Run.of(net, training, moments, np.array(checked), np.array(accuracies))


def tensors(x: np.ndarray, y: np.ndarray, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Samples and classes as tensors of their own."""
    return torch.tensor(x, dtype=dtype), torch.tensor(y)


def entering(net: Stack, x: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Logits, and what enters every layer, the head last."""
    h = x.reshape(-1, 1, PIXELS, PIXELS) if net.image else x
    inputs = []
    for block in blocks_of(net):
        inputs.append(h)
        h = block(h)
    inputs.append(h.flatten(1))
    logits: Tensor = net.head(inputs[-1])
    return logits, inputs


def _rms(x: Tensor) -> float:
    return float(x.detach().double().square().mean().sqrt())


def _norm(x: Tensor | None) -> float:
    return 0.0 if x is None else float(x.detach().double().norm())
