"""Colours and marks with one meaning in all figures; every colour comes with its own mark."""

BEFORE = {"color": "#d55e00", "symbol": "circle-open"}  # Okabe and Ito 2008, safe for colour-blind
AFTER = {"color": "#0072b2", "symbol": "diamond"}
BETWEEN = {"color": "#009e73", "symbol": "square"}
MARGIN = {"l": 60, "r": 20, "t": 50, "b": 60}
ONE = {"color": "#009e73", "dash": "solid"}  # two that are compared, and what is true of both
OTHER = {"color": "#aa4499", "dash": "dash"}
FAINT = {"color": "rgba(213,94,0,0.55)", "width": 2}  # of BEFORE, for many at once
TRUE = {"color": "#808080", "dash": "dot"}
# Lines side by side, each with its own colour, dash and mark.
SERIES = (
    {"color": "#0072b2", "dash": "solid", "symbol": "diamond"},
    {"color": "#d55e00", "dash": "dash", "symbol": "circle"},
    {"color": "#009e73", "dash": "dot", "symbol": "square"},
)
SHADE = "rgba(128, 128, 128, 0.18)"  # where something is missing; readable on light and dark
