"""The part of `Maker` about contacts: what they have beside their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from services.case.graphql.merging import Merging
from services.case.queries.contacts import ContentRow

if TYPE_CHECKING:
    from services.case.queries.rows import EntryRow


class Contacting(Merging):
    """What the fields of `types.entries.Contact` ask for."""

    async def content_of(self, row: EntryRow) -> ContentRow:
        """What a contact has beside its text; nothing where the viewer may not have that opened."""
        if not self.opens:
            return ContentRow(row.entry_id)
        found = await self.loaders.contents.load(row.entry_id) or ContentRow(row.entry_id)
        if found.visible_text is not None:
            return found
        return msgspec.structs.replace(found, visible_text=row.text)
