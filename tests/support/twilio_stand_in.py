"""A stand-in for Twilio's Programmable Messaging: messages with the answers and errors of its documents."""

from __future__ import annotations

import base64

from tests.support.platform_stand_in import Answered, PlatformStandIn, Sent

ACCOUNT_SID, AUTH_TOKEN = "AC00000000000000000000000000000001", "auth-token-of-a-test"
TEXT_LENGTH_MAX = 1600


class TwilioStandIn(PlatformStandIn):
    """`opted_out`: numbers that said STOP. `slow_down`: how many calls are too many."""

    def __post_init__(self) -> None:
        self.opted_out: set[str] = set()
        self.slow_down = 0
        super().__post_init__()

    def refusal(self, sent: Sent) -> Answered | None:
        login = base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
        if sent.path != f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json":
            return _error(404, 20404, "The requested resource was not found")
        if sent.headers.get("authorization") != f"Basic {login}":
            return _error(401, 20003, "Authenticate")
        if self.slow_down > 0:
            self.slow_down -= 1
            return _error(429, 20429, "Too Many Requests")
        return self._refused_message(sent.body.get("To", ""), sent.body.get("Body", ""))

    def _refused_message(self, to: str, text: str) -> Answered | None:
        if not to.startswith("+"):
            return _error(400, 21211, "Invalid 'To' Phone Number")
        if len(text) > TEXT_LENGTH_MAX:
            return _error(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        refused = _error(400, 21610, f"Attempt to send to unsubscribed recipient {to}")
        return refused if to in self.opted_out else None

    def taken(self, sent: Sent, number: int) -> Answered:
        sent.message_id = f"SM{number:032d}"
        told = {"sid": sent.message_id, "status": "queued", "to": sent.body["To"], "from": sent.body["From"]}
        return Answered(201, {**told, "body": sent.body["Body"], "error_code": None, "num_segments": "1"})


def _error(status: int, code: int, message: str) -> Answered:
    return Answered(status, {"code": code, "message": message, "more_info": "", "status": status})
