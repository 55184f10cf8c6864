"""Contacts by which cases were opened: they come right after their case, which was decided a moment ago."""

from __future__ import annotations

from collections import OrderedDict
from uuid import UUID

CONTACTS_MAX = 4_096


class OpeningContacts:
    """The last of them that this process heard of; one that it does not know has its case looked at once more."""

    def __init__(self) -> None:
        self._contacts: OrderedDict[UUID, None] = OrderedDict()

    def expect(self, contact_id: UUID) -> None:
        """A case was opened by it."""
        self._contacts[contact_id] = None
        if len(self._contacts) > CONTACTS_MAX:
            self._contacts.popitem(last=False)

    def has_come(self, contact_id: UUID) -> bool:
        """It is told of itself: whether its case was opened by it a moment ago."""
        return self._contacts.pop(contact_id, self) is None
