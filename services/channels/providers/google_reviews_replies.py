"""Google reviews, the way out: the owner's answer below a review, one per review; another one takes its place."""

from __future__ import annotations

import re

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.text_length import fits
from contracts.vocabulary import Channel, Refusal, RefusalCode, Visibility
from services.channels.domain.outbound import CallResult, HttpCall, Reply, SendOutcome, SendTarget, TakenOver
from services.channels.providers.google_reviews import REPLY_SUFFIX, address_of_review
from services.channels.providers.json_values import text
from services.channels.providers.platform_answers import answer_of, is_success, refused_or_later

LIMIT = REPLY_CAPABILITIES[Channel.GOOGLE_REVIEWS].text
_REVIEW_ID = re.compile(r"[A-Za-z0-9_=+-]{1,512}")


def render(reply: Reply, target: SendTarget) -> HttpCall:
    """The call that puts the answer below the review, whose author it is for.

    Raises:
        Refusal: the text is too long, it is not public, or it is for nobody who wrote a review.
    """
    if reply.visibility is not Visibility.PUBLIC:
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "everybody reads an answer to a review", "visibility")
    if not fits(reply.text, LIMIT):
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"Google takes {LIMIT.length_max} bytes", "text")
    review_id = reply.to.value
    if not _REVIEW_ID.fullmatch(review_id):
        raise Refusal(RefusalCode.NO_HANDLE_FOR_CHANNEL, "this is the author of no review")
    token = target.secrets.get("access_token")
    return HttpCall(
        url=address_of_review(target.api_base, review_id) + REPLY_SUFFIX,
        body={"comment": reply.text},
        headers={"Authorization": f"Bearer {token}"} if token else {},
        method="PUT",
        known_as=review_id + REPLY_SUFFIX,
    )


def interpret(result: CallResult) -> SendOutcome:
    """What Google's answer means. A token that has ended is no fault of the answer: it can be tried again."""
    if is_success(result):
        return TakenOver(result.known_as)
    answer = answer_of(result)
    return refused_or_later(result, code=text(answer, "error", "status"), said=text(answer, "error", "message"))
