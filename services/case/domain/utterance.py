"""Something that was said, as far as triage looks at it, and what its words alone tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import msgspec

from contracts.content import ContactContent
from contracts.vocabulary import Channel, ContactKind, TriageClass, Visibility
from services.case.domain import triage_signs as signs
from services.case.domain.folded_text import TEXT_LENGTH_MAX, FoldedText
from services.case.domain.languages import guess_language
from services.case.domain.sentiment import sentiment_of

RATING_GOOD_MIN = 4
RATING_BAD_MAX = 2
FEELING_STRONG = 0.5
SPAM_SIGNS_PUBLIC = 2
SPAM_SIGNS_PRIVATE = 3
LINKS_MANY = 3
AUTOMATIC = "automatic"
NOT_SUMMONED = "not-summoned"
INVITED = "invited"
"""It stands beneath a question of ours to everybody: a flag that is kept with it, for it may be edited."""
STARS = 5
_ADDRESS: Final = re.compile(r"https?://\S{1,2000}|www\.\S{1,2000}")
_EXCLAIMING: Final = (["een"], ["a"], ["an"])
"""What follows on `what` where nothing is asked: what a day!"""
_UNADDRESSED: Final = frozenset({ContactKind.ARTICLE, ContactKind.BROADCAST})
_LISTENED: Final = frozenset({Channel.FEED, Channel.MEDIA})


class Reach(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many people something can come to, as far as the channel told."""

    followers: int | None = None
    views: int | None = None
    shares: int | None = None
    likes: int | None = None


class Utterance(msgspec.Struct, frozen=True, kw_only=True):
    """`text`: without what is quoted. `age_seconds`: how old it was when it came in. `names`: those of its brand."""

    channel: Channel
    account: str
    kind: ContactKind
    visibility: Visibility
    text: str
    brand: str | None = None
    names: tuple[str, ...] = ()
    language: str | None = None
    flags: tuple[str, ...] = ()
    rating: int | None = None
    reach: Reach = Reach()
    age_seconds: float = 0.0

    @property
    def public(self) -> bool:
        """Whether everybody can read it: of what is said to us alone, nothing is left without a case lightly."""
        return self.visibility is Visibility.PUBLIC

    def addressed(self, words: FoldedText) -> bool:
        """Whether it is said to us: in private, below what we said, about us where one judges, or by our name."""
        if not self.public:
            return True
        if self.kind not in _UNADDRESSED and self.channel not in _LISTENED and NOT_SUMMONED not in self.flags:
            return True
        lowered = self.text[:TEXT_LENGTH_MAX].casefold()
        return any(
            f"@{name.casefold().replace(' ', '')}" in lowered
            or any(words.has(f"{greeting} {name}") for greeting in signs.GREETINGS)
            for name in self.names
            if name.strip()
        )


class Reading(msgspec.Struct, frozen=True):
    """What the words tell. `sign`: by which word, or None."""

    class_: TriageClass
    sentiment: float
    language: str | None
    sign: str | None = None


def reach_of(content: ContactContent) -> Reach:
    """What the channel told of it."""
    told = content.reach
    if told is None:
        return Reach()
    return Reach(followers=told.followers, views=told.views, shares=told.shares, likes=told.likes)


def rating_of(content: ContactContent) -> int | None:
    """Stars from 1 to 5, whatever the scale of the place; None where none were given."""
    told = content.rating
    if told is None or told.max <= told.min:
        return None
    part = min(1.0, max(0.0, (told.value - told.min) / (told.max - told.min)))
    return round(1 + part * (STARS - 1))


def said_in(content: ContactContent) -> str:
    """Subject and text, without what others said before."""
    text, end, parts = content.text or "", 0, []
    for span in content.spans:
        parts.append(text[end : span.start])
        end = max(end, span.end)
    parts.append(text[end:])
    own = "".join(parts)
    return "\n".join(part for part in (content.subject, own) if part)


def read(said: Utterance, words: FoldedText) -> Reading:
    """What the words tell, never failing on any: the first class that has a sign, those that need somebody first."""
    text = said.text[:TEXT_LENGTH_MAX]
    feeling = sentiment_of(words, text)
    class_, sign = _class(said, words, text, feeling)
    return Reading(class_, feeling, said.language or guess_language(words), sign)


class _Look(msgspec.Struct, frozen=True):
    """What the finders of classes look at."""

    said: Utterance
    words: FoldedText
    text: str
    feeling: float

    def rated(self, low: int, high: int) -> str | None:
        """Between so many stars."""
        rating = self.said.rating
        return f"{rating} of 5 stars" if rating is not None and low <= rating <= high else None


def _class(said: Utterance, words: FoldedText, text: str, feeling: float) -> tuple[TriageClass, str | None]:
    look = _Look(said, words, text, feeling)
    for class_, find in _FINDERS:
        if (sign := find(look)) is not None:
            return class_, sign
    return (TriageClass.NEWS if said.kind in _UNADDRESSED else TriageClass.OTHER), None


def _complains(look: _Look) -> str | None:
    return look.words.first(signs.COMPLAINT) or look.rated(1, RATING_BAD_MAX)


def _grieves(look: _Look) -> str | None:
    return "unhappy words" if look.feeling <= -FEELING_STRONG else None


def _tells_of_an_order(look: _Look) -> str | None:
    sign = look.words.first(signs.RECEIPT_NOISE)
    return "sent by a machine" if sign is None and AUTOMATIC in look.said.flags else sign


def _praises(look: _Look) -> str | None:
    sign = look.words.first(signs.PRAISE) if look.feeling >= 0 else None
    return look.rated(RATING_GOOD_MIN, 5) or sign or ("happy words" if look.feeling >= FEELING_STRONG else None)


def _asks(look: _Look) -> str | None:
    words, text = look.words, look.text
    if "?" in _ADDRESS.sub(" ", text) or "¿" in text:
        return "?"
    if words.words and words.words[0] in signs.ASKING_AT_FIRST and words.words[1:2] not in _EXCLAIMING:
        return words.words[0]
    return words.first(signs.ASKING)


def _spam(look: _Look) -> str | None:
    """Words that only spam has, and links: one sign alone is none, and in private it takes more."""
    said, words, text = look.said, look.words, look.text
    found = list(words.all_meant(signs.SPAM))
    links = len(_ADDRESS.findall(text))
    count = len(found) + (links > 0) + (links >= LINKS_MANY)
    needed = SPAM_SIGNS_PUBLIC if said.public else SPAM_SIGNS_PRIVATE
    return found[0] if found and count >= needed and len(found) >= needed - 1 else None


_FINDERS: Final[tuple[tuple[TriageClass, Callable[[_Look], str | None]], ...]] = (
    (TriageClass.SPAM, _spam),
    (TriageClass.COMPLAINT, _complains),
    (TriageClass.FACTUAL_ERROR, lambda look: look.words.first(signs.FACTUAL_ERROR)),
    (TriageClass.BUYING_SIGNAL, lambda look: look.words.first(signs.BUYING_SIGNAL)),
    (TriageClass.PRODUCT_TIP, lambda look: look.words.first(signs.PRODUCT_TIP)),
    (TriageClass.COMPLAINT, _grieves),
    (TriageClass.QUESTION, _asks),
    (TriageClass.RECEIPT_NOISE, _tells_of_an_order),
    (TriageClass.COMPLIMENT, _praises),
)
"""In order: what needs somebody stands before what does not."""
