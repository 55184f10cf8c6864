"""Webhooks of Twilio and pushes of a telephone switch as their documents show them; the numbers are nobody's."""

from __future__ import annotations

from typing import Any

CUSTOMER, OURS = "+31612345678", "+3197010280000"


def sms(body: str = "Hello", **more: str) -> dict[str, Any]:
    return {
        "ToCountry": "NL",
        "SmsMessageSid": "SM1",
        "NumMedia": "0",
        "SmsSid": "SM1",
        "SmsStatus": "received",
        "Body": body,
        "To": OURS,
        "NumSegments": "1",
        "MessageSid": "SM1",
        "AccountSid": "AC1",
        "From": CUSTOMER,
        "ApiVersion": "2010-04-01",
        **more,
    }


def sms_status(status: str, **more: str) -> dict[str, Any]:
    sid = {"SmsSid": "SM9", "MessageSid": "SM9", "AccountSid": "AC1", "ApiVersion": "2010-04-01"}
    return {**sid, "SmsStatus": status, "MessageStatus": status, "To": CUSTOMER, "From": OURS, **more}


def call(status: str = "no-answer", **more: str) -> dict[str, Any]:
    return {
        "AccountSid": "AC1",
        "CallSid": "CA1",
        "CallStatus": status,
        "Direction": "inbound",
        "From": CUSTOMER,
        "To": OURS,
        "SequenceNumber": "0",
        "Timestamp": "Sat, 21 Nov 2026 10:00:00 +0000",
        "CallbackSource": "call-progress-events",
        **more,
    }


def push(event: str = "hangup", **more: Any) -> dict[str, Any]:
    who = {"callId": "4991155921769858278-1", "direction": "in", "from": CUSTOMER[1:], "to": OURS[1:]}
    return {"event": event, **who, **({"cause": "cancel"} if event == "hangup" else {}), **more}


MMS = sms(NumMedia="1", MediaUrl0="https://api.twilio.example/Media/ME1", MediaContentType0="image/jpeg")
SMS_SAMPLES = (MMS, sms("STOP", OptOutType="STOP"), sms_status("delivered"), sms_status("failed", ErrorCode="30003"))
RECORDED = call(
    "completed", RecordingSid="RE1", RecordingUrl="https://api.twilio.example/Recordings/RE1", RecordingDuration="9"
)
TRANSCRIBED = call("completed", RecordingSid="RE1", TranscriptionText="Please call me", TranscriptionStatus="completed")
CALL_SAMPLES = (
    call(),
    call("completed"),
    call("completed", DialCallStatus="busy"),
    RECORDED,
    TRANSCRIBED,
    push("answer"),
)
