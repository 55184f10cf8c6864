"""Channels without any I/O: the record in memory, with the tables that its projections write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec

from contracts.content import ContactContent, HandleContent, ReplyContent
from contracts.stored import CommandContext, Committed, FactMeta, Row, Work
from contracts.vocabulary import (
    NAMESPACE,
    AccountMode,
    Channel,
    ContactKind,
    DeliveryStatus,
    HandleAssurance,
    HandleKind,
    system_actor,
)
from services.channels.commands.request_delivery import RequestDelivery, request_delivery
from services.channels.domain.account import Account
from services.channels.domain.inbound import ContactArrived, Inbound, StatusReported
from services.channels.domain.outbound import Call, CallResult, HttpCall
from services.channels.domain.raw import RawInbound, account_id_of, contact_id_of, key_of_body
from services.channels.domain.reply_address import case_mark
from services.channels.ports import AnswerLost, Arriving, KeptBefore, NothingSent, StoreUnavailable
from services.channels.projections import accounts, deliveries, threads, windows
from tests.support.memory_record import MemoryRecord

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ACCOUNT = "waba-1"
ACCOUNT_ID = account_id_of(Channel.WHATSAPP, ACCOUNT)
SAM = HandleContent(kind=HandleKind.WHATSAPP, value="+31612345678", display="Sam")

_items: msgspec.json.Decoder[Inbound] = msgspec.json.Decoder(Inbound)


class SetClock:
    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def pass_by(self, **more: float) -> None:
        self.time += timedelta(**more)


class CountedIds:
    def __init__(self) -> None:
        self.made = 0

    def new(self) -> UUID:
        self.made += 1
        return uuid5(NAMESPACE, f"id {self.made}")


class ChannelsRecord(MemoryRecord):
    """The record and, as `ports.Directory`, what stands in its tables."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[tuple[UUID, str], dict[str, bytes]] = {}
        self.external_ids: dict[tuple[UUID, str], UUID] = {}
        self.windows: dict[tuple[UUID, str, str], datetime] = {}
        self.senders: dict[UUID, str] = {}
        self.threads: dict[UUID, UUID] = {}
        self.marks: dict[tuple[UUID, str], UUID] = {}
        self.due: dict[UUID, datetime] = {}

    def _store(self, work: Work) -> Committed:
        pending: list[tuple[Any, Any]] = [(stream, fact) for stream in work.streams for fact in stream.pending_events]
        before = len(self.rows)
        committed = super()._store(work)
        own = self.rows[before:]
        del self.rows[before:]
        for stream, fact in pending:
            for rows in (accounts.rows, windows.rows, threads.rows, deliveries.rows):
                self.rows.extend(rows(fact, meta_of(stream.id, fact)))
        self.rows.extend(own)
        for row in self.rows[before:]:
            self._write(row)
        return committed

    def _write(self, row: Row) -> None:
        args = row.args
        match row.statement:
            case "park_item":
                self.waiting.setdefault((args[0], args[1]), {}).setdefault(args[2], args[3])
            case "unpark_items":
                self.waiting.pop((args[0], args[1]), None)
            case "put_external_id":
                self.external_ids.setdefault((args[0], args[1]), args[2])
            case "open_window":
                key = (args[0], args[1], args[2])
                self.windows[key] = max(self.windows.get(key, args[3]), args[3])
            case "put_thread":
                self.threads.setdefault(args[0], args[1])
            case "put_delivery":
                self.due[args[0]] = args[3]
                self.marks[args[1], case_mark(args[2])] = args[0]
            case "delivery_postponed":
                self.due[args[0]] = args[1]
            case "delivery_in_flight" | "delivery_settled":
                self.due.pop(args[0], None)

    async def arriving(self, account_id: UUID, external_id: str, contact_id: UUID) -> Arriving:
        place = (account_id, external_id)
        return Arriving(bool(self.facts.get(contact_id)), self.external_ids.get(place), bool(self.waiting.get(place)))

    async def delivery_of(self, account_id: UUID, external_id: str) -> UUID | None:
        return self.external_ids.get((account_id, external_id))

    async def named_by(self, message_id: UUID) -> UUID | None:
        return self.threads.get(message_id)

    async def delivery_marked(self, account_id: UUID, case_mark: str) -> UUID | None:
        return self.marks.get((account_id, case_mark))

    async def parked(self, account_id: UUID, external_id: str) -> Sequence[Inbound]:
        return [_items.decode(item) for item in self.waiting.get((account_id, external_id), {}).values()]

    async def last_inbound_at(self, account_id: UUID, kind: HandleKind, value: str) -> datetime | None:
        return self.windows.get((account_id, kind.value, value))

    async def only_listens(self, account_id: UUID) -> bool:
        account = await self.load(Account, account_id)
        return account is not None and account.entry.mode is AccountMode.LISTEN

    async def sender_of(self, account_id: UUID) -> str | None:
        return self.senders.get(account_id)

    def topics(self) -> list[str]:
        return [fact.TOPIC for fact in self.all_facts()]


def meta_of(stream_id: UUID, fact: Any) -> FactMeta:
    return FactMeta(
        stream_id=stream_id,
        version=fact.originator_version,
        event_id=uuid5(stream_id, str(fact.originator_version)),
        topic=fact.TOPIC,
        recorded_at=fact.timestamp,
        actor=system_actor("channels"),
        correlation_id=stream_id,
        causation_id=None,
    )


class ScriptedPoster:
    """Answers calls as told: a result, or one of the two ways to get none."""

    def __init__(self, *answers: CallResult | NothingSent | AnswerLost) -> None:
        self.answers = list(answers)
        self.calls: list[HttpCall] = []

    async def post(self, call: Call) -> CallResult:
        assert isinstance(call, HttpCall)
        self.calls.append(call)
        answer = self.answers.pop(0) if self.answers else taken(f"wamid.OUT{len(self.calls)}")
        if isinstance(answer, Exception):
            raise answer
        return answer


class MemoryRawStore:
    def __init__(self) -> None:
        self.kept: dict[tuple[UUID, str], RawInbound] = {}
        self.refused: dict[tuple[UUID, str], str] = {}
        self.away = False

    async def keep(self, raw: RawInbound, *, refused: str | None = None) -> KeptBefore:
        if self.away:
            raise StoreUnavailable
        place = (raw.account_id, raw.dedupe_key)
        if place in self.kept:
            return KeptBefore(new=False, same=self.kept[place].digest == raw.digest)
        self.kept[place] = raw
        if refused:
            self.refused[place] = refused
        return KeptBefore(new=True, same=True)


def taken(external_id: str) -> CallResult:
    return CallResult(status=200, body=msgspec.json.encode({"messages": [{"id": external_id}]}))


def refusal(status: int, code: int | None = None, message: str = "no") -> CallResult:
    error = {"message": message} | ({"code": code} if code else {})
    return CallResult(status=status, body=msgspec.json.encode({"error": error}))


def context(name: str = "command", *, at: datetime = NOW) -> CommandContext:
    command_id = uuid5(NAMESPACE, name)
    return CommandContext(command_id=command_id, actor=system_actor("channels"), at=at, correlation_id=command_id)


def raw_of(body: bytes = b"{}", *, channel: Channel = Channel.WHATSAPP, account: str = ACCOUNT) -> RawInbound:
    return RawInbound(
        raw_id=uuid5(NAMESPACE, "raw"),
        channel=channel,
        account=account,
        body=body,
        received_at=NOW,
        dedupe_key=key_of_body(body),
    )


def arrived(external_id: str = "wamid.IN1", *, text: str = "Hello", **more: Any) -> ContactArrived:
    return ContactArrived(
        external_id=external_id,
        kind=ContactKind.MESSAGE,
        occurred_at=more.pop("occurred_at", NOW),
        assurance=HandleAssurance.PLATFORM,
        content=ContactContent(handles=(SAM,), sender_name="Sam", text=text),
        **more,
    )


def status(
    external_id: str, reported: DeliveryStatus, *, contact_id: UUID | None = None, code: str | None = None
) -> StatusReported:
    return StatusReported(external_id=external_id, status=reported, occurred_at=NOW, contact_id=contact_id, code=code)


REPLY_ID = uuid5(NAMESPACE, "reply")
CASE_ID = uuid5(NAMESPACE, "case")
CUSTOMER_ID = uuid5(NAMESPACE, "customer")


async def requested(record: ChannelsRecord, *, contact_id: UUID = REPLY_ID, **changes: Any) -> UUID:
    """A reply that waits to be sent."""
    command = RequestDelivery(
        contact_id=contact_id,
        case_id=CASE_ID,
        customer_id=CUSTOMER_ID,
        channel=Channel.WHATSAPP,
        account=ACCOUNT,
        handle_kind=HandleKind.WHATSAPP,
        requested_at=NOW,
        in_reply_to=contact_id_of(Channel.WHATSAPP, ACCOUNT, "wamid.IN1"),
        content=ReplyContent(to=SAM, text="Here you are."),
    )
    command = msgspec.structs.replace(command, **changes)
    await request_delivery(command, context(f"request {contact_id}"), record=record)
    return contact_id
