"""Who says hello: somebody for whom the site vouches, one who comes back to a session of ours, or somebody new."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.content import HandleContent
from contracts.vocabulary import Channel, HandleKind
from services.channels.domain.chat_frames import Hello, Trouble
from services.channels.domain.chat_identity import SESSION, Identity, IdentityRefused, read_identity, token_digest
from services.channels.domain.chat_pace import ChatLimits
from services.channels.domain.raw import account_id_of
from services.channels.domain.trace import handle_trace
from services.channels.ports import ChatLines, ChatStore, Clock, Ids, RawStore, Tokens
from services.channels.settings import AccountSettings, ChannelsSettings

REFUSED, SILENT, FLOOD, TOO_BIG, LATER = 4401, 4408, 4429, 1009, 1013
"""Why a socket is closed: not with this key or identity; nothing was heard; too much was; or come again later."""


class ChatParts(msgspec.Struct, frozen=True):
    """All that a chat needs from outside."""

    settings: ChannelsSettings
    store: RawStore
    chats: ChatStore
    lines: ChatLines
    clock: Clock
    ids: Ids
    tokens: Tokens
    limits: ChatLimits = ChatLimits()


class HungUp(Exception):  # noqa: N818  (an end, not a fault)
    """The page is gone."""


class Ended(Exception):  # noqa: N818  (a decision of ours)
    """We end it. `code`: of the close; `word`: a code of ours, which is said first."""

    def __init__(self, code: int, word: str, detail: str) -> None:
        super().__init__(word)
        self.code = code
        self.trouble = Trouble(word, detail)


class Visitor(msgspec.Struct, frozen=True):
    """Who is on the line. `digest`: of the session's token; `name`, `email`: vouched for, or as typed.

    `remembered`: we know the session already.
    """

    value: str
    visitor_id: UUID
    digest: bytes | None = None
    identity: Identity | None = None
    name: str | None = None
    email: str | None = None
    remembered: bool = False


async def visitor_of(hello: Hello, account: AccountSettings, parts: ChatParts) -> tuple[Visitor, str | None]:
    """Who says hello, and the token of a session that begins now.

    A session that we do not know, or not with this token, is no reason to turn somebody away: a new one begins.

    Raises:
        Ended: the identity is not signed by the site, or not any more.
    """
    if hello.identity is not None:
        return _vouched(hello.identity, account, parts), None
    if hello.session is not None and hello.token is not None and hello.session.startswith(SESSION):
        visitor_id, digest = _id_of(hello.session, account), token_digest(hello.token)
        if await parts.chats.has_session(visitor_id, digest):
            now = parts.clock.now()
            await parts.chats.remember(account_id_of(account.channel, account.account), visitor_id, digest, now)
            known = Visitor(hello.session, visitor_id, digest, name=hello.name, email=hello.email, remembered=True)
            return known, None
    session, token = SESSION + parts.tokens.new(), parts.tokens.new()
    new = Visitor(session, _id_of(session, account), token_digest(token), name=hello.name, email=hello.email)
    return new, token


def _vouched(written: str, account: AccountSettings, parts: ChatParts) -> Visitor:
    secrets = account.secrets.get("identity_secret", ())
    try:
        identity = read_identity(written, secrets, now=parts.clock.now())
    except IdentityRefused:
        raise Ended(REFUSED, "identity-refused", "the identity is not signed, or has ended") from None
    visitor_id = _id_of(identity.visitor, account)
    return Visitor(identity.visitor, visitor_id, identity=identity, name=identity.name, email=identity.email)


def _id_of(value: str, account: AccountSettings) -> UUID:
    return handle_trace(Channel.CHAT, account.account, HandleContent(HandleKind.CHAT_VISITOR, value))
