"""What an agent can choose from is what an answer is then looked at by."""

from __future__ import annotations

from itertools import product

import msgspec
import pytest

from contracts.content import HandleContent
from contracts.reply_capabilities import TextLimit
from contracts.vocabulary import Channel, HandleAssurance, HandleKind, Refusal, RefusalCode, Visibility, id_of
from services.case.domain.case import Case
from services.case.domain.policy import CasePolicy
from services.case.domain.recipients import ReplyWish, choose_route
from services.case.domain.reply_options import ReplyOption, reply_options
from services.case.domain.triage import TriagePolicy
from services.case.domain.utterance import NOT_SUMMONED
from tests.unit.case.world import World

OURS = "account-1"
PROACTIVE = CasePolicy(triage=TriagePolicy(modes={(Channel.X, OURS): "proactive"}))
SAM = {
    Channel.EMAIL: HandleContent(HandleKind.EMAIL, "sam@home.example"),
    Channel.WHATSAPP: HandleContent(HandleKind.WHATSAPP, "+31612345678"),
    Channel.INSTAGRAM: HandleContent(HandleKind.INSTAGRAM, "17841"),
    Channel.FACEBOOK: HandleContent(HandleKind.FACEBOOK, "1234"),
    Channel.TRUSTPILOT: HandleContent(HandleKind.TRUSTPILOT, "c-1"),
    Channel.X: HandleContent(HandleKind.X, "2244994945"),
}


async def came(
    world: World,
    channel: Channel,
    *,
    in_public: bool = False,
    assurance: HandleAssurance = HandleAssurance.PLATFORM,
    flags: tuple[str, ...] = (),
) -> Case:
    contact = world.contact(channel, OURS, (SAM[channel],), assurance, "Where is it? It is broken, a complaint.")
    seen = Visibility.PUBLIC if in_public else Visibility.PRIVATE
    return await world.case_of(await world.attach(msgspec.structs.replace(contact, visibility=seen, flags=flags)))


def offered(world: World, case: Case, refused_because: RefusalCode | None = None) -> tuple[ReplyOption, ...]:
    return reply_options(tuple(case.contacts.values()), refused_because=refused_because, at=world.at)


def answered(world: World, case: Case, option: ReplyOption, visibility: Visibility) -> RefusalCode | None:
    """What an answer of one letter by that way would be refused for."""
    account_id = id_of("account", option.channel, option.account)
    wish = ReplyWish(account_id=account_id, handle_id=option.handle_id, visibility=visibility)
    try:
        choose_route(tuple(case.contacts.values()), wish=wish, text="x", at=world.at)
    except Refusal as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(
    ("channel", "in_public", "assurance", "hours"),
    [*product(SAM, (False, True), (HandleAssurance.PLATFORM, HandleAssurance.SELF_ASSERTED), (0, 23, 25, 200))],
)
async def test_an_option_says_what_an_answer_is_refused_for(
    channel: Channel, *, in_public: bool, assurance: HandleAssurance, hours: int
) -> None:
    world = World()
    case = await came(world, channel, in_public=in_public, assurance=assurance)
    world.later(hours=hours)
    options = offered(world, case)
    assert options
    for option in options:
        for visibility in option.visibilities:
            assert answered(world, case, option, visibility) == option.refused_because


async def test_a_window_is_told_and_what_it_takes() -> None:
    world = World()
    case = await came(world, Channel.WHATSAPP)
    (option,) = offered(world, case)
    (contact,) = case.contacts.values()
    assert option.window_ends_at is not None
    assert (option.window_ends_at - contact.occurred_at).total_seconds() == 24 * 3600
    assert (option.text_limit, option.visibilities) == (TextLimit(4096), (Visibility.PRIVATE,))
    world.later(hours=24)
    assert offered(world, case)[0].refused_because is RefusalCode.CHANNEL_WINDOW_CLOSED


async def test_an_answer_in_public_and_one_in_private_are_two_options() -> None:
    world = World()
    in_public, in_private = offered(world, await came(world, Channel.FACEBOOK, in_public=True))
    assert (in_public.visibilities, in_public.window_ends_at) == ((Visibility.PUBLIC,), None)
    assert in_private.visibilities == (Visibility.PRIVATE,)
    assert in_private.window_ends_at is not None


async def test_what_carries_no_answer_says_so() -> None:
    world = World()
    (review,) = offered(world, await came(world, Channel.TRUSTPILOT, in_public=True))
    assert (review.refused_because, review.text_limit) == (RefusalCode.CHANNEL_CANNOT_REPLY, None)
    (mail,) = offered(world, await came(world, Channel.EMAIL, assurance=HandleAssurance.SELF_ASSERTED))
    assert mail.refused_because is RefusalCode.RECIPIENT_UNCONFIRMED


async def test_a_post_whose_author_neither_named_nor_quoted_us_is_not_answered() -> None:
    world = World(PROACTIVE)
    (summoned,) = (await came(world, Channel.X, in_public=True)).contacts
    world.later(hours=1)
    case = await came(world, Channel.X, in_public=True, flags=(NOT_SUMMONED,))
    (aside,) = case.contacts.keys() - {summoned}
    (option,) = offered(world, case)
    assert (option.refused_because, option.visibilities) == (None, (Visibility.PUBLIC,))
    contacts, public = tuple(case.contacts.values()), Visibility.PUBLIC
    assert choose_route(contacts, wish=ReplyWish(visibility=public), text="x", at=world.at).in_reply_to == summoned
    with pytest.raises(Refusal, match="neither named nor quoted") as refused:
        choose_route(contacts, wish=ReplyWish(visibility=public, in_reply_to=aside), text="x", at=world.at)
    assert (refused.value.code, refused.value.path) == (RefusalCode.CHANNEL_CANNOT_REPLY, ("inReplyTo",))


async def test_where_nobody_summoned_us_the_option_says_so() -> None:
    world = World(PROACTIVE)
    case = await came(world, Channel.X, in_public=True, flags=(NOT_SUMMONED,))
    (option,) = offered(world, case)
    assert (option.refused_because, option.text_limit) == (RefusalCode.CHANNEL_CANNOT_REPLY, None)
    assert answered(world, case, option, Visibility.PUBLIC) is RefusalCode.CHANNEL_CANNOT_REPLY


async def test_what_stands_in_the_way_of_the_case_stands_in_the_way_of_every_option() -> None:
    world = World()
    (option,) = offered(world, await came(world, Channel.EMAIL), RefusalCode.CASE_RESOLVED)
    assert option.refused_because is RefusalCode.CASE_RESOLVED
