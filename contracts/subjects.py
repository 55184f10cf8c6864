"""Every NATS subject, each once: `<service>.<noun>.<past verb>.v<n>`, and the message that travels under it."""

from __future__ import annotations

import msgspec

from contracts import account_update, case, channels, content, publication, routing, trends

CHANNELS = "channels"
CASE = "case"
ROUTING = "routing"
ORIGINS = (CHANNELS, CASE, ROUTING)

CONTACT_RECEIVED = "channels.contact.received.v1"
ATTACHMENT_CHANGED = "channels.attachment.changed.v1"
UPLOAD_CHANGED = "channels.upload.changed.v1"
CONTACT_EDITED = "channels.contact.edited.v1"
CONTACT_REMOVED = "channels.contact.removed.v1"
REACTION_CHANGED = "channels.reaction.changed.v1"
REACH_MEASURED = "channels.reach.measured.v1"
HANDLE_ALIASED = "channels.handle.aliased.v1"
DELIVERY_UPDATED = "channels.delivery.updated.v1"
PUBLICATION_UPDATED = "channels.publication.updated.v1"
ACCOUNT_CONFIGURED = "channels.account.configured.v1"
ACCOUNT_HEALTH_CHANGED = "channels.account-health.changed.v1"
SUBJECT_FORGOTTEN = "channels.subject.forgotten.v1"
CONTENT_WITHHELD = "channels.content.withheld.v1"
CHANNELS_CONFIGURED = "channels.configuration.applied.v1"

CASE_OPENED = "case.case.opened.v1"
CONTACT_ATTACHED = "case.contact.attached.v1"
CONTACT_DETACHED = "case.contact.detached.v1"
CASE_ASSIGNED = "case.case.assigned.v1"
CASE_TRANSFER_REQUESTED = "case.transfer.requested.v1"
OFFER_ANSWERED = "case.offer.answered.v1"
CUSTOMER_MERGED = "case.customer.merged.v1"
CUSTOMER_UNMERGED = "case.customer.unmerged.v1"
AGENT_ROSTER_REQUESTED = "case.agent-roster.requested.v1"
ACCOUNT_UPDATE_REQUESTED = "case.account-update.requested.v1"
AGENT_EXCLUSION_CHANGED = "case.agent-exclusion.changed.v1"
CASE_STATUS_CHANGED = "case.status.changed.v1"
REPLY_REQUESTED = "case.reply.requested.v1"
PUBLICATION_REQUESTED = "case.publication.requested.v1"
GESTURE_REQUESTED = "case.gesture.requested.v1"
GESTURE_APPROVED = "case.gesture.approved.v1"
GESTURE_GIVEN = "case.gesture.given.v1"
GESTURE_REVERSED = "case.gesture.reversed.v1"
GESTURE_DROPPED = "case.gesture.dropped.v1"
PRESENCE_REQUESTED = "case.presence.requested.v1"
AGENT_UPSERT_REQUESTED = "case.agent-upsert.requested.v1"
SUBJECT_ERASED = "case.subject.erased.v1"
CONTENT_REDACTED = "case.content.redacted.v1"
CONTENT_EXPIRED = "case.content.expired.v1"
TRENDS_CHANGED = "case.trends.changed.v1"

CASE_ROUTED = "routing.case.routed.v1"
AGENT_CHANGED = "routing.agent.changed.v1"
TEAM_CHANGED = "routing.team.changed.v1"
BUDGET_CHANGED = "routing.budget.changed.v1"
CAPACITY_CHANGED = "routing.capacity.changed.v1"
DUO_CHANGED = "routing.duo.changed.v1"
HOLD_PLACED = "routing.hold.placed.v1"
APPROVAL_REQUIRED = "routing.approval.required.v1"
APPROVAL_REFUSED = "routing.approval.refused.v1"
GESTURE_REFUSED = "routing.gesture.refused.v1"
REQUEST_REFUSED = "routing.request.refused.v1"
ROUTING_CONFIGURED = "routing.configuration.applied.v1"

MESSAGES: dict[str, type[msgspec.Struct]] = {
    CONTACT_RECEIVED: channels.ContactReceived,
    ATTACHMENT_CHANGED: channels.AttachmentChanged,
    UPLOAD_CHANGED: channels.UploadChanged,
    CONTACT_EDITED: channels.ContactEdited,
    CONTACT_REMOVED: channels.ContactRemoved,
    REACTION_CHANGED: channels.ReactionChanged,
    REACH_MEASURED: channels.ReachMeasured,
    HANDLE_ALIASED: channels.HandleAliased,
    DELIVERY_UPDATED: channels.DeliveryUpdated,
    PUBLICATION_UPDATED: publication.PublicationUpdated,
    ACCOUNT_CONFIGURED: channels.AccountConfigured,
    ACCOUNT_HEALTH_CHANGED: channels.AccountHealthChanged,
    SUBJECT_FORGOTTEN: channels.SubjectForgotten,
    CONTENT_WITHHELD: channels.ContentWithheld,
    CHANNELS_CONFIGURED: channels.ConfigurationApplied,
    CASE_OPENED: case.CaseOpened,
    CONTACT_ATTACHED: case.ContactAttached,
    CONTACT_DETACHED: case.ContactDetached,
    CASE_ASSIGNED: case.CaseAssigned,
    CASE_TRANSFER_REQUESTED: case.CaseTransferRequested,
    OFFER_ANSWERED: case.OfferAnswered,
    CUSTOMER_MERGED: case.CustomerMerged,
    CUSTOMER_UNMERGED: case.CustomerUnmerged,
    AGENT_ROSTER_REQUESTED: case.AgentRosterRequested,
    ACCOUNT_UPDATE_REQUESTED: account_update.AccountUpdateRequested,
    AGENT_EXCLUSION_CHANGED: case.AgentExclusionChanged,
    CASE_STATUS_CHANGED: case.CaseStatusChanged,
    REPLY_REQUESTED: case.ReplyRequested,
    PUBLICATION_REQUESTED: publication.PublicationRequested,
    GESTURE_REQUESTED: case.GestureRequested,
    GESTURE_APPROVED: case.GestureApproved,
    GESTURE_GIVEN: case.GestureGiven,
    GESTURE_REVERSED: case.GestureReversed,
    GESTURE_DROPPED: case.GestureDropped,
    PRESENCE_REQUESTED: case.PresenceRequested,
    AGENT_UPSERT_REQUESTED: case.AgentUpsertRequested,
    SUBJECT_ERASED: case.SubjectErased,
    CONTENT_REDACTED: case.ContentRedacted,
    CONTENT_EXPIRED: case.ContentExpired,
    TRENDS_CHANGED: trends.TrendsChanged,
    CASE_ROUTED: routing.CaseRouted,
    AGENT_CHANGED: routing.AgentChanged,
    TEAM_CHANGED: routing.TeamChanged,
    BUDGET_CHANGED: routing.BudgetChanged,
    CAPACITY_CHANGED: routing.CapacityChanged,
    DUO_CHANGED: routing.DuoChanged,
    HOLD_PLACED: routing.HoldPlaced,
    APPROVAL_REQUIRED: routing.ApprovalRequired,
    APPROVAL_REFUSED: routing.ApprovalRefused,
    GESTURE_REFUSED: routing.GestureRefused,
    REQUEST_REFUSED: routing.RequestRefused,
    ROUTING_CONFIGURED: routing.ConfigurationApplied,
}
"""The message type of each subject. Printed as JSON Schema into contracts/schemas/ and checked against examples."""


CONTENTS: dict[str, type[msgspec.Struct]] = {
    CONTACT_RECEIVED: content.ContactContent,
    CONTACT_EDITED: content.EditContent,
    HANDLE_ALIASED: content.AliasContent,
    REPLY_REQUESTED: content.ReplyContent,
    PUBLICATION_REQUESTED: content.PublicationContent,
}
"""What is sealed with the messages that carry something personal. No other message carries an envelope."""


def position_subject(origin: str) -> str:
    """The subject of an empty message: a private fact's place in the origin's order."""
    return f"{origin}.position"


def replay_subject(origin: str) -> str:
    """The request by which a consumer re-reads an origin's log: `<service>.log.replay`."""
    return f"{origin}.log.replay"


def stream_name(origin: str) -> str:
    """The JetStream stream of an origin's messages."""
    return origin.upper()
