"""Where an account's platform is: an HTTP URL, or for mail `imaps://user@host:port/Folder` and `smtps://user@host`.

`imaps`, `smtps`: TLS from the first byte. `imap+starttls`, `smtp+starttls`: TLS before anything is said. `imap`,
`smtp`: no TLS at all, for this very machine only.
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote, urlsplit

import msgspec

from contracts.hosts import LOOPBACK_HOSTS
from contracts.installation import ChannelAccount
from contracts.vocabulary import Channel

FOLDER_DEFAULT = "INBOX"
WITH_PLATFORM_ID = frozenset(
    {Channel.WHATSAPP, Channel.MESSENGER, Channel.FACEBOOK, Channel.INSTAGRAM, Channel.X, Channel.SMS}
)
"""Whose platforms say for which of our accounts something is."""

Tls = Literal["implicit", "starttls", "none"]
_PORTS: dict[str, tuple[Tls, int]] = {
    "imaps": ("implicit", 993),
    "imap+starttls": ("starttls", 143),
    "imap": ("none", 143),
    "smtps": ("implicit", 465),
    "smtp+starttls": ("starttls", 587),
    "smtp": ("none", 25),
}


class MailServer(msgspec.Struct, frozen=True):
    """`user` None: the account's address. `folder`: what is read."""

    protocol: Literal["imap", "smtp"]
    host: str
    port: int
    tls: Tls
    user: str | None = None
    folder: str = FOLDER_DEFAULT


def mail_server(url: str) -> MailServer:
    """The server that a URL names.

    Raises:
        ValueError: it names none, or one that would be told a password for all to read.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.query or parts.fragment or parts.password is not None:
        raise ValueError("expected a URL such as imaps://imap.shop.example or smtps://smtp.shop.example")
    tls, port = _PORTS[parts.scheme]
    if tls == "none" and parts.hostname not in LOOPBACK_HOSTS:
        raise ValueError(f"expected {parts.scheme}s:// or {parts.scheme}+starttls://: passwords travel by it")
    return MailServer(
        protocol="imap" if parts.scheme.startswith("imap") else "smtp",
        host=parts.hostname,
        port=parts.port or port,
        tls=tls,
        user=unquote(parts.username) if parts.username else None,
        folder=unquote(parts.path.strip("/")) or FOLDER_DEFAULT,
    )


def is_origin(text: str) -> bool:
    """Whether it is an origin as browsers write it: scheme, host, perhaps a port."""
    return re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+", text) is not None


def address_complaint(channel: Channel, account: ChannelAccount) -> tuple[str, str] | None:
    """The key at fault and what is wrong with it; None where every address of the account can be used."""
    if account.feed_url is not None or account.feed_may_be_local:
        if channel is not Channel.FEED:
            return "feed_url", "only feed has one"
        if not re.fullmatch(r"https?://[^\s/?#@]+(?:[/?][^\s#]*)?", account.feed_url or ""):
            return "feed_url", "expected an http:// or https:// URL"
    if account.platform_id is not None and channel not in WITH_PLATFORM_ID:
        return "platform_id", f"only {', '.join(sorted(each.path for each in WITH_PLATFORM_ID))} have one"
    if channel is not Channel.CHAT and account.allowed_origins:
        return "allowed_origins", "only chat has them"
    if channel is Channel.CHAT and (wrong := _of_chat(account)) is not None:
        return wrong
    return _of_mail(account) if channel is Channel.EMAIL else _of_http(account)


def _of_chat(account: ChannelAccount) -> tuple[str, str] | None:
    for index, origin in enumerate(account.allowed_origins):
        if not is_origin(origin):
            return f"allowed_origins[{index}]", "expected an origin such as https://shop.example, without a path"
    return None


def _of_http(account: ChannelAccount) -> tuple[str, str] | None:
    for name, value in (("mailbox", account.mailbox), ("authserv_id", account.authserv_id)):
        if value is not None:
            return name, "only email has one"
    if account.api_base is not None and not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", account.api_base):
        return "api_base", "expected an http:// or https:// URL"
    return None


def _of_mail(account: ChannelAccount) -> tuple[str, str] | None:
    if not re.fullmatch(r"[^\s@]+@[^\s@]+", account.account):
        return "account", "expected the mail address that customers write to"
    if account.mailbox is None:
        return "mailbox", "missing: email cannot be received without it"
    for name, protocol, url in (("mailbox", "imap", account.mailbox), ("api_base", "smtp", account.api_base)):
        try:
            if url is not None and mail_server(url).protocol != protocol:
                return name, f"expected {protocol}s://"
        except ValueError as error:
            return name, str(error)
    return None
