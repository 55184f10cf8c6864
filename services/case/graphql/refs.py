"""Types that refer to each other in a circle, by name; resolved when the schema is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import strawberry

if TYPE_CHECKING:
    from services.case.graphql.types.cases import Case, CaseConnection
    from services.case.graphql.types.customers import Customer, Handle
    from services.case.graphql.types.entries import Assignment, Contact, Gesture, Note
    from services.case.graphql.types.erasure import Restriction
    from services.case.graphql.types.history import CaseEventConnection
    from services.case.graphql.types.incidents import Incident
    from services.case.graphql.types.leading import Roster
    from services.case.graphql.types.merges import Merge
    from services.case.graphql.types.offers import Offer
    from services.case.graphql.types.people import Agent, Brand, ChannelAccount, Team
    from services.case.graphql.types.proposals import MergeProposal

_TYPES = "services.case.graphql.types"

CaseRef: TypeAlias = Annotated["Case", strawberry.lazy(f"{_TYPES}.cases")]
CaseConnectionRef: TypeAlias = Annotated["CaseConnection", strawberry.lazy(f"{_TYPES}.cases")]
CaseEventConnectionRef: TypeAlias = Annotated["CaseEventConnection", strawberry.lazy(f"{_TYPES}.history")]
CustomerRef: TypeAlias = Annotated["Customer", strawberry.lazy(f"{_TYPES}.customers")]
HandleRef: TypeAlias = Annotated["Handle", strawberry.lazy(f"{_TYPES}.customers")]
AgentRef: TypeAlias = Annotated["Agent", strawberry.lazy(f"{_TYPES}.people")]
TeamRef: TypeAlias = Annotated["Team", strawberry.lazy(f"{_TYPES}.people")]
BrandRef: TypeAlias = Annotated["Brand", strawberry.lazy(f"{_TYPES}.people")]
ChannelAccountRef: TypeAlias = Annotated["ChannelAccount", strawberry.lazy(f"{_TYPES}.people")]
ContactRef: TypeAlias = Annotated["Contact", strawberry.lazy(f"{_TYPES}.entries")]
GestureRef: TypeAlias = Annotated["Gesture", strawberry.lazy(f"{_TYPES}.entries")]
AssignmentRef: TypeAlias = Annotated["Assignment", strawberry.lazy(f"{_TYPES}.entries")]
IncidentRef: TypeAlias = Annotated["Incident", strawberry.lazy(f"{_TYPES}.incidents")]
RosterRef: TypeAlias = Annotated["Roster", strawberry.lazy(f"{_TYPES}.leading")]
OfferRef: TypeAlias = Annotated["Offer", strawberry.lazy(f"{_TYPES}.offers")]
MergeRef: TypeAlias = Annotated["Merge", strawberry.lazy(f"{_TYPES}.merges")]
RestrictionRef: TypeAlias = Annotated["Restriction", strawberry.lazy(f"{_TYPES}.erasure")]
NoteRef: TypeAlias = Annotated["Note", strawberry.lazy(f"{_TYPES}.entries")]
MergeProposalRef: TypeAlias = Annotated["MergeProposal", strawberry.lazy(f"{_TYPES}.proposals")]
