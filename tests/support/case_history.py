"""The case record at work: histories of contacts, replies, gestures and decisions, written by its own commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

from contracts.attachments import attachment_id_of
from contracts.content import (
    AttachmentContent,
    ContactContent,
    EditContent,
    ExternalIdContent,
    HandleContent,
    RatingContent,
    ReachContent,
    TextSpan,
)
from contracts.controls import Controls
from contracts.gesture_rules import Cap
from contracts.stored import Committed
from contracts.vocabulary import (
    AssignmentReason,
    AttachmentState,
    Channel,
    ContactKind,
    DeliveryStatus,
    Direction,
    GestureKind,
    HandleAssurance,
    HandleKind,
    Refusal,
    RefusalCode,
    RoutingTier,
    SpanKind,
    Visibility,
    id_of,
)
from infra.clock import SystemIds
from infra.migrate import migrate
from infra.postgres import open_pool
from infra.sealing import KeyRing, migrate_keys
from infra.sealing.key_ring import SubjectDestroyed
from services.case.app import MIGRATIONS
from services.case.commands.add_handle import AddHandle, add_handle
from services.case.commands.add_note import AddNote, add_note
from services.case.commands.approve_gesture import ApproveGesture, approve_gesture
from services.case.commands.assign_case import AssignCase, assign_case
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.commands.await_approval import AwaitApproval, await_approval
from services.case.commands.decline_gesture import DeclineGesture, decline_gesture
from services.case.commands.edit_contact import EditContact, edit_contact
from services.case.commands.give_gesture import GiveGesture, give_gesture
from services.case.commands.note_attachment import NoteAttachment, note_attachment
from services.case.commands.record_delivery import RecordDelivery, record_delivery
from services.case.commands.record_hold import RecordHold, record_hold
from services.case.commands.refuse_gesture import RefuseGesture, refuse_gesture
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.commands.review_gesture import ReviewGesture, review_gesture
from services.case.domain.assignments import RoutedDecision
from services.case.domain.case_contact import AttachmentNews
from services.case.domain.control_signs import ReviewOutcome
from services.case.domain.policy import CasePolicy
from services.case.workers.gesture_watch import GestureWatch
from tests.support.case_customers import CUSTOMER_KINDS, CaseCustomers
from tests.support.case_day import DAY_KINDS
from tests.support.case_desk import CHANNELS, KEK, LEA, ROUTING
from tests.support.case_guards import GUARD_KINDS, CaseGuards
from tests.support.case_mentions import MENTION_KINDS
from tests.support.case_uploads import UPLOAD_KINDS, CaseUploads
from tests.support.emptied import empty, empty_keys

AGENTS = {"anna": "care", "bob": "sales"}
KINDS = (
    *(
        "write",
        "write",
        "reply",
        "assign",
        "unassign",
        "note",
        "resolve",
        "edit",
        "remove",
        "deliver",
        "handle",
        "news",
    ),
    *("give", "await", "approve", "hold", "decline", "refuse", "capture", "own", "token", "move"),
    *("look", "read"),
    *("restrict", "lift", "redact", "expire", "erase"),
    *DAY_KINDS,
    *MENTION_KINDS,
    *CUSTOMER_KINDS,
    *GUARD_KINDS,
    *UPLOAD_KINDS,
)
"""What may happen; `write` twice, so that there is something to happen to."""


class CaseHistory(CaseCustomers, CaseGuards, CaseUploads):
    """Every step of a history is told by a kind and a number that picks what it is about."""

    async def begin(self) -> None:
        """Two agents of two teams, and money."""
        for ref, team in AGENTS.items():
            await self._agent(ref, team)
        await self._budget(0, None)

    async def step(self, kind: str, number: int) -> bool:
        """Let it happen; False: the domain refused it, so it did not."""
        self.at += timedelta(minutes=1 + number % 7)
        try:
            await getattr(self, f"_{kind}")(number)
        except (Refusal, SubjectDestroyed):
            return False
        return True

    async def _write(self, number: int) -> Committed:
        serial = next(self._numbers)
        command = AttachContact(
            contact_id=id_of("contact", Channel.WHATSAPP, "waba-1", f"w{serial}"),
            channel=Channel.WHATSAPP if number % 3 else Channel.EMAIL,
            account="waba-1",
            kind=ContactKind.MESSAGE,
            direction=Direction.INBOUND,
            visibility=Visibility.PRIVATE,
            assurance=HandleAssurance.PLATFORM,
            occurred_at=self.at,
            received_at=self.at,
            new_case_id=self._new(),
            new_customer_id=self._new(),
            content=ContactContent(
                (HandleContent(HandleKind.WHATSAPP, f"+3161234560{number % 4}"),),
                None if number % 2 else "Sam",
                "Parcel" if number % 5 == 0 else None,
                (said := f"Where is parcel {serial}?"),
                html=f"<p>{said}</p>" if number % 2 else None,
                spans=(TextSpan(SpanKind.QUOTE, 0, 6),) if number % 3 == 0 else (),
                fields={"nps": number % 11} if number % 5 == 3 else {},
                rating=RatingContent(number % 5 + 1, 1, 5) if number % 4 == 0 else None,
                reach=ReachContent(self.at, followers=number) if number % 7 == 0 else None,
                external_ids=(ExternalIdContent("shop", f"k-{number % 6}"),) if number % 2 else (),
                attachments=(AttachmentContent(f"media {serial}", "image/png", f"photo {serial}.png"),) * (number % 3),
            ),
        )
        return await attach_contact(
            command, self._by(CHANNELS), record=self.record, directory=self._directory, policy=self._policy
        )

    async def _news(self, number: int) -> None:
        """The front door says how far a file is."""
        if contact_id := await self._contact(number, "INBOUND"):
            state = (AttachmentState.READY, AttachmentState.QUARANTINED, AttachmentState.REFUSED)[number % 3]
            media_type, size_bytes = ("image/png", 7 * number) if number % 4 else (None, None)
            reason = "gone" if state is AttachmentState.REFUSED else None
            place = number % 2
            news = AttachmentNews(
                attachment_id_of(contact_id, place), contact_id, place, state, media_type, size_bytes, reason
            )
            await note_attachment(
                NoteAttachment(news), self._by(CHANNELS), record=self.record, directory=self._directory
            )

    async def _reply(self, number: int) -> None:
        if case_id := await self._case(number):
            await request_reply(
                RequestReply(case_id, self._new(), f"Tomorrow, {number}."),
                self._by(),
                record=self.record,
                policy=CasePolicy(),
            )

    async def _assign(self, number: int) -> None:
        await self._decide(number, id_of("agent", ("anna", "bob")[number % 2]))

    async def _unassign(self, number: int) -> None:
        await self._decide(number, None)

    async def _decide(self, number: int, agent_id: UUID | None) -> None:
        if case_id := await self._case(number):
            tier = None if agent_id is None else RoutingTier.LEAST_LOADED
            decision_id = await self.pending_transfer(case_id)
            decision = RoutedDecision(decision_id, AssignmentReason.LEAST_LOADED, "1", self.at, agent_id, tier)
            await assign_case(AssignCase(case_id, decision), self._by(ROUTING), record=self.record)

    async def _note(self, number: int) -> None:
        if case_id := await self._case(number):
            await add_note(AddNote(case_id, self._new(), f"Called, {number}"), self._by(), record=self.record)

    async def _resolve(self, number: int) -> None:
        if case_id := await self._case(number):
            await resolve_case(ResolveCase(case_id), self._by(), record=self.record, policy=self._policy)

    async def _edit(self, number: int) -> None:
        if contact_id := await self._contact(number, "INBOUND"):
            command = EditContact(contact_id, self.at, EditContent(f"No, parcel {number}"))
            await edit_contact(command, self._by(CHANNELS), record=self.record, directory=self._directory)

    async def _remove(self, number: int) -> None:
        if contact_id := await self._contact(number, "INBOUND"):
            command = RemoveContact(contact_id, self.at)
            await remove_contact(command, self._by(CHANNELS), record=self.record, directory=self._directory)

    async def _deliver(self, number: int) -> None:
        if contact_id := await self._contact(number, "OUTBOUND"):
            case_id = await self.pool.fetchval("SELECT case_id FROM timeline WHERE entry_id = $1", contact_id)
            status = (DeliveryStatus.SENT, DeliveryStatus.READ, DeliveryStatus.FAILED)[number % 3]
            await record_delivery(
                RecordDelivery(case_id, contact_id, status, self.at), self._by(CHANNELS), record=self.record
            )

    async def _handle(self, number: int) -> None:
        if customer_id := await self._customer(number):
            command = AddHandle(customer_id, HandleKind.EMAIL, f"Sam{number % 5}@shop.example")
            await add_handle(command, self._by(), record=self.record, directory=self._directory, policy=self._policy)

    async def _give(self, number: int) -> None:
        if case_id := await self._case(number):
            reference = {"kind": "ORDER", "value": str(number)} if number % 2 else None
            kind = GestureKind.REFUND if reference else GestureKind.GIFT
            amount = 1000 if number % 3 else 8000
            wish = GiveGesture(case_id, self._new(), kind, amount, "EUR", "damaged", f"as agreed {number}", reference)
            await give_gesture(wish, self._by(), record=self.record, directory=self._directory, policy=self._policy)

    async def _await(self, number: int) -> None:
        if gesture := await self._gesture(number):
            await await_approval(AwaitApproval(*gesture), self._by(ROUTING), record=self.record)

    async def _approve(self, number: int) -> None:
        if gesture := await self._gesture(number):
            command = ApproveGesture(gesture[1], self._new())
            await approve_gesture(command, self._by(LEA), record=self.record, directory=self._directory)

    async def _hold(self, number: int) -> None:
        if gesture := await self._gesture(number):
            hold = RecordHold(*gesture, self._new(), id_of("budget", "a"), 1000)
            await record_hold(hold, self._by(ROUTING), record=self.record, policy=CasePolicy())

    async def _look(self, number: int) -> None:
        """Whatever was given is looked at."""
        rules = Controls(
            second_read_percent=number % 2 * 100, same_customer_max=1, customer_caps=(Cap("15.00", "EUR"),)
        )
        await GestureWatch(pool=self.pool, record=self.record, clock=self, ids=SystemIds(), controls=rules).round()

    async def _read(self, number: int) -> None:
        if gesture := await self._gesture(number):
            outcome = tuple(ReviewOutcome)[number % 3]
            command = ReviewGesture(gesture[1], outcome, "amount" if number % 3 else None)
            await review_gesture(command, self._by(LEA), record=self.record, controls=Controls())

    def now(self) -> datetime:
        """The history's own time."""
        return self.at

    async def _decline(self, number: int) -> None:
        if gesture := await self._gesture(number):
            command = DeclineGesture(gesture[1], "not this time")
            await decline_gesture(command, self._by(LEA), record=self.record, directory=self._directory)

    async def _refuse(self, number: int) -> None:
        if gesture := await self._gesture(number):
            command = RefuseGesture(*gesture, RefusalCode.BUDGET_CLOSED)
            await refuse_gesture(command, self._by(ROUTING), record=self.record)

    async def _capture(self, number: int) -> None:
        if gesture := await self._gesture(number):
            await self._budget(number, gesture[1])


@asynccontextmanager
async def case_history(database: str, keys_database: str) -> AsyncIterator[CaseHistory]:
    """A fresh one in two empty databases."""
    pool = await open_pool(database, application_name="history")
    keys_pool = await open_pool(keys_database, application_name="history", size_max=4)
    try:
        await migrate(pool, *MIGRATIONS)
        await migrate_keys(keys_pool)
        history = CaseHistory(pool, KeyRing(keys_pool, KEK))
        await history.begin()
        yield history
    finally:
        await pool.close()
        await keys_pool.close()


async def emptied(history: CaseHistory) -> CaseHistory:
    """The same databases with nothing in them, for the next example."""
    await empty(history.pool)
    fresh = CaseHistory(history.pool, await empty_keys(history.keys, KEK))
    await fresh.begin()
    return fresh
