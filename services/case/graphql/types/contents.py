"""What contacts have beside their texts: how somebody judged us, how far words went, what was filled in."""

from __future__ import annotations

import strawberry
from strawberry import field

from services.case.domain.contact_fields import ContactField as Filled
from services.case.graphql.scalars import Instant
from services.case.queries.contacts import ContentRow


@strawberry.type
class Rating:
    """How a customer judged us, on the scale of the place where that was said."""

    value: float = field(description="The judgement.")
    min: float = field(description="The worst that can be said there.")
    max: float = field(description="The best that can be said there.")


@strawberry.type
class Reach:
    """How many something reaches that was said in public, as far as its channel tells."""

    followers: int | None = field(description="How many follow its writer.")
    views: int | None = field(description="How many saw it; of an outlet, how many read, hear or watch it.")
    shares: int | None = field(description="How many passed it on.")
    likes: int | None = field(description="How many liked it.")
    measured_at: Instant = field(description="When that was so.")


@strawberry.type
class ContactField:
    """A field that was filled in beside a text, such as of a form."""

    name: str = field(description="What the field is called where it was filled in.")
    value: str = field(description="What was filled in, as text.")


def rating_of(row: ContentRow) -> Rating | None:
    """The rating of a contact."""
    rating = row.rating_content()
    return None if rating is None else Rating(value=rating.value, min=rating.min, max=rating.max)


def reach_of(row: ContentRow) -> Reach | None:
    """The reach of a contact."""
    reach = row.reach_content()
    if reach is None:
        return None
    counts = {"followers": reach.followers, "views": reach.views, "shares": reach.shares, "likes": reach.likes}
    return Reach(**counts, measured_at=Instant(reach.measured_at))


def fields_of(row: ContentRow) -> list[ContactField] | None:
    """The fields of a contact; None where they may not be shown."""
    filled = row.filled()
    return None if filled is None else [_field(each) for each in filled]


def _field(filled: Filled) -> ContactField:
    return ContactField(name=filled.name, value=filled.value)
