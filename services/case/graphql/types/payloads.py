"""What mutations answer: the thing as it is now, its version and position, and why it was refused if it was."""

from __future__ import annotations

import strawberry
from strawberry import field

from services.case.graphql.types.cases import Case
from services.case.graphql.types.customers import Customer
from services.case.graphql.types.entries import Contact, Gesture, Note
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.people import Agent, Budget

CASE = "The case as it is now."
VERSION = "The version of the record that was written to."
POSITION = "The place in the case log of the last fact; null until sequenced. Pass it as `minPosition`."
ERRORS = "Why it was refused; empty when it was done."


@strawberry.type
class CaseReplyPayload:
    """The answer to `caseReply`."""

    case: Case | None = field(default=None, description=CASE)
    contact: Contact | None = field(default=None, description="The reply.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CaseNoteAddPayload:
    """The answer to `caseNoteAdd`."""

    case: Case | None = field(default=None, description=CASE)
    note: Note | None = field(default=None, description="The note.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CaseResolvePayload:
    """The answer to `caseResolve`."""

    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class ContactRecordPayload:
    """The answer to `contactRecord`."""

    case: Case | None = field(default=None, description=CASE)
    contact: Contact | None = field(default=None, description="The contact.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class GestureGivePayload:
    """The answer to `gestureGive`."""

    gesture: Gesture | None = field(default=None, description="The gesture, as far as it has come.")
    budget: Budget | None = field(default=None, description="The budget that pays, as it is now.")
    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class GestureApprovePayload:
    """The answer to `gestureApprove`."""

    gesture: Gesture | None = field(default=None, description="The gesture, as far as it has come.")
    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class GestureDeclinePayload:
    """The answer to `gestureDecline`."""

    gesture: Gesture | None = field(default=None, description="The gesture as it is now.")
    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CustomerHandleAddPayload:
    """The answer to `customerHandleAdd`."""

    customer: Customer | None = field(default=None, description="The customer as known now.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class AgentPresenceSetPayload:
    """The answer to `agentPresenceSet`."""

    agent: Agent | None = field(default=None, description="The agent as known now.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class AgentUpsertPayload:
    """The answer to `agentUpsert`."""

    agent: Agent | None = field(default=None, description="The agent as known now.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
