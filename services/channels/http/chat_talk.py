"""One visitor on the line: greeted, heard, told what was answered. Nothing is said to be taken before it is on disk."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import msgspec

from contracts.vocabulary import Channel, DeliveryStatus
from infra import attributes, metrics
from infra.logs import log
from infra.postgres import is_transient
from infra.telemetry import current_traceparent, span
from services.channels.domain.chat_frames import (
    FRAME_BYTES_MAX,
    VERSION,
    Accepted,
    Delivered,
    Hello,
    Ping,
    Pong,
    Replied,
    RepliedFile,
    Said,
    Seen,
    ServerFrame,
    Trouble,
    Welcome,
    read_frame,
)
from services.channels.domain.chat_identity import is_key
from services.channels.domain.chat_pace import Pace
from services.channels.domain.normal_form import NotUnderstood
from services.channels.domain.raw import RawInbound, account_id_of, key_of_client
from services.channels.http.answers import Receive, Send
from services.channels.http.chat_visitor import (
    FLOOD,
    LATER,
    REFUSED,
    SILENT,
    TOO_BIG,
    ChatParts,
    Ended,
    HungUp,
    Visitor,
    visitor_of,
)
from services.channels.ports import KeptBefore, StoredReply, StoreUnavailable
from services.channels.providers.chat import Kept, KeptMessage, KeptReceipt
from services.channels.settings import AccountSettings

RETRY_AFTER_MS = 1000
logger = log("chat")


class ChatTalk:
    """What happens on one socket, once it is open."""

    def __init__(self, account: AccountSettings, parts: ChatParts, receive: Receive, send: Send) -> None:
        self._account = account
        self._account_id = account_id_of(account.channel, account.account)
        self._parts = parts
        self._receive = receive
        self._send = send
        self._heard_at = parts.clock.now()
        self._pace = Pace(parts.limits, self._heard_at)
        self._remembered = False

    async def run(self) -> None:
        """Until one of both hangs up."""
        try:
            visitor, hello = await self._greeted()
            await self._talk(visitor, hello)
        except HungUp:
            return
        except Ended as end:
            await self._close(end.code, end.trouble)
        except Exception as error:
            if not isinstance(error, StoreUnavailable) and not is_transient(error):
                logger.exception("a chat broke off", channel=Channel.CHAT.path)
            await self._close(LATER, Trouble("unavailable", "please come again", retry_after_ms=RETRY_AFTER_MS))

    async def _greeted(self) -> tuple[Visitor, Hello]:
        try:
            async with asyncio.timeout(self._parts.limits.hello_s_max):
                hello = read_frame(await self._next())
        except TimeoutError:
            raise Ended(SILENT, "no-hello", "the first frame did not come in time") from None
        except NotUnderstood as problem:
            raise Ended(REFUSED, problem.code, problem.detail) from None
        if not isinstance(hello, Hello) or hello.v != VERSION:
            raise Ended(REFUSED, "no-hello", f"the first frame is a hello of version {VERSION}")
        if not is_key(hello.widget_key, self._account.secrets.get("widget_key", ())):
            raise Ended(REFUSED, "unauthorised", "not accepted")
        visitor, token = await visitor_of(hello, self._account, self._parts)
        self._remembered = visitor.remembered
        welcome = Welcome(
            visitor=visitor.visitor_id.hex,
            name=self._account.brand_name or self._account.name,
            signed=visitor.identity is not None,
            session=None if token is None else visitor.value,
            token=token,
        )
        await self._say(welcome)
        if hello.visitor != welcome.visitor:
            hello = msgspec.structs.replace(hello, seen=0, read=0)
        return visitor, hello

    async def _talk(self, visitor: Visitor, hello: Hello) -> None:
        works = (self._hear(visitor, hello), self._tell(visitor, hello.seen), self._ask(visitor))
        tasks = [asyncio.create_task(work) for work in works]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended = [task for task in tasks if task.done()]
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for task, result in zip(tasks, results, strict=True):
            if task in ended and isinstance(result, BaseException):
                raise result

    async def _hear(self, visitor: Visitor, hello: Hello) -> None:
        """Take in what the page says, in the order in which it says it."""
        await self._receipt(visitor, DeliveryStatus.DELIVERED, hello.seen)
        await self._receipt(visitor, DeliveryStatus.READ, hello.read)
        while True:
            data = await self._next()
            now = self._heard_at = self._parts.clock.now()
            self._check_identity(visitor)
            if (wait := self._pace.take(now)) is not None:
                if self._pace.floods > self._parts.limits.floods_max:
                    raise Ended(FLOOD, "too-many", "too many frames")
                after_ms = int(wait.total_seconds() * 1000) + 1
                await self._say(Trouble("slow-down", "too many frames at once", retry_after_ms=after_ms))
                continue
            try:
                frame = read_frame(data)
            except NotUnderstood as problem:
                await self._say(Trouble(problem.code, problem.detail, field=problem.field))
                continue
            match frame:
                case Said():
                    await self._take(visitor, frame)
                case Delivered(seq=seq):
                    await self._receipt(visitor, DeliveryStatus.DELIVERED, seq)
                case Seen(seq=seq):
                    await self._receipt(visitor, DeliveryStatus.READ, seq)
                case Hello():
                    await self._say(Trouble("hello-again", "one hello is enough"))
                case Pong():
                    pass

    async def _take(self, visitor: Visitor, said: Said) -> None:
        """On disk, then acknowledged."""
        kept = KeptMessage(
            visitor=visitor.value,
            id=said.id,
            text=said.text,
            signed=visitor.identity is not None,
            name=visitor.name,
            email=visitor.email,
        )
        try:
            if not self._remembered:
                # First of all the session: what is taken in is never of somebody who cannot come back to it.
                now = self._parts.clock.now()
                await self._parts.chats.remember(self._account_id, visitor.visitor_id, visitor.digest, now)
                self._remembered = True
            # Who comes back may have told a name meanwhile: the words make it another message, nothing else.
            before = await self._keep(kept, f"{visitor.value}\x1f{said.id}", words=said.text.encode())
        except Exception as error:
            if not isinstance(error, StoreUnavailable) and not is_transient(error):
                raise
            trouble = Trouble("unavailable", "it could not be stored now", id=said.id, retry_after_ms=RETRY_AFTER_MS)
            await self._say(trouble)
            return
        if before.same:
            await self._say(Accepted(said.id))
        else:
            await self._say(Trouble("id-reused", "this id was used for something else", field="id", id=said.id))

    async def _receipt(self, visitor: Visitor, status: DeliveryStatus, seq: int) -> None:
        """Note how far our answers came; each is told of once."""
        chats = self._parts.chats
        replies = await chats.not_told(visitor.visitor_id, status, seq) if seq else ()
        if replies:
            told = KeptReceipt(status="READ" if status is DeliveryStatus.READ else "DELIVERED", replies=tuple(replies))
            await self._keep(told, f"{visitor.value}\x1f{status}\x1f{replies[0]}\x1f{replies[-1]}")
            await chats.told(visitor.visitor_id, status, seq)

    async def _keep(self, kept: Kept, key: str, *, words: bytes | None = None) -> KeptBefore:
        with span(attributes.CHAT_FRAME, channel=Channel.CHAT.path):
            raw = RawInbound(
                raw_id=self._parts.ids.new(),
                channel=Channel.CHAT,
                account=self._account.account,
                body=msgspec.json.encode(kept),
                received_at=self._parts.clock.now(),
                dedupe_key=key_of_client(key),
                traceparent=current_traceparent(),
                words=words,
            )
            before = await self._parts.store.keep(raw)
        metrics.webhooks.labels(Channel.CHAT.path, "accepted" if before.new else "repeated").inc()
        return before

    async def _tell(self, visitor: Visitor, seen: int) -> None:
        """Say what was answered since, and what will be."""
        with self._parts.lines.listen(visitor.visitor_id) as line:
            while True:
                line.clear()
                for reply in await self._parts.chats.replies_after(visitor.visitor_id, seen):
                    if reply.text is not None:
                        await self._say(_replied(reply, reply.text))
                    seen = reply.seq
                await line.wait()

    async def _ask(self, visitor: Visitor) -> None:
        """Ask now and then whether somebody is there."""
        limits = self._parts.limits
        while True:
            await asyncio.sleep(limits.ping_every_s)
            self._check_identity(visitor)
            if (self._parts.clock.now() - self._heard_at).total_seconds() > limits.silence_s_max:
                raise Ended(SILENT, "silent", "nothing was heard for too long")
            await self._say(Ping())

    def _check_identity(self, visitor: Visitor) -> None:
        if visitor.identity is not None and self._parts.clock.now() >= visitor.identity.ends_at:
            raise Ended(REFUSED, "identity-ended", "the site has to vouch for the visitor again")

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] != "websocket.receive":
            raise HungUp
        text = message.get("text")
        data: bytes = text.encode("utf-8", "surrogatepass") if text is not None else message.get("bytes") or b""
        if len(data) > FRAME_BYTES_MAX:
            raise Ended(TOO_BIG, "too-large", f"at most {FRAME_BYTES_MAX} bytes")
        return data

    async def _say(self, frame: ServerFrame) -> None:
        try:
            await self._send({"type": "websocket.send", "text": msgspec.json.encode(frame).decode()})
        except (OSError, RuntimeError):
            # The server's words for a socket that is closed meanwhile.
            raise HungUp from None

    async def _close(self, code: int, trouble: Trouble) -> None:
        with suppress(HungUp, OSError, RuntimeError):
            await self._say(trouble)
            await self._send({"type": "websocket.close", "code": code, "reason": trouble.code})


def _replied(reply: StoredReply, text: str) -> Replied:
    files = tuple(
        RepliedFile(each.name, each.media_type, each.size_bytes, each.url)
        for each in reply.files
        if each.url is not None
    )
    return Replied(seq=reply.seq, id=str(reply.contact_id), text=text, at=reply.stored_at.isoformat(), files=files)
