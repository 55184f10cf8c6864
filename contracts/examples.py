"""One true example of every message, and of what is sealed with it: for tests, for documentation, for the curious.

One small story: a parcel comes late, its customer writes by WhatsApp, an agent refunds the postage. Every person,
number and address is made up.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from contracts import case, channels, content, envelope, log, routing, subjects
from contracts import vocabulary as words
from contracts.attachments import attachment_id_of
from contracts.leading_examples import LEADING_EXAMPLES
from contracts.vocabulary import Channel, HandleKind, id_of

ACCOUNT = "waba-1"
AT = datetime(2026, 11, 23, 9, 15, 30, 120_000, tzinfo=UTC)
WEEK_START = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
EXTERNAL_ID = "wamid.EXAMPLE-1"


def example_id(number: int) -> UUID:
    """A fixed id that is plainly an example's."""
    return UUID(f"01970000-0000-7000-8000-{number:012d}")


CASE_ID = example_id(1)
CUSTOMER_ID = example_id(2)
REPLY_ID = example_id(3)
GESTURE_ID = example_id(4)
HOLD_ID = example_id(5)
APPROVAL_ID = example_id(6)
DECISION_ID = example_id(7)
REQUEST_ID = example_id(8)
CONTENT_KEY_ID = example_id(9)
EVENT_ID = example_id(10)
CONTACT_ID = id_of("contact", Channel.WHATSAPP, ACCOUNT, EXTERNAL_ID)
AGENT_ID = id_of("agent", "anna")
PARTNER_ID = id_of("agent", "bram")
TEAM_ID = id_of("team", "care")
BUDGET_ID = id_of("budget", words.BudgetOwnerKind.AGENT, "anna", "EUR", words.BudgetPeriod.WEEK, WEEK_START.isoformat())


def after(seconds: int) -> datetime:
    """So many seconds into the story."""
    return AT + timedelta(seconds=seconds)


CHANNELS_EXAMPLES: dict[str, msgspec.Struct] = {
    subjects.CONTACT_RECEIVED: channels.ContactReceived(
        contact_id=CONTACT_ID,
        channel=Channel.WHATSAPP,
        account=ACCOUNT,
        kind=words.ContactKind.MESSAGE,
        direction=words.Direction.INBOUND,
        visibility=words.Visibility.PRIVATE,
        assurance=words.HandleAssurance.PLATFORM,
        occurred_at=AT,
        received_at=after(1),
        brand="shop",
        language="nl",
    ),
    subjects.ATTACHMENT_CHANGED: channels.AttachmentChanged(
        attachment_id_of(CONTACT_ID, 0), CONTACT_ID, 0, words.AttachmentState.READY, after(3), "image/jpeg", 81_920
    ),
    subjects.UPLOAD_CHANGED: channels.UploadChanged(
        example_id(12), CASE_ID, words.AttachmentState.READY, after(40), "application/pdf", 20_480
    ),
    subjects.CONTACT_EDITED: channels.ContactEdited(CONTACT_ID, Channel.WHATSAPP, ACCOUNT, after(20)),
    subjects.CONTACT_REMOVED: channels.ContactRemoved(CONTACT_ID, Channel.WHATSAPP, ACCOUNT, after(30)),
    subjects.REACTION_CHANGED: channels.ReactionChanged(
        contact_id=REPLY_ID, channel=Channel.WHATSAPP, account=ACCOUNT, occurred_at=after(300), emoji="👍"
    ),
    subjects.REACH_MEASURED: channels.ReachMeasured(CONTACT_ID, Channel.X, ACCOUNT, after(60), views=9000, shares=71),
    subjects.HANDLE_ALIASED: channels.HandleAliased(example_id(11), Channel.WHATSAPP, ACCOUNT, after(400)),
    subjects.DELIVERY_UPDATED: channels.DeliveryUpdated(
        contact_id=REPLY_ID,
        case_id=CASE_ID,
        channel=Channel.WHATSAPP,
        account=ACCOUNT,
        status=words.DeliveryStatus.DELIVERED,
        at=after(130),
    ),
    subjects.ACCOUNT_CONFIGURED: channels.AccountConfigured(
        account_id=id_of("account", Channel.WHATSAPP, ACCOUNT),
        channel=Channel.WHATSAPP,
        account=ACCOUNT,
        name="WhatsApp of the shop",
        brand="shop",
        brand_name="The Shop",
    ),
    subjects.ACCOUNT_HEALTH_CHANGED: channels.AccountHealthChanged(
        id_of("account", Channel.WHATSAPP, ACCOUNT), after(60), AT, after(30), unsent=1, silent_since=AT
    ),
    subjects.SUBJECT_FORGOTTEN: channels.SubjectForgotten(REQUEST_ID, 0, 3, 4, ("channels.windows", "channels.raws")),
    subjects.CONTENT_WITHHELD: channels.ContentWithheld(REQUEST_ID, 2, 4, ("channels.raws", "channels.parked")),
    subjects.CHANNELS_CONFIGURED: channels.ConfigurationApplied(digest="9f86d081884c7d65"),
}

CASE_EXAMPLES: dict[str, msgspec.Struct] = {
    subjects.CASE_OPENED: case.CaseOpened(
        case_id=CASE_ID,
        number="1001",
        customer_id=CUSTOMER_ID,
        contact_id=CONTACT_ID,
        channel=Channel.WHATSAPP,
        opened_at=after(1),
        due_at=after(10_801),
        brand="shop",
        account=ACCOUNT,
        skills=("delivery",),
    ),
    subjects.CONTACT_ATTACHED: case.ContactAttached(
        case_id=CASE_ID,
        customer_id=CUSTOMER_ID,
        contact_id=CONTACT_ID,
        channel=Channel.WHATSAPP,
        kind=words.ContactKind.MESSAGE,
        direction=words.Direction.INBOUND,
        occurred_at=AT,
    ),
    subjects.CONTACT_DETACHED: case.ContactDetached(CASE_ID, CONTACT_ID, to_case_id=example_id(12)),
    subjects.CASE_ASSIGNED: case.CaseAssigned(case_id=CASE_ID, decision_id=DECISION_ID, agent_id=AGENT_ID),
    subjects.CASE_TRANSFER_REQUESTED: case.CaseTransferRequested(CASE_ID, DECISION_ID, after(500), PARTNER_ID),
    subjects.OFFER_ANSWERED: case.OfferAnswered(
        CASE_ID, DECISION_ID, REQUEST_ID, AGENT_ID, after(20), words.OfferDeclineReason.BUSY
    ),
    subjects.CUSTOMER_MERGED: case.CustomerMerged(REQUEST_ID, example_id(11), CUSTOMER_ID, after(800)),
    subjects.CUSTOMER_UNMERGED: case.CustomerUnmerged(REQUEST_ID, example_id(11), CUSTOMER_ID, after(900)),
    subjects.CASE_STATUS_CHANGED: case.CaseStatusChanged(
        CASE_ID, CUSTOMER_ID, words.CaseStatus.RESOLVED, after(600), outcome=words.ResolutionOutcome.SOLVED
    ),
    subjects.REPLY_REQUESTED: case.ReplyRequested(
        case_id=CASE_ID,
        customer_id=CUSTOMER_ID,
        contact_id=REPLY_ID,
        channel=Channel.WHATSAPP,
        account=ACCOUNT,
        handle_kind=HandleKind.WHATSAPP,
        requested_at=after(120),
        agent_ref="anna",
        in_reply_to=CONTACT_ID,
    ),
    subjects.GESTURE_REQUESTED: case.GestureRequested(
        gesture_id=GESTURE_ID,
        case_id=CASE_ID,
        customer_id=CUSTOMER_ID,
        agent_ref="anna",
        kind=words.GestureKind.REFUND,
        amount_minor=1250,
        currency="EUR",
        reason="late-delivery",
        requested_at=after(90),
    ),
    subjects.GESTURE_APPROVED: case.GestureApproved(
        gesture_id=GESTURE_ID,
        case_id=CASE_ID,
        approval_id=APPROVAL_ID,
        agent_ref="anna",
        approver_ref="lena",
        amount_minor=1250,
        currency="EUR",
        approved_at=after(95),
    ),
    subjects.GESTURE_GIVEN: case.GestureGiven(GESTURE_ID, CASE_ID, HOLD_ID, after(92)),
    subjects.GESTURE_REVERSED: case.GestureReversed(GESTURE_ID, CASE_ID, REQUEST_ID, 1250, after(9_000)),
    subjects.GESTURE_DROPPED: case.GestureDropped(
        gesture_id=GESTURE_ID, case_id=CASE_ID, reason="declined", at=after(97)
    ),
    subjects.PRESENCE_REQUESTED: case.PresenceRequested(
        REQUEST_ID, "anna", words.Presence.AWAY, after(700), until=after(1600)
    ),
    subjects.CONTENT_REDACTED: case.ContentRedacted(REQUEST_ID, CASE_ID, CONTACT_ID),
    subjects.CONTENT_EXPIRED: case.ContentExpired(REQUEST_ID, CASE_ID, (CONTACT_ID,)),
    subjects.SUBJECT_ERASED: case.SubjectErased(
        request_id=REQUEST_ID, part=0, customer_id=CUSTOMER_ID, contact_ids=(CONTACT_ID, REPLY_ID)
    ),
    subjects.AGENT_UPSERT_REQUESTED: case.AgentUpsertRequested(
        request_id=REQUEST_ID,
        ref="bram",
        display_name="Bram Voorbeeld",
        requested_by="lena",
        at=after(800),
        email="bram@shop.example",
        languages=("nl", "en"),
        skills=("delivery",),
        capacity_units=20,
        budgets=(case.BudgetGrant(25_000, "EUR", words.BudgetPeriod.WEEK, 5_000),),
    ),
}

ROUTING_EXAMPLES: dict[str, msgspec.Struct] = {
    subjects.CASE_ROUTED: routing.CaseRouted(
        case_id=CASE_ID,
        decision_id=DECISION_ID,
        reason=words.AssignmentReason.OWNER_IN_TIME,
        policy_version="1",
        decided_at=after(2),
        candidates=(
            routing.CandidateView(agent_id=AGENT_ID, tier=words.RoutingTier.OWNER, eta=after(60)),
            routing.CandidateView(agent_id=PARTNER_ID, rejected=words.CandidateRejection.UNAVAILABLE),
        ),
        agent_id=AGENT_ID,
        tier=words.RoutingTier.OWNER,
        rejections={words.CandidateRejection.CAPACITY: 3},
    ),
    subjects.AGENT_CHANGED: routing.AgentChanged(
        agent_id=AGENT_ID,
        ref="anna",
        display_name="Anna Voorbeeld",
        kind=words.AgentKind.PERSON,
        presence=words.Presence.ONLINE,
        capacity_units=20,
        load_units=4,
        active=True,
        email="anna@shop.example",
        team_ref="care",
        languages=("nl", "en"),
        skills=("billing", "delivery"),
    ),
    subjects.TEAM_CHANGED: routing.TeamChanged(team_id=TEAM_ID, ref="care", name="Customer care"),
    subjects.BUDGET_CHANGED: routing.BudgetChanged(
        account_id=BUDGET_ID,
        owner_kind=words.BudgetOwnerKind.AGENT,
        owner_id=AGENT_ID,
        currency="EUR",
        period=words.BudgetPeriod.WEEK,
        period_start=WEEK_START,
        period_end=WEEK_START + timedelta(days=7),
        granted_minor=25_000,
        reserved_minor=1_250,
        spent_minor=4_000,
        item_limit_minor=5_000,
        gesture_id=GESTURE_ID,
    ),
    subjects.DUO_CHANGED: routing.DuoChanged(customer_id=CUSTOMER_ID, owner_id=AGENT_ID, partner_id=PARTNER_ID),
    subjects.HOLD_PLACED: routing.HoldPlaced(
        GESTURE_ID, case_id=CASE_ID, hold_id=HOLD_ID, account_id=BUDGET_ID, amount_minor=1_250, currency="EUR"
    ),
    subjects.APPROVAL_REQUIRED: routing.ApprovalRequired(gesture_id=GESTURE_ID, case_id=CASE_ID, account_id=BUDGET_ID),
    subjects.APPROVAL_REFUSED: routing.ApprovalRefused(
        gesture_id=GESTURE_ID, case_id=CASE_ID, approval_id=APPROVAL_ID, code=words.RefusalCode.OVER_OWN_LIMIT
    ),
    subjects.GESTURE_REFUSED: routing.GestureRefused(
        gesture_id=GESTURE_ID, case_id=CASE_ID, code=words.RefusalCode.BUDGET_CLOSED
    ),
    subjects.REQUEST_REFUSED: routing.RequestRefused(
        request_id=REQUEST_ID, code=words.RefusalCode.NOT_FOUND, message="no agent has this ref", path=("ref",)
    ),
    subjects.ROUTING_CONFIGURED: routing.ConfigurationApplied(digest="9f86d081884c7d65"),
}

EXAMPLES: dict[str, msgspec.Struct] = CHANNELS_EXAMPLES | CASE_EXAMPLES | ROUTING_EXAMPLES | LEADING_EXAMPLES
"""The clear part of one message of each subject."""

CUSTOMER_HANDLE = content.HandleContent(kind=HandleKind.WHATSAPP, value="+31612345678", display="06 12345678")

SEALED: dict[str, msgspec.Struct] = {
    subjects.CONTACT_RECEIVED: content.ContactContent(
        external_id=EXTERNAL_ID,
        handles=(CUSTOMER_HANDLE,),
        sender_name="Jannie Verzonnen",
        text="Mijn pakket zou gisteren komen. Waar blijft het?",
    ),
    subjects.CONTACT_EDITED: content.EditContent(text="Mijn pakket zou eergisteren komen. Waar blijft het?"),
    subjects.HANDLE_ALIASED: content.AliasContent(
        old=CUSTOMER_HANDLE, new=content.HandleContent(kind=HandleKind.WHATSAPP, value="+31687654321")
    ),
    subjects.REPLY_REQUESTED: content.ReplyContent(
        to=CUSTOMER_HANDLE, text="Wat vervelend! U krijgt de verzendkosten terug."
    ),
    subjects.PUBLICATION_REQUESTED: content.PublicationContent("Waar zullen we een winkel openen?"),
}
"""What is sealed with the messages that carry something personal, before it is sealed."""

MESSAGE = envelope.Message(
    origin=subjects.CHANNELS,
    position=42,
    recorded_at=after(1),
    subject=subjects.CONTACT_RECEIVED,
    event_id=EVENT_ID,
    stream_id=CONTACT_ID,
    stream_version=1,
    actor=words.Actor(kind=words.ActorKind.SYSTEM, ref=subjects.CHANNELS),
    correlation_id=EVENT_ID,
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    data=msgspec.Raw(msgspec.json.encode(EXAMPLES[subjects.CONTACT_RECEIVED])),
    sealed=envelope.SealedPart(key_id=CONTENT_KEY_ID, sealed=b"example: unreadable without its key"),
)
"""A message as it travels. A reply's or a gesture's would carry the agent as its actor."""

PRIVATE_POSITION = envelope.Message(origin=subjects.CHANNELS, position=43, recorded_at=after(2))
"""A private fact's place in the order: nothing but the place."""

REPLAY_REQUEST = log.ReplayRequest(after=41, count_max=2)
REPLAY_PAGE = log.ReplayPage(last_position=43, messages=(MESSAGE, PRIVATE_POSITION))
