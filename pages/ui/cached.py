"""Results that take a page longer than a blink, kept by the plain values that decide them."""

import numpy as np
import streamlit as st

from normlib import (
    batch_size,
    blocks,
    descent,
    few_rows,
    invariance,
    network,
    on_gradients,
    on_weights,
    patches,
    recordings,
    restoring,
    stream,
    timeline,
)
from normlib.knobs import Value
from normlib.pictures import photo
from pages.ui.state import MOST_FED

REPEATS = 40  # batches of every size


@st.cache_data(max_entries=64, show_spinner=False)
def feed(seed: int, size: int) -> stream.Fed:
    """All batches that a page feeds."""
    return stream.feed(stream.Source(seed=seed), size, MOST_FED)


@st.cache_data(max_entries=16, show_spinner=False)
def scatter(seed: int) -> batch_size.Scatter:
    """Many batches of every size."""
    return batch_size.scatter(stream.Source(seed=seed), REPEATS)


@st.cache_data(max_entries=2, show_spinner=False)
def of_training(masked: bool) -> timeline.Timeline:
    """Statistics of every step over the training utterances, with or without the padding."""
    x, lengths = recordings.vowels()
    return timeline.timeline(x, lengths if masked else None)


@st.cache_data(max_entries=64, show_spinner=False)
def over_depth(gain: float, seed: int) -> blocks.Scales:
    """Activation scale in a stack of Transformer blocks on a real utterance."""
    return blocks.transformer(blocks.utterance(), gain=gain, seed=seed)


@st.cache_data(max_entries=64, show_spinner=False)
def over_time(gain: float, seed: int) -> blocks.Scales:
    """Activation scale of a recurrent step on real utterances, one after the other."""
    return blocks.recurrent(blocks.stream(), gain=gain, seed=seed)


# Weights and gradients


@st.cache_data(max_entries=64, show_spinner=False)
def change(net: str, layer: str, method: str) -> on_weights.Change:
    """A trained weight, normalized."""
    return on_weights.change(network.shipped(net), layer, method)


@st.cache_data(max_entries=64, show_spinner=False)
def rounds(layer: str, seed: int) -> on_weights.Rounds:
    """Power iteration on a trained weight."""
    return on_weights.rounds(network.shipped("normalized")[layer], seed=seed)


@st.cache_data(max_entries=64, show_spinner=False)
def scaled(net: str, moment: str, layer: str, eps: float) -> dict[float, invariance.Scaled]:
    """A network with one matrix scaled by every factor."""
    return invariance.curve(network.shipped(net, moment), layer, eps=eps)


@st.cache_data(max_entries=256, show_spinner=False)
def by_layer(
    net: str, moment: str, method: str, knobs: tuple[tuple[str, Value], ...]
) -> on_gradients.Compared:
    """The gradients of a network before and after a method."""
    weights = network.shipped(net, moment)
    return on_gradients.compared(network.of_batch(weights), weights, method, dict(knobs))


@st.cache_data(max_entries=64, show_spinner=False)
def whitened(net: str, moment: str, layer: str) -> np.ndarray:
    """Singular values of a gradient through the steps of Muon."""
    return on_gradients.whitened(network.of_batch(network.shipped(net, moment))[layer])


@st.cache_data(max_entries=32, show_spinner=False)
def whitened_patches(name: str, shrinkage: float) -> patches.Patches:
    """Whitening of the patches of a photo."""
    return patches.patches(patches.grey(photo(name, patches.SIZE)), shrinkage)


@st.cache_data(max_entries=64, show_spinner=False)
def by_rows(amount: float, seed: int) -> few_rows.Sweep:
    """Whitening from 2 to 20 rows."""
    return few_rows.sweep(amount, seed)


@st.cache_data(max_entries=4, show_spinner=False)
def restored(norm: str) -> restoring.Table:
    """What each recovery restores of each target."""
    return restoring.table(norm)


@st.cache_data(max_entries=60, show_spinner=False)
def best_fit(kind: str, norm: str, goal: str) -> restoring.Restored:
    """A recovery fitted to a target."""
    x = restoring.batch()
    return restoring.restore(kind, restoring.normalized(norm, x), restoring.TARGETS[goal](x))


@st.cache_data(max_entries=64, show_spinner=False)
def descent_run(kind: str, norm: str, goal: str, rate: float, steps: int) -> descent.Run:
    """A run of gradient descent towards a target, as far as it is shown."""
    x = restoring.batch(restoring.FEW)
    given, target = restoring.normalized(norm, x), restoring.TARGETS[goal](x)
    return descent.run(kind, restoring.rows(given), restoring.rows(target), rate, steps)
