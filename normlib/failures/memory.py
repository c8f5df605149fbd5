"""Failures of memory: what batch norm remembers, forgets, or should not have seen."""

from functools import reduce
from itertools import accumulate

import numpy as np

from normlib.failures import snippets
from normlib.failures.record import Failure, Lines, View
from normlib.record import Running, start
from normlib.running import observe
from normlib.spec import Spec
from normlib.trace import apply, trace

MOST_STEPS = 100
BATCHES, IN_A_BATCH = 200, 32
SIZES = (2, 4, 8, 16, 32, 64, 128)


def cold(*, steps: float, seed: int) -> Failure:
    """Prediction after k equal batches: running mean ``(1 - 0.9^k) * mean``, at first the input.

    Repaired by averaging all batches alike, which is right after the first.
    """
    x, k = 5 + 2 * np.random.RandomState(seed).normal(size=(64, 1)), int(steps)
    mean, spread = _cold(x, 0.9 ** np.arange(MOST_STEPS + 1))
    right = _predict(observe(start(1), x, convention="cumulative"), x)
    return Failure(
        verdict="cold" if k == 0 else "lukewarm" if abs(mean[k]) > 0.1 else "holds",
        numbers={
            "mean": (float(mean[k]), float(right.mean())),
            "spread": (float(spread[k]), float(right.std())),
        },
        setup=snippets.COLD.format(seed=seed),
        code=snippets.COLD_CODE.format(steps=k),
        repair=snippets.COLD_REPAIR,
        drawings=(Lines(np.arange(MOST_STEPS + 1), {"mean": mean, "spread": spread}, k),),
        page="training",
        query={"training": "drift", "trained": "0", "seed": str(seed)},
    )


def _cold(x: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread of what is predicted while 0 and 1 still weigh ``weight`` in the record."""
    variance = weight + (1 - weight) * x.var(ddof=1)
    scale = np.sqrt(variance + 1e-5)
    return weight * x.mean() / scale, x.std() / scale


def momentum(*, momentum: float, seed: int) -> Failure:
    """A momentum meant for the old record weighs the new batch instead.

    With weight w of the new batch, the running mean scatters ``sqrt(w / (2 - w))`` times as much
    as the means of single batches.
    """
    batches = np.random.RandomState(seed).normal(size=(BATCHES, IN_A_BATCH, 1))
    means = batches.mean((1, 2))
    kept = round(1 - momentum, 2)
    wrong, right = _running(means, momentum), _running(means, kept)
    return Failure(
        verdict="noisy" if momentum > kept else "holds",
        numbers={
            "noise": (float(wrong.std()), float(right.std())),
            "weight": (momentum, kept),
            "memory": (1 / momentum, 1 / kept),
        },
        setup=snippets.MOMENTUM.format(seed=seed),
        code=snippets.MOMENTUM_CODE.format(momentum=momentum),
        repair=snippets.MOMENTUM_CODE.format(momentum=kept),
        facts={"kept": f"{kept:g}", "ratio": f"{wrong.std() / right.std():.3g}"},
        drawings=(Lines(np.arange(1, BATCHES + 1), {"wrong": wrong, "right": right}, np.nan),),
        page="training",
        query={"momentum": "0.9", "fed": "60", "seed": str(seed)},
    )


def _running(means: np.ndarray, weight: float) -> np.ndarray:
    """The running mean after each batch; `normlib.running` would warn of such a weight."""
    moved = accumulate(
        means.tolist(), lambda old, new: (1 - weight) * old + weight * new, initial=0.0
    )
    return np.array(list(moved)[1:])


def nan(*, later: float, seed: int) -> Failure:
    """One NaN: batch norm spreads it over the channel and into the record, for good.

    Layer norm keeps it in its own sample. The record stays clean where batches with NaN are
    left out, channel by channel.
    """
    rng = np.random.RandomState(seed)
    x = rng.normal(size=(4, 3, 2, 2))
    x[1, 2, 0, 0] = np.nan
    batch, layer = trace(Spec("batch", x.shape), x), apply(Spec("layer", x.shape), x)
    clean = rng.normal(size=(4, 3, 2, 2))
    kept, repaired = (_after(x, clean, int(later), policy) for policy in ("propagate", "omit"))
    return Failure(
        verdict="spread",
        numbers={
            "entries": (_num_nan(batch.output), _num_nan(layer)),
            "samples": (_num_nan(batch.output.sum((1, 2, 3))), _num_nan(layer.sum((1, 2, 3)))),
            "record": (_num_nan(kept.mean), _num_nan(repaired.mean)),
            "predicted": (_num_nan(_predict(kept, clean)), _num_nan(_predict(repaired, clean))),
        },
        setup=snippets.NAN.format(seed=seed),
        code=snippets.NAN_CODE,
        repair=snippets.NAN_REPAIR,
        drawings=(View("output", batch, "reshape back"),),
        page="groups",
        query=_shown(seed),
    )


def evaluated(*, samples: float, seed: int) -> Failure:
    """A model left in training mode: the answer for a sample depends on who comes with it."""
    answers = _answers(int(samples), seed)
    scatter = [float(_answers(size, seed).std()) for size in SIZES]
    alone = _predict(start(1), np.ones((1, 1)))[0, 0]
    return Failure(
        verdict="depends",
        numbers={
            "scatter": (float(answers.std()), 0.0),
            "lowest": (float(answers.min()), float(alone)),
            "highest": (float(answers.max()), float(alone)),
        },
        setup=snippets.EVALUATED.format(samples=int(samples), seed=seed),
        code=snippets.EVALUATED_CODE,
        repair=snippets.EVALUATED_REPAIR,
        drawings=(Lines(np.array(SIZES), {"scatter": np.array(scatter)}, samples,
                        log_x=True),),
        page="training",
        query={"training": "mode", "seed": str(seed)},
    )  # fmt: skip


def _predict(record: Running, x: np.ndarray) -> np.ndarray:
    """What batch norm predicts for x with the statistics of the record."""
    stored = {"running_mean": record.mean, "running_variance": record.variance}
    return np.asarray(apply(Spec("batch", x.shape), x, stored, training=False))


def _answers(samples: int, seed: int) -> np.ndarray:
    """Batch norm's answer for the number 1, in each of 100 batches of other normal numbers."""
    batches = np.random.RandomState(seed).normal(size=(100, 1, samples))
    batches[:, 0, 0] = 1
    # One batch per row, each normalized by itself: to the arithmetic these are instances.
    y = apply(Spec("instance", batches.shape, "nct"), batches)
    return np.asarray(y[:, 0, 0])


def _after(x: np.ndarray, clean: np.ndarray, later: int, policy: str) -> Running:
    """The record after a batch and ``later`` clean ones."""
    batches = (x, *[clean] * later)
    return reduce(lambda record, batch: observe(record, batch, convention="torch", nan=policy),
                  batches, start(3))  # fmt: skip


def _num_nan(x: np.ndarray) -> int:
    return int(np.isnan(x).sum())


def _shown(seed: int) -> dict[str, str]:
    return Spec("batch", (4, 6, 4, 4), seed=seed).to_query()
