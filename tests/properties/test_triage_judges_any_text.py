"""Triage never fails on any text, decides the same for the same, and takes no longer than the text is long."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.content import ContactContent, RatingContent, TextSpan
from contracts.triage import TriageRule
from contracts.vocabulary import Channel, ContactKind, SpanKind, TriageClass, TriageOutcome, Visibility
from services.case.domain import triage_signs as signs
from services.case.domain.folded_text import TEXT_LENGTH_MAX, FoldedText
from services.case.domain.triage import TriagePolicy, triage
from services.case.domain.utterance import Reach, Utterance, rating_of, reach_of, said_in

WORDS = (
    *signs.COMPLAINT,
    *signs.SPAM,
    *signs.PRAISE,
    *signs.ASKING,
    *signs.RECEIPT_NOISE,
    "@shop",
    "niet",
    "?",
    "geen",
)
TEXTS = st.one_of(
    st.text(alphabet=st.characters(codec=None), max_size=500),
    st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join),
)
RULES = (TriageRule(reason="r", words=("niet", "shop*"), answer="when-addressed"),)


def utterance(text: str, channel: Channel, kind: ContactKind, visibility: Visibility) -> Utterance:
    return Utterance(
        channel=channel, account="a", kind=kind, visibility=visibility, text=text, brand="shop", names=("shop", "")
    )


@settings(deadline=None)
@given(TEXTS, st.sampled_from(Channel), st.sampled_from(ContactKind), st.sampled_from(Visibility))
def test_any_text_is_judged_and_always_the_same(
    text: str, channel: Channel, kind: ContactKind, visibility: Visibility
) -> None:
    said = utterance(text, channel, kind, visibility)
    for policy in (TriagePolicy(), TriagePolicy(rules=RULES), TriagePolicy(modes={(channel, "a"): "proactive"})):
        found = triage(said, policy)
        assert found == triage(said, policy)
        assert -1 <= found.sentiment <= 1
        assert found.reason
        quiet = found.class_ in {TriageClass.SPAM, TriageClass.RECEIPT_NOISE}
        if visibility is not Visibility.PUBLIC and not policy.rules:
            assert (found.outcome is TriageOutcome.CASE) is not quiet, "said to us alone, nobody goes unheard"
        if found.outcome is not TriageOutcome.CASE:
            assert found.priority is None


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(0, 100),
    st.floats(0, 100),
    st.text(max_size=50),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4),
)
def test_whatever_a_channel_told_beside_the_words_is_read_or_left(
    value: float, worst: float, best: float, text: str, spans: list[tuple[int, int]]
) -> None:
    quotes = tuple(TextSpan(SpanKind.QUOTE, *span) for span in spans)
    content = ContactContent(text=text, rating=RatingContent(value, worst, best), spans=quotes)
    assert rating_of(content) in {None, 1, 2, 3, 4, 5}
    assert reach_of(content) == Reach()
    assert isinstance(said_in(content), str)


def test_the_longest_texts_take_no_longer_than_their_length_asks_for() -> None:
    """Made to hurt whoever matches by going back: repeats, near misses, links without end."""
    policy = TriagePolicy(rules=tuple(TriageRule(reason="r", words=(f"a{n} a*",), answer="no") for n in range(100)))
    for piece in ("a", "niet klacht ", "geen ", "http://", "?" * 10, "é", "https://x.y ", "klacht" * 3 + " "):
        spent = []
        for length in (TEXT_LENGTH_MAX, 10 * TEXT_LENGTH_MAX):
            text = (piece * (length // len(piece) + 1))[:length]
            started = time.process_time()
            triage(utterance(text, Channel.X, ContactKind.MENTION, Visibility.PUBLIC), policy)
            spent.append(time.process_time() - started)
        assert max(spent) < 2.0, piece


PIECES = (
    "geen",
    "klachten",
    "klacht",
    "niet",
    "geleverd",
    "nooit",
    "de",
    "het",
    "wat",
    "een",
    "broken",
    "never",
    "arrived",
)


@given(st.lists(st.sampled_from(PIECES)))
def test_phrases_are_found_as_if_each_was_looked_for(words: list[str]) -> None:
    text = FoldedText(" ".join(words))
    for phrases in (signs.COMPLAINT, signs.ASKING, ("niet geleverd", "de*", "het wat*", "", "*", "geen klacht*")):
        meant = [phrase for phrase in phrases if text.meant(phrase)]
        assert list(text.all_meant(phrases)) == meant
        assert text.first(phrases) == (meant[0] if meant else None)
