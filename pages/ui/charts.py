"""How a figure is drawn: as wide as there is room, with words for those who cannot see it."""

import streamlit as st


def draw(figure: object, alt: str, *, key: str | None = None, name: str = "") -> None:
    """Draw a figure of plotly.

    Args:
        figure: of plotly.
        alt: what it shows, in words.
        key: where a page has several figures that may look alike.
        name: of the file, without its ending, that plotly's camera saves: a drawing of lines
            (SVG) in place of pixels.
    """
    config: dict[str, object] = {"displaylogo": False}
    if name:
        config["toImageButtonOptions"] = {"format": "svg", "filename": name}
    st.plotly_chart(figure, width="stretch", alt=alt, config=config, key=key)
