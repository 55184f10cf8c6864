"""What a guard rail looks at, and what it can find: pure values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, TypeAlias
from uuid import UUID

import msgspec

from contracts.vocabulary import Channel, GuardVerdict, TriageClass, Visibility
from services.case.domain.case_contact import CaseContact
from services.case.domain.folded_text import FoldedText
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.html_words import seen_in
from services.case.domain.publicity import Known


class Author(msgspec.Struct, frozen=True):
    """Who wants to say it. `is_machine`: nobody wrote it. `skills` None: of somebody who is no agent: a lead."""

    ref: str
    is_machine: bool = False
    skills: tuple[str, ...] | None = None
    team: str | None = None


class Draft:
    """What is to be said, by which way. `in_reply_to`: what it answers; `named`: its author said so.

    `as_read`: with what stands below it. `html`: the same, sanitised, where it is set in HTML. `file_names`: of what
    goes along.
    """

    def __init__(
        self,
        text: str,
        *,
        author: Author,
        channel: Channel,
        account: str,
        visibility: Visibility,
        in_reply_to: UUID | None = None,
        named: bool = False,
        as_read: str | None = None,
        html: str | None = None,
        file_names: Sequence[str] = (),
    ) -> None:
        self.text = text
        self.as_read = as_read or text
        self.seen = text if html is None else seen_in(html)
        self.file_names = tuple(file_names)
        self.author = author
        self.channel = channel
        self.account = account
        self.visibility = visibility
        self.in_reply_to = in_reply_to
        self.named = named

    @property
    def public(self) -> bool:
        """Whether more than the customer read it."""
        return self.visibility is not Visibility.PRIVATE

    @cached_property
    def words(self) -> FoldedText:
        """What is seen of it, as words are looked for in it."""
        return FoldedText(self.seen)


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """The case it is said in. `contacts`: oldest first. `writing`: how many colleagues write an answer there now.

    `lines`: what the press desk approved for it.
    """

    at: datetime
    known: Known = Known()
    contacts: Sequence[CaseContact] = ()
    writing: int = 0
    lines: tuple[str, ...] = ()

    def answered(self, draft: Draft) -> CaseContact | None:
        """What the draft answers."""
        return next((each for each in self.contacts if each.contact_id == draft.in_reply_to), None)

    def answers_praise(self, draft: Draft) -> bool:
        """Whether it answers somebody who praised us."""
        answered = self.answered(draft)
        return answered is not None and answered.class_ is TriageClass.COMPLIMENT


class Found(NamedTuple):
    """What a rule found. `reason`: for its author, never quoting a text. `verdict`: unless the brand says another.

    None: it is nothing, unless the brand says something.
    """

    reason: str
    verdict: GuardVerdict | None


Look: TypeAlias = Callable[[Draft, Matter, GuardPolicy], Found | None]
"""A rule: what is wrong with a draft, or nothing."""


class Finding(msgspec.Struct, frozen=True):
    """What a rule says of a draft, as it is recorded. `rule`: its name, which may be one that there is no more."""

    rule: str
    verdict: GuardVerdict
    reason: str
