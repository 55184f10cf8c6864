"""Looks how every account does: what came and left last, what is left to do, what is silent or cannot be reached."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from contracts.stored import CommandContext, Record
from contracts.vocabulary import system_actor
from infra import metrics
from infra.logs import log
from infra.postgres import Pool
from infra.rounds import go_round
from infra.sql import statements
from services.channels.commands.observe_account import ObserveAccount, observe_account
from services.channels.domain.health import silent_since
from services.channels.domain.health_facts import Health
from services.channels.domain.send_pace import SendPaces
from services.channels.ports import Clock, Ids
from services.channels.settings import ChannelsSettings

LOOK_EVERY_SECONDS = 10.0

_SQL = statements("services.channels.workers")
logger = log("watch")


SLOWED_DOWN = "slowed-down"
"""Replies wait, because no more of them may leave in a minute, or because the platform asked for a pause."""


class Watch:
    """The loop. `round` tells what is news; the figures are those of the last round."""

    def __init__(
        self, *, pool: Pool, record: Record, clock: Clock, ids: Ids, settings: ChannelsSettings, paces: SendPaces
    ) -> None:
        self._pool = pool
        self._record = record
        self._clock = clock
        self._ids = ids
        self._settings = settings
        self._paces = paces
        self._alarmed: set[UUID] = set()

    async def run(self) -> None:
        """Look now and then, for ever. While the database is away it comes again."""
        await go_round(self.round, every_seconds=LOOK_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """Look at every account once."""
        found = await self._pool.fetch(_SQL["health_of_accounts"], list(self._settings.accounts))
        slowed = self._paces.slowed()
        now, silent, in_trouble = self._clock.now(), Counter[str](), Counter[str]()
        for row in found:
            account = self._settings.accounts[row["account_id"]]
            quiet = silent_since(
                row["last_received_at"],
                at=now,
                alarm_minutes=account.silence_alarm_minutes,
                opening_hours=account.opening_hours,
                timezone=account.timezone,
            )
            silent[account.channel.path] += quiet is not None
            in_trouble[account.channel.path] += row["trouble"] is not None
            self._say(row["account_id"], account.channel.path, silent=quiet is not None)
            told = {name: value for name, value in row.items() if name != "account_id"}
            if row["account_id"] in slowed and row["unsent"]:
                told["trouble"] = told["trouble"] or SLOWED_DOWN
            await self._tell(row["account_id"], Health(**told, silent_since=quiet))
        for channel in {account.channel.path for account in self._settings.accounts.values()}:
            metrics.accounts_silent.labels(channel).set(silent[channel])
            metrics.accounts_in_trouble.labels(channel).set(in_trouble[channel])

    def _say(self, account_id: UUID, channel: str, *, silent: bool) -> None:
        """In the log once, when it begins and when it is over."""
        if silent == (account_id in self._alarmed):
            return
        if silent:
            self._alarmed.add(account_id)
            logger.warning("an account is silent though it should not be", channel=channel, stream_id=str(account_id))
        else:
            self._alarmed.discard(account_id)
            logger.info("an account that was silent is heard again", channel=channel, stream_id=str(account_id))

    async def _tell(self, account_id: UUID, health: Health) -> None:
        command_id = self._ids.new()
        context = CommandContext(
            command_id=command_id, actor=system_actor("channels"), at=self._clock.now(), correlation_id=command_id
        )
        await observe_account(ObserveAccount(account_id, health), context, record=self._record)
