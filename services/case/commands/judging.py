"""What triage makes of something that came in, and what of that a case hears."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from contracts.content import ContactContent
from contracts.vocabulary import Channel, ContactKind, Priority, TriageOutcome, Visibility
from services.case.domain import handling
from services.case.domain.case import Case
from services.case.domain.mention import Mention
from services.case.domain.press import call
from services.case.domain.triage import Triage, TriagePolicy, urgency, why_call
from services.case.domain.utterance import Utterance, rating_of, reach_of, said_in

_SOONER = tuple(Priority)
PROMOTED = "taken up by a colleague"
JOINED = "its author went on and asked something"


class Incoming(Protocol):
    """What is looked at of a contact or a mention."""

    @property
    def channel(self) -> Channel: ...  # noqa: D102  (as its name says)
    @property
    def account(self) -> str: ...  # noqa: D102  (as its name says)
    @property
    def kind(self) -> ContactKind: ...  # noqa: D102  (as its name says)
    @property
    def visibility(self) -> Visibility: ...  # noqa: D102  (as its name says)
    @property
    def occurred_at(self) -> datetime: ...  # noqa: D102  (as its name says)
    @property
    def brand(self) -> str | None: ...  # noqa: D102  (as its name says)
    @property
    def language(self) -> str | None: ...  # noqa: D102  (as its name says)
    @property
    def flags(self) -> tuple[str, ...]: ...  # noqa: D102  (as its name says)
    @property
    def content(self) -> ContactContent | None: ...  # noqa: D102  (as its name says)


def utterance_of(incoming: Incoming, policy: TriagePolicy, at: datetime) -> Utterance:
    """It, as triage looks at it. `at`: when it came in."""
    content = incoming.content or ContactContent()
    return Utterance(
        channel=incoming.channel,
        account=incoming.account,
        kind=incoming.kind,
        visibility=incoming.visibility,
        text=said_in(content),
        brand=incoming.brand,
        names=policy.names.get(incoming.brand or "", ()),
        language=incoming.language,
        flags=incoming.flags,
        rating=rating_of(content),
        reach=reach_of(content),
        age_seconds=max(0.0, (at - incoming.occurred_at).total_seconds()),
    )


def as_case(mention: Mention, policy: TriagePolicy, why: str, at: datetime) -> Triage:
    """The mention's triage once it is a case after all."""
    priority, priority_reason = urgency(utterance_of(mention, policy, at), policy.reach)
    return msgspec.structs.replace(
        mention.triage,
        outcome=TriageOutcome.CASE,
        reason=f"{mention.triage.reason}; {why}",
        priority=priority,
        priority_reason=priority_reason,
    )


def heed(case: Case, judged: Triage | None, incoming: Incoming, policy: TriagePolicy, at: datetime) -> None:
    """Let the case be sooner, and call the press desk, where what came in travels far. `judged` None: we said it."""
    hasten(case, judged, at)
    if judged is not None:
        call_press(case, utterance_of(incoming, policy, at), policy, at)


def call_press(case: Case, said: Utterance, policy: TriagePolicy, at: datetime) -> None:
    """Call the press desk to the case, where what was said travels far."""
    reason = why_call(said, policy.press)
    if policy.press is not None and reason is not None:
        call(case, policy.press, reason, at=at)


def hasten(case: Case, triage: Triage | None, at: datetime) -> None:
    """Make the case sooner where triage says so, never later."""
    if triage is not None:
        sooner(case, triage.priority, triage.priority_reason, at)


def sooner(case: Case, priority: Priority | None, reason: str | None, at: datetime) -> None:
    """Give an open case this priority, where it is a higher one."""
    if priority is None or case.is_resolved or case.erased:
        return
    if _SOONER.index(priority) > _SOONER.index(case.priority):
        handling.set_priority(case, priority=priority, reason=reason or "", at=at)
