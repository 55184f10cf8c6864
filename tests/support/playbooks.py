"""Playbooks and situations to try them on, as like each other as makes them fit now and then."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import strategies as st

from contracts.vocabulary import Channel, DetailKind, Priority, TriageClass, Visibility
from services.case.domain.playbooks import Playbook, Situation

T = TypeVar("T")

BRANDS = ("shop", "outlet")
TAGS = ("t1", "t5", "press", "none")
CAUSES = ("carrier-late", "damaged")
CHANNELS = (Channel.EMAIL, Channel.WHATSAPP, Channel.FORM, Channel.X)
CLASSES = (TriageClass.COMPLAINT, TriageClass.QUESTION, TriageClass.OTHER)
ODD = 'Say "no"\\\n\té \u2028 \U0001f600'


def some(of: tuple[T, ...]) -> st.SearchStrategy[tuple[T, ...]]:
    """None of them, or a few."""
    return st.one_of(st.just(()), st.lists(st.sampled_from(of), min_size=1, max_size=3, unique=True).map(tuple))


def playbooks() -> st.SearchStrategy[Playbook]:
    """Playbooks that name a few conditions."""
    letters = st.characters(codec="utf-8", exclude_characters="\0")
    texts = st.one_of(st.none(), st.just(ODD), st.text(letters, min_size=1, max_size=9))
    return st.builds(
        Playbook,
        situation=st.sampled_from(("Late", "Broken", ODD)),
        answer=texts,
        tone=texts,
        action=texts,
        template=st.sampled_from((None, "sorry")),
        needs=some(tuple(DetailKind)),
        brand=st.sampled_from((None, None, *BRANDS)),
        channels=some(CHANNELS),
        visibility=st.sampled_from((None, None, Visibility.PUBLIC, Visibility.PRIVATE)),
        found=some(CLASSES),
        tags=some(TAGS),
        priorities=some(tuple(Priority)),
        incident=st.sampled_from((None, None, True, False)),
        causes=some(CAUSES),
    )


def situations() -> st.SearchStrategy[Situation]:
    """Cases as playbooks see them."""
    return st.builds(
        Situation,
        brand=st.sampled_from((None, *BRANDS)),
        priority=st.sampled_from(Priority),
        tags=some(TAGS),
        channel=st.sampled_from((None, *CHANNELS)),
        visibility=st.sampled_from((None, Visibility.PUBLIC, Visibility.PRIVATE)),
        found=some(CLASSES),
        in_incident=st.booleans(),
        causes=some(CAUSES),
    )
