"""A stand-in for X's API: posts and direct messages with the answers and errors of its documents."""

from __future__ import annotations

import re
import time
from email.utils import formatdate

from tests.support.platform_stand_in import Answered, PlatformStandIn, Sent

TOKEN = "user-token-of-a-test"
APP_TOKEN = "app-token-of-a-test"
TEXT_LENGTH_MAX = 280


class XStandIn(PlatformStandIn):
    """`not_summoned`: posts nobody called us with. `closed`: who takes no messages. `slow_down`: calls told so."""

    def __post_init__(self) -> None:
        self.not_summoned: set[str] = set()
        self.closed: set[str] = set()
        self.slow_down = 0
        self._said: set[str] = set()
        super().__post_init__()

    def refusal(self, sent: Sent) -> Answered | None:
        if sent.path == "/2/webhooks/replay":
            is_app = sent.headers.get("authorization") == f"Bearer {APP_TOKEN}"
            return None if is_app else _problem(403, "Forbidden", "This app may not replay")
        if sent.headers.get("authorization") != f"Bearer {TOKEN}":
            return _problem(401, "Unauthorized", "Unauthorized")
        if self.slow_down > 0:
            self.slow_down -= 1
            now = time.time()
            reset = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(now) + 2), "date": formatdate(now)}
            return Answered(429, {"title": "Too Many Requests", "type": "about:blank", "status": 429}, reset)
        if message := re.fullmatch(r"/2/dm_conversations/with/(\d+)/messages", sent.path):
            return _problem(403, "Forbidden", "You cannot message this user") if message[1] in self.closed else None
        return self._refused_post(sent) if sent.path == "/2/tweets" else _problem(404, "Not Found", sent.path)

    def _refused_post(self, sent: Sent) -> Answered | None:
        text, answered = sent.body["text"], sent.body.get("reply", {}).get("in_reply_to_tweet_id")
        if len(text) > TEXT_LENGTH_MAX:
            return _problem(403, "Forbidden", "Your Tweet text is too long.")
        if text in self._said:
            return _problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
        if answered in self.not_summoned:
            return _problem(403, "Forbidden", "Reply is not allowed: you have not been mentioned by the author.")
        self._said.add(text)
        return None

    def taken(self, sent: Sent, number: int) -> Answered:
        if sent.path == "/2/webhooks/replay":
            sent.message_id = str(number)
            return Answered(200, {"data": {"job_id": sent.message_id, "created_at": "2026-11-22T12:00:00Z"}})
        found = str(2_090_000_000_000_000_000 + number)
        if sent.path == "/2/tweets":
            sent.message_id = found
            return Answered(201, {"data": {"id": found, "text": sent.body["text"]}})
        sent.message_id = f"dm:{found}"
        return Answered(201, {"data": {"dm_conversation_id": "1-2", "dm_event_id": found}})


def _problem(status: int, title: str, detail: str) -> Answered:
    return Answered(status, {"title": title, "detail": detail, "type": "about:blank", "status": status})
