"""The picture of the figures."""

from __future__ import annotations

import pygal
from pygal.style import Style

from contenders import FLOOR
from figures import Figures
from stacks import CHECKOUT

PICTURE = CHECKOUT / "docs" / "pictures" / "performance.svg"
_COLOURS = ("#8a8f98", "#2f6fb0", "#c8553d", "#1d9a6c", "#7a5cc2")


def draw(figures: Figures, names: list[str]) -> None:
    """How many times the floor's CPU seconds a preview without changes takes, over the number of accounts."""
    sizes = figures.sizes()
    chart = pygal.Bar(
        style=Style(
            background="white", plot_background="white", colors=_COLOURS, font_family="sans-serif", transition="none"
        ),
        js=(),  # nothing is loaded from elsewhere
        disable_xml_declaration=True,
        title="CPU seconds of a preview without changes, as multiples of the floor",
        x_title="accounts",
        legend_at_bottom=True,
        legend_at_bottom_columns=4,
        print_values=True,
        print_values_position="top",
        value_formatter=lambda ratio: f"{ratio:.1f}",
        width=900,
        height=460,
        include_x_axis=True,
    )
    chart.x_labels = [f"{size:,}" for size in sizes]
    for name in names:
        if name != FLOOR:
            chart.add(name, [_ratio(figures, name, size) for size in sizes])
    PICTURE.write_text(f"{chart.render()}\n", "utf-8")


def _ratio(figures: Figures, name: str, size: int) -> float | None:
    series = figures.of(name, "preview", size)
    return series.processor_seconds / figures.floor(series).processor_seconds if series.runs else None
