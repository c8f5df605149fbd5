"""The way back: from the output to the input, where the statistics are known."""

from math import prod

from normlib.arrays import Array, at_least_float32, cast, like
from normlib.errors import NormError
from normlib.inputs import check_floating, library_of
from normlib.situation import on_tensor
from normlib.trace import Trace, leaves_alone


def invert(trace: Trace, y: Array) -> Array:
    """The array whose normalization with the trace's statistics and parameters gives ``y``.

    ``x = (y - beta) / gamma * scale + mean``. With y the output of the trace this is its input;
    reversible instance norm (RevIN; Kim et al. 2022) applies it to a forecast, which has the
    samples and channels of the input but may have other steps. Where the method left its input
    as it was (an empty batch, or one that only trains), so does this.

    Args:
        trace: of a method that subtracts, divides or multiplies, once for each group.
        y: floating-point numbers in the library of the trace, of the shape of the input; axes
            along which statistics, gamma and beta do not differ may have another length. Half
            precision is computed in float32.

    Returns:
        An array of the shape and dtype of y.

    Raises:
        NormError: where something cannot be undone: columns were mixed, several normalizations
            added, values bent, a threshold or another term was applied, or there is a gamma of
            0; and for a y of another library, dtype, number of axes, or length of an axis along
            which statistics differ.

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
    _check_array(trace, y)
    if leaves_alone(trace.spec, trace.training):
        return y
    _check_method(trace)
    stats, wide = trace.stats, at_least_float32(y)
    gamma, beta = trace.terms.get("gamma"), trace.terms.get("beta")
    x = wide if beta is None else wide - like(beta, wide)
    x = x if gamma is None else x / like(gamma, wide)
    if stats.offset is not None:
        x = x - like(on_tensor(trace.spec, stats.offset), wide)
    if stats.factor is not None:
        x = x / like(on_tensor(trace.spec, stats.factor), wide)
    for _ in range(stats.power if stats.scale is not None else 0):
        x = x * like(on_tensor(trace.spec, stats.scale), wide)
    for shift in reversed(stats.shifts):
        x = x + like(on_tensor(trace.spec, shift), wide)
    return cast(x, y)


def _check_array(trace: Trace, y: Array) -> None:
    """`NormError` unless the statistics of the trace meet the entries of y one to one."""
    spec, kept = trace.spec, library_of(trace.output)
    check_floating(y, "dtype", method=spec.method)
    if library_of(y) != kept:
        raise NormError("inverse_library", kept=kept, type=type(y).__name__)
    shape, expected = tuple(y.shape), spec.sizes
    facts = {"shape": shape, "expected": expected, "method": spec.method, "layout": spec.layout}
    if len(shape) != len(expected):
        raise NormError("inverse_axes", **facts, given=len(shape), wanted=len(expected))
    fixed = _fixed(trace)
    for axis, given, wanted in zip(spec.axes, shape, expected, strict=True):
        if axis in fixed and given != wanted:
            raise NormError("inverse_shape", **facts, axis=axis, given=given, wanted=wanted)


def _fixed(trace: Trace) -> set[str]:
    """Axes along which statistics, gamma or beta may differ."""
    spec, partition = trace.spec, trace.spec.partition
    if partition.given:
        return set(spec.axes)
    differing = {axis for term in trace.terms.values()
                 for axis, size in zip(spec.axes, term.shape, strict=True) if size > 1}  # fmt: skip
    return differing | set(partition.kept) | set(spec.parameter_axes if trace.terms else ())


def _check_method(trace: Trace) -> None:
    """`NormError` unless each entry was shifted and scaled, and by a number other than 0."""
    stats, method = trace.stats, trace.spec.method
    if stats.matrix is not None:
        raise NormError("inverse_mixed", method=method)
    if stats.parts:
        raise NormError("inverse_sum", method=method)
    if stats.scale is None and stats.factor is None and not stats.shifts:
        raise NormError("inverse_curve", method=method)
    if lost := set(trace.terms) - {"gamma", "beta"}:
        raise NormError("inverse_terms", method=method, terms=", ".join(sorted(lost)))
    for name, factor in (("gamma", trace.terms.get("gamma")), ("factor", stats.factor)):
        if factor is not None and (count := int((factor == 0).sum())):
            raise NormError("inverse_zero", method=method, name=name, count=count,
                            total=prod(factor.shape))  # fmt: skip
