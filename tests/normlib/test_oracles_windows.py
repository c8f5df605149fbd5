"""Judges of windows, by torch and by loops over positions."""

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
    close,
    layer_norm_last,
    normal,
    wide,
)


def test_cumulative_layer_norm_is_layer_norm_of_what_is_past():
    x = normal(3, 6, 7)
    y = ask("cumulative_layer", x, GIVEN)
    for t in range(7):
        now = F.layer_norm(x[:, :, : t + 1], (6, t + 1), eps=EPS)[:, :, t]
        close(y[:, :, t], now * AFFINE[0] + AFFINE[1])


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 9, 20])
def test_local_response_norm_is_torchs(size):
    knobs = {"size": size, "alpha": 0.3, "power": 0.6, "k": 1.7}
    layer = torch.nn.LocalResponseNorm(size, 0.3, 0.6, 1.7)
    close(ask("local_response", X, **knobs), layer(X))
    close(ask("local_response", X[:, :, 0, 0], **knobs), layer(X)[:, :, 0, 0])


def test_windows_that_see_everything_or_one_position_are_known_norms():
    far, near = {"reach": 5}, {"reach": 0}
    wide_gamma, wide_beta = wide(AFFINE[0], X), wide(AFFINE[1], X)
    whole = F.layer_norm(X, SIZES[1:], eps=EPS) * wide_gamma + wide_beta
    close(ask("divisive", X, GIVEN, **far), whole)
    close(ask("divisive", X, GIVEN, **near), layer_norm_last(X, *AFFINE))
    close(ask("local_context", X, GIVEN, groups=3, **far), F.group_norm(X, 3, *AFFINE, eps=EPS))
    close(ask("local_context", X, GIVEN, groups=1, reach=1), ask("divisive", X, GIVEN, reach=1))
    for values in (X[:, :, 0, 0], X[:, :, 0], normal(2, 6, 2, 3, 2)):  # 0, 1 and 3 axes of space
        expected = F.layer_norm(values, values.shape[1:], eps=EPS)
        close(ask("divisive", values, **far), expected)


@pytest.mark.parametrize("reach", [1, 2])
def test_windows_of_divisive_norm_are_cut_off_at_the_border(reach):
    """Sums of a padded box, divided by how many positions the box meets."""
    box = torch.ones(1, 6, 2 * reach + 1, 2 * reach + 1, dtype=torch.float64)
    count = F.conv2d(torch.ones_like(X), box, padding=reach)
    centre = F.conv2d(X, box, padding=reach) / count
    spread = F.conv2d(X**2, box, padding=reach) / count - centre**2
    close(ask("divisive", X, reach=reach), (X - centre) / (spread + EPS).sqrt(), 1e-10)
