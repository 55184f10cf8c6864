"""Calls: what a telephone switch pushes (CTI) and what Twilio tells of a call. Who was missed wants a call back."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from contracts.content import AttachmentContent, ContactContent
from contracts.vocabulary import Channel, ContactKind
from services.channels.domain.channel_spec import LOGIN, AnyOf, ChannelSpec, StandardWebhook, TwilioSignature
from services.channels.domain.inbound import ContactArrived, ContactEdited, Ignored, Inbound, Parsed
from services.channels.domain.normal_form import NotUnderstood, read_form, read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import external_id, moment, text
from services.channels.providers.twilio import TWIML, TWIML_TYPE, sender

spec = ChannelSpec(
    channel=Channel.VOICE,
    verification=AnyOf((TwilioSignature(), StandardWebhook(secrets=("auth_token",)), LOGIN)),
    answer_status=200,
    answer_body=TWIML,
    answer_type=TWIML_TYPE,
)

_MISSED_BY_SWITCH = frozenset({"cancel", "noAnswer", "busy", "congestion"})
_MISSED_BY_TWILIO = frozenset({"busy", "no-answer", "canceled", "failed"})


class _CallBack(msgspec.Struct, frozen=True):
    """Somebody who wants to be called back. `call`: the call that a recording was left in; `sent`: as written."""

    found: str
    number: str | None
    flags: tuple[str, ...]
    fields: dict[str, Any]
    said: str | None = None
    spoken: tuple[AttachmentContent, ...] = ()
    call: str | None = None
    sent: str | None = None


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """One event of one call. An answered call is noted by whoever answered it: only a missed one is a contact here.

    Raises:
        NotUnderstood: the body is neither a form nor a JSON object.
    """
    fields = _fields(raw.body)
    item = _of_twilio(raw, fields, region) if "CallSid" in fields else _of_switch(raw, fields, region)
    return Parsed(items=(item,))


def _fields(body: bytes) -> dict[str, Any]:
    if not body.lstrip().startswith((b"{", b"[")):
        return dict(read_form(body))
    read = read_json(body)
    if not isinstance(read, dict):
        raise NotUnderstood("malformed-json", "the body must be a JSON object")
    return read


def _of_switch(raw: RawInbound, fields: dict[str, Any], region: str) -> Inbound:
    event, call = text(fields, "event"), external_id(fields, "callId")
    if event not in {"newCall", "answer", "hangup"} or call is None:
        return Ignored("unknown-event")
    if text(fields, "direction") != "in":
        return Ignored("outbound-call")
    if event != "hangup":
        return Ignored("call-under-way")
    voicemail = text(fields, "user") == "voicemail" or text(fields, "answeringNumber") == "voicemail"
    if text(fields, "cause") not in _MISSED_BY_SWITCH and not voicemail:
        return Ignored("call-answered")
    state = {"call": {"state": "missed", "cause": text(fields, "cause"), "to": text(fields, "to")}}
    flags = ("missed-call", "voicemail") if voicemail else ("missed-call",)
    wanted = _CallBack(call, text(fields, "from"), flags, state, said=text(fields, "text"))
    return _contact(raw, wanted, region)


def _of_twilio(raw: RawInbound, fields: dict[str, Any], region: str) -> Inbound:
    call, recording = external_id(fields, "CallSid"), external_id(fields, "RecordingSid")
    if call is None:
        return Ignored("unknown-event")
    if recording is not None and text(fields, "TranscriptionText"):
        edit_id = f"transcription:{recording}"[:512]
        return ContactEdited(recording, edit_id, raw.received_at, text(fields, "TranscriptionText"))
    if text(fields, "Direction") != "inbound":
        return Ignored("outbound-call")
    url = external_id(fields, "RecordingUrl")
    if recording is not None and url is not None:
        spoken = AttachmentContent(external_id=url, media_type="audio/x-wav")
        state = {"call": {"state": "voicemail", "duration_s": text(fields, "RecordingDuration")}}
        flags = ("missed-call", "voicemail")
        wanted = _CallBack(recording, text(fields, "From"), flags, state, spoken=(spoken,), call=call)
        return _contact(raw, wanted, region)
    ended = text(fields, "DialCallStatus") or text(fields, "CallStatus") or ""
    if ended not in _MISSED_BY_TWILIO:
        return Ignored("call-answered" if ended == "completed" else "call-under-way")
    state = {"call": {"state": ended, "to": text(fields, "To")}}
    wanted = _CallBack(call, text(fields, "From"), ("missed-call",), state, sent=text(fields, "Timestamp"))
    return _contact(raw, wanted, region)


def _contact(raw: RawInbound, wanted: _CallBack, region: str) -> ContactArrived:
    handles, assurance = sender(wanted.number, region)
    occurred_at, _ = moment(_seconds(wanted.sent), raw.received_at)
    return ContactArrived(
        external_id=wanted.found,
        kind=ContactKind.CALL,
        occurred_at=occurred_at,
        assurance=assurance,
        in_reply_to=wanted.call,
        flags=wanted.flags if handles else (*wanted.flags, "anonymous"),
        content=ContactContent(handles=handles, text=wanted.said, fields=wanted.fields, attachments=wanted.spoken),
    )


def _seconds(written: str | None) -> str | None:
    """The Unix time of a date as mail writes it; Twilio does, too."""
    try:
        return None if written is None else str(int(parsedate_to_datetime(written).timestamp()))
    except (ValueError, OverflowError):
        return None
