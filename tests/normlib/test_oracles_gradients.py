"""Judges of normalized gradients, by torch and by closed forms."""

import pytest
import torch

from tests.normlib.oracle_cases import EPS, W, ask, close, normal


@pytest.mark.parametrize("max_norm", [0.5, 1e3])
def test_global_clipping_is_torchs(max_norm):
    p = torch.nn.Parameter(torch.zeros_like(W))
    p.grad = W.clone()
    torch.nn.utils.clip_grad_norm_([p], max_norm)
    close(ask("clip_global", W, max_norm=max_norm), p.grad)


def test_adaptive_clipping_bounds_each_row_by_its_weight():
    weight = normal(6, 4, 3, 2, seed=7) * torch.logspace(-6, 2, 6).view(6, 1, 1, 1)
    y = ask("clip_adaptive", W, {"weight": weight}, clipping=0.5)
    for row, gradient, own in zip(y, W, weight, strict=True):
        most = 0.5 * max(own.norm().item(), EPS)
        close(row, gradient * min(1.0, most / gradient.norm().item()))
    lengths = y.flatten(1).norm(dim=1) / W.flatten(1).norm(dim=1)
    assert lengths.min() < 0.01
    close(lengths.max(), torch.ones_like(lengths.max()))
    for tiny in (1e-9 * W, 0 * W):
        close(ask("clip_adaptive", tiny, {"weight": weight}, clipping=0.5), tiny, 1e-20)


def test_centralization_projects_onto_rows_of_mean_zero():
    y = ask("centralization", W)
    project = torch.eye(24).double() - torch.full((24, 24), 1 / 24, dtype=torch.float64)
    close(y.flatten(1), W.flatten(1) @ project)


def test_lars_makes_the_step_a_share_of_the_weight():
    weight = normal(6, 4, 3, 2, seed=7)
    y = ask("lars", W, {"weight": weight}, trust=0.01, decay=0.0, eps=0.0)
    close(y.norm(), 0.01 * weight.norm())
    close(y / y.norm(), W / W.norm())
    decayed = ask("lars", W, {"weight": weight}, trust=0.01, decay=0.5, eps=2.0)
    rate = 0.01 * weight.norm() / (W.norm() + 0.5 * weight.norm() + 2.0)
    close(decayed, rate * W)


@pytest.mark.parametrize("sizes", [(6, 4, 3, 2), (9, 4), (5, 5)])
def test_muon_sends_every_singular_value_through_the_quintic(sizes):
    x = normal(*sizes)
    u, s, v = torch.linalg.svd(x.flatten(1), full_matrices=False)
    s = s / (s.square().sum().sqrt() + 1e-7)
    for _ in range(5):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    close(ask("muon", x).flatten(1), u @ torch.diag(s) @ v, 1e-9)
    even = torch.linalg.qr(normal(8, 8)).Q + normal(8, 8, seed=1) / 50
    values = torch.linalg.svdvals(ask("muon", even))
    assert 0.65 < values.min() < values.max() < 1.25


def test_muon_is_torchs_up_to_its_bfloat16():
    p = torch.nn.Parameter(torch.zeros(6, 8))
    p.grad = normal(6, 8).float()
    torch.optim.Muon([p], lr=1.0, momentum=0.0, nesterov=False, weight_decay=0.0).step()
    close(ask("muon", normal(6, 8)).float(), -p.detach(), 0.05)
