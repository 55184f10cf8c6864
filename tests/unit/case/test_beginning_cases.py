"""A matter that we begin: what leaves, to whom, on which basis, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.content import TemplateContent
from contracts.installation import MessageTemplate
from contracts.stored import CommandContext
from contracts.vocabulary import (
    Actor,
    CaseStatus,
    Channel,
    HandleKind,
    Refusal,
    RefusalCode,
    Visibility,
    WaitingFor,
    id_of,
)
from services.case.commands.add_handle import AddHandle, add_handle
from services.case.commands.begin_case import BeginCase, begin_case
from services.case.commands.place_restriction import PlaceRestriction, place_restriction
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.domain.case import Case
from services.case.domain.case_facts import Opened
from services.case.domain.contact_basis import ContactBasis
from services.case.domain.contact_facts import ReplyRequested
from services.case.domain.customer import Customer
from services.case.domain.erasure_words import RestrictionKind
from services.case.domain.first_message import KnownAccount
from services.case.domain.handling_facts import TransferRequested
from services.case.domain.policy import CasePolicy
from services.case.domain.templates import TemplateWish
from tests.unit.case.office import Office
from tests.unit.case.test_forgetting_customers import PIA
from tests.unit.case.world import ANNA, AUDITOR

WABA, MAIL = id_of("account", Channel.WHATSAPP, "waba-1"), id_of("account", Channel.EMAIL, "care@shop.example")
READING = MessageTemplate("reading-your-post", "nl", "Ik lees je bericht over {{1}}. Kan ik je ergens mee helpen?")
MINE = (Channel.WHATSAPP, "waba-1")


class Front(Office):
    """An office whose customer wrote by WhatsApp, and can be mailed."""

    customer_id: UUID
    whatsapp_id: UUID
    mail_id: UUID

    @classmethod
    async def known(cls, policy: CasePolicy | None = None) -> Front:
        world = await cls.furnished()
        world.policy = policy or CasePolicy(templates=(READING,))
        world.directory.accounts = {
            WABA: KnownAccount(*MINE, "shop"),
            MAIL: KnownAccount(Channel.EMAIL, "care@shop.example"),
            id_of("account", "FORM"): KnownAccount(Channel.FORM, "site"),
        }
        case = await world.open_case("Where is it?", name="Sam Bakker")
        world.customer_id = case.customer_id
        (contact,) = case.contacts.values()
        assert contact.handle_id is not None
        world.whatsapp_id = contact.handle_id
        command = AddHandle(case.customer_id, HandleKind.EMAIL, "sam@home.example")
        await add_handle(command, world.by(), record=world.record, directory=world.directory, policy=world.policy)
        customer = await world.record.load(Customer, case.customer_id)
        assert customer is not None
        world.mail_id = next(each.handle_id for each in customer.handles.values() if each.kind is HandleKind.EMAIL)
        return world

    def asked(self, **changes: Any) -> BeginCase:
        asked: dict[str, Any] = {
            "case_id": self.new_id(),
            "contact_id": self.new_id(),
            "transfer_id": self.new_id(),
            "customer_id": self.customer_id,
            "account_id": MAIL,
            "handle_id": self.mail_id,
            "text": "Your parcel comes a day later.",
            "visibility": Visibility.PRIVATE,
            "basis": ContactBasis.CONTRACT,
        }
        return BeginCase(**{**asked, **changes})

    async def begun(self, *, how: CommandContext | None = None, actor: Actor = ANNA, **changes: Any) -> Case:
        done = await begin_case(
            self.asked(**changes),
            how or self.by(actor),
            record=self.record,
            directory=self.directory,
            policy=self.policy,
        )
        return await self.case_of(done)

    async def refusal(self, **changes: Any) -> tuple[RefusalCode, Sequence[str]]:
        with pytest.raises(Refusal) as refused:
            await self.begun(**changes)
        return refused.value.code, refused.value.path

    async def restricted(self, kind: RestrictionKind) -> None:
        command = PlaceRestriction(self.new_id(), self.customer_id, kind, "because")
        await place_restriction(command, self.by(PIA), record=self.record)

    def fact(self, case: Case, kind: type[Any]) -> Any:
        (found,) = [fact for fact in self.record.facts[case.id] if isinstance(fact, kind)]
        return found


async def test_s084_we_tell_a_customer_what_they_did_not_ask_for() -> None:
    world = await Front.known()
    case = await world.begun(subject="Your order")
    assert (case.status, case.waiting_for, case.subject) == (CaseStatus.WAITING, WaitingFor.CUSTOMER, "Your order")
    assert (case.customer_id, world.fact(case, Opened).basis) == (world.customer_id, ContactBasis.CONTRACT)
    sent = world.fact(case, ReplyRequested)
    assert (sent.channel, sent.account, sent.in_reply_to) == (Channel.EMAIL, "care@shop.example", None)
    assert (sent.content.to.value, sent.content.subject) == ("sam@home.example", "Your order")
    assert world.fact(case, TransferRequested).agent_id == id_of("agent", "anna")


async def test_a_case_without_a_subject_is_called_as_its_first_message_begins() -> None:
    world = await Front.known()
    assert (await world.begun()).subject == "Your parcel comes a day later."


async def test_s018_s083_an_account_that_only_answers_begins_nothing_unless_it_was_asked_for() -> None:
    world = await Front.known(CasePolicy(reactive=frozenset({(Channel.EMAIL, "care@shop.example")})))
    refused = (RefusalCode.CHANNEL_CANNOT_REPLY, ("firstMessage", "accountId"))
    assert await world.refusal(basis=ContactBasis.LEGITIMATE_INTEREST) == refused
    assert (await world.begun(basis=ContactBasis.CUSTOMER_ASKED)).waits_for_customer
    world.policy = CasePolicy()
    assert (await world.begun(basis=ContactBasis.LEGITIMATE_INTEREST)).waits_for_customer


async def test_whoever_objected_is_contacted_only_on_what_an_objection_does_not_touch() -> None:
    world = await Front.known()
    await world.restricted(RestrictionKind.OBJECTION)
    for basis in (ContactBasis.LEGITIMATE_INTEREST, ContactBasis.CONSENT):
        assert await world.refusal(basis=basis) == (RefusalCode.CUSTOMER_RESTRICTED, ("basis",))
    for basis in (ContactBasis.CONTRACT, ContactBasis.CUSTOMER_ASKED):
        assert (await world.begun(basis=basis)).waits_for_customer


async def test_a_customer_whose_data_may_only_be_kept_is_not_contacted() -> None:
    world = await Front.known()
    await world.restricted(RestrictionKind.RESTRICTION)
    assert await world.refusal() == (RefusalCode.CUSTOMER_RESTRICTED, ("customer", "id"))


async def test_the_address_must_be_this_customers_and_of_the_accounts_channel() -> None:
    world = await Front.known()
    no_handle = (RefusalCode.NO_HANDLE_FOR_CHANNEL, ("firstMessage", "handleId"))
    assert await world.refusal(handle_id=world.new_id()) == no_handle
    assert await world.refusal(handle_id=world.whatsapp_id) == no_handle
    other = await world.open_case(number="+31687654321")
    assert await world.refusal(customer_id=other.customer_id) == no_handle
    assert (await world.begun(customer_id=None, handle=(HandleKind.EMAIL, "Sam@home.example"))).waits_for_customer
    nobody = {"customer_id": None, "handle": (HandleKind.EMAIL, "nobody@home.example")}
    assert await world.refusal(**nobody) == (RefusalCode.NOT_FOUND, ("customer", "handle"))


async def test_what_answers_nothing_never_leaves_in_public_nor_by_what_carries_nothing() -> None:
    world = await Front.known()
    cannot = RefusalCode.CHANNEL_CANNOT_REPLY
    assert await world.refusal(visibility=Visibility.PUBLIC) == (cannot, ("firstMessage", "visibility"))
    assert await world.refusal(account_id=id_of("account", "FORM")) == (cannot, ("firstMessage", "accountId"))
    assert await world.refusal(account_id=world.new_id()) == (RefusalCode.NOT_FOUND, ("firstMessage", "accountId"))
    assert await world.refusal(text=" ") == (RefusalCode.INVALID_INPUT, ("firstMessage", "text"))
    assert await world.refusal(text="x" * 65_537) == (RefusalCode.TEXT_TOO_LONG, ("firstMessage", "text"))


async def test_s082_outside_the_window_a_template_leaves_and_a_text_does_not() -> None:
    world = await Front.known()
    by_whatsapp: dict[str, Any] = {"account_id": WABA, "handle_id": world.whatsapp_id}
    assert (await world.begun(**by_whatsapp)).waits_for_customer
    world.later(hours=24)
    assert await world.refusal(**by_whatsapp) == (RefusalCode.CHANNEL_WINDOW_CLOSED, ("firstMessage", "text"))
    wish = TemplateWish("reading-your-post", "NL", ("je pakket",))
    case = await world.begun(**by_whatsapp, text=None, template=wish)
    content = world.fact(case, ReplyRequested).content
    assert content.text == "Ik lees je bericht over je pakket. Kan ik je ergens mee helpen?"
    assert content.template == TemplateContent("reading-your-post", "nl", ("je pakket",))


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        (TemplateWish("unheard-of", "nl", ("x",)), RefusalCode.NOT_FOUND, "name"),
        (TemplateWish("reading-your-post", "en", ("x",)), RefusalCode.NOT_FOUND, "name"),
        (TemplateWish("reading-your-post", "nl"), RefusalCode.INVALID_INPUT, "parameters"),
        (TemplateWish("reading-your-post", "nl", ("x", "y")), RefusalCode.INVALID_INPUT, "parameters"),
        (TemplateWish("reading-your-post", "nl", (" ",)), RefusalCode.INVALID_INPUT, "parameters"),
        (TemplateWish("reading-your-post", "nl", ("a\nb",)), RefusalCode.INVALID_INPUT, "parameters"),
    ],
)
async def test_a_template_is_filled_in_as_it_asks(wish: TemplateWish, code: RefusalCode, field: str) -> None:
    world = await Front.known()
    assert await world.refusal(text=None, template=wish) == (code, ("firstMessage", "template", field))


async def test_a_template_of_another_account_or_brand_is_not_there() -> None:
    for other in ({"account": "waba-2"}, {"brand": "outlet"}):
        template = msgspec.structs.replace(MessageTemplate("hello", "nl", "Hallo!"), **other)
        world = await Front.known(CasePolicy(templates=(template,)))
        how: dict[str, Any] = {"account_id": WABA, "handle_id": world.whatsapp_id, "text": None}
        refused = await world.refusal(**how, template=TemplateWish("hello", "nl"))
        assert refused == (RefusalCode.NOT_FOUND, ("firstMessage", "template", "name"))


async def test_either_a_text_or_a_template() -> None:
    world = await Front.known()
    both = {"template": TemplateWish("reading-your-post", "nl", ("x",))}
    assert await world.refusal(**both) == (RefusalCode.INVALID_INPUT, ("firstMessage", "text"))
    assert await world.refusal(text=None) == (RefusalCode.INVALID_INPUT, ("firstMessage", "text"))


async def test_an_answer_outside_the_window_may_be_a_template() -> None:
    world = await Front.known()
    case = await world.open_case("Still waiting")
    world.later(hours=30)
    command = RequestReply(
        case.id, world.new_id(), None, template=TemplateWish("reading-your-post", "nl", ("je pakket",))
    )
    await request_reply(command, world.by(), record=world.record, policy=world.policy)
    content = world.fact(await world.case(case.id), ReplyRequested).content
    assert (content.template.name, content.text[:11]) == ("reading-your-post", "Ik lees je ")


async def test_asked_twice_under_one_key_it_is_begun_once() -> None:
    world = await Front.known()
    how = world.by()
    first, again = await world.begun(how=how), await world.begun(how=how)
    assert first.id == again.id
    assert len([each for each in world.directory.cases() if each.subject == first.subject]) == 1


async def test_who_may_change_nothing_begins_nothing() -> None:
    world = await Front.known()
    assert (await world.refusal(actor=AUDITOR))[0] is RefusalCode.FORBIDDEN
