"""Examples of what is said about the desk and by the house: when somebody works, whom they are kept from, its posts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from contracts import account_update, case, publication, routing, subjects, trends
from contracts import vocabulary as words
from contracts.duty import Break, Leave, Roster, Shift
from contracts.rise import Rise

AT = datetime(2026, 11, 23, 9, 16, 30, tzinfo=UTC)
PUBLICATION_ID = UUID("01970000-0000-7000-8000-000000000030")

ROSTER = Roster(
    zone="Europe/Amsterdam",
    shifts=(Shift((0, 1, 2, 3, 4), 9 * 60, 17 * 60 + 30, (Break(12 * 60 + 30, 13 * 60),)),),
    leave=(Leave(date(2026, 12, 24), date(2027, 1, 2)),),
    holidays="NL",
)

LEADING_EXAMPLES: dict[str, msgspec.Struct] = {
    subjects.TRENDS_CHANGED: trends.TrendsChanged(
        AT,
        rose=(Rise("shop", words.Channel.X, words.TriageClass.BUYING_SIGNAL, counted=24, usual=3.2, once_in=250_000),),
        ended=(Rise("shop", cause="carrier-late", counted=2, usual=2.5, once_in=1),),
    ),
    subjects.AGENT_ROSTER_REQUESTED: case.AgentRosterRequested(
        request_id=UUID("01970000-0000-7000-8000-000000000008"),
        agent_ref="anna",
        requested_by="lena",
        at=AT,
        roster=ROSTER,
    ),
    subjects.ACCOUNT_UPDATE_REQUESTED: account_update.AccountUpdateRequested(
        request_id=UUID("01970000-0000-7000-8000-000000000009"),
        account_id=words.id_of("account", words.Channel.WHATSAPP, "waba-1"),
        requested_by="ada",
        at=AT,
        paused=True,
    ),
    subjects.AGENT_EXCLUSION_CHANGED: case.AgentExclusionChanged(
        customer_id=UUID("01970000-0000-7000-8000-000000000002"),
        agent_id=words.id_of("agent", "anna"),
        excluded=True,
        reason=words.ExclusionReason.CUSTOMER_REFUSES,
        changed_at=AT,
    ),
    subjects.PUBLICATION_REQUESTED: publication.PublicationRequested(
        publication_id=PUBLICATION_ID, channel=words.Channel.FACEBOOK, account="page-1", requested_at=AT
    ),
    subjects.PUBLICATION_UPDATED: publication.PublicationUpdated(
        publication_id=PUBLICATION_ID,
        channel=words.Channel.FACEBOOK,
        account="page-1",
        status=words.DeliveryStatus.ACCEPTED,
        at=AT,
        external_id="100200300_900",
        url="https://www.facebook.com/100200300_900",
    ),
    subjects.CAPACITY_CHANGED: routing.CapacityChanged(
        short=True, offered_load=0.94, cases=68, rostered_s=10_800.0, changed_at=AT
    ),
}
