"""Figures: a result record in, a plotly Figure out; nothing is computed here."""

from normlib.figures.groups import group_statistics

__all__ = ["group_statistics"]
