"""Results that take a page longer than a blink, kept by the plain values that decide them."""

import streamlit as st

from normlib import batch_size, stream
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
