"""How a matter may begin that we begin: by which account, to which address, and what a channel takes unasked."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from contracts.content import HandleContent
from contracts.reply_capabilities import REPLY_CAPABILITIES, Opening, ReplyCapability
from contracts.text_length import fits
from contracts.vocabulary import Channel, Refusal, RefusalCode, Visibility
from services.case.domain.contact_basis import ContactBasis
from services.case.domain.identity import is_assured
from services.case.domain.known_handle import KnownHandle
from services.case.domain.policy import CasePolicy
from services.case.domain.recipients import ReplyRoute

WITHIN = "firstMessage"


class KnownAccount(msgspec.Struct, frozen=True):
    """A channel account of ours that is configured now."""

    channel: Channel
    account: str
    brand: str | None = None


class FirstWords(msgspec.Struct, frozen=True):
    """What is to be said. `is_template`: approved beforehand by the channel's platform."""

    text: str
    visibility: Visibility
    is_template: bool = False


def first_route(
    account: KnownAccount,
    handle: KnownHandle,
    words: FirstWords,
    *,
    basis: ContactBasis,
    last_wrote_at: datetime | None,
    policy: CasePolicy,
    at: datetime,
) -> ReplyRoute:
    """The way by which the first message leaves. `last_wrote_at`: the owner of the handle to this account, in private.

    Raises:
        Refusal: CHANNEL_CANNOT_REPLY (nothing leaves by the account, nothing that nobody asked for, nothing to whom
            never wrote by it, nothing in public that answers nothing), NO_HANDLE_FOR_CHANNEL (of another kind),
            RECIPIENT_UNCONFIRMED, RECIPIENT_OPTED_OUT, TEXT_TOO_LONG, CHANNEL_WINDOW_CLOSED (only a template leaves
            now).
    """
    capability = _capability(account, basis, policy)
    if words.visibility is not Visibility.PRIVATE:
        message = "in public we only answer"
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, message, WITHIN, "visibility")
    if handle.kind is not capability.handle_kind or handle.written is None:
        message = f"{account.channel.value} goes to a {capability.handle_kind.value} handle of the customer"
        raise Refusal(RefusalCode.NO_HANDLE_FOR_CHANNEL, message, WITHIN, "handleId")
    if not is_assured(handle.assurance):
        raise Refusal(RefusalCode.RECIPIENT_UNCONFIRMED, "it is only somebody's word", WITHIN, "handleId")
    if handle.opted_out:
        message = "they asked for no more messages there"
        raise Refusal(RefusalCode.RECIPIENT_OPTED_OUT, message, WITHIN, "handleId")
    if not fits(words.text, capability.text):
        limit = capability.text
        message = f"at most {limit.length_max} {limit.unit.value.lower().replace('_', ' ')}"
        raise Refusal(RefusalCode.TEXT_TOO_LONG, message, WITHIN, "text")
    window_ends_at = _window(capability, words, last_wrote_at, at)
    return ReplyRoute(
        channel=account.channel,
        account=account.account,
        handle_id=handle.handle_id,
        to=HandleContent(kind=handle.kind, value=handle.written),
        assurance=handle.assurance,
        visibility=Visibility.PRIVATE,
        in_reply_to=None,
        quoted=False,
        text_limit=capability.text,
        window_ends_at=window_ends_at,
    )


def _capability(account: KnownAccount, basis: ContactBasis, policy: CasePolicy) -> ReplyCapability:
    capability, name = REPLY_CAPABILITIES.get(account.channel), (account.channel, account.account)
    if capability is None or capability.opening is Opening.NEVER:
        message = f"{account.channel.value} carries nothing that begins a matter"
    elif name in policy.muted:
        message = "nothing leaves by this account now"
    elif name in policy.reactive and basis is not ContactBasis.CUSTOMER_ASKED:
        message = "by this account leaves only what was asked for"
    else:
        return capability
    raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, message, WITHIN, "accountId")


def _window(
    capability: ReplyCapability, words: FirstWords, last_wrote_at: datetime | None, at: datetime
) -> datetime | None:
    if capability.opening is Opening.AFTER_CONTACT and last_wrote_at is None:
        message = "whoever never wrote by this channel cannot be reached by it"
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, message, WITHIN, "handleId")
    if capability.window_hours is None or (words.is_template and capability.templates):
        return None
    ends_at = None if last_wrote_at is None else last_wrote_at + timedelta(hours=capability.window_hours)
    if ends_at is None or at >= ends_at:
        message = (
            "only an approved template leaves now" if capability.templates else "their last message is too long ago"
        )
        raise Refusal(RefusalCode.CHANNEL_WINDOW_CLOSED, message, WITHIN, "text")
    return ends_at
