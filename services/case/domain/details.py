"""Who a customer is, as colleagues write it down: what may be said, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from contracts.vocabulary import Channel, Refusal, RefusalCode
from services.case.domain.customer import Customer
from services.case.domain.customer_detail_facts import Described, OrganisationPlaced
from services.case.domain.customer_kind import CustomerKind
from services.case.domain.texts import NAME_LENGTH_MAX, checked_text, is_storable

ATTRIBUTES_BYTES_MAX = 8_192
"""Of all attributes of a customer, written as JSON."""
ATTRIBUTES_DEPTH_MAX = 4
"""Objects and lists within each other, the attributes themselves included."""
INTEGER_MAX = 2**53 - 1
ORGANISATIONS_DEPTH_MAX = 5
"""Levels of customers who belong to each other, from the lowest to the highest."""
NAMES: Final = ("kind", "name", "language", "time_zone", "preferred_channel", "organisation_id", "attributes")


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be known. UNSET stays as it is; None is known no more.

    `attributes` is a JSON merge patch (RFC 7396): names it does not mention stay, those with null go.
    """

    kind: CustomerKind | UnsetType = UNSET
    name: str | UnsetType | None = UNSET
    language: str | UnsetType | None = UNSET
    time_zone: str | UnsetType | None = UNSET
    preferred_channel: Channel | UnsetType | None = UNSET
    organisation_id: UUID | UnsetType | None = UNSET
    attributes: dict[str, Any] | UnsetType | None = UNSET


def describe(
    customer: Customer, wish: Wish, *, above: Sequence[Customer], below: int = 0, ground: str | None, at: datetime
) -> bool:
    """Write it down; False: it was known so already.

    `above`: the wished organisation with all that it belongs to, nearest first; empty where none is wished. `below`:
    how many levels of others belong to the customer.

    Raises:
        Refusal: INVALID_INPUT (at name, attributes, kind, organisationId), TEXT_TOO_LONG at name.
    """
    before = {name: getattr(customer, name) for name in NAMES}
    after = before | {name: value for name in NAMES if (value := getattr(wish, name)) is not UNSET}
    if wish.name is not UNSET:
        after["name"] = _checked_name(wish.name)
    if wish.attributes is not UNSET:
        _check_depth(wish.attributes)
        after["attributes"] = _checked(_patched(before["attributes"], wish.attributes or None))
    changed = tuple(name for name in NAMES if before[name] != after[name])
    if "organisation_id" in changed and after["organisation_id"] is not None:
        _check_above(customer, above, below)
    if not changed:
        return False
    customer.trigger_event(Described, timestamp=at, changed=changed, ground=ground, **after)
    if customer.organisation_id is not None and customer.kind is CustomerKind.ORGANISATION:
        for each in (organisation for organisation in above if organisation.id != customer.id):
            each.trigger_event(OrganisationPlaced, timestamp=at, organisation_id=customer.id)
    return True


def _checked_name(name: str | UnsetType | None) -> str | None:
    return checked_text(name, "name", length_max=NAME_LENGTH_MAX) if isinstance(name, str) else None


def _check_above(customer: Customer, above: Sequence[Customer], below: int) -> None:
    """Let pass an organisation that does not belong to the customer itself."""
    path = "organisationId"
    if any(each.id == customer.id for each in above):
        raise Refusal(RefusalCode.INVALID_INPUT, "a customer cannot belong to itself, nor through others", path)
    if not above or above[0].kind is not CustomerKind.ORGANISATION:
        raise Refusal(RefusalCode.INVALID_INPUT, "must be a customer of kind ORGANISATION", path)
    check_levels(len(above) + 1 + below, path)


def check_levels(count: int, *path: str) -> None:
    """Let pass so many levels of customers who belong to each other, the lowest and the highest counted.

    Raises:
        Refusal: INVALID_INPUT at `path`.
    """
    if count > ORGANISATIONS_DEPTH_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"at most {ORGANISATIONS_DEPTH_MAX} stand above each other", *path)


def _patched(known: Any, patch: Any) -> Any:
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    made = dict(known) if isinstance(known, dict) else {}
    for name, value in patch.items():
        if value is None:
            made.pop(name, None)
        else:
            made[name] = _patched(made.get(name), value)
    return made


def _checked(attributes: Any) -> dict[str, Any]:
    """Attributes that can be kept, without any: `{}`."""
    written = msgspec.json.encode(attributes or {})
    if len(written) > ATTRIBUTES_BYTES_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"at most {ATTRIBUTES_BYTES_MAX} bytes of JSON", "attributes")
    kept: dict[str, Any] = msgspec.json.decode(written)
    return kept


def _check_depth(attributes: Any) -> None:
    if _depth(attributes) > ATTRIBUTES_DEPTH_MAX:
        message = f"objects and lists may stand {ATTRIBUTES_DEPTH_MAX} deep"
        raise Refusal(RefusalCode.INVALID_INPUT, message, "attributes")


def _depth(value: Any, so_far: int = 0) -> int:
    """How deep it is, or one more than may be; refuses on the way what cannot be kept as it is."""
    if isinstance(value, str) and not is_storable(value):
        raise Refusal(RefusalCode.INVALID_INPUT, "holds a character that is none", "attributes")
    if isinstance(value, int) and abs(value) > INTEGER_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, "holds a number that not every reader of JSON keeps", "attributes")
    if not isinstance(value, dict | list) or so_far > ATTRIBUTES_DEPTH_MAX:
        return so_far
    inside = [*value, *value.values()] if isinstance(value, dict) else value
    return max((_depth(each, so_far + 1) for each in inside), default=so_far + 1)
