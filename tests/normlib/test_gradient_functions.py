"""Normalized gradients: together, row by row, matrix by matrix, for any optimizer."""

import numpy as np
import pytest
import torch

from normlib import METHODS, NormError
from normlib.layers.gradients import normalize_gradients, normalized_gradients
from tests.normlib.norm_cases import close

GRADIENTS = [key for key, method in METHODS.items() if method.tensor == "gradient"]
SHAPES = [(6, 4, 3, 3), (6,), (5, 6), (), (2, 3, 4), (3, 2, 2, 2, 2), (1, 7)]


def normal(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)


def parameters(shapes=SHAPES, scale=3.0, dtype=torch.float64):
    """Parameters with a gradient each; the last one has none."""
    made = [torch.nn.Parameter(normal(*shape, seed=i, dtype=dtype))
            for i, shape in enumerate(shapes)]  # fmt: skip
    for i, value in enumerate(made):
        value.grad = normal(*value.shape, seed=100 + i, dtype=dtype) * scale
    return [*made, torch.nn.Parameter(torch.ones(2, 2))]


def copies(values):
    return [value.grad.clone() for value in values if value.grad is not None]


@pytest.mark.parametrize("max_norm", [0.5, 10.0, 1e6])
def test_clip_global_is_that_of_torch(max_norm):
    ours, theirs = parameters(), parameters()
    normalize_gradients(ours, "clip_global", max_norm=max_norm)
    torch.nn.utils.clip_grad_norm_(theirs, max_norm)
    for a, b in zip(copies(ours), copies(theirs), strict=True):
        close(a, b, 1e-12)


def test_clip_global_takes_dtypes_together():
    ours = [*parameters([(5, 6)]), *parameters([(4,)], dtype=torch.bfloat16)]
    total = torch.cat([gradient.double().flatten() for gradient in copies(ours)]).norm()
    before = copies(ours)
    normalize_gradients(ours, "clip_global", max_norm=1.0)
    for a, b in zip(copies(ours), before, strict=True):
        assert a.dtype == b.dtype
        close(a, (b.double() / total).to(b.dtype), 1e-2 if b.dtype == torch.bfloat16 else 1e-5)


def test_clip_global_does_not_overflow_where_squares_would():
    huge = [torch.full((3,), 1e30), torch.full((4,), 1e30)]
    for answer in normalized_gradients(huge, "clip_global"):
        close(answer, torch.full_like(answer, 7**-0.5), 1e-6)


def test_adaptive_clipping_holds_every_row_to_its_share():
    made = parameters()
    before = copies(made)
    normalize_gradients(made, "clip_adaptive", clipping=0.02, eps=1e-3)
    for value, gradient, old in zip(made, copies(made), before, strict=False):
        flat = (lambda t: t.flatten(1)) if old.ndim > 1 else (lambda t: t.reshape(1, -1))
        for w, g, o in zip(flat(value.detach()), flat(gradient), flat(old), strict=True):
            most = 0.02 * max(float(w.norm()), 1e-3)
            close(g, o * min(1.0, most / float(o.norm())), 1e-12)


def test_centralization_takes_the_mean_of_rows_and_leaves_vectors():
    made = parameters()
    before = copies(made)
    normalize_gradients(made, "centralization")
    for gradient, old in zip(copies(made), before, strict=True):
        if old.ndim < 2:
            assert torch.equal(gradient, old)
        else:
            close(gradient.flatten(1).mean(1), torch.zeros(len(old)), 1e-12)
            mean = old.flatten(1).mean(1).reshape(-1, *[1] * (old.ndim - 1))
            close(gradient, old - mean, 1e-12)


def test_lars_scales_each_gradient_to_its_weight():
    made = parameters()
    before = copies(made)
    normalize_gradients(made, "lars", trust=0.01, decay=0.1)
    for value, gradient, old in zip(made, copies(made), before, strict=False):
        w, g = float(value.detach().norm()), float(old.norm())
        close(gradient, old * 0.01 * w / (g + 0.1 * w + 1e-8), 1e-12)


def test_lars_lets_a_weight_of_zeros_leave_zero():
    bias = torch.nn.Parameter(torch.zeros(4))
    bias.grad = torch.ones(4)
    normalize_gradients(bias, "lars")
    assert torch.equal(bias.grad, torch.ones(4))


def newton_schulz(gradient):
    """Muon as published (Jordan 2024), the tall side first, in float64."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = gradient / (gradient.norm() + 1e-7)
    x = x.T if len(gradient) > gradient.shape[1] else x
    for _ in range(5):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if len(gradient) > gradient.shape[1] else x


def test_muon_is_the_published_iteration_on_matrices_and_leaves_vectors():
    made = parameters()
    before = copies(made)
    normalize_gradients(made, "muon")
    for gradient, old in zip(copies(made), before, strict=True):
        if old.ndim < 2:
            assert torch.equal(gradient, old)
        else:
            close(gradient.flatten(1), newton_schulz(old.flatten(1)), 1e-8)
            assert torch.linalg.svdvals(gradient.flatten(1)).max() < 1.3


@pytest.mark.parametrize("method", GRADIENTS)
def test_the_pure_function_gives_the_same_and_changes_nothing(method):
    made = parameters()
    gradients, weights = copies(made), [value.detach() for value in made[:-1]]
    kept = [gradient.clone() for gradient in gradients]
    answers = normalized_gradients(gradients, method, weights)
    normalize_gradients(iter(made), method)
    assert isinstance(answers, list)
    assert made[-1].grad is None
    for answer, gradient, old, own in zip(answers, gradients, kept, copies(made), strict=True):
        assert torch.equal(gradient, old)
        assert torch.equal(answer, own)
        assert answer.data_ptr() != gradient.data_ptr()
        assert not answer.requires_grad


@pytest.mark.parametrize("method", GRADIENTS)
def test_nothing_to_do_is_fine(method):
    normalize_gradients([], method)
    normalize_gradients(torch.nn.Parameter(torch.ones(3)), method)
    empty = torch.nn.Parameter(torch.ones(0, 3))
    empty.grad = torch.ones(0, 3)
    normalize_gradients(empty, method)
    assert empty.grad.shape == (0, 3)
    assert normalized_gradients([], method, []) == []


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize("method", GRADIENTS)
def test_dtypes_are_kept(method, dtype):
    made = parameters(dtype=dtype)
    wide = [value.double() for value in copies(made)]
    weights = [value.detach().double() for value in made[:-1]]
    normalize_gradients(made, method)
    for gradient, exact in zip(copies(made), normalized_gradients(wide, method, weights),
                               strict=True):  # fmt: skip
        assert gradient.dtype == dtype
        size, rounding = float(exact.abs().max()), 2 * torch.finfo(dtype).eps
        rounding += 512 * torch.finfo(torch.float32).eps  # muon stretches by up to 3.4445^5
        assert (gradient.double() - exact).abs().max() <= rounding * size


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.AdamW, torch.optim.RMSprop])
@pytest.mark.parametrize("method", GRADIENTS)
def test_a_step_of_any_optimizer_lowers_the_loss(method, optimizer):
    model = torch.nn.Linear(8, 4)
    with torch.no_grad():
        model.weight.copy_(normal(4, 8))
        model.bias.zero_()
    x, y = normal(64, 8, seed=1).float(), normal(64, 4, seed=2).float()
    chosen = optimizer(model.parameters(), lr=1e-3)
    losses = []
    for _ in range(10):
        chosen.zero_grad()
        loss = (model(x) - y).square().mean()
        loss.backward()
        normalize_gradients(model.parameters(), method)
        chosen.step()
        losses.append(loss.detach())
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("method", GRADIENTS)
def test_whole_numbers_are_refused(method):
    for dtype in (torch.int64, torch.int32, torch.bool):
        gradient, weight = torch.ones(3, 4, dtype=dtype), torch.ones(3, 4)
        with pytest.raises(NormError, match=str(dtype).split(".")[1]):
            normalized_gradients([gradient], method, [weight])


@pytest.mark.parametrize("method", GRADIENTS)
def test_a_tensor_alone_is_one_gradient(method):
    gradient, weight = normal(3, 4), normal(3, 4, seed=1)
    (alone,) = normalized_gradients(gradient, method, weight)
    (listed,) = normalized_gradients([gradient], method, [weight])
    assert torch.equal(alone, listed)
    (lazy,) = normalized_gradients(iter([gradient]), method, iter([weight]))
    assert torch.equal(alone, lazy)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: normalize_gradients([], "batch"), ("'batch'", "activations, not gradients")),
    (lambda: normalize_gradients([], "spectral"), ("'spectral'", "weights, not gradients")),
    (lambda: normalize_gradients([], "muon", steps=3), ("'muon'", "'steps'")),
    (lambda: normalize_gradients([], "clip_global", max_norm=-1.0), ("'max_norm'", "-1.0")),
    (lambda: normalized_gradients([torch.ones(2)], "lars"), ("'lars'", "weights")),
    (lambda: normalized_gradients([torch.ones(2, 3)], "clip_adaptive", [torch.ones(6)]),
     ("Gradient 0", "(2, 3)", "(6,)")),
    (lambda: normalized_gradients([torch.ones(2)], "muon", [torch.ones(3)]), ("(2,)", "(3,)")),
    (lambda: normalized_gradients(torch.ones(2), "lars", [torch.ones(2)] * 2),
     ("1 gradients", "2 weights")),
    (lambda: normalized_gradients([torch.ones(2), None], "muon"), ("NoneType", "torch tensors")),
    (lambda: normalize_gradients([np.ones(2)], "muon"), ("ndarray", "torch tensors")),
])  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_sentence(call, words):
    with pytest.raises(NormError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
