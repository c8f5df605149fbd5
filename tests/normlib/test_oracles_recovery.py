"""Judges of recoveries, by code that papers printed and by closed forms."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.normlib.oracle_cases import (
    AFFINE,
    EPS,
    GIVEN,
    SIZES,
    X,
    ask,
    batch_norm,
    close,
    layer_norm_last,
    normal,
    state,
)


def test_meta_norm_is_the_code_of_its_paper_with_biased_variance():
    """There one key group decides for all its channels: rows of the decoders repeat."""
    encoder, gamma, beta = normal(4, 3), normal(3, 4, seed=1), normal(3, 4, seed=2)
    grouped = X.reshape(4, 3, -1)
    embedded_variance = F.relu(F.linear(grouped.var(-1, correction=0), encoder))
    embedded_mean = F.relu(F.linear(grouped.mean(-1), encoder))
    weight = torch.sigmoid(F.linear(embedded_variance, gamma)).repeat_interleave(2, 1) + AFFINE[0]
    bias = torch.tanh(F.linear(embedded_mean, beta)).repeat_interleave(2, 1) + AFFINE[1]
    given = GIVEN | {"encoder": encoder, "decoder_gamma": gamma.repeat_interleave(2, 0),
                     "decoder_beta": beta.repeat_interleave(2, 0)}  # fmt: skip
    y = ask("meta", X, given, groups=3, hidden=4)
    close(y, F.group_norm(X, 3, eps=EPS) * weight[..., None, None] + bias[..., None, None])
    close(ask("meta", X, groups=3, hidden=4), F.group_norm(X, 3, eps=EPS))


def test_conditional_norms_take_the_row_of_the_class():
    labels = torch.tensor([2, 0, 0, 1])
    table = {"gamma": normal(3, 6), "beta": normal(3, 6, seed=1)}
    for training in (True, False):
        plain = {
            "conditional_batch": batch_norm(X, ()) if training
            else F.batch_norm(X, *state().values(), training=False, eps=EPS),
            "conditional_instance": F.instance_norm(X, eps=EPS),
        }  # fmt: skip
        for name, normalized in plain.items():
            y = ask(name, X, table | state() | {"labels": labels}, training, classes=3)
            for n, k in enumerate(labels.tolist()):
                expected = normalized[n] * table["gamma"][k].view(6, 1, 1)
                close(y[n], expected + table["beta"][k].view(6, 1, 1))
            close(ask(name, X, state(), training, classes=3), normalized)


def test_conditioned_norms_scale_by_what_they_are_given():
    gamma, beta = normal(4, 6), normal(4, 6, seed=1)
    given, spread = {"gamma": gamma, "beta": beta}, (slice(None), slice(None), None, None)
    normalized = batch_norm(X, ())
    stored = F.batch_norm(X, *state().values(), training=False, eps=EPS)
    close(ask("film", X, given), gamma[spread] * normalized + beta[spread])
    close(ask("film", X, given | state(), False), gamma[spread] * stored + beta[spread])
    same = {name: value.expand(4, 6) for name, value in GIVEN.items()}
    close(ask("film", X, same), batch_norm(X))

    tokens = X.flatten(2).movedim(1, -1)  # modulate() of DiT, on (n, tokens, channels)
    modulated = F.layer_norm(tokens, (6,), eps=EPS) * (1 + gamma[:, None]) + beta[:, None]
    close(ask("adaptive_layer", X, given), modulated.movedim(-1, 1).reshape(SIZES))
    close(ask("adaptive_layer", X), layer_norm_last(X))

    given = {"gamma": normal(*SIZES, seed=1), "beta": normal(*SIZES, seed=2)}
    close(ask("spade", X, given), normalized * (1 + given["gamma"]) + given["beta"])
    close(ask("spade", X, given | state(), False), stored * (1 + given["gamma"]) + given["beta"])
    close(ask("spade", X), normalized)


def test_adaptive_instance_norm_gives_the_statistics_of_the_style():
    style = normal(*SIZES, seed=4)
    y = ask("adaptive_instance", X, {"style": style}, eps=0.0)
    close(y.mean((2, 3)), style.mean((2, 3)))
    close(y.var((2, 3)), style.var((2, 3)), 1e-11)
    std = (style.var((2, 3), correction=0, keepdim=True) + EPS).sqrt()
    expected = F.instance_norm(X, eps=EPS) * std + style.mean((2, 3), keepdim=True)
    close(ask("adaptive_instance", X, {"style": style}), expected)
    close(ask("adaptive_instance", X), X)


@pytest.mark.parametrize("between_channels", [False, True])
def test_cross_norm_swaps_statistics_and_rests_in_prediction(between_channels):
    axis = int(between_channels)
    partner = torch.tensor([2, 0, 5, 4, 3, 1] if axis else [3, 0, 1, 2])
    knobs = {"between_channels": between_channels}
    y = ask("cross", X, {"partner": partner}, eps=0.0, **knobs)
    close(y.mean((2, 3)), X.mean((2, 3)).index_select(axis, partner))
    close(y.var((2, 3)), X.var((2, 3)).index_select(axis, partner), 1e-11)
    back = torch.argsort(partner)
    close(ask("cross", y, {"partner": back}, eps=0.0, **knobs), X, 1e-11)
    close(ask("cross", X, {"partner": partner}, training=False, **knobs), X)
    close(ask("cross", X, **knobs), X)
    std = (X.var((2, 3), correction=0, keepdim=True) + EPS).sqrt()
    other = F.instance_norm(X, eps=EPS) * std.index_select(axis, partner)
    other = other + X.mean((2, 3), keepdim=True).index_select(axis, partner)
    close(ask("cross", X, {"partner": partner}, **knobs), other)


def test_self_norm_weighs_mean_and_deviation_by_a_layer_for_each_channel():
    given = {"weight_gamma": normal(6, 2), "bias_gamma": normal(6, seed=1),
             "weight_beta": normal(6, 2, seed=2), "bias_beta": normal(6, seed=3)}  # fmt: skip
    y = ask("self", X, given)
    for n, c in np.ndindex(4, 6):
        seen = torch.stack((X[n, c].mean(), (X[n, c].var(correction=0) + EPS).sqrt()))
        f, g = (torch.sigmoid(given[f"weight_{k}"][c] @ seen + given[f"bias_{k}"][c])
                for k in ("gamma", "beta"))  # fmt: skip
        close(y[n, c], (X[n, c] - seen[0]) * f + g * seen[0])
    close(ask("self", X), X / 2)
