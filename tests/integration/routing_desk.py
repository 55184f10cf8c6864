"""A case service that says what it is told to and remembers what routing answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from contracts import case as asked
from contracts import routing as told
from contracts import subjects
from contracts.envelope import Message
from contracts.stored import CommandContext, Fact, FactMeta, FirstFact, Stream, Work
from contracts.vocabulary import Channel, GestureKind, Presence, system_actor
from infra.clock import SystemIds
from infra.runtime import Runtime

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
IDS = SystemIds()
WAIT_SECONDS_MAX = 20.0


class Said(FirstFact):
    """Something the pretended case service tells."""

    TOPIC: ClassVar[str] = "test-case.said.v1"
    subject: str
    data: str


class Saying(Stream):
    """One thing said."""

    TOPIC: ClassVar[str] = "test-case"

    class Created(Stream.Created):
        """Never raised."""

        TOPIC: ClassVar[str] = "test-case.created.never"

    def __init__(self, subject: str) -> None:
        self.subject = subject


def say(fact: Fact | FirstFact, _meta: FactMeta) -> tuple[str, msgspec.Struct] | None:
    if isinstance(fact, Said):
        return fact.subject, msgspec.json.decode(fact.data, type=subjects.MESSAGES[fact.subject])
    return None


class Desk:
    """A case service that says what it is told to and remembers what routing answers."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.heard: list[tuple[str, Any]] = []
        self.news = asyncio.Event()

    async def hear(self, message: Message, context: CommandContext) -> None:
        assert message.subject is not None
        contract = msgspec.json.decode(message.data, type=subjects.MESSAGES[message.subject])

        async def decide() -> Work:
            return Work()

        await self.runtime.record.transact(context, decide)
        self.heard.append((message.subject, contract))
        self.news.set()

    async def say(self, contract: msgspec.Struct) -> None:
        subject = next(subject for subject, kind in subjects.MESSAGES.items() if kind is type(contract))
        stream_id = IDS.new()

        async def decide() -> Work:
            data = msgspec.json.encode(contract).decode()
            return Work(streams=(Saying._create(Said, id=stream_id, timestamp=NOW, subject=subject, data=data),))

        context = CommandContext(command_id=stream_id, actor=system_actor("case"), at=NOW, correlation_id=stream_id)
        await self.runtime.record.transact(context, decide)

    async def until(self, kind: type[Any], holds: Callable[[Any], bool]) -> Any:
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            while True:
                self.news.clear()
                for _, contract in self.heard:
                    if isinstance(contract, kind) and holds(contract):
                        return contract
                await self.news.wait()

    async def open_case(self, customer_id: UUID) -> UUID:
        case_id = IDS.new()
        await self.say(
            asked.CaseOpened(
                case_id=case_id, number="1", customer_id=customer_id, contact_id=IDS.new(), channel=Channel.WHATSAPP,
                opened_at=NOW,
            )
        )  # fmt: skip
        return case_id

    async def presence(self, ref: str, presence: Presence = Presence.ONLINE) -> told.AgentChanged:
        request_id = IDS.new()
        await self.say(asked.PresenceRequested(request_id=request_id, agent_ref=ref, presence=presence, at=NOW))
        answer: told.AgentChanged = await self.until(told.AgentChanged, lambda one: one.request_id == request_id)
        return answer

    async def ask(self, amount_minor: int) -> asked.GestureRequested:
        wanted = asked.GestureRequested(
            gesture_id=IDS.new(), case_id=IDS.new(), customer_id=IDS.new(), agent_ref="anna",
            kind=GestureKind.VOUCHER, amount_minor=amount_minor, currency="EUR", reason="goodwill", requested_at=NOW,
        )  # fmt: skip
        await self.say(wanted)
        return wanted
