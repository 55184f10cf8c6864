"""What can be asked about what we say to everybody. Part of `Query`."""

from __future__ import annotations

from typing import Annotated

import strawberry

from services.case.domain.permissions import Permission
from services.case.graphql import publishing
from services.case.graphql.context import Info
from services.case.graphql.pages import After, First
from services.case.graphql.types.publications import PublicationConnection, PublicationWhere


@strawberry.type
class PublishingQuery:
    """What can be asked about what we say to everybody."""

    @strawberry.field
    async def publications(
        self,
        info: Info,
        where: Annotated[PublicationWhere | None, strawberry.argument(description="Which of them.")] = None,
        first: First = 25,
        after: After = None,
    ) -> PublicationConnection:
        """What we say, or are to say, to everybody in answer to nobody, the latest draft first."""
        info.context.principal.require(Permission.READ)
        return await publishing.publications(info, where, first=first, after=after)
