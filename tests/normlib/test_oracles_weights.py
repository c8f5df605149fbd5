"""Judges of normalized weights, by parametrizations of torch and by layer norm."""

import pytest
import torch
import torch.nn.functional as F
from torch.nn.utils import parametrizations

from tests.normlib.oracle_cases import AFFINE, EPS, W, ask, close, normal


def conv():
    layer = torch.nn.Conv2d(4, 6, (3, 2), bias=False, dtype=torch.float64)
    layer.weight.data.copy_(W)
    return layer


def test_weight_norm_is_torchs():
    layer = parametrizations.weight_norm(conv())
    layer.parametrizations.weight.original0.data.copy_(AFFINE[0].view(6, 1, 1, 1))
    close(ask("weight_norm", W, {"gamma": AFFINE[0]}, eps=0.0), layer.weight.detach())
    long = ask("weight_norm", W, eps=1e3)
    close(long, W / 1e3)


@pytest.mark.parametrize("iterations", [1, 4])
def test_spectral_norm_is_torchs_in_training_and_in_prediction(iterations):
    layer = torch.nn.utils.spectral_norm(conv(), n_power_iterations=iterations)
    start = {"u": F.normalize(normal(6), dim=0), "v": F.normalize(normal(24), dim=0)}
    layer.weight_u.copy_(start["u"])
    layer(torch.ones(1, 4, 3, 2, dtype=torch.float64))
    x = W.clone().requires_grad_()
    y = ask("spectral", x, start, iterations=iterations)
    close(y, layer.weight)
    ours, theirs = (torch.autograd.grad((a * W.sin()).sum(), b)[0]
                    for a, b in ((y, x), (layer.weight, layer.weight_orig)))  # fmt: skip
    close(ours, theirs)
    moved = {"u": layer.weight_u, "v": layer.weight_v}
    predicted = ask("spectral", W, moved, training=False, iterations=iterations)
    close(predicted, y.detach())


def test_spectral_norm_of_the_transpose_is_the_newer_one_of_torch():
    """It begins with ``u = W v`` where the paper begins with ``v = W^T u``."""
    layer = parametrizations.spectral_norm(conv())
    held = layer.parametrizations.weight[0]
    for vector in (held._u, held._v):
        vector.copy_(F.normalize(normal(len(vector)), dim=0))
    start = {"u": held._v.clone()}
    expected = layer.weight.detach().flatten(1).T
    close(ask("spectral", W.flatten(1).T, start, iterations=1), expected)
    layer.eval()
    moved = {"u": held._u, "v": held._v}
    close(ask("spectral", W, moved, training=False), layer.weight.detach())


def test_spectral_norm_has_norm_one_after_many_iterations():
    top = torch.linalg.matrix_norm(ask("spectral", W, iterations=500).flatten(1), 2)
    close(top, torch.ones_like(top), 1e-9)


def test_standardized_weights_are_layer_norm_of_each_row():
    close(ask("weight_standardization", W), F.layer_norm(W, W.shape[1:], eps=EPS))
    tiny = F.layer_norm(W, W.shape[1:], AFFINE[0][0].expand(4, 3, 2), eps=0.0) / 24**0.5
    scaled = ask("scaled_weight", W, {"gamma": AFFINE[0][0].expand(6)}, eps=1e-9)
    close(scaled, tiny)
    floor = ask("scaled_weight", W, {"gamma": AFFINE[0]}, eps=1e6)
    expected = (W - W.mean((1, 2, 3), keepdim=True)) * AFFINE[0].view(6, 1, 1, 1) / 1e3
    close(floor, expected)


def test_centred_weights_have_mean_zero_and_length_gamma():
    y = ask("centered_weight", W, {"gamma": AFFINE[0]}, eps=0.0).flatten(1)
    close(y.sum(1), torch.zeros(6).double())
    close(y.norm(dim=1), AFFINE[0].abs())
    centred = (W.flatten(1).T - W.flatten(1).mean(1)).T
    close(F.cosine_similarity(y, centred), AFFINE[0].sign())
    close(ask("centered_weight", W, eps=1e3).flatten(1), centred / 1e3)
