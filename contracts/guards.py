"""What an installation says of its guard rails: what each rule is to do, its words, who speaks in public, and as whom.

As in triage only plain words and how they begin are matched, never regular expressions.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from contracts.triage import WORDS_MAX, Word
from contracts.vocabulary import GuardVerdict

RuleWord = Literal[
    "public-personal-data",
    "customer-shows-data",
    "customer-confirmed",
    "data-asked-in-public",
    "automatic-public",
    "automatic-apology",
    "praise-thanked",
    "public-skill",
    "tone-shouting",
    "tone-blame",
    "tone-advertising",
    "tone-arguing",
    "tone-coaching",
    "tone-joking",
    "signpost",
    "better-channel",
    "double-reply",
    "same-text",
    "deleted-original",
    "original-unnamed",
]
"""The rules, each in a file of its own name under services/case/domain/guards."""

VerdictWord = Literal["allow", "warn", "second-person", "block"]
PATTERNS_MAX = 50
WordList = Annotated[tuple[Word, ...], msgspec.Meta(max_length=WORDS_MAX)]
Pattern = Annotated[str, msgspec.Meta(min_length=4, max_length=40)]


class ToneWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Word lists in place of ours; None: ours. Whole words and phrases; `apolog*` is what begins so."""

    blame: WordList | None = None
    advertising: WordList | None = None
    arguing: WordList | None = None
    coaching: WordList | None = None
    apology: WordList | None = None
    thanks: WordList | None = None
    joking: WordList | None = None
    pointing: WordList | None = None


class Guards(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The guard rails of all brands; `[[brands]] guards` goes before `rules`.

    `skill`: of agents who may speak in public and decide about what others say there. The rule `public-skill` is in
    force once an agent of the configuration has it, or where `rules` names it. `approval_hours`: so long an answer
    waits for another person. `confirm_minutes`: so long a warning may be confirmed. `double_reply_seconds`: how recent
    a colleague's answer is that makes ours a second one. `order_numbers`: what numbers of ours look like: `#` is a
    figure, `@` a letter, all else itself.
    """

    rules: dict[RuleWord, VerdictWord] = {}
    words: ToneWords = ToneWords()
    skill: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = "public"
    approval_hours: Annotated[int, msgspec.Meta(ge=1, le=24 * 30)] = 24
    confirm_minutes: Annotated[int, msgspec.Meta(ge=1, le=24 * 60)] = 15
    double_reply_seconds: Annotated[int, msgspec.Meta(ge=0, le=24 * 3600)] = 120
    order_numbers: Annotated[tuple[Pattern, ...], msgspec.Meta(max_length=PATTERNS_MAX)] = ()


class Persona(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """As whom a brand speaks on some channels: what stands below an answer. The first that fits counts.

    `brand` None: any; `channels` empty: any. `signature`: `{first_name}` and `{initials}` are those of the agent; a
    mascot's name is written as it is.
    """

    signature: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    brand: str | None = None
    channels: Annotated[tuple[str, ...], msgspec.Meta(max_length=20)] = ()


class PressDesk(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The team that is called when something said in public travels far, and from where on that is.

    `shares_per_hour`, `views_per_hour`: on average since it was said, or within its first hour. `transfer`: the team
    gets the case; else it only finds it by its tag.
    """

    team: str
    followers: Annotated[int, msgspec.Meta(ge=1)] = 100_000
    views: Annotated[int, msgspec.Meta(ge=1)] = 1_000_000
    shares_per_hour: Annotated[int, msgspec.Meta(ge=1)] = 70
    views_per_hour: Annotated[int, msgspec.Meta(ge=1)] = 100_000
    transfer: bool = False


def verdict_of(word: VerdictWord) -> GuardVerdict | None:
    """The verdict in the word that is stored and sent; None: nothing stands in the way."""
    return None if word == "allow" else GuardVerdict(word.upper().replace("-", "_"))
