"""What colleagues write down of a customer, and what is put right: what is asked, and what is answered."""

from __future__ import annotations

from typing import ClassVar

import strawberry
from strawberry import UNSET, field

from contracts.vocabulary import Channel
from services.case.graphql.enums import CustomerKind
from services.case.graphql.inputs import EXPECTED, KEY
from services.case.graphql.scalars import Json, LanguageTag, TimeZone
from services.case.graphql.types.cases import Case
from services.case.graphql.types.customers import Customer
from services.case.graphql.types.entries import Contact, Note
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.payloads import ERRORS, POSITION, VERSION

CUSTOMER = "The customer as known now."


@strawberry.input
class CustomerUpdateInput:
    """Who a customer is. What is left out stays as it is; what is null is known no more."""

    NULL_SAYS_SOMETHING: ClassVar[bool] = True

    customer_id: strawberry.ID = field(description="The customer.")
    name: str | None = field(default=UNSET, description="What to call them.")
    language: LanguageTag | None = field(default=UNSET, description="In which to answer.")
    time_zone: TimeZone | None = field(default=UNSET, description="In which they live.")
    preferred_channel: Channel | None = field(default=UNSET, description="By which they would rather hear from us.")
    kind: CustomerKind | None = field(default=UNSET, description="What sort of customer; null: UNKNOWN.")
    organisation_id: strawberry.ID | None = field(
        default=UNSET, description="To which they belong: a customer of kind ORGANISATION, not this one."
    )
    attributes: Json | None = field(
        default=UNSET,
        description="What else to write down: a JSON merge patch (RFC 7396), so names with null go, and names "
        "that are not mentioned stay. In all 8,192 bytes, and 4 objects or lists within each other.",
    )
    ground: str | None = field(default=None, description="On what grounds it is kept, in words.")
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.input
class CustomerNoteAddInput:
    """A note about a customer, whatever the matter."""

    customer_id: strawberry.ID = field(description="The customer.")
    text: str = field(description="What colleagues need to know.")
    pinned: bool | None = field(default=None, description="Whether to read it before the others.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class CustomerHandleRemoveInput:
    """An address that is not the customer's, or not any more."""

    handle_id: strawberry.ID = field(description="The address.")
    reason: str = field(description="Why, in words.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class ContactMoveInput:
    """A contact belongs to another matter of its customer: exactly one of a case and a new one."""

    contact_id: strawberry.ID = field(description="The contact.")
    to_case_id: strawberry.ID | None = field(default=None, description="An open case of the same customer.")
    to_new_case: bool | None = field(default=None, description="To a new case, which routing then hands out.")
    reason: str = field(description="Why, in words.")
    idempotency_key: str = field(description=KEY)


@strawberry.type
class CustomerUpdatePayload:
    """The answer to `customerUpdate`."""

    customer: Customer | None = field(default=None, description=CUSTOMER)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CustomerNoteAddPayload:
    """The answer to `customerNoteAdd`."""

    customer: Customer | None = field(default=None, description=CUSTOMER)
    note: Note | None = field(default=None, description="The note.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CustomerHandleRemovePayload:
    """The answer to `customerHandleRemove`."""

    customer: Customer | None = field(default=None, description=CUSTOMER)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class ContactMovePayload:
    """The answer to `contactMove`."""

    from_case: Case | None = field(default=None, description="The case it was in, as it is now.")
    to_case: Case | None = field(default=None, description="The case it is in.")
    contact: Contact | None = field(default=None, description="The contact.")
    version: int | None = field(default=None, description="The version of the case it is in.")
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
