from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.content import HandleContent
from contracts.vocabulary import Channel, ContactKind, Direction, HandleAssurance, HandleKind, Visibility
from services.channels.domain.inbound import ContactArrived
from services.channels.providers import form
from tests.unit.channels.in_memory import NOW, raw_of


def filled_in(region: str = "NL", **fields: Any) -> ContactArrived:
    body = json.dumps({"message": "Where is it?", **fields}).encode()
    (item,) = form.parse(raw_of(body, channel=Channel.FORM), region=region).items
    assert isinstance(item, ContactArrived)
    return item


def handle(kind: HandleKind, value: str) -> HandleContent:
    return HandleContent(kind=kind, value=value)


def test_a_form_is_a_private_contact_by_the_senders_own_word() -> None:
    item = filled_in(name="Sam", subject="Order 7", fields={"order": 7})
    assert (item.kind, item.direction, item.visibility) == (ContactKind.FORM, Direction.INBOUND, Visibility.PRIVATE)
    assert (item.assurance, item.occurred_at) == (HandleAssurance.SELF_ASSERTED, NOW)
    content = item.content
    assert (content.sender_name, content.subject, content.text) == ("Sam", "Order 7", "Where is it?")
    assert (content.fields, content.handles, item.flags) == ({"order": 7}, (), ())


def test_mail_comes_first_and_the_phone_number_is_an_alias() -> None:
    item = filled_in(email=" Sam@Shop.Example ", phone="06-12 34 56 78")
    assert item.content.handles == (
        handle(HandleKind.EMAIL, "Sam@shop.example"),
        handle(HandleKind.PHONE, "+31612345678"),
    )
    assert filled_in(phone="0612345678").content.handles == (handle(HandleKind.PHONE, "+31612345678"),)


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("+31 6 12345678", "DE", "+31612345678"),
        ("030 123456", "DE", "+4930123456"),
        ("+5215512345678", "NL", "+5215512345678"),
        ("0031612345678", "NL", "+31612345678"),
    ],
)
def test_numbers_are_read_as_their_region_writes_them(written: str, region: str, number: str) -> None:
    assert filled_in(region, phone=written).content.handles == (handle(HandleKind.PHONE, number),)


@pytest.mark.parametrize("phone", ["call me maybe", "12", "+", "0" * 40])
def test_a_phone_number_that_is_none_stays_with_the_fields(phone: str) -> None:
    item = filled_in(phone=phone)
    assert (item.content.handles, item.content.fields, item.flags) == ((), {"phone": phone}, ("phone-invalid",))


@pytest.mark.parametrize("email", ["sam", "sam@", "@shop.example", "sam@localhost", "a b@shop.example"])
def test_a_mail_address_that_is_none_stays_with_the_fields(email: str) -> None:
    item = filled_in(email=email, fields={"email": "own field"})
    assert (item.content.handles, item.flags) == ((), ("email-invalid",))
    assert item.content.fields == {"email": "own field", "email (as written)": email}


@pytest.mark.parametrize("email", ["sam@shop.test", "jörg@müller.example", "sam+order@sub.shop.example"])
def test_unusual_mail_addresses_are_addresses(email: str) -> None:
    (found,) = filled_in(email=email).content.handles
    assert found.kind is HandleKind.EMAIL


def test_empty_and_null_fields_count_as_not_filled_in() -> None:
    item = filled_in(name=" ", email="", phone=None, subject=None, fields=None)
    assert (item.content.sender_name, item.content.subject, item.content.handles) == (None, None, ())
    assert (item.content.fields, item.flags) == ({}, ())
