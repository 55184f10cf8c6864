"""HTML of mail: as text with its quotes marked, and sanitised for screens. Every pass is linear in its length."""

from __future__ import annotations

import html
import re
from collections import Counter

import nh3

from contracts.content import TextSpan
from contracts.vocabulary import SpanKind
from services.channels.domain.normal_form import clean_text

HTML_LENGTH_MAX = 2 * 1024 * 1024
DEPTH_MAX = 400
"""Deeper markup is not sanitised but dropped: parsers of HTML take the square of the depth."""

_TAG = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})((?:[^<>\"']|\"[^\"<]{0,4000}\"|'[^'<]{0,4000}')*)>|<[/!?a-zA-Z][^<>]*>"
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACES_AT_ENDS = re.compile(r"[ \t]+\n")
_NEWLINES = re.compile(r"\n{3,}")

_CLOSED_BY_OTHERS = frozenset(
    {"p", "li", "td", "th", "tr", "dd", "dt", "option", "thead", "tbody", "tfoot", "html", "body"}
)
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr", "o:p", "embed", "source"})
_BREAKS = frozenset(
    {"br", "div", "tr", "li", "hr", "table", "ul", "ol", "pre", "section", "article", "header", "footer"}
)
_PARAGRAPHS = frozenset({"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "dl"})
_HIDDEN = ("script", "style", "title", "noscript", "template", "xml", "svg")

_QUOTE_BY_CLASS = re.compile(
    r"gmail_quote|gmail_extra|moz-cite-prefix|yahoo_quoted|yahoo-quoted|protonmail_quote|zmail_extra|wps_quotion|"
    r"tutanota_quote|ms-outlook-mobile-reference|replyforwardmessage|mail_quote|quotedmessage",
    re.IGNORECASE,
)
_REST_BY_ID = re.compile(
    r"appendonsend|divRplyFwdMsg|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container|isReplyContent|stopSpelling",
    re.IGNORECASE,
)
_REST_BY_STYLE = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s*#?(?:B5C4DF|E1E1E1|[0-9a-z]{3,12})\s*1\.0pt;\s*padding:\s*3\.0pt",
    re.IGNORECASE,
)
_ATTRIBUTE_OF_NOTE = re.compile(r"(?:class|id|type|style)\s*=", re.IGNORECASE)
_CITED = re.compile(r"type\s*=\s*[\"']?cite|cite\s*=|border-left", re.IGNORECASE)

_TRACES_OF_QUOTES = (
    *("_quote", "-quoted", "quotedmessage", "quotion", "gmail_extra", "zmail_extra", "moz-cite", "replyforward"),
    *("outlook-mobile-reference", "reference-message", "appendonsend", "rplyfwd", "olk_src", "isreplycontent"),
    *("stopspelling", "3.0pt", 'type="cite', "type='cite", "type=cite", "cite=", "border-left"),
)
"""One of these is in every mark above."""

_TAGS = frozenset(
    {"a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "div"}
    | {"dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre"}
    | {"q", "s", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead"}
    | {"tr", "tt", "u", "ul"}
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Images only from the mail itself: one from elsewhere tells its sender who reads it, and when."""
    if tag == "img" and name == "src" and not value.lower().startswith("cid:"):
        return None
    return value


_cleaner = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags={"script", "style", "title", "template"},
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    link_rel="noopener noreferrer nofollow",
)


def sanitised(source: str) -> str | None:
    """The HTML with nothing in it that runs, loads or frames; None where it is too long or nested too deep."""
    if len(source) > HTML_LENGTH_MAX or _depth(source) > DEPTH_MAX:
        return None
    return clean_text(_cleaner.clean(source)).strip()


def marks_quotes(source: str) -> bool:
    """Whether some program's mark of a quote may be in it at all."""
    lowered = source.lower()
    return any(trace in lowered for trace in _TRACES_OF_QUOTES)


def text_of_html(source: str) -> tuple[str, tuple[TextSpan, ...]]:
    """The text that a reader sees, and where the markup itself says that it is a quote."""
    writer = _Writer()
    source = _visible(source[:HTML_LENGTH_MAX])
    end = 0
    for tag in _TAG.finditer(source):
        if tag.start() > end:
            writer.say(source[end : tag.start()])
        if tag[2]:
            writer.tag(tag[2].lower(), tag[3], closing=bool(tag[1]))
        end = tag.end()
    writer.say(source[end:])
    return writer.finish()


def _depth(source: str) -> int:
    """How deep it may nest: what is opened and never closed, each kind for itself, at its worst."""
    open_now: Counter[str] = Counter()
    deepest = total = 0
    for tag in _TAG.finditer(source):
        name = (tag[2] or "").lower()
        if not name or name in _VOID or name in _CLOSED_BY_OTHERS:
            continue
        if not tag[1]:
            open_now[name] += 1
            total += 1
            deepest = max(deepest, total)
        elif open_now[name]:
            open_now[name] -= 1
            total -= 1
    return deepest


def _visible(source: str) -> str:
    """Without comments, scripts, styles and the head."""
    source = _without(source, "<!--", "-->")
    lowered = source.lower()
    for name in _HIDDEN:
        if f"<{name}" in lowered:
            source = _without(source, f"<{name}", f"</{name}")
            lowered = source.lower()
    return source


def _without(source: str, opening: str, closing: str) -> str:
    lowered, kept, end = source.lower(), [], 0
    while (start := lowered.find(opening, end)) >= 0:
        kept.append(source[end:start])
        close = lowered.find(closing, start)
        if close < 0:
            end = len(source) if opening == "<!--" else start + len(opening)
            break
        close = lowered.find(">", close)
        end = close + 1 if close >= 0 else len(source)
    kept.append(source[end:])
    return "".join(kept)


class _Writer:
    """Collects text; lines as blocks make them, quotes as elements open and close."""

    def __init__(self) -> None:
        self._said: list[str] = []
        self._length = 0
        self._at_line_start = True
        self._quotes: list[tuple[int, int]] = []
        self._quote: tuple[str, int] | None = None
        self._nested = 0
        self._rest: int | None = None
        self._pre = 0

    def say(self, text: str) -> None:
        if "&" in text:
            text = html.unescape(text)
        text = text.replace("\u00a0", " ").replace("\u200b", "")
        if not self._pre:
            text = _SPACE.sub(" ", text)
        if self._at_line_start and not self._pre:
            text = text.lstrip(" ")
        if text:
            self._put(text)
            self._at_line_start = text.endswith((" ", "\n"))

    def tag(self, name: str, attributes: str, *, closing: bool) -> None:
        if name in _PARAGRAPHS:
            self._break(2)
        elif name in _BREAKS:
            self._break(1, always=name == "br")
        elif name in {"td", "th"} and closing:
            self.say(" ")
        if name == "li" and not closing:
            self._put("- ")
        if name == "pre":
            self._pre = max(0, self._pre + (-1 if closing else 1))
        self._follow_quote(name, attributes, closing=closing)

    def finish(self) -> tuple[str, tuple[TextSpan, ...]]:
        if self._quote is not None:
            self._quotes.append((self._quote[1], self._length))
        if self._rest is not None:
            self._quotes = [(start, end) for start, end in self._quotes if end <= self._rest]
            self._quotes.append((self._rest, self._length))
        return _tidied("".join(self._said), self._quotes)

    def _put(self, text: str) -> None:
        self._said.append(text)
        self._length += len(text)

    def _break(self, lines: int, *, always: bool = False) -> None:
        last = self._said[-1] if self._said else "\n\n"
        have = 2 if last.endswith("\n\n") else 1 if last.endswith("\n") else 0
        if always or have < lines:
            self._put("\n" * (1 if always else lines - have))
        self._at_line_start = True

    def _follow_quote(self, name: str, attributes: str, *, closing: bool) -> None:
        if self._quote is not None:
            if name == self._quote[0]:
                self._nested += -1 if closing else 1
                if self._nested == 0:
                    self._quotes.append((self._quote[1], self._length))
                    self._quote = None
        elif not closing and self._rest is None and _ATTRIBUTE_OF_NOTE.search(attributes):
            if name not in _VOID and _opens_quote(name, attributes):
                self._quote, self._nested = (name, self._length), 1
            elif _REST_BY_ID.search(attributes) or _REST_BY_STYLE.search(attributes):
                self._rest = self._length


def _opens_quote(name: str, attributes: str) -> bool:
    if name == "blockquote" and _CITED.search(attributes):
        return True
    return _QUOTE_BY_CLASS.search(attributes) is not None


def _tidied(text: str, quotes: list[tuple[int, int]]) -> tuple[str, tuple[TextSpan, ...]]:
    """Spaces and empty lines as a person would leave them; the marks move along."""
    marks = sorted({0, len(text), *(edge for quote in quotes for edge in quote)})
    moved: dict[int, int] = {}
    said: list[str] = []
    length = 0
    for start, end in zip([0, *marks], marks, strict=False):
        piece = _NEWLINES.sub("\n\n", _SPACES_AT_ENDS.sub("\n", text[start:end]))
        if said and said[-1].endswith("\n"):
            piece = piece.lstrip("\n")
        if piece:
            said.append(piece)
            length += len(piece)
        moved[end] = length
    moved[0] = 0
    whole = clean_text("".join(said))
    if len(whole) != length:
        # Normal form has joined characters: where the marks lie now is not worth knowing exactly.
        return whole.strip(), ()
    text = whole.rstrip()
    placed = [(moved[start], min(moved[end], len(text))) for start, end in quotes]
    return text, tuple(TextSpan(SpanKind.QUOTE, start, end) for start, end in placed if end > start)
