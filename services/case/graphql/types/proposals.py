"""Customers who may be one, and by what one can tell."""

from __future__ import annotations

import strawberry
from strawberry import field

from services.case.graphql.refs import CustomerRef
from services.case.queries.proposals import MergeReason

strawberry.enum(MergeReason, description="Why two customers may be one, the strongest reason first.")


@strawberry.type
class MergeProposal:
    """Somebody who may be the same customer. Nobody is merged by it: names and addresses can be typed by anyone."""

    customer: CustomerRef = field(description="The other one.")
    score: float = field(description="How likely, between 0 and 1: all reasons together.")
    reasons: list[MergeReason] = field(description="By what one can tell, the strongest first.")
