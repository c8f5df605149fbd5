"""Figures: a result record in, a plotly Figure out; nothing is computed here."""

from normlib.figures.failures import curves, images
from normlib.figures.groups import group_statistics

__all__ = ["curves", "group_statistics", "images"]
