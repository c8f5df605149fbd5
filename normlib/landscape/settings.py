"""What is trained and how, as frozen records: cache keys, and the same numbers for everyone."""

from collections.abc import Mapping
from dataclasses import dataclass

from normlib.errors import NormError
from normlib.inputs import plain
from normlib.methods import METHODS
from normlib.operation import Value
from normlib.spec import LARGEST_SEED, Spec

KINDS = ("mlp", "cnn")
ACTIVATIONS = ("relu", "tanh", "sigmoid")
INITS = ("he", "xavier", "torch")
LOSSES = ("cross_entropy", "squared")
STATISTICS = ("batch", "running")
SCALINGS = ("raw", "centred", "standardized")  # of the input
PLANES = ("random", "trajectory")
NONE = "none"
LARGEST_STEPS = 10_000
LARGEST_DEPTH, LARGEST_WIDTH, LARGEST_GAIN = 10, 512, 100.0
CNN_INPUTS, CNN_DEPTH, CNN_CHANNELS = 64, 2, (8, 16)  # pixels, convolutions, what each gives


@dataclass(frozen=True)
class Net:
    """A net: architecture, normalization, start.

    Attributes:
        kind: ``mlp``, ``depth`` hidden layers of ``width``; or ``cnn``, two 3x3 convolutions of 8
            and 16 channels on the 8 x 8 digits, the second with stride 2, then one linear layer.
        method: key of the table that stands between every hidden layer and its activation, or
            ``none``. What the batch would have to bring along (labels, style) does not fit.
        knobs: of the method, by name; kept as pairs.
        depth: hidden layers of the mlp, 1 to 10. A cnn has 2, whatever is given.
        width: units of each, 1 to 512. Not of a cnn.
        activation: ``relu``, ``tanh`` or ``sigmoid``.
        init: ``he`` (normal, variance 2/fan_in), ``xavier`` (normal, 2/(fan_in+fan_out)), both
            with biases 0; or ``torch``, the default of torch.nn.Linear: uniform within
            1/sqrt(fan_in), biases too (variance 1/(3 fan_in)).
        gain: factor of all initial weights of hidden layers, up to 100.
        seed: of the initial weights. Nets that differ in the method alone start from the same.
        inputs, outputs: sizes of the first and last layer.

    Raises:
        NormError: for anything else.
    """

    kind: str = "mlp"
    method: str = NONE
    knobs: Mapping[str, Value] | tuple[tuple[str, Value], ...] = ()
    depth: int = 3
    width: int = 100
    activation: str = "relu"
    init: str = "he"
    gain: float = 1.0
    seed: int = 0
    inputs: int = 64
    outputs: int = 10

    def __post_init__(self) -> None:
        choice("kind", self.kind, KINDS)
        choice("activation", self.activation, ACTIVATIONS)
        choice("init", self.init, INITS)
        choice("method", self.method, methods(self.kind))
        if self.kind == "cnn":
            object.__setattr__(self, "depth", CNN_DEPTH)
            whole("inputs", plain(self.inputs), CNN_INPUTS, CNN_INPUTS)
        for name, low, high in (
            ("depth", 1, LARGEST_DEPTH), ("width", 1, LARGEST_WIDTH), ("seed", 0, LARGEST_SEED),
            ("inputs", 1, 4096), ("outputs", 2, 1024),
        ):  # fmt: skip
            object.__setattr__(self, name, whole(name, plain(getattr(self, name)), low, high))
        object.__setattr__(self, "gain", _number("gain", plain(self.gain), 0, LARGEST_GAIN))
        given = dict(self.knobs)
        object.__setattr__(self, "knobs", tuple(given.items()))  # hashable before it is read
        full = () if self.method == NONE else self.spec(0).knobs  # checks them on the first layer
        knobs = tuple(pair for pair in full if pair[0] in given)
        object.__setattr__(self, "knobs", knobs)

    def spec(self, layer: int, samples: int = 4) -> Spec:
        """The normalization after hidden layer ``layer``, counted from 0, as a Spec."""
        if self.kind == "mlp":
            return Spec(self.method, (samples, self.width), knobs=self.knobs, seed=self.seed)
        space = 8 // 2**layer
        return Spec(self.method, (samples, CNN_CHANNELS[layer], space, space), knobs=self.knobs,
                    seed=self.seed)  # fmt: skip


@dataclass(frozen=True)
class Training:
    """How a net is trained: plain gradient descent on mini-batches.

    Attributes:
        rate: learning rate, above 0, up to 1000.
        batch: samples in a mini-batch, 2 to 1280; epochs are reshuffled, a rest is left out.
        steps: how many, 0 to 10,000.
        loss: ``cross_entropy``, or ``squared``: half the squared distance to the one-hot target,
            summed over classes; both the mean over samples.
        seed: of the order of the samples. The same for all nets that are compared.

    Raises:
        NormError: for anything else.
    """

    rate: float = 0.1
    batch: int = 128
    steps: int = 100
    loss: str = "cross_entropy"
    seed: int = 0

    def __post_init__(self) -> None:
        choice("loss", self.loss, LOSSES)
        object.__setattr__(self, "rate", _number("rate", plain(self.rate), 0, 1000))
        for name, low, high in (("batch", 2, 1280), ("steps", 0, LARGEST_STEPS),
                                ("seed", 0, LARGEST_SEED)):  # fmt: skip
            object.__setattr__(self, name, whole(name, plain(getattr(self, name)), low, high))


def methods(kind: str) -> tuple[str, ...]:
    """``none`` and every method of the table that fits into a net of that kind."""
    layout = {"mlp": "nc", "cnn": "nchw"}[kind]
    found = [NONE]
    for key, entry in METHODS.items():
        if entry.tensor == "activation" and entry.fits(layout) and key not in ("frozen", "act"):
            sizes = (4, 8) if kind == "mlp" else (4, 8, 8, 8)
            spec = Spec(key, sizes)
            beside = [p for p in spec.parameters().values() if p.below or "n" in spec.axes_of(p)]
            if not beside:
                found.append(key)
    return tuple(found)


def choice(setting: str, value: object, known: tuple[str, ...]) -> None:
    """Raise `NormError` unless the value of a setting is one of those that are known."""
    if value not in known:
        raise NormError("net_choice", setting=setting, value=value, known=", ".join(known))


def whole(setting: str, value: object, least: int, most: int) -> int:
    """The value of a setting, or a `NormError` unless it is a whole number in the range."""
    if type(value) is not int or not least <= value <= most:
        raise NormError("net_whole", setting=setting, value=value, least=least, most=f"{most:g}")
    return value


def _number(setting: str, value: object, above: float, most: float) -> float:
    if type(value) not in (int, float) or not above < value <= most:  # type: ignore[operator]
        raise NormError("net_number", setting=setting, value=value, above=above, most=f"{most:g}")
    return float(value)  # type: ignore[arg-type]
