"""An answer that is set in HTML: what of it may leave, and the same in words for whoever reads no HTML."""

from __future__ import annotations

import nh3

from contracts.vocabulary import Refusal, RefusalCode
from services.case.domain.html_words import text_of
from services.case.domain.texts import is_storable

HTML_LENGTH_MAX = 200_000
OPEN_MAX = 10_000
"""Tags in it: parsers of HTML take the square of how deep they nest."""

_TAGS = frozenset(
    {"a", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "ins", "li", "ol"}
    | {"p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr"}
    | {"u", "ul"}
)

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
