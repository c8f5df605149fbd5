"""The lines of the code that is shown: what each operation does to the columns.

Both libraries read the same lines; ``{xp}`` stands for the module. The arithmetic is that of
textbooks, without the care that `normalize` takes.
"""

from collections.abc import Mapping

import numpy as np

from normlib.code_values import facts, parameter_lines, rearranged, window_lines
from normlib.operations import OPERATIONS
from normlib.spec import Spec

Lines = tuple[str, ...]
MISTAKE = "normalized = (matrix - mean) / (variance + eps)  # a mistake: the root is missing"
STANDARD = "normalized = (matrix - mean) / (variance + eps) ** 0.5"
MEAN = "mean = matrix.mean(0)"
VARIANCE = "variance = ((matrix - mean) ** 2).mean(0)"
NORM = "norm = (matrix**2).sum(0) ** 0.5"
WEIGHT_NORM = (
    'weight_matrix = rearrange(weight, "{pattern}")',
    "weight_norm = (weight_matrix**2).sum(0) ** 0.5",
)
COVARIANCE = (
    "mean = matrix.mean({down})",
    "centred = matrix - mean",
    "covariance = centred.{T} @ centred / {rows} + eps * {eye}",
)
WHITENED = "normalized = centred @ whitening.{T}"
STORED = ("normalized = (matrix - running_mean) / (running_variance + eps) ** 0.5",)
CUBE = "cube = matrix.reshape{cube}  # rows, samples, channels"


def _moments(name: str, over: str) -> Lines:
    """Mean and variance of the cube over some of its axes."""
    return (
        f"{name}_mean = cube.mean({over}, keepdims=True)",
        f"{name}_variance = ((cube - {name}_mean) ** 2).mean({over}, keepdims=True)",
    )


def _mixed(name: str) -> Lines:
    """Three statistics in shares that add up to 1."""
    kinds = ", ".join(f"{kind}_{name}" for kind in ("instance", "layer", "batch"))
    return (
        f"kinds = ({kinds})",
        f"shares = {{xp}}.exp({name}_weights) / {{xp}}.exp({name}_weights).sum()",
        f"{name} = sum(share * kind for share, kind in zip(shares, kinds))",
    )


NORMALIZE: Mapping[str, Lines] = {  # by operation
    "standardize": (MEAN, VARIANCE, STANDARD),
    "divide_by_variance": (MEAN, VARIANCE, MISTAKE),
    "outside": (MEAN, VARIANCE, "normalized = (matrix - mean) / (variance**0.5 + eps)"),
    "rms": (
        "mean_square = (matrix**2).mean(0)",
        "normalized = matrix / (mean_square + eps) ** 0.5",
    ),
    "center": (MEAN, "normalized = matrix - mean"),
    "center_l2": (
        MEAN,
        "norm = ((matrix - mean) ** 2).sum(0) ** 0.5",
        "normalized = (matrix - mean) / norm.clip(min=eps)",
    ),
    "l2": (NORM, "normalized = matrix / norm.clip(min=eps)"),
    "l1": (
        MEAN,
        "mean_deviation = abs(matrix - mean).mean(0)",
        "normalized = (matrix - mean) / (({xp}.pi / 2) ** 0.5 * mean_deviation + eps)",
    ),
    "by_fan_in": (
        MEAN,
        VARIANCE,
        "fan_in = len(matrix)",
        "normalized = (matrix - mean) / (variance * fan_in).clip(min=eps) ** 0.5",
    ),
    "stored": STORED,
    "stored_steps": STORED,
    "stored_outside": ("normalized = (matrix - running_mean) / (running_variance**0.5 + eps)",),
    "stored_center": ("normalized = matrix - running_mean",),
    "stored_whitening": ("normalized = (matrix - running_mean) @ running_matrix.T",),
    "renorm": (
        MEAN,
        VARIANCE,
        "std = (variance + eps) ** 0.5",
        "running_std = (running_variance + eps) ** 0.5",
        "r = (std / running_std).clip(1 / r_max, r_max)",
        "d = ((mean - running_mean) / running_std).clip(-d_max, d_max)",
        "normalized = (matrix - mean) / std * r + d",
    ),
    "global_response": (
        "norm = ((matrix**2).sum(0) ** 0.5).reshape{kept}  # one row per sample",
        "ratio = norm / (norm.mean(1, keepdims=True) + eps)",
        "normalized = matrix * ratio.reshape(-1)",
    ),
    "switchable": (
        CUBE,
        *_moments("instance", "0"),
        *_moments("layer", "(0, 2)"),
        *_moments("batch", "(0, 1)"),
        *_mixed("mean"),
        *_mixed("variance"),
        "normalized = ((cube - mean) / (variance + eps) ** 0.5).reshape(matrix.shape)",
    ),
    "batch_instance": (
        CUBE,
        *_moments("batch", "(0, 1)"),
        "of_batch = (cube - batch_mean) / (batch_variance + eps) ** 0.5",
        *_moments("instance", "0"),
        "of_instance = (cube - instance_mean) / (instance_variance + eps) ** 0.5",
        "rho = rho.clip(0, 1)",
        "normalized = (rho * of_batch + (1 - rho) * of_instance).reshape(matrix.shape)",
    ),
    "stored_switchable": (
        CUBE,
        *_moments("instance", "0"),
        *_moments("layer", "(0, 2)"),
        "batch_mean, batch_variance = running_mean, running_variance",
        *_mixed("mean"),
        *_mixed("variance"),
        "normalized = ((cube - mean) / (variance + eps) ** 0.5).reshape(matrix.shape)",
    ),
    "stored_batch_instance": (
        CUBE,
        "of_batch = (cube - running_mean) / (running_variance + eps) ** 0.5",
        *_moments("instance", "0"),
        "of_instance = (cube - instance_mean) / (instance_variance + eps) ** 0.5",
        "rho = rho.clip(0, 1)",
        "normalized = (rho * of_batch + (1 - rho) * of_instance).reshape(matrix.shape)",
    ),
    "tanh": ("normalized = {xp}.tanh(alpha * matrix)",),
    "pca": (
        *COVARIANCE,
        "eigenvalues, axes = {xp}.linalg.eigh(covariance)  # the smallest first",
        "eigenvalues, axes = {xp}.flip(eigenvalues, (0,)), {xp}.flip(axes.T, (0,))",
        "share = abs(axes) / {xp}.amax(abs(axes), 1, keepdims=True)",
        "largest = (1 * (share > 0.999)).argmax(1)  # this component is made positive",
        "sign = {xp}.sign(axes[{xp}.arange(len(axes)), largest])",
        "whitening = (sign / eigenvalues**0.5)[:, None] * axes",
        WHITENED,
    ),
    "zca": (
        *COVARIANCE,
        "eigenvalues, axes = {xp}.linalg.eigh(covariance)  # one axis in each column",
        "whitening = axes / eigenvalues{each} @ axes.{T}",
        WHITENED,
    ),
    "cholesky": (
        *COVARIANCE,
        "lower = {xp}.linalg.cholesky(covariance)  # lower @ lower.T = covariance",
        "whitening = {xp}.linalg.inv(lower)",
        WHITENED,
    ),
    "newton": (
        *COVARIANCE,
        "identity = {eye}",
        "trace = {xp}.trace(covariance)",
        "root, inverse = covariance / trace, identity",
        "for _ in range(iterations):",
        "    step = (3 * identity - inverse @ root) / 2",
        "    root, inverse = root @ step, step @ inverse",
        "whitening = inverse / trace**0.5",
        WHITENED,
    ),
    "spectral": (
        "for _ in range(iterations):",
        "    v = matrix @ u",
        "    v = v / (v**2).sum() ** 0.5",
        "    u = matrix.T @ v",
        "    u = u / (u**2).sum() ** 0.5",
        "sigma = v @ matrix @ u  # the largest singular value, nearly",
        "normalized = matrix / sigma",
    ),
    "stored_spectral": ("sigma = v @ matrix @ u", "normalized = matrix / sigma"),
    "clip_global": (
        NORM,
        "factor = (max_norm / (norm + 1e-6)).clip(max=1)",
        "normalized = factor * matrix",
    ),
    "clip_adaptive": (
        NORM,
        *WEIGHT_NORM,
        "longest = clipping * weight_norm.clip(min=eps)",
        "factor = (longest / norm.clip(min=1e-6)).clip(max=1)",
        "normalized = factor * matrix",
    ),
    "trust_ratio": (
        NORM,
        *WEIGHT_NORM,
        "factor = trust * weight_norm / (norm + decay * weight_norm + eps)",
        "normalized = factor * matrix",
    ),
    "orthogonalize": (
        "norm = (matrix**2).sum() ** 0.5",
        "normalized = matrix / (norm + 1e-7)",
        "for _ in range(5):",
        "    gram = normalized.T @ normalized",
        "    change = -4.7750 * gram + 2.0315 * gram @ gram",
        "    normalized = 3.4445 * normalized + normalized @ change",
    ),
}
BLOCKS: Mapping[str, Lines] = {  # by operation, where whole matrices need other lines
    "pca": (
        *COVARIANCE,
        "eigenvalues, axes = {xp}.linalg.eigh(covariance)  # the smallest first",
        "eigenvalues, axes = {xp}.flip(eigenvalues, (1,)), {xp}.flip(axes.mT, (1,))",
        "share = abs(axes) / {xp}.amax(abs(axes), 2, keepdims=True)",
        "largest = (1 * (share > 0.999)).argmax(2)  # this component is made positive",
        "block, row = {xp}.arange(len(axes))[:, None], {xp}.arange(axes.shape[1])",
        "sign = {xp}.sign(axes[block, row, largest])",
        "whitening = (sign / eigenvalues**0.5)[:, :, None] * axes",
        WHITENED,
    ),
}
POOLED: Lines = (
    "mean = {xp}.stack([matrix[:, window].mean() for window in windows])",
    "deviations = [matrix[:, window] - m for window, m in zip(windows, mean)]",
    "variance = {xp}.stack([(deviation**2).mean() for deviation in deviations])",
)
WINDOWED: Mapping[str, Lines] = {  # by operation, where statistics come from several columns
    "standardize": (*POOLED, STANDARD),
    "divide_by_variance": (*POOLED, MISTAKE),
    "local_response": (
        "square_sum = {xp}.stack([(matrix[:, window] ** 2).sum() for window in windows])",
        "normalized = matrix / (k + alpha / size * square_sum) ** power",
    ),
}


def normalize_lines(
    spec: Spec, given: Mapping[str, np.ndarray], library: str, training: bool = True
) -> list[str]:
    """From ``matrix`` to ``normalized``, with the parameters of the operation."""
    operation = spec.operates(training)
    wanted = parameter_lines(spec, operation.parameters, given, library)
    windows = bool(spec.pools) and operation.key in WINDOWED
    table = BLOCKS if spec.partition.blocks and operation.key in BLOCKS else NORMALIZE
    lines = (WINDOWED if windows else table)[operation.key]
    return [*wanted.values(), *_for_each_column(spec, operation.key, tuple(wanted)),
            *(window_lines(spec, library) if windows else ()),
            *(line.format(**facts(spec, library)) for line in lines)]  # fmt: skip


def _for_each_column(spec: Spec, key: str, names: tuple[str, ...]) -> list[str]:
    """Running statistics laid out to meet columns of another kind."""
    if not key.startswith("stored") or CUBE in NORMALIZE[key]:
        return []
    known = {found.name: spec.axes_of(found) for found in OPERATIONS[key].parameters}
    laid = [(name, rearranged(spec, name, known[name]))
            for name in names if name in ("running_mean", "running_variance")]  # fmt: skip
    return [f"{name} = {source}" for name, source in laid if source != name]
