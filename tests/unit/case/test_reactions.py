"""What the record does when another service tells something: messages in, facts and rows out."""

from __future__ import annotations

from asyncio import Event
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from contracts import channels, routing
from contracts.content import AliasContent, ContactContent, EditContent, HandleContent
from contracts.envelope import Message, SealedPart
from contracts.stored import Fact, FactMeta, FirstFact
from contracts.vocabulary import (
    AgentKind,
    AssignmentReason,
    BudgetOwnerKind,
    BudgetPeriod,
    Channel,
    ContactKind,
    DeliveryStatus,
    Direction,
    GestureKind,
    GestureStatus,
    HandleAssurance,
    HandleKind,
    Presence,
    RefusalCode,
    RoutingTier,
    Visibility,
    id_of,
    system_actor,
)
from infra.sql import statements
from services.case.commands.give_gesture import GiveGesture, give_gesture
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.projections import told
from services.case.reactions.assign_case_on_case_routed import assign_case_on_case_routed
from services.case.reactions.attach_contact_on_contact_received import attach_contact_on_contact_received
from services.case.reactions.await_approval_on_approval_required import await_approval_on_approval_required
from services.case.reactions.edit_contact_on_contact_edited import edit_contact_on_contact_edited
from services.case.reactions.link_handles_on_handle_aliased import link_handles_on_handle_aliased
from services.case.reactions.note_configuration_on_configuration_applied import (
    note_configuration_on_configuration_applied,
)
from services.case.reactions.note_refusal_on_request_refused import note_refusal_on_request_refused
from services.case.reactions.react_to_contact_on_reaction_changed import react_to_contact_on_reaction_changed
from services.case.reactions.record_delivery_on_delivery_updated import record_delivery_on_delivery_updated
from services.case.reactions.record_gesture_on_hold_placed import record_gesture_on_hold_placed
from services.case.reactions.record_refusal_on_approval_refused import record_refusal_on_approval_refused
from services.case.reactions.refuse_gesture_on_gesture_refused import refuse_gesture_on_gesture_refused
from services.case.reactions.remove_contact_on_contact_removed import remove_contact_on_contact_removed
from services.case.reactions.show_account_on_account_configured import show_account_on_account_configured
from services.case.reactions.show_agent_on_agent_changed import show_agent_on_agent_changed
from services.case.reactions.show_budget_on_budget_changed import show_budget_on_budget_changed
from services.case.reactions.show_duo_on_duo_changed import show_duo_on_duo_changed
from services.case.reactions.show_team_on_team_changed import show_team_on_team_changed
from tests.unit.case.world import PHONE, World

KEY_ID = UUID(int=77)
CONTACT_ID = id_of("contact", Channel.WHATSAPP, "waba-1", "wamid.1")
GIVEN = UUID(int=88)


class Opener:
    """Opens what it was given; `destroyed`: keys are gone."""

    def __init__(self, *, destroyed: bool = False) -> None:
        self.destroyed = destroyed

    async def open(self, part: SealedPart, stream_id: UUID, version: int) -> bytes | None:
        return None if self.destroyed else part.sealed


def meta_of(fact: Fact | FirstFact) -> FactMeta:
    stream_id, version = fact.originator_id, fact.originator_version
    routing_service = system_actor("routing")
    return FactMeta(stream_id, version, stream_id, fact.TOPIC, fact.timestamp, routing_service, stream_id, None)


def message(fact: msgspec.Struct, content: msgspec.Struct | None = None) -> Message:
    sealed = None if content is None else SealedPart(KEY_ID, msgspec.json.encode({"content": content}))
    return Message(
        "elsewhere",
        1,
        World().at,
        stream_id=UUID(int=5),
        stream_version=1,
        data=msgspec.Raw(msgspec.json.encode(fact)),
        sealed=sealed,
    )


class Ids:
    def __init__(self, world: World) -> None:
        self.new = world.new_id


async def received(world: World, opener: Opener, text: str = "Hello") -> None:
    fact = channels.ContactReceived(
        contact_id=CONTACT_ID,
        channel=Channel.WHATSAPP,
        account="waba-1",
        kind=ContactKind.MESSAGE,
        direction=Direction.INBOUND,
        visibility=Visibility.PRIVATE,
        assurance=HandleAssurance.PLATFORM,
        occurred_at=world.at,
        received_at=world.at,
    )
    content = ContactContent((HandleContent(HandleKind.WHATSAPP, PHONE),), "Sam", None, text)
    await attach_contact_on_contact_received(
        message(fact, content),
        world.told(),
        record=world.record,
        directory=world.directory,
        policy=world.policy,
        ids=Ids(world),
        opener=opener,
    )


async def the_case(world: World) -> Any:
    (case,) = world.directory.cases()
    return case


async def test_a_received_contact_is_opened_attached_changed_and_taken_back() -> None:
    world, opener = World(), Opener()
    ports: dict[str, Any] = {"record": world.record, "directory": world.directory}
    await received(world, opener)
    assert (await the_case(world)).contacts[CONTACT_ID].text == "Hello"
    edited = channels.ContactEdited(CONTACT_ID, Channel.WHATSAPP, "waba-1", world.at)
    deciding = {**ports, "policy": world.policy, "ids": Ids(world)}
    await edit_contact_on_contact_edited(message(edited, EditContent("Hi")), world.told(), opener=opener, **deciding)
    assert (await the_case(world)).contacts[CONTACT_ID].text == "Hi"
    for minutes, emoji, shown in ((0, "👍", "👍"), (2, "😡", "😡"), (1, None, "😡"), (2, "😡", "😡"), (3, None, None)):
        at = world.at + timedelta(minutes=minutes)
        changed = channels.ReactionChanged(CONTACT_ID, Channel.WHATSAPP, "waba-1", at, emoji)
        await react_to_contact_on_reaction_changed(message(changed), world.told(), **ports)
        assert (await the_case(world)).contacts[CONTACT_ID].reaction == shown
    assert (await the_case(world)).version == 6, "what is older than what is known, or known, is no news"
    removed = channels.ContactRemoved(CONTACT_ID, Channel.WHATSAPP, "waba-1", world.at)
    await remove_contact_on_contact_removed(message(removed), world.told(), **ports)
    assert (await the_case(world)).contacts[CONTACT_ID].text is None


async def test_a_contact_whose_key_is_gone_still_gets_its_place() -> None:
    world = World()
    await received(world, Opener(destroyed=True))
    assert (await the_case(world)).contacts[CONTACT_ID].text is None


async def test_an_alias_links_while_it_can_be_read() -> None:
    world = World()
    await received(world, Opener())
    new = HandleContent(HandleKind.WHATSAPP, "+31687654321")
    fact = channels.HandleAliased(world.new_id(), Channel.WHATSAPP, "waba-1", world.at)
    content = AliasContent(HandleContent(HandleKind.WHATSAPP, PHONE), new)
    ports: dict[str, Any] = {"record": world.record, "directory": world.directory, "policy": world.policy}
    for opener in (Opener(destroyed=True), Opener()):
        await link_handles_on_handle_aliased(message(fact, content), world.told(), opener=opener, **ports)
    (customer,) = world.directory.customers()
    assert {handle.value for handle in customer.handles.values()} == {PHONE, new.value}


async def test_what_became_of_a_reply_is_recorded() -> None:
    world = World()
    await received(world, Opener())
    case = await the_case(world)
    await request_reply(
        RequestReply(case.id, UUID(int=9_999), "Hi"), world.by(), record=world.record, policy=world.policy
    )
    fact = channels.DeliveryUpdated(UUID(int=9_999), case.id, Channel.WHATSAPP, "waba-1", DeliveryStatus.SENT, world.at)
    await record_delivery_on_delivery_updated(message(fact), world.told(), record=world.record)
    reply = (await the_case(world)).contacts[UUID(int=9_999)]
    assert reply.delivery_status is DeliveryStatus.SENT


async def test_a_routed_case_is_assigned_with_everybody_who_was_looked_at() -> None:
    world = World()
    await received(world, Opener())
    case = await the_case(world)
    anna = id_of("agent", "anna")
    fact = routing.CaseRouted(
        case.id,
        world.new_id(),
        AssignmentReason.LEAST_LOADED,
        "1",
        world.at,
        candidates=(routing.CandidateView(anna, RoutingTier.LEAST_LOADED),),
        agent_id=anna,
        tier=RoutingTier.LEAST_LOADED,
    )
    await assign_case_on_case_routed(message(fact), world.told(), record=world.record)
    case = await the_case(world)
    assert case.assignee_id == anna
    assert case.last_decision.candidates[0].agent_id == anna


async def gesture(world: World) -> UUID:
    await received(world, Opener())
    world.directory.budgets = {("anna", "EUR")}
    case = await the_case(world)
    command = GiveGesture(case.id, GIVEN, GestureKind.GIFT, 100, "EUR", "goodwill")
    await give_gesture(command, world.by(), record=world.record, directory=world.directory, policy=world.policy)
    return case.id  # type: ignore[no-any-return]


async def status(world: World) -> GestureStatus:
    return (await the_case(world)).gestures[GIVEN].status  # type: ignore[no-any-return]


async def test_held_money_gives_the_gesture() -> None:
    world = World()
    case_id = await gesture(world)
    woken, fact = Event(), routing.HoldPlaced(GIVEN, case_id, world.new_id(), world.new_id(), 100, "EUR")
    await record_gesture_on_hold_placed(
        message(fact), world.told(), record=world.record, policy=world.policy, wake=woken.set
    )
    assert await status(world) is GestureStatus.GIVEN
    assert not woken.is_set()


async def test_held_money_that_is_to_be_paid_out_wakes_the_payer() -> None:
    world = World()
    case_id = await gesture(world)
    woken, hold_id = Event(), world.new_id()
    fact = routing.HoldPlaced(GIVEN, case_id, hold_id, world.new_id(), 100, "EUR", paying=True)
    await record_gesture_on_hold_placed(
        message(fact), world.told(), record=world.record, policy=world.policy, wake=woken.set
    )
    assert await status(world) is GestureStatus.PAYING
    assert woken.is_set()
    assert await world.directory.payout_of_hold(hold_id) == (case_id, GIVEN)


async def test_the_ledgers_other_answers_are_recorded() -> None:
    world = World()
    case_id = await gesture(world)
    required = routing.ApprovalRequired(GIVEN, case_id)
    await await_approval_on_approval_required(
        message(required), world.told(), record=world.record, open_for=timedelta(days=3)
    )
    assert (await the_case(world)).gestures[GIVEN].expires_at == world.at + timedelta(days=3)
    assert await status(world) is GestureStatus.AWAITING_APPROVAL
    late = routing.ApprovalRefused(GIVEN, case_id, world.new_id(), RefusalCode.OVER_OWN_LIMIT)
    await record_refusal_on_approval_refused(message(late), world.told(), record=world.record)
    assert await status(world) is GestureStatus.AWAITING_APPROVAL


async def test_a_refusal_of_the_ledger_is_recorded() -> None:
    world = World()
    case_id = await gesture(world)
    fact = routing.GestureRefused(GIVEN, case_id, RefusalCode.BUDGET_CLOSED)
    await refuse_gesture_on_gesture_refused(message(fact), world.told(), record=world.record)
    assert await status(world) is GestureStatus.REFUSED


async def test_what_routing_and_channels_show_becomes_rows_of_known_statements() -> None:
    world = World()
    record = world.record
    anna, request_id, account = id_of("agent", "anna"), world.new_id(), world.new_id()
    agent = routing.AgentChanged(
        anna, "anna", "Anna", AgentKind.PERSON, Presence.ONLINE, 20, 0, active=True, request_id=request_id
    )
    await show_agent_on_agent_changed(message(agent), world.told(), record=record)
    team = routing.TeamChanged(world.new_id(), "care", "Care")
    await show_team_on_team_changed(message(team), world.told(), record=record)
    budget = routing.BudgetChanged(
        account, BudgetOwnerKind.AGENT, anna, "EUR", BudgetPeriod.DAY, world.at, world.at, 1, 0, 0, 1, gesture_id=GIVEN
    )
    await show_budget_on_budget_changed(message(budget), world.told(), record=record)
    await show_duo_on_duo_changed(message(routing.DuoChanged(world.new_id(), anna)), world.told(), record=record)
    configured = channels.AccountConfigured(account, Channel.FORM, "site", "Site", brand="shop", brand_name="Shop")
    await show_account_on_account_configured(message(configured), world.told(), record=record)
    applied = message(routing.ConfigurationApplied("abc"))
    await note_configuration_on_configuration_applied(applied, world.told(), record=record)
    refused = routing.RequestRefused(request_id, RefusalCode.INVALID_INPUT, "no", ("ref",))
    await note_refusal_on_request_refused(message(refused), world.told(), record=record)
    written = [row.statement for row in record.rows]
    assert written == [
        "answer_desk_request",
        "upsert_team",
        "set_duo",
        "upsert_channel_account",
        "upsert_brand",
        "note_configuration",
        "answer_desk_request",
    ]
    projected = [row for fact in record.all_facts() for row in told.rows(fact, meta_of(fact))]
    assert [row.statement for row in projected] == ["upsert_agent", "upsert_budget", "capture_gesture"]
    known = statements("services.case.projections", "services.case.reactions")
    for row in (*record.rows, *projected):
        assert f"${len(row.args)}" in known[row.statement]
        assert f"${len(row.args) + 1}" not in known[row.statement]
