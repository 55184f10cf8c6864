"""Saying something to everybody: what is asked, and what is answered."""

from __future__ import annotations

import strawberry
from strawberry import field

from services.case.graphql.inputs import EXPECTED, KEY
from services.case.graphql.scalars import Instant
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.payloads import ERRORS, POSITION, VERSION
from services.case.graphql.types.publications import Publication

PUBLICATION = "The publication."
AS_IT_IS = "The publication as it is now."


@strawberry.input
class PublicationDraftInput:
    """Something to say to everybody, in answer to nobody."""

    account_id: strawberry.ID = field(description="Our account that is to say it: a page on Facebook, or one on X.")
    text: str = field(description="What to say; as long as the channel takes, in its own way of counting.")
    publish_at: Instant | None = field(
        default=None, description="When it is to leave, at most 90 days ahead; null: as soon as another person agrees."
    )
    asks_community: bool | None = field(
        default=None, description="True: it asks everybody for what they think, so answers to it are heard as such."
    )
    confirm_token: str | None = field(
        default=None, description="Confirms what guard rails warned of, for this very text."
    )
    idempotency_key: str = field(description=KEY)


@strawberry.input
class PublicationApproveInput:
    """Yes to something that somebody else wrote for everybody."""

    publication_id: strawberry.ID = field(description=PUBLICATION)
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.input
class PublicationDeclineInput:
    """No to something that was written for everybody."""

    publication_id: strawberry.ID = field(description=PUBLICATION)
    reason: str = field(description="Why, in words, for whoever wrote it.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class PublicationCancelInput:
    """Something that was written for everybody is taken back before it leaves."""

    publication_id: strawberry.ID = field(description=PUBLICATION)
    idempotency_key: str = field(description=KEY)


@strawberry.type
class PublicationDraftPayload:
    """The answer to `publicationDraft`."""

    publication: Publication | None = field(default=None, description=AS_IT_IS)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class PublicationApprovePayload:
    """The answer to `publicationApprove`."""

    publication: Publication | None = field(default=None, description=AS_IT_IS)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class PublicationDeclinePayload:
    """The answer to `publicationDecline`."""

    publication: Publication | None = field(default=None, description=AS_IT_IS)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class PublicationCancelPayload:
    """The answer to `publicationCancel`."""

    publication: Publication | None = field(default=None, description=AS_IT_IS)
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
