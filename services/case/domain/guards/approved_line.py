"""A line that the press desk approved: whoever says it says what the house says."""

from __future__ import annotations

from collections.abc import Iterable

from services.case.domain.folded_text import words_of


def is_approved(text: str, lines: Iterable[str]) -> bool:
    """Whether a text is one of the lines, word for word, but for whom it is said to in front (`@sam`)."""
    said = words_of(_without_mentions(text))
    return any(said == words_of(line) for line in lines if line.strip())


def _without_mentions(text: str) -> str:
    parts = text.split()
    while parts and parts[0].startswith("@"):
        parts = parts[1:]
    return " ".join(parts)
