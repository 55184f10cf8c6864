"""A Facebook page, the way out: a comment for everybody, or one private message to who commented or posted."""

from __future__ import annotations

from contracts.vocabulary import Channel, Refusal, RefusalCode, Visibility
from services.channels.domain.outbound import CallResult, HttpCall, Reply, SendOutcome, SendTarget
from services.channels.providers import meta_graph


def render(reply: Reply, target: SendTarget) -> HttpCall:
    """The call that comments under what is answered, or writes to its author.

    Raises:
        Refusal: the text is longer than Facebook takes, or nothing is answered.
    """
    meta_graph.check_length(reply, Channel.FACEBOOK, "Facebook")
    if reply.in_reply_to is None:
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "Facebook carries answers to comments and posts only")
    if reply.visibility is Visibility.PUBLIC:
        return meta_graph.call(target, reply.in_reply_to, "comments", body={"message": reply.text})
    answered = "post_id" if "post" in reply.answered_flags else "comment_id"
    return meta_graph.direct_message(reply, target, {answered: reply.in_reply_to}, metadata=False)


def interpret(result: CallResult) -> SendOutcome:
    """What Meta's answer means."""
    return meta_graph.outcome(result, meta_graph.id_of_message)
