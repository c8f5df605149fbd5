import pytest
import torch

from normlib.landscape import Net
from normlib.landscape.nets import build, loss_of
from normlib.landscape.sharpness import lanczos, top_eigenvalue
from normlib.tasks import task

DIGITS = task("digits")
X, Y = torch.tensor(DIGITS.x[:128]), torch.tensor(DIGITS.y[:128])


def dense(net, x, y, loss):
    names, values = zip(*net.named_parameters(), strict=True)
    shapes = [value.shape for value in values]

    def of_vector(vector):
        parts = torch.split(vector, [shape.numel() for shape in shapes])
        own = {n: p.view(s) for n, p, s in zip(names, parts, shapes, strict=True)}
        return loss_of(torch.func.functional_call(net, own, (x,)), y, loss)

    start = torch.cat([value.detach().flatten() for value in values])
    return torch.autograd.functional.hessian(of_vector, start)


@pytest.mark.parametrize("loss", ["cross_entropy", "squared"])
@pytest.mark.parametrize("method", ["none", "batch", "layer"])
def test_the_eigenvalue_is_that_of_the_dense_hessian(method, loss):
    net = build(Net(method=method, depth=2, width=5, inputs=16), torch.float64)
    x = X[:, 24:40]
    matrix = dense(net, x, Y, loss)
    assert len(matrix) < 500
    want = torch.linalg.eigvalsh(matrix)[-1].item()
    found, vector = top_eigenvalue(net, x, Y, loss=loss, tolerance=1e-6)
    assert found.converged
    assert found.value == pytest.approx(want, rel=1e-3)
    assert abs(found.value - want) <= found.bound + 1e-12
    residual = (matrix @ vector - found.value * vector).norm().item()
    assert residual == pytest.approx(found.bound, abs=1e-9)


@pytest.mark.parametrize("method", ["none", "batch"])
def test_single_precision_agrees_with_double(method):
    found = [
        top_eigenvalue(build(Net(method=method), dtype), X.to(dtype), Y)[0]
        for dtype in (torch.float32, torch.float64)
    ]
    assert found[0].value == pytest.approx(found[1].value, rel=2e-3)
    assert all(one.converged for one in found)


def test_a_start_near_the_eigenvector_needs_fewer_products():
    net = build(Net(method="batch"))
    cold, vector = top_eigenvalue(net, X.float(), Y)
    with torch.no_grad():
        net.head.weight.mul_(1.001)
    warm, _ = top_eigenvalue(net, X.float(), Y, start=vector)
    assert warm.products < cold.products
    assert warm.value == pytest.approx(cold.value, rel=0.02)


def test_the_net_is_left_as_it_is():
    net = build(Net(method="batch"))
    values = {**dict(net.named_parameters()), **dict(net.named_buffers())}
    before = {name: value.clone() for name, value in values.items()}
    top_eigenvalue(net, X.float(), Y, most=3)
    assert all(torch.equal(values[name], value) for name, value in before.items())
    assert all(p.grad is None and p.requires_grad for p in net.parameters())


@pytest.mark.parametrize("top", [5.0, -0.5])
def test_lanczos_finds_the_largest_not_the_farthest_from_zero(top):
    spectrum = torch.linspace(-9, top, 40, dtype=torch.float64)
    basis, _ = torch.linalg.qr(torch.randn(40, 40, dtype=torch.float64,
                                           generator=torch.Generator().manual_seed(0)))  # fmt: skip
    matrix = basis @ torch.diag(spectrum) @ basis.T
    found, _ = lanczos(lambda v: matrix @ v, torch.ones(40, dtype=torch.float64), 1e-8, 60)
    assert found.value == pytest.approx(top)
    assert found.converged


def test_too_few_products_are_admitted():
    matrix = torch.diag(torch.linspace(0, 1, 50, dtype=torch.float64))
    found, _ = lanczos(lambda v: matrix @ v, torch.ones(50, dtype=torch.float64), 1e-9, 5)
    assert (found.converged, found.products) == (False, 5)
    assert abs(found.value - 1) <= 0.2 <= 1
    nearest = (torch.diagonal(matrix) - found.value).abs().min().item()
    assert nearest <= found.bound


def test_numbers_that_blew_up_give_nan_and_no_error():
    net = build(Net())
    with torch.no_grad():
        net.head.weight.fill_(torch.inf)
    found, _ = top_eigenvalue(net, X.float(), Y)
    assert found.value != found.value
    assert not found.converged
