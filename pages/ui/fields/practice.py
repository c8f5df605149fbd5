"""Parameters of the pages that put normalization to use."""

from collections.abc import Mapping

from normlib import (
    METHODS,
    blocks,
    influence,
    timeline,
)
from normlib.batch_size import SIZES
from normlib.confusions import CLAIMS, CONFUSIONS
from normlib.conventions import CONVENTIONS
from normlib.failures import FAILURES
from pages.ui.field import Field
from pages.ui.fields.shared import LARGEST, OWN

OWN_SETTING = -1.0  # the setting at which a failure breaks
MOST_FED = 60  # batches that a page feeds at most


def dials(place: int) -> tuple[float, ...]:
    """All values that the dials in that place take, over all failures."""
    found = [entry.dials[place] for entry in FAILURES.values() if place < len(entry.dials)]
    return tuple(sorted({float(value) for dial in found for value in dial.choices}))


OF_PAGE: Mapping[str, Mapping[str, Field]] = {
    "training": {
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
    },
    "sequences": {
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
    },
    "equal": {
        "confusion": Field(OWN, (OWN, *CONFUSIONS)),
        "guess": Field("none", ("none", *CLAIMS)),
        "other": Field("layer", tuple(METHODS)),
        "other_groups": Field(2, ends=(1, LARGEST["c"])),
        "same_eps": Field(True),
        "learned": Field(False),
        "share": Field(0.5, ends=(0.0, 1.0)),
    },
    "breaking": {
        "failure": Field("single", tuple(FAILURES)),
        "dial": Field(OWN_SETTING, dials(0)),
        "second": Field(OWN_SETTING, dials(1)),
    },
}  # fmt: skip
