"""The only bridge from the private facts of channels to what other services are told."""

from __future__ import annotations

from typing import Any

import msgspec

from contracts import channels, publication, subjects
from contracts.stored import Fact, FactMeta, FirstFact
from contracts.vocabulary import AttachmentState, DeliveryStatus
from services.channels.domain import (
    account_facts,
    attachment_facts,
    contact_facts,
    delivery_facts,
    forgetting_facts,
    health_facts,
    retention_facts,
    upload_facts,
    withholding_facts,
)
from services.channels.domain.attachment import INFECTED
from services.channels.domain.raw import account_id_of

PRIVATE_TOPICS = frozenset(
    {
        delivery_facts.Requested.TOPIC,
        delivery_facts.PublicationRequested.TOPIC,
        delivery_facts.Attempted.TOPIC,
        delivery_facts.PartTaken.TOPIC,
        delivery_facts.Postponed.TOPIC,
        delivery_facts.Forgotten.TOPIC,
        contact_facts.Redacted.TOPIC,
        contact_facts.Forgotten.TOPIC,
        delivery_facts.Redacted.TOPIC,
        forgetting_facts.ForgettingBegun.TOPIC,
        withholding_facts.WithholdingBegun.TOPIC,
        retention_facts.RetentionEnforced.TOPIC,
        upload_facts.Announced.TOPIC,
        upload_facts.Claimed.TOPIC,
    }
)
"""The facts that stay here: how a reply is tried is nobody else's business."""

Told = tuple[str, msgspec.Struct]


def contract_fact(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    """The subject and the message of a fact, or None for a private one."""
    return (
        _of_contact(fact, meta)
        or _of_reach(fact, meta)
        or _of_attachment(fact, meta)
        or _of_upload(fact, meta)
        or _of_delivery(fact, meta)
        or _of_account(fact)
        or _of_forgetting(fact)
    )


def _of_contact(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    match fact:
        case contact_facts.Received():
            return subjects.CONTACT_RECEIVED, channels.ContactReceived(
                contact_id=meta.stream_id,
                channel=fact.channel,
                account=fact.account,
                kind=fact.kind,
                direction=fact.direction,
                visibility=fact.visibility,
                assurance=fact.assurance,
                occurred_at=fact.occurred_at,
                received_at=fact.received_at,
                brand=fact.brand,
                in_reply_to=fact.in_reply_to,
                language=fact.language,
                flags=fact.flags,
            )
        case contact_facts.Edited():
            return subjects.CONTACT_EDITED, channels.ContactEdited(
                meta.stream_id, fact.channel, fact.account, fact.occurred_at
            )
        case contact_facts.Removed():
            return subjects.CONTACT_REMOVED, channels.ContactRemoved(
                meta.stream_id, fact.channel, fact.account, fact.occurred_at
            )
        case contact_facts.Reacted():
            return subjects.REACTION_CHANGED, channels.ReactionChanged(
                fact.contact_id, fact.channel, fact.account, fact.occurred_at, fact.emoji
            )
        case contact_facts.Aliased():
            return subjects.HANDLE_ALIASED, channels.HandleAliased(
                meta.stream_id, fact.channel, fact.account, fact.occurred_at
            )
        case _:
            return None


def _of_reach(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    if not isinstance(fact, contact_facts.ReachMeasured):
        return None
    counts = (fact.measured.views, fact.measured.shares, fact.measured.likes)
    told = channels.ReachMeasured(meta.stream_id, fact.channel, fact.account, fact.measured.at, *counts)
    return subjects.REACH_MEASURED, told


def _of_attachment(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    match fact:
        case attachment_facts.Stored():
            told = channels.AttachmentChanged(
                attachment_id=meta.stream_id,
                contact_id=fact.contact_id,
                number=fact.number,
                state=AttachmentState.QUARANTINED if fact.quarantined else AttachmentState.READY,
                at=fact.timestamp,
                media_type=fact.media_type,
                size_bytes=fact.size_bytes,
            )
        case attachment_facts.Refused():
            told = channels.AttachmentChanged(
                attachment_id=meta.stream_id,
                contact_id=fact.contact_id,
                number=fact.number,
                state=AttachmentState.REFUSED,
                at=fact.timestamp,
                media_type=fact.media_type,
                size_bytes=fact.size_bytes,
                reason=fact.reason,
            )
        case attachment_facts.Scanned():
            told = channels.AttachmentChanged(
                attachment_id=meta.stream_id,
                contact_id=fact.contact_id,
                number=fact.number,
                state=AttachmentState.READY if fact.clean else AttachmentState.REFUSED,
                at=fact.timestamp,
                reason=None if fact.clean else INFECTED,
            )
        case _:
            return None
    return subjects.ATTACHMENT_CHANGED, told


def _of_upload(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    match fact:
        case upload_facts.Kept(media_type=media_type, size_bytes=size_bytes):
            state = AttachmentState.QUARANTINED if fact.quarantined else AttachmentState.READY
            more: dict[str, Any] = {"media_type": media_type, "size_bytes": size_bytes}
        case upload_facts.Refused(reason=reason):
            state = AttachmentState.REFUSED
            more = {"media_type": fact.media_type, "size_bytes": fact.size_bytes, "reason": reason}
        case upload_facts.Scanned(clean=clean):
            state = AttachmentState.READY if clean else AttachmentState.REFUSED
            more = {} if clean else {"reason": INFECTED}
        case upload_facts.Expired():
            state, more = AttachmentState.REMOVED, {}
        case _:
            return None
    told = channels.UploadChanged(meta.stream_id, fact.case_id, state, fact.timestamp, **more)
    return subjects.UPLOAD_CHANGED, told


def _of_delivery(fact: Fact | FirstFact, meta: FactMeta) -> Told | None:
    match fact:
        case delivery_facts.Published():
            return subjects.PUBLICATION_UPDATED, publication.PublicationUpdated(
                publication_id=meta.stream_id,
                channel=fact.channel,
                account=fact.account,
                status=DeliveryStatus.ACCEPTED,
                at=meta.recorded_at,
                external_id=fact.external_id,
                url=fact.url,
            )
        case delivery_facts.Accepted():
            told = _told(fact, meta, DeliveryStatus.ACCEPTED)
        case delivery_facts.Failed():
            told = _told(
                fact, meta, DeliveryStatus.FAILED, code=fact.code, reason=fact.reason, retryable=fact.retryable
            )
        case delivery_facts.OutcomeUnknown():
            told = _told(fact, meta, DeliveryStatus.UNKNOWN, reason=fact.reason)
        case delivery_facts.Reported():
            told = _told(
                fact,
                meta,
                fact.status,
                code=fact.code,
                reason=fact.reason,
                retryable=fact.retryable,
            )
        case _:
            return None
    if told.case_id == meta.stream_id:
        return subjects.PUBLICATION_UPDATED, _of_post(told)
    return subjects.DELIVERY_UPDATED, told


def _of_post(told: channels.DeliveryUpdated) -> publication.PublicationUpdated:
    """A post of ours is its own matter: what became of it is told as such."""
    return publication.PublicationUpdated(
        publication_id=told.contact_id,
        channel=told.channel,
        account=told.account,
        status=told.status,
        at=told.at,
        code=told.code,
        reason=told.reason,
        retryable=told.retryable,
    )


def _told(
    fact: delivery_facts.Accepted | delivery_facts.Failed | delivery_facts.OutcomeUnknown | delivery_facts.Reported,
    meta: FactMeta,
    status: DeliveryStatus,
    *,
    code: str | None = None,
    reason: str | None = None,
    retryable: bool = False,
) -> channels.DeliveryUpdated:
    return channels.DeliveryUpdated(
        contact_id=meta.stream_id,
        case_id=fact.case_id,
        channel=fact.channel,
        account=fact.account,
        status=status,
        at=fact.occurred_at if isinstance(fact, delivery_facts.Reported) else meta.recorded_at,
        code=code,
        reason=reason,
        retryable=retryable,
    )


def _of_account(fact: Fact | FirstFact) -> Told | None:
    match fact:
        case account_facts.Opened() | account_facts.Changed() | account_facts.Closed() | account_facts.SendingSet():
            entry = fact.entry
            asked = fact if isinstance(fact, account_facts.SendingSet) else None
            return subjects.ACCOUNT_CONFIGURED, channels.AccountConfigured(
                account_id=account_id_of(entry.channel, entry.account),
                channel=entry.channel,
                account=entry.account,
                name=entry.name,
                active=not isinstance(fact, account_facts.Closed) if asked is None else asked.active,
                brand=entry.brand,
                brand_name=entry.brand_name,
                mode=entry.mode,
                paused=entry.paused,
                request_id=None if asked is None else asked.request_id,
            )
        case health_facts.FirstObserved() | health_facts.Observed():
            return subjects.ACCOUNT_HEALTH_CHANGED, _health(fact)
        case account_facts.FirstApplied() | account_facts.Applied():
            return subjects.CHANNELS_CONFIGURED, channels.ConfigurationApplied(digest=fact.digest)
        case _:
            return None


def _health(fact: health_facts.FirstObserved | health_facts.Observed) -> channels.AccountHealthChanged:
    health = fact.health
    return channels.AccountHealthChanged(
        account_id=fact.account_id,
        at=fact.timestamp,
        last_received_at=health.last_received_at,
        last_sent_at=health.last_sent_at,
        unread=health.unread,
        unsent=health.unsent,
        trouble=health.trouble,
        silent_since=health.silent_since,
    )


def _of_forgetting(fact: Fact | FirstFact) -> Told | None:
    match fact:
        case forgetting_facts.SubjectForgotten():
            return subjects.SUBJECT_FORGOTTEN, channels.SubjectForgotten(
                request_id=fact.request_id,
                part=fact.part,
                events=fact.events,
                keys_destroyed=fact.keys_destroyed,
                stores=fact.stores,
            )
        case withholding_facts.ContentWithheld():
            return subjects.CONTENT_WITHHELD, channels.ContentWithheld(
                redaction_id=fact.redaction_id,
                events=fact.events,
                keys_destroyed=fact.keys_destroyed,
                stores=fact.stores,
            )
        case _:
            return None
