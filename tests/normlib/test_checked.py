"""Torch's kernels of layer and group norm, where their own statistics prove them right."""

import pytest
import torch
import torch.nn.functional as F

from normlib.layers import checked

BAR = 2e-6  # error of float32 where numbers have spread one


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=generator)


@pytest.mark.parametrize("rows", [2, 17, 768, 25_088])
@pytest.mark.parametrize("spread", [1.0, 1e-3, 1e3, 1e8])
def test_what_the_kernel_answers_is_right_at_every_mean(rows: int, spread: float):
    noise, taken = normal(32, rows, seed=rows), 0
    for mean in (0.0, 0.5, 2.0, 4.0, 100.0, 1e4, 1e6, 1e7):
        x = ((noise + mean) * spread).float()
        exact = F.layer_norm(x.double(), (rows,), eps=1e-12)
        y = checked.layer_norm(x, (rows,), None, None, 1e-12)
        z = checked.group_norm(x[:, None], 1, None, None, 1e-12)
        for answer in (y, z):
            if answer is not None:
                taken += 1
                assert (answer.reshape(x.shape) - exact).abs().max() <= BAR
    assert taken == 16 or rows < 100


@pytest.mark.parametrize("mean", [0.0, 3.0, 1e4, 1e6, 1e7])
@pytest.mark.parametrize("name", ["group", "layer"])
def test_gradients_are_right_at_every_mean(name: str, mean: float):
    sizes = (4, 96, 15) if name == "group" else (4, 15, 96)
    size = 2 if name == "group" else (96,)
    numbers = normal(*sizes) + mean, 1 + normal(96, seed=1) / 4, normal(96, seed=2)
    ours = [value.float().requires_grad_() for value in numbers]
    exact = [value.detach().double().requires_grad_() for value in ours]
    loss = normal(*sizes, seed=3).float()
    answers = (getattr(module, f"{name}_norm")(x, size, weight, bias, 1e-5)
               for module, (x, weight, bias) in ((checked, ours), (F, exact)))  # fmt: skip
    for answer in answers:
        (answer * loss).sum().backward()
    for a, b in zip(ours, exact, strict=True):
        assert (a.grad - b.grad).abs().max() <= 1e-6 * b.grad.abs().max()


def test_second_derivatives_do_not_see_that_a_mean_was_taken_away():
    x = (normal(3, 8) + 50).requires_grad_()
    found = []
    for norm in (lambda x: checked.layer_norm(x, (8,), None, None, 1e-5),
                 lambda x: F.layer_norm(x, (8,), None, None, 1e-5)):  # fmt: skip
        (first,) = torch.autograd.grad(norm(x).pow(3).sum(), x, create_graph=True)
        (second,) = torch.autograd.grad((first * normal(3, 8, seed=1)).sum(), x)
        found.append(second)
    torch.testing.assert_close(*found, rtol=1e-9, atol=1e-9)
    assert found[0].abs().max() > 0.1


@pytest.mark.parametrize("mean", [0.0, 100.0])
def test_one_group_without_spread_among_many_is_noticed(mean: float):
    x = (normal(20, 16, 24) + mean).float()
    weight, bias = torch.linspace(0.5, 2, 16), torch.linspace(-1, 1, 16)
    exact = F.group_norm(x.double(), 4, weight.double(), bias.double())
    y = checked.group_norm(x, 4, weight, bias, 1e-5)
    assert (y - exact).abs().max() <= 2 * BAR  # gamma is up to 2
    x[-1, -1] = mean + 1  # a channel without spread, in a group with one
    assert checked.group_norm(x, 4, weight, bias, 1e-5) is not None
    x[-1, -4:] = mean + 1
    assert checked.group_norm(x, 4, weight, bias, 1e-5) is None


def test_a_group_whose_first_quarter_is_far_from_the_rest_is_answered_too():
    x = (normal(32, 768) + 1e4).float()
    x[:, :192] += 1e3
    exact = F.layer_norm(x.double(), (768,))
    assert (checked.layer_norm(x, (768,), None, None, 1e-5) - exact).abs().max() <= BAR


def test_a_long_mean_behind_the_first_groups_is_found():
    x = normal(64, 768).float()
    x[40:] += 1e5
    exact = F.layer_norm(x.double(), (768,))
    assert (checked.layer_norm(x, (768,), None, None, 1e-5) - exact).abs().max() <= BAR


@pytest.mark.parametrize("value", [0.0, 1e-3, 3.14, 1e30])
def test_the_kernel_is_not_taken_for_groups_without_spread_or_beyond_its_range(value: float):
    x = torch.full((4, 32), value)
    assert checked.layer_norm(x, (32,), None, None, 1e-5) is None
    assert checked.group_norm(x[:, None], 1, None, None, 1e-5) is None
    x = 1e30 * normal(4, 32).float()
    assert checked.layer_norm(x, (32,), None, None, 1e-5) is None
    assert checked.layer_norm(x / 0, (32,), None, None, 1e-5) is None
