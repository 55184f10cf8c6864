"""Instagram, the way out: a private message, an answer under a comment, or one private message to its author."""

from __future__ import annotations

from contracts.vocabulary import Channel, Refusal, RefusalCode, Visibility
from services.channels.domain.outbound import CallResult, HttpCall, Reply, SendOutcome, SendTarget
from services.channels.providers import meta_graph
from services.channels.providers.instagram import COMMENT


def render(reply: Reply, target: SendTarget) -> HttpCall:
    """The call that says it where it is to be read.

    Raises:
        Refusal: the text is longer than Instagram takes, or nothing is answered in public.
    """
    meta_graph.check_length(reply, Channel.INSTAGRAM, "Instagram")
    if reply.visibility is Visibility.PUBLIC:
        if reply.in_reply_to is None:
            raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "in public Instagram carries answers to comments only")
        return meta_graph.call(target, reply.in_reply_to, "replies", body={"message": reply.text})
    if reply.in_reply_to is not None and COMMENT in reply.answered_flags:
        return meta_graph.direct_message(reply, target, {"comment_id": reply.in_reply_to}, metadata=False)
    return meta_graph.direct_message(reply, target, {"id": reply.to.value}, metadata=False)


def interpret(result: CallResult) -> SendOutcome:
    """What Meta's answer means."""
    return meta_graph.outcome(result, meta_graph.id_of_message)
