"""What somebody at the desk is told because it concerns them personally."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry
from strawberry import field

from services.case.graphql.types.cases import Case
from services.case.graphql.types.entries import Commitment, Gesture
from services.case.graphql.types.events import CURSOR, Heartbeat, Lagged
from services.case.graphql.types.incidents import Incident
from services.case.graphql.types.interfaces import Approvable
from services.case.graphql.types.leading import CapacityAlarm
from services.case.graphql.types.offers import Offer
from services.case.graphql.types.people import Budget


@strawberry.type
class ViewerChanged:
    """Something happened that concerns the viewer. One of the fields says what it is about, as it is now."""

    cursor: str = field(description=CURSOR)
    type: str = field(
        description="What happened: offer.made, offer.ended, approval.asked, approval.decided, gesture.changed, "
        "budget.low (four fifths of it are spent or held), commitment.due (in a quarter of an hour), "
        "commitment.broken, clock.warned (a clock of an own case is about to run out), clock.missed (it has); "
        "for leads these two of every case, incident.suspected, incident.changed, "
        "capacity.short (more comes in than those on duty can do) and capacity.restored; may grow."
    )
    offer: Offer | None = field(default=None, description="The offer that was made, or is over.")
    approval: Approvable | None = field(default=None, description="What waits, or waited, for the viewer's decision.")
    gesture: Gesture | None = field(default=None, description="A gesture of the viewer's own.")
    budget: Budget | None = field(default=None, description="The viewer's budget that is nearly spent.")
    commitment: Commitment | None = field(default=None, description="What the viewer promised.")
    case: Case | None = field(default=None, description="The case whose clock it is.")
    incident: Incident | None = field(default=None, description="What brings, or may bring, many cases.")
    capacity: CapacityAlarm | None = field(default=None, description="How the work stands against those on duty.")


ViewerStreamItem: TypeAlias = Annotated[
    ViewerChanged | Lagged | Heartbeat,
    strawberry.union("ViewerStreamItem", description="What a subscriber is told of what concerns the viewer."),
]
