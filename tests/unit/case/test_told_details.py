"""What a text tells by its form, and what of what is needed nobody told yet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import DetailKind, HandleKind
from services.case.domain.told_details import (
    DETAILS_MAX,
    TEXT_LENGTH_MAX,
    Detail,
    Patterns,
    details_in,
    missing,
    told_by_handle,
)

OURS = Patterns(("NL-####-######", "@@########"))
ORDER, EMAIL, PHONE = DetailKind.ORDER, DetailKind.EMAIL, DetailKind.PHONE
POSTCODE, BANK_ACCOUNT = DetailKind.POSTCODE, DetailKind.BANK_ACCOUNT


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("It is NL-2026-001234.", [(ORDER, "NL-2026-001234")]),
        ("it is nl-2026-001234, or was it ab12345678?", [(ORDER, "NL-2026-001234"), (ORDER, "AB12345678")]),
        ("NL-2026-001234 and again nl-2026-001234", [(ORDER, "NL-2026-001234")]),
        ("NL-2026-0012345 is one figure too long", []),
        ("Mail Sam.Visser@Customer.example.", [(EMAIL, "sam.visser@customer.example")]),
        ("You wrote from service@shop.example", []),
        ("Call 06-12345678, or +31 20 123 45 67", [(PHONE, "+31612345678"), (PHONE, "+31201234567")]),
        ("I called 0800-1234 twice", []),
        ("I live at Straat 1, 1234AB Utrecht", [(POSTCODE, "1234 AB")]),
        ("Pay to NL91 ABNA 0417 1643 00 please", [(BANK_ACCOUNT, "NL91ABNA0417164300")]),
        ("Pay to NL91 ABNA 0417 1643 01 please", []),
        ("\uff2e\uff2c-2026-001234", [(ORDER, "NL-2026-001234")]),
        ("NL-2026-001234 0612345678", [(ORDER, "NL-2026-001234"), (PHONE, "+31612345678")]),
        ("2026-001234\n06 12345678", [(PHONE, "+31612345678")]),
        ("It costs 57 euros until 01-12-2026", []),
        ("", []),
    ],
)
def test_s090_what_a_text_tells_is_recognised_in_its_normal_form(text: str, told: list[tuple[DetailKind, str]]) -> None:
    assert [(each.kind, each.value) for each in details_in(text, OURS)] == told


def test_s090_figures_of_an_order_number_are_no_telephones() -> None:
    patterns = Patterns(("06########",))
    assert details_in("My order is 0612345678", patterns) == (Detail(ORDER, "0612345678"),)
    assert details_in("My order is 0612345678", Patterns()) == (Detail(PHONE, "+31612345678"),)


def test_s090_numbers_without_a_country_are_those_of_the_installation() -> None:
    assert details_in("Call 030 123456", Patterns(region="DE")) == (Detail(PHONE, "+4930123456"),)


@given(st.text(max_size=2_000))
def test_s090_any_text_is_read_and_never_tells_more_than_a_few(text: str) -> None:
    found = details_in(text, OURS)
    assert len(found) <= DETAILS_MAX * len(DetailKind)
    assert len(set(found)) == len(found)
    assert all(each.value for each in found)


def test_s090_many_of_one_kind_leave_room_for_others() -> None:
    many = " ".join(f"NL-2026-{number:06}" for number in range(DETAILS_MAX + 10))
    found = details_in(f"{many} sam@home.example", OURS)
    assert [each.kind for each in found] == [ORDER] * DETAILS_MAX + [EMAIL]


def test_without_patterns_nothing_is_an_order_number() -> None:
    assert details_in("NL-2026-001234 or 7", Patterns()) == ()


@given(st.text("aA0.@-+ ", max_size=300), st.integers(0, 999_999))
def test_s090_an_order_number_is_found_wherever_it_stands_by_itself(around: str, number: int) -> None:
    written = f"NL-2026-{number:06}"
    found = details_in(f"{around}\n{written}\n{around}", OURS)
    assert Detail(ORDER, written) in found


@pytest.mark.timeout(20)
@pytest.mark.parametrize("part", ["a", "0 ", "a@", "A1", "AB12", "NL-", "1.", "a.", "\u200b"])
def test_s090_no_text_takes_long_and_what_stands_far_down_is_not_looked_for(part: str) -> None:
    text = part * 100_000
    assert details_in(text + " NL-2026-001234", OURS) == details_in(text[:TEXT_LENGTH_MAX], OURS)


def test_s090_what_is_needed_and_not_told_is_missing_in_the_order_in_which_it_is_needed() -> None:
    needed = [ORDER, POSTCODE, ORDER, EMAIL]
    assert missing(needed, []) == (ORDER, POSTCODE, EMAIL)
    assert missing(needed, [EMAIL, PHONE]) == (ORDER, POSTCODE)
    assert missing(needed, needed) == ()
    assert missing([], []) == ()


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        (HandleKind.EMAIL, "sam@home.example", EMAIL),
        (HandleKind.PHONE, "+31612345678", PHONE),
        (HandleKind.WHATSAPP, "+31612345678", PHONE),
        (HandleKind.WHATSAPP, "NL.12345", None),
        (HandleKind.INSTAGRAM, "1784140", None),
    ],
)
def test_s090_an_address_of_the_customer_tells_what_it_is(
    kind: HandleKind, value: str, told: DetailKind | None
) -> None:
    assert told_by_handle(kind, value) is told
