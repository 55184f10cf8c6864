"""What an installation says of situations in its configuration: how they are answered, in which tone, what is done.

As in triage nothing is a regular expression: a situation is told by what is known of the case already.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from contracts.triage import ClassWord, class_of
from contracts.vocabulary import Channel, DetailKind, Priority, TriageClass, Visibility

VisibilityWord = Literal["public", "private", "limited"]
PriorityWord = Literal["low", "normal", "high", "urgent"]
DetailWord = Literal["order", "email", "phone", "postcode", "bank-account"]
PLAYBOOKS_MAX = 200
Situation = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Guidance = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Listed = Annotated[tuple[str, ...], msgspec.Meta(max_length=50)]


class PlaybookRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One situation, and what the house wants then. All that it names must hold; of a list, one of it.

    Of the customer's latest contact: `channels`, `visibility`. Of any of the customer's contacts: `found`, the classes
    that triage saw. Of the case: `brand`, `tags`, `priorities`, `incident` (it is part of one that is open), `causes`
    (its incident's or its resolution's). What follows: how to `answer`, in which `tone`, what `action` to take, the
    name of a `template`, and what the house `needs` to know of the customer before it can help.
    """

    situation: Situation
    answer: Guidance | None = None
    tone: Guidance | None = None
    action: Guidance | None = None
    template: str | None = None
    needs: tuple[DetailWord, ...] = ()
    brand: str | None = None
    channels: Listed = ()
    visibility_word: VisibilityWord | None = msgspec.field(name="visibility", default=None)
    found_words: tuple[ClassWord, ...] = msgspec.field(name="found", default=())
    tags: Listed = ()
    priority_words: tuple[PriorityWord, ...] = msgspec.field(name="priorities", default=())
    incident: bool | None = None
    causes: Listed = ()

    @property
    def of_channels(self) -> tuple[Channel, ...]:
        """The channels in the words that are stored and sent."""
        return tuple(Channel(path.upper().replace("-", "_")) for path in self.channels)

    @property
    def visibility(self) -> Visibility | None:
        """Who reads along, in the word that is stored and sent."""
        return None if self.visibility_word is None else Visibility(self.visibility_word.upper())

    @property
    def found(self) -> tuple[TriageClass, ...]:
        """The classes in the words that are stored and sent."""
        return tuple(class_of(word) for word in self.found_words)

    @property
    def priorities(self) -> tuple[Priority, ...]:
        """The priorities in the words that are stored and sent."""
        return tuple(Priority(word.upper()) for word in self.priority_words)

    @property
    def needed(self) -> tuple[DetailKind, ...]:
        """What is needed, in the words that are sent, each once."""
        return tuple(dict.fromkeys(DetailKind(word.upper().replace("-", "_")) for word in self.needs))
