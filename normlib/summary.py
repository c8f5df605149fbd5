"""Groups in numbers: means and standard deviations, shapes of what is known of them."""

from dataclasses import dataclass
from math import prod

import numpy as np

from normlib.operation import Given, Operation
from normlib.operations import OPERATIONS
from normlib.spec import Spec
from normlib.trace import Trace, leaves_alone

MATRICES = ("covariance", "whitening", "polynomial")
ONE_FOR_ALL = ("norm", "sigma")  # of a matrix whose columns are treated together
OF_EACH_COLUMN = {("global_response", "norm"), ("global_response", "ratio")}
PARTLY_STORED = {
    "stored_switchable": (),
    "stored_batch_instance": ("batch mean", "batch variance"),
    "stored_spectral": ("u",),
}


@dataclass(frozen=True)
class Summary:
    """One number per group in each array: biased standard deviations, means."""

    mean_before: np.ndarray
    std_before: np.ndarray
    mean_after: np.ndarray
    std_after: np.ndarray


def summarize(trace: Trace) -> Summary:
    """Summary of the matrix before and after the step ``normalize``.

    Example:
        >>> from normlib import Spec, data, trace
        >>> spec = Spec("batch", (4, 3, 5, 5))
        >>> after = summarize(trace(spec, data.make("random", spec)))
        >>> bool(np.allclose(after.mean_after, 0)), bool(np.allclose(after.std_after, 1, atol=1e-4))
        (True, True)
    """
    flat = trace.spec.partition.flat
    mean_before, std_before = _mean_and_std(np.asarray(flat(trace["reshape"].array)))
    mean_after, std_after = _mean_and_std(np.asarray(flat(trace["normalize"].array)))
    return Summary(mean_before, std_before, mean_after, std_after)


def stored_statistics(operation: Operation) -> tuple[str, ...]:
    """Names of the statistics that come from elsewhere as they are, the input playing no part."""
    if not operation.key.startswith("stored"):
        return ()
    return PARTLY_STORED.get(operation.key, operation.statistics)


def statistic_shapes(spec: Spec, *, training: bool = True) -> dict[str, tuple[int, ...]]:
    """Shape of every statistic by name, each number counted once.

    One number for each group; one for several groups where these are merged or stored as
    one; a matrix where groups are treated together.

    Example:
        >>> from normlib import Spec
        >>> statistic_shapes(Spec("sync", (4, 6, 3, 3), knobs={"parts": 2}))
        {'mean': (6,), 'variance': (6,)}
        >>> statistic_shapes(Spec("zca_whitening", (4, 6)))["covariance"]
        (6, 6)
    """
    if leaves_alone(spec, training):
        return {}
    operation = spec.operates(training)
    return {name: _shape(spec, operation, name) for name in operation.statistics}


def _shape(spec: Spec, operation: Operation, name: str) -> tuple[int, ...]:
    partition = spec.partition
    lengths = {axis: partition.lengths[axis] for axis in partition.kept}
    blocks = tuple(lengths[axis] for axis in partition.blocks)
    if name in MATRICES:
        return (*blocks, *(partition.columns // prod(blocks),) * 2)
    if operation.mixes and name in ONE_FOR_ALL:
        return blocks
    if name in stored_statistics(operation) and not operation.mixes:
        kept = [found for found in operation.parameters if found.name.startswith("running_")]
        return spec.shape_of(kept[0]) if kept else (spec.channels,)
    own = name.startswith("instance") or (operation.key, name) in OF_EACH_COLUMN
    merged = {axis for pool in spec.pools[:1] for axis, kind in pool.relations.items()
              if kind == "all" and not own}  # fmt: skip
    return tuple(length for axis, length in lengths.items() if axis not in merged)


def _mean_and_std(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    stats = OPERATIONS["standardize"].fit(matrix, Given(0.0))
    return np.ravel(stats["mean"]), np.sqrt(np.ravel(stats["variance"]))
