"""Settling a matter at one stroke: what is asked, and what is answered."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import GestureKind, ResolutionOutcome, Visibility
from services.case.graphql.inputs import EXPECTED, KEY, ReferenceInput
from services.case.graphql.types.cases import Case
from services.case.graphql.types.entries import Contact, Gesture
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.money import MoneyInput
from services.case.graphql.types.payloads import CASE, ERRORS, POSITION, VERSION
from services.case.graphql.types.people import Budget


@strawberry.input
class SettleReplyInput:
    """The answer that settles the matter."""

    text: str = field(description="What to say.")
    visibility: Visibility = field(description="Who may read along.")
    account_id: strawberry.ID | None = field(default=None, description="From which account of ours.")
    handle_id: strawberry.ID | None = field(default=None, description="To which address of the customer.")


@strawberry.input
class SettleGestureInput:
    """What is given along with the answer."""

    kind: GestureKind = field(description="What is given.")
    amount: MoneyInput = field(description="What it costs.")
    reason: str = field(description="Why: a code of the configuration.")
    reference: ReferenceInput | None = field(default=None, description="What it refers to.")


@strawberry.input
class CaseSettleInput:
    """An answer, a gesture where one is due, and the resolution: all of it, or nothing."""

    case_id: strawberry.ID = field(description="The case.")
    reply: SettleReplyInput = field(description="The answer.")
    gesture: SettleGestureInput | None = field(default=None, description="What is given along with it.")
    outcome: ResolutionOutcome | None = field(default=ResolutionOutcome.SOLVED, description="How the matter ended.")
    cause: str | None = field(default=None, description="What caused the matter: a code of the configuration.")
    confirm_token: str | None = field(
        default=None, description="Of the warnings that were shown, where they are meant."
    )
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.type
class CaseSettlePayload:
    """The answer to `caseSettle`."""

    case: Case | None = field(default=None, description=CASE)
    contact: Contact | None = field(
        default=None, description="The answer: HELD until its money, or another person, decides."
    )
    gesture: Gesture | None = field(default=None, description="The gesture, as far as it has come.")
    budget: Budget | None = field(default=None, description="The budget that pays, as it is now.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
