"""Somebody writes what we are to say to everybody, in answer to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from contracts.content import PublicationContent
from contracts.publishing import PUBLISHING
from contracts.stored import CommandContext, Committed, Record, Work
from contracts.text_length import fits
from contracts.vocabulary import GuardVerdict, Refusal, RefusalCode, Visibility
from services.case.commands.guarding import author_of
from services.case.domain.first_message import KnownAccount
from services.case.domain.guards.confirmation import Confirmed, confirms, token_of
from services.case.domain.guards.draft import Author, Draft, Finding
from services.case.domain.guards.looking import of_verdict
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.guards.publishing import look_at_publication
from services.case.domain.guards.refusal import GuardRefusal
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy
from services.case.domain.publication import Publication
from services.case.domain.texts import checked_text
from services.case.ports import Directory

PUBLISH_AHEAD_DAYS_MAX = 90


class DraftPublication(msgspec.Struct, frozen=True):
    """The publication `publication_id`, by one of our accounts. `publish_at` None: as soon as another person agrees.

    `asks_community`: it asks everybody for what they think. `confirm_token`: of the warnings of this very text.
    """

    publication_id: UUID
    account_id: UUID
    text: str
    publish_at: datetime | None = None
    asks_community: bool = False
    confirm_token: str | None = None


async def draft_publication(
    command: DraftPublication, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Put it on record, for another person to agree with. Outcome: `publication_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (account), INVALID_INPUT (a channel that carries no posts of ours, text empty,
            `publishAt` past or too far ahead), TEXT_TOO_LONG, CHANNEL_CANNOT_REPLY (nothing leaves by the account now).
        GuardRefusal: BLOCK findings, else WARN findings that are not confirmed, with the token that confirms them.
    """
    require(context.actor, Permission.REPLY)

    async def decide() -> Work:
        account = await directory.find_account(command.account_id)
        if account is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such account is configured", "accountId")
        check_stage(account, policy)
        text = _text(command.text, account)
        check_time(command.publish_at, context.at)
        author, _ = await author_of(record, context.actor)
        draft = draft_of_post(text, account, author)
        findings = look_at_publication(draft, policy.guards, brand=account.brand, at=context.at)
        confirmed = _let_pass(findings, draft, command.confirm_token, context, policy.guards)
        publication = Publication.draft(
            publication_id=command.publication_id,
            at=context.at,
            channel=account.channel,
            account=account.account,
            brand=account.brand,
            author_ref=context.actor.ref,
            publish_at=command.publish_at,
            asks_community=command.asks_community,
            rules=tuple(each.rule for each in of_verdict(findings, GuardVerdict.SECOND_PERSON)),
            confirmed=confirmed,
            content=PublicationContent(text),
        )
        return Work(streams=(publication,), outcome={"publication_id": str(publication.id)})

    return await record.transact(context, decide, serialise_on=(command.publication_id,))


def check_stage(account: KnownAccount, policy: CasePolicy, *path: str) -> None:
    """Let pass an account that can say something to everybody, and may now.

    Raises:
        Refusal: INVALID_INPUT (its channel carries no posts of ours), CHANNEL_CANNOT_REPLY (it only listens, is paused
            or has left the configuration); at `path`, else at `accountId`.
    """
    where = path or ("accountId",)
    if account.channel not in PUBLISHING:
        can = ", ".join(sorted(each.path for each in PUBLISHING))
        message = f"{account.channel.path} carries no posts of our own; these do: {can}"
        raise Refusal(RefusalCode.INVALID_INPUT, message, *where)
    if (account.channel, account.account) in policy.muted:
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "nothing leaves by this account now", *where)


def check_time(publish_at: datetime | None, at: datetime) -> None:
    """Let pass a moment that is ahead, and not too far.

    Raises:
        Refusal: INVALID_INPUT.
    """
    if publish_at is None:
        return
    if publish_at <= at or publish_at - at > timedelta(days=PUBLISH_AHEAD_DAYS_MAX):
        message = f"expected a moment to come, at most {PUBLISH_AHEAD_DAYS_MAX} days ahead"
        raise Refusal(RefusalCode.INVALID_INPUT, message, "publishAt")


def draft_of_post(text: str, account: KnownAccount, author: Author) -> Draft:
    """A post as the rails look at it: everybody reads it, and it answers nothing."""
    return Draft(
        text, author=author, channel=account.channel, account=account.account, visibility=Visibility.PUBLIC, named=True
    )


def _text(text: str, account: KnownAccount) -> str:
    text = checked_text(text, "text")
    limit = PUBLISHING[account.channel]
    if not fits(text, limit):
        unit = limit.unit.value.lower().replace("_", " ")
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"{account.channel.path} takes {limit.length_max} {unit}", "text")
    return text


def _let_pass(
    findings: Sequence[Finding], draft: Draft, token: str | None, context: CommandContext, policy: GuardPolicy
) -> tuple[str, ...]:
    """The rules whose warnings its author confirmed.

    Raises:
        GuardRefusal: see above.
    """
    if blocked := of_verdict(findings, GuardVerdict.BLOCK):
        raise GuardRefusal(blocked, "text")
    warned = of_verdict(findings, GuardVerdict.WARN)
    if not warned:
        return ()
    rules = tuple(each.rule for each in warned)
    way = f"{draft.channel.value}\n{draft.account}"
    said = Confirmed("publication", context.actor.ref, draft.text, way, draft.visibility, rules)
    if not confirms(policy.secret, token, said, at=context.at):
        offered = token_of(policy.secret, said, until=context.at + policy.confirm_within)
        raise GuardRefusal(warned, "text", confirm_token=offered)
    return rules
