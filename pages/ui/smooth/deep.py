"""The deep net: what standardizing the input does to its layers, and what normalization does."""

import streamlit as st

from normlib.landscape import shipped
from normlib.landscape.reach import growth, reach
from pages.ui import charts, controls, frame, state, text
from pages.ui.smooth.shared import number, take_away
from pages.ui.text import section, t

LOW, HIGH = "1", "2"  # gains that the table compares


@frame.live
def draw() -> None:
    """Normalization and gain; sizes and centres of all layers, and the table."""
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        gain = st.select_slider(t("controls.init_gain"), state.FIELDS["init_gain"].choices,
                                key="init_gain", width=260, help=t("help.init_gain"))  # fmt: skip
        controls.segments("deep_norm")
    every, norm = shipped.load("smooth_scales"), str(st.session_state["deep_norm"])
    name, pair = t(f"deep_norm.{norm}.name"), every[norm][f"{gain:g}"]
    found = reach(pair["raw"], pair["standardized"])
    first, second, head = found.centres
    shown = {"first": found.first, "last": found.last, "input_centre": first,
             "next_centre": second, "head_centre": head}  # fmt: skip
    facts = {key: number(round(value, 9), 3) for key, value in shown.items()}
    st.markdown(t("smooth.deep_scale", norm=name, gain=number(gain), **facts))
    from normlib.figures import layer_scales as figures

    figure = figures.over_depth(list(pair.values()), [t(f"scaling.{how}.name") for how in pair],
                                section("smooth.layer_chart"))  # fmt: skip
    sizes = {how: number(one.rms[-1], 3) for how, one in pair.items()}
    charts.draw(figure, t("smooth.deep_alt", norm=name, gain=number(gain), **sizes),
                name="layer_scales")  # fmt: skip
    rows = [[t(f"smooth.deep_table.{key}") for key in ("head", *pair)]]
    for key, by_gain in every.items():
        grown = growth(by_gain, LOW, HIGH)
        rows.append([t(f"deep_norm.{key}.name"), *(
            t("smooth.deep_entry", low=number(low, 3), high=number(high, 3), factor=number(by, 3))
            for low, high, by in grown.values()
        )])  # fmt: skip
    st.markdown(f"{text.table(rows)}\n\n{t('smooth.deep_note')}")
    take_away(pair, "layer_scales")
