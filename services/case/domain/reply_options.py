"""What an agent can choose from to answer a case, by the rules an answer is then looked at by (`recipients`)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.reply_capabilities import TextLimit
from contracts.vocabulary import Channel, RefusalCode, Visibility
from services.case.domain.answerable import why_no_route
from services.case.domain.case_contact import CaseContact
from services.case.domain.policy import AccountName
from services.case.domain.recipients import ReplyRoute, file_limit, hindrance, routes, takes_html


class ReplyOption(msgspec.Struct, frozen=True, kw_only=True):
    """One address by one account of ours. `refused_because` None: an answer can leave.

    `window_ends_at`: until when the channel carries it; None: always. `text_limit` None: it carries nothing.
    `file_types`: of the files that may go along.
    """

    channel: Channel
    account: str
    handle_id: UUID
    visibilities: tuple[Visibility, ...]
    refused_because: RefusalCode | None = None
    window_ends_at: datetime | None = None
    text_limit: TextLimit | None = None
    html: bool = False
    file_types: tuple[str, ...] = ()


def reply_options(
    contacts: Sequence[CaseContact],
    *,
    refused_because: RefusalCode | None,
    at: datetime,
    muted: Container[AccountName] = frozenset(),
) -> tuple[ReplyOption, ...]:
    """The ways by which the customer can be answered, best first, then those that they came in by and cannot.

    `refused_because`: why nobody in this case can be answered now, whatever the way. `muted`: accounts by which nothing
    leaves. Who reads along is told apart only where something else differs with it.
    """
    best = _best(routes(contacts), at, muted)
    grouped: dict[ReplyOption, list[Visibility]] = {}
    for route in best:
        if route.handle_id is not None:
            option = _option(route, route.handle_id, refused_because or hindrance(route, at, muted))
            grouped.setdefault(option, []).append(route.visibility)
    usable = [msgspec.structs.replace(option, visibilities=tuple(seen)) for option, seen in grouped.items()]
    known = {(option.channel, option.account, option.handle_id) for option in usable}
    return (*usable, *_unusable([each for each in contacts if _place(each) not in known]))


def _best(found: Iterable[ReplyRoute], at: datetime, muted: Container[AccountName]) -> Iterable[ReplyRoute]:
    """Of several ways to one address before as many readers the first that is open, as an answer would take it."""
    chosen: dict[tuple[Channel, str, UUID | None, Visibility], ReplyRoute] = {}
    for route in found:
        key = (route.channel, route.account, route.handle_id, route.visibility)
        standing = chosen.get(key)
        if standing is None or (hindrance(standing, at, muted) is not None and hindrance(route, at, muted) is None):
            chosen[key] = route
    return chosen.values()


def _option(route: ReplyRoute, handle_id: UUID, refused_because: RefusalCode | None) -> ReplyOption:
    return ReplyOption(
        channel=route.channel,
        account=route.account,
        handle_id=handle_id,
        visibilities=(),
        refused_because=refused_because,
        window_ends_at=route.window_ends_at,
        text_limit=route.text_limit,
        html=takes_html(route),
        file_types=() if (limit := file_limit(route)) is None else limit.types,
    )


def _unusable(contacts: Sequence[CaseContact]) -> Iterable[ReplyOption]:
    """Each address of each account once, as it last came in."""
    found: dict[tuple[Channel, str | None, UUID | None], ReplyOption] = {}
    for contact in sorted(contacts, key=lambda each: (each.occurred_at, each.contact_id), reverse=True):
        if contact.account is not None and contact.handle_id is not None:
            option = ReplyOption(
                channel=contact.channel,
                account=contact.account,
                handle_id=contact.handle_id,
                visibilities=(contact.visibility,),
                refused_because=why_no_route(contact),
            )
            found.setdefault(_place(contact), option)
    return found.values()


def _place(contact: CaseContact) -> tuple[Channel, str | None, UUID | None]:
    return (contact.channel, contact.account, contact.handle_id)
