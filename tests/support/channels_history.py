"""The front door at work: histories of contacts, replies, reports and people forgotten, written by its own commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from uuid import UUID, uuid5

from contracts.content import (
    AttachmentContent,
    ContactContent,
    HandleContent,
    PublicationContent,
    ReplyContent,
    ReplyFileContent,
)
from contracts.stored import CommandContext
from contracts.uploads import UploadTicket
from contracts.vocabulary import (
    NAMESPACE,
    Channel,
    ContactKind,
    DeliveryStatus,
    Direction,
    HandleAssurance,
    HandleKind,
    Refusal,
    id_of,
    system_actor,
)
from infra.event_store import PostgresRecord
from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from infra.sealing import KeyRing, migrate_keys
from infra.sealing.key_ring import SubjectDestroyed
from infra.sql import statements
from services.channels.commands.announce_upload import AnnounceUpload, announce_upload
from services.channels.commands.apply_configuration import ApplyConfiguration, apply_configuration
from services.channels.commands.begin_forgetting import BeginForgetting, begin_forgetting
from services.channels.commands.conclude_upload import ConcludeUpload, conclude_upload
from services.channels.commands.expire_upload import ExpireUpload, expire_upload
from services.channels.commands.keep_attachment import KeepAttachment, keep_attachment
from services.channels.commands.record_attempt import RecordAttempt, record_attempt
from services.channels.commands.record_outcome import RecordOutcome, record_outcome
from services.channels.commands.refuse_attachment import RefuseAttachment, refuse_attachment
from services.channels.commands.request_delivery import RequestDelivery, request_delivery
from services.channels.commands.request_publication import RequestPublication, request_publication
from services.channels.commands.scan_attachment import ScanAttachment, scan_attachment
from services.channels.commands.scan_upload import ScanUpload, scan_upload
from services.channels.domain.account_facts import AccountEntry
from services.channels.domain.attachment import AttachmentPlace, KeptFile, RefusedFile
from services.channels.domain.inbound import (
    ContactArrived,
    ContactEdited,
    ContactRemoved,
    Inbound,
    ReactionChanged,
    StatusReported,
)
from services.channels.domain.outbound import OutcomeLost, SendOutcome, SendRefused, TakenOver, TryLater
from services.channels.domain.raw import RawInbound, account_id_of, contact_id_of
from services.channels.projections import PROJECTIONS
from services.channels.queries.directory import PostgresDirectory
from services.channels.reactions.record_item_on_raw_kept import record_item_on_raw_kept
from services.channels.workers.attachment_files import AttachmentFiles
from services.channels.workers.forgetter import Forgetter
from tests.support.emptied import empty, empty_keys
from tests.support.objects_in_memory import ObjectsInMemory

KEK = bytes(range(32))
WHATSAPP, ACCOUNT = Channel.WHATSAPP, "waba-1"
ACCOUNT_ID = account_id_of(WHATSAPP, ACCOUNT)
PEOPLE = 4
STATUSES = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ, DeliveryStatus.FAILED)
KINDS = (
    *("write", "write", "edit", "remove", "react", "early", "ask", "ask", "try", "try", "report", "report"),
    *("file", "post", "forget", "keep", "keep", "keep", "scan"),
    *("bring", "bring", "lapse"),
)
"""What may happen; `early`: a report on a message whose id is not known yet."""


class ChannelsHistory:
    """Every step of a history is told by a kind and a number that picks what it is about."""

    def __init__(self, pool: Pool, keys: KeyRing) -> None:
        self.pool = pool
        self.keys = keys
        self.record = PostgresRecord(pool, keys, PROJECTIONS, statements("services.channels.projections"), lambda: None)
        self._directory = PostgresDirectory(pool)
        self._files = AttachmentFiles(pool=pool, keys=keys, objects=ObjectsInMemory(), clock=self)
        self._forgetter = Forgetter(pool=pool, keys=keys, files=self._files, record=self.record, clock=self, ids=self)
        self._at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self._numbers = count(1)
        self._written: list[tuple[int, str]] = []
        self._brought: dict[int, UUID] = {}
        self._asked: list[tuple[int, UUID]] = []

    def now(self) -> datetime:
        """As a clock."""
        return self._at

    def new(self) -> UUID:
        """As a source of ids."""
        return uuid5(NAMESPACE, f"channels history {next(self._numbers)}")

    async def step(self, kind: str, number: int) -> None:
        """Let it happen; what the domain refuses did not happen."""
        self._at += timedelta(minutes=1 + number % 7)
        try:
            await getattr(self, f"_{kind}")(number)
        except (Refusal, SubjectDestroyed):
            return

    async def _write(self, number: int) -> None:
        person, external_id = number % PEOPLE, f"wamid.{next(self._numbers)}"
        direction = Direction.OUTBOUND if number % 5 == 0 else Direction.INBOUND
        files = (AttachmentContent(f"media {number}", "image/png", "photo.png"),) * (number % 3)
        content = ContactContent((self._handle(person),), "Sam", None, f"Where is parcel {number}?", attachments=files)
        at = self._at - timedelta(hours=number % 3)
        arrived = ContactArrived(
            external_id, ContactKind.MESSAGE, at, content, HandleAssurance.PLATFORM, direction=direction
        )
        await self._read(arrived)
        self._written.append((person, external_id))

    async def _edit(self, number: int) -> None:
        if self._written:
            await self._read(ContactEdited(self._message(number), f"edit {number}", self._at, f"No, parcel {number}"))

    async def _remove(self, number: int) -> None:
        if self._written:
            await self._read(ContactRemoved(self._message(number), self._at))
            await self._files.delete_left_over(100)

    async def _keep(self, number: int) -> None:
        """A file is fetched, or cannot be."""
        if not self._written:
            return
        place = AttachmentPlace(contact_id_of(WHATSAPP, ACCOUNT, self._message(number)), number % 2)
        if number % 4 == 0:
            command = RefuseAttachment(place, RefusedFile("gone"))
            await refuse_attachment(command, self._by(), record=self.record)
            return
        data = f"a photo, number {number}".encode()
        object_id = await self._files.put(place.contact_id, place.attachment_id, data, sha256(data).digest())
        if object_id is not None:
            kept = KeptFile(object_id, "image/png", len(data))
            keep = KeepAttachment(place, kept, quarantined=number % 3 == 0)
            await keep_attachment(keep, self._by(), record=self.record)

    async def _scan(self, number: int) -> None:
        """The scanner looks into a file that waits for it."""
        if self._written:
            place = AttachmentPlace(contact_id_of(WHATSAPP, ACCOUNT, self._message(number)), number % 2)
            scan = ScanAttachment(place.attachment_id, clean=number % 5 != 0)
            await scan_attachment(scan, self._by(), record=self.record)
            await self._files.delete_left_over(100)

    async def _react(self, number: int) -> None:
        if self._written:
            await self._read(ReactionChanged(self._message(number), f"reaction {number}", self._at, "👍"))

    async def _early(self, number: int) -> None:
        await self._read(StatusReported(f"wamid.early.{number}", STATUSES[number % len(STATUSES)], self._at))

    async def _bring(self, number: int) -> None:
        """An agent brings a file for an answer; some are refused, some wait for the scanner."""
        person, attachment_id = number % PEOPLE, self.new()
        customer_id = id_of("customer", str(person))
        ticket = UploadTicket(attachment_id, id_of("case", str(person)), customer_id, 7, "0" * 64, "image/png")
        command = AnnounceUpload(ticket, self._at + timedelta(hours=25))
        await announce_upload(command, self._by(), record=self.record)
        data = f"a file {number}".encode()
        digest = sha256(data).digest()
        object_id = await self._files.put_upload(customer_id, attachment_id, data, digest)
        assert object_id is not None
        found = RefusedFile("empty") if number % 5 == 0 else KeptFile(object_id, "image/png", len(data))
        concluded = ConcludeUpload(attachment_id, found, quarantined=number % 3 == 0)
        await conclude_upload(concluded, self._by(), record=self.record)
        if number % 2:
            await scan_upload(ScanUpload(attachment_id, clean=number % 7 != 0), self._by(), record=self.record)
        self._brought[person] = attachment_id

    async def _lapse(self, number: int) -> None:
        attachment_id = self._brought.pop(number % PEOPLE, None)
        if attachment_id is not None:
            await expire_upload(ExpireUpload(attachment_id), self._by(), record=self.record)
            await self._files.delete_left_over(100)

    async def _ask(self, number: int) -> None:
        person, contact_id = number % PEOPLE, self.new()
        brought = self._brought.pop(person, None)
        files = () if brought is None else (ReplyFileContent(brought, "invoice.png", "image/png", 7),)
        command = RequestDelivery(
            contact_id=contact_id,
            case_id=id_of("case", str(person)),
            customer_id=id_of("customer", str(person)),
            channel=WHATSAPP,
            account=ACCOUNT,
            handle_kind=HandleKind.WHATSAPP,
            requested_at=self._at,
            in_reply_to=None,
            content=ReplyContent(to=self._handle(person), text=f"Tomorrow, {number}.", files=files),
        )
        await request_delivery(command, self._by(), record=self.record)
        self._asked.append((person, contact_id))

    async def _try(self, number: int) -> None:
        if self._asked:
            contact_id = self._reply(number)
            await record_attempt(RecordAttempt(contact_id), self._by(), record=self.record)
            outcomes: tuple[SendOutcome, ...] = (
                TakenOver(f"wamid.early.{number % 9}" if number % 2 else f"wamid.{contact_id}"),
                TryLater("BUSY", "come again"),
                SendRefused("BLOCKED", "no"),
                OutcomeLost("silence"),
            )
            command = RecordOutcome(contact_id, ACCOUNT_ID, outcomes[number % 3 if number % 4 else 3])
            await record_outcome(command, self._by(), record=self.record, directory=self._directory)

    async def _post(self, number: int) -> None:
        """Something is said to everybody."""
        wanted = RequestPublication(self.new(), WHATSAPP, ACCOUNT, self._at, PublicationContent(f"Open at {number}."))
        await request_publication(wanted, self._by(), record=self.record)
        await record_attempt(RecordAttempt(wanted.publication_id), self._by(), record=self.record)
        outcomes = (TakenOver(f"post.{self._at}", url="https://posts.example/1"), SendRefused("368", "no"))
        command = RecordOutcome(wanted.publication_id, ACCOUNT_ID, outcomes[number % 3 // 2])
        await record_outcome(command, self._by(), record=self.record, directory=self._directory)

    async def _report(self, number: int) -> None:
        if self._asked:
            contact_id = self._reply(number)
            status = STATUSES[number % len(STATUSES)]
            known_by = None if number % 3 else contact_id
            await self._read(StatusReported(f"wamid.{contact_id}", status, self._at, contact_id=known_by))

    async def _file(self, number: int) -> None:
        """Accounts come, change and go."""
        entries = tuple(
            AccountEntry(WHATSAPP, f"waba-{at}", f"Shop {number % 3}", "shop" if number % 2 else None)
            for at in range(1, 2 + number % 3)
        )
        await apply_configuration(ApplyConfiguration(f"file {self._at}", entries), self._by(), record=self.record)

    async def _forget(self, number: int) -> None:
        """All that somebody wrote and was written, as the case service asks; the customer's own key goes with it."""
        person = number % PEOPLE
        written = [contact_id_of(WHATSAPP, ACCOUNT, each) for whose, each in self._written if whose == person]
        asked = [contact_id for whose, contact_id in self._asked if whose == person]
        command = BeginForgetting(self.new(), 0, (*written, *asked))
        await begin_forgetting(command, self._by(), record=self.record)
        await self._forgetter.round()
        await self.keys.destroy_subject(id_of("customer", str(person)), self._at)

    async def _read(self, item: Inbound) -> None:
        serial = next(self._numbers)
        raw = RawInbound(self.new(), WHATSAPP, ACCOUNT, b"{}", self._at, f"payload {serial}")
        await record_item_on_raw_kept(item, raw, self._by(), record=self.record, directory=self._directory)

    def _by(self) -> CommandContext:
        command_id = self.new()
        return CommandContext(command_id, system_actor("channels"), self._at, command_id)

    def _message(self, number: int) -> str:
        return self._written[number % len(self._written)][1]

    def _reply(self, number: int) -> UUID:
        return self._asked[number % len(self._asked)][1]

    @staticmethod
    def _handle(person: int) -> HandleContent:
        return HandleContent(HandleKind.WHATSAPP, f"+3161234560{person}")


@asynccontextmanager
async def channels_history(database: str, keys_database: str) -> AsyncIterator[ChannelsHistory]:
    """A fresh one in two empty databases."""
    pool = await open_pool(database, application_name="history")
    keys_pool = await open_pool(keys_database, application_name="history", size_max=4)
    try:
        await migrate(pool, "services.channels.migrations")
        await migrate_keys(keys_pool)
        yield ChannelsHistory(pool, KeyRing(keys_pool, KEK))
    finally:
        await pool.close()
        await keys_pool.close()


async def emptied(history: ChannelsHistory) -> ChannelsHistory:
    """The same databases with nothing in them, for the next example."""
    await empty(history.pool)
    return ChannelsHistory(history.pool, await empty_keys(history.keys, KEK))
