"""Texts that people type: what is refused, and how they are shortened for a list."""

from __future__ import annotations

from contracts.vocabulary import Refusal, RefusalCode

TEXT_LENGTH_MAX = 65_536
"""Characters of a note, a recorded contact or a reply before its channel's own limit."""
NOTE_LENGTH_MAX = 2_000
"""Characters of a remark beside something else, such as a gesture's."""
NAME_LENGTH_MAX = 200
SUBJECT_LENGTH_MAX = 80
PREVIEW_LENGTH_MAX = 140


def checked_text(text: str, *path: str, length_max: int = TEXT_LENGTH_MAX) -> str:
    """The text without surrounding space.

    Raises:
        Refusal: INVALID_INPUT where nothing is left or a character cannot be stored, TEXT_TOO_LONG; both at `path`.
    """
    stripped = text.strip()
    if not stripped:
        raise Refusal(RefusalCode.INVALID_INPUT, "must not be empty", *path)
    if not is_storable(stripped):
        raise Refusal(RefusalCode.INVALID_INPUT, "holds a character that is none", *path)
    if len(stripped) > length_max:
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"at most {length_max} characters", *path)
    return stripped


def is_storable(text: str) -> bool:
    """Whether every character is one: no null character, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def checked_note(note: str | None, *path: str) -> str | None:
    """An optional remark; blank is None.

    Raises:
        Refusal: TEXT_TOO_LONG, INVALID_INPUT at `path`.
    """
    if note is None or not note.strip():
        return None
    return checked_text(note, *path, length_max=NOTE_LENGTH_MAX)


def has_words(text: str | None) -> bool:
    """Whether there is anything to excerpt."""
    return bool(text and not text.isspace())


def excerpt(text: str | None, length_max: int) -> str | None:
    """The beginning of a text on one line, cut at a word where one ends near, or None where there is none."""
    flat = " ".join((text or "").split())
    if not flat:
        return None
    if len(flat) <= length_max:
        return flat
    cut = flat[: length_max - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > length_max // 2 else cut) + "…"
