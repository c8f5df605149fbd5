"""Parameters of the pages that change a step, compose, or choose."""

from collections.abc import Mapping

from normlib import (
    advice,
    axis_flips,
    clouds,
    descent,
    few_rows,
    invariance,
    looks,
    network,
    patches,
    restoring,
    tints,
    whitenings,
)
from normlib.compose import COMPOSABLE, GIVING_BACK, PER
from normlib.decorrelate import QUINTIC_STEPS
from normlib.on_gradients import METHODS_OF_GRADIENTS
from normlib.on_weights import METHODS_OF_WEIGHTS, MOST_ROUNDS
from normlib.pictures import PICTURES
from pages.ui.field import Field
from pages.ui.fields.shared import UPLOAD

COLOURS = "colours"  # a cloud made of the pixels of a photo

OF_PAGE: Mapping[str, Mapping[str, Field]] = {
    "pictures": {
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
    },
    "gradients": {
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
    },
    "choosing": {
        "task": Field("recognize", advice.TASKS),
        "per_device": Field("many", advice.BATCHES),
        "architecture": Field("cnn", advice.ARCHITECTURES),
    },
    "whitening": {
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
    },
    "recovering": {
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
    },
    "workbench": {
        "compose": Field("n g"),
        "operation": Field("standardize", COMPOSABLE),
        "gives_back": Field("affine", GIVING_BACK),
        "per": Field("channel", tuple(PER)),
        "bench": Field("gradient", ("statistics", "gradient", "code")),
    },
}  # fmt: skip
