"""Which normalization to use: advice as a table, each line with its sources and its status."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

TASKS = ("recognize", "detect", "style", "generate", "sequence", "robust")
BATCHES = (
    "one",
    "few",
    "many",
)  # samples in the batch of one device: 1, fewer than 16, 16 and more
ARCHITECTURES = ("cnn", "transformer", "rnn", "mlp")
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "task": TASKS, "per_device": BATCHES, "architecture": ARCHITECTURES,
}  # fmt: skip
ROLES = ("use", "consider", "beware")
STATUSES = ("established", "reported", "convention", "contested")
SMALL = ("one", "few")


@dataclass(frozen=True)
class Advice:
    """One piece of advice, and when it holds.

    Attributes:
        key: of its statement in the texts.
        role: one of `ROLES`: what to use, what else to consider, what to beware of.
        methods: what it is about, keys of ``METHODS``; of advice to use, the first is the answer.
        status: one of `STATUSES`: how well it is supported. ``reported``: measured by those who
            are cited; ``convention``: what is done, without a comparison that settles it.
        sources: addresses of the documents that say so.
        tasks, batches, architectures: the answers for which it holds.
    """

    key: str
    role: str
    methods: tuple[str, ...]
    status: str
    sources: tuple[str, ...]
    tasks: tuple[str, ...] = TASKS
    batches: tuple[str, ...] = BATCHES
    architectures: tuple[str, ...] = ARCHITECTURES

    def holds(self, task: str, per_device: str, architecture: str) -> bool:
        """Whether it holds for these answers."""
        return (task in self.tasks and per_device in self.batches
                and architecture in self.architectures)  # fmt: skip


def arxiv(*numbers: str) -> tuple[str, ...]:
    """Addresses of papers."""
    return tuple(f"https://arxiv.org/abs/{number}" for number in numbers)


CNN, SEEING = ("cnn",), ("recognize", "detect")
ADVICE = (
    # convolutional networks
    Advice("batch", "use", ("batch",), "established", arxiv("1502.03167", "1803.08494"),
           ("recognize",), ("many",), CNN),
    Advice("group", "use", ("group",), "established", arxiv("1803.08494"),
           ("recognize",), SMALL, CNN),
    Advice("detection", "use", ("group",), "reported", arxiv("1803.08494"),
           ("detect",), architectures=CNN),
    Advice("style", "use", ("instance", "conditional_instance", "adaptive_instance"),
           "established", arxiv("1607.08022", "1610.07629", "1703.06868"),
           ("style",), architectures=CNN),
    Advice("generation", "use", ("adaptive_instance", "spade", "group"), "convention",
           arxiv("1812.04948", "1912.04958", "1903.07291", "2006.11239"), ("generate",),
           architectures=CNN),
    Advice("sound", "use", ("layer", "cumulative_layer"), "reported", arxiv("1809.07454"),
           ("sequence",), architectures=CNN),
    Advice("adversarial", "use", ("group",), "reported", arxiv("1906.03787"),
           ("robust",), architectures=CNN),
    # other architectures
    Advice("transformer", "use", ("layer_position", "rms_position"), "convention",
           arxiv("1706.03762", "2010.11929", "1910.07467", "2302.13971"),
           architectures=("transformer",)),
    Advice("recurrent", "use", ("layer_position",), "reported", arxiv("1607.06450"),
           architectures=("rnn",)),
    Advice("dense_many", "use", ("batch", "layer_position"), "convention",
           arxiv("1502.03167", "1607.06450"), ("recognize", "detect", "generate", "style"),
           ("many",), ("mlp",)),
    Advice("dense_few", "use", ("layer_position",), "reported", arxiv("1607.06450"),
           ("recognize", "detect", "generate", "style"), SMALL, ("mlp",)),
    Advice("dense_other", "use", ("layer_position",), "convention", arxiv("1607.06450"),
           ("sequence", "robust"), architectures=("mlp",)),
    # what else to consider
    Advice("synchronized", "consider", ("sync",), "reported", arxiv("1711.07240"),
           SEEING, SMALL, CNN),
    Advice("standardized", "consider", ("weight_standardization",), "reported",
           arxiv("1903.10520", "1912.11370"), SEEING, architectures=CNN),
    Advice("frozen", "consider", ("frozen",), "convention", arxiv("1803.08494"),
           ("detect",), architectures=CNN),
    Advice("convnext", "consider", ("layer_position",), "reported", arxiv("2201.03545"),
           SEEING, architectures=CNN),
    Advice("without", "consider", ("scaled_weight", "clip_adaptive"), "reported",
           arxiv("2102.06171"), ("recognize",), architectures=CNN),
    Advice("without_robust", "consider", ("scaled_weight",), "reported", arxiv("2207.01156"),
           ("robust",), architectures=CNN),
    Advice("discriminator", "consider", ("spectral",), "reported",
           arxiv("1802.05957", "1805.08318"), ("generate",), architectures=("cnn", "mlp")),
    Advice("conditional", "consider", ("conditional_batch",), "reported",
           arxiv("1707.00683", "1809.11096"), ("generate",), ("many",), CNN),
    Advice("modulated", "consider", ("adaptive_layer",), "reported", arxiv("2212.09748"),
           ("generate", "style"), architectures=("transformer",)),
    Advice("weights_of_sound", "consider", ("weight_norm",), "convention", arxiv("1803.01271"),
           ("sequence",), architectures=CNN),
    Advice("steps", "consider", ("recurrent_batch",), "reported", arxiv("1603.09025"),
           ("sequence",), ("many",), ("rnn",)),
    Advice("no_statistics", "consider", ("dynamic_tanh",), "reported", arxiv("2503.10622"),
           architectures=("transformer",)),
    Advice("clipping", "consider", ("clip_global",), "established", arxiv("1211.5063"),
           architectures=("rnn",)),
    # what to beware of
    Advice("alone", "beware", ("batch",), "established", arxiv("1502.03167", "1803.08494"),
           batches=("one",), architectures=("cnn", "mlp")),
    Advice("noisy", "beware", ("batch",), "established", arxiv("1803.08494", "2105.07576"),
           batches=("few",), architectures=("cnn", "mlp")),
    Advice("gan", "beware", ("batch",), "reported", arxiv("1606.03498", "1704.00028"),
           ("generate",), architectures=("cnn", "mlp")),
    Advice("mixture", "beware", ("batch",), "contested",
           arxiv("1906.03787", "2207.01156", "1905.02161"), ("robust",),
           architectures=("cnn", "mlp")),
    Advice("language", "beware", ("batch",), "contested", arxiv("2003.07845", "2210.05153"),
           ("sequence",), architectures=("transformer",)),
    Advice("time", "beware", ("batch",), "established", arxiv("1607.06450", "1603.09025"),
           ("sequence",), architectures=("rnn",)),
    Advice("contrast", "beware", ("instance",), "reported", arxiv("1803.08494"),
           SEEING, architectures=CNN),
)  # fmt: skip


def advise(task: str, per_device: str, architecture: str) -> tuple[Advice, ...]:
    """All advice that holds, what to use first, what to beware of last; at least one to use.

    Args:
        task: one of `TASKS`.
        per_device: one of `BATCHES`: samples in the batch of one device.
        architecture: one of `ARCHITECTURES`.

    Example:
        >>> [one.methods[0] for one in advise("detect", "few", "cnn") if one.role == "use"]
        ['group']
    """
    found = [one for one in ADVICE if one.holds(task, per_device, architecture)]
    return tuple(sorted(found, key=lambda one: ROLES.index(one.role)))


def answer(task: str, per_device: str, architecture: str) -> tuple[str, ...]:
    """The methods to use, the best supported first."""
    found = advise(task, per_device, architecture)
    return tuple(dict.fromkeys(key for one in found if one.role == "use" for key in one.methods))


@dataclass(frozen=True)
class Other:
    """Other answers to one question, and the methods that each of them would lead to."""

    question: str
    options: tuple[str, ...]
    methods: tuple[str, ...]


def others(task: str, per_device: str, architecture: str) -> Iterator[Other]:
    """What would change the answer: single answers that lead to another first method.

    Answers to one question that lead to the same methods stand together.
    """
    given = dict(zip(QUESTIONS, (task, per_device, architecture), strict=True))
    now = answer(**given)
    for question, options in QUESTIONS.items():
        led: dict[tuple[str, ...], list[str]] = {}
        for option in options:
            led.setdefault(answer(**{**given, question: option}), []).append(option)
        for methods, same in led.items():
            if methods[0] != now[0]:
                yield Other(question, tuple(same), methods)
