"""Mail that no person wrote to us: bounces, receipts, answering machines, lists, and our own mail coming back."""

from __future__ import annotations

import re

import msgspec

from contracts.vocabulary import DeliveryStatus
from services.channels.providers.mail_body import Mail, Part, inside
from services.channels.providers.mail_charsets import text_of
from services.channels.providers.mail_headers import Headers, addresses, first, headers_of, message_ids, word

REASON_LENGTH_MAX = 200
LOOP_HEADER = "x-eender-reply"
"""On every mail we send: one that still has it is our own."""

_ACTIONS = {
    "failed": DeliveryStatus.FAILED,
    "delivered": DeliveryStatus.DELIVERED,
    "relayed": DeliveryStatus.SENT,
    "expanded": DeliveryStatus.SENT,
}
_CODE = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_PERSONAL = re.compile(r"\S*@\S*|\d{5,}")
_DAEMONS = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon|mdaemon)@", re.IGNORECASE)
_NAMELESS = re.compile(r'\s*"?(?:mailer-daemon|mail delivery (?:sub)?system)\b', re.IGNORECASE)
_MACHINES = re.compile(r"(?:no-?reply|do-?not-?reply|noreply-|niet-?beantwoorden)[^@]*@", re.IGNORECASE)
_ANSWERING_PRECEDENCE = frozenset({"auto_reply", "auto-reply"})
_AUTOMATIC_PRECEDENCE = _ANSWERING_PRECEDENCE | {"bulk", "junk", "list"}
_ANSWERING_SIGNS = ("x-autoreply", "x-autorespond", "x-auto-reply")
_SIGNS = (*_ANSWERING_SIGNS, "x-failed-recipients", "list-id", "list-unsubscribe", "feedback-id")
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RECEIPTS = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_ORIGINALS = frozenset({"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})


class Report(msgspec.Struct, frozen=True):
    """What a server tells of a mail of ours. `message_id`: the mail's; None where the report names none."""

    status: DeliveryStatus
    message_id: str | None
    code: str | None
    reason: str | None


def report_in(mail: Mail) -> Report | None:
    """The delivery report that a mail is; None where it is none, or one that says "not yet"."""
    told = [group for part in mail.parts if part.media_type in _REPORTS for group in _told(part)]
    actions = [action for action in (_ACTIONS.get(word(each, "action")) for each in told) if action is not None]
    if not actions:
        return None
    # One recipient per mail of ours: where several are told of, it was passed on, and the worst counts.
    worst = DeliveryStatus.FAILED if DeliveryStatus.FAILED in actions else actions[0]
    about = next(each for each in told if _ACTIONS.get(word(each, "action")) is worst)
    said = first(about, "diagnostic-code") or first(mail.headers, "subject") or ""
    code = _CODE.search(first(about, "status") or said)
    return Report(
        status=worst,
        message_id=original_id(mail),
        code=f"smtp-{code[1]}" if code else None,
        reason=_PERSONAL.sub("…", said.partition(";")[2] or said)[:REASON_LENGTH_MAX].strip() or None,
    )


def is_report(mail: Mail) -> bool:
    """Whether a part of it is a delivery report, told or not."""
    return any(part.media_type in _REPORTS for part in mail.parts)


def is_receipt(mail: Mail) -> bool:
    """Whether it says that somebody opened a mail, or did not."""
    written = (first(mail.headers, "content-type") or "").lower()
    if mail.kind == "multipart/report" and "disposition-notification" in written:
        return True
    return any(part.media_type in _RECEIPTS for part in mail.parts)


def is_bounce(mail: Mail) -> bool:
    """Whether it comes from a server that could not deliver, in words that only people read."""
    headers, senders = mail.headers, mail.senders
    empty_return = any(value.strip() == "<>" for value in headers.get("return-path", ()))
    daemon = any(_DAEMONS.match(sender.value) for sender in senders)
    said = daemon and (empty_return or "auto-submitted" in headers)
    return "x-failed-recipients" in headers or said or _is_by_a_nameless_daemon(headers)


def is_automatic(headers: Headers) -> bool:
    """Whether a machine wrote it (RFC 3834 and what was in use before)."""
    submitted = word(headers, "auto-submitted")
    if submitted not in {"", "no"} or word(headers, "precedence") in _AUTOMATIC_PRECEDENCE:
        return True
    if any(sign in headers for sign in _SIGNS) or word(headers, "x-auto-response-suppress") == "all":
        return True
    if any(value.strip() == "<>" for value in headers.get("return-path", ())):
        return True
    if (first(headers, "content-type") or "").lower().startswith("multipart/report"):
        return True
    senders = addresses(headers, "from", "sender")
    return any(_DAEMONS.match(sender.value) or _MACHINES.match(sender.value) for sender in senders)


def is_machine_answer(headers: Headers, *, answers_us: bool) -> bool:
    """Whether an answering machine wrote it: two of them never stop by themselves. Servers that report do.

    A notice that answers nothing is none: forms, lists and marketplaces write by machine, each time for somebody else.
    """
    reports = (first(headers, "content-type") or "").lower().startswith("multipart/report")
    senders = addresses(headers, "from", "sender")
    if reports or "x-failed-recipients" in headers or any(_DAEMONS.match(sender.value) for sender in senders):
        return False
    says_so = any(sign in headers for sign in _ANSWERING_SIGNS) or word(headers, "auto-submitted") == "auto-replied"
    if says_so or word(headers, "precedence") in _ANSWERING_PRECEDENCE:
        return True
    refers = answers_us or message_ids(headers, "in-reply-to") or message_ids(headers, "references")
    return bool(refers) and is_automatic(headers)


def _is_by_a_nameless_daemon(headers: Headers) -> bool:
    """Some mail servers give their name and an empty address."""
    return not addresses(headers, "from", "sender") and any(map(_NAMELESS.match, headers.get("from", ())))


def _told(status: Part) -> list[Headers]:
    """The groups of fields: one about the message, one for each recipient."""
    payload = status.message.get_payload()
    if isinstance(payload, list):
        return [headers_of(each) for each in payload if not isinstance(each, str)]
    groups = re.split(r"\r?\n\s*\r?\n", text_of(status.data(), None))
    return [_fields(group) for group in groups]


def _fields(group: str) -> Headers:
    found: dict[str, list[str]] = {}
    for line in re.sub(r"\r?\n[ \t]+", " ", group).splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), []).append(value.strip())
    return found


def original_id(mail: Mail) -> str | None:
    """The Message-ID of the mail that comes back with this one, else of the one it answers."""
    original, headers = next((part for part in mail.parts if part.media_type in _ORIGINALS), None), mail.headers
    if original is not None:
        sent = inside(original)
        fields = headers_of(sent) if sent is not None else _fields(text_of(original.data(), None))
        ids = message_ids(fields, "message-id")
        if ids:
            return ids[0]
    named = message_ids(headers, "in-reply-to") or message_ids(headers, "references")
    return named[-1] if named else None
