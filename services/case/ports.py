"""What the record needs of the outside: time, ids, opened content, and look-ups at the moment of a decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contracts.envelope import SealedPart
from contracts.vocabulary import CaseStatus, HandleKind
from services.case.domain.access import AccessEntry
from services.case.domain.first_message import KnownAccount
from services.case.domain.identity import Holding
from services.case.domain.publication import PublicationAbove
from services.case.domain.reopening import KnownCase, KnownContact
from services.case.domain.triage import Opinion
from services.case.domain.utterance import Utterance


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Now, in UTC."""
        ...


class Ids(Protocol):
    """New ids."""

    def new(self) -> UUID:
        """An id nobody has, later ones sorting after earlier ones."""
        ...


class ContentOpener(Protocol):
    """Opens the sealed part of a message, as long as its key exists."""

    async def open(self, part: SealedPart, stream_id: UUID, version: int) -> bytes | None:
        """The plain text, or None where the key was destroyed. `stream_id`, `version`: of the sealed fact."""
        ...


class Classifier(Protocol):
    """A service of the installation's own that says what a text is."""

    async def opinion_on(self, contact_id: UUID, said: Utterance) -> Opinion | None:
        """What it says within its time; None: nothing, or nothing that can be used. Never raises."""
        ...


class Directory(Protocol):
    """What a decision looks up before it is made. Reads what is committed; races are lost at the append."""

    async def holders(self, handles: Sequence[tuple[HandleKind, str]]) -> Sequence[Holding]:
        """Who holds these handles (normalised values): those who do for sure first, then the earliest."""
        ...

    async def cases_of_customer(self, customer_id: UUID) -> Sequence[KnownCase]:
        """The customer's latest cases by last contact, at most 50 of them, latest first."""
        ...

    async def find_contact(self, contact_id: UUID) -> KnownContact | None:
        """A contact that is on a case. Our replies are also known by the id their channel's name for them gives."""
        ...

    async def publication_above(self, said_id: UUID) -> PublicationAbove | None:
        """What we said to everybody that this is, or stands beneath, however deep; None: nothing of the kind."""
        ...

    async def has_stream(self, stream_id: UUID) -> bool:
        """Whether something was recorded under that id."""
        ...

    async def case_of_entry(self, entry_id: UUID) -> UUID | None:
        """On which case's timeline something stands."""
        ...

    async def customer_of_note(self, entry_id: UUID) -> UUID | None:
        """About which customer something was noted that belongs to no case."""
        ...

    async def has_budget(self, agent_ref: str, currency: str, at: datetime) -> bool:
        """Whether the agent has an open budget in that currency now."""
        ...

    async def duo_of(self, customer_id: UUID) -> frozenset[UUID]:
        """The agents who stand in for each other for this customer; whoever it was merged into."""
        ...

    async def keeps_out(self, customer_id: UUID, agent_id: UUID) -> bool:
        """Whether the agent is not to handle this customer, or anybody who is shown as the same one."""
        ...

    async def payout_of_hold(self, hold_id: UUID) -> tuple[UUID, UUID] | None:
        """The case and the gesture that a hold is paid out for."""
        ...

    async def team_of_agent(self, agent_id: UUID) -> str | None:
        """The reference of the team an agent is in; None: of none, or the agent is not known yet."""
        ...

    async def team_ref(self, team_id: UUID) -> str | None:
        """The reference of a team that somebody is in; None: there is no such team."""
        ...

    async def customers_of_merge(self, merge_id: UUID) -> tuple[UUID, UUID] | None:
        """Who was merged into whom."""
        ...

    async def customer_of_handle(self, handle_id: UUID) -> UUID | None:
        """Whose address it is now."""
        ...

    async def levels_below(self, customer_id: UUID) -> int:
        """How many levels of others belong to the customer, or to anybody who is shown as the same one."""
        ...

    async def customer_of_restriction(self, restriction_id: UUID) -> UUID | None:
        """On whom a restriction was placed."""
        ...

    async def find_account(self, account_id: UUID) -> KnownAccount | None:
        """The channel account of that id, where it is configured now."""
        ...

    async def last_wrote_at(self, account: KnownAccount, handle_id: UUID) -> datetime | None:
        """When somebody last wrote in private from this address to this account."""
        ...

    async def open_uploads(self, case_id: UUID) -> int:
        """How many files of a case wait for an answer that takes them along."""
        ...

    async def next_case_number(self) -> str:
        """A number no other case has."""
        ...


class Viewings(Protocol):
    """Who is looking at which case."""

    async def look(self, case_id: UUID, agent_id: UUID, *, typing: bool, until: datetime) -> CaseStatus | None:
        """Say that an agent looks at a case, unless it is resolved; its status, or None where there is no such case."""
        ...


class AccessLog(Protocol):
    """Keeps who saw what. Written down soon by somebody else: nobody waits for that."""

    def note(self, entries: Sequence[AccessEntry]) -> None:
        """Take entries in; returns at once."""
        ...

    async def room(self) -> None:
        """Wait while far too many entries are not written down yet: asked before anything is shown."""
        ...
