"""Promises: making, keeping and taking them back, and lists of them."""

from __future__ import annotations

import strawberry
from strawberry import field

from services.case.domain.commitment import CommitmentStatus
from services.case.graphql.inputs import EXPECTED, KEY
from services.case.graphql.scalars import Instant
from services.case.graphql.types.cases import Case
from services.case.graphql.types.entries import Commitment
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.interfaces import PageInfo
from services.case.graphql.types.payloads import CASE, ERRORS, POSITION, VERSION

COMMITMENT = "The promise as it is now."


@strawberry.input
class CommitmentWhere:
    """Which promises: everything that is given must hold."""

    owner_id: strawberry.ID | None = field(default=None, description="This agent is to keep it.")
    status: CommitmentStatus | None = field(default=None, description="What became of it.")
    due_before: Instant | None = field(default=None, description="Due before this moment.")


@strawberry.input
class CommitmentMakeInput:
    """What is promised."""

    case_id: strawberry.ID = field(description="The case.")
    text: str = field(description="What is promised.")
    due_at: Instant = field(description="By when.")
    owner_id: strawberry.ID | None = field(
        default=None, description="Who is to keep it; null: the viewer, else who has the case."
    )
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.input
class CommitmentKeepInput:
    """What was promised is done."""

    commitment_id: strawberry.ID = field(description="The promise.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class CommitmentWithdrawInput:
    """What was promised is taken back."""

    commitment_id: strawberry.ID = field(description="The promise.")
    reason: str = field(description="Why, in words, for colleagues.")
    idempotency_key: str = field(description=KEY)


@strawberry.type
class CommitmentMakePayload:
    """The answer to `commitmentMake`."""

    commitment: Commitment | None = field(default=None, description=COMMITMENT)
    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CommitmentKeepPayload:
    """The answer to `commitmentKeep`."""

    commitment: Commitment | None = field(default=None, description=COMMITMENT)
    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CommitmentWithdrawPayload:
    """The answer to `commitmentWithdraw`."""

    commitment: Commitment | None = field(default=None, description=COMMITMENT)
    case: Case | None = field(default=None, description=CASE)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CommitmentEdge:
    """A promise in a list."""

    cursor: str = field(description="Pass it as `after` to go on behind this one.")
    node: Commitment = field(description="The promise.")


@strawberry.type
class CommitmentConnection:
    """A page of a list of promises."""

    nodes: list[Commitment] = field(description="The promises of this page.")
    edges: list[CommitmentEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")
    total_count: int | None = field(description="How many there are in all; null where it was not asked for.")
