"""The picture of `eender simulate`: per policy, who was kept and who had to wait how long."""

from __future__ import annotations

from xml.sax.saxutils import escape

from services.routing.simulation.comparison import OURS, Comparison, Figures

WIDTH, LEFT, TOP, ROW, BAR, GAP = 900, 120, 70, 34, 300, 90
FONT = 'font-family="system-ui, sans-serif" font-size="13"'
OURS_COLOUR, OTHERS_COLOUR, LINE_COLOUR = "#1565c0", "#90a4ae", "#c62828"
WAIT_MIN_MAX = 240.0


def plotted(found: Comparison) -> str:
    """An SVG of two columns of bars: continuity with the optimum as a line, and the wait of the slowest 5 %."""
    bottom = TOP + ROW * len(found.policies)
    line = LEFT + BAR * found.optimum_continuity
    title = f"{len(found.seeds)} synthetic weeks of about {found.contacts:,.0f} contacts (medians)"
    rows = [_row(name, each, place) for place, (name, each) in enumerate(found.policies.items())]
    best = f"best without being late: {found.optimum_continuity:.0%}"
    right = LEFT + BAR + GAP
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{bottom + 50}" {FONT}>',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{LEFT}" y="22" font-weight="bold">{escape(title)}</text>',
        f'<text x="{LEFT}" y="{TOP - 16}">customers who met somebody they know</text>',
        f'<text x="{right}" y="{TOP - 16}">95 of 100 waited at most (min); answered late</text>',
        *rows,
        f'<path d="M{line:.1f} {TOP - 8}V{bottom}" stroke="{LINE_COLOUR}" stroke-dasharray="4 3"/>',
        f'<text x="{line:.1f}" y="{bottom + 18}" text-anchor="middle" fill="{LINE_COLOUR}">{best}</text>',
        "</svg>",
        "",
    )
    return "\n".join(parts)


def _row(name: str, each: Figures, place: int) -> str:
    y = TOP + ROW * place
    colour = OURS_COLOUR if name == OURS else OTHERS_COLOUR
    weight = ' font-weight="bold"' if name == OURS else ""
    kept, waited = BAR * each.continuity, BAR * min(1.0, each.wait_p95_min / WAIT_MIN_MAX)
    right = LEFT + BAR + GAP
    return (
        f'<text x="{LEFT - 8}" y="{y + 17}" text-anchor="end"{weight}>{escape(name)}</text>'
        f'<rect x="{LEFT}" y="{y + 2}" width="{kept:.1f}" height="{ROW - 12}" fill="{colour}"/>'
        f'<text x="{LEFT + kept + 6:.1f}" y="{y + 17}">{each.continuity:.0%}</text>'
        f'<rect x="{right}" y="{y + 2}" width="{waited:.1f}" height="{ROW - 12}" fill="{colour}"/>'
        f'<text x="{right + waited + 6:.1f}" y="{y + 17}">{each.wait_p95_min:.0f} min; {each.late:.1%} late</text>'
    )
