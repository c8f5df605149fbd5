"""The accurate road of the named layers: as torch where torch is right, right where it is not."""

import pytest
import torch

from normlib import layers

MAKERS = {
    "BatchNorm1d": ((6,), (4, 6, 5)), "BatchNorm2d": ((6,), (4, 6, 3, 5)),
    "BatchNorm3d": ((6,), (4, 6, 2, 3, 2)), "InstanceNorm1d": ((6,), (6, 5)),
    "InstanceNorm2d": ((6,), (4, 6, 3, 5)), "GroupNorm": ((3, 6), (4, 6, 3, 5)),
    "LayerNorm": (((3, 5),), (4, 6, 3, 5)), "RMSNorm": ((5,), (4, 6, 5)),
}  # fmt: skip
names = pytest.mark.parametrize("name", MAKERS)


def both(name: str, dtype: torch.dtype, **extra: object) -> tuple[torch.nn.Module, torch.nn.Module]:
    arguments, _ = MAKERS[name]
    if "Instance" in name:
        extra |= {"affine": True, "track_running_stats": True}
    torch_one = getattr(torch.nn, name)(*arguments, dtype=dtype, **extra)
    ours = getattr(layers, name)(*arguments, dtype=dtype, accurate=True, **extra)
    generator = torch.Generator().manual_seed(1)
    for parameter in torch_one.parameters():
        torch.nn.init.uniform_(parameter, 0.5, 2.0, generator=generator)
    ours.load_state_dict(torch_one.state_dict())
    return ours, torch_one


def numbers(name: str, seed: int, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(MAKERS[name][1], dtype=dtype, generator=torch.Generator().manual_seed(seed))


@names
def test_both_roads_agree_in_answers_gradients_and_buffers_over_three_steps(name: str):
    ours, theirs = both(name, torch.float64)
    for step in range(3):
        x, y = (numbers(name, step).requires_grad_() for _ in range(2))
        answers = ours(x), theirs(y)
        torch.testing.assert_close(*answers, rtol=1e-10, atol=1e-10)
        for answer in answers:
            (answer * numbers(name, 9)).sum().backward()
        torch.testing.assert_close(x.grad, y.grad, rtol=1e-10, atol=1e-10)
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-10, atol=1e-10)
    for one, other in zip(ours.buffers(), theirs.buffers(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-10)
    ours.eval(), theirs.eval()
    x = numbers(name, 7)
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("mean", [1e4, 1e6, 1e7])
@pytest.mark.parametrize("name", [name for name in MAKERS if name != "RMSNorm"])
def test_a_large_mean_costs_no_digits_and_costs_torch_many(name: str, mean: float):
    ours, theirs = both(name, torch.float32)
    x = (numbers(name, 3) + mean).float()
    exact = both(name, torch.float64)[1]
    exact.load_state_dict(theirs.state_dict())
    expected = exact(x.double())
    error, of_torch = ((module(x) - expected).abs().max().item() for module in (ours, theirs))
    assert error <= 4e-6  # gamma is up to 2
    assert of_torch > 10 * error


@pytest.mark.parametrize("name", [name for name in MAKERS if "Instance" not in name])
def test_an_empty_batch_is_answered_as_by_torch(name: str):
    ours, theirs = both(name, torch.float32)
    x = torch.zeros((0, *MAKERS[name][1][1:]))
    ours.eval(), theirs.eval()
    assert ours(x).shape == theirs(x).shape == x.shape


def refused(layer: torch.nn.Module, *sizes: int) -> list[tuple[type, str]]:
    """What a layer raises in training and in prediction."""
    found = []
    for training in (True, False):
        try:
            layer.train(training)(torch.ones(sizes))
        except Exception as error:
            found.append((type(error), str(error)))
    return found


@pytest.mark.parametrize("length", [1, 5])
@pytest.mark.parametrize("entry", ["running_mean", "running_var", "weight", "bias"])
@names
def test_buffers_and_parameters_of_another_length_are_refused_as_by_torch(name, entry, length):
    pair = both(name, torch.float32)
    if getattr(pair[0], entry, None) is None or name in ("LayerNorm", "RMSNorm"):
        pytest.skip("has none, or not one for each channel")
    for layer in pair:
        own = layer._buffers if entry.startswith("running") else layer._parameters
        own[entry] = type(own[entry])(torch.ones(length))
    before = [value.clone() for value in pair[0].buffers()]
    ours, theirs = (refused(layer, *MAKERS[name][1]) for layer in pair)
    assert ours == theirs
    assert len(ours) == 2
    assert all(torch.equal(*values) for values in zip(pair[0].buffers(), before, strict=True))


@pytest.mark.parametrize(("name", "sizes"), [
    ("BatchNorm1d", (1, 6)), ("BatchNorm2d", (1, 6, 1, 1)), ("InstanceNorm1d", (2, 6, 1)),
    ("InstanceNorm2d", (2, 6, 1, 1)),
])  # fmt: skip
def test_one_value_for_a_mean_and_a_variance_is_refused_in_training_as_by_torch(name, sizes):
    ours, theirs = (refused(layer, *sizes) for layer in both(name, torch.float32))
    assert ours == theirs
    ((kind, words),) = ours
    assert kind is ValueError
    assert "Expected more than 1" in words


def test_groups_of_one_value_are_refused_as_by_torch():
    for groups, n in ((6, 1), (6, 2), (3, 1)):
        pair = [module.GroupNorm(groups, 6) for module in (layers, torch.nn)]
        pair[0].accurate = True
        ours, theirs = (refused(layer, n, 6) for layer in pair)
        assert ours == theirs
