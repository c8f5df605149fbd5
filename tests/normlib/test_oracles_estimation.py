"""Judges of batch norm with other estimates, by batch norm of torch."""

import pytest
import torch
import torch.nn.functional as F

from tests.normlib.oracle_cases import AFFINE, EPS, GIVEN, X, ask, batch_norm, close, state, wide


@pytest.mark.parametrize("parts", [1, 2, 4])
def test_ghost_norm_is_batch_norm_of_each_part_and_sync_norm_of_all(parts):
    chunks = torch.cat([batch_norm(chunk) for chunk in X.chunk(parts)])
    close(ask("ghost", X, GIVEN, parts=parts), chunks)
    for name in ("sync", "precise"):
        close(ask(name, X, GIVEN, parts=parts), batch_norm(X))


@pytest.mark.parametrize("name", ["ghost", "sync", "renorm", "precise", "act", "frozen"])
def test_stored_statistics_predict_as_batch_norm_does(name):
    stored = state()
    expected = F.batch_norm(X, *stored.values(), *AFFINE, training=False, eps=EPS)
    knobs = {"parts": 2, "r_max": 3.0, "d_max": 5.0}
    close(ask(name, X, GIVEN | stored, training=False, **knobs), expected)
    close(ask("frozen", X, GIVEN | stored), expected)


@pytest.mark.parametrize("count", [1, 3, 4])
def test_virtual_norm_is_batch_norm_of_the_reference_and_one_more(count):
    y = ask("virtual", X, GIVEN, reference=count)
    for i in range(4):
        pooled = X[:count] if i < count else torch.cat([X[:count], X[i : i + 1]])
        close(y[i], batch_norm(pooled)[i if i < count else -1])


def test_renorm_lies_between_batch_norm_and_stored_statistics():
    given = GIVEN | state()
    close(ask("renorm", X, given, r_max=1.0, d_max=0.0), batch_norm(X))
    free = ask("renorm", X, given, r_max=1e9, d_max=1e9)
    close(free, ask("frozen", X, given), 1e-11)


def test_corrections_of_renorm_are_constants_for_the_gradient():
    x, given = X.clone().requires_grad_(), GIVEN | state()
    r = (X.var((0, 2, 3), correction=0) + EPS).sqrt() / (given["running_variance"] + EPS).sqrt()
    outputs = ask("renorm", x, given, r_max=1e9, d_max=1e9), wide(r, X) * batch_norm(x)
    ours, theirs = (torch.autograd.grad((y * X.sin()).sum(), x)[0] for y in outputs)
    close(ours, theirs, 1e-11)


def test_corrections_of_renorm_are_clipped():
    given, dims = state(), (0, 2, 3)
    y = ask("renorm", X, given, r_max=1.5, d_max=0.25)
    std = (X.var(dims, correction=0) + EPS).sqrt()
    stored = (given["running_variance"] + EPS).sqrt()
    for c in range(6):
        r = min(max(float(std[c] / stored[c]), 1 / 1.5), 1.5)
        d = float((X[:, c].mean() - given["running_mean"][c]) / stored[c])
        d = min(max(d, -0.25), 0.25)
        close(y[:, c], (X[:, c] - X[:, c].mean()) / std[c] * r + d)
