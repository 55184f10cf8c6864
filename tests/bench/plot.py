"""A bar per measure: how far it came on the way to what it must be."""

from __future__ import annotations

from xml.sax.saxutils import escape

from tests.bench.table import WANTED, Figure

WIDTH, LEFT, ROW, BAR_MAX = 900, 470, 26, 300
FONT = 'font-family="system-ui, sans-serif" font-size="12"'
GOOD, SHORT = "#2e7d32", "#c62828"


def plot(figures: list[Figure]) -> str:
    """An SVG. A full bar to the line is the must; bars end at twice that."""
    shown = [each for each in figures if each.must is not None]
    height = ROW * (len(shown) + 2)
    rows = [_row(each, at) for at, each in enumerate(shown, start=1)]
    line = LEFT + BAR_MAX / 2
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" {FONT}>',
            '<rect width="100%" height="100%" fill="white"/>',
            f'<text x="{line}" y="{ROW - 8}" text-anchor="middle">must</text>',
            *rows,
            f'<line x1="{line}" x2="{line}" y1="{ROW}" y2="{height - ROW}" stroke="#333" stroke-dasharray="4 3"/>',
            "</svg>",
            "",
        )
    )


def _row(figure: Figure, at: int) -> str:
    found = figure.ours if figure.ratio is None else figure.ratio
    must = figure.must or 1.0
    less = not WANTED[figure.measure].more
    part = (must / found if found else 2.0) if less else found / must
    width = min(part, 2.0) * BAR_MAX / 2
    y = ROW * at + 4
    return (
        f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(figure.measure)}</text>'
        f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{ROW - 10}" fill="{GOOD if figure.holds else SHORT}"/>'
        f'<text x="{LEFT + width + 6:.1f}" y="{y + 12}">{found:.3g} (must {must:g})</text>'
    )
