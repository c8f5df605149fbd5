"""The judges: published formulas in plain torch, one function per method, nothing shared.

Each takes the spec (knobs, groups, names of axes), x in the usual order of axes (n c, or o i, and
then space), its parameters by name in that order, and whether it is training. Parameters that are
missing are neutral. No arithmetic of normlib is used here, so that it can be judged.
"""

from collections.abc import Mapping

from normlib.layers.oracles import (
    estimation,
    gradients,
    mixtures,
    partitions,
    recovery,
    torch_own,
    weights,
    whitening,
    windows,
)
from normlib.layers.oracles.given import Oracle, Parameters

__all__ = ["KERNELS", "ORACLES", "Oracle", "Parameters"]

KERNELS: Mapping[str, Oracle] = {
    "batch_norm": torch_own.batch_norm,
    "layer_norm": torch_own.layer_norm,
    "layer_norm_last": torch_own.layer_norm_last,
    "instance_norm": torch_own.instance_norm,
    "group_norm": torch_own.group_norm,
    "rms_norm": torch_own.rms_norm,
    "rms_norm_last": torch_own.rms_norm_last,
}
ORACLES: Mapping[str, Oracle] = {
    **KERNELS,
    "positional": partitions.positional,
    "scale_norm": partitions.scale_norm,
    "l2": partitions.l2,
    "pixel": partitions.pixel,
    "l1_batch": partitions.l1_batch,
    "mean_only": partitions.mean_only,
    "mean_variance": partitions.mean_variance,
    "filter_response": partitions.filter_response,
    "reversible": partitions.reversible,
    "act": partitions.act,
    "global_response": partitions.global_response,
    "dynamic_tanh": partitions.dynamic_tanh,
    "ghost": estimation.ghost,
    "virtual": estimation.virtual,
    "sync": estimation.sync,
    "renorm": estimation.renorm,
    "frozen": estimation.frozen,
    "precise": estimation.precise,
    "recurrent_batch": estimation.recurrent_batch,
    "cumulative_layer": windows.cumulative_layer,
    "local_response": windows.local_response,
    "divisive": windows.divisive,
    "local_context": windows.local_context,
    "switchable": mixtures.switchable,
    "batch_instance": mixtures.batch_instance,
    "pca_whitening": whitening.pca_whitening,
    "zca_whitening": whitening.zca_whitening,
    "cholesky_whitening": whitening.cholesky_whitening,
    "iterative_whitening": whitening.iterative_whitening,
    "group_whitening": whitening.group_whitening,
    "coloring": whitening.coloring,
    "meta": recovery.meta,
    "conditional_batch": recovery.conditional_batch,
    "conditional_instance": recovery.conditional_instance,
    "film": recovery.film,
    "adaptive_layer": recovery.adaptive_layer,
    "spade": recovery.spade,
    "adaptive_instance": recovery.adaptive_instance,
    "cross": recovery.cross_norm,
    "self": recovery.self_norm,
    "weight_norm": weights.weight_norm,
    "spectral": weights.spectral,
    "weight_standardization": weights.weight_standardization,
    "scaled_weight": weights.scaled_weight,
    "centered_weight": weights.centered_weight,
    "clip_global": gradients.clip_global,
    "clip_adaptive": gradients.clip_adaptive,
    "centralization": gradients.centralization,
    "lars": gradients.lars,
    "muon": gradients.muon,
}
