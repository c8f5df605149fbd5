"""What a paper reports of batch norm with small batches."""

from normlib.reported import GROUP_NORM
from pages.ui import charts
from pages.ui.text import section, t


def draw() -> None:
    """The table of the Group Normalization paper as a chart."""
    from normlib.figures import reported

    figure = reported.errors(GROUP_NORM, section("training.paper_chart"))
    numbers = {"sizes": GROUP_NORM.sizes, **GROUP_NORM.errors}
    printed = {key: ", ".join(map(str, values)) for key, values in numbers.items()}
    charts.draw(figure, t("training.paper_alt", **printed))
