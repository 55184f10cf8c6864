"""Wakes those who wait in this process for an effect, once what they wait for has taken it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from contracts.envelope import Message
from contracts.stored import CommandContext
from infra.consumer import Handler
from infra.effect import handler_name
from services.case.graphql.hub import Hub


class AnswersTo(msgspec.Struct):
    """What of a message says whom it answers."""

    gesture_id: UUID | None = None
    request_id: UUID | None = None
    decision_id: UUID | None = None


def waking(handlers: Mapping[str, Handler], hub: Hub) -> dict[str, Handler]:
    """The same handlers, each of which wakes those who wait for what it has taken effect on."""

    def then_wake(handler: Handler) -> Handler:
        async def handle(message: Message, context: CommandContext) -> None:
            await handler(message, context)
            answers = msgspec.json.decode(message.data, type=AnswersTo)
            hub.answered(
                *(key for key in (answers.gesture_id, answers.request_id, answers.decision_id) if key is not None)
            )

        handle.__name__ = handler_name(handler)  # command ids are made of it
        return handle

    return {subject: then_wake(handler) for subject, handler in handlers.items()}
