"""How each platform hands out the files its webhooks only name. Pure functions; who makes the requests bounds them.

A token goes to the account's own API, and to where that API says the file lies; never to an address that came in with
a message.
"""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from contracts.content import AttachmentContent
from contracts.vocabulary import Channel
from services.channels.domain.download import Ask, Download, NotToBeHad
from services.channels.domain.outbound import SendTarget
from services.channels.providers.json_values import text
from services.channels.providers.meta_graph import API_VERSION

NOT_CONFIGURED = "not-configured"
NO_ADDRESS = "no-address"
NOT_NAMED = "not-named"


class Plain:
    """What lies open at the address that came in: no token, whoever's it is, and nowhere that only we can go."""

    def ask(self, file: AttachmentContent, account: SendTarget) -> Ask:
        """The address itself."""
        if urlsplit(file.external_id).scheme not in {"https", "http"}:
            raise NotToBeHad(NO_ADDRESS)
        del account
        return Ask(file.external_id)

    def follow(self, answer: bytes, account: SendTarget) -> Ask | None:
        """Nothing."""
        del answer, account
        return None


class WhatsApp:
    """The id of a media, then the address that Meta gives for it; the token opens both."""

    def ask(self, file: AttachmentContent, account: SendTarget) -> Ask:
        """Where it lies."""
        version = account.api_version or API_VERSION
        url = f"{_base(account)}/{version}/{quote(file.external_id, safe='')}"
        return Ask(url, _bearer(account), home=account.api_base)

    def follow(self, answer: bytes, account: SendTarget) -> Ask | None:
        """The file."""
        url = text(_json(answer), "url")
        if url is None or not _is_safe(url, account):
            raise NotToBeHad(NOT_NAMED)
        return Ask(url, _bearer(account), home=account.api_base)


class Telegram:
    """The id of a file, then its path; the token stands in both addresses, as Telegram has it."""

    def ask(self, file: AttachmentContent, account: SendTarget) -> Ask:
        """Where it lies."""
        url = f"{_base(account)}/bot{_token(account)}/getFile?file_id={quote(file.external_id, safe='')}"
        return Ask(url, home=account.api_base)

    def follow(self, answer: bytes, account: SendTarget) -> Ask | None:
        """The file."""
        path = text(_json(answer), "result", "file_path")
        if path is None or ".." in path.split("/"):
            raise NotToBeHad(NOT_NAMED)
        url = f"{_base(account)}/file/bot{_token(account)}/{quote(path.lstrip('/'))}"
        return Ask(url, home=account.api_base)


class Twilio(Plain):
    """The address that came in; it is opened with the account's own word only where it is Twilio's."""

    def ask(self, file: AttachmentContent, account: SendTarget) -> Ask:
        """The address itself."""
        plain = super().ask(file, account)
        sid, word = account.secrets.get("account_sid"), account.secrets.get("auth_token")
        host = urlsplit(plain.url).hostname or ""
        is_theirs = urlsplit(plain.url).scheme == "https" and (host == "twilio.com" or host.endswith(".twilio.com"))
        if not (sid and word and (is_theirs or _origin(plain.url) == _origin(account.api_base))):
            return plain
        signed_in = base64.b64encode(f"{sid}:{word}".encode()).decode()
        return Ask(plain.url, {"Authorization": f"Basic {signed_in}"}, home=account.api_base or None)


_PLAIN = Plain()
_DOWNLOADS: dict[Channel, Download] = {
    Channel.WHATSAPP: WhatsApp(),
    Channel.TELEGRAM: Telegram(),
    Channel.SMS: Twilio(),
    Channel.VOICE: Twilio(),
}


def download_of(channel: Channel) -> Download:
    """How files of a channel are fetched; of the others the address that came in is open to whoever has it."""
    return _DOWNLOADS.get(channel, _PLAIN)


def _base(account: SendTarget) -> str:
    if not account.api_base:
        raise NotToBeHad(NOT_CONFIGURED)
    return account.api_base.rstrip("/")


def _token(account: SendTarget) -> str:
    token = account.secrets.get("bot_token")
    if not token:
        raise NotToBeHad(NOT_CONFIGURED)
    return quote(token, safe=":")


def _bearer(account: SendTarget) -> dict[str, str]:
    token = account.secrets.get("access_token")
    return {"Authorization": f"Bearer {token}"} if token else {}


def _is_safe(url: str, account: SendTarget) -> bool:
    return urlsplit(url).scheme == "https" or _origin(url) == _origin(account.api_base)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _json(answer: bytes) -> Any:
    try:
        return msgspec.json.decode(answer)
    except msgspec.DecodeError:
        raise NotToBeHad(NOT_NAMED) from None
