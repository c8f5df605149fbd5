"""Parameters of the pages on loss surfaces, smoothness and learning rates."""

from collections.abc import Mapping

from normlib.landscape.panels import BOTH
from normlib.landscape.rate_settings import EDGE_CASES, THIRDS
from normlib.landscape.rescaled import FACTORS as HIDDEN_FACTORS
from normlib.landscape.settings import (
    ACTIVATIONS,
    INITS,
    LARGEST_DEPTH,
    LOSSES,
    PLANES,
    SCALINGS,
    STATISTICS,
)
from normlib.landscape.settings import methods as methods_of_nets
from normlib.tasks import TASKS
from pages.ui.field import Field

NETS = methods_of_nets("mlp")
LAB_NETS = {"": "none", "_other": "batch"}  # what ends the fields of each net, and its method
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

OF_PAGE: Mapping[str, Mapping[str, Field]] = {
    "santurkar": {
        "santurkar": Field("figure", ("figure", "weights")),
        "figure_first": Field("batch", NETS),
        "figure_second": Field("layer", NETS),
        "figure_third": Field("group", NETS),
        "figure_depth": Field(3, ends=(1, LARGEST_DEPTH)),
        "figure_width": Field(100, (25, 50, 100, 200)),
        "figure_activation": Field("relu", ACTIVATIONS),
        "figure_init": Field("he", INITS),
        "figure_loss": Field("cross_entropy", LOSSES),
        "figure_rate": Field(0.1, (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)),
        "figure_steps": Field(100, (20, 40, 100, 200)),
        "figure_seeds": Field(5, (5, 7, 9)),
        "figure_eigenvalues": Field(True),
        "hidden_factor": Field(2.0, HIDDEN_FACTORS),
    },
    "smooth": {
        "smooth": Field("quadratic", ("quadratic", "inequality", "linear", "deep")),
        "step_share": Field(0.9, ends=(0.01, 1.2)),
        "curvature": Field(1.0, (0.5, 1.0, 2.0, 4.0)),
        "first_point": Field(-0.5, ends=(-1.0, 1.0)),
        "second_point": Field(0.4, ends=(-1.0, 1.0)),
        "line_of": Field("none", ("none", "batch", "tanh")),
        "dataset": Field("wine", tuple(TASKS)),
        "scaling": Field("raw", SCALINGS),
        "plane_steps": Field(20, ends=(0, 200)),
        "deep_norm": Field("none", ("none", "batch", "layer")),
        "init_gain": Field(1.0, (0.5, 1.0, 1.5, 2.0, 3.0)),
    },
    "rates": {
        "rates": Field("sweep", ("sweep", "edge")),
        "hidden_layers": Field(3, ends=(1, LARGEST_DEPTH)),
        "start_weights": Field("he", INITS),
        "curve": Field("relu", ACTIVATIONS),
        "third": Field("layer", THIRDS),
        "edge_case": Field("full", tuple(EDGE_CASES)),
    },
    "surface": {
        "surface": Field("contour", ("contour", "relief")),
        "surface_first": Field("none", NETS),
        "surface_second": Field("batch", NETS),
        "surface_depth": Field(3, ends=(1, LARGEST_DEPTH)),
        "surface_steps": Field(100, (0, 20, 50, 100, 200, 500)),
        "surface_activation": Field("relu", ACTIVATIONS),
        "surface_init": Field("he", INITS),
        "surface_statistics": Field("batch", (*STATISTICS, BOTH)),
        "surface_scale": Field("log", ("log", "linear")),
        "surface_shared": Field(True),
        "plane": Field("random", PLANES),
        "camera": Field(40, ends=(0, 350)),
    },
    "lab": {
        **{f"lab_method{net}": Field(method, NETS) for net, method in LAB_NETS.items()},
        **{f"lab_depth{net}": Field(3, ends=(1, LARGEST_DEPTH)) for net in LAB_NETS},
        **{f"lab_activation{net}": Field("relu", ACTIVATIONS) for net in LAB_NETS},
        **{f"lab_init{net}": Field("he", INITS) for net in LAB_NETS},
        **{f"lab_rate{net}": Field(0.5, RATES) for net in LAB_NETS},
        "lab_batch": Field(128, (2, 4, 8, 16, 32, 64, 128, 256)),
        "lab_steps": Field(200, (100, 200, 400, 600, 1000, 2000)),
        "lab_noise": Field(0.0, (0.0, 0.1, 0.2, 0.4, 0.6)),
    },
}
