"""A reply, or a post of ours, is due: looked at, claimed, said to its platform, and what came of it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

import msgspec

from contracts.content import ReplyContent
from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.stored import CommandContext, Record
from contracts.vocabulary import Refusal, RefusalCode, Visibility, system_actor
from infra import metrics
from infra.logs import log
from services.channels.commands.record_attempt import RecordAttempt, record_attempt
from services.channels.commands.record_outcome import RecordOutcome, record_outcome
from services.channels.commands.record_part import RecordPart, record_part
from services.channels.domain.contact import Contact
from services.channels.domain.delivery import Delivery
from services.channels.domain.door import Outlet, Stage
from services.channels.domain.outbound import (
    Call,
    CallResult,
    HttpCall,
    OutcomeLost,
    Post,
    Reply,
    SendOutcome,
    SendRefused,
    SendTarget,
    TakenOver,
    TryLater,
)
from services.channels.domain.raw import account_id_of
from services.channels.domain.send_pace import SendPaces
from services.channels.ports import (
    AnswerLost,
    Clock,
    Directory,
    FilesAway,
    Ids,
    NothingSent,
    Poster,
    ReplyFiles,
    TokenAway,
    TokenSource,
)
from services.channels.settings import AccountSettings, ChannelsSettings

REASON_LENGTH_MAX = 200
logger = log("sending")


class SendingParts(msgspec.Struct, frozen=True):
    """All that sending needs."""

    record: Record
    directory: Directory
    poster: Poster
    clock: Clock
    ids: Ids
    settings: ChannelsSettings
    outlets: Mapping[str, Outlet]
    stages: Mapping[str, Stage]
    files: ReplyFiles
    tokens: TokenSource
    paces: SendPaces


async def send_reply_on_delivery_due(contact_id: UUID, parts: SendingParts) -> None:
    """Send one reply, or record why not. Whoever comes second finds it claimed and leaves."""
    delivery = await parts.record.load(Delivery, contact_id)
    if delivery is None:
        return
    call: Call | TryLater
    try:
        call = await _prepared(delivery, parts)
    except Refusal as refusal:
        await _conclude(delivery, SendRefused(code=refusal.code.value, reason=refusal.message), parts)
        return
    except FilesAway:
        call = TryLater(code="files-away", reason="the files that go along cannot be had now")
    except TokenAway:
        call = TryLater(code="token-away", reason="the platform gives no token now")
    attempt = await record_attempt(RecordAttempt(contact_id), _context(delivery, parts), record=parts.record)
    if attempt.outcome["claimed"]:
        await _conclude(delivery, await _said(delivery, call, parts), parts)


async def _prepared(delivery: Delivery, parts: SendingParts) -> Call:
    """The call to make.

    Raises:
        Refusal: it may not be made, or no longer.
        FilesAway, TokenAway: see there.
    """
    account_id = account_id_of(delivery.channel, delivery.account)
    account, way = parts.settings.accounts.get(account_id), _way_of(delivery, parts)
    if account is None or way is None or account.sends_to is None or await parts.directory.only_listens(account_id):
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "this account cannot send")
    if delivery.post is not None:
        target = await _target(account, account.sends_to, parts)
        return parts.stages[delivery.channel].render(Post(delivery.id, delivery.post.text), target)
    if delivery.content is None or delivery.forgotten:
        raise Refusal(RefusalCode.NOT_FOUND, "the text is not readable any more")
    reply = await _reply(delivery, delivery.content, parts)
    return parts.outlets[delivery.channel].render(reply, await _target(account, account.sends_to, parts))


def _way_of(delivery: Delivery, parts: SendingParts) -> Outlet | Stage | None:
    """What knows how to send it; None: its channel carries nothing of that kind."""
    return parts.stages.get(delivery.channel) if delivery.publishes else parts.outlets.get(delivery.channel)


async def _reply(delivery: Delivery, content: ReplyContent, parts: SendingParts) -> Reply:
    """What is to be said.

    Raises:
        Refusal: CHANNEL_WINDOW_CLOSED.
        FilesAway: see there.
    """
    answered = await _answered(delivery.in_reply_to, parts)
    await _check_window(delivery, content, answered, parts)
    return Reply(
        contact_id=delivery.id,
        to=content.to,
        text=content.text,
        in_reply_to=None if answered is None else answered.external_id,
        visibility=delivery.visibility,
        answered_flags=() if answered is None else answered.flags,
        case_id=delivery.case_id,
        subject=content.subject if answered is None else answered.subject,
        references=() if answered is None else answered.references,
        template=content.template,
        html=content.html,
        files=await parts.files.of(delivery),
    )


async def _answered(contact_id: UUID | None, parts: SendingParts) -> Contact | None:
    """The contact that is answered; None where it never came by here."""
    return None if contact_id is None else await parts.record.load(Contact, contact_id)


async def _target(account: AccountSettings, api_base: str, parts: SendingParts) -> SendTarget:
    sender_id = await parts.directory.sender_of(account_id_of(account.channel, account.account))
    secrets = {name: value for name in account.secrets if (value := account.secret(name))}
    if (token := await parts.tokens.of(account)) is not None:
        secrets["access_token"] = token
    return SendTarget(
        api_base=api_base,
        sender_id=account.platform_id or sender_id or account.account,
        api_version=account.api_version,
        secrets=secrets,
        sender_name=account.brand_name or account.name,
        path=f"/channels/{account.channel.path}/{account.account}",
        at=parts.clock.now(),
    )


async def _check_window(
    delivery: Delivery, content: ReplyContent, answered: Contact | None, parts: SendingParts
) -> None:
    """What is public has no window, nor has a template; a private answer to something public has its own.

    Raises:
        Refusal: CHANNEL_WINDOW_CLOSED.
    """
    capability = REPLY_CAPABILITIES.get(delivery.channel)
    if capability is None or delivery.visibility is Visibility.PUBLIC:
        return
    if capability.templates and content.template is not None:
        return
    hours, last_at = capability.window_hours, None
    if answered is not None and answered.visibility is Visibility.PUBLIC:
        hours, last_at = capability.private_reply_hours, answered.occurred_at
    elif hours is not None:
        to, account_id = content.to, account_id_of(delivery.channel, delivery.account)
        last_at = await parts.directory.last_inbound_at(account_id, to.kind, to.value)
    if hours is not None and (last_at is None or parts.clock.now() - last_at > timedelta(hours=hours)):
        raise Refusal(RefusalCode.CHANNEL_WINDOW_CLOSED, f"the customer last wrote more than {hours} hours ago")


async def _said(delivery: Delivery, call: Call | TryLater, parts: SendingParts) -> SendOutcome:
    if isinstance(call, TryLater):
        return call
    if isinstance(call, HttpCall) and call.then is not None:
        return await _said_in_parts(delivery, call, call.then, parts)
    try:
        result = await parts.poster.post(call)
    except NothingSent:
        return TryLater(code="unreachable", reason="the platform could not be reached")
    except AnswerLost:
        return OutcomeLost(reason="no answer came back")
    way = _way_of(delivery, parts)
    return OutcomeLost(reason="nobody can read the answer") if way is None else way.interpret(result)


async def _said_in_parts(
    delivery: Delivery, first: HttpCall, then: Callable[[CallResult], HttpCall | SendOutcome], parts: SendingParts
) -> SendOutcome:
    """Of what the customer reads already the rest is not tried again: it would be read twice."""
    try:
        answer = await parts.poster.post(first)
    except NothingSent:
        return TryLater(code="unreachable", reason="the platform could not be reached")
    except AnswerLost:
        if first.id_of_part is not None:
            return OutcomeLost(reason="no answer came back")
        return TryLater(code="no-answer", reason="the platform did not say that it has the file")
    following = then(answer)
    if not isinstance(following, HttpCall):
        return following
    if first.id_of_part is not None:
        part = RecordPart(delivery.id, first.id_of_part(answer))
        await record_part(part, _context(delivery, parts), record=parts.record)
    outcome = await _said(delivery, following, parts)
    if first.id_of_part is not None and isinstance(outcome, TryLater | SendRefused):
        return SendRefused(
            code="file-not-sent",
            reason=f"the text left, the file did not: {outcome.reason}"[:REASON_LENGTH_MAX],
            login=isinstance(outcome, SendRefused) and outcome.login,
        )
    return outcome


async def _conclude(delivery: Delivery, outcome: SendOutcome, parts: SendingParts) -> None:
    account_id = account_id_of(delivery.channel, delivery.account)
    if isinstance(outcome, TryLater) and outcome.wait is not None:
        parts.paces.hold(account_id, outcome.wait, parts.clock.now())
    command = RecordOutcome(delivery.id, account_id, outcome)
    await record_outcome(command, _context(delivery, parts), record=parts.record, directory=parts.directory)
    metrics.sends.labels(delivery.channel.path, _result_of(outcome)).inc()
    if isinstance(outcome, SendRefused) and outcome.login:
        logger.warning("a platform does not take our login", channel=delivery.channel.path, stream_id=str(account_id))


def _context(delivery: Delivery, parts: SendingParts) -> CommandContext:
    return CommandContext(
        command_id=parts.ids.new(),
        actor=system_actor("channels"),
        at=parts.clock.now(),
        correlation_id=delivery.id,
    )


def _result_of(outcome: SendOutcome) -> str:
    match outcome:
        case TakenOver():
            return "accepted"
        case TryLater():
            return "postponed"
        case SendRefused():
            return "failed"
        case OutcomeLost():
            return "unknown"
