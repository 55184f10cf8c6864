"""Access tokens that end by themselves: renewed with an account's refresh token, before they end, and kept in memory.

One answer is shared by whoever asks meanwhile. What the platform refuses is asked for again after a while only.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from infra.logs import log
from services.channels.domain.outbound import HttpCall
from services.channels.domain.raw import account_id_of
from services.channels.ports import AnswerLost, Clock, NothingSent, Poster, SecretHolder, TokenAway
from services.channels.providers.json_values import at, text
from services.channels.providers.platform_answers import answer_of, is_success

TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105  (an address)
RENEWED_BEFORE = timedelta(minutes=2)
LASTS_DEFAULT = timedelta(minutes=30)
LASTS_MAX = timedelta(hours=12)
PAUSE_AFTER_REFUSAL = timedelta(minutes=1)

logger = log("access_tokens")


class _Held(msgspec.Struct):
    """`token` None: refused. `until`: when to ask again."""

    token: str | None
    until: datetime


class AccessTokens:
    """Implements `ports.TokenSource`."""

    def __init__(self, poster: Poster, clock: Clock) -> None:
        self._poster = poster
        self._clock = clock
        self._held: dict[UUID, _Held] = {}
        self._lock = asyncio.Lock()

    async def of(self, account: SecretHolder) -> str | None:
        """The token to show now: renewed where the account says how, else the one that is configured, if any.

        Raises:
            TokenAway: none can be had now.
        """
        if account.secret("refresh_token") is None:
            return account.secret("access_token")
        account_id = account_id_of(account.channel, account.account)
        async with self._lock:
            held = self._held.get(account_id)
            if held is None or held.until <= self._clock.now():
                held = self._held[account_id] = await self._renewed(account)
        if held.token is None:
            raise TokenAway
        return held.token

    def forget(self, account: SecretHolder) -> None:
        """The platform did not believe it: the next one is a new one."""
        self._held.pop(account_id_of(account.channel, account.account), None)

    async def _renewed(self, account: SecretHolder) -> _Held:
        form = {name: account.secret(name) or "" for name in ("client_id", "client_secret", "refresh_token")}
        url = account.secret("token_url") or TOKEN_URL
        try:
            result = await self._poster.post(HttpCall(url, {"grant_type": "refresh_token", **form}, form=True))
        except (NothingSent, AnswerLost):
            raise TokenAway from None
        answer, now = answer_of(result), self._clock.now()
        token, seconds = text(answer, "access_token"), at(answer, "expires_in")
        if not is_success(result) or token is None:
            logger.warning("no access token is given", status=result.status, code=text(answer, "error"))
            return _Held(None, now + PAUSE_AFTER_REFUSAL)
        lasts = timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else LASTS_DEFAULT
        return _Held(token, now + max(min(lasts, LASTS_MAX) - RENEWED_BEFORE, timedelta(seconds=1)))
