"""Failures of numbers: constants, half precision, a forgotten root, another eps."""

import numpy as np

from normlib.failures import snippets
from normlib.failures.record import Failure
from normlib.spec import Spec
from normlib.trace import apply

COUNT = 256  # numbers in a group
NOTICED = 0.01  # a difference from which a result counts as wrong
KERAS_EPS, TORCH_EPS = 1e-3, 1e-5


def constant(*, value: float) -> Failure:
    """A group without spread, its mean summed up in float32, one number after the other.

    The sum is rounded at every step; what the mean is off by looks like spread, and is divided
    by itself. normlib gives 0 exactly, for every constant.
    """
    x = np.full((1, COUNT), value, np.float32)
    mean = np.cumsum(x[0])[-1] / np.float32(COUNT)
    deviation = x[0] - mean
    y = deviation / np.sqrt((deviation**2).mean() + np.float32(1e-5))
    spec = Spec("layer", x.shape, "nc")
    return Failure(
        verdict="broken" if abs(float(y[0])) > NOTICED else "holds",
        numbers={
            "output": (float(y[0]), float(apply(spec, x)[0, 0])),
            "deviation": (float(deviation[0]), 0.0),
        },
        setup=snippets.CONSTANT.format(value=value),
        code=snippets.CONSTANT_CODE,
        repair=snippets.CONSTANT_REPAIR,
        asked=snippets.CONSTANT_TORCH,
        page="steps",
        query={**Spec("batch", (4, 6, 4, 4)).to_query(), "data": "constant", "step": "normalize"},
    )


def half(*, scale: float, seed: int) -> Failure:
    """Squares above 65504 are infinite in float16; an infinite variance turns all outputs to 0."""
    x = (scale * np.random.RandomState(seed).normal(size=(1, COUNT))).astype(np.float16)
    with np.errstate(over="ignore"):
        deviation = x - x.mean()
        variance = (deviation * deviation).mean()
        y = deviation / np.sqrt(variance + np.float16(1e-5))
    right = apply(Spec("layer", x.shape, "nc"), x)
    return Failure(
        verdict="overflow" if np.isinf(variance) else "holds",
        numbers={
            "spread": (_std(y), _std(right)),
            "variance": (float(variance), float(np.var(x.astype(np.float64)))),
            "zeros": (int((y == 0).sum()), int((right == 0).sum())),
        },
        setup=snippets.HALF.format(scale=f"{scale:g}", seed=seed),
        code=snippets.HALF_CODE,
        repair=snippets.HALF_REPAIR,
        asked=snippets.HALF_TORCH,
        facts={"largest": f"{float(np.abs(deviation.astype(float)).max()):.4g}"},
        page="steps",
        query={**Spec("layer", (4, 6, 4, 4), seed=seed).to_query(), "step": "variance"},
    )


def by_variance(*, sigma: float, seed: int) -> Failure:
    """Divided by ``variance + eps`` instead of its root, a spread of s becomes 1/s."""
    x = _column(sigma, seed)
    right = Spec("batch", x.shape, "nc")
    wrong = Spec("batch", x.shape, "nc", knobs={"by_variance": True})
    numbers = _std(apply(wrong, x)), _std(apply(right, x))
    return Failure(
        verdict="broken" if abs(numbers[0] - numbers[1]) > 0.1 else "holds",
        numbers={"spread": numbers},
        setup=snippets.COLUMN.format(spread=f"{sigma:g}", seed=seed),
        code=snippets.BY_VARIANCE,
        repair=snippets.BY_VARIANCE_REPAIR,
        facts={"before": f"{float(x.std()):.4g}"},
        page="steps",
        query={**Spec("batch", (4, 6, 4, 4), knobs={"by_variance": True}, seed=seed).to_query(),
               "step": "normalize"},
    )  # fmt: skip


def other_eps(*, sigma: float, seed: int) -> Failure:
    """Weights trained with eps = 1e-3, used with 1e-5: outputs differ where activations are small.

    The standard deviation of the output is ``s / sqrt(s^2 + eps)``.
    """
    x = _column(sigma, seed)
    here, there = (_std(apply(Spec("batch", x.shape, "nc", knobs={"eps": eps}), x))
                   for eps in (TORCH_EPS, KERAS_EPS))  # fmt: skip
    return Failure(
        verdict="broken" if abs(here / there - 1) > NOTICED else "holds",
        numbers={"spread": (here, there), "eps": (TORCH_EPS, KERAS_EPS)},
        setup=snippets.COLUMN.format(spread=f"{sigma:g}", seed=seed),
        code=snippets.OTHER_EPS,
        repair=snippets.OTHER_EPS_REPAIR,
        facts={"ratio": f"{here / there:.4g}"},
        page="steps",
        query={**Spec("batch", (4, 6, 4, 4), knobs={"eps": KERAS_EPS}, seed=seed).to_query(),
               "step": "normalize"},
    )  # fmt: skip


def _column(spread: float, seed: int) -> np.ndarray:
    return spread * np.random.RandomState(seed).normal(size=(1024, 1))


def _std(y: np.ndarray) -> float:
    return float(np.std(y.astype(np.float64)))
