"""SMS and MMS by Twilio's Programmable Messaging, the way in. Tested against what Twilio documents."""

from __future__ import annotations

from contracts.content import ContactContent
from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import Channel, ContactKind, DeliveryStatus, HandleAssurance
from services.channels.domain.channel_spec import ChannelSpec, TwilioSignature
from services.channels.domain.inbound import ContactArrived, Ignored, Inbound, Parsed, StatusReported
from services.channels.domain.normal_form import read_form
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import derived_id, external_id, text
from services.channels.providers.sms_replies import TRY_LATER
from services.channels.providers.twilio import TWIML, TWIML_TYPE, media, sender

spec = ChannelSpec(
    channel=Channel.SMS,
    verification=TwilioSignature(),
    answer_status=200,
    answer_body=TWIML,
    answer_type=TWIML_TYPE,
    reply=REPLY_CAPABILITIES[Channel.SMS],
)

_STATUSES = {
    "accepted": DeliveryStatus.ACCEPTED,
    "scheduled": DeliveryStatus.ACCEPTED,
    "queued": DeliveryStatus.ACCEPTED,
    "sending": DeliveryStatus.ACCEPTED,
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "undelivered": DeliveryStatus.FAILED,
    "failed": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.FAILED,
}
_OPT_OUT = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "AFMELDEN", "UIT"})
_OPT_IN = frozenset({"START", "UNSTOP", "AANMELDEN"})


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """One message, or one step of one of ours. `sender_id`: our number, which answers leave from.

    Raises:
        NotUnderstood: the body is no form.
    """
    fields = read_form(raw.body)
    if "MessageStatus" in fields:
        return Parsed(items=(_status(raw, fields),))
    return Parsed(items=(_message(raw, fields, region),), sender_id=external_id(fields, "To"))


def _message(raw: RawInbound, fields: dict[str, str], region: str) -> Inbound:
    if not fields.get("From") or "Body" not in fields:
        return Ignored("no-sender")
    handles, assurance = sender(fields["From"], region)
    attachments = media(fields)
    consent = _consent(fields)
    flags = {
        consent: bool(consent),
        "cannot-be-answered": assurance is not HandleAssurance.PLATFORM,
        "unsupported": not (fields["Body"] or attachments),
    }
    return ContactArrived(
        external_id=external_id(fields, "MessageSid") or external_id(fields, "SmsSid") or derived_id(fields),
        kind=ContactKind.MESSAGE,
        occurred_at=raw.received_at,
        assurance=assurance,
        flags=tuple(flag for flag, holds in flags.items() if holds),
        content=ContactContent(handles=handles, text=text(fields, "Body"), attachments=attachments),
    )


def _consent(fields: dict[str, str]) -> str:
    """What the sender says about being written to: Twilio's own word for it, else the words everybody knows."""
    word = (fields.get("OptOutType") or fields["Body"]).strip().strip(".!").upper()
    if word in _OPT_OUT:
        return "opt-out"
    return "opt-in" if word in _OPT_IN else ""


def _status(raw: RawInbound, fields: dict[str, str]) -> Inbound:
    found = external_id(fields, "MessageSid") or external_id(fields, "SmsSid")
    status = _STATUSES.get(fields["MessageStatus"])
    if found is None or status is None:
        return Ignored("unknown-status")
    failed = status is DeliveryStatus.FAILED
    code = (text(fields, "ErrorCode") or fields["MessageStatus"])[:32] if failed else None
    return StatusReported(
        external_id=found,
        status=status,
        occurred_at=raw.received_at,
        code=code,
        reason=f"{fields['MessageStatus']} by the network" if failed else None,
        retryable=code in TRY_LATER,
    )
