"""What somebody wrote anew in a text, without what is only quoted or stands below every message of theirs."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.content import TextSpan
from contracts.vocabulary import SpanKind

QUOTE_MARK = "[…]"
"""Stands where words were quoted that are answered below: without it the answer would seem to continue."""


def visible_text(text: str, spans: Sequence[TextSpan]) -> str:
    """The text without its spans. `spans`: in order, from character `start` up to `end`; those that overlap are one.

    A quote with own words below it leaves a mark on a line of its own; at the end of a text nothing is left of it.
    """
    parts: list[str] = []
    at, quoted = 0, False
    for span in (*spans, None):
        own = text[at : len(text) if span is None else max(at, span.start)].strip("\n ")
        if own:
            parts += [QUOTE_MARK] * quoted
            parts.append(own)
            quoted = False
        if span is not None:
            at, quoted = max(at, span.end), quoted or span.kind is SpanKind.QUOTE
    return "\n\n".join(parts)
