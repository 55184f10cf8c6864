"""Where the bytes of a file come from: out of the mail that brought it, or from the platform that names it."""

from __future__ import annotations

import asyncio

from contracts.content import AttachmentContent
from contracts.vocabulary import Channel
from infra.postgres import Pool
from infra.sealing import KeyRing, open_sealed
from infra.sql import statements
from services.channels.domain.attachment import FETCH_FAILED, GONE, TOO_LARGE
from services.channels.domain.contact import Contact
from services.channels.domain.download import Ask, NotToBeHad
from services.channels.domain.outbound import SendTarget
from services.channels.domain.raw import account_id_of, as_kept
from services.channels.ports import Clock
from services.channels.providers.downloads import NOT_CONFIGURED, download_of
from services.channels.providers.mail_body import read_mail
from services.channels.settings import ChannelsSettings
from services.channels.workers.intake import raw_of
from services.channels.workers.raw_keeper import RAW_VERSION
from services.channels.workers.safe_fetcher import FetchFailed, FetchRefused, Letter, SafeFetcher

OK = 200
GONE_STATUSES = frozenset({404, 410})
_TOO_LARGE_TO_FETCH = "too-large"
_SQL = statements("services.channels.workers")


class NotNow(Exception):  # noqa: N818  (an outcome)
    """It could not be had this time. `wait_s`: how long whoever has it asks to stay away."""

    def __init__(self, *, wait_s: float = 0.0) -> None:
        super().__init__("not now")
        self.wait_s = wait_s


class AttachmentSources:
    """`fetcher`: its limit of bytes is that of a file."""

    def __init__(
        self, *, pool: Pool, keys: KeyRing, fetcher: SafeFetcher, settings: ChannelsSettings, clock: Clock
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._fetcher = fetcher
        self._settings = settings
        self._clock = clock

    async def bytes_of(self, contact: Contact, file: AttachmentContent) -> bytes:
        """The file, whole.

        Raises:
            NotToBeHad: it never will be.
            NotNow: it may be, later.
        """
        if contact.channel is Channel.EMAIL:
            return await self._out_of_mail(contact, file)
        account = self._account(contact)
        download = download_of(contact.channel)
        answer = await self._fetched(download.ask(file, account))
        then = download.follow(answer, account)
        return answer if then is None else await self._fetched(then)

    async def _out_of_mail(self, contact: Contact, file: AttachmentContent) -> bytes:
        row = await self._pool.fetchrow(_SQL["raw_of_mail"], contact.raw_id)
        if row is None or not row["sealed"]:
            raise NotToBeHad(GONE)
        key = (await self._keys.keys_by_id((row["key_id"],))).get(row["key_id"])
        if key is None:
            raise NotToBeHad(GONE)
        raw = raw_of(row)
        kept = as_kept(raw, open_sealed(key, row["sealed"], stream_id=raw.raw_id, version=RAW_VERSION))
        data = await asyncio.to_thread(_part_of, kept.body, file.external_id.removeprefix("part:"))
        if data is None:
            raise NotToBeHad(GONE)
        return data

    def _account(self, contact: Contact) -> SendTarget:
        settings = self._settings.accounts.get(account_id_of(contact.channel, contact.account))
        if settings is None:
            raise NotToBeHad(NOT_CONFIGURED)
        return SendTarget(
            api_base=settings.api_base or "",
            sender_id=settings.account,
            api_version=settings.api_version,
            secrets={name: value for name in settings.secrets if (value := settings.secret(name))},
            at=self._clock.now(),
        )

    async def _fetched(self, ask: Ask) -> bytes:
        letter = Letter(headers={"Accept": "*/*", **ask.headers}, home=ask.home)
        try:
            answer = await self._fetcher.fetch(ask.url, letter=letter)
        except FetchRefused:
            raise NotToBeHad(FETCH_FAILED) from None
        except FetchFailed as failed:
            if failed.reason == _TOO_LARGE_TO_FETCH:
                raise NotToBeHad(TOO_LARGE) from None
            raise NotNow(wait_s=failed.wait_s) from None
        if answer.status in GONE_STATUSES:
            raise NotToBeHad(GONE)
        if answer.status != OK:
            raise NotNow(wait_s=answer.retry_after_s or 0.0)
        return answer.body


def _part_of(mail: bytes, place: str) -> bytes | None:
    """The part at that place of a mail; None where there is none."""
    part = next((each for each in read_mail(mail).parts if each.place == place), None)
    return None if part is None else part.data()
