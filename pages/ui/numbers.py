"""Numbers of one's own: a file, or a small table to write in."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from normlib import Partition, Spec, data, upload
from pages.ui import words
from pages.ui.text import plain, t

UPLOADED = "_uploaded"
MOST_EDITED = 64  # numbers in the table that is edited by hand


def upload_file() -> np.ndarray | None:
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


def table(spec: Spec) -> np.ndarray:
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
