"""Methods whose scale and shift come from elsewhere: a class, a style, a network, a partner."""

import torch
from torch import Tensor

from normlib.layers.oracles.given import (
    Parameters,
    batch,
    channel,
    eps_of,
    mean,
    sample_channel,
    space,
    standardize,
    variance,
)
from normlib.spec import Spec


def meta(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Group norm; a small network adds to gamma and beta; Jia et al. 2019, 1904.03516.

    gamma + sigmoid(decoder_gamma relu(encoder variance)), beta + tanh(decoder_beta relu(encoder
    mean)), with the statistics of the groups of a sample. A missing network says 1/2 and 0, so a
    missing gamma is 1/2.
    """
    rows = x.reshape(x.shape[0], spec.groups, -1)
    y = standardize(rows, (2,), eps_of(spec)).reshape(x.shape)
    hidden = int(spec["hidden"])
    encoder = parameters.get("encoder", x.new_zeros(hidden, spec.groups))
    decoder_gamma = parameters.get("decoder_gamma", x.new_zeros(x.shape[1], hidden))
    decoder_beta = parameters.get("decoder_beta", x.new_zeros(x.shape[1], hidden))
    seen_variance = torch.relu(variance(rows, (2,)).squeeze(2) @ encoder.T)
    seen_mean = torch.relu(mean(rows, (2,)).squeeze(2) @ encoder.T)
    more_gamma = sample_channel(torch.sigmoid(seen_variance @ decoder_gamma.T), x)
    more_beta = sample_channel(torch.tanh(seen_mean @ decoder_beta.T), x)
    gamma = channel(parameters, "gamma", 0.5, x) + more_gamma
    return gamma * y + channel(parameters, "beta", 0, x) + more_beta


def conditional_batch(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Batch norm, gamma and beta of the sample's class; de Vries et al. 2017, 1707.00683."""
    return _of_class(spec, batch(spec, x, parameters, training), parameters)


def conditional_instance(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Instance norm, gamma and beta of the sample's style; Dumoulin et al. 2016, 1610.07629."""
    return _of_class(spec, standardize(x, space(x), eps_of(spec)), parameters)


def film(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Batch norm, gamma and beta given for each sample; Perez et al. 2017, 1709.07871."""
    y = batch(spec, x, parameters, training)
    gamma = parameters.get("gamma", x.new_ones(x.shape[:2]))
    beta = parameters.get("beta", x.new_zeros(x.shape[:2]))
    return sample_channel(gamma, x) * y + sample_channel(beta, x)


def adaptive_layer(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Layer norm of a position, then (1 + gamma) y + beta; Peebles and Xie 2022, 2212.09748."""
    y = standardize(x, (1,), eps_of(spec))
    gamma = parameters.get("gamma", x.new_zeros(x.shape[:2]))
    beta = parameters.get("beta", x.new_zeros(x.shape[:2]))
    return (1 + sample_channel(gamma, x)) * y + sample_channel(beta, x)


def spade(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Batch norm, then (1 + gamma) y + beta at every entry; Park et al. 2019, 1903.07291."""
    y = batch(spec, x, parameters, training)
    gamma = parameters.get("gamma", x.new_tensor(0.0))
    return (1 + gamma) * y + parameters.get("beta", x.new_tensor(0.0))


def adaptive_instance(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """std(style) (x - mean) / std + mean(style); Huang and Belongie 2017, 1703.06868."""
    y = standardize(x, space(x), eps_of(spec))
    style = parameters.get("style", x)
    std = torch.sqrt(variance(style, space(x)) + eps_of(spec))
    return std * y + mean(style, space(x))


def cross_norm(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Mean and std of a partner in training only; Tang et al. 2021, 2102.02811."""
    if not training:
        return x
    y = standardize(x, space(x), eps_of(spec))
    axis = 1 if spec["between_channels"] else 0
    partner = parameters.get("partner", torch.arange(x.shape[axis]))
    centre, std = mean(x, space(x)), torch.sqrt(variance(x, space(x)) + eps_of(spec))
    return std.index_select(axis, partner) * y + centre.index_select(axis, partner)


def self_norm(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Mean and std weighted by what they say of themselves; Tang et al. 2021, 2102.02811."""
    m, s = mean(x, space(x)), torch.sqrt(variance(x, space(x)) + eps_of(spec))

    def attention(name: str) -> Tensor:
        weight = parameters.get(f"weight_{name}", x.new_zeros(x.shape[1], 2))
        of_mean, of_std = ({"": weight[:, k]} for k in (0, 1))
        seen = channel(of_mean, "", 0, x) * m + channel(of_std, "", 0, x) * s
        return torch.sigmoid(seen + channel(parameters, f"bias_{name}", 0, x))

    return (x - m) / s * (s * attention("gamma")) + m * attention("beta")


def _of_class(spec: Spec, y: Tensor, parameters: Parameters) -> Tensor:
    labels = parameters.get("labels", torch.arange(y.shape[0]) % int(spec["classes"]))
    chosen = {
        name: parameters[name][labels] for name in ("gamma", "beta") if name in parameters
    }  # (classes, c) -> (n, c)
    gamma = chosen.get("gamma", y.new_ones(y.shape[:2]))
    beta = chosen.get("beta", y.new_zeros(y.shape[:2]))
    return sample_channel(gamma, y) * y + sample_channel(beta, y)
