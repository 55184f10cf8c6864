"""Which mails under one Message-ID are one: copies are, and what somebody else or something else says is not lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.vocabulary import Channel
from services.channels.commands.receive_contact import ReceiveContact, receive_contact
from services.channels.domain.contact_facts import Received
from services.channels.domain.raw import account_id_of, contact_id_of
from services.channels.domain.trace import traces_of
from tests.unit.channels.in_memory import ChannelsRecord, context
from tests.unit.channels.mail_under_test import SUPPORT, contact, raw_mail, with_headers

SALES = "sales@shop.example"
FOOTER = "\n_______________________________________________\nusers mailing list, https://lists.example/users"


async def came(record: ChannelsRecord, *mails: tuple[str, dict[str, Any]]) -> list[Received]:
    """What is on record after these mails: each with what our side knew of it, and the account it came to."""
    for number, (data, known) in enumerate(mails, 1):
        account, beside = known.pop("account", SUPPORT), known.pop("beside", ())
        raw = msgspec.structs.replace(raw_mail(data.encode()), raw_id=UUID(int=number), account=account)
        command = ReceiveContact(contact(data, **known), raw, beside=beside)
        await receive_contact(command, context(f"mail {number}"), record=record, directory=record)
    return [fact for fact in record.all_facts() if isinstance(fact, Received)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (with_headers(), with_headers("Received: by mx2.shop.example")),
        (with_headers(), with_headers("Content-Transfer-Encoding: 8bit", text="Hello  \n")),
        (with_headers(), with_headers("List-Id: <users.lists.example>", "Subject: [users] My order")),
        (with_headers(), with_headers("List-Id: <users.lists.example>", text="Hello" + FOOTER)),
        (
            with_headers("List-Id: <users.lists.example>", text="Hello" + FOOTER),
            with_headers("List-Id: <others.lists.example>", text="Hello" + FOOTER.replace("users", "others")),
        ),
        (
            with_headers(),
            with_headers(
                "From: Sam via users <users@lists.example>",
                "Reply-To: Sam Smit <sam@customer.example>",
                "List-Id: <users.lists.example>",
            ),
        ),
    ],
    ids=["another way", "another encoding", "a list's subject", "a list's footer", "two lists", "in a list's name"],
)
async def test_a_copy_is_the_same_mail(first: str, second: str) -> None:
    assert len(await came(ChannelsRecord(), (first, {}), (second, {}))) == 1
    assert len(await came(ChannelsRecord(), (second, {}), (first, {}))) == 1


@pytest.mark.parametrize(
    "second",
    [
        with_headers("From: Ann <ann@customer.example>"),
        with_headers(text="Something else"),
        with_headers("Subject: My other order"),
        with_headers(text="Hello" + FOOTER),
        with_headers("List-Id: <users.lists.example>", text=FOOTER + "\nHello"),
        with_headers("From: Eve <eve@other.example>", "Reply-To: sam@customer.example", text="Hello there"),
    ],
    ids=["another sender", "other words", "another subject", "no list", "below a line", "a borrowed address"],
)
async def test_another_mail_under_the_same_id_is_not_lost(second: str) -> None:
    record = ChannelsRecord()
    facts = await came(record, (with_headers(), {}), (second, {}), (second, {}), (with_headers(), {}))
    assert len(facts) == 2
    assert facts[1].content is not None
    assert facts[1].content.external_id == contact(second).otherwise
    assert facts[1].content.references == ("<1@customer.example>",)
    assert facts[1].content.text == contact(second).content.text


async def test_a_sender_who_is_sure_is_not_lost_to_a_copy_that_is_not() -> None:
    vouched: dict[str, Any] = {"vouched": True}
    facts = await came(ChannelsRecord(), (with_headers(), {}), (with_headers("Received: x"), vouched))
    assert [fact.assurance.value for fact in facts] == ["SELF_ASSERTED", "PLATFORM"]
    assert len(await came(ChannelsRecord(), (with_headers(), {"vouched": True}), (with_headers(), {}))) == 1


async def test_a_mail_that_bears_the_id_of_an_answer_of_ours_is_not_lost() -> None:
    record = ChannelsRecord()
    raw = raw_mail(b"")
    record.external_ids[raw.account_id, "<1@customer.example>"] = UUID(int=9)
    (fact,) = await came(record, (with_headers(), {}))
    assert fact.content is not None
    assert fact.content.external_id == contact(with_headers()).otherwise


async def test_a_mail_to_two_of_our_addresses_is_one_and_every_payload_of_it_is_found_again() -> None:
    mail = with_headers(f"To: {SUPPORT}, {SALES}")
    copies = [(mail, {"account": own, "beside": (other,)}) for own, other in ((SALES, SUPPORT), (SUPPORT, SALES))]
    record = ChannelsRecord()
    facts = await came(record, *copies, (with_headers(text="Another"), {"beside": (SALES,)}))
    assert [fact.account for fact in facts] == [SALES, SUPPORT]
    raw = raw_mail(mail.encode())
    found = {each.trace for each in traces_of(contact(mail), raw, (SALES,))}
    named = {contact_id_of(Channel.EMAIL, own, "<1@customer.example>") for own in (SALES, SUPPORT)}
    assert named < found


async def test_an_answer_to_what_left_by_one_of_our_addresses_belongs_there_whichever_it_comes_to() -> None:
    record = ChannelsRecord()
    record.external_ids[account_id_of(Channel.EMAIL, SALES), "<ours@shop.example>"] = UUID(int=9)
    answer = with_headers("In-Reply-To: <ours@shop.example>")
    (fact,) = await came(record, (answer, {"beside": (SALES,)}), (answer, {"account": SALES, "beside": (SUPPORT,)}))
    assert fact.in_reply_to == UUID(int=9)
