"""Answers consumers whose transport has a hole: pages of this service's log, out of its own database."""

from __future__ import annotations

import msgspec
from nats.aio.msg import Msg

from contracts.envelope import Message
from contracts.log import ReplayPage, ReplayRequest
from contracts.subjects import replay_subject
from infra import attributes, telemetry
from infra.bus import TRANSPORT_ERRORS, Bus
from infra.event_store import Log, UnknownTopic
from infra.logs import log
from infra.outgoing import Publish, message_of

PAGE_MESSAGES_MAX = 256
PAGE_BYTES_MAX = 512 * 1024
QUEUE = "replay"
"""One of several processes of a service answers."""

logger = log("replay")


class ReplayResponder:
    """Answers `<origin>.log.replay`. Requests are answered one after the other; those that pile up are dropped."""

    def __init__(self, facts: Log, bus: Bus, origin: str, publish: Publish) -> None:
        self._facts = facts
        self._bus = bus
        self._origin = origin
        self._publish = publish

    async def run(self) -> None:
        """Answer for ever, over each connection in turn."""
        while True:
            client = await self._bus.wait_connected()
            try:
                await self._bus.subscribe(replay_subject(self._origin), queue=QUEUE, on_message=self._answer)
            except TRANSPORT_ERRORS:
                continue
            await self._bus.wait_replaced(client)

    async def page(self, request: ReplayRequest) -> ReplayPage:
        """What follows `request.after`, bounded by number and size; one message at least where there are any.

        Raises:
            UnknownTopic: the next fact is not one that this program can tell of.
        """
        last_position = await self._facts.last_position()
        messages: list[Message] = []
        size = 0
        count_max = max(1, min(request.count_max, PAGE_MESSAGES_MAX))
        for logged in await self._facts.read(max(0, request.after), count_max):
            try:
                message = message_of(logged, self._origin, self._publish)
            except UnknownTopic:
                if messages:
                    break
                raise
            size += len(msgspec.json.encode(message))
            if messages and size > PAGE_BYTES_MAX:
                break
            messages.append(message)
        return ReplayPage(last_position=last_position, messages=tuple(messages))

    async def _answer(self, request: Msg) -> None:
        """A request that fails stays without an answer: who asked asks again."""
        try:
            asked = msgspec.json.decode(request.data, type=ReplayRequest)
            with telemetry.span(attributes.REPLAY_ANSWER, origin=self._origin, position=asked.after):
                await request.respond(msgspec.json.encode(await self.page(asked)))
        except Exception as error:
            logger.warning("a replay request went unanswered", exc_info=error)
