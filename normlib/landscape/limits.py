"""Learning rates: what trains and what does not, and three numbers that are easily mixed up."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from normlib.landscape import scripts, tables
from normlib.landscape.settings import Net, Training


@dataclass(frozen=True, eq=False)
class Rates:
    """A net at many learning rates, and what its curvature says about them.

    Attributes:
        net, training: of the first seed; the rate of ``training`` is the one of the path on which
            ``beta`` was measured.
        rates: learning rates, rising, ``(rates,)``.
        seeds: of weights and batches.
        final: mean loss of the last tenth of the steps, ``(rates, seeds)``; inf where diverged.
        trains: whether that is at most half the loss at the start, likewise.
        diverged: step at which each training blew up, -1 where it did not, likewise.
        eigenvalue: largest of the Hessian at the start, ``(seeds,)``.
        beta: largest change of the gradient over distance, median over the steps of the path,
            ``(seeds,)``.
    """

    net: Net
    training: Training
    rates: np.ndarray
    seeds: tuple[int, ...]
    final: np.ndarray
    trains: np.ndarray
    diverged: np.ndarray
    eigenvalue: np.ndarray
    beta: np.ndarray

    @property
    def start(self) -> np.ndarray:
        """``2 / lambda_max`` at the start, ``(seeds,)``."""
        return np.asarray(2 / self.eigenvalue)

    @property
    def path(self) -> np.ndarray:
        """``2 / beta`` on the path, ``(seeds,)``."""
        return np.asarray(2 / self.beta)

    @property
    def largest(self) -> np.ndarray:
        """Largest rate at which each seed trains, ``(seeds,)``; 0 where none does."""
        return np.asarray(np.where(self.trains, self.rates[:, None], 0.0).max(0))

    @property
    def apart(self) -> float:
        """By what factor neighbouring rates differ: the largest one is known no better."""
        return float((self.rates[-1] / self.rates[0]) ** (1 / max(1, len(self.rates) - 1)))

    @property
    def open_end(self) -> bool:
        """Whether the last of the rates still trains for half of the seeds: the limit is above."""
        return bool(np.median(self.largest) >= self.rates[-1])

    def middle(self, name: str) -> float:
        """Median over seeds of ``start``, ``path`` or ``largest``."""
        return float(np.median(getattr(self, name)))


@dataclass(frozen=True)
class Ratio:
    """The largest rates of two methods, medians over seeds.

    Attributes:
        one, other: largest rate with each; 0 where none of those tried trains.
        at_least: whether ``one`` may be larger still: the largest rate that was tried trains.
        other_at_least: likewise of ``other``.
    """

    one: float
    other: float
    at_least: bool
    other_at_least: bool

    @property
    def times(self) -> float:
        """One over the other; infinite where the other is 0."""
        return self.one / self.other if self.other else np.inf

    @property
    def verdict(self) -> str:
        """``larger``, ``equal`` or ``smaller``; ``unknown`` where one of them is 0, ``open`` where
        both may be larger still.
        """
        if not self.one or not self.other:
            return "unknown"
        if self.at_least and self.other_at_least:
            return "open"
        if self.one == self.other:
            return "equal"
        return "larger" if self.one > self.other else "smaller"


def ratio(found: Mapping[str, Rates], one: str, other: str) -> Ratio:
    """How many times the largest rate of ``other`` that of ``one`` is."""
    first, second = found[one], found[other]
    return Ratio(first.middle("largest"), second.middle("largest"),
                 first.open_end, second.open_end)  # fmt: skip


def beside_start(found: Mapping[str, Rates]) -> dict[str, list[str]]:
    """Methods whose largest rate lies ``above``, and ``below``, 2 / lambda at the start."""
    sides: dict[str, list[str]] = {"above": [], "below": []}
    for name, one in found.items():
        above = one.middle("largest") > one.middle("start")
        sides["above" if above else "below"].append(name)
    return sides


@tables.rows.register
def _(record: Rates) -> tables.Rows:
    yield ["rate", "seed", "final_loss", "trains", "diverged_at", "start_limit", "path_limit"]
    for (i, k), step in np.ndenumerate(record.diverged):
        ended = "" if step < 0 else step
        yield (record.rates[i], record.seeds[k], record.final[i, k], record.trains[i, k], ended,
               record.start[k], record.path[k])  # fmt: skip


@scripts.call.register
def _(record: Rates) -> scripts.Call:
    args = (record.net, record.training, tuple(record.rates.tolist()), record.seeds)
    return scripts.Call("limiting", "limits", args, {})
