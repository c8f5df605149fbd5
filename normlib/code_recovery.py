"""The lines of the code that is shown: how each recovery gives back what normalizing took away."""

from collections.abc import Mapping

import numpy as np

from normlib.code_values import facts, parameter_lines, rearranged
from normlib.partition import SPLITS
from normlib.spec import Spec

Lines = tuple[str, ...]
RECOVER: Mapping[str, Lines] = {  # by recovery, where it is more than gamma and beta
    "linear": ("recovered = normalized @ weight.T{plus_beta}",),
    "style": (
        'style_matrix = rearrange(style, "{pattern}")',
        "style_mean = style_matrix.mean(0)",
        "style_variance = ((style_matrix - style_mean) ** 2).mean(0)",
        "recovered = (style_variance + eps) ** 0.5 * normalized + style_mean",
    ),
    "own_style": ("recovered = (variance + eps) ** 0.5 * normalized + mean  # no other style",),
    "swap": (
        "source = {xp}.arange({columns}).reshape{kept}[partner].reshape(-1)  # a column for each",
        "recovered = (variance[source] + eps) ** 0.5 * normalized + mean[source]",
    ),
    "swap_channels": (
        "source = {xp}.arange({columns}).reshape{kept}[:, partner].reshape(-1)  # for each",
        "recovered = (variance[source] + eps) ** 0.5 * normalized + mean[source]",
    ),
    "recalibrate": (
        "m, s = (a.reshape{kept} for a in (mean, (variance + eps) ** 0.5))  # one row per sample",
        "seen = weight_gamma[:, 0] * m + weight_gamma[:, 1] * s + bias_gamma",
        "gamma = s / (1 + {xp}.exp(-seen))  # s * sigmoid(seen)",
        "seen = weight_beta[:, 0] * m + weight_beta[:, 1] * s + bias_beta",
        "beta = m / (1 + {xp}.exp(-seen))  # m * sigmoid(seen)",
        "recovered = gamma.reshape(-1) * normalized + beta.reshape(-1)",
    ),
    "meta": (
        "seen = (variance.reshape{kept} @ encoder.T).clip(min=0)  # one row per sample",
        "gamma = gamma + 1 / (1 + {xp}.exp(-seen @ decoder_gamma.T))",
        "seen = (mean.reshape{kept} @ encoder.T).clip(min=0)",
        "beta = {beta_plus}{xp}.tanh(seen @ decoder_beta.T)",
        "gamma = {gamma}",
        "beta = {beta}",
        "recovered = gamma * normalized + beta",
    ),
    "by_class": (
        "gamma = {gamma_of_labels}",
        "beta = {beta_of_labels}",
        "recovered = gamma * normalized + beta",
    ),
}


def recover_lines(spec: Spec, given: Mapping[str, np.ndarray], library: str) -> list[str]:
    """From ``normalized`` to ``recovered``, with the parameters of the recovery."""
    recovery = spec.recovery
    wanted = parameter_lines(spec, recovery.parameters, given, library)
    key = "own_style" if recovery.key == "style" and "style" not in wanted else recovery.key
    if key == "linear" and not spec.partition.kept == spec.parameter_axes == ("c",):
        return [*wanted.values(), *_linear(spec, "beta" in wanted)]
    if key not in RECOVER:
        return [*wanted.values(), *_gamma_beta(spec, tuple(wanted), library)]
    beta, roles = "beta" in wanted, spec.entry.roles
    found = facts(spec, library) | {
        "plus_beta": " + beta" * beta,
        "beta_plus": "beta + " * beta,
        "gamma": rearranged(spec, "gamma", roles),
        "beta": rearranged(spec, "beta", roles),
        "gamma_of_labels": rearranged(spec, "gamma[labels]", roles),
        "beta_of_labels": rearranged(spec, "beta[labels]", roles),
    }
    return [*wanted.values(), *(line.format(**found) for line in RECOVER[key])]


def _linear(spec: Spec, beta: bool) -> list[str]:
    """A matrix along the channels, wherever the matrix form has them; then beta."""
    partition, channel = spec.partition, spec.entry.roles[1]
    split = {SPLITS[outer][0]: (outer, SPLITS[outer][1]) for outer in partition.given}
    names = split.get(channel, (channel,))
    rest = [axis for axis in partition.lengths if axis not in names]
    last = " ".join([*rest, f"({' '.join(names)})" if names[1:] else channel])
    matrix = " ".join(partition.axes)
    lengths = "".join(f", {axis}={size}" for axis, size in partition.lengths.items())
    given = "".join(f", {axis}={size}" for axis, size in partition.given.items() if axis in names)
    laid = rearranged(spec, "beta", spec.parameter_axes)
    return [
        f'last = rearrange(normalized, "{matrix} -> {last}"{lengths})  # channels last',
        f'recovered = rearrange(last @ weight.T, "{last} -> {matrix}"{given})',
        *[f"beta = {laid}"] * (beta and laid != "beta"),
        *["recovered = recovered + beta"] * beta,
    ]


def _gamma_beta(spec: Spec, names: tuple[str, ...], library: str) -> list[str]:
    """``gamma * normalized + beta``, each laid out like the matrix, each only where it is there."""
    laid = [(name, rearranged(spec, name, spec.parameter_axes)) for name in names]
    lines = [f"{name} = {source}" for name, source in laid if source != name]
    factor = "(1 + gamma)" if spec.recovery.key == "modulation" else "gamma"
    right = f"{factor} * normalized" if "gamma" in names else "normalized"
    right += " + beta" if "beta" in names else ""
    right += " + matrix" if spec.recovery.key == "residual" else ""
    if "tau" in names:
        number = not spec.parameter_axes
        right = f"({right}).clip(min=tau)" if number else f"{library}.maximum({right}, tau)"
    return [*lines, f"recovered = {right}"]
