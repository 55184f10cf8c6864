"""Files of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from contracts.vocabulary import AttachmentState
from services.case.queries.database import Database


class AttachmentRow(msgspec.Struct, frozen=True):
    """A file. `reason`: a code, of one that is not handed out."""

    attachment_id: UUID
    contact_id: UUID | None
    case_id: UUID
    number: int
    name: str | None
    media_type: str
    size_bytes: int
    state: AttachmentState
    reason: str | None


async def attachments_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, AttachmentRow]:
    """Those of the files that exist."""
    return {row.attachment_id: row for row in await database.all(AttachmentRow, "attachments_by_id", list(ids))}


async def attachments_of_contacts(database: Database, ids: Sequence[UUID]) -> dict[UUID, list[AttachmentRow]]:
    """The files of each contact, in the order in which they came."""
    found: dict[UUID, list[AttachmentRow]] = {}
    for row in await database.all(AttachmentRow, "attachments_of_contacts", list(ids)):
        if row.contact_id is not None:
            found.setdefault(row.contact_id, []).append(row)
    return found
