"""Batch norm with stored statistics is affine, so a convolution before it can take it in."""

from dataclasses import dataclass

import numpy as np

from normlib import data
from normlib.comparison import agreement, alike
from normlib.spec import Spec
from normlib.trace import apply

DTYPES = ("float64", "float32")
MOST_FILTERS = len(data.FILTERS)


@dataclass(frozen=True)
class Folded:
    """A convolution followed by batch norm, and the one convolution that does the work of both.

    Attributes:
        images: shape (n, 1, h, w).
        spec: of the batch norm after it.
        plain, folded: weight (c, 1, 3, 3) and bias (c,) before and after folding.
        outputs: of both roads, shape (n, c, h, w).
        difference, scale: largest absolute difference and number.
        agree: as in `normlib.comparison.Comparison`.
    """

    images: np.ndarray
    spec: Spec
    plain: tuple[np.ndarray, np.ndarray]
    folded: tuple[np.ndarray, np.ndarray]
    outputs: tuple[np.ndarray, np.ndarray]
    difference: float
    scale: float
    agree: str


def fold(
    weight: np.ndarray,
    bias: np.ndarray,
    *,
    gamma: np.ndarray,
    beta: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    eps: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Weight and bias of the one convolution that does what convolution and batch norm do.

    ``weight * gamma / sqrt(variance + eps)`` and
    ``(bias - mean) * gamma / sqrt(variance + eps) + beta``, output by output. Jacob et al. 2018,
    arXiv:1712.05877, section 3.2.

    Args:
        weight: shape (c, ...), the outputs first.
        bias, gamma, beta, mean, variance: shape (c,).
        eps: what batch norm adds to the variance.
    """
    scale = gamma / np.sqrt(variance + eps)
    by_output = scale.reshape(-1, *(1,) * (weight.ndim - 1))
    return weight * by_output, (bias - mean) * scale + beta


def convolve(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Convolution as networks have it (no kernel is turned round), nought beyond the border.

    Args:
        x: shape (n, i, h, w).
        weight: shape (o, i, kh, kw) with odd kh and kw.
        bias: shape (o,).

    Returns:
        Shape (n, o, h, w).
    """
    border = tuple((size // 2, size // 2) for size in weight.shape[2:])
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(x, ((0, 0), (0, 0), *border)), weight.shape[2:], axis=(2, 3)
    )
    y = np.einsum("nihwkl,oikl->nohw", windows, weight, optimize=True)
    return np.asarray(y + bias[:, None, None])


def fold_digits(
    samples: int, filters: int, *, eps: float = 1e-5, seed: int = 0, dtype: str = "float64"
) -> Folded:
    """Fold a seeded batch norm into the fixed filters, and run both roads on real digits.

    Args:
        samples: how many of the ten digits; more start again from the first.
        filters: how many of the filters of `normlib.data`; at most ``MOST_FILTERS``.
        eps: of batch norm.
        seed: of bias, gamma, beta and the stored statistics.
        dtype: one of `DTYPES`, in which everything is computed.

    Example:
        >>> found = fold_digits(3, 6)
        >>> found.difference < 1e-14, found.agree
        (True, 'equal')
    """
    images = data.images()[np.arange(samples) % len(data.images()), None].astype(dtype)
    kernels = data.FILTERS[:filters, None]
    weight = (kernels / np.abs(kernels).sum((1, 2, 3), keepdims=True)).astype(dtype)
    spec = Spec("frozen", (samples, filters, *images.shape[2:]), knobs={"eps": eps}, seed=seed)
    given = {name: value.astype(dtype) for name, value in alike(spec, learned=True).items()}
    bias = np.round(np.random.RandomState(seed % data.SEED_LIMIT).uniform(-1, 1, filters), 2)
    plain = weight, bias.astype(dtype)
    folded = fold(
        *plain, gamma=given["gamma"], beta=given["beta"], mean=given["running_mean"],
        variance=given["running_variance"], eps=eps,
    )  # fmt: skip
    outputs = apply(spec, convolve(images, *plain), given), convolve(images, *folded)
    difference, scale, agree, _ = agreement(*outputs)
    return Folded(images, spec, plain, folded, outputs, difference, scale, agree)
