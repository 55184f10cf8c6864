"""Handles, money, texts, names: the small pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from contracts.content import HandleContent
from contracts.vocabulary import CaseStatus, HandleKind, Refusal, RefusalCode
from services.case.domain.case_contact import moment_of
from services.case.domain.customer import pseudonym
from services.case.domain.handles import checked, claims_of, mask, normalise
from services.case.domain.money import amount_in_minor
from services.case.domain.reopening import KnownCase, place
from services.case.domain.texts import excerpt
from tests.unit.case.world import START


@pytest.mark.parametrize(
    ("kind", "written", "normal"),
    [
        (HandleKind.EMAIL, " Sam@Shop.Example ", "sam@shop.example"),
        (HandleKind.EMAIL, "Ame\u0301lie@shop.example", "amélie@shop.example"),
        (HandleKind.PHONE, "06 1234 5678", "+31612345678"),
        (HandleKind.PHONE, "+49 151 23456789", "+4915123456789"),
        (HandleKind.PHONE, "12", "+3112"),
        (HandleKind.PHONE, "ask my wife", "ask my wife"),
        (HandleKind.WHATSAPP, "31612345678", "+31612345678"),
        (HandleKind.WHATSAPP, "+31612345678", "+31612345678"),
        (HandleKind.WHATSAPP, "5215512345678", "+525512345678"),
        (HandleKind.PHONE, "+52 55 1234 5678", "+525512345678"),
        (HandleKind.WHATSAPP, "551187654321", "+5511987654321"),
        (HandleKind.PHONE, "+55 11 98765-4321", "+5511987654321"),
        (HandleKind.PHONE, "+55 11 3065-4321", "+551130654321"),
        (HandleKind.WHATSAPP, "NL.1234AbCd", "NL.1234AbCd"),
        (HandleKind.X, "SamVisser", "SamVisser"),
    ],
)
def test_handles_are_compared_in_normal_form(kind: HandleKind, written: str, normal: str) -> None:
    assert normalise(kind, written, "NL") == normal
    assert normalise(kind, normal, "NL") == normal


def test_handles_of_a_contact_without_a_value_are_left_out() -> None:
    handles = (HandleContent(HandleKind.EMAIL, "  "), HandleContent(HandleKind.PHONE, "0612345678"))
    (claim,) = claims_of(handles, "NL")
    assert (claim.value, claim.written) == ("+31612345678", "0612345678")


def test_what_is_written_is_kept_beside_what_is_compared() -> None:
    claim = checked(HandleKind.EMAIL, "Sam@Shop.test", "NL", "value")
    assert (claim.value, claim.written) == ("sam@shop.test", "Sam@Shop.test")
    assert checked(HandleKind.WHATSAPP, "NL.1234", "NL", "value").value == "NL.1234"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (HandleKind.EMAIL, "sam@shop.example", "s•••@shop.example"),
        (HandleKind.PHONE, "+31612345678", "+316•••678"),
        (HandleKind.PHONE, "+3112", "+3•••"),
        (HandleKind.X, "SamVisser", "Sa•••"),
    ],
)
def test_a_masked_handle_is_recognised_not_used(kind: HandleKind, value: str, shown: str) -> None:
    assert mask(kind, value) == shown


def test_a_pseudonym_is_the_same_for_the_same_customer() -> None:
    one = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    assert pseudonym(one) == pseudonym(one)
    assert pseudonym(one).startswith("Klant ")
    assert len(pseudonym(one)) == 10


@pytest.mark.parametrize(
    ("amount", "currency", "minor"), [("25.00", "EUR", 2500), ("25", "JPY", 25), ("1.5", "KWD", 1500)]
)
def test_amounts_have_the_decimals_of_their_currency(amount: str, currency: str, minor: int) -> None:
    assert amount_in_minor(amount, currency, amount_path=("a",), currency_path=("c",)) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "path"),
    [
        ("0", "EUR", "a"),
        ("-1", "EUR", "a"),
        ("1.005", "EUR", "a"),
        ("1.5", "JPY", "a"),
        ("NaN", "EUR", "a"),
        ("1e3", "EUR", "a"),
        ("99999999999999999", "EUR", "a"),
        ("1", "XXX", "c"),
    ],
)
def test_what_is_no_amount_names_its_field(amount: str, currency: str, path: str) -> None:
    with pytest.raises(Refusal) as refused:
        amount_in_minor(amount, currency, amount_path=("a",), currency_path=("c",))
    assert (refused.value.code, refused.value.path) == (RefusalCode.INVALID_INPUT, (path,))


def test_zero_is_an_amount_where_it_is_allowed() -> None:
    assert amount_in_minor("0", "EUR", amount_path=("a",), currency_path=("c",), zero=True) == 0


def test_a_long_text_is_cut_at_a_word() -> None:
    assert excerpt("one two\n three", 80) == "one two three"
    assert excerpt("one two three", 9) == "one two…"
    assert excerpt("x" * 20, 9) == "xxxxxxxx…"
    assert excerpt(" \n ", 9) is None
    assert excerpt(None, 9) is None


def known(number: int, status: CaseStatus, *, hours: int, resolved_hours: int | None = None) -> KnownCase:
    resolved_at = None if resolved_hours is None else START + timedelta(hours=resolved_hours)
    return KnownCase(UUID(int=number), UUID(int=9), status, START + timedelta(hours=hours), resolved_at)


def placed(*cases: KnownCase, thread: int | None = None, days: int = 14, hours: int = 100) -> UUID | None:
    thread_id = None if thread is None else UUID(int=thread)
    return place(cases, thread_case_id=thread_id, occurred_at=START + timedelta(hours=hours), reopen_days=days)


def test_a_contact_goes_to_its_thread_then_the_open_case_then_a_recent_one() -> None:
    waiting = known(1, CaseStatus.WAITING, hours=1)
    opened = known(2, CaseStatus.OPEN, hours=2)
    closed = known(3, CaseStatus.RESOLVED, hours=3, resolved_hours=4)
    older = known(4, CaseStatus.RESOLVED, hours=2, resolved_hours=50)
    assert placed(waiting, opened, closed, thread=3) == closed.case_id
    assert placed(waiting, opened, closed) == opened.case_id
    assert placed(waiting, closed) == waiting.case_id
    assert placed(closed, older) == closed.case_id
    assert placed(closed, thread=77) == closed.case_id
    assert placed(closed, days=0) is None
    assert placed(closed, days=0, thread=3) == closed.case_id
    assert placed() is None


def test_the_last_moment_for_reopening_is_so_many_days_after_the_resolution() -> None:
    closed = known(3, CaseStatus.RESOLVED, hours=0, resolved_hours=0)
    assert placed(closed, days=1, hours=24) == closed.case_id
    assert placed(closed, days=1, hours=25) is None


def test_what_was_written_before_the_resolution_and_came_after_it_reopens_too() -> None:
    closed = known(3, CaseStatus.RESOLVED, hours=0, resolved_hours=2)
    assert placed(closed, hours=1) == closed.case_id


def test_a_live_contact_told_in_whole_seconds_stands_after_what_came_earlier_in_its_second() -> None:
    ms = timedelta(milliseconds=1)
    assert moment_of(START, START + 400 * ms) == START + 400 * ms
    assert moment_of(START, START + 1_200 * ms) == START + 999 * ms
    assert moment_of(START, START + timedelta(hours=1)) == START
    assert moment_of(START, START - 5 * ms) == START
    assert moment_of(START + 7 * ms, START + 400 * ms) == START + 7 * ms


def test_a_contact_of_a_year_that_nobody_can_mean_happened_when_we_had_it() -> None:
    for said in (datetime.min, datetime.max, datetime(1899, 12, 31, 23, 59, 59)):  # noqa: DTZ001, DTZ901  (UTC below)
        assert moment_of(said.replace(tzinfo=UTC), START) == START
