"""What a link holds: one table of fields, from query to state and back. No Streamlit in here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from normlib import (
    LAYOUTS,
    METHODS,
    advice,
    axis_flips,
    blocks,
    clouds,
    descent,
    few_rows,
    influence,
    invariance,
    looks,
    network,
    parameters,
    patches,
    restoring,
    timeline,
    tints,
    whitenings,
)
from normlib.batch_size import SIZES
from normlib.compose import COMPOSABLE, GIVING_BACK, PER
from normlib.confusions import CLAIMS, CONFUSIONS
from normlib.conventions import CONVENTIONS
from normlib.data import KINDS, SEED_LIMIT
from normlib.decorrelate import QUINTIC_STEPS
from normlib.failures import FAILURES
from normlib.layouts import WEIGHT_LAYOUTS
from normlib.method import KINDS as METHOD_KINDS
from normlib.method import Knob
from normlib.on_gradients import METHODS_OF_GRADIENTS
from normlib.on_weights import METHODS_OF_WEIGHTS, MOST_ROUNDS
from normlib.operations import OPERATIONS
from normlib.pictures import PICTURES

Value = str | int | float | bool
LANGUAGES = ("en", "zh")
TABLE, UPLOAD, OWN = "table", "upload", "own"  # choices beyond those of normlib
COLOURS = "colours"  # a cloud made of the pixels of a photo
DATA = (*KINDS, TABLE, UPLOAD)
RECOVERY = (*parameters.KINDS, OWN)
BASICS = ("batch", "layer", "layer_position", "instance", "group", "rms", "rms_position")
METHODS_OWN = -1.0  # the eps that a method takes by itself
OWN_SETTING = -1.0  # the setting at which a failure breaks
EPSILONS = (0.0, 1e-12, 1e-9, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 0.1)
STATISTICS = tuple(dict.fromkeys(
    name for operation in OPERATIONS.values() for name in operation.statistics
))  # fmt: skip
STEPS = ("input", "reshape", *STATISTICS, "normalize", "recover", "reshape back")
LARGEST = {"n": 8, "c": 16, "h": 8, "w": 8, "t": 32, "d": 4, "o": 8, "i": 16}  # of the sliders
DEFAULTS = {"n": 4, "c": 6, "t": 8, "d": 2, "o": 4, "i": 6}  # of the axes; others 4
KNOBS: dict[str, Knob] = {knob.name: knob for method in METHODS.values() for knob in method.knobs}
MOST_OF_A_KNOB = 1000.0
FIRST_YEAR, LAST_YEAR = (pick(method.year for method in METHODS.values()) for pick in (min, max))
MOST_FED = 60  # batches that a page feeds at most
TEXT_LIMIT = 6000  # characters of typed numbers in a link


@dataclass(frozen=True)
class Field:
    """One parameter of a link. Defaults are part of old links: a test pins them."""

    default: Value
    choices: tuple[Value, ...] = ()
    ends: tuple[float, float] | None = None  # of a number

    def read(self, text: str) -> Value:
        """The value that a text stands for; ValueError where it stands for none."""
        kind = type(self.default)
        if kind is str and not self.choices:
            if len(text) > TEXT_LIMIT:
                raise ValueError(text[:40])
            return text
        value = {"true": True, "false": False}.get(text) if kind is bool else kind(text)
        low, high = self.ends or (value, value)
        if value is None or (self.choices and value not in self.choices):
            raise ValueError(text)
        if self.ends and not low <= value <= high:
            raise ValueError(text)
        return value

    def write(self, value: Value) -> str:
        """The text that stands for a value."""
        return str(value).lower() if isinstance(value, bool) else str(value)


def of_knob(knob: Knob) -> Field:
    """The parameter of a link that holds a knob; METHODS_OWN is the method's own value."""
    if knob.kind is bool:
        return Field(bool(knob.default))
    return Field(knob.kind(METHODS_OWN), ends=(knob.minimum, min(knob.maximum, MOST_OF_A_KNOB)))


def dials(place: int) -> tuple[float, ...]:
    """All values that the dials in that place take, over all failures."""
    found = [entry.dials[place] for entry in FAILURES.values() if place < len(entry.dials)]
    return tuple(sorted({float(value) for dial in found for value in dial.choices}))


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
    # Training and prediction
    "training": Field("batches", ("batches", "size", "drift", "mode", "paper")),
    "fed": Field(6, ends=(0, MOST_FED)),
    "batch_size": Field(4, SIZES),
    "channel": Field(0, (0, 1, 2)),
    "convention": Field("torch", tuple(CONVENTIONS)),
    "beside": Field("keras", tuple(CONVENTIONS)),
    "momentum": Field(0.1, ends=(0.0, 1.0)),
    "trained": Field(50, ends=(0, MOST_FED)),
    "shift": Field(1.5, ends=(-3.0, 3.0)),
    "stretch": Field(1.0, ends=(0.5, 2.0)),
    # Sequences
    "sequences": Field("norms", ("norms", "time", "edit", "padding", "depth")),
    "sequence_norm": Field(influence.COMPARED[0], influence.COMPARED),
    "utterances": Field(4, ends=(1, 4)),
    "frames": Field(8, ends=(1, 19)),
    "time_step": Field(21, ends=(0, 28)),
    "feature": Field(0, ends=(0, 11)),
    "masked": Field(True),
    "least": Field(1, ends=(1, 10)),
    "beyond": Field("last", timeline.BEYOND),
    "edit_step": Field(12, ends=(0, 18)),
    "edit_by": Field(1.0, ends=(-3.0, 3.0)),
    "edit_all": Field(False),
    "others": Field(3, ends=(0, 9)),
    "extra": Field(6, ends=(0, 20)),
    "network": Field("blocks", ("blocks", "recurrent")),
    "depth": Field(24, ends=(1, blocks.DEEPEST)),
    "weights": Field(1.0, (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)),
    "gain": Field(1.1, ends=(0.5, 2.0)),
    # Equal or not
    "confusion": Field(OWN, (OWN, *CONFUSIONS)),
    "guess": Field("none", ("none", *CLAIMS)),
    "other": Field("layer", tuple(METHODS)),
    "other_groups": Field(2, ends=(1, LARGEST["c"])),
    "same_eps": Field(True),
    "learned": Field(False),
    "share": Field(0.5, ends=(0.0, 1.0)),
    # On pictures
    "pictures": Field("pixels", ("pixels", "filters", "swap", "style")),
    "picture": Field("cat", (*PICTURES, UPLOAD)),
    "companion": Field("painting", (*PICTURES, UPLOAD)),
    "picture_norm": Field("instance", looks.COMPARED),
    "picture_groups": Field(1, (1, 3)),
    "contrast": Field(0.5, ends=(0.2, 1.5)),
    "light": Field(0.9, ends=(0.3, 1.5)),
    "cast": Field(0.3, ends=(-0.5, 0.5)),
    "map_groups": Field(3, (1, 2, 3, 4, 6, 12)),
    "swapped": Field("pictures", ("pictures", "red_green", "red_blue", "green_blue")),
    "strength": Field(0.8, ends=(0.0, 1.0)),
    # Break it
    "failure": Field("single", tuple(FAILURES)),
    "dial": Field(OWN_SETTING, dials(0)),
    "second": Field(OWN_SETTING, dials(1)),
    # Weights and gradients
    "gradients": Field("weights", ("weights", "power", "scale", "norms", "whitening")),
    "net": Field("normalized", network.NETS),
    "of_layer": Field("first", tuple(network.LAYERS)),
    "moment": Field("start", tuple(network.MOMENTS)),
    "weight_method": Field("weight_norm", METHODS_OF_WEIGHTS),
    "gradient_method": Field("clip_global", METHODS_OF_GRADIENTS),
    "rounds": Field(3, ends=(1, MOST_ROUNDS)),
    "factor": Field(10.0, invariance.FACTORS),
    "layer_eps": Field(1e-5, (0.0, 1e-5, 1e-3)),
    "muon_step": Field(5, ends=(0, QUINTIC_STEPS)),
    # Which one to use
    "task": Field("recognize", advice.TASKS),
    "per_device": Field("many", advice.BATCHES),
    "architecture": Field("cnn", advice.ARCHITECTURES),
    # Whitening
    "whitening": Field("cloud", ("cloud", "newton", "flips", "few", "patches")),
    "cloud": Field("gauss", (*clouds.CLOUDS, COLOURS)),
    "correlation": Field(0.8, ends=(-0.99, 0.99)),
    "whitener": Field("zca", tuple(whitenings.METHOD)),
    "newton_steps": Field(5, ends=(1, whitenings.MOST_STEPS)),
    "turn": Field(30, ends=(0, 360)),
    "trails": Field(True),
    "spread_ratio": Field(1.3, ends=(1.0, 4.0)),
    "axis_angle": Field(45, ends=(0, 90)),
    "batch_rows": Field(32, axis_flips.ROWS),
    "sign_rule": Field("largest", axis_flips.SIGN_RULES),
    "few_rows": Field(9, ends=(few_rows.LEAST, few_rows.MOST)),
    "shrinkage": Field(0.2, ends=(0.0, 1.0)),
    "patch_photo": Field("cat", tuple(PICTURES)),
    "patch_shrinkage": Field(1e-4, patches.SHRINKAGES),
    # Recover
    "recovering": Field("fit", ("fit", "descent", "class", "map", "style")),
    "normed": Field("standardize", tuple(restoring.NORMS)),
    "goal": Field("input", tuple(restoring.TARGETS)),
    "restored_by": Field("affine", restoring.RECOVER),
    "learner": Field("affine", descent.KINDS),
    "recovery_rate": Field(0.5, ends=(0.05, 2.5)),
    "descended": Field(0, descent.SHOWN),
    "tinted": Field("palace", tuple(PICTURES)),
    "tint": Field("night", tuple(tints.TINTS)),
    "painted": Field(tints.MAPS["disc"]),
    "style_photo": Field("painting", tuple(PICTURES)),
    # Workbench
    "compose": Field("n g"),
    "operation": Field("standardize", COMPOSABLE),
    "gives_back": Field("affine", GIVING_BACK),
    "per": Field("channel", tuple(PER)),
    "library": Field("NumPy", ("NumPy", "PyTorch")),
    "bench": Field("gradient", ("statistics", "gradient", "code")),
}  # fmt: skip

State = dict[str, Value]


def defaults() -> State:
    """The state of a link without parameters."""
    return {key: field.default for key, field in FIELDS.items()}


def from_query(
    query: Mapping[str, str], refused: Callable[[str, str], None] = lambda key, text: None
) -> State:
    """The state that a link describes; what it cannot mean is reported and left at its default."""
    state = defaults()
    for key, text in query.items():
        if key in FIELDS:
            try:
                state[key] = FIELDS[key].read(text)
            except ValueError:
                refused(key, text)
    return state


def to_query(state: Mapping[str, Value]) -> dict[str, str]:
    """The parameters of the link, those at their default left out."""
    return {
        key: field.write(state[key]) for key, field in FIELDS.items() if state[key] != field.default
    }
