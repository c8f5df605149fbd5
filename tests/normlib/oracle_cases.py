"""What tests of the judges share: numbers, parameters, and how a judge is asked."""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F

from normlib.layers.oracles import ORACLES

SIZES = (4, 6, 3, 5)
EPS = 1e-3


@dataclass(frozen=True)
class Asked:
    """All that a judge may ask a spec."""

    settings: dict = field(default_factory=dict)

    def __getitem__(self, knob):
        return self.settings[knob]

    @property
    def groups(self):
        return self.settings.get("groups", 1)


def ask(name, x, parameters=None, training=True, **knobs):
    return ORACLES[name](Asked({"eps": EPS, **knobs}), x, parameters or {}, training)


def normal(*sizes, seed=0):
    """Normal numbers; every channel and every sample has its own mean and deviation."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    ones = [1] * (len(sizes) - 2)
    if len(sizes) < 2:
        return draw(*sizes)
    place = draw(sizes[0], 1, *ones) + draw(1, sizes[1], *ones)
    return draw(*sizes) * place.exp() + draw(1, sizes[1], *ones)


def per_channel(*names, seed=9):
    return {name: 1 + normal(6, seed=seed + i) / 4 for i, name in enumerate(names)}


def state(seed=5):
    return {
        "running_mean": normal(6, seed=seed),
        "running_variance": normal(6, seed=seed + 1).exp(),
    }


def wide(value, x):
    return value.reshape(1, -1, *[1] * (x.ndim - 2))


def close(a, b, tolerance=1e-12):
    torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


X, GIVEN = normal(*SIZES), per_channel("gamma", "beta")
AFFINE = (GIVEN["gamma"], GIVEN["beta"])


def batch_norm(x, affine=AFFINE):
    return F.batch_norm(x, None, None, *affine, training=True, eps=EPS)


def layer_norm_last(x, gamma=None, beta=None, eps=EPS):
    return F.layer_norm(x.movedim(1, -1), x.shape[1:2], gamma, beta, eps).movedim(-1, 1)


W = normal(6, 4, 3, 2)
