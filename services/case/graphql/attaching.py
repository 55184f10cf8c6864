"""The part of `Maker` about files that came along."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from contracts.vocabulary import AttachmentState
from services.case.graphql import ids
from services.case.graphql.forgetting import Forgetting
from services.case.graphql.ids import IdType
from services.case.graphql.scalars import Url
from services.case.graphql.types.attachments import Attachment
from services.case.queries.attachments import AttachmentRow

if TYPE_CHECKING:
    from services.case.queries.rows import EntryRow

SIZE_MAX = 2**31 - 1
"""The largest number that GraphQL's Int holds; no file that is kept is as large."""


class Attaching(Forgetting):
    """What the fields of `types.attachments` ask for."""

    async def attachments_of(self, row: EntryRow) -> list[Attachment]:
        """The files of a contact, in their order."""
        return [self._attachment(found) for found in await self.loaders.attachments_of.load(row.entry_id) or []]

    async def attachment_by_id(self, attachment_id: UUID) -> Attachment | None:
        """The file, or None."""
        row = await self.loaders.attachments.load(attachment_id)
        if row is None:
            return None
        self.accessed.case_of(None, row.case_id)
        return self._attachment(row)

    def link_to(self, row: AttachmentRow) -> Url | None:
        """Where to fetch the file; None where it cannot be, or not by this viewer."""
        deps = self._context.deps
        if row.state is not AttachmentState.READY or not self.opens or deps.links is None:
            return None
        return deps.links.to_fetch(row.attachment_id, deps.clock.now())

    def _attachment(self, row: AttachmentRow) -> Attachment:
        return Attachment(
            id=ids.encode(IdType.ATTACHMENT, row.attachment_id),
            name=row.name if self.opens else None,
            media_type=row.media_type,
            size_bytes=min(row.size_bytes, SIZE_MAX),
            state=row.state,
            row=row,
        )
