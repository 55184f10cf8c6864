"""Our own chat, the way out: an answer is stored for its visitor, who gets it now or on coming back."""

from __future__ import annotations

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.text_length import fits
from contracts.vocabulary import Channel, HandleKind, Refusal, RefusalCode
from services.channels.domain.outbound import (
    CallResult,
    ChatCall,
    Reply,
    SendOutcome,
    SendRefused,
    SendTarget,
    TakenOver,
)
from services.channels.domain.raw import account_id_of
from services.channels.domain.trace import handle_trace
from services.channels.providers.platform_answers import is_success, refused_or_later

LIMIT = REPLY_CAPABILITIES[Channel.CHAT].text
BACKLOG_FULL = 507
"""The status of a store that has no room: HTTP's word for it."""


def render(reply: Reply, target: SendTarget) -> ChatCall:
    """The answer, to be stored for its visitor.

    Raises:
        Refusal: the text is too long, or whom it is for was never here.
    """
    if not fits(reply.text, LIMIT):
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"the chat takes {LIMIT.length_max} characters", "text")
    if reply.to.kind is not HandleKind.CHAT_VISITOR:
        raise Refusal(RefusalCode.NO_HANDLE_FOR_CHANNEL, "nobody is known by it in the chat")
    account = target.path.rpartition("/")[2]
    return ChatCall(
        account_id=account_id_of(Channel.CHAT, account),
        visitor_id=handle_trace(Channel.CHAT, account, reply.to),
        contact_id=reply.contact_id,
        known_as=str(reply.contact_id),
    )


def interpret(result: CallResult) -> SendOutcome:
    """What the store says: it has it, which is SENT, or the visitor has been away for too long."""
    if is_success(result):
        return TakenOver(result.known_as, sent=True)
    if result.status == BACKLOG_FULL:
        return SendRefused(code="backlog-full", reason="the visitor is away and has too many answers waiting")
    return refused_or_later(result)
