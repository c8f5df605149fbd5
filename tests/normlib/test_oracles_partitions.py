"""Judges of groups kept apart otherwise or divided by something else, by layers of torch."""

import numpy as np
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
    per_channel,
    state,
    wide,
)


def test_kernels_of_torch_are_the_layers_of_torch_also_in_prediction():
    layer = torch.nn.BatchNorm2d(6, EPS, dtype=torch.float64)
    for name, value in zip(("weight", "bias", "running_mean", "running_var"),
                           (*AFFINE, *state().values()), strict=True):  # fmt: skip
        getattr(layer, name).data.copy_(value)
    close(ask("batch_norm", X, GIVEN | state(), training=False), layer.eval()(X).detach())
    close(ask("batch_norm", X, GIVEN | state()), batch_norm(X))
    for training in (True, False):
        for name, layer in {
            "layer_norm": torch.nn.LayerNorm(SIZES[1:], EPS, dtype=torch.float64),
            "instance_norm": torch.nn.InstanceNorm2d(6, EPS),
            "group_norm": torch.nn.GroupNorm(3, 6, EPS, dtype=torch.float64),
            "rms_norm": torch.nn.RMSNorm(SIZES[1:], EPS, dtype=torch.float64),
        }.items():
            close(ask(name, X, training=training, groups=3), layer(X).detach())


def test_norms_of_a_position_are_torchs_over_the_last_axis():
    last = X.movedim(1, -1)
    close(ask("positional", X), layer_norm_last(X))
    close(ask("layer_norm_last", X, GIVEN), layer_norm_last(X, *AFFINE))
    close(ask("pixel", X), F.rms_norm(last, (6,), eps=EPS).movedim(-1, 1))
    rms = F.rms_norm(last, (6,), AFFINE[0], EPS).movedim(-1, 1)
    close(ask("rms_norm_last", X, {"gamma": AFFINE[0]}), rms)
    for eps in (EPS, 3.0):  # 3 is longer than many vectors here
        unit = F.normalize(X, dim=1, eps=eps)
        close(ask("l2", X, {"gamma": AFFINE[0]}, eps=eps), unit * wide(AFFINE[0], X))
        gamma = torch.tensor(2.5, dtype=torch.float64)
        close(ask("scale_norm", X, {"gamma": gamma}, eps=eps), 2.5 * unit)


def test_l1_batch_norm_of_two_values_is_known_and_of_normal_numbers_is_batch_norm():
    two = torch.tensor([[3.0, 7.0], [5.0, -1.0]], dtype=torch.float64)
    size = torch.tensor([1.0, 4.0], dtype=torch.float64)
    expected = size / (np.sqrt(np.pi / 2) * size + EPS)
    close(ask("l1_batch", two), torch.stack((-expected, expected)) * torch.tensor([1, -1]))
    many = normal(1, 6, 40_000).squeeze(0).T
    close(
        ask("l1_batch", many, GIVEN, eps=0.0), F.batch_norm(many, None, None, *AFFINE, True), 0.03
    )


def test_stored_scale_of_l1_batch_norm_repeats_the_batch_that_it_was_taken_from():
    centre = X.mean((0, 2, 3))
    scale = np.sqrt(np.pi / 2) * (X - wide(centre, X)).abs().mean((0, 2, 3))
    stored = {"running_mean": centre, "running_variance": scale**2}
    close(ask("l1_batch", X, GIVEN | stored, training=False), ask("l1_batch", X, GIVEN))


def test_mean_only_moves_the_mean_to_beta_and_nothing_else():
    beta = {"beta": AFFINE[1]}
    y = ask("mean_only", X, beta)
    close(y.mean((0, 2, 3)), AFFINE[1])
    close(y[1:] - y[:-1], X[1:] - X[:-1])
    predicted = ask("mean_only", X, beta | state(), training=False)
    close((X - predicted).mean((0, 2, 3)), state()["running_mean"] - AFFINE[1])


def test_mean_variance_norm_is_numpys_and_adds_eps_to_the_deviation():
    x = X.numpy()
    expected = (x - x.mean((2, 3), keepdims=True)) / (x.std((2, 3), keepdims=True) + 0.5)
    close(ask("mean_variance", X, eps=0.5), torch.from_numpy(expected))


def test_filter_response_norm_is_rms_norm_of_a_channel_cut_off_at_tau():
    given = per_channel("gamma", "beta", "tau")
    rms = F.rms_norm(X, SIZES[2:], eps=EPS)
    y = rms * wide(given["gamma"], X) + wide(given["beta"], X)
    cut = ask("filter_response", X, given)
    close(cut, torch.where(y > wide(given["tau"], X), y, wide(given["tau"], X)))
    assert 0.1 < (cut == wide(given["tau"], X)).double().mean() < 0.9
    close(ask("filter_response", X), F.relu(rms))


def test_reversible_norm_is_instance_norm_and_can_be_undone():
    y = ask("reversible", X, GIVEN)
    close(y, F.instance_norm(X, weight=AFFINE[0], bias=AFFINE[1], eps=EPS))
    std = (X.var((2, 3), correction=0, keepdim=True) + EPS).sqrt()
    back = (y - wide(AFFINE[1], X)) / wide(AFFINE[0], X) * std + X.mean((2, 3), keepdim=True)
    close(back, X)


def test_act_norm_keeps_what_the_first_batch_gave():
    first = {"running_mean": X.mean((0, 2, 3)), "running_variance": X.var((0, 2, 3), correction=0)}
    close(ask("act", X, GIVEN), batch_norm(X))
    close(ask("act", X, GIVEN | first, training=False), batch_norm(X))
    both = [ask("act", factor * X, GIVEN | first, training=False) for factor in (2, 0)]
    close(both[0] + both[1], 2 * batch_norm(X))


def test_global_response_norm_is_the_code_of_its_paper():
    last = X.movedim(1, -1)
    lengths = torch.linalg.vector_norm(last, dim=(1, 2), keepdim=True)
    ratio = lengths / (lengths.mean(dim=-1, keepdim=True) + EPS)
    expected = AFFINE[0] * (last * ratio) + AFFINE[1] + last
    close(ask("global_response", X, GIVEN), expected.movedim(-1, 1))
    close(ask("global_response", X), X)


def test_dynamic_tanh_starts_as_a_line_and_ends_at_gamma_plus_beta():
    given = GIVEN | {"alpha": torch.tensor(0.7, dtype=torch.float64)}
    zero = torch.zeros(SIZES, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(ask("dynamic_tanh", zero, given).sum(), zero)
    close(slope, (0.7 * wide(AFFINE[0], X)).expand(SIZES))
    far = ask("dynamic_tanh", 0 * X + 1e6, given) + ask("dynamic_tanh", 0 * X - 1e6, given)
    close(far, (2 * wide(AFFINE[1], X)).expand(SIZES))
    close(ask("dynamic_tanh", X), 2 * torch.sigmoid(X) - 1)  # alpha 1/2
