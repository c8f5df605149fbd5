"""The widgets that choose a spec, its data and its view: the fields of the link."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from normlib import LAYOUTS, METHODS, Partition, Spec, data, upload
from normlib.methods import default_groups, divisors
from pages.ui import frame, state, words
from pages.ui.state import LARGEST
from pages.ui.text import plain, t

UPLOADED = "_uploaded"
MOST_EDITED = 64  # numbers in the table that is edited by hand


@dataclass(frozen=True)
class Choice:
    """What the controls ask for: a normalization and an array to use it on."""

    spec: Spec
    x: np.ndarray


def choose() -> Choice:
    """Draw the controls of the normalization; `NormError` says what does not fit."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _select("method", tuple(METHODS), width=205)
            _select("data", state.DATA, width=205)
            _groups()
            st.toggle(t("controls.affine"), key="affine", help=t("help.affine"))
            with st.popover(t("controls.more"), icon=":material/tune:"):
                _more()
        uploaded = _upload() if st.session_state["data"] == state.UPLOAD else None
        if uploaded is None:
            _shape()
    spec = _spec(None if uploaded is None else uploaded.shape)
    if uploaded is not None:
        return Choice(spec, uploaded)
    if st.session_state["data"] == state.TABLE:
        return Choice(spec, _table(spec))
    kind = str(st.session_state["data"])
    return Choice(spec, data.make(kind if kind in data.KINDS else "random", spec))


def view(color: str, *, digits: bool) -> None:
    """Draw the controls of the picture; ``color`` is the page's own field for it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        segments("drawing")
        segments(color)
        if digits:
            segments("digits")


def segments(key: str, *, help: str | None = None) -> None:
    """All choices of a field of the link, side by side."""
    st.segmented_control(
        t(f"controls.{key}"), state.FIELDS[key].choices, key=key, required=True, help=help,
        format_func=lambda option: t(f"{key}.{option}.name"),
    )  # fmt: skip


def _more() -> None:
    st.selectbox(t("controls.eps"), state.EPSILONS, key="eps", help=t("help.eps"),
                 format_func=lambda eps: f"{eps:g}")  # fmt: skip
    st.number_input(t("controls.seed"), 0, data.SEED_LIMIT - 1, key="seed", help=t("help.seed"))
    st.text_input(t("controls.cell"), key="cell", help=t("help.cell"),
                  placeholder=t("controls.cell_example"))  # fmt: skip


def _select(key: str, options: tuple[str, ...], *, width: int) -> None:
    st.selectbox(
        t(f"controls.{key}"), options, key=key, width=width, help=t(f"help.{key}"),
        format_func=lambda option: t(f"{key}.{option}.name"),
    )  # fmt: skip


def _groups() -> None:
    """The group counts that divide the channels; only for methods that have groups."""
    knobs = [knob.name for knob in METHODS[st.session_state["method"]].knobs]
    if "groups" in knobs and st.session_state["data"] != state.UPLOAD:
        channels = int(st.session_state["c"])
        if st.session_state["groups"] not in divisors(channels):
            st.session_state["groups"] = default_groups(channels)
        st.segmented_control(t("controls.groups"), divisors(channels), key="groups", required=True,
                             help=t("help.groups"))  # fmt: skip


def _shape() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        segments("layout")
        for axis in LAYOUTS[str(st.session_state["layout"])]:
            st.slider(t(f"axes.{axis}"), 1, LARGEST[axis], key=axis, width=115)


def _spec(uploaded: tuple[int, ...] | None) -> Spec:
    chosen = frame.values()
    method = METHODS[str(chosen["method"])]
    knobs = {knob.name: chosen[knob.name] for knob in method.knobs if knob.name in chosen}
    layout = str(chosen["layout"])
    sizes = uploaded or tuple(int(chosen[axis]) for axis in LAYOUTS[layout])
    channels = sizes[1]
    if "groups" in knobs and channels % knobs["groups"]:
        knobs["groups"] = default_groups(channels)
    return Spec(method.key, sizes, "" if uploaded else layout, knobs, int(chosen["seed"]))


def _upload() -> np.ndarray | None:
    """The array of the file that was given last; it goes along from page to page."""

    def changed() -> None:
        st.session_state[UPLOADED] = st.session_state["file"]

    st.file_uploader(t("controls.upload"), type=["csv", "npy"], key="file", on_change=changed,
                     help=t("help.upload"))  # fmt: skip
    file = st.session_state.get(UPLOADED)
    if file is None:
        st.info(t("controls.upload_hint"))
        return None
    upload.check_size(file.size)
    x = upload.read(file.name, file.getvalue())
    st.caption(t("controls.uploaded", name=plain(file.name), shape=words.shape(x.shape)))
    return x


def _table(spec: Spec) -> np.ndarray:
    """A small table to write in; its numbers travel in the link."""
    x = data.from_text(str(st.session_state["values"]), data.make("random", spec))
    cut = min(2, len(spec.axes) - 1)  # rows: n, or n and c; columns: the other axes
    rows, columns = (
        words.group_names(Partition(spec.axes, spec.sizes, axes))
        for axes in (spec.axes[:cut], spec.axes[cut:])
    )
    edit("values", x.reshape(len(rows), -1), rows, columns)
    return x


def edit(key: str, numbers: np.ndarray, rows: Sequence[str], columns: Sequence[str]) -> None:
    """A table of numbers to write in; what is written goes to the field ``key`` of the link."""
    if numbers.size > MOST_EDITED:
        st.info(t("controls.table_too_large", count=numbers.size, limit=MOST_EDITED))
        return

    def written() -> None:
        changed = numbers.copy()
        for row, cells in st.session_state[widget]["edited_rows"].items():
            for column, value in cells.items():
                if value is not None:
                    changed[int(row), columns.index(column)] = value
        st.session_state[key] = data.to_text(changed)

    widget = f"{key} {data.to_text(numbers)}"  # new numbers, a new table: no edit counts twice
    config = {name: st.column_config.NumberColumn(name, format="%g", required=True)
              for name in columns}  # fmt: skip
    st.data_editor(
        pd.DataFrame(numbers, rows, columns), key=widget, on_change=written, num_rows="fixed",
        disabled=["_index"], column_config=config, alt=t("controls.table_alt"), width="content",
    )  # fmt: skip
