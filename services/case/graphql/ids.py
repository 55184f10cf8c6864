"""Opaque ids: `base64url(type:name)`. Clients keep and send them, and never look inside."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from enum import StrEnum
from uuid import UUID

import strawberry

ID_LENGTH_MAX = 400


class IdType(StrEnum):
    """What an id is of."""

    AGENT = "agent"
    TEAM = "team"
    STAFF = "staff"
    INTEGRATION = "integration"
    SYSTEM = "system"
    VIEWER = "viewer"
    BRAND = "brand"
    ACCOUNT = "account"
    BUDGET = "budget"
    CUSTOMER = "customer"
    HANDLE = "handle"
    CASE = "case"
    CONTACT = "contact"
    ATTACHMENT = "attachment"
    NOTE = "note"
    GESTURE = "gesture"
    ASSIGNMENT = "assignment"
    OFFER = "offer"
    COMMITMENT = "commitment"
    STATUS_CHANGE = "status-change"
    ERASURE = "erasure"
    ERASURE_RECEIPT = "erasure-receipt"
    RESTRICTION = "restriction"
    MERGE = "merge"
    REDACTION = "redaction"
    MENTION = "mention"
    INCIDENT = "incident"
    PUBLICATION = "publication"
    ACCESS = "access"


class WrongIdError(ValueError):
    """Not an id of ours, or one of another type of thing."""


def encode(kind: IdType, name: UUID | str) -> strawberry.ID:
    """The opaque id of a thing: its uuid, or the reference where that is its identity."""
    return strawberry.ID(urlsafe_b64encode(f"{kind.value}:{name}".encode()).decode().rstrip("="))


def decode(value: str) -> tuple[IdType, str]:
    """Type and name of an opaque id.

    Raises:
        WrongIdError: it is none of ours.
    """
    if len(value) > ID_LENGTH_MAX:
        raise WrongIdError
    try:
        text = urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode()
        kind, _, name = text.partition(":")
        found = IdType(kind)
    except (binascii.Error, ValueError):
        raise WrongIdError from None
    if not name or encode(found, name) != value.rstrip("="):
        raise WrongIdError
    return found, name


def name_of(kind: IdType, value: str) -> str:
    """The name inside an id of this type.

    Raises:
        WrongIdError: it is no id of this type.
    """
    found, name = decode(value)
    if found is not kind:
        raise WrongIdError
    return name


def uuid_of(kind: IdType, value: str) -> UUID:
    """The uuid inside an id of this type.

    Raises:
        WrongIdError: it is no id of this type.
    """
    try:
        return UUID(name_of(kind, value))
    except ValueError:
        raise WrongIdError from None
