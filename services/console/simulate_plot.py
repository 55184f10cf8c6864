"""The picture of `eender simulate`: per policy, who was kept and who had to wait how long. As SVG, or as PNG."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from xml.sax.saxutils import escape

import msgspec

from services.routing.simulation.comparison import OURS, Comparison, Figures

WIDTH, LEFT, TOP, ROW, BAR, GAP, FOOT = 900, 140, 70, 34, 300, 90, 50
FONT_PX = 13
FONT = f'font-family="system-ui, sans-serif" font-size="{FONT_PX}"'
OURS_COLOUR, OTHERS_COLOUR, LINE_COLOUR, TEXT_COLOUR = "#1565c0", "#90a4ae", "#c62828", "#000000"
WAIT_MIN_MAX = 240.0
PNG_SCALE = 2
"""Pixels per unit, so that text stays sharp on paper."""
DASH, APART = 4, 3


class Bar(msgspec.Struct, frozen=True):
    """A filled rectangle, by its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    colour: str


class Text(msgspec.Struct, frozen=True):
    """A line of text. `anchor`: which part of it stands at x: start, middle or end. `y`: of its base line."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    bold: bool = False
    colour: str = TEXT_COLOUR


class Line(msgspec.Struct, frozen=True):
    """A dashed upright line."""

    x: float
    top: float
    bottom: float
    colour: str


def svg(found: Comparison, title: str) -> bytes:
    """Two columns of bars: continuity with the optimum as a line, and the wait of the slowest 5 %."""
    drawn = (_as_svg(shape) for shape in _shapes(found, title))
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{_height(found)}" {FONT}>',
        '<rect width="100%" height="100%" fill="white"/>',
        *drawn,
        "</svg>",
        "",
    )
    return "\n".join(parts).encode()


def png(found: Comparison, title: str) -> bytes:
    """The same as an image of points."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415  (only who wants a PNG waits for it)

    image = Image.new("RGB", (WIDTH * PNG_SCALE, _height(found) * PNG_SCALE), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(FONT_PX * PNG_SCALE)
    anchors = {"start": "ls", "middle": "ms", "end": "rs"}
    for shape in _shapes(found, title):
        match shape:
            case Bar(x, y, width, height, colour):
                corners = (x, y, x + max(width, 0.5), y + height)
                draw.rectangle([PNG_SCALE * each for each in corners], fill=colour)
            case Text(x, y, text, anchor, bold, colour):
                place = (PNG_SCALE * x, PNG_SCALE * y)
                draw.text(place, text, fill=colour, font=font, anchor=anchors[anchor], stroke_width=0.5 * bold)
            case Line(x, top, bottom, colour):
                for start in range(int(top), int(bottom), DASH + APART):
                    ends = (x, start, x, min(bottom, start + DASH))
                    draw.line([PNG_SCALE * each for each in ends], fill=colour, width=PNG_SCALE)
    written = BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _height(found: Comparison) -> int:
    return TOP + ROW * len(found.policies) + FOOT


def _shapes(found: Comparison, title: str) -> Iterator[Bar | Text | Line]:
    bottom, right = TOP + ROW * len(found.policies), LEFT + BAR + GAP
    line = LEFT + BAR * found.optimum_continuity
    yield Text(LEFT, 22, title, bold=True)
    yield Text(LEFT, TOP - 16, "customers who met somebody they know")
    yield Text(right, TOP - 16, "95 of 100 waited at most (min); answered late")
    for place, (name, each) in enumerate(found.policies.items()):
        yield from _row(name, each, place)
    yield Line(line, TOP - 8, bottom, LINE_COLOUR)
    best = f"best without being late: {found.optimum_continuity:.0%}"
    yield Text(line, bottom + 18, best, anchor="middle", colour=LINE_COLOUR)


def _row(name: str, each: Figures, place: int) -> Iterator[Bar | Text]:
    y = TOP + ROW * place
    colour = OURS_COLOUR if name == OURS else OTHERS_COLOUR
    kept, waited = BAR * each.continuity, BAR * min(1.0, each.wait_p95_min / WAIT_MIN_MAX)
    right = LEFT + BAR + GAP
    yield Text(LEFT - 8, y + 17, name, anchor="end", bold=name == OURS)
    yield Bar(LEFT, y + 2, kept, ROW - 12, colour)
    yield Text(LEFT + kept + 6, y + 17, f"{each.continuity:.0%}")
    yield Bar(right, y + 2, waited, ROW - 12, colour)
    yield Text(right + waited + 6, y + 17, f"{each.wait_p95_min:.0f} min; {each.late:.1%} late")


def _as_svg(shape: Bar | Text | Line) -> str:
    match shape:
        case Bar(x, y, width, height, colour):
            return f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}" fill="{colour}"/>'
        case Text(x, y, text, anchor, bold, colour):
            weight = ' font-weight="bold"' if bold else ""
            where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}'
            return f"<text {where}>{escape(text)}</text>"
        case Line(x, top, bottom, colour):
            dash = f'stroke="{colour}" stroke-dasharray="{DASH} {APART}"'
            return f'<path d="M{x:.1f} {top}V{bottom}" {dash}/>'
