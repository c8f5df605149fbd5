"""The edge of stability: how curvature and learning rate meet along a training."""

import streamlit as st

from normlib.landscape import shipped
from pages.ui import charts, controls, exports, frame
from pages.ui.smooth.shared import number
from pages.ui.text import section, t


@frame.live
def draw() -> None:
    """The case, a sentence for each rate, and the curves."""
    controls.segments("edge_case")
    case = str(st.session_state["edge_case"])
    found = shipped.load("rates_edge")[case]
    said = [t(f"rates.edge_kind.{case}")]
    for one in found.values():
        verdict = t(f"rates.edge_verdict.{one.verdict}", rate=number(one.training.rate),
                    limit=number(one.limit), late=number(one.late, 3), steps=len(one.loss),
                    first=number(one.eigenvalue[0], 3))  # fmt: skip
        rises = t("rates.edge_rises", rises=one.rises, half=one.half) if one.comparable else ""
        said.append(f"{verdict}{rises}")
    st.markdown("\n\n".join(said))
    from normlib.figures import rates as figures

    figure = figures.edge(list(found.values()), section("rates.edge_chart"))
    charts.draw(figure, t("rates.edge_alt", case=t(f"edge_case.{case}.name")),
                name="edge_of_stability")  # fmt: skip
    exports.draw(found, "edge_of_stability")
