"""Parameters of the pages on loss surfaces, smoothness and learning rates."""

from collections.abc import Mapping

from normlib.landscape.rescaled import FACTORS as HIDDEN_FACTORS
from normlib.landscape.settings import ACTIVATIONS, INITS, LARGEST_DEPTH, LOSSES
from normlib.landscape.settings import methods as methods_of_nets
from pages.ui.field import Field

NETS = methods_of_nets("mlp")

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
}
