"""Asks X for what it could not deliver while we were away: its own tries are over long before a longer outage is.

What is delivered twice changes nothing: a post is known by its id.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from contracts.vocabulary import Channel
from infra.logs import log
from infra.postgres import Pool
from infra.rounds import go_round
from infra.sql import statements
from services.channels.domain.outbound import HttpCall
from services.channels.domain.raw import account_id_of
from services.channels.ports import AnswerLost, Clock, NothingSent, Poster
from services.channels.providers.x_replay import KEPT_FOR, replay
from services.channels.settings import AccountSettings, ChannelsSettings

EVERY_SECONDS = 60.0
AWAY_FROM = timedelta(minutes=3)
"""Whoever was not up for so long may have missed something."""

ASK_AFTER = timedelta(minutes=10)
"""By then X has given up what it tried to deliver itself."""

_LATER = 429
_SQL = statements("services.channels.workers")
logger = log("replays")


class Replays:
    """The loop, for those of the accounts that have a webhook of theirs named."""

    def __init__(self, settings: ChannelsSettings, poster: Poster, pool: Pool, clock: Clock) -> None:
        self._accounts = tuple(each for each in settings.accounts.values() if _asks(each))
        self._pool = pool
        self._poster = poster
        self._clock = clock

    async def run(self) -> None:
        """Note for ever that we are up. While the database is away we are not: nothing can be taken in then."""
        await go_round(self.round, every_seconds=EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """Note that we are up, and ask for what was missed before."""
        for account in self._accounts:
            now, account_id = self._clock.now(), account_id_of(account.channel, account.account)
            row = await self._pool.fetchrow(_SQL["replay_up"], account_id, now, now - AWAY_FROM)
            since, until = (row["missed_since"], row["missed_until"]) if row is not None else (None, None)
            if since is not None and until is not None and now - until >= ASK_AFTER:
                await self._ask(account_id, _call(account, max(since, now - KEPT_FOR), until), until)

    async def _ask(self, account_id: UUID, call: HttpCall, until: datetime) -> None:
        """Ask once; again in the next round where it was not heard. What is refused is not had, and that is told."""
        try:
            status = (await self._poster.post(call)).status
        except (NothingSent, AnswerLost) as problem:
            logger.warning("nobody could be asked for what was missed", error_class=type(problem).__name__)
            await self._pool.execute(_SQL["replay_trouble"], account_id, "replay-unreachable")
            return
        trouble = None if status < 300 else f"replay-http-{status}"  # noqa: PLR2004  (what HTTP calls a success)
        if trouble is not None:
            logger.warning("what was missed is not delivered again", reason=trouble)
        if status == _LATER or status >= 500:  # noqa: PLR2004  (server errors)
            await self._pool.execute(_SQL["replay_trouble"], account_id, trouble)
        else:
            await self._pool.execute(_SQL["replay_asked"], account_id, until, trouble)


def _asks(account: AccountSettings) -> bool:
    named = account.secret("webhook_id") is not None and account.secret("bearer_token") is not None
    return account.channel is Channel.X and account.api_base is not None and named


def _call(account: AccountSettings, since: datetime, until: datetime) -> HttpCall:
    return replay(
        account.api_base or "",
        webhook_id=account.secret("webhook_id") or "",
        bearer_token=account.secret("bearer_token") or "",
        since=since,
        until=until,
    )
