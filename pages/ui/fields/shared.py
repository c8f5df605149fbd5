"""Parameters that several pages share: the method, the shape, the data, the view."""

from collections.abc import Mapping

from normlib import (
    LAYOUTS,
    METHODS,
    parameters,
)
from normlib.data import KINDS, SEED_LIMIT
from normlib.layouts import WEIGHT_LAYOUTS
from normlib.method import KINDS as METHOD_KINDS
from normlib.method import Knob
from normlib.operations import OPERATIONS
from pages.ui.field import METHODS_OWN, Field, of_knob

LANGUAGES = ("en", "zh")
TABLE, UPLOAD, OWN = "table", "upload", "own"  # choices beyond those of normlib
DATA = (*KINDS, TABLE, UPLOAD)
RECOVERY = (*parameters.KINDS, OWN)
BASICS = ("batch", "layer", "layer_position", "instance", "group", "rms", "rms_position")
EPSILONS = (0.0, 1e-12, 1e-9, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 0.1)
STATISTICS = tuple(dict.fromkeys(
    name for operation in OPERATIONS.values() for name in operation.statistics
))  # fmt: skip
STEPS = ("input", "reshape", *STATISTICS, "normalize", "recover", "reshape back")
LARGEST = {"n": 8, "c": 16, "h": 8, "w": 8, "t": 32, "d": 4, "o": 8, "i": 16}  # of the sliders
DEFAULTS = {"n": 4, "c": 6, "t": 8, "d": 2, "o": 4, "i": 6}  # of the axes; others 4
KNOBS: dict[str, Knob] = {knob.name: knob for method in METHODS.values() for knob in method.knobs}
FIRST_YEAR, LAST_YEAR = (pick(method.year for method in METHODS.values()) for pick in (min, max))

FIELDS: Mapping[str, Field] = {
    "lang": Field("en", LANGUAGES),
    "method": Field("batch", tuple(METHODS)),
    "layout": Field("nchw", (*LAYOUTS, *WEIGHT_LAYOUTS)),
    **{axis: Field(DEFAULTS.get(axis, 4), ends=(1, largest)) for axis, largest in LARGEST.items()},
    "groups": Field(2, ends=(1, LARGEST["c"])),
    "affine": Field(True),
    "mode": Field("training", ("training", "prediction")),
    "eps": Field(METHODS_OWN, EPSILONS),
    "by_variance": Field(False),
    **{name: of_knob(knob) for name, knob in KNOBS.items()
       if name not in ("groups", "affine", "eps", "by_variance")},
    "seed": Field(0, ends=(0, SEED_LIMIT - 1)),
    "data": Field("random", DATA),
    "values": Field(""),
    "cell": Field(""),
    "drawing": Field("cards", ("cards", "cube")),
    "color": Field("group", ("group", "value")),
    "paint": Field("value", ("value", "group")),
    "step": Field("input", STEPS),
    "digits": Field("4", ("4", "full")),
    "recovery": Field("seeded", RECOVERY),
    "gamma": Field(""),
    "beta": Field(""),
    "kind": Field("all", ("all", *METHOD_KINDS)),
    "since": Field(FIRST_YEAR, ends=(FIRST_YEAR, LAST_YEAR)),
    "library": Field("NumPy", ("NumPy", "PyTorch")),
}  # fmt: skip
