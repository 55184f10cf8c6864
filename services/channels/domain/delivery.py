"""A reply's way out, or that of a post of ours: requested, tried, taken by the platform, and how far it came."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.content import PublicationContent, ReplyContent
from contracts.delivery import moves_forward
from contracts.stored import SealingScope, Stream
from contracts.vocabulary import Channel, DeliveryStatus, HandleKind, Visibility
from services.channels.domain.delivery_facts import (
    Accepted,
    Attempted,
    Failed,
    Forgotten,
    OutcomeUnknown,
    PartTaken,
    Postponed,
    PublicationRequested,
    Published,
    Redacted,
    Reported,
    Requested,
)
from services.channels.domain.inbound import StatusReported
from services.channels.domain.outbound import OutcomeLost, SendOutcome, SendRefused, TakenOver, TryLater

ATTEMPTS_MAX = 6
_WAITS = tuple(timedelta(seconds=seconds) for seconds in (2, 8, 30, 60, 120))
"""How long we wait after each attempt that took nothing: nearly four minutes in all, then a person decides."""

WAIT_MAX = timedelta(minutes=5)
"""A platform may ask for more patience than ours, up to this."""


class Delivery(Stream):
    """One reply, by the id of the contact the case service gave it; or a post of ours, by that of its publication.

    A post of ours has no case and no customer: it is its own matter, and `case_id` and `customer_id` are its own id.
    """

    TOPIC = "channels.delivery"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "channels.delivery.created.never"

    def __init__(
        self,
        *,
        channel: Channel,
        account: str,
        content: ReplyContent | None = None,
        post: PublicationContent | None = None,
        case_id: UUID | None = None,
        customer_id: UUID | None = None,
        in_reply_to: UUID | None = None,
        visibility: Visibility = Visibility.PUBLIC,
        **_requested: Any,
    ) -> None:
        self.case_id = case_id or self.id
        self.customer_id = customer_id or self.id
        self.channel = channel
        self.account = account
        self.in_reply_to = in_reply_to
        self.visibility = visibility
        self.content = content
        self.post = post
        self.status = DeliveryStatus.REQUESTED
        self.external_id: str | None = None
        self.attempts = 0
        self.attempted_at: datetime | None = None
        self.in_flight = False
        self.redacted = False
        self.forgotten = False

    @classmethod
    def request(
        cls,
        *,
        contact_id: UUID,
        case_id: UUID,
        customer_id: UUID,
        channel: Channel,
        account: str,
        handle_kind: HandleKind,
        requested_at: datetime,
        in_reply_to: UUID | None,
        visibility: Visibility,
        content: ReplyContent | None,
        at: datetime,
    ) -> Delivery:
        """Begin a reply's way out. `content` None: its key was destroyed before we could read it."""
        return cls._create(
            Requested,
            id=contact_id,
            timestamp=at,
            case_id=case_id,
            customer_id=customer_id,
            channel=channel,
            account=account,
            handle_kind=handle_kind,
            requested_at=requested_at,
            in_reply_to=in_reply_to,
            visibility=visibility,
            content=content,
        )

    @classmethod
    def publish(
        cls,
        *,
        publication_id: UUID,
        channel: Channel,
        account: str,
        requested_at: datetime,
        post: PublicationContent | None,
        at: datetime,
    ) -> Delivery:
        """Begin the way out of a post of ours. `post` None: its key was destroyed before we could read it."""
        return cls._create(
            PublicationRequested,
            id=publication_id,
            timestamp=at,
            channel=channel,
            account=account,
            requested_at=requested_at,
            post=post,
        )

    @property
    def publishes(self) -> bool:
        """Whether it answers nobody: a post of ours."""
        return self.case_id == self.id

    def attempt(self, *, at: datetime) -> bool:
        """Claim the next try. False: it is somebody else's, or it is settled."""
        if self.in_flight or self.status is not DeliveryStatus.REQUESTED:
            return False
        self.trigger_event(Attempted, timestamp=at, number=self.attempts + 1)
        return True

    def conclude(self, outcome: SendOutcome, *, at: datetime) -> None:
        """Record what became of the try, unless a report of the platform has told more already."""
        match outcome:
            case TakenOver(external_id=str() as external_id, url=url) if self.publishes:
                if self._open_to(DeliveryStatus.ACCEPTED):
                    place = {"channel": self.channel, "account": self.account}
                    self.trigger_event(Published, timestamp=at, external_id=external_id, url=url, **place)
            case TakenOver(external_id=str() as external_id, sent=True):
                self.report(StatusReported(external_id, DeliveryStatus.SENT, at), at=at)
            case TakenOver(external_id=external_id):
                if self._open_to(DeliveryStatus.ACCEPTED):
                    self.trigger_event(Accepted, timestamp=at, external_id=self._kept(external_id), **self._address())
            case TryLater(code=code, reason=reason, wait=wait):
                self._postpone(code, reason, wait, at=at)
            case SendRefused(code=code, reason=reason, retryable=retryable):
                self._fail(code, reason, retryable=retryable, at=at)
            case OutcomeLost(reason=reason):
                if self._open_to(DeliveryStatus.UNKNOWN):
                    self.trigger_event(OutcomeUnknown, timestamp=at, reason=reason, **self._address())

    def take_part(self, external_id: str | None, *, at: datetime) -> None:
        """Know by which id its platform speaks of a first part of it."""
        kept = self._kept(external_id)
        if kept is not None:
            self.trigger_event(PartTaken, timestamp=at, channel=self.channel, account=self.account, external_id=kept)

    def report(self, item: StatusReported, *, at: datetime) -> None:
        """Take over what the platform reports, if it moves the reply forward."""
        if self._open_to(item.status):
            self.trigger_event(
                Reported,
                timestamp=at,
                status=item.status,
                occurred_at=item.occurred_at,
                external_id=self._kept(item.external_id),
                code=item.code,
                reason=item.reason,
                retryable=item.retryable,
                **self._address(),
            )

    def settle(self, status: DeliveryStatus, external_id: str | None) -> None:
        """Apply a status; for facts only."""
        self.status = status
        self.external_id = external_id or self.external_id
        self.in_flight = False

    def redact(self, *, at: datetime) -> tuple[int, ...]:
        """Withhold what it says, once; gives the versions whose envelopes are to go."""
        withheld = () if self.redacted or self.forgotten else (Delivery.INITIAL_VERSION,)
        if withheld:
            self.trigger_event(Redacted, timestamp=at, withheld=withheld)
        return withheld

    def forget(self, *, at: datetime) -> None:
        """Its customer is erased."""
        self.trigger_event(Forgotten, timestamp=at)

    def sealing(self) -> SealingScope:
        """The customer's key for this case: what is erased there is erased here."""
        return SealingScope(self.customer_id, self.case_id)

    def _kept(self, external_id: str | None) -> str | None:
        """The platform's id, as long as it can be sealed."""
        return None if self.forgotten else external_id

    def _open_to(self, status: DeliveryStatus) -> bool:
        return moves_forward(self.status, status)

    def _postpone(self, code: str, reason: str, wait: timedelta | None, *, at: datetime) -> None:
        if self.attempts >= ATTEMPTS_MAX:
            self._fail(code, reason, retryable=True, at=at)
        elif self.status is DeliveryStatus.REQUESTED:
            own_wait = _WAITS[min(self.attempts, len(_WAITS)) - 1]
            due_at = at + min(max(own_wait, wait or own_wait), WAIT_MAX)
            self.trigger_event(Postponed, timestamp=at, code=code, due_at=due_at)

    def _fail(self, code: str, reason: str, *, retryable: bool, at: datetime) -> None:
        if self._open_to(DeliveryStatus.FAILED):
            self.trigger_event(Failed, timestamp=at, code=code, reason=reason, retryable=retryable, **self._address())

    def _address(self) -> dict[str, Any]:
        return {"case_id": self.case_id, "channel": self.channel, "account": self.account}
