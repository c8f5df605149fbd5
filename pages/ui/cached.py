"""Results that take a page longer than a blink, kept by the plain values that decide them."""

import streamlit as st

from normlib import batch_size, blocks, recordings, stream, timeline
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
