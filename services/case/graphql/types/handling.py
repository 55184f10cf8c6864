"""Handing cases over and moving them along: what is asked, and what is answered."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import Priority, WaitingFor
from services.case.graphql.inputs import EXPECTED, KEY
from services.case.graphql.scalars import Instant
from services.case.graphql.types.cases import Case
from services.case.graphql.types.entries import Assignment
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.payloads import CASE, ERRORS, POSITION, VERSION
from services.case.graphql.types.people import Agent


@strawberry.input
class CaseTransferInput:
    """Who is to have the case: exactly one of an agent, a team, and whomever routing finds."""

    case_id: strawberry.ID = field(description="The case.")
    agent_id: strawberry.ID | None = field(default=None, description="To this agent, even away or full.")
    team_id: strawberry.ID | None = field(default=None, description="To somebody of this team.")
    reroute: bool | None = field(default=None, description="To whomever routing finds, but not the same again.")
    reason: str = field(description="Why, in words, for whoever gets it.")
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.input
class CaseClaimInput:
    """The viewer takes a case that nobody has."""

    case_id: strawberry.ID = field(description="The case.")
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.input
class CaseWaitInput:
    """Somebody else is to move, or the matter is to rest."""

    case_id: strawberry.ID = field(description="The case.")
    for_: WaitingFor = field(name="for", description="Whom or what it waits for.")
    until: Instant | None = field(default=None, description="When it goes on by itself; needed for DATE.")
    note: str | None = field(default=None, description="A note for colleagues.")
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.input
class CaseReopenInput:
    """A resolved matter goes on."""

    case_id: strawberry.ID = field(description="The case.")
    reason: str | None = field(default=None, description="Why, in words, for colleagues.")
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.input
class CasePrioritySetInput:
    """How soon a matter is."""

    case_id: strawberry.ID = field(description="The case.")
    priority: Priority = field(description="How soon.")
    reason: str = field(description="What makes it so, in words.")
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.input
class CaseTagsSetInput:
    """Under which words a case is filed."""

    case_id: strawberry.ID = field(description="The case.")
    add: list[str] | None = field(default=None, description="Words to file it under.")
    remove: list[str] | None = field(default=None, description="Words to file it under no more.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class CaseViewingSetInput:
    """The viewer looks at a case. It is over after a minute, unless it is said again."""

    case_id: strawberry.ID = field(description="The case.")
    typing: bool = field(description="Whether an answer is being written.")


@strawberry.type
class CaseTransferPayload:
    """The answer to `caseTransfer`."""

    case: Case | None = field(default=None, description=CASE)
    assignment: Assignment | None = field(default=None, description="Who got it; null: routing has not answered yet.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CaseClaimPayload:
    """The answer to `caseClaim`."""

    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CaseWaitPayload:
    """The answer to `caseWait`."""

    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CaseReopenPayload:
    """The answer to `caseReopen`."""

    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CasePrioritySetPayload:
    """The answer to `casePrioritySet`."""

    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CaseTagsSetPayload:
    """The answer to `caseTagsSet`."""

    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CaseViewingSetPayload:
    """The answer to `caseViewingSet`."""

    viewing: list[Agent] = field(default_factory=list, description="Who looks at the case now.")
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
