"""What WhatsApp, Messenger, Facebook and Instagram have in common on their way in: one signature, one frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.channels.domain.channel_spec import HmacSignature
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import items, text

SIGNATURE = HmacSignature(header="X-Hub-Signature-256", prefix="sha256=", secrets=("app_secret",))


def entries(raw: RawInbound) -> list[Any]:
    """The entries of a payload: each about one page, one Instagram account, or one WhatsApp business account.

    Raises:
        NotUnderstood: the body is no JSON object.
    """
    payload = read_json(raw.body)
    if not isinstance(payload, dict):
        raise NotUnderstood("malformed-json", "the body must be a JSON object")
    return items(payload, "entry")


def changes(entry: Any) -> Iterator[tuple[str, Any]]:
    """The changes of an entry, each with the name of the field it is about."""
    for change in items(entry, "changes"):
        yield text(change, "field") or "", change
