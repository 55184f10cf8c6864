"""Who asks in public is helped there, or in private by the same way: only to point elsewhere helps nobody."""

from __future__ import annotations

import re

from contracts.vocabulary import GuardVerdict
from services.case.domain.folded_text import FoldedText
from services.case.domain.guards import words
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy

SAYING_WORDS_MIN, BESIDE_FILLING_MIN = 4, 8
"""A sentence of fewer words says nothing by itself, such as a name; nor does one of fewer that greets or thanks."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_HERE = ("dm", "dms", "dmetje", "dm etje", "pb", "pm", "prive", "privebericht*", "private message", "direct message")
"""Ways to go on in private without leaving the channel."""


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether in public nothing stands in it but where else to go, with greetings, thanks and apologies around it."""
    del matter
    if not draft.public or draft.words.first(_HERE) is not None:
        return None
    filling = (*policy.words.apology, *policy.words.thanks, *words.GREETINGS)
    points = False
    for sentence in map(FoldedText, _SENTENCE_END.split(draft.seen)):
        if sentence.first(policy.words.pointing) is not None:
            points = True
        elif len(sentence.words) >= (SAYING_WORDS_MIN if sentence.first(filling) is None else BESIDE_FILLING_MIN):
            return None
    reason = "it only says where else to go: help here, or in private by the same channel"
    return Found(reason, GuardVerdict.WARN) if points else None
