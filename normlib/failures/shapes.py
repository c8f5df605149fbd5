"""Failures of shape: too few values in a group, and groups that do not come out even."""

from collections.abc import Mapping

import numpy as np

from normlib.failures import snippets
from normlib.failures.record import Failure, View
from normlib.methods import divisors
from normlib.spec import Spec
from normlib.trace import apply, trace

CHANNELS = 6  # of the tensor that is cut into groups
FEATURES = 8  # of the small batches


def single(*, samples: float, seed: int) -> Failure:
    """A batch of a few vectors: with one, each channel holds one value and has no spread.

    Batch norm leaves 0 of it, layer norm standard deviation 1, whatever the batch.
    """
    n = int(samples)
    batch, x = Spec("batch", (n, FEATURES), "nc"), _vectors(n, seed)
    return Failure(
        verdict="refused" if n == 1 else "holds",
        numbers={
            "spread": (_spread(apply(batch, x)), _spread(apply(Spec("layer", x.shape, "nc"), x))),
            "values": (n, FEATURES),
        },
        setup=snippets.VECTORS.format(samples=n, features=FEATURES, seed=seed),
        code=snippets.SINGLE.format(features=FEATURES),
        repair=snippets.SINGLE_REPAIR.format(features=FEATURES),
        error="ValueError: Expected more than 1 value per channel when training, got input size "
        f"torch.Size([{n}, {FEATURES}])" if n == 1 else "",
        drawings=(View("groups", trace(batch, x), "input"),),
        page="groups",
        query=_link(n, seed),
    )  # fmt: skip


def divide(*, groups: float) -> Failure:
    """Group norm on channels that the number of groups does not divide.

    Repaired by the largest number of groups, up to the one asked for, that divides them.
    """
    asked, shape = int(groups), (2, CHANNELS, 2, 3)
    fits = max(count for count in divisors(CHANNELS) if count <= asked)
    spec = Spec("group", shape, knobs={"groups": fits})
    fine = fits == asked
    return Failure(
        verdict="holds" if fine else "refused",
        numbers={"left": (CHANNELS % asked, CHANNELS % fits), "groups": (asked, fits)},
        setup=snippets.TORCH,
        code=snippets.DIVIDE.format(groups=asked, channels=CHANNELS),
        repair=snippets.DIVIDE.format(groups=fits, channels=CHANNELS),
        error=f"ValueError: num_channels ({CHANNELS}) must be divisible by num_groups ({asked})"
        if not fine else "",
        facts={"channels": CHANNELS, "allowed": ", ".join(map(str, divisors(CHANNELS)))},
        drawings=(View("groups", trace(spec, _noise(0, shape)), "input"),),
        page="groups",
        query=spec.to_query(),
    )  # fmt: skip


def two(*, samples: float, seed: int) -> Failure:
    """Batch norm of two samples: in every channel +1 and -1, whatever the numbers were.

    Exactly so with eps = 1e-30, as here (torch wants it above 0); a larger one pulls both towards
    0. Among n numbers of given mean and given spread, n - 2 are free.
    """
    n, exactly = int(samples), {"eps": 1e-30}
    traced, of_layer = (trace(Spec(method, (n, FEATURES), "nc", exactly), _vectors(n, seed))
                        for method in ("batch", "layer"))  # fmt: skip
    size, size_of_layer = np.abs(traced.output), np.abs(of_layer.output)
    return Failure(
        verdict="signs" if n == 2 else "holds",
        numbers={
            "smallest": (float(size.min()), float(size_of_layer.min())),
            "largest": (float(size.max()), float(size_of_layer.max())),
            "free": (n - 2, FEATURES - 2),
        },
        setup=snippets.VECTORS.format(samples=n, features=FEATURES, seed=seed),
        code=snippets.TWO.format(features=FEATURES),
        repair=snippets.TWO_REPAIR.format(features=FEATURES),
        facts={"features": FEATURES},
        drawings=(View("output", traced, "normalize"),),
        page="steps",
        query={**_link(n, seed), "eps": "0.0", "step": "normalize"},
    )


def _link(samples: int, seed: int) -> Mapping[str, str]:
    return Spec("batch", (min(samples, 8), FEATURES), "nc", seed=seed).to_query()


def _noise(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.RandomState(seed).normal(size=shape)


def _vectors(samples: int, seed: int) -> np.ndarray:
    return _noise(seed, (samples, FEATURES))


def _spread(y: np.ndarray) -> float:
    return float(np.std(y))
