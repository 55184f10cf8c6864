"""What an installation says of triage in its configuration: rules, a classifier of its own, and whose words travel far.

Only plain words and how they begin are matched, never regular expressions: so no text takes long to judge.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from contracts.vocabulary import TriageClass, TriageOutcome

ModeWord = Literal["listen", "react", "proactive"]
ClassWord = Literal[
    "question",
    "complaint",
    "compliment",
    "buying-signal",
    "product-tip",
    "factual-error",
    "news",
    "receipt-noise",
    "spam",
    "other",
]
OutcomeWord = Literal["case", "no-reply", "noise", "spam"]
AnswerWord = Literal["yes", "no", "when-addressed"]
RULES_MAX = 500
WORDS_MAX = 200
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Why = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class TriageRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One rule. All that it names must hold: `brand`, one of `channels`, one of `words`, one of the classes `found`.

    What then follows: the `class` it is of, and the `outcome`, or in its place whether it gets an `answer`. `words`:
    whole words or phrases in any case and with any accents; `deliver*` is what begins so. `reason` is shown.
    """

    reason: Why
    brand: str | None = None
    channels: Annotated[tuple[str, ...], msgspec.Meta(max_length=20)] = ()
    words: Annotated[tuple[Word, ...], msgspec.Meta(max_length=WORDS_MAX)] = ()
    found: tuple[ClassWord, ...] = ()
    class_word: ClassWord | None = msgspec.field(name="class", default=None)
    outcome_word: OutcomeWord | None = msgspec.field(name="outcome", default=None)
    answer: AnswerWord | None = None

    @property
    def class_(self) -> TriageClass | None:
        """The class in the word that is stored and sent."""
        return None if self.class_word is None else class_of(self.class_word)

    @property
    def outcome(self) -> TriageOutcome | None:
        """The outcome in the word that is stored and sent."""
        return None if self.outcome_word is None else TriageOutcome(self.outcome_word.upper().replace("-", "_"))


class Classifier(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A service of the installation's own that says what a text is. Where it does not answer in time, the rules do.

    `private`: it may also see what was not said in public. After `failures_max` failures in a row it is left alone for
    `pause_seconds`.
    """

    url: str
    secret: str
    timeout_ms: Annotated[int, msgspec.Meta(ge=10, le=5000)] = 800
    failures_max: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5
    pause_seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 30
    private: bool = False

    def __repr__(self) -> str:
        return f"Classifier({self.url})"


class ReachLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From where on a case is sooner: by how many follow its author, how many saw it, how often it is shared an hour.

    `shares_per_hour_high`: on average since it was said, or within its first hour.
    """

    followers_high: Annotated[int, msgspec.Meta(ge=1)] = 10_000
    followers_urgent: Annotated[int, msgspec.Meta(ge=1)] = 100_000
    shares_per_hour_high: Annotated[int, msgspec.Meta(ge=1)] = 70
    views_high: Annotated[int, msgspec.Meta(ge=1)] = 1_000_000


def class_of(word: str) -> TriageClass:
    """The class by its word in a configuration: `buying-signal`."""
    return TriageClass(word.upper().replace("-", "_"))
