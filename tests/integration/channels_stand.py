"""The channels service on a real Postgres, without a transport: webhooks in, facts and deliveries out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from contracts.stored import CommandContext
from contracts.vocabulary import Channel, system_actor
from infra.clock import SystemClock, SystemIds
from infra.event_store import PostgresRecord
from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from infra.sealing import KeyRing, migrate_keys
from infra.signed_links import LinkSigner
from infra.sql import statements
from services.channels.app import STATEMENTS
from services.channels.commands.apply_configuration import ApplyConfiguration, apply_configuration
from services.channels.domain.attachment_check import Limits
from services.channels.projections import PROJECTIONS
from services.channels.providers import OUTLETS, STAGES
from services.channels.queries.directory import PostgresDirectory
from services.channels.reactions.send_reply_on_delivery_due import SendingParts
from services.channels.settings import AccountSettings, ChannelsSettings
from services.channels.workers.access_tokens import AccessTokens
from services.channels.workers.attachment_files import AttachmentFiles
from services.channels.workers.attachment_keeper import AttachmentKeeper, KeepingParts
from services.channels.workers.attachment_sources import AttachmentSources
from services.channels.workers.chat_lines import ChatSwitchboard
from services.channels.workers.chat_store import ChatPoster
from services.channels.workers.intake import Intake
from services.channels.workers.poster import EveryPoster
from services.channels.workers.raw_keeper import RawKeeper
from services.channels.workers.reply_files import UploadedFiles
from services.channels.workers.safe_fetcher import SafeFetcher
from services.channels.workers.sender import Sender
from services.channels.workers.upkeep import Upkeep
from services.channels.workers.upload_keeper import UploadKeeper
from tests.support.objects_in_memory import ObjectsInMemory
from tests.unit.channels.door_under_test import SECRET
from tests.unit.channels.doors_under_test import DOORS_AND_TOY
from tests.unit.channels.front_door import FrontDoor, front_door

KEK = b"k" * 32
LIMITS = Limits(bytes_max=1024 * 1024)


class ShiftedClock(SystemClock):
    """The real time, as far ahead as a test wants."""

    ahead = timedelta()

    def now(self) -> Any:
        return super().now() + self.ahead


@dataclass
class ChannelsStand:
    pool: Pool
    keys: KeyRing
    record: PostgresRecord
    directory: PostgresDirectory
    clock: ShiftedClock
    settings: ChannelsSettings
    keeper: RawKeeper
    intake: Intake
    sender: Sender
    upkeep: Upkeep
    parts: SendingParts
    front: FrontDoor
    objects: ObjectsInMemory
    files: AttachmentFiles
    attachments: AttachmentKeeper
    keeping: KeepingParts
    uploads: UploadKeeper

    async def facts(self) -> list[str]:
        rows = await self.pool.fetch("SELECT topic FROM es.events ORDER BY pos")
        return [row["topic"] for row in rows if "account" not in row["topic"] and "configuration" not in row["topic"]]

    async def read_all(self) -> None:
        while await self.intake.read_batch():
            pass

    def context(self) -> CommandContext:
        command_id: UUID = SystemIds().new()
        return CommandContext(
            command_id=command_id, actor=system_actor("case"), at=self.clock.now(), correlation_id=command_id
        )


@asynccontextmanager
async def channels_stand(
    database: str, keys_database: str, api_base: str, *also: AccountSettings
) -> AsyncIterator[ChannelsStand]:
    """`also`: accounts besides the usual ones, or in place of those of the same name."""
    async with AsyncExitStack() as closing:
        pool = await open_pool(database, application_name="channels-test")
        closing.push_async_callback(pool.close)
        keys_pool = await open_pool(keys_database, application_name="keys-test", size_max=4)
        closing.push_async_callback(keys_pool.close)
        await migrate(pool, "services.channels.migrations")
        await migrate_keys(keys_pool)
        keys, clock, ids = KeyRing(keys_pool, KEK), ShiftedClock(), SystemIds()
        record = PostgresRecord(
            pool,
            keys,
            PROJECTIONS,
            statements(*STATEMENTS),
            lambda: None,
        )
        directory, settings = PostgresDirectory(pool), _settings(api_base, also)
        intake = Intake(
            pool=pool,
            keys=keys,
            record=record,
            directory=directory,
            clock=clock,
            settings=settings,
            doors=DOORS_AND_TOY,
        )
        keeper = RawKeeper(pool, keys, intake.wake)
        keeping = asyncio.create_task(keeper.run())
        closing.push_async_callback(_cancelled, keeping)
        switchboard = ChatSwitchboard(pool, clock)
        poster = EveryPoster(clock, ChatPoster(pool, switchboard, clock))
        closing.push_async_callback(poster.close)
        objects = ObjectsInMemory()
        files = AttachmentFiles(pool=pool, keys=keys, objects=objects, clock=clock)
        shared: dict[str, Any] = {"record": record, "directory": directory, "clock": clock, "settings": settings}
        parts = _sending(poster, files, **shared)
        fetcher = SafeFetcher(bytes_max=LIMITS.bytes_max)
        closing.push_async_callback(fetcher.close)
        sources = AttachmentSources(pool=pool, keys=keys, fetcher=fetcher, settings=settings, clock=clock)
        keeping_parts = KeepingParts(
            pool=pool, record=record, files=files, sources=sources, clock=clock, ids=ids, limits=LIMITS
        )
        opened = front_door(DOORS_AND_TOY, settings, keeper, clock=clock, ids=keeper.ids)
        front = await closing.enter_async_context(opened)
        stand = ChannelsStand(
            pool=pool,
            keys=keys,
            record=record,
            directory=directory,
            clock=clock,
            settings=settings,
            keeper=keeper,
            intake=intake,
            sender=Sender(pool, parts),
            upkeep=Upkeep(pool=pool, record=record, directory=directory, clock=clock, ids=ids),
            parts=parts,
            front=front,
            objects=objects,
            files=files,
            attachments=AttachmentKeeper(keeping_parts),
            keeping=keeping_parts,
            uploads=UploadKeeper(keeping_parts, hours=24),
        )
        entries = tuple(each.entry() for each in settings.accounts.values())
        await apply_configuration(ApplyConfiguration("d", entries), stand.context(), record=record)
        yield stand


def _sending(
    poster: EveryPoster,
    files: AttachmentFiles,
    *,
    record: PostgresRecord,
    directory: PostgresDirectory,
    clock: ShiftedClock,
    settings: ChannelsSettings,
) -> SendingParts:
    outgoing = UploadedFiles(
        record=record, files=files, signer=LinkSigner(KEK), base_url="https://files.shop.example", clock=clock
    )
    return SendingParts(
        record=record,
        directory=directory,
        poster=poster,
        clock=clock,
        ids=SystemIds(),
        settings=settings,
        outlets=OUTLETS,
        stages=STAGES,
        files=outgoing,
        tokens=AccessTokens(poster, clock),
        paces=settings.paces(),
    )


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait((task,))


def _settings(api_base: str, also: tuple[AccountSettings, ...]) -> ChannelsSettings:
    found = tuple(
        AccountSettings(
            channel=channel,
            account="account-1",
            name=channel.path,
            secrets={"app_secret": (SECRET,)},
            api_base=api_base,
        )
        for channel in (Channel.FORM, Channel.WHATSAPP, Channel.LETTER, Channel.MESSENGER, Channel.FACEBOOK)
    )
    return ChannelsSettings.of((*found, *also), region="NL", digest="d")


async def one(pool: Pool, sql: str, *args: object) -> asyncpg.Record:
    found = await pool.fetchrow(sql, *args)
    assert found is not None
    return found
