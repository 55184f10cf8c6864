"""Whom at the desk a fact concerns personally: table viewer_events.

Its rows stand before those of the other tables, since some tell that something is no longer as those tables say.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import BudgetOwnerKind, ClockKind
from services.case.domain import (
    case_facts,
    clock_facts,
    commitment_facts,
    erasure_facts,
    gesture_facts,
    guard_facts,
    incident_facts,
    known_budget_facts,
    known_capacity,
    publication_facts,
)
from services.case.domain.incident_facts import IncidentState
from services.case.domain.known_budget_facts import BudgetStanding
from services.case.domain.offer_facts import OfferAnswered
from services.case.domain.viewing import APPROVERS, ERASERS, LEADS, ViewerNews

LOW_PERCENT = 80
"""A budget of which so much is spent or held is worth a warning, once, until it is refilled."""


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact."""
    match fact:
        case case_facts.Assigned():
            yield _offer_ended(meta)
            if fact.offered_to is not None:
                yield _told(meta, fact.offered_to, ViewerNews.OFFER_MADE, fact.decision_id)
        case case_facts.Waiting() | case_facts.Resolved() | OfferAnswered():
            yield _offer_ended(meta)
        case clock_facts.ClockWarned() if fact.kind is ClockKind.COMMITMENT:
            yield _of_promise(meta, ViewerNews.COMMITMENT_DUE, fact.clock_of)
        case commitment_facts.CommitmentBroken():
            yield _of_promise(meta, ViewerNews.COMMITMENT_BROKEN, fact.commitment_id)
        case known_budget_facts.BudgetIntroduced() | known_budget_facts.BudgetChanged():
            yield from _budget(meta, fact.standing)
        case erasure_facts.ErasureRequested():
            yield _told(meta, ERASERS, ViewerNews.APPROVAL_ASKED, meta.stream_id)
        case erasure_facts.ErasureApproved():
            yield _told(meta, ERASERS, ViewerNews.APPROVAL_DECIDED, meta.stream_id)
        case _:
            yield from _answer(fact, meta)
            yield from _gesture(fact, meta)
            yield from _of_the_desk(fact, meta)


def _of_the_desk(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """Those who lead are told how the work stands; of a clock, whoever has the case, too."""
    match fact:
        case clock_facts.ClockWarned() | clock_facts.ClockMissed():
            warned = isinstance(fact, clock_facts.ClockWarned)
            news = ViewerNews.CLOCK_WARNED if warned else ViewerNews.CLOCK_MISSED
            yield _told(meta, LEADS, news, meta.stream_id)
            yield Row("tell_assignee", (meta.stream_id, meta.version, news))
        case known_capacity.CapacityIntroduced() | known_capacity.CapacityChanged():
            news = ViewerNews.CAPACITY_SHORT if fact.standing.short else ViewerNews.CAPACITY_RESTORED
            yield _told(meta, LEADS, news, meta.stream_id)
        case incident_facts.IncidentBegun():
            suspected = fact.state is IncidentState.SUSPECTED
            news = ViewerNews.INCIDENT_SUSPECTED if suspected else ViewerNews.INCIDENT_CHANGED
            yield _told(meta, LEADS, news, meta.stream_id)
        case incident_facts.IncidentRevised() | incident_facts.IncidentClosed():
            yield _told(meta, LEADS, ViewerNews.INCIDENT_CHANGED, meta.stream_id)
        case _:
            return


def _answer(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """Those who may approve are told of answers and posts of ours that wait for them, or do not any more."""
    match fact:
        case guard_facts.ReplyHeld():
            yield _told(meta, APPROVERS, ViewerNews.APPROVAL_ASKED, fact.contact_id)
        case guard_facts.ReplyApproved() | guard_facts.ReplyDeclined() | guard_facts.ReplyExpired():
            yield _told(meta, APPROVERS, ViewerNews.APPROVAL_DECIDED, fact.contact_id)
        case publication_facts.PublicationDrafted():
            yield _told(meta, APPROVERS, ViewerNews.APPROVAL_ASKED, meta.stream_id)
        case (
            publication_facts.PublicationApproved()
            | publication_facts.PublicationDeclined()
            | publication_facts.PublicationCancelled()
        ):
            yield _told(meta, APPROVERS, ViewerNews.APPROVAL_DECIDED, meta.stream_id)
        case _:
            return


def _gesture(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """What becomes of a gesture its giver is told; those who may approve, that it waits for them, or does not."""
    match fact:
        case gesture_facts.GestureAwaitingApproval() | gesture_facts.ApprovalRefused():
            yield _told(meta, APPROVERS, ViewerNews.APPROVAL_ASKED, fact.gesture_id)
        case gesture_facts.GestureApproved() | gesture_facts.GestureDeclined():
            yield _told(meta, APPROVERS, ViewerNews.APPROVAL_DECIDED, fact.gesture_id)
        case gesture_facts.GestureGiven() | gesture_facts.GestureRefused():
            pass
        case _:
            return
    news = (meta.stream_id, meta.version, ViewerNews.GESTURE_CHANGED, fact.gesture_id)
    yield Row("tell_giver_of_gesture", news)


def _offer_ended(meta: FactMeta) -> Row:
    return Row("tell_who_was_asked", (meta.stream_id, meta.version, ViewerNews.OFFER_ENDED))


def _of_promise(meta: FactMeta, news: ViewerNews, commitment_id: UUID) -> Row:
    return Row("tell_who_promised", (meta.stream_id, meta.version, news, commitment_id))


def _budget(meta: FactMeta, standing: BudgetStanding) -> Iterator[Row]:
    used, limit = standing.reserved_minor + standing.spent_minor, standing.granted_minor * LOW_PERCENT
    if standing.owner_kind is BudgetOwnerKind.AGENT and standing.granted_minor > 0 and used * 100 >= limit:
        news = (meta.stream_id, meta.version, standing.owner_id, ViewerNews.BUDGET_LOW, LOW_PERCENT)
        yield Row("tell_owner_of_budget", news)


def _told(meta: FactMeta, audience: UUID, news: ViewerNews, thing_id: UUID) -> Row:
    return Row("tell_viewer", (meta.stream_id, meta.version, audience, news, thing_id), expect_rows=1)
