"""What the topics share: the source of the batches, and the controls that more than one has."""

import streamlit as st

from normlib.data import SEED_LIMIT
from normlib.stream import Source
from pages.ui import state
from pages.ui.text import t


def source() -> Source:
    """The source of all batches, by the seed of the link."""
    return Source(seed=int(st.session_state["seed"]))


def seed() -> None:
    """Draw the number that decides all batches."""
    st.number_input(t("controls.seed"), 0, SEED_LIMIT - 1, key="seed", help=t("help.seed"),
                    width=130)  # fmt: skip


def batch_size() -> int:
    """Draw the slider of batch sizes."""
    return int(st.select_slider(t("controls.batch_size"), state.FIELDS["batch_size"].choices,
                                key="batch_size", width=165))  # fmt: skip


def trained() -> int:
    """Draw the slider of how many batches a layer has been trained on."""
    return int(st.slider(t("controls.trained"), 0, state.MOST_FED, key="trained", width=260))


def channel() -> int:
    """Draw the choice of a channel, each with its true mean and standard deviation."""
    known = source()

    def name(index: int) -> str:
        return t("training.channel", channel=index, mean=f"{known.mean[index]:g}",
                 std=f"{known.std[index]:g}")  # fmt: skip

    return int(st.segmented_control(t("controls.channel"), state.FIELDS["channel"].choices,
                                    key="channel", required=True, format_func=name))  # fmt: skip
