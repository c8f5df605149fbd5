"""As many rows as columns and fewer, without and with shrinkage."""

import numpy as np
import streamlit as st

from normlib import few_rows, shrinkage
from pages.ui import cached, charts, frame, sliders
from pages.ui.text import section, t, table
from pages.ui.whitening import shared


@frame.live
def draw() -> None:
    """Controls, a table, and two charts."""
    with sliders.row():
        sliders.slider("few_rows")
        sliders.slider("shrinkage", step=0.01)
        sliders.seed()
    chosen = st.session_state
    count, seed = int(chosen["few_rows"]), int(chosen["seed"])
    rows = few_rows.draw(count, seed)
    plain, shrunk = (few_rows.repair(rows, a) for a in (0.0, float(chosen["shrinkage"])))
    both = (plain, shrunk)
    lines = [
        [t("few_table.head", rows=count), t("few_table.plain"),
         t("few_table.shrunk", amount=f"{shrunk.amount:.2f}")],
        [t("few_table.rank"), *(str(one.rank) for one in both)],
        [t("few_table.smallest"), *(f"{one.eigenvalues[-1]:.3g}" for one in both)],
        [t("few_table.condition"), *(_finite(one.condition) for one in both)],
        [t("few_table.deviation"), *(f"{shared.rounded(one.deviation):.3g}" for one in both)],
        [t("few_table.fresh_largest"), *(f"{one.largest:.3g}" for one in both)],
        [t("few_table.fresh_smallest"), *(f"{shared.rounded(one.smallest):.3g}" for one in both)],
    ]  # fmt: skip
    st.markdown(table(lines, rest="--:"))
    st.markdown(t("few_table.advised", amount=f"{shrinkage.estimated(rows):.2f}"))
    from normlib.figures import flips as figures

    figure = figures.few(cached.by_rows(shrunk.amount, seed), plain=plain, shrunk=shrunk,
                         true=few_rows.spectrum(), rows_now=count,
                         words=section("few_chart"))  # fmt: skip
    charts.draw(figure, t("few_table.alt", rows=count))


def _finite(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) else "∞"
