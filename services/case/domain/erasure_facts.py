"""What can become of a request to erase a customer's data.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from contracts.stored import Fact, FirstFact, Sealed
from services.case.domain.erasure_words import ErasureGround
from services.case.domain.restriction import Retained

if TYPE_CHECKING:
    from services.case.domain.erasure import Erasure


class ErasureRequested(FirstFact):
    """Somebody asked to erase a customer: another person decides before `expires_at`. The note dies with the data."""

    TOPIC = "erasure.requested.v1"
    customer_id: UUID
    ground: ErasureGround
    requester_ref: str
    expires_at: datetime
    note: Annotated[str | None, Sealed]


class ErasureApproved(Fact):
    """Another person said yes: from now on the erasure is carried out, however often it is interrupted."""

    TOPIC = "erasure.approved.v1"
    approver_ref: str

    def apply(self, aggregate: Erasure) -> None:
        """It is to be done."""
        aggregate.approver_ref = self.approver_ref


class ContactsNamed(Fact):
    """Channels is told which contacts to forget, a part of them at a time; it knows contacts and no customers."""

    TOPIC = "erasure.contacts-named.v1"
    customer_id: UUID
    part: int
    contact_ids: tuple[UUID, ...]

    def apply(self, aggregate: Erasure) -> None:
        """Wait for the answer."""
        aggregate.parts[self.part] = None


class PartForgotten(Fact):
    """Channels has forgotten a part: what counted there stands in the receipt."""

    TOPIC = "erasure.part-forgotten.v1"
    part: int
    events: int
    keys_destroyed: int
    stores: tuple[str, ...]

    def apply(self, aggregate: Erasure) -> None:
        """One part less to wait for."""
        aggregate.parts[self.part] = self


class ErasureExecuted(Fact):
    """Keys are destroyed and tables rewritten: the receipt. Its moment is the fact's own.

    `events`: facts whose content nobody can read any more. `keys_destroyed`: of subjects and of contents.
    """

    TOPIC = "erasure.executed.v1"
    customer_id: UUID
    events: int
    keys_destroyed: int
    stores_purged: tuple[str, ...]
    retained: tuple[Retained, ...]
    key_backups_expire_at: datetime

    def apply(self, aggregate: Erasure) -> None:
        """Nothing is left to do."""
        aggregate.executed = True
