"""The way back: from the output to the input, where the statistics are known."""

from normlib.arrays import Array, like, namespace
from normlib.errors import NormError
from normlib.situation import on_tensor
from normlib.trace import Trace


def invert(trace: Trace, y: Array) -> Array:
    """The array whose normalization with the trace's statistics and parameters gives ``y``.

    ``x = (y - beta) / gamma * scale + mean``. With y the output of the trace this is its input;
    reversible instance norm (RevIN; Kim et al. 2022) applies it to a forecast, which has the
    samples and channels of the input but may have other steps.

    Args:
        trace: of a method that subtracts and divides; its groups may not cross the samples and
            channels of y.
        y: shape of the input; axes along which statistics, gamma and beta do not differ may have
            another length.

    Raises:
        NormError: where something cannot be undone: columns were mixed, a threshold or another
            term was applied, or there is a gamma of 0.

    Example:
        >>> import numpy as np
        >>> from normlib import Spec, trace
        >>> x = np.random.default_rng(0).normal(5, 2, (2, 3, 8))
        >>> t = trace(Spec("reversible", x.shape), x)
        >>> bool(np.allclose(invert(t, t.output), x, atol=1e-12))
        True
        >>> invert(t, t.output[..., :4]).shape  # a shorter forecast
        (2, 3, 4)
    """
    stats, method = trace.stats, trace.spec.method
    lost = set(trace.terms) - {"gamma", "beta"}
    if stats.matrix is not None or stats.parts or (stats.scale is None and not stats.shifts):
        raise NormError("no_inverse", method=method, reason="it does more than shift and scale")
    if lost:
        raise NormError("no_inverse", method=method, reason=f"of its {', '.join(sorted(lost))}")
    gamma, beta = trace.terms.get("gamma"), trace.terms.get("beta")
    if gamma is not None and bool((namespace(gamma).asarray(gamma) == 0).any()):
        raise NormError("no_inverse", method=method, reason="a gamma is 0")
    x = y if beta is None else y - like(beta, y)
    x = x if gamma is None else x / like(gamma, y)
    if stats.offset is not None:
        x = x - like(on_tensor(trace.spec, stats.offset), y)
    if stats.factor is not None:
        x = x / like(on_tensor(trace.spec, stats.factor), y)
    for _ in range(stats.power if stats.scale is not None else 0):
        x = x * like(on_tensor(trace.spec, stats.scale), y)
    for shift in reversed(stats.shifts):
        x = x + like(on_tensor(trace.spec, shift), y)
    return x
