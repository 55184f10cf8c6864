"""Erasing a customer: asked for by one person, approved by another, then carried out to its receipt.

    REQUESTED ──another person──▶ APPROVED ──▶ customer and cases closed ──▶ contacts named to channels
                                                 ──all parts answered──▶ keys destroyed, tables rewritten ──▶ EXECUTED

BLOCKED is no step: it is what an open request is called while a restriction stands in the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from contracts.stored import SealingScope, Stream
from contracts.vocabulary import Actor, Refusal, RefusalCode
from services.case.domain import erasure_facts as facts
from services.case.domain.erasure_words import ErasureGround
from services.case.domain.restriction import Retained

APPROVAL_OPEN_FOR = timedelta(days=30)
"""The month within which a data subject must have an answer (GDPR, article 12(3))."""
KEY_BACKUPS_KEPT_FOR = timedelta(days=30)
"""How long a backup of the keys database may be kept: until then a destroyed key may lie in one."""
CONTACTS_OF_PART_MAX = 500


class Erasure(Stream):
    """The state that decisions need, folded from the facts."""

    TOPIC = "erasure"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "erasure.created.never"

    def __init__(
        self, customer_id: UUID, ground: ErasureGround, requester_ref: str, expires_at: datetime, note: str | None
    ) -> None:
        del note
        self.customer_id = customer_id
        self.ground = ground
        self.requester_ref = requester_ref
        self.expires_at = expires_at
        self.approver_ref: str | None = None
        self.parts: dict[int, facts.PartForgotten | None] = {}
        self.executed = False

    @classmethod
    def request(
        cls,
        *,
        request_id: UUID,
        customer_id: UUID,
        ground: ErasureGround,
        requester: Actor,
        note: str | None,
        at: datetime,
    ) -> Erasure:
        """Ask for it."""
        return cls._create(
            facts.ErasureRequested,
            id=request_id,
            timestamp=at,
            customer_id=customer_id,
            ground=ground,
            requester_ref=requester.ref,
            expires_at=at + APPROVAL_OPEN_FOR,
            note=note,
        )

    def sealing(self) -> SealingScope:
        """Under the customer's own key: why it was asked is forgotten with them."""
        return SealingScope(subject_id=self.customer_id, scope_id=self.id)

    def approve(self, *, approver: Actor, at: datetime) -> None:
        """Another person says yes.

        Raises:
            Refusal: SELF_APPROVAL, NOT_AWAITING_APPROVAL, APPROVAL_EXPIRED.
        """
        if self.requester_ref == approver.ref:
            raise Refusal(RefusalCode.SELF_APPROVAL, "another person must approve", "requestId")
        if self.approver_ref is not None:
            raise Refusal(RefusalCode.NOT_AWAITING_APPROVAL, "the request is approved already", "requestId")
        if at >= self.expires_at:
            raise Refusal(RefusalCode.APPROVAL_EXPIRED, "the time for approval is over", "requestId")
        self.trigger_event(facts.ErasureApproved, timestamp=at, approver_ref=approver.ref)

    def name_contacts(self, contact_ids: Sequence[UUID], *, at: datetime) -> None:
        """Tell channels what to forget, once; at least one part, so that there is always an answer."""
        if self.parts:
            return
        for part, ids in enumerate(_parts_of(contact_ids)):
            self.trigger_event(
                facts.ContactsNamed, timestamp=at, customer_id=self.customer_id, part=part, contact_ids=ids
            )

    def note_forgotten(
        self, *, part: int, events: int, keys_destroyed: int, stores: tuple[str, ...], at: datetime
    ) -> None:
        """Channels answered; a second answer is no news."""
        if self.parts.get(part) is None:
            self.trigger_event(
                facts.PartForgotten,
                timestamp=at,
                part=part,
                events=events,
                keys_destroyed=keys_destroyed,
                stores=stores,
            )

    @property
    def all_forgotten(self) -> bool:
        """Whether channels has answered for every part."""
        return bool(self.parts) and all(answer is not None for answer in self.parts.values())

    def complete(
        self, *, events: int, keys_destroyed: int, stores: Sequence[str], retained: Sequence[Retained], at: datetime
    ) -> None:
        """Sign off, once, with what was done here and in channels."""
        if self.executed:
            return
        answers = [answer for answer in self.parts.values() if answer is not None]
        self.trigger_event(
            facts.ErasureExecuted,
            timestamp=at,
            customer_id=self.customer_id,
            events=events + sum(answer.events for answer in answers),
            keys_destroyed=keys_destroyed + sum(answer.keys_destroyed for answer in answers),
            stores_purged=tuple(dict.fromkeys((*stores, *(store for answer in answers for store in answer.stores)))),
            retained=tuple(retained),
            key_backups_expire_at=at + KEY_BACKUPS_KEPT_FOR,
        )


def _parts_of(contact_ids: Sequence[UUID]) -> Sequence[tuple[UUID, ...]]:
    """The ids in parts of CONTACTS_OF_PART_MAX; one empty part where there are none."""
    size = CONTACTS_OF_PART_MAX
    starts = range(0, max(1, len(contact_ids)), size)
    return [tuple(contact_ids[start : start + size]) for start in starts]
