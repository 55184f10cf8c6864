"""A stand-in for Meta's Graph API: WhatsApp, Messenger, Instagram, a page's posts and comments, as documented."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.support.platform_stand_in import Answered, Sent
from tests.support.whatsapp_stand_in import WhatsAppStandIn


@dataclass
class GraphStandIn(WhatsAppStandIn):
    """`closed`: whom Meta's window keeps from being written to. A comment is answered in private once."""

    closed: set[str] = field(default_factory=set)
    _answered_aside: set[str] = field(default_factory=set)

    def refusal(self, sent: Sent) -> Answered | None:
        if not sent.headers.get("authorization", "").startswith("Bearer "):
            return error(401, 190, "Invalid OAuth access token.")
        if sent.body.get("messaging_product") == "whatsapp":
            return None
        match sent.path.rpartition("/")[2]:
            case "comments" | "replies" | "feed":
                return None if sent.body.get("message") else error(400, 100, "Param message must be a non-empty string")
            case "messages":
                return self._refusal_of_message(sent)
            case _:
                return error(400, 2500, "Unknown path components")

    def _refusal_of_message(self, sent: Sent) -> Answered | None:
        recipient: dict[str, str] = sent.body.get("recipient", {})
        if not sent.body.get("message", {}).get("text"):
            return error(400, 100, "Param message[text] must be a non-empty string")
        if recipient.get("id") in self.closed:
            return error(400, 10, "This message is sent outside of allowed window.", subcode=2018278)
        aside = recipient.get("comment_id") or recipient.get("post_id")
        if aside in self._answered_aside:
            return error(400, 10900, "Activity already replied to")
        if aside:
            self._answered_aside.add(aside)
        return None

    def taken(self, sent: Sent, number: int) -> Answered:
        if sent.body.get("messaging_product") == "whatsapp":
            return super().taken(sent, number)
        if sent.path.endswith("/messages"):
            sent.message_id = f"m_OUT{number}"
            return Answered(200, {"recipient_id": "1", "message_id": sent.message_id})
        of = sent.path.rpartition("/")[0].rpartition("/")[2] if sent.path.endswith("/feed") else "900"
        sent.message_id = f"{of}_{number}"
        return Answered(200, {"id": sent.message_id})


def error(status: int, code: int, message: str, *, subcode: int | None = None) -> Answered:
    told: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "trace"}
    return Answered(status, {"error": told | ({"error_subcode": subcode} if subcode else {})})
