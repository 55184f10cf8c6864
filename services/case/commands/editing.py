"""New words for a contact that is on a case: what an edit of a contact and one of a mention have in common."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.content import EditContent
from contracts.stored import Record, Work
from services.case.commands.placing import with_facts
from services.case.domain.case import Case
from services.case.domain.changing_words import edit
from services.case.ports import Directory


async def edited_on_its_case(
    contact_id: UUID,
    edited_at: datetime,
    content: EditContent | None,
    *,
    at: datetime,
    record: Record,
    directory: Directory,
) -> Work | None:
    """The edit of a contact that is on a case; None: it is on none."""
    known = await directory.find_contact(contact_id)
    case = None if known is None else await record.load(Case, known.case_id)
    if known is None or case is None:
        return None
    edit(case, contact_id=known.contact_id, edited_at=edited_at, content=content, at=at)
    return Work(streams=with_facts(case))
