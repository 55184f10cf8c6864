"""Opaque ids and cursors: there and back, and nothing else gets through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.case.graphql import cursors, ids
from services.case.graphql.access import QueryRefusedError
from services.case.graphql.cursors import WrongCursorError
from services.case.graphql.filters import cases_behind
from services.case.graphql.ids import IdType, WrongIdError
from services.case.queries.case_list import KEY_TYPES, CaseOrderField

CASE_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@given(some.sampled_from(IdType), some.text(min_size=1, max_size=40).filter(lambda name: name.isprintable()))
def test_an_id_comes_back_as_it_was(kind: IdType, name: str) -> None:
    assert ids.decode(ids.encode(kind, name)) == (kind, name)


@given(some.text(max_size=60))
def test_what_is_no_id_names_nothing(value: str) -> None:
    try:
        kind, name = ids.decode(value)
    except WrongIdError:
        return
    assert ids.encode(kind, name) == value.rstrip("=")


@pytest.mark.parametrize("value", ["", "Y2FzZTo", "Y2FzZTpub3QtYS11dWlk", "é", "Y2FzZQ", "x" * 500, "bm9wZTox"])
def test_an_id_of_nothing_is_refused_where_a_case_is_meant(value: str) -> None:
    with pytest.raises(WrongIdError):
        ids.uuid_of(IdType.CASE, value)


def test_an_id_of_something_else_is_refused() -> None:
    with pytest.raises(WrongIdError):
        ids.uuid_of(IdType.CUSTOMER, ids.encode(IdType.CASE, CASE_ID))
    assert ids.uuid_of(IdType.CASE, ids.encode(IdType.CASE, CASE_ID)) == CASE_ID


@given(some.text(max_size=50).filter(lambda key: "\0" not in key), some.uuids())
def test_a_cursor_comes_back_as_it_was(key: str, row_id: UUID) -> None:
    assert cursors.decode("cases", cursors.encode("cases", key, row_id)) == (key, row_id)


@given(some.text(max_size=80))
def test_what_is_no_cursor_is_refused(value: str) -> None:
    for decode in (cursors.decode, cursors.decode_time, cursors.decode_number):
        with pytest.raises(WrongCursorError):
            decode("cases", value)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00"])
def test_a_cursor_of_no_moment_is_refused(at: str) -> None:
    with pytest.raises(WrongCursorError):
        cursors.decode_time("timeline", cursors.encode("timeline", at, CASE_ID))


@pytest.mark.parametrize("order", CaseOrderField)
@given(key=some.one_of(some.text(max_size=40), some.sampled_from(["infinity", "1e9", "-1", "4714-01-01 00:00+00 BC"])))
def test_a_key_that_no_case_can_have_is_no_cursor_of_the_list(order: CaseOrderField, key: str) -> None:
    cursor = cursors.encode(f"cases {order.value} up", key, CASE_ID)
    try:
        _, behind = cases_behind(order, descending=False, after=cursor)
    except QueryRefusedError:
        return
    assert behind is not None
    assert "\0" not in behind[0]
    if KEY_TYPES[order] == "int":
        assert 0 <= int(behind[0]) < 2**31
    elif KEY_TYPES[order] == "timestamptz":
        assert behind[0] == "infinity" or datetime.fromisoformat(behind[0]).utcoffset() == timedelta(0)


def test_the_keys_that_cases_have_come_back_as_they_were() -> None:
    for order, key, is_then in (
        (CaseOrderField.DUE_AT, "infinity", "infinity"),
        (CaseOrderField.DUE_AT, "2026-11-21 10:00:00.5+01", "2026-11-21T09:00:00.500000+00:00"),
        (CaseOrderField.PRIORITY, "4", "4"),
        (CaseOrderField.NUMBER, "00000000000000100001", "00000000000000100001"),
    ):
        cursor = cursors.encode(f"cases {order.value} down", key, CASE_ID)
        assert cases_behind(order, descending=True, after=cursor)[1] == (is_then, CASE_ID)


def test_a_cursor_of_another_list_is_refused() -> None:
    cursor = cursors.encode("cases DUE_AT up", "2026-11-21", CASE_ID)
    with pytest.raises(WrongCursorError):
        cursors.decode("cases DUE_AT down", cursor)
    with pytest.raises(WrongCursorError):
        cursors.decode_number("log", cursor)
    with pytest.raises(WrongCursorError):
        cursors.decode_time("cases DUE_AT up", cursors.encode("cases DUE_AT up", "2026-11-21T10:00:00", CASE_ID))


def test_a_time_cursor_keeps_microseconds() -> None:
    at = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC)
    assert cursors.decode_time("contacts", cursors.encode_time("contacts", at, CASE_ID)) == (at, CASE_ID)


@pytest.mark.parametrize("number", [0, 7, 10**12])
def test_a_place_in_the_log_comes_back_as_it_was(number: int) -> None:
    assert cursors.decode_number("log", cursors.encode_number("log", number)) == number


@pytest.mark.parametrize("text", ["log:-1", "log:", "log:1.5", "log:x", "log:" + "9" * 30, "other:1", "log:\u0661"])
def test_a_place_that_is_no_number_is_refused(text: str) -> None:
    from base64 import urlsafe_b64encode  # noqa: PLC0415  (only to make bad ones)

    with pytest.raises(WrongCursorError):
        cursors.decode_number("log", urlsafe_b64encode(text.encode()).decode())
