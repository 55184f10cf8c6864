"""E-mail, the way out: how a text becomes a mail that finds its thread, and what an SMTP server says to it."""

from __future__ import annotations

import re
from email.header import Header
from email.policy import compat32
from email.utils import formataddr

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.text_length import fits
from contracts.vocabulary import Channel, Refusal, RefusalCode
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.outbound import (
    CallResult,
    MailCall,
    OutcomeLost,
    Reply,
    SendOutcome,
    SendRefused,
    SendTarget,
    TakenOver,
    TryLater,
)
from services.channels.domain.reply_address import case_mark, mark_in, message_id_of, signed_address
from services.channels.providers.json_values import external_id, text
from services.channels.providers.mail_reports import LOOP_HEADER
from services.channels.providers.mail_writing import written

REFERENCES_MAX = 20
SUBJECT_LENGTH_MAX = 200
REASON_LENGTH_MAX = 200

_LIMIT = REPLY_CAPABILITIES[Channel.EMAIL].text
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_ANSWERED = re.compile(r"\s*(?:re|aw|antw|antwoord|sv|réf|rif)\s*:\s*", re.IGNORECASE)
_PERSONAL = re.compile(r"\S*@\S*|\d{5,}")
_CODE = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_AUTHENTICATION = frozenset({530, 534, 535, 538})


def render(reply: Reply, target: SendTarget) -> MailCall:
    """The mail that says it. Its Message-ID is the same at every try; answers and bounces come to a signed address.

    Raises:
        Refusal: the text is too long, or the address cannot be written to.
    """
    if not fits(reply.text, _LIMIT):
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"a mail takes {_LIMIT.length_max} characters", "text")
    account = target.sender_id
    secret = target.secrets.get("reply_secret")
    signed = signed_address(account, reply.contact_id, secret) if secret else None
    recipient = _written_to(reply.to.value)
    message_id = message_id_of(account, reply.contact_id)
    mail = written(reply)
    mail["From"] = formataddr((target.sender_name or "", account), "utf-8")
    mail["To"] = recipient
    mail["Subject"] = _encoded(_subject(reply))
    mail["Message-ID"] = message_id
    for name, ids in (("In-Reply-To", _answered(reply)), ("References", _references(reply))):
        if ids:
            mail[name] = " ".join(ids)
    if signed is not None:
        mail["Reply-To"] = formataddr((target.sender_name or "", signed), "utf-8")
    mail[LOOP_HEADER.title()] = str(reply.contact_id)
    return MailCall(
        url=target.api_base,
        user=account,
        return_path=signed or account,
        recipient=recipient,
        message=mail.as_bytes(policy=compat32.clone(linesep="\r\n")),
        message_id=message_id,
        password=target.secrets.get("smtp_password") or target.secrets.get("password"),
    )


def interpret(result: CallResult) -> SendOutcome:
    """What the server's reply means: 2xx is taken, 4xx may be later, 5xx is no."""
    try:
        answer = read_json(result.body)
    except NotUnderstood:
        answer = {}
    said = text(answer, "said") or ""
    found = _CODE.search(said)
    code = f"smtp-{found[1]}" if found else f"smtp-{result.status}"
    reason = _PERSONAL.sub("…", " ".join(said.split()))[:REASON_LENGTH_MAX] or f"SMTP {result.status}"
    if 200 <= result.status < 300:  # noqa: PLR2004  (what SMTP calls completed)
        message_id = external_id(answer, "message_id")
        return TakenOver(message_id) if message_id else OutcomeLost("taken without an id")
    if 400 <= result.status < 500:  # noqa: PLR2004  (what SMTP calls a transient failure)
        return TryLater(code=code, reason=reason)
    # Who may send is a matter of our configuration: mend it, and the same reply can leave.
    login = result.status in _AUTHENTICATION
    return SendRefused(code=code, reason=reason, retryable=login, login=login)


def _written_to(address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
        local.encode("ascii")
    except UnicodeError:
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "this address cannot be written to") from None
    if not local or not ascii_domain or re.search(r"[\s<>\",;:()\x00-\x1f]", local + ascii_domain):
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "this address cannot be written to")
    return f"{local}@{ascii_domain}"


def _subject(reply: Reply) -> str:
    """The customer's latest subject, as an answer to it, or that of what begins a matter; with the mark of the case."""
    subject = " ".join((reply.subject or "").split())[:SUBJECT_LENGTH_MAX]
    if reply.in_reply_to is not None or not subject:
        subject = subject if _ANSWERED.match(subject) else f"Re: {subject}".strip()
    mark = case_mark(reply.case_id) if reply.case_id is not None else None
    return subject if mark is None or mark_in(subject) == mark else f"{subject} [#{mark}]"


def _encoded(subject: str) -> str:
    """The subject as headers carry it; folded later, by the whole line."""
    return subject if subject.isascii() else Header(subject, "utf-8", header_name="Subject").encode()


def _answered(reply: Reply) -> tuple[str, ...]:
    return tuple(each for each in (reply.in_reply_to,) if each and _MESSAGE_ID.fullmatch(each))


def _references(reply: Reply) -> tuple[str, ...]:
    """The thread's first mail and its last ones."""
    known = dict.fromkeys((*reply.references, *_answered(reply)))
    good = [each for each in known if _MESSAGE_ID.fullmatch(each)]
    return tuple(good if len(good) <= REFERENCES_MAX else [good[0], *good[1 - REFERENCES_MAX :]])
