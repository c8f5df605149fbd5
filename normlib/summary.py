"""Mean and standard deviation of every group, before and after normalizing."""

from dataclasses import dataclass

import numpy as np

from normlib.operation import Given
from normlib.operations import OPERATIONS
from normlib.trace import Trace


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


def _mean_and_std(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    stats = OPERATIONS["standardize"].fit(matrix, Given(0.0))
    return np.ravel(stats["mean"]), np.sqrt(np.ravel(stats["variance"]))
