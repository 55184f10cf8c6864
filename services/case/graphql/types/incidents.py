"""Incidents: one cause that brings many cases, and one approved answer to them."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import Priority, Visibility
from services.case.domain.incident_facts import IncidentState
from services.case.graphql.context import Info
from services.case.graphql.inputs import KEY
from services.case.graphql.refs import BrandRef, CaseRef, ContactRef, TeamRef
from services.case.graphql.scalars import Instant
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.interfaces import Actor, Node, PageInfo
from services.case.graphql.types.payloads import ERRORS, POSITION, VERSION
from services.case.queries.incidents import IncidentRow


@strawberry.type
class Incident(Node):
    """One cause that brings many cases."""

    version: int = field(description="Grows with every change.")
    state: IncidentState = field(description="Whether it goes on.")
    title: str = field(description="What happened, for colleagues.")
    answer: str | None = field(description="What a lead approved as the answer to its cases: a text for `caseReply`.")
    cause: str | None = field(description="What caused it: a code of the configuration.")
    priority: Priority | None = field(description="How soon its cases are; null: each as it is.")
    counted: int | None = field(description="Where it was suspected: how much came in within an hour.")
    usual: float | None = field(description="Where it was suspected: how much comes in at that time usually.")
    begun_at: Instant = field(description="When it was put on record.")
    occurred_at: Instant | None = field(description="When it happened; null: nobody has said so.")
    closed_at: Instant | None = field(description="When it was over.")
    row: strawberry.Private[IncidentRow]

    @strawberry.field
    async def brand(self, info: Info) -> BrandRef | None:
        """The brand that it is about, where it is about one."""
        return await info.context.make.brand_by_ref(self.row.brand)

    @strawberry.field
    async def team(self, info: Info) -> TeamRef | None:
        """Who is to have its cases; null: whoever has them."""
        return await info.context.make.team_by_ref(self.row.team_ref)

    @strawberry.field
    async def begun_by(self, info: Info) -> Actor:
        """Who said so: a lead, or the system, which suspects it."""
        return await info.context.make.actor(self.row.begun_by_kind, self.row.begun_by_ref)

    @strawberry.field
    async def case_count(self, info: Info) -> int:
        """How many cases are linked to it; `cases(where: {incidentId})` lists them."""
        return await info.context.loaders.incident_counts.load(self.row.incident_id) or 0


@strawberry.type
class IncidentEdge:
    """An incident in a list."""

    cursor: str = field(description="Pass it as `after` to go on behind this one.")
    node: Incident = field(description="The incident.")


@strawberry.type
class IncidentConnection:
    """A page of incidents."""

    nodes: list[Incident] = field(description="The incidents of this page.")
    edges: list[IncidentEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")


@strawberry.input
class IncidentOpenInput:
    """What an incident is about from now on. All of it: what is left out is gone."""

    incident_id: strawberry.ID | None = field(
        default=None, description="One that is suspected or open; null: a new one."
    )
    title: str = field(description="What happened, for colleagues.")
    answer: str | None = field(default=None, description="The approved answer to its cases.")
    cause: str | None = field(default=None, description="What caused it: a code of the configuration.")
    brand_id: strawberry.ID | None = field(default=None, description="The brand that it is about.")
    priority: Priority | None = field(default=None, description="How soon cases are that are linked from now on.")
    team_id: strawberry.ID | None = field(default=None, description="Who is to have cases that are linked from now on.")
    occurred_at: Instant | None = field(
        default=None, description="When it happened, not later than now: reports count from then on."
    )
    idempotency_key: str = field(description=KEY)


@strawberry.input
class IncidentCloseInput:
    """An incident is over, or never was one."""

    incident_id: strawberry.ID = field(description="The incident.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class IncidentLinkInput:
    """Cases that have the incident's cause."""

    incident_id: strawberry.ID = field(description="The incident.")
    case_ids: list[strawberry.ID] = field(description="The cases; 100 at the most. All of them or none.")
    linked: bool | None = field(default=None, description="False: they do not have it, after all.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class IncidentAnswerInput:
    """An incident's approved answer, to cases of its. It has no key: each case gets a wording once, however often."""

    incident_id: strawberry.ID = field(description="The incident; open, with an answer.")
    case_ids: list[strawberry.ID] = field(description="Cases that are linked to it; 100 at the most. Each by itself.")
    visibility: Visibility | None = field(
        default=None, description="How the answer is to be read; to be said where an account can speak in public."
    )


@strawberry.type
class IncidentAnswered:
    """What became of the answer in one case."""

    case_id: strawberry.ID = field(description="As it was asked.")
    case: CaseRef | None = field(default=None, description="The case as it is now; null: there is none.")
    contact: ContactRef | None = field(default=None, description="The answer, on its way; null: it does not leave.")
    errors: list[UserError] = field(default_factory=list, description="Why it does not leave, or who is to read it.")


@strawberry.type
class IncidentAnswerPayload:
    """The answer to `incidentAnswer`."""

    incident: Incident | None = field(default=None, description="The incident.")
    answered: list[IncidentAnswered] = field(default_factory=list, description="One for each case, in their order.")
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class IncidentOpenPayload:
    """The answer to `incidentOpen`."""

    incident: Incident | None = field(default=None, description="The incident as it is now.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class IncidentClosePayload:
    """The answer to `incidentClose`."""

    incident: Incident | None = field(default=None, description="The incident as it is now.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class IncidentLinkPayload:
    """The answer to `incidentLink`."""

    incident: Incident | None = field(default=None, description="The incident as it is now.")
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
