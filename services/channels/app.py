"""The channels service put together: the only place that knows every part."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from litestar import Litestar, asgi

from contracts import subjects
from contracts.envelope import Message
from contracts.stored import CommandContext
from contracts.vocabulary import system_actor
from infra.clock import SystemTokens
from infra.configuration_file import read_configuration
from infra.health import health_router
from infra.http_tracing import HttpTracing
from infra.runtime import Runtime
from infra.settings import ServiceSettings
from infra.stream import OriginStream
from infra.tiles import log_router
from services.channels import publish
from services.channels.commands.apply_configuration import ApplyConfiguration, apply_configuration
from services.channels.domain.channel_spec import WEBHOOK_BODY_BYTES_MAX
from services.channels.domain.door import Door, Outlet
from services.channels.http.chat_visitor import ChatParts
from services.channels.http.front_door import FrontDoor
from services.channels.projections import PROJECTIONS
from services.channels.providers import DOORS, OUTLETS, STAGES
from services.channels.queries.directory import PostgresDirectory
from services.channels.reactions.begin_forgetting_on_subject_erased import begin_forgetting_on_subject_erased, whose
from services.channels.reactions.begin_withholding_on_content_expired import begin_withholding_on_content_expired
from services.channels.reactions.begin_withholding_on_content_redacted import begin_withholding_on_content_redacted
from services.channels.reactions.request_delivery_on_reply_requested import request_delivery_on_reply_requested
from services.channels.reactions.request_publication_on_publication_requested import (
    request_publication_on_publication_requested,
)
from services.channels.reactions.send_reply_on_delivery_due import SendingParts
from services.channels.reactions.update_account_on_account_update_requested import (
    update_account_on_account_update_requested,
)
from services.channels.settings import ChannelsSettings, settings_of
from services.channels.workers.access_tokens import AccessTokens
from services.channels.workers.attaching import Attaching
from services.channels.workers.chat_lines import ChatSwitchboard
from services.channels.workers.chat_store import ChatPoster, PostgresChatStore
from services.channels.workers.forgetter import Forgetter
from services.channels.workers.hubs import PostgresHubs
from services.channels.workers.intake import Intake
from services.channels.workers.mailboxes import Mailbox
from services.channels.workers.pollers import pollers_of
from services.channels.workers.poster import EveryPoster
from services.channels.workers.raw_keeper import RawKeeper
from services.channels.workers.replays import Replays
from services.channels.workers.retainer import Retainer
from services.channels.workers.safe_fetcher import SafeFetcher
from services.channels.workers.sender import Sender
from services.channels.workers.upkeep import Upkeep
from services.channels.workers.watch import Watch
from services.channels.workers.withholder import Withholder

STATEMENTS = ("services.channels.projections", "infra.withholding")


class ChannelsApp:
    """The running service. `doors`, `outlets`: a test may bring its own."""

    def __init__(
        self,
        runtime: Runtime,
        settings: ChannelsSettings,
        *,
        doors: Mapping[str, Door] = DOORS,
        outlets: Mapping[str, Outlet] = OUTLETS,
    ) -> None:
        self.runtime = runtime
        self.settings = settings
        self._poster: EveryPoster | None = None
        self._fetcher = SafeFetcher(bytes_max=WEBHOOK_BODY_BYTES_MAX)
        self.attaching = Attaching(runtime, settings)
        self._paces = settings.paces()
        self._doors = doors
        self._outlets = outlets
        self._front_door: FrontDoor | None = None

    async def start(self) -> None:
        """Open everything, apply the configuration, and begin to work."""
        runtime = self.runtime
        await runtime.start()
        directory = PostgresDirectory(runtime.pool)
        await self._apply_configuration()
        self.attaching.start()
        intake = Intake(
            pool=runtime.pool,
            keys=runtime.keys,
            record=runtime.record,
            directory=directory,
            clock=runtime.clock,
            settings=self.settings,
            doors=self._doors,
        )
        keeper = RawKeeper(runtime.pool, runtime.keys, intake.wake)
        switchboard = ChatSwitchboard(runtime.pool, runtime.clock)
        self._poster = EveryPoster(runtime.clock, ChatPoster(runtime.pool, switchboard, runtime.clock))
        self._tokens = AccessTokens(self._poster, runtime.clock)
        sender = Sender(runtime.pool, self._sending_parts(directory, self._poster))
        parts: dict[str, Any] = dict(pool=runtime.pool, record=runtime.record, clock=runtime.clock, ids=runtime.ids)  # noqa: C408  (one line)
        forgetter, withholder = self._forgetting()
        self._consume(sender, forgetter, withholder)
        for name, work in (
            ("raw-keeper", keeper.run),
            ("intake", intake.run),
            ("sender", sender.run),
            ("chat-lines", switchboard.run),
            ("upkeep", Upkeep(directory=directory, **parts).run),
            ("forgetter", forgetter.run),
            ("withholder", withholder.run),
            ("retainer", Retainer(keys=runtime.keys, raw_days=self.settings.raw_days, **parts).run),
            ("watch", Watch(settings=self.settings, paces=self._paces, **parts).run),
            ("replays", Replays(self.settings, self._poster, runtime.pool, runtime.clock).run),
        ):
            runtime.spawn(name, work)
        self._read_mailboxes(keeper)
        self._fetch(keeper)
        runtime.run()
        self._front_door = self._opened(keeper, switchboard)

    def _opened(self, keeper: RawKeeper, switchboard: ChatSwitchboard) -> FrontDoor:
        """The front door, as soon as everything behind it works."""
        hubs = PostgresHubs(self.runtime.pool, self.runtime.clock)
        return FrontDoor(self._doors, self._chat_parts(keeper, switchboard), hubs)

    def _chat_parts(self, keeper: RawKeeper, switchboard: ChatSwitchboard) -> ChatParts:
        """What the front door needs."""
        runtime = self.runtime
        return ChatParts(
            settings=self.settings,
            store=keeper,
            chats=PostgresChatStore(runtime.pool, runtime.record, self.attaching.outgoing),
            lines=switchboard,
            clock=runtime.clock,
            ids=keeper.ids,
            tokens=SystemTokens(),
        )

    def _read_mailboxes(self, keeper: RawKeeper) -> None:
        """One loop per account that has one."""
        accounts = [account for account in self.settings.accounts.values() if account.mailbox is not None]
        for number, account in enumerate(accounts, 1):
            mailbox = Mailbox(
                account=account, pool=self.runtime.pool, store=keeper, clock=self.runtime.clock, ids=self.runtime.ids
            )
            self.runtime.spawn(f"mailbox-{number}", mailbox.run)

    def _fetch(self, keeper: RawKeeper) -> None:
        """One loop per account whose contacts nobody pushes."""
        runtime, accounts = self.runtime, self.settings.accounts.values()
        pollers = pollers_of(
            accounts,
            pool=runtime.pool,
            fetcher=self._fetcher,
            store=keeper,
            record=runtime.record,
            clock=runtime.clock,
            ids=runtime.ids,
            tokens=self._tokens,
        )
        for number, poller in enumerate(pollers, 1):
            runtime.spawn(f"poller-{number}", poller.run)

    def _forgetting(self) -> tuple[Forgetter, Withholder]:
        """What takes away what is to be forgotten or withheld."""
        runtime = self.runtime
        parts: dict[str, Any] = {"pool": runtime.pool, "keys": runtime.keys, "files": self.attaching.files}
        parts |= {"record": runtime.record, "clock": runtime.clock, "ids": runtime.ids}
        return Forgetter(**parts), Withholder(stream=OriginStream(runtime.bus, subjects.CHANNELS), **parts)

    async def stop(self) -> None:
        """End everything."""
        self._front_door = None
        await self.runtime.stop()
        if self._poster is not None:
            await self._poster.close()
        await self._fetcher.close()
        await self.attaching.close()

    def asgi(self) -> HttpTracing:
        """The HTTP side: webhooks and health, traced."""

        @asgi("/channels", is_mount=True, copy_scope=False)
        async def front_door(scope: Any, receive: Any, send: Any) -> None:
            if self._front_door is None:
                raise RuntimeError("the service is not started")
            await self._front_door(scope, receive, send)

        @asynccontextmanager
        async def running(_app: Litestar) -> AsyncIterator[None]:
            await self.start()
            try:
                yield
            finally:
                await self.stop()

        return HttpTracing(
            Litestar(
                [front_door, self.attaching.router(), health_router(self.runtime.ready), log_router(self.runtime)],
                lifespan=[running],
                openapi_config=None,
                logging_config=None,
            )
        )

    def _consume(self, sender: Sender, forgetter: Forgetter, withholder: Withholder) -> None:
        """React to the case service; what it asks for begins at once."""
        take_on = partial(self._take_on, sender)
        handlers = {
            subjects.REPLY_REQUESTED: partial(take_on, request_delivery_on_reply_requested),
            subjects.PUBLICATION_REQUESTED: partial(take_on, request_publication_on_publication_requested),
            subjects.SUBJECT_ERASED: partial(self._on_subject_erased, forgetter),
            subjects.CONTENT_REDACTED: partial(self._on_content_redacted, withholder),
            subjects.CONTENT_EXPIRED: partial(self._on_content_expired, withholder),
            subjects.ACCOUNT_UPDATE_REQUESTED: partial(self._on_account_update_requested, sender),
        }
        self.runtime.consume(subjects.CASE, handlers)

    async def _take_on(self, sender: Sender, wanted: Any, message: Message, context: CommandContext) -> None:
        await wanted(message, context, record=self.runtime.record, opener=self.runtime.keys)
        sender.wake()

    async def _on_account_update_requested(self, sender: Sender, message: Message, context: CommandContext) -> None:
        await update_account_on_account_update_requested(message, context, record=self.runtime.record)
        sender.wake()

    async def _on_subject_erased(self, forgetter: Forgetter, message: Message, context: CommandContext) -> None:
        await begin_forgetting_on_subject_erased(message, context, record=self.runtime.record)
        await self.attaching.uploads.forget(whose(message))
        forgetter.wake()

    async def _on_content_redacted(self, withholder: Withholder, message: Message, context: CommandContext) -> None:
        await begin_withholding_on_content_redacted(message, context, record=self.runtime.record)
        withholder.wake()

    async def _on_content_expired(self, withholder: Withholder, message: Message, context: CommandContext) -> None:
        await begin_withholding_on_content_expired(message, context, record=self.runtime.record)
        withholder.wake()

    def _sending_parts(self, directory: PostgresDirectory, poster: EveryPoster) -> SendingParts:
        return SendingParts(
            record=self.runtime.record,
            directory=directory,
            poster=poster,
            clock=self.runtime.clock,
            ids=self.runtime.ids,
            settings=self.settings,
            outlets=self._outlets,
            stages=STAGES,
            files=self.attaching.outgoing,
            tokens=self._tokens,
            paces=self._paces,
        )

    async def _apply_configuration(self) -> None:
        context = CommandContext(
            command_id=self.runtime.ids.new(),
            actor=system_actor(subjects.CHANNELS),
            at=self.runtime.clock.now(),
            correlation_id=self.runtime.ids.new(),
        )
        entries = tuple(account.entry() for account in self.settings.accounts.values())
        command = ApplyConfiguration(digest=self.settings.digest, entries=entries)
        await apply_configuration(command, context, record=self.runtime.record)


def channels_runtime(settings: ServiceSettings) -> Runtime:
    """What channels runs on."""
    return Runtime(
        service=subjects.CHANNELS,
        settings=settings,
        packages=("services.channels.migrations",),
        statements_packages=STATEMENTS,
        projections=PROJECTIONS,
        publish=publish.contract_fact,
        sealing=True,
    )


def create_app(env: Mapping[str, str] | None = None) -> HttpTracing:
    """The service as an ASGI application, as its environment says.

    Raises:
        SettingsError: a variable is missing or malformed.
        ConfigurationError: the configuration cannot be used.
    """
    environment = os.environ if env is None else env
    settings = ServiceSettings.from_environment(environment)
    configuration = read_configuration(settings.config_path, environment)
    return ChannelsApp(channels_runtime(settings), settings_of(configuration)).asgi()
