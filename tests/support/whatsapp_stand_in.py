"""A stand-in for WhatsApp's Cloud API: takes messages over HTTP as Meta does, and keeps what it was sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.support.platform_stand_in import Answered, PlatformStandIn, Sent


@dataclass
class WhatsAppStandIn(PlatformStandIn):
    """Takes everything, once `fail_next` is used up. `files`: what customers sent, by the id of the media."""

    files: dict[str, bytes] = field(default_factory=dict)

    def fetched(self, path: str) -> Answered | bytes | None:
        """Where a file lies, or the file."""
        name = path.rpartition("/")[2]
        if name not in self.files:
            return None
        is_file = path.startswith("/bytes/")
        return self.files[name] if is_file else Answered(200, {"url": f"{self.url}/bytes/{name}"})

    def taken(self, sent: Sent, number: int) -> Answered:
        if sent.path.endswith("/media"):
            sent.message_id = f"media-{number}"
            return Answered(200, {"id": sent.message_id})
        sent.message_id = f"wamid.OUT{number}"
        return Answered(200, {"messaging_product": "whatsapp", "messages": [{"id": sent.message_id}]})

    def texts_to(self, number: str) -> list[str]:
        """What was sent to a number (digits only), oldest first."""
        to = [sent.body for sent in list(self.sent) if sent.body.get("to", "").lstrip("+") == number]
        return [body["text"]["body"] for body in to if "text" in body]
