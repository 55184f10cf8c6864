"""WhatsApp Cloud API, the way in: what Meta signs and tells. Tested against fixtures of david-lev/pywa."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.content import AliasContent
from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import Channel, DeliveryStatus, Direction
from services.channels.domain.channel_spec import ChannelSpec, HubChallenge
from services.channels.domain.inbound import (
    ContactEdited,
    ContactRemoved,
    HandleAliased,
    Ignored,
    Inbound,
    Parsed,
    ReactionChanged,
    StatusReported,
)
from services.channels.domain.raw import RawInbound
from services.channels.providers import whatsapp_messages
from services.channels.providers.json_values import derived_id, external_id, items, mapping, moment, text
from services.channels.providers.meta import SIGNATURE, changes, entries
from services.channels.providers.meta_graph import TRY_LATER, told

spec = ChannelSpec(
    channel=Channel.WHATSAPP,
    verification=SIGNATURE,
    handshake=HubChallenge(),
    answer_status=200,
    reply=REPLY_CAPABILITIES[Channel.WHATSAPP],
)

_STATUSES = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
}
_KNOWN_FIELDS = frozenset(
    {"account_update", "calls", "history", "message_template_status_update", "messages", "smb_app_state_sync"}
    | {"smb_message_echoes", "user_preferences", "template_category_update", "message_template_quality_update"}
    | {"message_template_components_update", "phone_number_quality_update", "account_alerts", "security"}
    | {"account_review_update", "business_username_update", "group_lifecycle_update", "group_participants_update"}
    | {"group_settings_update", "group_status_update", "phone_number_name_update"}
)


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """Every item of a payload; one that cannot be read costs the others nothing.

    Calls are told of here too (`calls`) but ignored for now: a call that was answered in the app needs nothing from
    us, and which calls were missed shows only in their last event.

    Raises:
        NotUnderstood: the body is no JSON object.
    """
    del region
    told_of = [change for entry in entries(raw) for change in changes(entry)]
    return Parsed.of_sides(
        [
            (text(change, "value", "metadata", "phone_number_id"), item)
            for field, change in told_of
            for item in _change(raw, field, change)
        ]
    )


def _change(raw: RawInbound, field: str, change: Any) -> Iterator[Inbound]:
    value = mapping(change, "value")
    read = 0
    for item in items(value, "messages"):
        read += 1
        yield _message(raw, value, item, Direction.INBOUND)
    for item in items(value, "message_echoes"):
        read += 1
        yield _message(raw, value, item, Direction.OUTBOUND)
    for item in items(value, "statuses"):
        read += 1
        yield _status(raw, item)
    for item in items(value, "user_id_update"):
        read += 1
        yield _new_user_id(raw, item)
    if not read:
        yield Ignored(field.replace("_", "-") if field in _KNOWN_FIELDS else "unknown-field")


def _message(raw: RawInbound, value: dict[str, Any], item: Any, direction: Direction) -> Inbound:
    if not isinstance(item, dict):
        return Ignored("malformed-item")
    kind = text(item, "type") or ""
    if text(item, "interactive", "type") == "call_permission_reply":
        return Ignored("call-permission-reply")
    if kind in _CHANGES:
        occurred_at, _ = moment(text(item, "timestamp"), raw.received_at)
        return _CHANGES[kind](item, external_id(item, "id") or derived_id(item), occurred_at)
    return whatsapp_messages.contact(raw, value, item, direction) or Ignored("no-sender")


def _reaction(item: dict[str, Any], item_id: str, occurred_at: datetime) -> Inbound:
    target = external_id(item, "reaction", "message_id")
    if target is None:
        return Ignored("no-target")
    return ReactionChanged(target, item_id, occurred_at, text(item, "reaction", "emoji"))


def _edit(item: dict[str, Any], item_id: str, occurred_at: datetime) -> Inbound:
    target = external_id(item, "edit", "original_message_id")
    if target is None:
        return Ignored("no-target")
    said = whatsapp_messages.what(mapping(item, "edit", "message"))
    return ContactEdited(target, item_id, occurred_at, said.text)


def _revoke(item: dict[str, Any], _item_id: str, occurred_at: datetime) -> Inbound:
    target = external_id(item, "revoke", "original_message_id")
    return Ignored("no-target") if target is None else ContactRemoved(target, occurred_at)


def _system(item: dict[str, Any], item_id: str, occurred_at: datetime) -> Inbound:
    """A changed number or user id is one person's; a changed encryption identity is nothing to us."""
    old = whatsapp_messages.handle(text(item, "from"), text(item, "from_user_id"))
    number = text(item, "system", "wa_id") or text(item, "system", "new_wa_id")
    new = whatsapp_messages.handle(number, text(item, "system", "user_id"))
    if old is None or new is None or old.value == new.value:
        return Ignored("system")
    return HandleAliased(item_id, occurred_at, AliasContent(old=old, new=new))


def _new_user_id(raw: RawInbound, item: Any) -> Inbound:
    """A person without a number on show is known by a user id, and Meta gave it another one."""
    old = whatsapp_messages.handle(None, external_id(item, "user_id", "previous"))
    new = whatsapp_messages.handle(None, external_id(item, "user_id", "current"))
    if old is None or new is None or old.value == new.value:
        return Ignored("user-id-update")
    occurred_at, _ = moment(text(item, "timestamp"), raw.received_at)
    return HandleAliased(derived_id(item), occurred_at, AliasContent(old=old, new=new))


_CHANGES: dict[str, Callable[[dict[str, Any], str, datetime], Inbound]] = {
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
}


def _status(raw: RawInbound, item: Any) -> Inbound:
    found, status = external_id(item, "id"), _STATUSES.get(text(item, "status") or "")
    if text(item, "type") == "call":
        return Ignored("call-status")
    if found is None or status is None:
        return Ignored("unknown-status")
    occurred_at, _ = moment(text(item, "timestamp"), raw.received_at)
    errors = items(item, "errors")
    code, reason = told(errors[0]) if status is DeliveryStatus.FAILED and errors else (None, None)
    return StatusReported(
        external_id=found,
        status=status,
        occurred_at=occurred_at,
        contact_id=_our_id(text(item, "biz_opaque_callback_data")),
        code=code,
        reason=reason,
        retryable=code in TRY_LATER,
    )


def _our_id(callback_data: str | None) -> UUID | None:
    try:
        return UUID(callback_data or "")
    except ValueError:
        return None
