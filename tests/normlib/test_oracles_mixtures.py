"""Judges of mixtures, by the normalizations that they mix."""

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
    state,
    wide,
)


def test_switchable_norm_can_be_each_of_the_three():
    stored = state()
    for which, expected in enumerate((
        F.instance_norm(X, weight=AFFINE[0], bias=AFFINE[1], eps=EPS),
        F.layer_norm(X, SIZES[1:], eps=EPS) * wide(AFFINE[0], X) + wide(AFFINE[1], X),
        batch_norm(X),
    )):  # fmt: skip
        one = torch.full((3,), -1e3, dtype=torch.float64)
        one[which] = 0
        weights = {"mean_weights": one, "variance_weights": one}
        close(ask("switchable", X, GIVEN | weights | stored), expected)
        if which == 2:
            expected = F.batch_norm(X, *stored.values(), *AFFINE, training=False, eps=EPS)
        close(ask("switchable", X, GIVEN | weights | stored, training=False), expected)


def test_switchable_norm_mixes_means_and_variances_each_with_its_own_weights():
    p, q = torch.tensor([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]], dtype=torch.float64)
    y = ask("switchable", X, {"mean_weights": p.log(), "variance_weights": q.log() + 3})
    for n, c in np.ndindex(4, 6):
        seen = (X[n, c], X[n], X[:, c])
        centre = sum(w * s.mean() for w, s in zip(p, seen, strict=True))
        spread = sum(w * s.var(correction=0) for w, s in zip(q, seen, strict=True))
        close(y[n, c], (X[n, c] - centre) / (spread + EPS).sqrt())


def test_batch_instance_norm_goes_from_instance_to_batch_norm_and_no_further():
    rho = torch.tensor([0.0, 0.25, 0.5, 1.0, 1.5, -2.0], dtype=torch.float64)
    of_batch, of_instance = batch_norm(X), F.instance_norm(X, None, None, *AFFINE, eps=EPS)
    share = wide(torch.tensor([0.0, 0.25, 0.5, 1.0, 1.0, 0.0]), X)
    expected = torch.lerp(of_instance, of_batch, share.double())
    close(ask("batch_instance", X, GIVEN | {"rho": rho}), expected)
    of_stored = F.batch_norm(X, *state().values(), *AFFINE, training=False, eps=EPS)
    predicted = ask("batch_instance", X, GIVEN | {"rho": rho} | state(), training=False)
    close(predicted, torch.lerp(of_instance, of_stored, share.double()))
    close(ask("batch_instance", X, GIVEN), of_batch)
