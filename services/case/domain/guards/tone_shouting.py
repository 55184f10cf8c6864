"""Capitals shout. Abbreviations and single words in capitals do not."""

from __future__ import annotations

from contracts.vocabulary import GuardVerdict
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy

SHOUTED_WORDS_MIN = 3
EXCLAMATIONS_MIN = 4


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether several words in capitals stand in a row, or it exclaims without end."""
    del matter, policy
    if "!" * EXCLAMATIONS_MIN in draft.seen or _in_a_row(draft.seen) >= SHOUTED_WORDS_MIN:
        return Found("it shouts", GuardVerdict.WARN)
    return None


def _in_a_row(text: str) -> int:
    """The most words of two or more letters in a row that are all capitals, at least one of them of four."""
    most = row = 0
    long = False
    for word in text.split():
        letters = "".join(each for each in word if each.isalpha())
        if len(letters) > 1 and letters.isupper():
            row, long = row + 1, long or len(letters) > SHOUTED_WORDS_MIN
            most = max(most, row if long else 0)
        else:
            row, long = 0, False
    return most
