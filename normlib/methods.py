"""THE table: one entry per method. Picker, links, tests, code and texts follow from it.

An entry says which axes are kept apart, which operation runs down the columns and what is
learned afterwards. Axes are named as in layouts; ``...`` stands for every axis besides batch n
and channel c (of weights and gradients: besides output o and input i), ``g`` for groups of
channels, ``b`` for parts of the batch.
"""

from collections.abc import Mapping
from math import isqrt

from normlib.method import AFFINE, BY_VARIANCE, EPS, LEARNED, Knob, Method

GROUPS = Knob("groups", int, None, minimum=1, divides="c")
PARTS = Knob("parts", int, None, minimum=1, divides="n", learning=True)
REFERENCE = Knob("reference", int, 1, minimum=1, within="n")
REACH = Knob("reach", int, 1, maximum=1024)
CLASSES = Knob("classes", int, 3, minimum=1, maximum=1e6)
PLAIN = (AFFINE, EPS)
CONDITIONED = (EPS, BY_VARIANCE)


def eps(value: float) -> Knob:
    """The knob eps with another default."""
    return Knob("eps", float, value, maximum=1e30)


def positive(name: str, default: float, least: float = 0.0, *, learning: bool = False) -> Knob:
    """A real knob from ``least`` up."""
    return Knob(name, float, default, minimum=least, maximum=1e30, learning=learning)


_METHODS = (
    # disjoint groups: key, kind, kept apart, operation, recovery, gamma and beta per
    Method("batch", "partition", "c", "standardize", "affine", "c", 2015, "1502.03167",
           "batch_norm", predict="stored"),
    Method("layer", "partition", "n", "standardize", "affine", "c ...", 2016, "1607.06450",
           "layer_norm"),
    Method("layer_position", "partition", "n ...", "standardize", "affine", "c", 2016,
           "1607.06450", "layer_norm_last"),
    Method("instance", "partition", "n c", "standardize", "affine", "c", 2016, "1607.08022",
           "instance_norm", needs="space"),
    Method("group", "partition", "n g", "standardize", "affine", "c", 2018, "1803.08494",
           "group_norm", (GROUPS, *LEARNED)),
    Method("rms", "partition", "n", "rms", "scale", "c ...", 2019, "1910.07467", "rms_norm",
           PLAIN),
    Method("rms_position", "partition", "n ...", "rms", "scale", "c", 2019, "1910.07467",
           "rms_norm_last", PLAIN),
    Method("positional", "partition", "n ...", "standardize", "identity", "", 2019, "1907.04312",
           knobs=(EPS, BY_VARIANCE)),
    Method("scale_norm", "partition", "n ...", "l2", "scale", "", 2019, "1910.05895",
           knobs=PLAIN),
    Method("l2", "partition", "n ...", "l2", "scale", "c", 2015, "1506.04579",
           knobs=(AFFINE, eps(1e-12))),
    Method("pixel", "partition", "n ...", "rms", "identity", "", 2017, "1710.10196",
           knobs=(eps(1e-8),)),
    Method("l1_batch", "partition", "c", "l1", "affine", "c", 2018, "1802.09769", knobs=PLAIN,
           predict="stored_outside"),
    Method("mean_only", "partition", "c", "center", "shift", "c", 2016, "1602.07868",
           knobs=(AFFINE,), predict="stored_center"),
    Method("mean_variance", "partition", "n c", "outside", "identity", "", 1998,
           "doi:10.1016/S0167-6393(98)00033-8", knobs=(eps(1e-9),), needs="space"),
    Method("filter_response", "partition", "n c", "rms", "threshold", "c", 2019, "1911.09737",
           knobs=(AFFINE, eps(1e-6)), needs="space"),
    Method("reversible", "partition", "n c", "standardize", "affine", "c", 2022,
           "https://openreview.net/forum?id=cGDAkQo1C0p", needs="space"),
    Method("act", "partition", "c", "standardize", "affine", "c", 2018, "1807.03039",
           predict="stored"),
    # batch norm with another estimate of its statistics
    Method("ghost", "estimation", "b c", "standardize", "affine", "c", 2017, "1705.08741",
           knobs=(PARTS, *LEARNED), predict="stored"),
    Method("virtual", "estimation", "n c", "standardize", "affine", "c", 2016, "1606.03498",
           knobs=(REFERENCE, *LEARNED), pools=("n first",)),
    Method("sync", "estimation", "b c", "standardize", "affine", "c", 2017, "1711.07240",
           knobs=(PARTS, *LEARNED), pools=("b all",), predict="stored"),
    Method("renorm", "estimation", "c", "renorm", "affine", "c", 2017, "1702.03275",
           knobs=(AFFINE, EPS, positive("r_max", 3.0, 1.0, learning=True),
                  positive("d_max", 5.0, learning=True)), predict="stored"),
    Method("frozen", "estimation", "c", "stored", "affine", "c", 2015, "1512.03385",
           knobs=PLAIN),
    Method("precise", "estimation", "b c", "standardize", "affine", "c", 2021, "2105.07576",
           knobs=(PARTS, *LEARNED), pools=("b all",), predict="stored"),
    Method("recurrent_batch", "estimation", "c ...", "standardize", "affine", "c", 2016,
           "1603.09025", needs="time", predict="stored_steps"),
    # windows, two levels, mixtures, none
    Method("cumulative_layer", "windows", "n ...", "standardize", "affine", "c", 2018,
           "1809.07454", pools=("... past",), needs="time"),
    Method("local_response", "windows", "n c ...", "local_response", "identity", "", 2012,
           "https://papers.nips.cc/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html",
           pools=("c near",),
           knobs=(Knob("size", int, 5, 1, 1024), positive("alpha", 1e-4), positive("power", 0.75),
                  positive("k", 1.0))),
    Method("divisive", "windows", "n ...", "standardize", "affine", "c", 2016, "1611.04520",
           knobs=(REACH, *LEARNED), pools=("... near",), needs="space"),
    Method("local_context", "windows", "n g ...", "standardize", "affine", "c", 2019,
           "1912.05845", knobs=(GROUPS, REACH, *LEARNED), pools=("... near",), needs="space"),
    Method("global_response", "two-level", "n c", "global_response", "residual", "c", 2023,
           "2301.00808", knobs=(eps(1e-6),), pools=("c all",), needs="space"),
    Method("switchable", "mixture", "n c", "switchable", "affine", "c", 2018, "1806.10779",
           knobs=PLAIN, pools=("", "c all", "n all"), needs="space",
           predict="stored_switchable"),
    Method("batch_instance", "mixture", "n c", "batch_instance", "affine", "c", 2018,
           "1805.07925", knobs=PLAIN, pools=("n all",), needs="space",
           predict="stored_batch_instance"),
    Method("dynamic_tanh", "none", "n c ...", "tanh", "affine", "c", 2025, "2503.10622",
           knobs=(AFFINE,)),
    # whitening: columns of a block are made uncorrelated
    Method("pca_whitening", "blocks", "c", "pca", "affine", "c", 2018, "1804.08450",
           knobs=PLAIN, predict="stored_whitening"),
    Method("zca_whitening", "blocks", "c", "zca", "affine", "c", 2018, "1804.08450",
           knobs=PLAIN, predict="stored_whitening"),
    Method("cholesky_whitening", "blocks", "c", "cholesky", "affine", "c", 2018, "1806.00420",
           knobs=PLAIN, predict="stored_whitening"),
    Method("iterative_whitening", "blocks", "c", "newton", "affine", "c", 2019, "1904.03441",
           knobs=(Knob("iterations", int, 5, 1, 100, learning=True), *PLAIN),
           predict="stored_whitening"),
    Method("group_whitening", "blocks", "g", "zca", "affine", "c", 2020, "2009.13333",
           knobs=(GROUPS, *PLAIN), blocks="n"),
    # another recovery
    Method("coloring", "recovery", "c", "cholesky", "linear", "c", 2018, "1806.00420",
           knobs=PLAIN, predict="stored_whitening"),
    Method("meta", "recovery", "n g", "standardize", "meta", "c", 2019, "1904.03516",
           knobs=(GROUPS, Knob("hidden", int, 2, 1, 4096), *CONDITIONED)),
    Method("conditional_batch", "recovery", "c", "standardize", "by_class", "c", 2017,
           "1707.00683", knobs=(CLASSES, *CONDITIONED), predict="stored"),
    Method("conditional_instance", "recovery", "n c", "standardize", "by_class", "c", 2016,
           "1610.07629", knobs=(CLASSES, *CONDITIONED), needs="space"),
    Method("film", "recovery", "c", "standardize", "affine", "n c", 2017, "1709.07871",
           knobs=CONDITIONED, predict="stored"),
    Method("adaptive_layer", "recovery", "n ...", "standardize", "modulation", "n c", 2022,
           "2212.09748", knobs=CONDITIONED),
    Method("spade", "recovery", "c", "standardize", "modulation", "n c ...", 2019, "1903.07291",
           knobs=CONDITIONED, predict="stored"),
    Method("adaptive_instance", "recovery", "n c", "standardize", "style", "", 2017,
           "1703.06868", knobs=CONDITIONED, needs="space"),
    Method("cross", "recovery", "n c", "standardize", "swap", "", 2021, "2102.02811",
           knobs=(Knob("between_channels", bool, False, learning=True), *CONDITIONED),
           needs="space", forgets=True),
    Method("self", "recovery", "n c", "standardize", "recalibrate", "", 2021, "2102.02811",
           knobs=CONDITIONED, needs="space"),
    # weights o i ... and gradients
    Method("weight_norm", "weight", "o", "l2", "scale", "o", 2016, "1602.07868",
           knobs=(AFFINE, eps(0.0))),
    Method("spectral", "weight", "o", "spectral", "identity", "", 2018, "1802.05957",
           knobs=(Knob("iterations", int, 1, 1, 1000, learning=True),), predict="stored_spectral"),
    Method("weight_standardization", "weight", "o", "standardize", "identity", "", 2019,
           "1903.10520", knobs=(EPS,)),
    Method("scaled_weight", "weight", "o", "by_fan_in", "scale", "o", 2021, "2101.08692",
           knobs=(AFFINE, eps(1e-4))),
    Method("centered_weight", "weight", "o", "center_l2", "scale", "o", 2017,
           "https://openaccess.thecvf.com/content_iccv_2017/html/"
           "Huang_Centered_Weight_Normalization_ICCV_2017_paper.html",
           knobs=(AFFINE, eps(0.0))),
    Method("clip_global", "gradient", "", "clip_global", "identity", "", 2012, "1211.5063",
           knobs=(positive("max_norm", 1.0),)),
    Method("clip_adaptive", "gradient", "o", "clip_adaptive", "identity", "", 2021, "2102.06171",
           knobs=(positive("clipping", 0.01), eps(1e-3))),
    Method("centralization", "gradient", "o", "center", "identity", "", 2020, "2004.01461",
           knobs=()),
    Method("lars", "gradient", "", "trust_ratio", "identity", "", 2017, "1708.03888",
           knobs=(positive("trust", 1e-3), positive("decay", 0.0), eps(1e-8))),
    Method("muon", "gradient", "o", "orthogonalize", "identity", "", 2024,
           "https://kellerjordan.github.io/posts/muon/", knobs=()),
)  # fmt: skip
METHODS: Mapping[str, Method] = {method.key: method for method in _METHODS}


def divisors(number: int) -> tuple[int, ...]:
    """All divisors in rising order: the group counts that ``number`` channels allow."""
    if number < 1:
        return (1,)
    small = [d for d in range(1, isqrt(number) + 1) if number % d == 0]
    return tuple(sorted({*small, *(number // d for d in small)}))


def default_groups(channels: int) -> int:
    """The group count where none is given: the smallest divisor above 1, or 1 for one channel."""
    return divisors(channels)[:2][-1]
