"""Files that came along."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import AttachmentState
from services.case.graphql.context import Info
from services.case.graphql.scalars import Url
from services.case.graphql.types.interfaces import Node
from services.case.queries.attachments import AttachmentRow


@strawberry.type
class Attachment(Node):
    """A file that came with a contact."""

    name: str | None = field(description="As its sender calls it, without a path; null: it has none, or none any more.")
    media_type: str = field(description="By its content once that was looked at; before, as its sender says.")
    size_bytes: int = field(description="How large it is; 0 as long as nobody knows.")
    state: AttachmentState = field(description="How far it has come; only one that is READY can be fetched.")
    row: strawberry.Private[AttachmentRow]

    @strawberry.field
    async def url(self, info: Info) -> Url | None:
        """Where to fetch it, for a few minutes: always to be saved, never to be shown as a page. Null unless READY."""
        return info.context.make.link_to(self.row)
