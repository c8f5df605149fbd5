"""Settings of the page "Learning rates", without torch: what is shipped, what may be asked for."""

from normlib.landscape.settings import Net, Training

METHODS = ("none", "batch", "layer", "group", "rms")
THIRDS = ("layer", "group", "rms", "scale_norm", "l1_batch", "mean_only", "ghost", "dynamic_tanh")
SEEDS = (0, 1, 2, 3, 4)  # of what is shipped
FEW = (0, 1, 2)  # of what is computed while a learner waits
RATES = tuple(round(0.0125 * 2 ** (k / 2), 6) for k in range(21))  # 0.0125 to 12.8
FEW_RATES = RATES[::2]
STEPS = 100
DEPTHS = (3, 6)  # that are shipped
EDGE_RATES = (0.2, 0.4, 0.8)
EDGE_STEPS, EDGE_EVERY = 600, 10
ALL = 1280  # training samples
EDGE_CASES = {  # method and batch
    "full": ("none", ALL),
    "mini": ("none", 128),
    "full_norm": ("batch", ALL),
}


def net_of(method: str, *, depth: int = 3, activation: str = "relu", init: str = "he") -> Net:
    """A net of the sweep."""
    return Net(method=method, depth=depth, activation=activation, init=init)


def training_of(loss: str = "cross_entropy") -> Training:
    """How every net of the sweep is trained, but for the rate."""
    return Training(steps=STEPS, loss=loss)


def edge_net(case: str) -> Net:
    """64-100-100-10 with relus. Started as by He, it would diverge at all three rates."""
    return Net(method=EDGE_CASES[case][0], depth=2, init="torch")


def edge_training(case: str, rate: float) -> Training:
    """Gradient descent on the squared loss."""
    return Training(rate=rate, batch=EDGE_CASES[case][1], steps=EDGE_STEPS, loss="squared")
