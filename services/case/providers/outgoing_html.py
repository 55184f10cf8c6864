"""An answer that is set in HTML: what of it may leave, and the same in words for whoever reads no HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

from contracts.vocabulary import Refusal, RefusalCode
from services.case.domain.texts import is_storable

HTML_LENGTH_MAX = 200_000
OPEN_MAX = 10_000
"""Tags in it: parsers of HTML take the square of how deep they nest."""

_TAGS = frozenset(
    {"a", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "ins", "li", "ol"}
    | {"p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr"}
    | {"u", "ul"}
)
_BREAKS = frozenset({"br", "div", "tr", "li", "hr", "ul", "ol", "table", "pre"})
_PARAGRAPHS = frozenset({"p", "blockquote", "h1", "h2", "h3", "h4"})
_CELLS = frozenset({"td", "th"})
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACES_AT_ENDS = re.compile(r"[ \t]+\n")
_NEWLINES = re.compile(r"\n{3,}")

_cleaner = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags={"script", "style", "title", "template"},
    attributes={"*": {"dir", "lang", "title"}, "a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener noreferrer",
)


def outgoing_html(source: str) -> tuple[str, str]:
    """What may leave of it, and the words: nothing that runs, loads or frames; pictures go along as files.

    Raises:
        Refusal: INVALID_INPUT (no words are left, or a character is none), TEXT_TOO_LONG; at html.
    """
    if len(source) > HTML_LENGTH_MAX:
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"at most {HTML_LENGTH_MAX} characters", "html")
    if not is_storable(source):
        raise Refusal(RefusalCode.INVALID_INPUT, "holds a character that is none", "html")
    if source.count("<") > OPEN_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, "too much is opened in it", "html")
    clean = _cleaner.clean(source).strip()
    text = text_of(clean)
    if not text:
        raise Refusal(RefusalCode.INVALID_INPUT, "no words are left of it", "html")
    return clean, text


def text_of(clean: str) -> str:
    """The words of sanitised HTML, as a mail without HTML says them: links with where they lead."""
    writer = _Writer()
    writer.feed(clean)
    writer.close()
    said = _SPACES_AT_ENDS.sub("\n", "".join(writer.said))
    return _NEWLINES.sub("\n\n", said).strip()


class _Writer(HTMLParser):
    """Writes down what a reader sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line where a reader sees one begin."""
        if tag in _PARAGRAPHS:
            self.said.append("\n\n")
        elif tag in _BREAKS:
            self.said.append("\n- " if tag == "li" else "\n")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.said)))

    def handle_endtag(self, tag: str) -> None:
        """End it; a link says where it leads unless its words do."""
        if tag in _PARAGRAPHS:
            self.said.append("\n\n")
        elif tag in _CELLS:
            self.said.append(" ")
        elif tag == "a" and self._links:
            href, begun = self._links.pop()
            words = "".join(self.said[begun:]).strip()
            if href and href.partition(":")[2] != words and href != words:
                self.said.append(f" ({href})")

    def handle_data(self, data: str) -> None:
        """Say the words, without the spaces that only set the markup."""
        flat = _SPACE.sub(" ", data)
        if self.said and self.said[-1].endswith(("\n", " ")):
            flat = flat.lstrip(" ")
        self.said.append(flat)
