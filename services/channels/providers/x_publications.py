"""A post of ours on X: what the account itself says, in answer to nobody."""

from __future__ import annotations

import msgspec

from contracts.publishing import PUBLISHING
from contracts.text_length import fits
from contracts.vocabulary import Channel, Refusal, RefusalCode
from services.channels.domain.outbound import CallResult, HttpCall, Post, SendOutcome, SendTarget, TakenOver
from services.channels.providers import x_replies
from services.channels.providers.x_posts import address_of

LIMIT = PUBLISHING[Channel.X]


def render(post: Post, target: SendTarget) -> HttpCall:
    """The call that posts it.

    Raises:
        Refusal: the text is longer than X takes.
    """
    if not fits(post.text, LIMIT):
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"X takes {LIMIT.length_max}, in its own way of counting", "text")
    return x_replies.post(target, {"text": post.text})


def interpret(result: CallResult) -> SendOutcome:
    """What X's answer means."""
    outcome = x_replies.interpret(result)
    if not isinstance(outcome, TakenOver) or outcome.external_id is None:
        return outcome
    return msgspec.structs.replace(outcome, url=address_of(outcome.external_id))
