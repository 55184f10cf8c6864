"""The web form: JSON by whoever fills it in. What it says about its sender is the sender's own word."""

from __future__ import annotations

from typing import Any

from contracts.content import ContactContent, HandleContent
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind
from services.channels.domain.channel_spec import FORM_BODY_BYTES_MAX, ChannelSpec, NoVerification
from services.channels.domain.inbound import ContactArrived, Parsed
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.typed_handles import mail_address, phone_number

spec = ChannelSpec(
    channel=Channel.FORM,
    verification=NoVerification(),
    answer_status=202,
    body_bytes_max=FORM_BODY_BYTES_MAX,
    idempotency_header="Idempotency-Key",
)

_TEXTS = ("name", "email", "phone", "subject", "message")
_KNOWN = frozenset({*_TEXTS, "fields"})


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """One contact. A phone number or mail address that is none stays with the fields, and the contact is flagged.

    Raises:
        NotUnderstood: no JSON object, a field that is unknown or of another kind, or no message.
    """
    filled_in = _checked(read_json(raw.body))
    fields = dict(filled_in.get("fields") or {})
    flags: list[str] = []
    handles: list[HandleContent] = []
    for name, kind, value in (
        ("email", HandleKind.EMAIL, mail_address(filled_in.get("email"))),
        ("phone", HandleKind.PHONE, phone_number(filled_in.get("phone"), region)),
    ):
        if value is not None:
            handles.append(HandleContent(kind=kind, value=value))
        elif filled_in.get(name):
            fields[name if name not in fields else f"{name} (as written)"] = filled_in[name]
            flags.append(f"{name}-invalid")
    arrived = ContactArrived(
        external_id=raw.dedupe_key,
        kind=ContactKind.FORM,
        occurred_at=raw.received_at,
        assurance=HandleAssurance.SELF_ASSERTED,
        flags=tuple(flags),
        content=ContactContent(
            handles=tuple(handles),
            sender_name=filled_in.get("name") or None,
            subject=filled_in.get("subject") or None,
            text=filled_in["message"],
            fields=fields,
        ),
    )
    return Parsed(items=(arrived,))


def _checked(form: Any) -> dict[str, Any]:
    if not isinstance(form, dict):
        raise NotUnderstood("malformed-json", "the body must be a JSON object")
    for name in form.keys() - _KNOWN:
        raise NotUnderstood("unknown-field", "the form has no such field", name[:64])
    for name in _TEXTS:
        if not isinstance(form.get(name), str | None):
            raise NotUnderstood("invalid-field", "must be a text", name)
    if not isinstance(form.get("fields"), dict | None):
        raise NotUnderstood("invalid-field", "must be an object", "fields")
    filled_in = {name: value.strip() if isinstance(value, str) else value for name, value in form.items()}
    if not filled_in.get("message"):
        raise NotUnderstood("missing-field", "a form needs a message", "message")
    return filled_in
