"""The map on the home page: every subject of the lesson, each one click away."""

from collections.abc import Mapping

import streamlit as st

from pages.ui import frame
from pages.ui.state import Value
from pages.ui.text import t

Query = Mapping[str, Value]
# By heading and subject: the page that shows it, and what its link sets.
MAP: Mapping[str, Mapping[str, tuple[str, Query]]] = {
    "see": {
        "groups": ("groups", {}),
        "steps": ("steps", {}),
        "divide": ("steps", {"step": "normalize", "by_variance": True}),
        "undo": ("steps", {"step": "recover", "recovery": "undo"}),
        "layer": ("groups", {"method": "layer"}),
        "equal": ("equal", {}),
    },
    "use": {
        "batches": ("training", {}),
        "size": ("training", {"training": "size"}),
        "drift": ("training", {"training": "drift"}),
        "mode": ("training", {"training": "mode"}),
        "sequences": ("sequences", {}),
        "steps_unseen": ("sequences", {"sequences": "time"}),
        "causal": ("sequences", {"sequences": "edit"}),
        "breaking": ("breaking", {}),
    },
    "reshape": {
        "instance": ("groups", {"method": "instance"}),
        "group": ("groups", {"method": "group"}),
        "cross": ("pictures", {"pictures": "swap"}),
        "pictures": ("pictures", {}),
    },
    "normalize": {
        "rms": ("steps", {"method": "rms", "step": "normalize"}),
        "whitening": ("whitening", {}),
        "newton": ("whitening", {"whitening": "newton"}),
        "flips": ("whitening", {"whitening": "flips"}),
        "few": ("whitening", {"whitening": "few"}),
    },
    "recover": {
        "linear": ("recovering", {"restored_by": "linear"}),
        "mlp": ("recovering", {"restored_by": "mlp"}),
        "class": ("recovering", {"recovering": "class"}),
        "map": ("recovering", {"recovering": "map"}),
        "style": ("pictures", {"pictures": "style"}),
        "descent": ("recovering", {"recovering": "descent"}),
    },
    "elsewhere": {
        "weights": ("gradients", {}),
        "spectral": ("gradients", {"gradients": "power"}),
        "scale": ("gradients", {"gradients": "scale"}),
        "gradients": ("gradients", {"gradients": "norms"}),
        "muon": ("gradients", {"gradients": "whitening"}),
    },
    "smoothness": {
        "quadratic": ("smooth", {}),
        "inequality": ("smooth", {"smooth": "inequality"}),
        "linear": ("smooth", {"smooth": "linear"}),
        "deep": ("smooth", {"smooth": "deep"}),
        "santurkar": ("santurkar", {}),
        "rates": ("rates", {}),
        "edge": ("rates", {"rates": "edge"}),
        "surface": ("surface", {}),
        "lab": ("lab", {}),
    },
    "choose": {
        "choosing": ("choosing", {}),
        "workbench": ("workbench", {}),
        "methods": ("methods", {}),
    },
}  # fmt: skip


def draw() -> None:
    """Headings, and under each its subjects side by side."""
    for heading, subjects in MAP.items():
        st.markdown(f"**{t(f'map.{heading}.heading')}**")
        with st.container(horizontal=True, gap="xsmall"):
            for subject, (page, query) in subjects.items():
                st.page_link(f"pages/{page}.py", label=t(f"map.{heading}.{subject}"),
                             icon=":material/chevron_right:",
                             query_params=frame.link(**query))  # fmt: skip
