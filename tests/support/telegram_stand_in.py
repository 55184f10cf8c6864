"""A stand-in for Telegram's Bot API: `sendMessage` with the answers and errors of its documents."""

from __future__ import annotations

from tests.support.platform_stand_in import Answered, PlatformStandIn, Sent

TOKEN = "110201543:token-of-a-test"


class TelegramStandIn(PlatformStandIn):
    """`blocked_by`: chats that do not want the bot. `slow_down`: how many calls are told to wait a second first."""

    def __post_init__(self) -> None:
        self.blocked_by: set[str] = set()
        self.slow_down = 0
        super().__post_init__()

    def refusal(self, sent: Sent) -> Answered | None:
        chat = str(sent.body.get("chat_id", ""))
        if sent.path != f"/bot{TOKEN}/sendMessage":
            return _error(401, "Unauthorized")
        if self.slow_down > 0:
            self.slow_down -= 1
            return _error(429, "Too Many Requests: retry after 1", retry_after=1)
        if not sent.body.get("text"):
            return _error(400, "Bad Request: message text is empty")
        if len(sent.body["text"].encode("utf-16-le")) // 2 > 4096:
            return _error(400, "Bad Request: message is too long")
        if chat in self.blocked_by:
            return _error(403, "Forbidden: bot was blocked by the user")
        return None if chat.lstrip("-").isdecimal() else _error(400, "Bad Request: chat not found")

    def taken(self, sent: Sent, number: int) -> Answered:
        chat = int(sent.body["chat_id"])
        sent.message_id = f"{chat}:{9000 + number}"
        message = {"message_id": 9000 + number, "chat": {"id": chat, "type": "private"}, "text": sent.body["text"]}
        return Answered(200, {"ok": True, "result": {**message, "date": 1795000000}})


def _error(code: int, description: str, **parameters: int) -> Answered:
    more = {"parameters": parameters} if parameters else {}
    return Answered(code, {"ok": False, "error_code": code, "description": description, **more})
