"""Two trainings side by side: what is trained, the pairs that are shipped, and who did better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from normlib.landscape.records import Run
from normlib.landscape.scripts import Call
from normlib.landscape.settings import Net, Training
from normlib.landscape.shipped import load
from normlib.tasks import task

Pair = tuple[Run, Run]
SURE = 2.0  # standard errors from which on a difference counts
CHECK_EVERY = 10  # steps between two measurements of the accuracy


@dataclass(frozen=True)
class Duel:
    """Two nets and how each is trained.

    Attributes:
        nets: from the same seed: where shapes agree, so do the first weights.
        trainings: alike in batches; their rates may differ.
        noise: share of the training labels that is replaced by another class, 0 to below 1.
            Labels of the held-back samples stay right.
    """

    nets: tuple[Net, Net]
    trainings: tuple[Training, Training]
    noise: float = 0.0


@dataclass(frozen=True)
class Standing:
    """How a training stands.

    Attributes:
        steps: done.
        loss: mean of the last ten mini-batches; None before the first.
        accuracy: the last one measured on held-back samples, 0 to 1; None before the first.
        diverged: number of the step at which it blew up, or None.
    """

    steps: int
    loss: float | None
    accuracy: float | None
    diverged: int | None


def standing(run: Run) -> Standing:
    """How a training stands, finished or not."""
    return Standing(
        len(run.loss),
        float(run.loss[-10:].mean()) if len(run.loss) else None,
        float(run.accuracy[-1]) if len(run.accuracy) else None,
        run.diverged,
    )


def against(
    first: str,
    second: str,
    *,
    rate: float = 0.1,
    batch: int = 128,
    steps: int = 200,
    noise: float = 0.0,
) -> Duel:
    """Two methods in the default net, everything else alike."""
    training = Training(rate=rate, batch=batch, steps=steps)
    return Duel((Net(method=first), Net(method=second)), (training, training), noise)


PRESETS: Mapping[str, Duel] = {
    "plain": against("none", "batch"),
    "faster": against("none", "batch", rate=0.5),
    "too_fast": against("none", "batch", rate=2.0),
    "tiny_batch": against("batch", "group", batch=2, steps=600),
    "wrong_labels": against("none", "batch", rate=0.5, steps=600, noise=0.4),
}


def known() -> dict[Duel, Pair]:
    """The finished pairs that come with the app."""
    return {duel: load(f"lab_{name}") for name, duel in PRESETS.items()}


def calls(duel: Duel) -> dict[str, Call]:
    """What computes both, for the script that a learner takes away."""
    return {
        name: Call("trainee", "trained", (net, training), {"noise": duel.noise})
        for name, net, training in zip(names(duel), duel.nets, duel.trainings, strict=True)
    }


def names(duel: Duel) -> tuple[str, str]:
    """Short names of both nets, never equal."""
    return f"A {duel.nets[0].method}", f"B {duel.nets[1].method}"


def better(runs: Sequence[Run]) -> str:
    """``first``, ``second``, or ``alike``: whose last accuracy is higher, if it is for sure.

    Two shares p of n held-back samples differ for sure by more than two standard errors,
    ``2 sqrt(2 p (1 - p) / n)`` with p their mean, as if they were counted on different samples.
    ``early`` where one has none yet.
    """
    if not all(len(run.accuracy) for run in runs):
        return "early"
    one, other = (float(run.accuracy[-1]) for run in runs)
    share = (one + other) / 2
    if abs(one - other) <= SURE * sqrt(2 * share * (1 - share) / len(task("digits").test_y)):
        return "alike"
    return "first" if one > other else "second"
