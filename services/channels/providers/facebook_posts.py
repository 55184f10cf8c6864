"""A post of a Facebook page: what the page itself says, on its own feed."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from contracts.publishing import PUBLISHING
from contracts.text_length import fits
from contracts.vocabulary import Channel, Refusal, RefusalCode
from services.channels.domain.outbound import CallResult, HttpCall, Post, SendOutcome, SendTarget, TakenOver
from services.channels.providers import meta_graph

LIMIT = PUBLISHING[Channel.FACEBOOK]


def render(post: Post, target: SendTarget) -> HttpCall:
    """The call that posts it on the page.

    Raises:
        Refusal: the text is longer than Facebook takes.
    """
    if not fits(post.text, LIMIT):
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"Facebook takes {LIMIT.length_max} characters", "text")
    return meta_graph.call(target, target.sender_id, "feed", body={"message": post.text})


def interpret(result: CallResult) -> SendOutcome:
    """What Meta's answer means. A post's id holds the page's, and is its address, too."""
    outcome = meta_graph.outcome(result, meta_graph.id_of_message)
    if not isinstance(outcome, TakenOver) or outcome.external_id is None:
        return outcome
    return msgspec.structs.replace(outcome, url=f"https://www.facebook.com/{quote(outcome.external_id, safe='')}")
