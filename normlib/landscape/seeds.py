"""What is measured over many seeds, as frozen records of numpy arrays, and how they compare."""

from dataclasses import dataclass

import numpy as np

from normlib.landscape.settings import Net, Training


@dataclass(frozen=True, eq=False)
class Smoothness:
    """How loss and gradient change along the gradient, at steps of a training, for many seeds.

    Attributes:
        net, training: of the first seed.
        seeds: of weights and batches, ``(seeds,)``.
        steps: numbers of the steps at which was measured, ``(steps,)``.
        multiples: step sizes in units of the learning rate, ``(sizes,)``.
        loss: before the step, ``(seeds, steps)``.
        gradient: length of the gradient there, ``(seeds, steps)``.
        along: loss after a step of every size, on the same mini-batch, ``(seeds, steps, sizes)``.
        change: length of the change of the gradient from before to after it, likewise.
        lengths: of every layer's weight, ``(seeds, steps, layers + 1)``.
        eigenvalue: largest of the Hessian on fixed samples, ``(seeds, steps)``; NaN where it was
            not asked for.
    """

    net: Net
    training: Training
    seeds: tuple[int, ...]
    steps: np.ndarray
    multiples: np.ndarray
    loss: np.ndarray
    gradient: np.ndarray
    along: np.ndarray
    change: np.ndarray
    lengths: np.ndarray
    eigenvalue: np.ndarray

    @property
    def loss_range(self) -> np.ndarray:
        """Largest minus smallest loss along the gradient, ``(seeds, steps)``."""
        return np.asarray(self.along.max(2) - self.along.min(2))

    @property
    def gradient_change(self) -> np.ndarray:
        """Largest change of the gradient, ``(seeds, steps)``."""
        return np.asarray(self.change.max(2))

    @property
    def distance(self) -> np.ndarray:
        """How far each step leads, ``multiple * rate * gradient``, ``(seeds, steps, sizes)``."""
        return np.asarray(self.gradient[..., None] * self.multiples * self.training.rate)

    @property
    def beta(self) -> np.ndarray:
        """Largest change of the gradient over distance, ``(seeds, steps)``.

        The usual Lipschitz constant L as far as it shows along the path; where a text squares
        both sides, its beta is the square of this. 2 / beta is a learning rate.
        """
        return np.asarray((self.change / self.distance).max(2))


@dataclass(frozen=True, eq=False)
class Sweep:
    """Trainings at many learning rates and seeds.

    Attributes:
        net, training: of the first seed and rate.
        rates: ``(rates,)``, rising.
        seeds: of weights and batches, ``(seeds,)``.
        loss: of every mini-batch, ``(rates, seeds, steps)``; NaN after a training diverged.
        diverged: step at which each blew up, -1 where it did not, ``(rates, seeds)``.
    """

    net: Net
    training: Training
    rates: np.ndarray
    seeds: tuple[int, ...]
    loss: np.ndarray
    diverged: np.ndarray

    @property
    def final(self) -> np.ndarray:
        """Mean loss of the last tenth of the steps, ``(rates, seeds)``; inf where diverged."""
        last = self.loss[..., -max(1, self.loss.shape[2] // 10) :]
        return np.where(self.diverged < 0, last.mean(2), np.inf)

    @property
    def trains(self) -> np.ndarray:
        """Whether the final loss is at most half the one at the start, ``(rates, seeds)``."""
        return np.asarray(self.final <= self.loss[:1, :, 0] / 2)

    @property
    def largest(self) -> np.ndarray:
        """Largest rate at which each seed still trains, ``(seeds,)``; 0 where none does."""
        return np.asarray(np.where(self.trains, self.rates[:, None], 0.0).max(0))


@dataclass(frozen=True)
class Limits:
    """Three numbers that are easily taken for one: how large a learning rate may be.

    Attributes:
        at_start: ``2 / lambda_max`` of the Hessian at the first step: the limit of the quadratic
            that fits there. Median of the seeds, as all three.
        on_path: ``2 / beta`` of the steps of a training, their median.
        empirical: the largest of the rates tried that still trained; 0 where none did.
    """

    at_start: float
    on_path: float
    empirical: float

    @classmethod
    def of(cls, smoothness: Smoothness, sweep: Sweep) -> "Limits":
        """From a `Smoothness` with eigenvalues, and a `Sweep` of the same net."""
        return cls(
            float(np.median(2 / smoothness.eigenvalue[:, 0])),
            float(np.median(2 / np.median(smoothness.beta, 1))),
            float(np.median(sweep.largest)),
        )


def ratios(first: Smoothness, second: Smoothness) -> dict[str, np.ndarray]:
    """How many times rougher the first is, ``(seeds,)`` for every quantity.

    The median over the steps of a training, first over second: of the range of the loss, the
    change of the gradient, beta, and the eigenvalue, where it was measured.
    """
    names = ("loss_range", "gradient_change", "beta", "eigenvalue")
    return {
        name: np.asarray(np.median(getattr(first, name), 1) / np.median(getattr(second, name), 1))
        for name in names
    }
