"""How a mail of ours names itself."""

from __future__ import annotations

from uuid import UUID

from services.channels.domain.reply_address import (
    LOCAL_PART_LENGTH_MAX,
    case_mark,
    mark_in,
    message_id_of,
    reply_of_address,
    signed_address,
)

REPLY = UUID("0190a1b2-0000-7000-8000-000000000001")


def test_a_signed_address_leads_back_and_fits_into_a_mailbox() -> None:
    address = signed_address("support@shop.example", REPLY, "secret") or ""
    assert reply_of_address("support@shop.example", address, ("other", "secret")) == REPLY
    assert reply_of_address("support@shop.example", address, ()) is None
    assert reply_of_address("support@shop.example", address, ("",)) is None
    assert len(address.partition("@")[0]) <= LOCAL_PART_LENGTH_MAX


def test_a_long_address_gets_none() -> None:
    assert signed_address(f"{'x' * 40}@shop.example", REPLY, "secret") is None


def test_an_id_is_the_same_at_every_try() -> None:
    assert message_id_of("support@shop.example", REPLY) == f"<{REPLY}@shop.example>"


def test_a_case_is_found_by_its_mark() -> None:
    mark = case_mark(REPLY)
    assert mark_in(f"Re: [#1234567890] AW: [#{mark}] late") == mark
    assert mark_in("Order #12345 [12]") is None
    assert mark_in(None) is None
