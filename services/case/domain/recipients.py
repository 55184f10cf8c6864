"""By which way a reply may leave: only to an address the customer came in by, in this case, and for sure.

An address that was typed into a form proves nothing: answering to it would hand a stranger somebody's case.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from contracts.content import HandleContent
from contracts.reply_capabilities import REPLY_CAPABILITIES, TextLimit
from contracts.reply_files import FileLimit
from contracts.text_length import fits
from contracts.vocabulary import Channel, Direction, HandleAssurance, Refusal, RefusalCode, Visibility, id_of
from services.case.domain.answerable import is_unsummoned, no_answer_to
from services.case.domain.case_contact import CaseContact
from services.case.domain.identity import is_assured
from services.case.domain.policy import AccountName

_HINDRANCES = {
    RefusalCode.CHANNEL_CANNOT_REPLY: "nothing leaves by this account now",
    RefusalCode.CHANNEL_WINDOW_CLOSED: "the customer's last message is too long ago",
}
_READERS = {Visibility.PUBLIC: "everybody", Visibility.LIMITED: "a whole group"}
"""Who reads along, besides the customer."""


class ReplyWish(msgspec.Struct, frozen=True):
    """What the agent said about the way; None: choose."""

    channel: Channel | None = None
    account_id: UUID | None = None
    handle_id: UUID | None = None
    in_reply_to: UUID | None = None
    visibility: Visibility | None = None


class ReplyRoute(msgspec.Struct, frozen=True, kw_only=True):
    """The way a reply leaves by. `window_ends_at`: until when the channel carries it; None: always.

    `spent`: its platform carries one private answer to something public, and that was given.
    """

    channel: Channel
    account: str
    handle_id: UUID | None
    to: HandleContent
    assurance: HandleAssurance
    visibility: Visibility
    in_reply_to: UUID | None
    quoted: bool
    text_limit: TextLimit
    window_ends_at: datetime | None
    spent: bool = False

    def is_open(self, at: datetime) -> bool:
        """Whether the channel still carries it."""
        return self.window_ends_at is None or at < self.window_ends_at


def routes(contacts: Sequence[CaseContact], *, answering: UUID | None = None) -> tuple[ReplyRoute, ...]:
    """Every way a reply may leave by, each address of each account once per visibility, the latest contact first.

    Private answers to something public come last: platforms carry one of them, so those that were given stand behind.
    `answering`: to that one alone, where it is public: its platform counts its age and its answers by itself.
    """
    latest_first = sorted(contacts, key=_occurred, reverse=True)
    found: dict[tuple[Channel, str, str, Visibility, bool], ReplyRoute] = {}
    for way in (_route, _private_route):
        for contact in latest_first:
            route = None if way is _private_route and answering not in {None, contact.contact_id} else way(contact)
            if route is not None:
                key = (route.channel, route.account, route.to.value, route.visibility, route.quoted)
                if (standing := found.get(key)) is None or (standing.spent and not route.spent):
                    found[key] = route
    return tuple(found.values())


def choose_route(
    contacts: Sequence[CaseContact],
    *,
    wish: ReplyWish,
    text: str,
    at: datetime,
    muted: Container[AccountName] = frozenset(),
    templated: bool = False,
    known: Container[UUID] | None = None,
) -> ReplyRoute:
    """The way this reply leaves by. `muted`: accounts by which nothing leaves now. `templated`: as a template.

    `known`: the customer's handles; an address that was taken off is somebody else's. None: not asked about.

    Raises:
        Refusal: CHANNEL_CANNOT_REPLY (nothing can carry it, or not the named channel or visibility),
            RECIPIENT_UNCONFIRMED (only somebody's word),
            NO_HANDLE_FOR_CHANNEL (the customer did not come in by it), INVALID_INPUT (inReplyTo not of this case),
            TEXT_TOO_LONG, CHANNEL_WINDOW_CLOSED, VISIBILITY_REQUIRED (nobody else reads along unless it is said).
    """
    if wish.channel is not None and wish.channel not in REPLY_CAPABILITIES:
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, f"{wish.channel.value} carries no replies", "channel")
    named = wish.channel is not None or wish.account_id is not None or wish.handle_id is not None
    theirs = _theirs(_answered(contacts, wish), known)
    fitting = [route for route in routes(theirs, answering=wish.in_reply_to) if _is_named(route, wish)]
    if not fitting:
        if named:
            raise _no_way(_theirs(contacts, known), wish)
        if wish.in_reply_to is not None and not theirs:
            raise Refusal(RefusalCode.NO_HANDLE_FOR_CHANNEL, "its address is not the customer's any more", "inReplyTo")
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, "nothing the customer came in by carries replies")
    if wish.visibility is None and (readers := _READERS.get(fitting[0].visibility)) is not None:
        raise Refusal(RefusalCode.VISIBILITY_REQUIRED, f"{readers} would read it: say so, or say PRIVATE", "visibility")
    wanted = wish.visibility or fitting[0].visibility
    seen = [route for route in fitting if route.visibility is wanted]
    if not seen:
        only = fitting[0]
        raise Refusal(
            RefusalCode.CHANNEL_CANNOT_REPLY, f"{only.channel.value} is {only.visibility.value}", "visibility"
        )
    hindered = partial(hindrance, at=at, muted=muted, templated=templated)
    route = next((each for each in seen if hindered(each) is None), seen[0])
    check_length(route, text, "text")
    if (code := hindered(route)) is not None:
        others = [each for each in routes(_theirs(contacts, known)) if hindered(each) is None]
        raise Refusal(code, _instead(route, code, others), "visibility" if route.spent else "channel")
    if wish.in_reply_to is None:
        return route
    return msgspec.structs.replace(route, in_reply_to=wish.in_reply_to, quoted=True)


def check_length(route: ReplyRoute, text: str, *path: str) -> None:
    """Let pass what the channel carries whole.

    Raises:
        Refusal: TEXT_TOO_LONG at `path`.
    """
    if not fits(text, route.text_limit):
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"at most {route.text_limit.length_max} {_unit(route)}", *path)


def hindrance(
    route: ReplyRoute, at: datetime, muted: Container[AccountName] = frozenset(), *, templated: bool = False
) -> RefusalCode | None:
    """Why no answer leaves by this way now; None: it does. `muted`: accounts by which nothing leaves.

    `templated`: as a template, which needs no window where the channel knows templates.
    """
    if (route.channel, route.account) in muted or route.spent:
        return RefusalCode.CHANNEL_CANNOT_REPLY
    if templated and takes_templates(route.channel):
        return None
    return None if route.is_open(at) else RefusalCode.CHANNEL_WINDOW_CLOSED


def stored_way(route: ReplyRoute) -> dict[str, Any]:
    """How facts about an answer name the way it leaves by."""
    return {
        "channel": route.channel,
        "account": route.account,
        "handle_id": route.handle_id,
        "handle_kind": route.to.kind,
        "assurance": route.assurance,
        "visibility": route.visibility,
        "in_reply_to": route.in_reply_to,
        "quoted": route.quoted,
    }


def takes_templates(channel: Channel) -> bool:
    """Whether templates that its platform approved leave by the channel as such."""
    capability = REPLY_CAPABILITIES.get(channel)
    return capability is not None and capability.templates


def file_limit(route: ReplyRoute) -> FileLimit | None:
    """What may go along by this way; None: nothing. In public nothing does."""
    capability = REPLY_CAPABILITIES.get(route.channel)
    return None if capability is None or route.visibility is Visibility.PUBLIC else capability.files


def takes_html(route: ReplyRoute) -> bool:
    """Whether what leaves by this way may be set in HTML."""
    capability = REPLY_CAPABILITIES.get(route.channel)
    return capability is not None and capability.html


def _route(contact: CaseContact) -> ReplyRoute | None:
    capability = REPLY_CAPABILITIES.get(contact.channel)
    if capability is None or contact.direction is not Direction.INBOUND or not is_assured(contact.assurance):
        return None
    if contact.to is None or contact.to.kind is not capability.handle_kind or contact.account is None:
        return None
    if is_unsummoned(contact):
        return None
    hours = None if contact.visibility is Visibility.PUBLIC else capability.window_hours
    return ReplyRoute(
        channel=contact.channel,
        account=contact.account,
        handle_id=contact.handle_id,
        to=contact.to,
        assurance=contact.assurance,
        visibility=contact.visibility,
        in_reply_to=contact.contact_id,
        quoted=False,
        text_limit=capability.limit(contact.visibility),
        window_ends_at=None if hours is None else contact.occurred_at + timedelta(hours=hours),
    )


def _private_route(contact: CaseContact) -> ReplyRoute | None:
    """The way to say in private what is not for everybody who reads the contact."""
    route, capability = _route(contact), REPLY_CAPABILITIES.get(contact.channel)
    if route is None or capability is None or route.visibility is not Visibility.PUBLIC:
        return None
    if capability.private_reply_hours is None:
        return None
    return msgspec.structs.replace(
        route,
        visibility=Visibility.PRIVATE,
        quoted=True,
        text_limit=capability.limit(Visibility.PRIVATE),
        window_ends_at=contact.occurred_at + timedelta(hours=capability.private_reply_hours),
        spent=contact.private_answer is not None,
    )


def _answered(contacts: Sequence[CaseContact], wish: ReplyWish) -> Sequence[CaseContact]:
    """The contacts a route may come from: all, or those of the account and of the publicity of the answered one."""
    if wish.in_reply_to is None:
        return contacts
    answered = next((contact for contact in contacts if contact.contact_id == wish.in_reply_to), None)
    if answered is None:
        raise Refusal(RefusalCode.INVALID_INPUT, "no contact of this case", "inReplyTo")
    if is_unsummoned(answered):
        raise no_answer_to(answered, "inReplyTo")
    place = (answered.channel, answered.account, answered.visibility)
    return [contact for contact in contacts if (contact.channel, contact.account, contact.visibility) == place]


def _theirs(contacts: Sequence[CaseContact], known: Container[UUID] | None) -> Sequence[CaseContact]:
    """Without those that came in by an address which is the customer's no more."""
    if known is None:
        return contacts
    return [contact for contact in contacts if contact.handle_id is None or contact.handle_id in known]


def _is_named(way: ReplyRoute | CaseContact, wish: ReplyWish) -> bool:
    return (
        wish.channel in {None, way.channel}
        and wish.handle_id in {None, way.handle_id}
        and wish.account_id in {None, id_of("account", way.channel, way.account or "")}
    )


def _no_way(contacts: Sequence[CaseContact], wish: ReplyWish) -> Refusal:
    """Why nothing leaves by the named way: the customer never came in by it, or cannot be answered by it."""
    for contact in sorted(contacts, key=_occurred, reverse=True):
        if contact.account is not None and contact.direction is Direction.INBOUND and _is_named(contact, wish):
            return no_answer_to(contact, *_named(wish))
    return Refusal(RefusalCode.NO_HANDLE_FOR_CHANNEL, "the customer did not come in by it", *_named(wish))


def _instead(route: ReplyRoute, code: RefusalCode, others: Sequence[ReplyRoute]) -> str:
    """Why the way is closed, and by which an answer leaves now."""
    why = "its one private answer was given" if route.spent else _HINDRANCES[code]
    open_ways = dict.fromkeys(f"{each.channel.value} ({each.visibility.value})" for each in others)
    return f"{why}: answer by {' or '.join(open_ways)}" if open_ways else why


def _unit(route: ReplyRoute) -> str:
    return route.text_limit.unit.value.lower().replace("_", " ")


def _named(wish: ReplyWish) -> tuple[str, ...]:
    if wish.channel is not None:
        return ("channel",)
    return ("handleId",) if wish.handle_id is not None else ("accountId",)


def _occurred(contact: CaseContact) -> tuple[datetime, UUID]:
    return (contact.occurred_at, contact.contact_id)
