"""The only bridge from the private facts of the record to what other services are told."""

from __future__ import annotations

import msgspec

from contracts import account_update, case, publication, subjects, trends
from contracts.stored import Fact, FactMeta, FirstFact
from contracts.vocabulary import CaseStatus, Channel, Visibility
from services.case.domain import (
    attachment_facts,
    case_clocks,
    case_facts,
    clock_facts,
    commitment_facts,
    contact_facts,
    customer_detail_facts,
    customer_facts,
    desk_request_facts,
    erasure_facts,
    gesture_control_facts,
    gesture_facts,
    guard_facts,
    handling_facts,
    incident_facts,
    issued_token_facts,
    known_agent_facts,
    known_budget_facts,
    known_capacity,
    mention_facts,
    merge_facts,
    offer_facts,
    payout_facts,
    publication_facts,
    redaction_facts,
    retention_facts,
    rises,
    settlement_facts,
    upload_facts,
)

PRIVATE_TOPICS = frozenset(
    {
        case_facts.NoteAdded.TOPIC,
        case_facts.SubjectGiven.TOPIC,
        handling_facts.PrioritySet.TOPIC,
        handling_facts.TagsSet.TOPIC,
        handling_facts.IncidentLinked.TOPIC,
        incident_facts.IncidentBegun.TOPIC,
        incident_facts.IncidentRevised.TOPIC,
        incident_facts.IncidentClosed.TOPIC,
        clock_facts.ClockWarned.TOPIC,
        clock_facts.ClockMissed.TOPIC,
        case_clocks.ClocksBegun.TOPIC,
        case_clocks.ClocksSet.TOPIC,
        commitment_facts.CommitmentMade.TOPIC,
        commitment_facts.CommitmentKept.TOPIC,
        commitment_facts.CommitmentBroken.TOPIC,
        commitment_facts.CommitmentWithdrawn.TOPIC,
        guard_facts.ReplyGuarded.TOPIC,
        guard_facts.FirstMessageGuarded.TOPIC,
        guard_facts.WarningsConfirmed.TOPIC,
        guard_facts.ReplyHeld.TOPIC,
        guard_facts.ReplyApproved.TOPIC,
        guard_facts.ReplyDeclined.TOPIC,
        guard_facts.ReplyExpired.TOPIC,
        guard_facts.PressCalled.TOPIC,
        guard_facts.LineApproved.TOPIC,
        settlement_facts.SettlementBegun.TOPIC,
        settlement_facts.SettlementLeft.TOPIC,
        settlement_facts.SettlementDropped.TOPIC,
        attachment_facts.AttachmentChanged.TOPIC,
        contact_facts.ContactEdited.TOPIC,
        contact_facts.ContactReacted.TOPIC,
        contact_facts.ContactRemoved.TOPIC,
        contact_facts.DeliveryUpdated.TOPIC,
        gesture_facts.GestureAwaitingApproval.TOPIC,
        gesture_facts.FirstApprovalGiven.TOPIC,
        payout_facts.PayoutBegun.TOPIC,
        payout_facts.PayoutTried.TOPIC,
        payout_facts.PayoutPaid.TOPIC,
        gesture_control_facts.GestureLookedAt.TOPIC,
        gesture_control_facts.GestureReviewed.TOPIC,
        gesture_facts.ApprovalRefused.TOPIC,
        gesture_facts.GestureRefused.TOPIC,
        customer_facts.Appeared.TOPIC,
        customer_facts.Named.TOPIC,
        customer_facts.HandleAdded.TOPIC,
        customer_facts.HandleRaised.TOPIC,
        customer_facts.HandleConsentChanged.TOPIC,
        customer_facts.CaseBegun.TOPIC,
        customer_detail_facts.Described.TOPIC,
        customer_detail_facts.OrganisationPlaced.TOPIC,
        customer_detail_facts.CustomerNoteAdded.TOPIC,
        customer_detail_facts.CustomerNoteRedacted.TOPIC,
        customer_detail_facts.HandleRemoved.TOPIC,
        customer_detail_facts.HandleClaimed.TOPIC,
        customer_detail_facts.ExternalIdLearnt.TOPIC,
        customer_facts.RestrictionPlaced.TOPIC,
        customer_facts.RestrictionLifted.TOPIC,
        customer_facts.CustomerErased.TOPIC,
        mention_facts.Noted.TOPIC,
        mention_facts.Edited.TOPIC,
        mention_facts.Removed.TOPIC,
        mention_facts.Promoted.TOPIC,
        mention_facts.CopiesWithheld.TOPIC,
        publication_facts.PublicationDrafted.TOPIC,
        publication_facts.PublicationApproved.TOPIC,
        publication_facts.PublicationDeclined.TOPIC,
        publication_facts.PublicationCancelled.TOPIC,
        publication_facts.PublicationUpdated.TOPIC,
        case_facts.ComplaintLeft.TOPIC,
        merge_facts.MergeReceived.TOPIC,
        merge_facts.MergeGivenBack.TOPIC,
        case_facts.ContentErased.TOPIC,
        redaction_facts.RedactionBegun.TOPIC,
        retention_facts.RetentionEnforced.TOPIC,
        redaction_facts.CopiesWithheld.TOPIC,
        redaction_facts.RedactionCompleted.TOPIC,
        erasure_facts.ErasureRequested.TOPIC,
        erasure_facts.ErasureApproved.TOPIC,
        erasure_facts.PartForgotten.TOPIC,
        erasure_facts.ErasureExecuted.TOPIC,
        issued_token_facts.TokenIssued.TOPIC,
        known_agent_facts.AgentIntroduced.TOPIC,
        known_agent_facts.AgentChanged.TOPIC,
        known_budget_facts.BudgetIntroduced.TOPIC,
        known_budget_facts.BudgetChanged.TOPIC,
        known_capacity.CapacityIntroduced.TOPIC,
        known_capacity.CapacityChanged.TOPIC,
        upload_facts.UploadRequested.TOPIC,
        upload_facts.UploadChanged.TOPIC,
        upload_facts.UploadTaken.TOPIC,
        upload_facts.UploadReleased.TOPIC,
        upload_facts.UploadExpired.TOPIC,
        upload_facts.UploadWithheld.TOPIC,
    }
)
"""The facts that stay here: who a customer is, what colleagues told each other, what other services told us."""

Told = tuple[str, msgspec.Struct]


def contract_fact(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    """The subject and the message of a fact, or None for a private one."""
    if meta.topic in PRIVATE_TOPICS:
        return None
    tellers = (
        *(_of_case, _of_contact, _of_status, _of_gesture, _of_ended_gesture),
        *(_of_desk, _of_merge, _of_exclusion, _of_erasure, _of_trends, _of_publication),
    )
    for told_of in tellers:
        if (told := told_of(fact, meta)) is not None:
            return told
    return None


def _of_case(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    match fact:
        case case_facts.Opened():
            return subjects.CASE_OPENED, case.CaseOpened(
                case_id=meta.stream_id,
                number=fact.number,
                customer_id=fact.customer_id,
                contact_id=fact.contact_id,
                channel=fact.channel,
                opened_at=fact.timestamp,
                due_at=fact.due_at,
                priority=fact.priority,
                brand=fact.brand,
                account=fact.account,
                language=fact.language,
            )
        case case_facts.Assigned():
            return subjects.CASE_ASSIGNED, case.CaseAssigned(meta.stream_id, fact.decision_id, fact.agent_id)
        case handling_facts.TransferRequested():
            return subjects.CASE_TRANSFER_REQUESTED, case.CaseTransferRequested(
                case_id=meta.stream_id,
                transfer_id=fact.transfer_id,
                requested_at=fact.timestamp,
                agent_id=fact.agent_id,
                team_ref=fact.team_ref,
                claimed=fact.claimed,
            )
        case offer_facts.OfferAnswered():
            return subjects.OFFER_ANSWERED, case.OfferAnswered(
                case_id=meta.stream_id,
                offer_id=fact.offer_id,
                answer_id=fact.answer_id,
                agent_id=fact.agent_id,
                answered_at=fact.timestamp,
                reason=fact.reason,
            )
        case _:
            return None


def _of_contact(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    match fact:
        case contact_facts.ContactAttached():
            return subjects.CONTACT_ATTACHED, case.ContactAttached(
                case_id=meta.stream_id,
                customer_id=fact.customer_id,
                contact_id=fact.contact_id,
                channel=fact.channel,
                kind=fact.kind,
                direction=fact.direction,
                occurred_at=fact.occurred_at,
                # Whoever put it elsewhere was not in touch again.
                agent_ref=fact.agent_ref if fact.moved_from is None else None,
            )
        case contact_facts.ContactDetached():
            return subjects.CONTACT_DETACHED, case.ContactDetached(meta.stream_id, fact.contact_id, fact.to_case_id)
        case contact_facts.ReplyRequested():
            return subjects.REPLY_REQUESTED, case.ReplyRequested(
                case_id=meta.stream_id,
                customer_id=fact.customer_id,
                contact_id=fact.contact_id,
                channel=fact.channel,
                account=fact.account,
                handle_kind=fact.handle_kind,
                requested_at=fact.timestamp,
                agent_ref=fact.agent_ref,
                in_reply_to=fact.in_reply_to if _shows_what_it_answers(fact) else None,
                visibility=fact.visibility,
            )
        case _:
            return None


def _shows_what_it_answers(fact: contact_facts.ReplyRequested) -> bool:
    """Where the agent quotes it, where others read along, and by mail, whose threads hang on it."""
    return fact.quoted or fact.visibility is not Visibility.PRIVATE or fact.channel is Channel.EMAIL


def _of_status(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    match fact:
        case case_facts.Waiting():
            change = case.CaseStatusChanged(
                meta.stream_id, fact.customer_id, CaseStatus.WAITING, fact.timestamp, waiting_for=fact.waiting_for
            )
        case case_facts.Resumed():
            change = case.CaseStatusChanged(meta.stream_id, fact.customer_id, CaseStatus.OPEN, fact.timestamp)
        case case_facts.Resolved():
            change = case.CaseStatusChanged(
                meta.stream_id, fact.customer_id, CaseStatus.RESOLVED, fact.timestamp, outcome=fact.outcome
            )
        case case_facts.Reopened():
            change = case.CaseStatusChanged(
                meta.stream_id, fact.customer_id, CaseStatus.OPEN, fact.timestamp, reopened=True
            )
        case _:
            return None
    return subjects.CASE_STATUS_CHANGED, change


def _of_gesture(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    match fact:
        case gesture_facts.GestureRequested():
            return subjects.GESTURE_REQUESTED, case.GestureRequested(
                gesture_id=fact.gesture_id,
                case_id=meta.stream_id,
                customer_id=fact.customer_id,
                agent_ref=fact.agent_ref,
                kind=fact.kind,
                amount_minor=fact.amount_minor,
                currency=fact.currency,
                reason=fact.reason,
                requested_at=fact.timestamp,
            )
        case gesture_facts.GestureApproved():
            return subjects.GESTURE_APPROVED, case.GestureApproved(
                gesture_id=fact.gesture_id,
                case_id=meta.stream_id,
                approval_id=fact.approval_id,
                agent_ref=fact.agent_ref,
                approver_ref=fact.approver_ref,
                amount_minor=fact.amount_minor,
                currency=fact.currency,
                approved_at=fact.timestamp,
                kind=fact.kind,
                first_approver_ref=fact.first_approver_ref,
            )
        case gesture_facts.GestureGiven():
            return subjects.GESTURE_GIVEN, case.GestureGiven(
                fact.gesture_id, meta.stream_id, fact.hold_id, fact.timestamp
            )
        case _:
            return None


def _of_ended_gesture(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    match fact:
        case gesture_facts.GestureDeclined():
            return subjects.GESTURE_DROPPED, case.GestureDropped(
                fact.gesture_id, meta.stream_id, "DECLINED", fact.timestamp
            )
        case gesture_facts.GestureExpired():
            return subjects.GESTURE_DROPPED, case.GestureDropped(
                fact.gesture_id, meta.stream_id, "EXPIRED", fact.timestamp
            )
        case payout_facts.PayoutRefused():
            return subjects.GESTURE_DROPPED, case.GestureDropped(
                fact.gesture_id, meta.stream_id, "PAYOUT_REFUSED", fact.timestamp
            )
        case payout_facts.GestureReversed():
            return subjects.GESTURE_REVERSED, case.GestureReversed(
                fact.gesture_id, meta.stream_id, fact.reversal_id, fact.amount_minor, fact.timestamp
            )
        case gesture_facts.HoldReturned():
            return subjects.GESTURE_DROPPED, case.GestureDropped(
                fact.gesture_id, meta.stream_id, "NOT_WANTED", fact.timestamp, hold_id=fact.hold_id
            )
        case _:
            return None


def _of_desk(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    match fact:
        case desk_request_facts.PresenceRequested():
            return subjects.PRESENCE_REQUESTED, case.PresenceRequested(
                request_id=meta.stream_id,
                agent_ref=fact.agent_ref,
                presence=fact.presence,
                at=fact.timestamp,
                until=fact.until,
                hand_over=fact.hand_over,
            )
        case desk_request_facts.AgentRosterRequested():
            return subjects.AGENT_ROSTER_REQUESTED, case.AgentRosterRequested(
                request_id=meta.stream_id,
                agent_ref=fact.agent_ref,
                requested_by=fact.requested_by,
                at=fact.timestamp,
                roster=fact.roster,
            )
        case desk_request_facts.AccountUpdateRequested():
            return _of_account(fact, meta)
        case desk_request_facts.AgentUpsertRequested():
            agent = fact.agent
            budgets = None if agent.budgets is None else tuple(_grant(wish) for wish in agent.budgets)
            return subjects.AGENT_UPSERT_REQUESTED, case.AgentUpsertRequested(
                request_id=meta.stream_id,
                ref=agent.ref,
                display_name=agent.display_name,
                requested_by=fact.requested_by,
                at=fact.timestamp,
                email=agent.email,
                languages=agent.languages,
                skills=agent.skills,
                capacity_units=agent.capacity_units,
                budgets=budgets,
            )
        case _:
            return None


def _of_account(fact: desk_request_facts.AccountUpdateRequested, meta: FactMeta) -> Told:
    return subjects.ACCOUNT_UPDATE_REQUESTED, account_update.AccountUpdateRequested(
        meta.stream_id, fact.account_id, fact.requested_by, fact.timestamp, fact.mode, fact.paused
    )


def _of_merge(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    match fact:
        case merge_facts.CustomerMerged():
            merged = case.CustomerMerged(fact.merge_id, meta.stream_id, fact.target_id, fact.timestamp)
            return subjects.CUSTOMER_MERGED, merged
        case merge_facts.MergeUndone():
            parted = case.CustomerUnmerged(fact.merge_id, meta.stream_id, fact.target_id, fact.timestamp)
            return subjects.CUSTOMER_UNMERGED, parted
        case _:
            return None


def _of_exclusion(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    match fact:
        case customer_facts.AgentExcluded() | customer_facts.AgentReadmitted():
            return subjects.AGENT_EXCLUSION_CHANGED, case.AgentExclusionChanged(
                customer_id=meta.stream_id,
                agent_id=fact.agent_id,
                excluded=isinstance(fact, customer_facts.AgentExcluded),
                reason=fact.reason,
                changed_at=fact.timestamp,
            )
        case _:
            return None


def _of_erasure(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    match fact:
        case erasure_facts.ContactsNamed():
            return subjects.SUBJECT_ERASED, case.SubjectErased(
                request_id=meta.stream_id, part=fact.part, customer_id=fact.customer_id, contact_ids=fact.contact_ids
            )
        case case_facts.ContentExpired():
            return subjects.CONTENT_EXPIRED, case.ContentExpired(fact.redaction_id, meta.stream_id, fact.contact_ids)
        case mention_facts.Expired():
            return subjects.CONTENT_EXPIRED, case.ContentExpired(meta.stream_id, None, (meta.stream_id,))
        case case_facts.ContentRedacted():
            return subjects.CONTENT_REDACTED, case.ContentRedacted(fact.redaction_id, meta.stream_id, fact.entry_id)
        case _:
            return None


def _of_trends(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    del meta
    match fact:
        case rises.RisesNoted():
            return subjects.TRENDS_CHANGED, trends.TrendsChanged(fact.timestamp, fact.rose)
        case rises.RisesTurned():
            return subjects.TRENDS_CHANGED, trends.TrendsChanged(fact.timestamp, fact.rose, fact.ended)
        case _:
            return None


def _of_publication(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    if not isinstance(fact, publication_facts.PublicationRequested):
        return None
    told = publication.PublicationRequested(meta.stream_id, fact.channel, fact.account, fact.timestamp)
    return subjects.PUBLICATION_REQUESTED, told


def _grant(wish: desk_request_facts.GrantWish) -> case.BudgetGrant:
    return case.BudgetGrant(
        amount_minor=wish.amount_minor,
        currency=wish.currency,
        period=wish.period,
        item_limit_minor=wish.item_limit_minor,
    )
