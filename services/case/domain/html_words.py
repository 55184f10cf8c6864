"""The words of sanitised HTML: as a mail without HTML says them, and all that somebody who reads it can come to see."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import unquote

_BREAKS = frozenset({"br", "div", "tr", "li", "hr", "ul", "ol", "table", "pre"})
_PARAGRAPHS = frozenset({"p", "blockquote", "h1", "h2", "h3", "h4"})
_CELLS = frozenset({"td", "th"})
_TOLD = ("href", "title", "alt")
"""What an element says beside its words: where it leads, and what appears when it is pointed at, or instead of it."""

_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACES_AT_ENDS = re.compile(r"[ \t]+\n")
_NEWLINES = re.compile(r"\n{3,}")


def text_of(clean: str) -> str:
    """The words of sanitised HTML, as a mail without HTML says them: links with where they lead."""
    return _read(clean, _Writer())


def seen_in(clean: str) -> str:
    """All that a reader of sanitised HTML can come to see: its words, unbroken by links, then what they lead to.

    Link targets (as they are meant, not as they are encoded), titles and what stands for pictures follow line by line.
    """
    reader = _Reader()
    return "\n".join((_read(clean, reader), *reader.told))


def _read(clean: str, writer: _Writer) -> str:
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


class _Reader(_Writer):
    """Keeps apart what is beside the words, so that none of them is parted by it."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what it says; where it leads is not said again at its end."""
        self.told += [unquote(value) for name, value in attrs if name in _TOLD and value]
        super().handle_starttag(tag, [] if tag == "a" else attrs)
