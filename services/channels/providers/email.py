"""E-mail, the way in: fetched from a mailbox, never posted. Tested against corpora of mikel/mail, talon and zapier."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from contracts.content import ContactContent, HandleContent
from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import Channel, ContactKind, DeliveryStatus, HandleAssurance, HandleKind
from services.channels.domain.channel_spec import ChannelSpec, FetchedOnly
from services.channels.domain.inbound import ContactArrived, Ignored, Inbound, Parsed, StatusReported
from services.channels.domain.mail_likeness import LISTED
from services.channels.domain.raw import RawInbound
from services.channels.domain.reception import Reception
from services.channels.domain.reply_address import mark_in, message_id_of
from services.channels.providers.json_values import moment
from services.channels.providers.mail_body import Body, Mail, body_of, read_mail
from services.channels.providers.mail_headers import Address, Headers, addresses, date_of, first, message_ids
from services.channels.providers.mail_reports import (
    LOOP_HEADER,
    Report,
    is_automatic,
    is_bounce,
    is_receipt,
    is_report,
    original_id,
    report_in,
)

MAIL_BYTES_MAX = 25 * 1024 * 1024
SUBJECT_LENGTH_MAX = 1_000
RECIPIENTS_SHOWN_MAX = 20

spec = ChannelSpec(
    channel=Channel.EMAIL,
    verification=FetchedOnly(),
    answer_status=202,
    body_bytes_max=MAIL_BYTES_MAX,
    reply=REPLY_CAPABILITIES[Channel.EMAIL],
)


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """One item: a contact, what became of a mail of ours, or nothing. Nothing in a mail is too broken to be read."""
    del region
    mail = read_mail(raw.body)
    reception = Reception.of(raw.headers)
    written = date_of(mail.headers) or reception.arrived_at
    occurred_at, _ = moment(str(written.timestamp()) if written else None, reception.arrived_at or raw.received_at)
    report = report_in(mail)
    if report is not None:
        return Parsed(items=(_status(report, reception, raw, occurred_at),))
    if is_receipt(mail):
        return Parsed(items=(Ignored("receipt"),))
    if is_report(mail):
        return Parsed(items=(Ignored("report-not-final"),))
    if is_bounce(mail):
        return Parsed(items=(_bounce(reception, raw, mail, occurred_at),))
    if LOOP_HEADER in mail.headers or (_is_from_us(mail, raw.account) and not _typed_in(mail, raw.account)):
        return Parsed(items=(Ignored("own-mail"),))
    return Parsed(items=(_contact(raw, reception, mail, occurred_at),))


def _is_from_us(mail: Mail, account: str) -> bool:
    return any(sender.key == account.lower() for sender in mail.senders)


def _typed_in(mail: Mail, account: str) -> tuple[Address, ...]:
    """Whom a form on our own site mails for in our name: whoever is to be answered, by nobody's word but theirs."""
    return tuple(each for each in addresses(mail.headers, "reply-to") if each.key != account.lower())


def _status(report: Report, reception: Reception, raw: RawInbound, occurred_at: datetime) -> Inbound:
    ours = reception.answers
    named = report.message_id or (message_id_of(raw.account, ours) if ours is not None else None)
    if named is None:
        return Ignored("report-without-mail")
    return StatusReported(
        external_id=named,
        status=report.status,
        occurred_at=occurred_at,
        contact_id=ours,
        code=report.code,
        reason=report.reason,
        retryable=report.status is DeliveryStatus.FAILED and (report.code or "").startswith("smtp-4"),
    )


def _bounce(reception: Reception, raw: RawInbound, mail: Mail, occurred_at: datetime) -> Inbound:
    """A bounce in words: the address it came to, the mail it brings back or answers, say which one it is about."""
    ours = reception.answers
    named = original_id(mail) if ours is None else message_id_of(raw.account, ours)
    if named is None:
        return Ignored("bounce")
    return StatusReported(
        external_id=named,
        status=DeliveryStatus.FAILED,
        occurred_at=occurred_at,
        contact_id=reception.answers,
        code="bounced",
        reason="the mail came back",
    )


def _contact(raw: RawInbound, reception: Reception, mail: Mail, occurred_at: datetime) -> Inbound:
    headers, body, is_typed = mail.headers, body_of(mail), _is_from_us(mail, raw.account)
    senders = mail.senders or addresses(headers, "sender") or addresses(headers, "reply-to")
    senders = _typed_in(mail, raw.account) if is_typed else senders
    is_sure = reception.vouched and not is_typed
    subject = first(headers, "subject")
    answered = message_ids(headers, "in-reply-to")
    before = tuple(dict.fromkeys((*message_ids(headers, "references"), *answered)))
    flags = [
        *(["automatic"] if is_automatic(headers) else []),
        *([LISTED] if first(headers, "list-id") else []),
        *(["no-sender"] if not senders else []),
        *(["truncated"] if reception.size_bytes is not None else []),
        *body.flags,
    ]
    named, derived = message_ids(headers, "message-id")[:1], _derived_id(headers, body)
    return ContactArrived(
        external_id=named[0] if named else derived,
        otherwise=derived if named else None,
        kind=ContactKind.MESSAGE,
        occurred_at=occurred_at,
        assurance=HandleAssurance.PLATFORM if is_sure else HandleAssurance.SELF_ASSERTED,
        in_reply_to=answered[0] if answered else None,
        answers=reception.answers,
        case_mark=mark_in(subject),
        flags=tuple(flags),
        content=ContactContent(
            handles=tuple(HandleContent(HandleKind.EMAIL, sender.value) for sender in senders[:1]),
            sender_name=senders[0].name if senders else None,
            subject=subject[:SUBJECT_LENGTH_MAX] if subject else None,
            text=body.text,
            html=body.html,
            spans=body.spans,
            attachments=body.attachments,
            references=before,
            fields=_fields(mail, {raw.account.lower(), *(each.key for each in (*mail.senders, *senders))}),
        ),
    )


def _fields(mail: Mail, told: set[str]) -> dict[str, str]:
    """Who else got it, and where it asks to be answered: shown, and no handle. `told`: who stands there anyway."""
    shown = {}
    for name in ("to", "cc", "reply-to"):
        others = [each.value for each in addresses(mail.headers, name) if each.key not in told]
        if others:
            shown[name] = ", ".join(others[:RECIPIENTS_SHOWN_MAX])
    return shown


def _derived_id(headers: Headers, body: Body) -> str:
    """A hash of what makes it this mail and no other, where no Message-ID does."""
    said = [first(headers, name) or "" for name in ("from", "date", "subject")]
    said += [body.text or "", *(attachment.sha256 or "" for attachment in body.attachments)]
    return "sha256:" + sha256("\x1f".join(said).encode("utf-8", "surrogatepass")).hexdigest()
