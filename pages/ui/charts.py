"""How a figure is drawn: as wide as there is room, with words for those who cannot see it."""

import streamlit as st


def draw(figure: object, alt: str, *, key: str | None = None) -> None:
    """Draw a figure of plotly; ``key`` where a page has several that may look alike."""
    st.plotly_chart(figure, width="stretch", alt=alt, config={"displaylogo": False}, key=key)
