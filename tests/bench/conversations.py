"""What a shop's case service has to tell of customers who write, in the numbers in which it has it to tell."""

from __future__ import annotations

from itertools import count
from uuid import uuid5

from contracts.content import ContactContent, HandleContent
from contracts.stored import CommandContext, Record, Stream, Work
from contracts.vocabulary import (
    NAMESPACE,
    Actor,
    AssignmentReason,
    Channel,
    ContactKind,
    DeliveryStatus,
    Direction,
    GestureKind,
    HandleAssurance,
    HandleKind,
    RoutingTier,
    Visibility,
    id_of,
)
from services.case.commands.add_note import AddNote, add_note
from services.case.commands.assign_case import AssignCase, assign_case
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.commands.give_gesture import GiveGesture, give_gesture
from services.case.commands.record_delivery import RecordDelivery, record_delivery
from services.case.commands.record_hold import RecordHold, record_hold
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.assignments import RoutedDecision
from services.case.domain.policy import CasePolicy
from tests.support.case_desk import ANNA, AT, CHANNELS, ROUTING
from tests.support.memory_record import MemoryRecord
from tests.unit.case.memory_directory import MemoryDirectory

TURNS = 3
QUESTION = "Where is parcel 3SABCD? It should have been here on Tuesday, and nobody picks up the phone. " * 2
ANSWERS = (
    "Good morning, it left our warehouse today; here is the link to follow it. Kind regards, Anna. " * 3,
    "The carrier has scanned it in Utrecht just now and brings it to your door before noon. Yours, Anna. " * 3,
    "Somebody of the depot says that the van broke down; another one is under way to you by now. Anna. " * 3,
)
"""One a turn: nobody is told the same twice."""
STEPS_OF_A_REPLY = (DeliveryStatus.ACCEPTED, DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ)


class Conversation:
    """One customer, from the first message to the resolved case: about thirty facts, decided in memory."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._record = MemoryRecord()
        self._directory = MemoryDirectory(self._record)
        self._directory.budgets.add((ANNA.ref, "EUR"))
        self._directory._numbers += number
        self._policy = CasePolicy()
        self._ids = (uuid5(NAMESPACE, f"conversation {number} {serial}") for serial in count())
        self._case_id = next(self._ids)

    async def streams(self) -> tuple[Stream, ...]:
        """Its customer and its case, with everything that happened pending."""
        await self._written(0)
        chosen = (id_of("agent", ANNA.ref), RoutingTier.LEAST_LOADED)
        decision = RoutedDecision(next(self._ids), AssignmentReason.LEAST_LOADED, "1", AT, *chosen)
        await assign_case(AssignCase(self._case_id, decision), self._by(ROUTING), record=self._record)
        await self._answered(0)
        for turn in range(1, TURNS):
            await self._written(turn)
            await self._answered(turn)
        await add_note(AddNote(self._case_id, next(self._ids), QUESTION), self._by(ANNA), record=self._record)
        await self._paid()
        await resolve_case(ResolveCase(self._case_id), self._by(ANNA), record=self._record, policy=self._policy)
        made: list[Stream] = [*self._directory.customers(), *self._directory.cases()]
        for stream in made:
            stream._pending_events = list(self._record.facts[stream.id])
        return tuple(made)

    async def _written(self, turn: int) -> None:
        handle = HandleContent(HandleKind.WHATSAPP, f"+316{self._number:08}")
        command = AttachContact(
            contact_id=id_of("contact", Channel.WHATSAPP, "waba-1", f"w{self._number}-{turn}"),
            channel=Channel.WHATSAPP,
            account="waba-1",
            kind=ContactKind.MESSAGE,
            direction=Direction.INBOUND,
            visibility=Visibility.PRIVATE,
            assurance=HandleAssurance.PLATFORM,
            occurred_at=AT,
            received_at=AT,
            new_case_id=self._case_id,
            new_customer_id=next(self._ids),
            content=ContactContent((handle,), "Sam", None, QUESTION),
        )
        await attach_contact(
            command, self._by(CHANNELS), record=self._record, directory=self._directory, policy=self._policy
        )

    async def _answered(self, turn: int) -> None:
        contact_id = next(self._ids)
        await request_reply(
            RequestReply(self._case_id, contact_id, ANSWERS[turn]),
            self._by(ANNA),
            record=self._record,
            policy=CasePolicy(),
        )
        for status in STEPS_OF_A_REPLY:
            command = RecordDelivery(self._case_id, contact_id, status, AT)
            await record_delivery(command, self._by(CHANNELS), record=self._record)

    async def _paid(self) -> None:
        gesture_id, budget_id = next(self._ids), id_of("budget", "a")
        wish = GiveGesture(self._case_id, gesture_id, GestureKind.VOUCHER, 1000, "EUR", "damaged", "late by a week")
        await give_gesture(wish, self._by(ANNA), record=self._record, directory=self._directory, policy=self._policy)
        hold = RecordHold(self._case_id, gesture_id, next(self._ids), budget_id, 1000)
        await record_hold(hold, self._by(ROUTING), record=self._record, policy=CasePolicy())

    def _by(self, actor: Actor) -> CommandContext:
        command_id = next(self._ids)
        return CommandContext(command_id, actor, AT, command_id)


async def tell(number: int, record: Record) -> None:
    """Store what happened in one conversation, all at once."""
    streams = await Conversation(number).streams()

    async def decide() -> Work:
        return Work(streams=streams)

    command_id = uuid5(NAMESPACE, f"conversation {number}")
    await record.transact(CommandContext(command_id, ROUTING, AT, command_id), decide)
