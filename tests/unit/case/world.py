"""A record to try commands on: ids and times by number, contacts as channels would hand them over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from contracts.content import ContactContent, HandleContent
from contracts.stored import CommandContext, Committed, Once
from contracts.vocabulary import (
    Actor,
    ActorKind,
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    HandleKind,
    Role,
    Visibility,
    id_of,
    system_actor,
)
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.domain.case import Case
from services.case.domain.policy import CasePolicy
from tests.support.memory_record import MemoryRecord
from tests.unit.case.memory_directory import MemoryDirectory

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PHONE = "+31612345678"
ANNA = Actor(ActorKind.AGENT, "anna", Role.AGENT)
BOB = Actor(ActorKind.AGENT, "bob", Role.AGENT)
LEA = Actor(ActorKind.STAFF, "lea", Role.LEAD)
AUDITOR = Actor(ActorKind.STAFF, "otto", Role.AUDITOR)


class World:
    """One record with its directory and a clock that only a test moves."""

    def __init__(self, policy: CasePolicy | None = None) -> None:
        self.record = MemoryRecord()
        self.directory = MemoryDirectory(self.record)
        self.policy = policy or CasePolicy()
        self.at = START
        self._numbers = count(1)
        self._positions = count(1)

    def new_id(self) -> UUID:
        return UUID(int=next(self._numbers))

    def later(self, **amount: float) -> None:
        self.at += timedelta(**amount)

    def by(self, actor: Actor = ANNA, **given: Any) -> CommandContext:
        command_id = self.new_id()
        return CommandContext(command_id, actor, self.at, command_id, **given)

    def told(self) -> CommandContext:
        position = next(self._positions)
        return self.by(system_actor("channels"), once=Once("channels", position))

    async def attach(self, command: AttachContact) -> Committed:
        return await attach_contact(
            command, self.told(), record=self.record, directory=self.directory, policy=self.policy
        )

    def whatsapp(
        self, text: str = "hello", *, number: str = PHONE, name: str | None = None, **given: Any
    ) -> AttachContact:
        handles = (HandleContent(HandleKind.WHATSAPP, number),)
        return self.contact(Channel.WHATSAPP, "waba-1", handles, HandleAssurance.PLATFORM, text, name=name, **given)

    def form(
        self, text: str = "hello", *, email: str | None = None, phone: str | None = None, **given: Any
    ) -> AttachContact:
        given_handles = ((HandleKind.EMAIL, email), (HandleKind.PHONE, phone))
        handles = tuple(HandleContent(kind, value) for kind, value in given_handles if value)
        return self.contact(Channel.FORM, "site", handles, HandleAssurance.SELF_ASSERTED, text, **given)

    def contact(
        self,
        channel: Channel,
        account: str,
        handles: tuple[HandleContent, ...],
        assurance: HandleAssurance,
        text: str | None,
        *,
        name: str | None = None,
        external_id: str | None = None,
        direction: Direction = Direction.INBOUND,
        in_reply_to: UUID | None = None,
        occurred_at: datetime | None = None,
        subject: str | None = None,
    ) -> AttachContact:
        external = external_id or f"external-{next(self._numbers)}"
        return AttachContact(
            contact_id=id_of("contact", channel, account, external),
            channel=channel,
            account=account,
            kind=ContactKind.MESSAGE,
            direction=direction,
            visibility=Visibility.PRIVATE,
            assurance=assurance,
            occurred_at=occurred_at or self.at,
            received_at=self.at,
            new_case_id=self.new_id(),
            new_customer_id=self.new_id(),
            content=ContactContent(handles=handles, sender_name=name, subject=subject, text=text),
            content_key_id=self.new_id(),
            in_reply_to=in_reply_to,
        )

    async def open_case(self, text: str = "hello", **given: Any) -> Case:
        return await self.case_of(await self.attach(self.whatsapp(text, **given)))

    async def case_of(self, committed: Committed) -> Case:
        return await self.case(UUID(committed.outcome["case_id"]))

    async def case(self, case_id: UUID) -> Case:
        case = await self.record.load(Case, case_id)
        assert case is not None
        return case
