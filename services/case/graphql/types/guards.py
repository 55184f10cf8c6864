"""Deciding about answers of others, and how the house puts something: what is asked, and what is answered."""

from __future__ import annotations

import strawberry
from strawberry import field

from services.case.graphql.inputs import EXPECTED, KEY
from services.case.graphql.types.cases import Case
from services.case.graphql.types.entries import Contact, Note
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.payloads import CASE, ERRORS, POSITION, VERSION


@strawberry.input
class ContactApproveInput:
    """Yes to an answer that is HELD for another person."""

    contact_id: strawberry.ID = field(description="The answer.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class ContactDeclineInput:
    """No to an answer that is HELD for another person."""

    contact_id: strawberry.ID = field(description="The answer.")
    reason: str = field(description="Why, in words, for the agent who wrote it.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class CaseLineApproveInput:
    """How the house puts it in a matter."""

    case_id: strawberry.ID = field(description="The case.")
    text: str = field(description="What to say, word for word.")
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.type
class ContactApprovePayload:
    """The answer to `contactApprove`."""

    contact: Contact | None = field(default=None, description="The answer, on its way.")
    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class ContactDeclinePayload:
    """The answer to `contactDecline`."""

    contact: Contact | None = field(default=None, description="The answer, CANCELLED.")
    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CaseLineApprovePayload:
    """The answer to `caseLineApprove`."""

    case: Case | None = field(default=None, description=CASE)
    note: Note | None = field(default=None, description="The line, as the timeline shows it.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
