import pytest
import torch

from normlib.landscape import Net
from normlib.landscape.directions import random_direction, random_plane, trajectory_plane
from normlib.landscape.nets import build


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_every_filter_has_the_length_of_the_nets_own(kind):
    net = build(Net(kind, "batch", depth=2))
    found = random_direction(net, 3)
    for name, weight in net.named_parameters():
        if weight.ndim == 1:
            assert not found[name].any()
            continue
        own, other = (value.flatten(1).norm(dim=1) for value in (weight, found[name]))
        torch.testing.assert_close(own, other)
        angle = (weight * found[name]).sum() / (weight.norm() * found[name].norm())
        assert angle.abs() < 0.25


def test_a_direction_fits_vectors_too_where_it_is_told_to():
    net = build(Net(init="torch"))
    found = random_direction(net, 3, vectors=True)
    torch.testing.assert_close(found["head.bias"].abs(), net.head.bias.abs().detach())


def test_without_normalization_a_direction_is_plain_gaussian_and_the_filters_do_not_matter():
    small, large = (build(Net(gain=gain)) for gain in (1, 3))
    first, second = (random_direction(net, 5, normalize="none") for net in (small, large))
    assert torch.equal(first["blocks.0.map.weight"], second["blocks.0.map.weight"])
    assert first["blocks.0.map.weight"].std().item() == pytest.approx(1, abs=0.03)


def test_the_two_directions_of_a_plane_are_different_and_follow_from_the_seed():
    net = build(Net())
    (first, second), (again, _), (other, _) = (random_plane(net, seed) for seed in (0, 0, 1))
    name = "blocks.1.map.weight"
    assert torch.equal(first[name], again[name])
    for direction in (second, other):
        cosine = torch.cosine_similarity(first[name].flatten(), direction[name].flatten(), dim=0)
        assert cosine.abs() < 0.05


def test_the_plane_of_a_flat_trajectory_holds_all_of_it():
    """Points on a parabola in two coordinates of five: coordinates recover every distance."""
    t = torch.linspace(1, 0, 9, dtype=torch.float64)
    points = [{"w": torch.stack([v, v**2, v * 0, v * 0]), "b": v[None] * 0 + 2} for v in t]
    (first, second), coordinates, explained = trajectory_plane(points)
    assert sum(explained) == pytest.approx(1)
    assert explained[0] > explained[1] > 0
    assert first["b"].shape == (1,)
    for direction in (first, second):
        assert sum((part**2).sum() for part in direction.values()).item() == pytest.approx(1)
    for point, (a, b) in zip(points, coordinates.tolist(), strict=True):
        for name in ("w", "b"):
            moved = points[-1][name] + a * first[name] + b * second[name]
            torch.testing.assert_close(moved, point[name])
    assert (coordinates[0] >= 0).all()
    assert not coordinates[-1].any()
