"""What is left of a text when what was only quoted is taken out."""

from __future__ import annotations

from contracts.content import TextSpan
from contracts.vocabulary import SpanKind
from services.case.domain.visible_text import QUOTE_MARK, visible_text


def marked(*parts: str) -> tuple[str, tuple[TextSpan, ...]]:
    """A text of parts; those that begin with `> ` are quotes, those with `-- ` signatures."""
    text, spans = "", []
    for part in parts:
        kind = SpanKind.QUOTE if part.startswith("> ") else SpanKind.SIGNATURE if part.startswith("-- ") else None
        if kind is not None:
            spans.append(TextSpan(kind, len(text), len(text) + len(part) + 1))
        text += part + "\n"
    return text, tuple(spans)


def test_a_quote_and_a_signature_below_leave_nothing() -> None:
    assert visible_text(*marked("Where is it?", "-- Sam", "> We sent it.")) == "Where is it?"


def test_a_quote_that_is_answered_below_leaves_its_mark() -> None:
    shown = visible_text(*marked("> Which size?", "Small.", "> Which colour?", "Red."))
    assert shown == f"{QUOTE_MARK}\n\nSmall.\n\n{QUOTE_MARK}\n\nRed."


def test_two_quotes_in_a_row_are_one() -> None:
    assert visible_text(*marked("No.", "> One", "> Two", "Yes.")) == f"No.\n\n{QUOTE_MARK}\n\nYes."


def test_somebody_who_only_quotes_says_nothing() -> None:
    assert visible_text(*marked("> We sent it.")) == ""


def test_spans_that_overlap_are_one() -> None:
    spans = (TextSpan(SpanKind.QUOTE, 2, 8), TextSpan(SpanKind.QUOTE, 4, 6))
    assert visible_text("A 123456 B", spans) == f"A\n\n{QUOTE_MARK}\n\nB"
