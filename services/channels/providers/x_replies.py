"""X, the way out: a public reply below a post that called us, or a direct message."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.text_length import fits
from contracts.vocabulary import Channel, Refusal, RefusalCode, Visibility
from services.channels.domain.outbound import (
    CallResult,
    HttpCall,
    OutcomeLost,
    Reply,
    SendOutcome,
    SendTarget,
    TakenOver,
)
from services.channels.providers.json_values import external_id, text
from services.channels.providers.platform_answers import answer_of, is_success, refused_or_later
from services.channels.providers.x_posts import DIRECT, NOT_SUMMONED, direct_id

_UNAUTHORIZED = 401
_LOGIN_PROBLEMS = frozenset({"client-forbidden", "oauth1-permissions", "unsupported-authentication"})
"""What X calls those 403s that are about our app; the others are about what was said, and to whom."""


def render(reply: Reply, target: SendTarget) -> HttpCall:
    """The call that says it, as public as what it answers.

    Raises:
        Refusal: the text is longer than X takes there, or X lets nobody answer: who was neither mentioned nor quoted
            nor replied to may not.
    """
    limit = REPLY_CAPABILITIES[Channel.X].limit(reply.visibility)
    if not fits(reply.text, limit):
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"X takes {limit.length_max}, in its own way of counting", "text")
    if reply.visibility is Visibility.PRIVATE:
        to = quote(reply.to.value, safe="")
        return _call(target, f"/2/dm_conversations/with/{to}/messages", {"text": reply.text})
    if reply.in_reply_to is None or reply.in_reply_to.startswith(DIRECT):
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "nobody knows below which post")
    if NOT_SUMMONED in reply.answered_flags:
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "the post neither mentions, quotes nor answers this account")
    return post(target, {"text": reply.text, "reply": {"in_reply_to_tweet_id": reply.in_reply_to}})


def post(target: SendTarget, body: dict[str, Any]) -> HttpCall:
    """The call that says something in public."""
    return _call(target, "/2/tweets", body)


def interpret(result: CallResult) -> SendOutcome:
    """What X's answer means. What it forbids (a duplicate, no summons, closed messages) it will forbid again."""
    answer = answer_of(result)
    if not is_success(result):
        kind = (text(answer, "type") or "").rpartition("/")[2]
        login = result.status == _UNAUTHORIZED or kind in _LOGIN_PROBLEMS
        return refused_or_later(result, said=text(answer, "detail") or text(answer, "title"), login=login)
    found = direct_id(answer, "data", "dm_event_id") or external_id(answer, "data", "id")
    return TakenOver(found) if found else OutcomeLost("taken without an id")


def _call(target: SendTarget, path: str, body: dict[str, Any]) -> HttpCall:
    token = target.secrets.get("access_token")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return HttpCall(f"{target.api_base.rstrip('/')}{path}", body, headers)
